"""One question to the model that it answers by one call of a tool: for work on a draft, at the cost of an owner."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.claude import retries
from chalicelib.claude.interface import BlockEnd, Counts, Event, ModelError, ModelStream, Prompt, Stopped
from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.settings import ModelOffer
from chalicelib.spending import reservations, usage
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays. own_budget: the person's (micro-USD), where an owner has set one. until: `time.monotonic()`."""

    subject: Subject
    own_budget: int | None
    until: float
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Question:
    """document: what it is about, or "". tool: as the Messages API takes it, with a strict schema."""

    system: str
    document: str
    text: str
    tool: dict[str, Any]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Called:
    """given: what the tool was called with; nothing of a call that was cut off. is_whole: whether it was not."""

    given: dict[str, Any]
    is_whole: bool


def ask(services: Services, payer: Payer, offer: ModelOffer, question: Question) -> Called:
    """Ask the model. What it may cost is reserved before, and settled whatever comes.

    Raises BudgetSpent before anything is asked, ModelError (`prompt_refused` where the model declines), and Busy.
    """
    prompt = _prompt(offer, question)
    tokens = estimate_tokens(question.system + question.document + question.text + str(question.tool))
    most = usage.worst_case_micro_usd(offer, tokens, question.max_tokens)
    reserved = reservations.reserve(services, payer.subject, most, payer.own_budget)
    came = _Came()
    try:
        return came.read(services, payer, prompt)
    except ModelError as error:
        logs.line("model_failed", kind=error.code, of="study")
        raise
    finally:
        logs.line("asked", model=offer.id, model_request_id=came.model_request_id, **came.counts)
        reservations.settle(services, reserved, usage.priced(came.counts, offer))


def _prompt(offer: ModelOffer, question: Question) -> Prompt:
    content: list[dict[str, Any]] = [{"type": "text", "text": question.text}]
    if question.document:
        source = {"type": "text", "media_type": "text/plain", "data": question.document}
        content.insert(0, {"type": "document", "source": source})
    messages = [{"role": "user", "content": content}]
    name = question.tool["name"]
    return Prompt(offer, messages, question.max_tokens, (question.system,), (question.tool,), must_call=name)


class _Came:
    """What comes of one question."""

    def __init__(self) -> None:
        self._tries: list[dict[str, int]] = [{}]
        self._given: dict[str, Any] = {}
        self._reason = ""
        self._stream: ModelStream | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The tokens of all tries: one that broke off is billed, too."""
        return dict(sum((Counter(each) for each in self._tries), Counter()))

    def read(self, services: Services, payer: Payer, prompt: Prompt) -> Called:
        events = retries.events(
            services.model(),
            prompt,
            until=payer.until,
            patience_s=_PATIENCE_S,
            cancelled=lambda: False,
            pause=payer.pause,
            opened=self._opened,
            again=lambda: self._tries.append({}),
            waiting=lambda _: None,  # nobody looks on
        )
        for event in events:
            self._take(event)
        if self._reason == "refusal":
            raise ModelError("prompt_refused", "The model declines to work on this document.")
        return Called(self._given, self._reason != "max_tokens")

    def _opened(self, stream: ModelStream) -> None:
        self._stream = stream

    @property
    def model_request_id(self) -> str:
        return self._stream.request_id if self._stream else ""

    def _take(self, event: Event) -> None:
        match event:
            case Counts(counts):
                self._tries[-1] |= counts
            case BlockEnd(content=content) if content["type"] == "tool_use":
                self._given = content["input"]
            case Stopped(reason):
                self._reason = reason
            case _:
                pass
