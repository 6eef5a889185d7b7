"""Conversations on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .messages import Message
from .texts import FileIds, ListQuery, ModelId, Request, RequestId, Shape, System, Text, Title, boolean


class FirstMessage(Request):
    text: Text
    request_id: RequestId
    file_ids: FileIds = Field(default=[])


class NewConversation(Request):
    title: Title | None = None
    model: ModelId | None = None
    system: System | None = None
    message: FirstMessage | None = None


class ConversationChange(Request):
    """Only what is given changes; `deleted: false` undoes a deletion while that is possible.

    Any change is a use, from which on the conversation is kept anew; `kept: true` is nothing but that.
    """

    title: Title = ""
    model: ModelId = ""
    system: System | None = None
    pinned: bool = False
    archived: bool = False
    deleted: Annotated[Literal[False], BeforeValidator(boolean)] = False
    kept: Annotated[Literal[True], BeforeValidator(boolean)] = True


class ConversationsQuery(ListQuery):
    archived: bool = False


class Conversation(Shape):
    """model_note: said when the stored model is no longer on offer and the default answers instead."""

    conversation_id: str
    title: str | None
    model: str
    model_note: str | None
    system: str | None
    timestamp: str
    pinned: bool
    archived: bool
    head: str | None
    answer_in_progress: str | None
    kept_until: str | None = Field(description="When it is removed unless it is used; null: never")
    file_ids: list[str] = Field(description="Files that stay with the conversation, oldest first")


class NewConversationReply(Conversation):
    user_message: Message | None
    answer: Message | None


class ConversationSummary(Shape):
    """A conversation in a list: without its system prompt, which would be most of what a list reads."""

    conversation_id: str
    title: str | None
    model: str
    timestamp: str
    pinned: bool
    archived: bool
    answer_in_progress: str | None


class Conversations(Shape):
    items: list[ConversationSummary]
    next_cursor: str | None


class Deleted(Shape):
    conversation_id: str
    undo_until: str
