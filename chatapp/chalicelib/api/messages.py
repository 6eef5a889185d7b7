"""Messages and turns from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import messages as s
from chalicelib.api.schemas.frames import Frames, FramesQuery
from chalicelib.api.schemas.texts import ListQuery
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.functions import API, FUNCTIONS
from chalicelib.ids import new_id
from chalicelib.settings import Settings
from chalicelib.subjects import Subject
from chalicelib.turns import frame_log, reading, sending, settling
from chalicelib.turns.rows import HEAD, Sending, Turn

from .models import offered

if TYPE_CHECKING:
    from chalicelib.services import Services

# What the function has left by then is enough to answer.
CHAT_WAIT_S = FUNCTIONS[API].timeout_s - 5.0


def message(shown: Message) -> s.Message:
    return s.Message(
        message_id=shown.message_id,
        conversation_id=shown.conversation_id,
        parent_id=shown.parent_id,
        role=shown.role,
        content=shown.content,
        status=shown.status,
        model=shown.model,
        usage=None if shown.in_progress else frame_log.shown_usage(shown),
        stop_reason=shown.stop_reason,
        error=shown.error,
        context=shown.context,
        created_at=shown.created_at,
        files=shown.files,
    )


def turn(stored: Turn) -> s.Turn:
    return s.Turn(user_message=message(stored.user_message), answer=message(stored.answer))


def list_messages(services: Services, subject: Subject, conversation_id: str, query: ListQuery) -> s.Messages:
    conversations.get(services, subject, conversation_id)
    found, next_cursor = messages.list_page(services, subject, conversation_id, limit=query.limit, cursor=query.cursor)
    shown = [settling.settled(services, row) if row.in_progress else row for row in found]
    return s.Messages(items=[message(row) for row in shown], next_cursor=next_cursor)


def read_frames(
    services: Services, subject: Subject, conversation_id: str, message_id: str, query: FramesQuery
) -> Frames:
    answer = reading.read(services, subject, conversation_id, message_id)
    return Frames(items=frame_log.read(services, answer, query.after), status=answer.status)


def as_sending(settings: Settings, body: s.NewMessage) -> Sending:
    parent_id = body.parent_id if "parent_id" in body.model_fields_set else HEAD
    return Sending(body.text, body.request_id, parent_id, offered(settings, body.model), tuple(body.file_ids))


def chat(services: Services, subject: Subject, body: s.Chat) -> tuple[s.ChatReply, int]:
    """One question and its answer. 202 with the ids where the answer takes longer than a request may."""
    model = offered(services.settings, body.model)
    request_id = body.request_id or new_id()
    if body.conversation_id is None:
        item = conversations.new_item(services, subject, model=model or services.settings.models[0].id)
        to_send = Sending(body.message, request_id, parent_id=None, file_ids=tuple(body.file_ids))
        stored = sending.begin(services, item, to_send)
    else:
        to_send = Sending(body.message, request_id, model=model, file_ids=tuple(body.file_ids))
        stored = sending.send(services, subject, body.conversation_id, to_send)
    answer = reading.await_answer(services, stored.answer, CHAT_WAIT_S)
    if answer.in_progress:
        return _ids(answer), 202
    shown = message(answer)
    reply = _ids(answer).model_copy(
        update={
            "text": answer.text(),
            "content": shown.content,
            "stop_reason": shown.stop_reason,
            "usage": shown.usage,
            "error": shown.error,
            "context": shown.context,
        }
    )
    return reply, 200


def _ids(answer: Message) -> s.ChatReply:
    return s.ChatReply(conversation_id=answer.conversation_id, message_id=answer.message_id, status=answer.status)
