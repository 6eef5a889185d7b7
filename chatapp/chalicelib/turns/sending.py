"""Sending a prompt: it is stored with its queued answer, and the answer is started.

A turn is stored in one transaction (prompt, queued answer, conversation's head, request id) before any model is
called. The conversation's row names the answer in progress, so that there is one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import Item, TransactionRefused, Write, batch_get, transact
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import REQUEST_PREFIX, Message
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import (
    AnswerInProgress,
    AppError,
    BudgetSpent,
    Conflict,
    InvalidRequest,
    NotFound,
    RequestIdReused,
)
from chalicelib.files import attachments
from chalicelib.files.row import File
from chalicelib.optimistic import Changed, repeated
from chalicelib.people import rows as people
from chalicelib.people.rows import Person
from chalicelib.spending import reservations
from chalicelib.subjects import Subject

from . import costs, settling
from . import rows as turn_rows
from .accounts import Account
from .rows import HEAD, Sending, Turn
from .starting import started

if TYPE_CHECKING:
    from chalicelib.services import Services


def send(
    services: Services, subject: Subject, conversation_id: str, sending: Sending, account: Account | None = None
) -> Turn:
    """Store a prompt with its queued answer and start the answer. account: of a twin's visit.

    The same request_id returns the same turn, and starts it again while it is still queued. Raises AnswerInProgress,
    FileNotReady, RequestIdReused, BudgetSpent, InvalidRequest, NotFound (nothing stored) and Unavailable (stored; safe
    to repeat).
    """
    return _once(
        services,
        subject,
        conversation_id,
        sending,
        lambda: _store(services, subject, conversation_id, sending, account),
    )


def begin(services: Services, conversation: Item, sending: Sending) -> Turn:
    """Create a conversation with its first turn. Its id follows from the request id, so a repeat finds the same one."""
    subject = Subject.of_owner(conversation["user_id"])
    conversation_id = conversation_id_of(subject, sending.request_id)
    item = conversation | {"conversation_id": conversation_id}
    return _once(services, subject, conversation_id, sending, lambda: _store_first(services, item, sending))


def _once(
    services: Services, subject: Subject, conversation_id: str, sending: Sending, store: Callable[[], Turn]
) -> Turn:
    """The turn that is stored now, or the one that this request stored before; started while it is queued."""
    try:
        turn = store()
    except AppError as refused:
        earlier = _earlier(services, subject, conversation_id, sending) if _may_be_repeated(refused) else None
        if earlier is None:
            raise
        turn = earlier
    return started(services, turn)


def _may_be_repeated(refused: AppError) -> bool:
    """Whether what is refused now may have been accepted before: a file that was sent may be deleted meanwhile."""
    return isinstance(refused, Conflict | BudgetSpent) or refused.details.get("field") == "file_ids"


def _store_first(services: Services, item: Item, sending: Sending) -> Turn:
    new = Conversation.from_item(item)

    def attempt() -> Turn:
        subject = new.subject
        row, *file_rows = batch_get(
            (services.people, people.key(subject)), *attachments.keys(services, sending.file_ids)
        )
        attached = attachments.checked(services, new, sending.file_ids, file_rows)
        person = there(services, subject, row)
        turn = _reserved(
            services, turn_rows.new_turn(services, new, sending, None, attached), sending, attached, person
        )
        row = item | {"head": turn.answer.message_id, "answer_in_progress": turn.answer.message_id}
        if sending.file_ids:
            row["file_ids"] = set(sending.file_ids)
        created = services.conversations.put(row, condition="attribute_not_exists(#conversation_id)")
        own = [*turn_rows.writes(services, turn, sending).all(), created]
        try:
            store(services, turn.answer, [*own, *attachments.uses(services, new, attached)])
        except TransactionRefused as refused:
            if refused.by(*own):
                raise RequestIdReused from refused
            raise Changed from refused  # a file has changed since it was read
        return replace(turn, conversation=Conversation.from_item(row))

    return repeated(attempt, "These files are")


def conversation_id_of(subject: Subject, request_id: str) -> str:
    digest = hashlib.sha256(f"{subject.owner}/{request_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


def _store(
    services: Services, subject: Subject, conversation_id: str, sending: Sending, account: Account | None
) -> Turn:
    payer = account.payer if account else subject

    def attempt() -> Turn:
        row, person_row, *file_rows = batch_get(
            (services.conversations, conversations.key(subject, conversation_id)),
            (services.people, people.key(payer)),
            *attachments.keys(services, sending.file_ids),
        )
        conversation = conversations.existing(row)
        must_be_free(services, conversation)
        parent_id = _parent(services, conversation, sending)
        attached = attachments.checked(services, conversation, sending.file_ids, file_rows)
        new = turn_rows.new_turn(services, conversation, sending, parent_id, attached)
        turn = _reserved(services, new, sending, attached, there(services, payer, person_row), account)
        more = account.changes if account else None
        head = turn_rows.take_head(services, conversation, turn.answer, sending.file_ids, more)
        own = turn_rows.writes(services, turn, sending)
        try:
            store(services, turn.answer, [*own.all(), head, *attachments.uses(services, conversation, attached)])
        except TransactionRefused as refused:
            if refused.by(own.request):
                raise Conflict("request_id: already used") from refused
            raise Changed from refused  # the conversation or a file has changed since it was read
        return replace(turn, conversation=attachments.joined(turn.conversation, sending.file_ids))

    return repeated(attempt, "This conversation is")


def there(services: Services, subject: Subject, row: Item | None) -> Person:
    """Who sends, noted as being here; a visit is nobody's in particular."""
    person = Person.from_item(subject.owner, row)
    if subject.kind == "user":
        people.used(services, person)
    return person


def _reserved(  # noqa: PLR0917 (all that a reservation depends on)
    services: Services,
    turn: Turn,
    sending: Sending,
    attached: Sequence[File],
    person: Person,
    account: Account | None = None,
) -> Turn:
    """The turn with what its answer may cost, reserved. Raises BudgetSpent."""
    most = costs.worst_case_micro_usd(services, turn.conversation, turn.answer.model, sending.text, attached, account)
    payer, twin = (account.payer, account.twin) if account else (turn.answer.subject, None)
    return turn.with_reservation(reservations.reserve(services, payer, most, person.budget_micro_usd, twin))


def store(services: Services, answer: Message, writes: Sequence[Write]) -> None:
    """Store a queued answer; one that is not stored gives back what it had reserved. After Busy nobody knows."""
    try:
        transact(writes)
    except Busy:
        raise
    except Exception:
        # Why it is not stored is what the caller is to know; what stays reserved is swept.
        with suppress(Busy):
            settling.settle_costs(services, answer, None)
        raise


def must_be_free(services: Services, conversation: Conversation) -> None:
    """Raise AnswerInProgress unless the answer in progress turns out to be dead, and is settled."""
    if conversation.answer_in_progress is None:
        return
    subject, conversation_id = conversation.subject, conversation.conversation_id
    answer = messages.get(services, subject, conversation_id, conversation.answer_in_progress)
    if settling.settled(services, answer).in_progress:
        raise AnswerInProgress(answer.message_id)


def _parent(services: Services, conversation: Conversation, sending: Sending) -> str | None:
    if sending.parent_id in (HEAD, conversation.head):
        return conversation.head
    if sending.parent_id is None:
        return None
    try:
        parent = messages.get(services, conversation.subject, conversation.conversation_id, sending.parent_id)
    except NotFound as missing:
        raise NotFound("message", "parent_id") from missing
    if parent.role != "assistant":
        raise InvalidRequest("parent_id", "must be an answer's id; a message follows an answer", reason="not_an_answer")
    return parent.message_id


def _earlier(services: Services, subject: Subject, conversation_id: str, sending: Sending) -> Turn | None:
    """The turn that this request id already made, if any. Raises RequestIdReused for another text or other files."""
    home = messages.partition(subject, conversation_id)
    table = services.messages
    row = table.find({"conversation": home, "message_id": REQUEST_PREFIX + sending.request_id})
    if row is None:
        return None
    if row["digest"] != turn_rows.digest(sending):
        raise RequestIdReused
    ids = (row["user_message_id"], row["answer_id"])
    conversation, prompt, answer = batch_get(
        (services.conversations, conversations.key(subject, conversation_id)),
        *((table, messages.key(subject, conversation_id, message_id)) for message_id in ids),
    )
    return Turn(
        conversations.existing(conversation),
        messages.existing(prompt),
        settling.settled(services, messages.existing(answer)),
    )
