"""How an answer ended, as its row says it."""

from __future__ import annotations

import time

from chalicelib.claude.interface import ModelError
from chalicelib.conversations.messages import Message
from chalicelib.errors import BudgetSpent
from chalicelib.ids import iso
from chalicelib.logs import report
from chalicelib.shapes import ErrorInfo

from .course import Course
from .transcript import Transcript

# That an answer has no text says what these say already.
_WITHOUT_WORDS = ("refusal", "model_context_window_exceeded")
_EMPTY: ErrorInfo = {"code": "empty_answer", "message": "The model ended its answer without a word. Retry."}


def outcome(answer: Message, course: Course, transcript: Transcript, spent: dict[str, int]) -> Message:
    """The answer as it is to be stored. What was shown of it is kept, however it ended."""
    ended = answer.with_changes(
        content=transcript.content(),
        usage=spent if transcript.counts else None,
        stop_reason=transcript.stop_reason,
    )
    if transcript.stop_reason in _WITHOUT_WORDS or (transcript.stop_reason and ended.text().strip()):
        return ended.with_changes(status="complete")
    if transcript.stop_reason:
        return ended.with_changes(status="failed", error=_EMPTY)
    if transcript.full:
        return ended.with_changes(status="complete", stop_reason="max_tokens")
    if course.stop_requested:
        return ended.with_changes(status="stopped")
    if course.error is not None and not isinstance(course.error, ModelError | BudgetSpent):
        report(course.error)
    is_interrupted = bool(ended.content) or course.error is None
    return ended.with_changes(status="interrupted" if is_interrupted else "failed", error=_shown(course.error))


def _shown(error: Exception | None) -> ErrorInfo:
    """What the person is told. Without an error the answer has run out of time."""
    match error:
        case None:
            return {"code": "out_of_time", "message": "The answer took too long. Retry continues from your message."}
        case ModelError(code=code, message=message, retry_after_s=retry_after_s) if retry_after_s:
            return {"code": code, "message": message, "retry_at": iso(time.time() + retry_after_s)}
        case ModelError(code=code, message=message) | BudgetSpent(code=code, message=message):
            return {"code": code, "message": message}
        case _:
            return {"code": "internal", "message": "Something went wrong on our side. Retry."}
