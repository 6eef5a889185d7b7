"""Another answer to the same prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import TransactionRefused, Write, batch_get, transact
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import (
    Conflict,
    InvalidRequest,
)
from chalicelib.spending import budgets, usage
from chalicelib.subjects import Subject

from . import rows as turn_rows
from . import settling
from .rows import Turn
from .sending import ATTEMPTS, must_be_free
from .starting import started

if TYPE_CHECKING:
    from chalicelib.services import Services


def retry(services: Services, subject: Subject, conversation_id: str, message_id: str, model: str | None) -> Turn:
    """A new answer to the same prompt; the old one stays readable as superseded.

    An answer is superseded once: repeating the retry returns the same turn, and starts it again while it is queued.
    Raises AnswerInProgress, BudgetSpent, NotFound and Unavailable (stored; safe to repeat).
    """
    for _ in range(ATTEMPTS):
        row, old_row, user, stage = batch_get(
            (services.conversations, conversations.key(subject, conversation_id)),
            (services.messages, messages.key(subject, conversation_id, message_id)),
            (services.usage, usage.key(subject)),
            (services.usage, usage.key(usage.STAGE)),
        )
        conversation, old = conversations.existing(row), messages.existing(old_row)
        prompt = _prompt_of(services, old)
        if old.superseded_by:
            return _retried(services, conversation, prompt, old.superseded_by)
        budgets.check_spend(services, user, stage)
        must_be_free(services, conversation)
        new = turn_rows.again(services, old, model)
        try:
            transact([*_superseding(services, old, new), turn_rows.take_head(services, conversation, new)])
        except TransactionRefused:
            continue
        return started(services, Turn(conversation, prompt, new))
    raise Conflict("This conversation is changing too fast; try again.")


def _prompt_of(services: Services, answer: Message) -> Message:
    if answer.role != "assistant" or answer.parent_id is None:
        raise InvalidRequest("message_id", "only an answer can be retried")
    return messages.get(services, answer.subject, answer.conversation_id, answer.parent_id)


def _retried(services: Services, conversation: Conversation, prompt: Message, answer_id: str) -> Turn:
    """The turn of an answer that superseded another."""
    answer = messages.get(services, prompt.subject, prompt.conversation_id, answer_id)
    return started(services, Turn(conversation, prompt, settling.settled(services, answer)))


def _superseding(services: Services, old: Message, new: Message) -> list[Write]:
    table = services.messages
    superseded = table.update(
        old.key(),
        "SET #status = :superseded, #superseded_by = :new",
        {":superseded": "superseded", ":new": new.message_id, ":queued": "queued", ":streaming": "streaming"},
        condition="attribute_exists(#status) AND NOT #status IN (:queued, :streaming)",
    )
    return [table.put(new.to_item(), condition="attribute_not_exists(#message_id)"), superseded]
