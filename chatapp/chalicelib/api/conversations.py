"""Conversations from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import conversations as s
from chalicelib.conversations import changes as conversation_changes
from chalicelib.conversations import lists as conversation_lists
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.rows import Conversation
from chalicelib.ids import iso
from chalicelib.settings import Settings
from chalicelib.subjects import Subject
from chalicelib.turns import sending
from chalicelib.turns.rows import Sending

from .messages import turn
from .models import offered

if TYPE_CHECKING:
    from chalicelib.services import Services


def conversation(settings: Settings, shown: Conversation) -> s.Conversation:
    offer = settings.offer(shown.model)
    note = f"{shown.model} is no longer on offer; {offer.id} answers instead."
    return s.Conversation(
        **_summary(settings, shown).model_dump(),
        model_note=note if shown.model and shown.model != offer.id else None,
        system=shown.system,
        head=shown.head,
        kept_until=iso(shown.expires_at) if shown.expires_at else None,
        file_ids=sorted(shown.file_ids),
    )


def create_conversation(services: Services, subject: Subject, body: s.NewConversation) -> s.NewConversationReply:
    model = offered(services.settings, body.model) or services.settings.models[0].id
    item = conversations.new_item(services, subject, title=body.title, model=model, system=_system(body.system))
    if body.message is None:
        created = conversation(services.settings, conversations.create(services, item))
        return s.NewConversationReply(**created.model_dump(), user_message=None, answer=None)
    first = body.message
    to_send = Sending(first.text, first.request_id, parent_id=None, file_ids=tuple(first.file_ids))
    begun = sending.begin(services, item, to_send)
    created = conversation(services.settings, begun.conversation)
    return s.NewConversationReply(**created.model_dump(), **turn(begun).model_dump())


def _system(text: str | None) -> str | None:
    """A blank system prompt is none: the Messages API refuses it."""
    return text if text and text.strip() else None


def list_conversations(services: Services, subject: Subject, query: s.ConversationsQuery) -> s.Conversations:
    found, next_cursor = conversation_lists.list_page(
        services, subject, limit=query.limit, cursor=query.cursor, archived=query.archived
    )
    return s.Conversations(items=[_summary(services.settings, row) for row in found], next_cursor=next_cursor)


def _summary(settings: Settings, row: Conversation) -> s.ConversationSummary:
    return s.ConversationSummary(
        conversation_id=row.conversation_id,
        title=row.title,
        model=settings.offer(row.model).id,
        timestamp=row.timestamp,
        pinned=row.pinned,
        archived=row.archived,
        answer_in_progress=row.answer_in_progress,
    )


def change_conversation(
    services: Services, subject: Subject, conversation_id: str, body: s.ConversationChange
) -> s.Conversation:
    changes = body.model_dump(include=body.model_fields_set)
    offered(services.settings, changes.get("model"))
    if "system" in changes:
        changes["system"] = _system(changes["system"])
    changed = conversation_changes.change(services, subject, conversation_id, changes)
    return conversation(services.settings, changed)


def deleted(conversation_id: str, undo_until: float) -> s.Deleted:
    return s.Deleted(conversation_id=conversation_id, undo_until=iso(undo_until))
