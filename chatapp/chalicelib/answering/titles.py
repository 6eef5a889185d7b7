"""A conversation's title, written by the cheapest model on offer after the first answer, once the head is free.

Where there is no answer, or the model writes none, it is the question's first words until there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.claude.interface import Counts, Delta, ModelError, Prompt
from chalicelib.conversations import titling
from chalicelib.conversations.messages import Message
from chalicelib.errors import BudgetSpent
from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.logs import line, report
from chalicelib.spending import reservations, usage

if TYPE_CHECKING:
    from chalicelib.push.channel import Channel
    from chalicelib.services import Services

_SYSTEM = (
    "Write a title for this conversation: at most six words, in its language, without quotes or a full stop."
    " Answer with the title only."
)
_MAX_TOKENS = 1_000
_EXCERPT_CHARACTERS = 2_000


def write(services: Services, answer: Message, question: str, channel: Channel) -> None:
    """Give an untitled conversation its title. Where that fails the answer stands, and the next one tries again."""
    written = _written(services, answer, question) if answer.text().strip() else ""
    title = written or titling.first_words(question)
    try:
        is_stored = bool(title) and titling.write_title(
            services, answer.subject, answer.conversation_id, title, is_written=bool(written)
        )
    except Busy:
        return
    if is_stored:
        channel.push([{"type": "conversation.updated", "conversation_id": answer.conversation_id, "title": title}])


def _written(services: Services, answer: Message, question: str) -> str:
    """The model's title; "" where there is none to be had."""
    try:
        return _paid(services, answer, question)
    except ModelError as error:
        line("model_failed", kind=error.code, of="title")
    except BudgetSpent:
        pass
    except Exception as error:
        report(error)
    return ""


def _paid(services: Services, answer: Message, question: str) -> str:
    offer = services.settings.cheapest()
    text = f"{question[:_EXCERPT_CHARACTERS]}\n\n---\n\n{answer.text()[:_EXCERPT_CHARACTERS]}"
    messages = [{"role": "user", "content": [{"type": "text", "text": text}]}]
    most = usage.worst_case_micro_usd(offer, estimate_tokens(_SYSTEM + text), _MAX_TOKENS)
    own_budget = answer.reservation.own_budget if answer.reservation else None
    reserved = reservations.reserve(services, answer.subject, most, own_budget)
    counts: dict[str, int] = {}
    try:
        return titling.cleaned(_asked(services, Prompt(offer, messages, _MAX_TOKENS, (_SYSTEM,)), counts))
    finally:
        reservations.settle(services, reserved, usage.priced(counts, offer))


def _asked(services: Services, prompt: Prompt, counts: dict[str, int]) -> str:
    """What the model says; counts: gets the tokens that it took, whether there is something or not."""
    parts: list[str] = []
    stream = services.model().stream(prompt)
    try:
        for event in stream:
            if isinstance(event, Delta) and event.kind == "text":
                parts.append(event.text)
            elif isinstance(event, Counts):
                counts |= event.counts
    finally:
        stream.close()
        line("title", model=prompt.offer.id, model_request_id=stream.request_id, **counts)
    return "".join(parts)
