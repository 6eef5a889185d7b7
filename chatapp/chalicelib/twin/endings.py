"""What follows an answer of a twin once it is stored: its transcript, and what the owner's insights count of it.

Nobody waits for a count, and nothing but the count is lost where the database is busy.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation

from . import insights, transcripts

if TYPE_CHECKING:
    from chalicelib.services import Services


def ended(services: Services, conversation: Conversation, answer: Message, first_word_s: float | None) -> None:
    """An answer's end. Neither its transcript nor a count is worth its failing; an owner's preview has neither.

    first_word_s: from the question on; None where no word came.
    """
    with suppress(Busy):
        transcripts.write(services, conversation)
    if conversation.preview is not None or conversation.twin is None:
        return
    with suppress(Busy):
        insights.answered(
            services,
            conversation.twin,
            is_answered=answer.status == "complete",
            has_source=any(block.get("citations") for block in answer.content),
            cost_micro_usd=(answer.usage or {}).get("cost_micro_usd", 0),
            first_word_ms=None if first_word_s is None else round(first_word_s * 1_000),
        )


def begun(services: Services, handle: str, language: str, referrer: str) -> None:
    """What insights count of a visit that begins."""
    with suppress(Busy):
        insights.visited(services, handle, language=language, referrer=referrer)


def rated(services: Services, handle: str, message_id: str, before: str | None, after: str | None) -> None:
    """What insights count of a rating that has changed."""
    with suppress(Busy):
        insights.rated(services, handle, message_id, before=before, after=after)
