"""Turns: a prompt and its answer, sent, retried and stopped. Commands only; the answer itself is made in `answers`.

A turn is stored in one transaction (prompt, queued answer, conversation's head, request id) before any model is
called. The conversation's row names the answer in progress, so that there is one at a time.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import conversations, limits, messages, settling, usage
from .aws.functions import NotStarted
from .aws.table import ConditionFailed, Item, TransactionRefused, Write, batch_get, transact
from .conversations import Conversation, subject_of
from .errors import AnswerInProgress, BudgetSpent, Conflict, InvalidRequest, NotFound, RequestIdReused, Unavailable
from .ids import iso, new_id
from .messages import REQUEST_PREFIX, Message

if TYPE_CHECKING:
    from .services import Services

_ATTEMPTS = 4
_FREE_AND_SAME_HEAD = {
    True: "attribute_not_exists(#answer_in_progress) AND attribute_not_exists(#deleted_at) AND #head = :was",
    False: "attribute_exists(#conversation_id) AND attribute_not_exists(#answer_in_progress)"
    " AND attribute_not_exists(#deleted_at) AND attribute_not_exists(#head)",
}
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person sends. parent_id: an answer's id, None for the conversation's start, HEAD for wherever it ends."""

    text: str
    request_id: str
    parent_id: str | None = HEAD
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    user_message: Message
    answer: Message


def send(services: Services, user_id: str, conversation_id: str, sending: Sending) -> Turn:
    """Store a prompt with its queued answer and start the answer.

    The same request_id returns the same turn, and starts it again while it is still queued. Raises AnswerInProgress,
    RequestIdReused, BudgetSpent, NotFound (nothing stored) and Unavailable (stored; safe to repeat).
    """
    try:
        turn = _store(services, user_id, conversation_id, sending)
    except (Conflict, BudgetSpent):
        repeated = _repeated(services, user_id, conversation_id, sending)
        if repeated is None:
            raise
        turn = repeated
    if turn.answer.status == "queued":
        _start(services, turn)
    return turn


def begin(services: Services, conversation: Item, sending: Sending) -> Turn:
    """Create a conversation with its first turn. Its id follows from the request id, so a repeat finds the same one."""
    user_id = conversation["user_id"]
    conversation_id = conversation_id_of(user_id, sending.request_id)
    item = conversation | {"conversation_id": conversation_id}
    user, stage = batch_get((services.usage, usage.key(subject_of(user_id))), (services.usage, usage.key(usage.STAGE)))
    try:
        limits.check_spend(services, user, stage)
        turn = _new_turn(services, Conversation.from_item(item), sending, parent_id=None)
        item |= {"head": turn.answer.message_id, "answer_in_progress": turn.answer.message_id}
        turn = replace(turn, conversation=Conversation.from_item(item))
        table = services.conversations
        created = table.put(item, condition="attribute_not_exists(#conversation_id)")
        transact([*_rows(services, turn, sending), created])
    except (TransactionRefused, BudgetSpent) as refused:
        repeated = _repeated(services, user_id, conversation_id, sending)
        if repeated is None:
            if isinstance(refused, TransactionRefused):
                raise RequestIdReused from refused
            raise
        turn = repeated
    if turn.answer.status == "queued":
        _start(services, turn)
    return turn


def conversation_id_of(user_id: str, request_id: str) -> str:
    digest = hashlib.sha256(f"{user_id}/{request_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


def _store(services: Services, user_id: str, conversation_id: str, sending: Sending) -> Turn:
    for _ in range(_ATTEMPTS):
        row, user, stage = batch_get(
            (services.conversations, conversations.key(user_id, conversation_id)),
            (services.usage, usage.key(subject_of(user_id))),
            (services.usage, usage.key(usage.STAGE)),
        )
        conversation = conversations.existing(row)
        limits.check_spend(services, user, stage)
        _must_be_free(services, conversation)
        parent_id = _parent(services, conversation, sending)
        turn = _new_turn(services, conversation, sending, parent_id)
        try:
            transact([*_rows(services, turn, sending), _take_head(services, conversation, turn.answer)])
        except TransactionRefused as refused:
            request_row = refused.items[2]
            if request_row is not None:
                raise Conflict("request_id: already used") from refused
            continue  # the conversation has changed since it was read
        return turn
    raise Conflict("This conversation is changing too fast; try again.")


def _must_be_free(services: Services, conversation: Conversation) -> None:
    """Raise AnswerInProgress unless the answer in progress turns out to be dead, and is settled."""
    if conversation.answer_in_progress is None:
        return
    user_id, conversation_id = conversation.user_id, conversation.conversation_id
    answer = messages.get(services, user_id, conversation_id, conversation.answer_in_progress)
    if settling.settled(services, answer).in_progress:
        raise AnswerInProgress(answer.message_id)


def _parent(services: Services, conversation: Conversation, sending: Sending) -> str | None:
    if sending.parent_id in (HEAD, conversation.head):
        return conversation.head
    if sending.parent_id is None:
        return None
    try:
        parent = messages.get(services, conversation.user_id, conversation.conversation_id, sending.parent_id)
    except NotFound as missing:
        raise NotFound("message", "parent_id") from missing
    if parent.role != "assistant":
        raise InvalidRequest("parent_id", "must be an answer's id; a message follows an answer")
    return parent.message_id


def _new_turn(services: Services, conversation: Conversation, sending: Sending, parent_id: str | None) -> Turn:
    now = time.time()
    common: dict[str, Any] = {
        "user_id": conversation.user_id,
        "conversation_id": conversation.conversation_id,
        "created_at": iso(now),
        "expires_at": int(now) + services.settings.retention_s,
    }
    user_message = Message(
        message_id=new_id(after=parent_id),
        parent_id=parent_id,
        role="user",
        status="complete",
        content=[{"type": "text", "text": sending.text}],
        **common,
    )
    model = services.settings.offer(sending.model or conversation.model).id
    answer = Message(
        message_id=new_id(after=user_message.message_id),
        parent_id=user_message.message_id,
        role="assistant",
        status="queued",
        model=model,
        **common,
    )
    return Turn(conversation, user_message, answer)


def _rows(services: Services, turn: Turn, sending: Sending) -> list[Write]:
    table = services.messages
    new = "attribute_not_exists(#message_id)"
    request = {
        "conversation": turn.answer.partition,
        "message_id": REQUEST_PREFIX + sending.request_id,
        "user_message_id": turn.user_message.message_id,
        "answer_id": turn.answer.message_id,
        "digest": _digest(sending.text),
        "ttl": turn.answer.expires_at,
    }
    return [
        table.put(turn.user_message.to_item(), condition=new),
        table.put(turn.answer.to_item(), condition=new),
        table.put(request, condition=new),
    ]


def _take_head(services: Services, conversation: Conversation, answer: Message) -> Write:
    values: dict[str, Any] = {
        ":answer": answer.message_id,
        ":now": answer.created_at,
        ":ttl": answer.expires_at,
    }
    if conversation.head is not None:
        values[":was"] = conversation.head
    return services.conversations.update(
        conversations.key(conversation.user_id, conversation.conversation_id),
        "SET #head = :answer, #answer_in_progress = :answer, #timestamp = :now, #ttl = :ttl",
        values,
        condition=_FREE_AND_SAME_HEAD[conversation.head is not None],
    )


def _repeated(services: Services, user_id: str, conversation_id: str, sending: Sending) -> Turn | None:
    """The turn that this request id already made, if any. Raises RequestIdReused for another text."""
    home = messages.partition(user_id, conversation_id)
    table = services.messages
    row = table.find({"conversation": home, "message_id": REQUEST_PREFIX + sending.request_id})
    if row is None:
        return None
    if row["digest"] != _digest(sending.text):
        raise RequestIdReused
    ids = (row["user_message_id"], row["answer_id"])
    conversation, prompt, answer = batch_get(
        (services.conversations, conversations.key(user_id, conversation_id)),
        *((table, messages.key(user_id, conversation_id, message_id)) for message_id in ids),
    )
    return Turn(
        conversations.existing(conversation),
        messages.existing(prompt),
        settling.settled(services, messages.existing(answer)),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _start(services: Services, turn: Turn) -> None:
    """Invoke the worker. Ids only: what Lambda could not deliver is kept in a queue for two weeks."""
    conversation = turn.conversation
    payload: dict[str, Any] = {
        "user_id": conversation.user_id,
        "conversation_id": conversation.conversation_id,
        "message_id": turn.answer.message_id,
        "cut": conversation.cut,
        "system": conversation.system is not None,
        "untitled": conversation.title is None,
    }
    try:
        services.answers.invoke(payload)
    except NotStarted as error:
        raise Unavailable(
            "The message is stored but its answer could not be started. Repeat the request as it was."
        ) from error


def retry(services: Services, user_id: str, conversation_id: str, message_id: str, model: str | None) -> Turn:
    """A new answer to the same prompt; the old one stays readable as superseded.

    An answer is superseded once: repeating the retry returns the same turn, and starts it again while it is queued.
    Raises AnswerInProgress, BudgetSpent, NotFound and Unavailable (stored; safe to repeat).
    """
    for _ in range(_ATTEMPTS):
        row, old_row, user, stage = batch_get(
            (services.conversations, conversations.key(user_id, conversation_id)),
            (services.messages, messages.key(user_id, conversation_id, message_id)),
            (services.usage, usage.key(subject_of(user_id))),
            (services.usage, usage.key(usage.STAGE)),
        )
        conversation, old = conversations.existing(row), messages.existing(old_row)
        if old.role != "assistant" or old.parent_id is None:
            raise InvalidRequest("message_id", "only an answer can be retried")
        prompt = messages.get(services, user_id, conversation_id, old.parent_id)
        if old.superseded_by:
            return _retried(services, conversation, prompt, old.superseded_by)
        limits.check_spend(services, user, stage)
        _must_be_free(services, conversation)
        new = _again(services, old, model)
        table = services.messages
        superseded = table.update(
            old.key(),
            "SET #status = :superseded, #superseded_by = :new",
            {
                ":superseded": "superseded",
                ":new": new.message_id,
                ":queued": "queued",
                ":streaming": "streaming",
            },
            condition="attribute_exists(#status) AND NOT #status IN (:queued, :streaming)",
        )
        put = table.put(new.to_item(), condition="attribute_not_exists(#message_id)")
        try:
            transact([put, superseded, _take_head(services, conversation, new)])
        except TransactionRefused:
            continue
        turn = Turn(conversation, prompt, new)
        _start(services, turn)
        return turn
    raise Conflict("This conversation is changing too fast; try again.")


def _retried(services: Services, conversation: Conversation, prompt: Message, answer_id: str) -> Turn:
    """The turn of an answer that superseded another."""
    answer = messages.get(services, prompt.user_id, prompt.conversation_id, answer_id)
    turn = Turn(conversation, prompt, settling.settled(services, answer))
    if turn.answer.status == "queued":
        _start(services, turn)
    return turn


def _again(services: Services, old: Message, model: str | None) -> Message:
    now = time.time()
    return Message(
        user_id=old.user_id,
        conversation_id=old.conversation_id,
        message_id=new_id(after=old.message_id),
        parent_id=old.parent_id,
        role="assistant",
        status="queued",
        created_at=iso(now),
        model=services.settings.offer(model or old.model).id,
        expires_at=int(now) + services.settings.retention_s,
    )


def stop(services: Services, user_id: str, conversation_id: str, message_id: str) -> Message:
    """Ask for the end of an answer: a queued one ends at once, a streaming one at its next tick (0.5 s).

    An answer that has ended stays as it is.
    """
    answer = read(services, user_id, conversation_id, message_id)
    if answer.role != "assistant":
        raise InvalidRequest("message_id", "only an answer can be stopped")
    if answer.status == "queued":
        stopped = answer.with_changes(status="stopped")
        try:
            settling.finish(services, stopped, before=answer)
        except settling.Superseded:
            answer = messages.get(services, user_id, conversation_id, message_id)
        else:
            return stopped
    if answer.status == "streaming":
        table = services.messages
        flag = table.update(
            answer.key(),
            "SET #stop_requested = :yes",
            {":yes": True, ":streaming": "streaming"},
            condition="#status = :streaming",
        )
        try:
            return Message.from_item(table.write(flag, returns="ALL_NEW"))
        except ConditionFailed:
            return messages.get(services, user_id, conversation_id, message_id)
    return answer


def read(services: Services, user_id: str, conversation_id: str, message_id: str) -> Message:
    """One message of a visible conversation, in one request; a dead answer is settled first."""
    row, item = batch_get(
        (services.conversations, conversations.key(user_id, conversation_id)),
        (services.messages, messages.key(user_id, conversation_id, message_id)),
    )
    conversations.existing(row)
    message = messages.existing(item)
    return settling.settled(services, message) if message.in_progress else message


def conversation(services: Services, user_id: str, conversation_id: str) -> Conversation:
    """A conversation, with no answer in progress that is dead."""
    found = conversations.get(services, user_id, conversation_id)
    if found.answer_in_progress is None:
        return found
    answer = messages.get(services, user_id, conversation_id, found.answer_in_progress)
    if settling.settled(services, answer).in_progress:
        return found
    return replace(found, answer_in_progress=None)


def await_answer(services: Services, answer: Message, wait_s: float) -> Message:
    """The answer once it is settled, or as it stands after `wait_s` seconds."""
    deadline = time.monotonic() + wait_s
    pause = 0.1
    while answer.in_progress and time.monotonic() + pause < deadline:
        time.sleep(pause)
        pause = min(pause * 1.3, 1.0)
        answer = messages.get(services, answer.user_id, answer.conversation_id, answer.message_id)
        answer = settling.settled(services, answer)
    return answer
