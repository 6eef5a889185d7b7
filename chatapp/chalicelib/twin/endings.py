"""What follows an answer of a twin once it is stored: its transcript, and what the owner's insights count of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation

from . import transcripts

if TYPE_CHECKING:
    from chalicelib.services import Services


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer. has_missed: it said that the sources do not hold it.

    first_word_s: from the question on; None where no word came.
    """

    handle: str
    language: str
    referrer: str
    has_sources: bool
    has_missed: bool
    status: str
    cost_micro_usd: int
    first_word_s: float | None


def ended(
    services: Services, conversation: Conversation, answer: Message, *, has_missed: bool, first_word_s: float | None
) -> None:
    """An answer's end. Neither its transcript nor a count is worth its failing."""
    with suppress(Busy):
        transcripts.write(services, conversation)
    if conversation.preview is not None or conversation.twin is None:
        return
    cited = any(block.get("citations") for block in answer.content)
    answered(
        services,
        Answered(
            conversation.twin,
            conversation.asked_in or conversation.visit.get("language", ""),
            conversation.visit.get("referrer", ""),
            cited,
            has_missed,
            answer.status,
            (answer.usage or {}).get("cost_micro_usd", 0),
            first_word_s,
        ),
    )


def answered(services: Services, what: Answered) -> None:
    """What insights count of an answer: called once for each that has ended, never of an owner's preview."""


def begun(services: Services, handle: str, language: str, referrer: str) -> None:
    """What insights count of a visit that begins."""


def rated(services: Services, handle: str, before: str | None, after: str | None) -> None:
    """What insights count of a rating that has changed."""
