"""The rows of a turn, as one transaction writes them: prompt, queued answer, request id, conversation's head."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib import retention
from chalicelib.aws.table import Write
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import REQUEST_PREFIX, Message
from chalicelib.conversations.rows import Conversation
from chalicelib.files import attachments
from chalicelib.files.row import File
from chalicelib.ids import iso, new_id
from chalicelib.spending.reservations import Reservation

if TYPE_CHECKING:
    from chalicelib.services import Services

HEAD = "head"
_FREE_AND_SAME_HEAD = {
    True: "attribute_not_exists(#answer_in_progress) AND attribute_not_exists(#deleted_at) AND #head = :was",
    False: "attribute_exists(#conversation_id) AND attribute_not_exists(#answer_in_progress)"
    " AND attribute_not_exists(#deleted_at) AND attribute_not_exists(#head)",
}


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person sends. parent_id: an answer's id, None for the conversation's start, HEAD for wherever it ends.

    file_ids: of the files attached, in their order.
    """

    text: str
    request_id: str
    parent_id: str | None = HEAD
    model: str | None = None
    file_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    user_message: Message
    answer: Message

    def with_reservation(self, reservation: Reservation) -> Turn:
        return replace(self, answer=self.answer.with_changes(reservation=reservation))


def new_turn(
    services: Services, conversation: Conversation, sending: Sending, parent_id: str | None, attached: Sequence[File]
) -> Turn:
    user_message = Message(
        subject=conversation.subject,
        conversation_id=conversation.conversation_id,
        message_id=new_id(after=parent_id),
        parent_id=parent_id,
        role="user",
        status="complete",
        content=[{"type": "text", "text": sending.text}],
        files=attachments.snapshots(attached),
        created_at=iso(time.time()),
    )
    model = sending.model or conversation.model
    return Turn(conversation, user_message, _queued(services, user_message, user_message.message_id, model))


def again(services: Services, old: Message, model: str | None) -> Message:
    return _queued(services, old, old.parent_id, model or old.model)


def _queued(services: Services, after: Message, parent_id: str | None, model: str | None) -> Message:
    """An answer that waits to be made. after: its prompt, or the answer that it takes the place of."""
    return Message(
        subject=after.subject,
        conversation_id=after.conversation_id,
        message_id=new_id(after=after.message_id),
        parent_id=parent_id,
        role="assistant",
        status="queued",
        model=services.settings.offer(model).id,
        created_at=iso(time.time()),
    )


@dataclass(frozen=True, slots=True)
class TurnWrites:
    """What stores a turn besides its conversation, to be made in one transaction."""

    user_message: Write
    answer: Write
    request: Write

    def all(self) -> list[Write]:
        return [self.user_message, self.answer, self.request]


def writes(services: Services, turn: Turn, sending: Sending) -> TurnWrites:
    table = services.messages
    new = "attribute_not_exists(#message_id)"
    request = {
        "conversation": turn.answer.partition,
        "message_id": REQUEST_PREFIX + sending.request_id,
        "user_message_id": turn.user_message.message_id,
        "answer_id": turn.answer.message_id,
        "digest": digest(sending),
    }
    return TurnWrites(
        table.put(turn.user_message.to_item(), condition=new),
        table.put(turn.answer.to_item(), condition=new),
        table.put(request, condition=new),
    )


def take_head(
    services: Services,
    conversation: Conversation,
    answer: Message,
    file_ids: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
) -> Write:
    """more: attributes of the conversation to set with it."""
    values: dict[str, Any] = {
        ":answer": answer.message_id,
        ":now": answer.created_at,
    }
    if conversation.head is not None:
        values[":was"] = conversation.head
    kept = retention.used(services.settings, conversation.conversation_id, conversation.kept_days)
    change = "SET #head = :answer, #answer_in_progress = :answer, #timestamp = :now"
    change += "".join(f", #{name} = :{name}" for name in more or {})
    values |= {f":{name}": value for name, value in (more or {}).items()}
    if kept["ttl"] is None:
        change += " REMOVE " + ", ".join(f"#{name}" for name in kept)
    else:
        change += "".join(f", #{name} = :{name}" for name in kept)
        values |= {f":{name}": value for name, value in kept.items()}
    condition = _FREE_AND_SAME_HEAD[conversation.head is not None]
    if file_ids:
        change += " ADD #file_ids :file_ids DELETE #removed_file_ids :file_ids"
        condition += f" AND {attachments.HAS_ROOM}"
        values |= {":file_ids": set(file_ids), ":room": attachments.room(conversation, file_ids)}
    return services.conversations.update(
        conversations.key(conversation.subject, conversation.conversation_id),
        change,
        values,
        condition=condition,
    )


def digest(sending: Sending) -> str:
    content = json.dumps([sending.text, *sending.file_ids]) if sending.file_ids else sending.text
    return hashlib.sha256(content.encode()).hexdigest()
