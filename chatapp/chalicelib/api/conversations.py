"""From the wire to the domain and back: what each route parses and shows. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import texts as schemas
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import InvalidRequest
from chalicelib.ids import iso, new_id
from chalicelib.settings import ModelOffer, Settings
from chalicelib.turns import frame_log as frames
from chalicelib.turns import sending as turns
from chalicelib.turns import settling
from chalicelib.turns.rows import HEAD, Sending, Turn

if TYPE_CHECKING:
    from chalicelib.services import Services

# API Gateway ends a request after 29 s.
CHAT_WAIT_S = 24.0


def models(settings: Settings) -> schemas.Models:
    return schemas.Models(items=[_model(offer, default=index == 0) for index, offer in enumerate(settings.models)])


def _model(offer: ModelOffer, *, default: bool) -> schemas.Model:
    prices = offer.prices
    return schemas.Model(
        id=offer.id,
        name=offer.name,
        default=default,
        prices=schemas.Prices(
            input=prices.input,
            output=prices.output,
            cache_write=prices.cache_write,
            cache_read=prices.cache_read,
        ),
    )


def offered(settings: Settings, model: str | None) -> str | None:
    """A model id from a request. Raises InvalidRequest for one that is not on offer."""
    if model is not None and settings.offer(model).id != model:
        on_offer = ", ".join(offer.id for offer in settings.models)
        raise InvalidRequest("model", f"not on offer; choose one of {on_offer}")
    return model


def message(shown: Message) -> schemas.Message:
    usage = frames.shown_usage(shown.usage)
    return schemas.Message(
        message_id=shown.message_id,
        conversation_id=shown.conversation_id,
        parent_id=shown.parent_id,
        role=shown.role,
        content=shown.content,
        status=shown.status,
        model=shown.model,
        usage=schemas.Usage(**usage) if usage and not shown.in_progress else None,
        stop_reason=shown.stop_reason,
        error=schemas.ErrorInfo(**shown.error) if shown.error else None,
        created_at=shown.created_at,
        files=[schemas.AttachedFile(**attached) for attached in shown.files],
    )


def turn(stored: Turn) -> schemas.Turn:
    return schemas.Turn(user_message=message(stored.user_message), answer=message(stored.answer))


def conversation(settings: Settings, shown: Conversation) -> schemas.Conversation:
    offer = settings.offer(shown.model)
    note = f"{shown.model} is no longer on offer; {offer.id} answers instead."
    return schemas.Conversation(
        **_summary(settings, shown).model_dump(),
        model_note=note if shown.model and shown.model != offer.id else None,
        system=shown.system,
        head=shown.head,
        file_ids=sorted(shown.file_ids),
    )


def create_conversation(
    services: Services, user_id: str, body: schemas.NewConversation
) -> schemas.NewConversationReply:
    model = offered(services.settings, body.model) or services.settings.models[0].id
    item = conversations.new_item(services, user_id, title=body.title, model=model, system=_system(body.system))
    if body.message is None:
        created = conversation(services.settings, conversations.create(services, item))
        return schemas.NewConversationReply(**created.model_dump(), user_message=None, answer=None)
    first = body.message
    to_send = Sending(first.text, first.request_id, parent_id=None, file_ids=tuple(first.file_ids))
    begun = turns.begin(services, item, to_send)
    created = conversation(services.settings, begun.conversation)
    return schemas.NewConversationReply(**created.model_dump(), **turn(begun).model_dump())


def _system(text: str | None) -> str | None:
    """A blank system prompt is none: the Messages API refuses it."""
    return text if text and text.strip() else None


def list_conversations(services: Services, user_id: str, query: schemas.ConversationsQuery) -> schemas.Conversations:
    found, next_cursor = conversations.list_page(
        services, user_id, limit=query.limit, cursor=query.cursor, archived=query.archived
    )
    return schemas.Conversations(items=[_summary(services.settings, row) for row in found], next_cursor=next_cursor)


def _summary(settings: Settings, row: Conversation) -> schemas.ConversationSummary:
    return schemas.ConversationSummary(
        conversation_id=row.conversation_id,
        title=row.title,
        model=settings.offer(row.model).id,
        timestamp=row.timestamp,
        pinned=row.pinned,
        archived=row.archived,
        answer_in_progress=row.answer_in_progress,
    )


def change_conversation(
    services: Services, user_id: str, conversation_id: str, body: schemas.ConversationChange
) -> schemas.Conversation:
    changes = body.model_dump(include=body.model_fields_set)
    offered(services.settings, changes.get("model"))
    if "system" in changes:
        changes["system"] = _system(changes["system"])
    changed = conversations.change(services, user_id, conversation_id, changes)
    return conversation(services.settings, changed)


def deleted(conversation_id: str, undo_until: float) -> schemas.Deleted:
    return schemas.Deleted(conversation_id=conversation_id, undo_until=iso(undo_until))


def list_messages(services: Services, user_id: str, conversation_id: str, query: schemas.ListQuery) -> schemas.Messages:
    conversations.get(services, user_id, conversation_id)
    found, next_cursor = messages.list_page(services, user_id, conversation_id, limit=query.limit, cursor=query.cursor)
    shown = [settling.settled(services, row) if row.in_progress else row for row in found]
    return schemas.Messages(items=[message(row) for row in shown], next_cursor=next_cursor)


def as_sending(settings: Settings, body: schemas.NewMessage) -> Sending:
    parent_id = body.parent_id if "parent_id" in body.model_fields_set else HEAD
    return Sending(body.text, body.request_id, parent_id, offered(settings, body.model), tuple(body.file_ids))


def chat(services: Services, user_id: str, body: schemas.Chat) -> tuple[schemas.ChatReply, int]:
    """One question and its answer. 202 with the ids where the answer takes longer than a request may."""
    model = offered(services.settings, body.model)
    request_id = body.request_id or new_id()
    if body.conversation_id is None:
        item = conversations.new_item(services, user_id, model=model or services.settings.models[0].id)
        to_send = Sending(body.message, request_id, parent_id=None, file_ids=tuple(body.file_ids))
        stored = turns.begin(services, item, to_send)
    else:
        to_send = Sending(body.message, request_id, model=model, file_ids=tuple(body.file_ids))
        stored = turns.send(services, user_id, body.conversation_id, to_send)
    answer = turns.await_answer(services, stored.answer, CHAT_WAIT_S)
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
        }
    )
    return reply, 200


def _ids(answer: Message) -> schemas.ChatReply:
    return schemas.ChatReply(conversation_id=answer.conversation_id, message_id=answer.message_id, status=answer.status)
