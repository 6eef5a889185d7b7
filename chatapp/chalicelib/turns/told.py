"""What is told of an answer that ended: one log line, which is the stage's metrics of turns, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import logs, metrics
from chalicelib.conversations.messages import Message
from chalicelib.ids import seconds

if TYPE_CHECKING:
    from chalicelib.services import Services


@dataclass(frozen=True, slots=True)
class Course:
    """What the row of an answer does not say.

    first_word_at, ended_at: Unix seconds; None where there was no word, and where nobody knows. model_failure: the code
    of the model's error that ended it. model_request_id: Anthropic's or Bedrock's, of the last call.
    """

    first_word_at: float | None = None
    ended_at: float | None = None
    model_failure: str = ""
    model_request_id: str = ""


def ended(services: Services, answer: Message, course: Course | None = None) -> None:
    """Tell of an answer as it was stored, by whoever stored its end: once."""
    course = course or Course()
    values: dict[metrics.Metric, int | float] = {metrics.TURNS: 1}
    first_token_ms = _since(answer, course.first_word_at)
    if first_token_ms is not None:
        values[metrics.FIRST_TOKEN] = first_token_ms
    if course.model_failure:
        values[metrics.MODEL_FAILURES] = 1
        logs.line("model_failed", kind=course.model_failure, model=answer.model)
    metrics.tell(services.settings.stage, values, "turn", **_fields(answer, course))


def _fields(answer: Message, course: Course) -> dict[str, object]:
    usage = answer.usage or {}
    return {
        "message_id": answer.message_id,
        "model": answer.model,
        "status": answer.status,
        "error": answer.error["code"] if answer.error else None,
        "answer_ms": _since(answer, course.ended_at),
        "input_tokens": usage.get("input_tokens", 0),
        "output_tokens": usage.get("output_tokens", 0),
        "cache_read_tokens": usage.get("cache_read_input_tokens", 0),
        "cache_write_tokens": usage.get("cache_creation_input_tokens", 0),
        "cost_usd": usage.get("cost_micro_usd", 0) / 1e6,
        "model_request_id": course.model_request_id or None,
    }


def _since(answer: Message, at: float | None) -> int | None:
    return None if at is None else max(0, round((at - seconds(answer.created_at)) * 1000))
