"""Sending a prompt: it is stored with its queued answer, and the answer is started.

A turn is stored in one transaction (prompt, queued answer, conversation's head, request id) before any model is
called. The conversation's row names the answer in progress, so that there is one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.aws.table import Item, TransactionRefused, batch_get, transact
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import REQUEST_PREFIX
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
from chalicelib.spending import budgets, usage
from chalicelib.subjects import Subject

from . import rows as turn_rows
from . import settling
from .rows import HEAD, Sending, Turn
from .starting import started

if TYPE_CHECKING:
    from chalicelib.services import Services

ATTEMPTS = 4
# Of a transaction that stores a turn: prompt, answer, request and conversation stand before the files.
_OWN_ROWS = 4


def send(services: Services, subject: Subject, conversation_id: str, sending: Sending) -> Turn:
    """Store a prompt with its queued answer and start the answer.

    The same request_id returns the same turn, and starts it again while it is still queued. Raises AnswerInProgress,
    FileNotReady, RequestIdReused, BudgetSpent, InvalidRequest, NotFound (nothing stored) and Unavailable (stored; safe
    to repeat).
    """
    return _once(
        services, subject, conversation_id, sending, lambda: _store(services, subject, conversation_id, sending)
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
        repeated = _repeated(services, subject, conversation_id, sending) if _may_be_repeated(refused) else None
        if repeated is None:
            raise
        turn = repeated
    return started(services, turn)


def _may_be_repeated(refused: AppError) -> bool:
    """Whether what is refused now may have been accepted before: a file that was sent may be deleted meanwhile."""
    return isinstance(refused, Conflict | BudgetSpent) or refused.details.get("field") == "file_ids"


def _store_first(services: Services, item: Item, sending: Sending) -> Turn:
    subject = Subject.of_owner(item["user_id"])
    for _ in range(ATTEMPTS):
        user, stage, *rows = batch_get(
            (services.usage, usage.key(subject)),
            (services.usage, usage.key(usage.STAGE)),
            *attachments.keys(services, sending.file_ids),
        )
        budgets.check_spend(services, user, stage)
        new = Conversation.from_item(item)
        attached = attachments.checked(services, new, sending.file_ids, rows)
        turn = turn_rows.new_turn(services, new, sending, None, attached)
        row = item | {"head": turn.answer.message_id, "answer_in_progress": turn.answer.message_id}
        if sending.file_ids:
            row["file_ids"] = set(sending.file_ids)
        created = services.conversations.put(row, condition="attribute_not_exists(#conversation_id)")
        try:
            transact([*turn_rows.rows(services, turn, sending), created, *attachments.uses(services, new, attached)])
        except TransactionRefused as refused:
            if any(each is not None for each in refused.items[:_OWN_ROWS]):
                raise RequestIdReused from refused
            continue  # a file has changed since it was read
        return replace(turn, conversation=Conversation.from_item(row))
    raise Conflict("These files are changing too fast; try again.")


def conversation_id_of(subject: Subject, request_id: str) -> str:
    digest = hashlib.sha256(f"{subject.owner}/{request_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


def _store(services: Services, subject: Subject, conversation_id: str, sending: Sending) -> Turn:
    for _ in range(ATTEMPTS):
        row, user, stage, *file_rows = batch_get(
            (services.conversations, conversations.key(subject, conversation_id)),
            (services.usage, usage.key(subject)),
            (services.usage, usage.key(usage.STAGE)),
            *attachments.keys(services, sending.file_ids),
        )
        conversation = conversations.existing(row)
        budgets.check_spend(services, user, stage)
        must_be_free(services, conversation)
        parent_id = _parent(services, conversation, sending)
        attached = attachments.checked(services, conversation, sending.file_ids, file_rows)
        turn = turn_rows.new_turn(services, conversation, sending, parent_id, attached)
        head = turn_rows.take_head(services, conversation, turn.answer, sending.file_ids)
        try:
            uses = attachments.uses(services, conversation, attached)
            transact([*turn_rows.rows(services, turn, sending), head, *uses])
        except TransactionRefused as refused:
            request_row = refused.items[2]
            if request_row is not None:
                raise Conflict("request_id: already used") from refused
            continue  # the conversation or a file has changed since it was read
        return replace(turn, conversation=attachments.joined(turn.conversation, sending.file_ids))
    raise Conflict("This conversation is changing too fast; try again.")


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
        raise InvalidRequest("parent_id", "must be an answer's id; a message follows an answer")
    return parent.message_id


def _repeated(services: Services, subject: Subject, conversation_id: str, sending: Sending) -> Turn | None:
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
