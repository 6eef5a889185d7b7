"""A conversation's title, written by the cheapest model on offer after the first answer, once the head is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed
from chalicelib.claude.interface import Counts, Delta, ModelError, Prompt
from chalicelib.conversations import rows as conversations
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
_MAX_TITLE_CHARACTERS = 80
_MAX_TOKENS = 1_000
_EXCERPT_CHARACTERS = 2_000


def write(services: Services, answer: Message, question: str, channel: Channel) -> None:
    """Give an untitled conversation its title. Where that fails the answer stands, and the next one tries again."""
    try:
        _write(services, answer, question, channel)
    except ModelError as error:
        line("model_failed", kind=error.code, of="title")
    except BudgetSpent:
        return
    except Exception as error:
        report(error)


def _write(services: Services, answer: Message, question: str, channel: Channel) -> None:
    offer = services.settings.cheapest()
    text = f"{question[:_EXCERPT_CHARACTERS]}\n\n---\n\n{answer.text()[:_EXCERPT_CHARACTERS]}"
    messages = [{"role": "user", "content": [{"type": "text", "text": text}]}]
    most = usage.worst_case_micro_usd(offer, estimate_tokens(_SYSTEM + text), _MAX_TOKENS)
    own_budget = answer.reservation.own_budget if answer.reservation else None
    reserved = reservations.reserve(services, answer.subject, most, own_budget)
    counts: dict[str, int] = {}
    try:
        title = _asked(services, Prompt(offer, messages, _MAX_TOKENS, (_SYSTEM,)), counts)
    finally:
        reservations.settle(services, reserved, usage.priced(counts, offer))
    if title:
        _store(services, answer, title, channel)


def _asked(services: Services, prompt: Prompt, counts: dict[str, int]) -> str:
    """The title; counts: gets the tokens that it took, whether there is one or not."""
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
    return " ".join("".join(parts).split())[:_MAX_TITLE_CHARACTERS]


def _store(services: Services, answer: Message, title: str, channel: Channel) -> None:
    """Unless its owner has named the conversation meanwhile, or deleted it."""
    table = services.conversations
    update = table.change(
        conversations.key(answer.subject, answer.conversation_id),
        {"title": title},
        condition=f"{conversations.NOT_DELETED} AND attribute_not_exists(#title)",
    )
    try:
        table.write(update)
    except ConditionFailed as refused:
        # Unless it is this very write that stored it, and only its first reply was lost.
        if refused.item is None or refused.item.get("title") != title:
            return
    channel.push([{"type": "conversation.updated", "conversation_id": answer.conversation_id, "title": title}])
