"""Another answer to the same prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import TransactionRefused, Write, batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import InvalidRequest
from chalicelib.optimistic import Changed, repeated
from chalicelib.people import rows as people
from chalicelib.spending import reservations
from chalicelib.subjects import Subject

from . import costs, settling
from . import rows as turn_rows
from .accounts import Account
from .rows import Turn
from .sending import must_be_free, store
from .starting import started

if TYPE_CHECKING:
    from chalicelib.services import Services


def retry(  # noqa: PLR0917 (as `send`)
    services: Services,
    subject: Subject,
    conversation_id: str,
    message_id: str,
    model: str | None,
    account: Account | None = None,
) -> Turn:
    """A new answer to the same prompt; the old one stays readable as superseded. account: of a twin's visit.

    An answer is superseded once: repeating the retry returns the same turn, and starts it again while it is queued.
    Raises AnswerInProgress, BudgetSpent, NotFound and Unavailable (stored; safe to repeat).
    """

    payer, twin = (account.payer, account.twin) if account else (subject, None)

    def attempt() -> Turn:
        row, old_row, person_row = batch_get(
            (services.conversations, conversations.key(subject, conversation_id)),
            (services.messages, messages.key(subject, conversation_id, message_id)),
            (services.people, people.key(payer)),
        )
        conversation, old = conversations.existing(row), messages.existing(old_row)
        prompt = _prompt_of(services, old)
        if old.superseded_by:
            return _retried(services, conversation, prompt, old.superseded_by)
        must_be_free(services, conversation)
        most = costs.worst_case_micro_usd(services, conversation, model or old.model, account=account)
        asking = people.Person.from_item(payer.owner, person_row)
        reserved = reservations.reserve(services, payer, most, asking.budget_micro_usd, twin)
        new = turn_rows.again(services, old, model).with_changes(reservation=reserved)
        head = turn_rows.take_head(services, conversation, new, more=account.changes if account else None)
        try:
            store(services, new, [*_superseding(services, old, new), head])
        except TransactionRefused as refused:
            raise Changed from refused
        return Turn(conversation, prompt, new)

    return started(services, repeated(attempt, "This conversation is"))


def _prompt_of(services: Services, answer: Message) -> Message:
    if answer.role != "assistant" or answer.parent_id is None:
        raise InvalidRequest("message_id", "only an answer can be retried", reason="not_an_answer")
    return messages.get(services, answer.subject, answer.conversation_id, answer.parent_id)


def _retried(services: Services, conversation: Conversation, prompt: Message, answer_id: str) -> Turn:
    """The turn of an answer that superseded another."""
    answer = messages.get(services, prompt.subject, prompt.conversation_id, answer_id)
    return Turn(conversation, prompt, settling.settled(services, answer))


def _superseding(services: Services, old: Message, new: Message) -> list[Write]:
    table = services.messages
    superseded = table.change(
        old.key(),
        {"status": "superseded", "superseded_by": new.message_id},
        condition="attribute_exists(#status) AND NOT #status IN (:queued, :streaming)",
        values={":queued": "queued", ":streaming": "streaming"},
    )
    return [table.put(new.to_item(), condition="attribute_not_exists(#message_id)"), superseded]
