"""Messages, turns and `POST /chat` on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from chalicelib.conversations.messages import Status
from chalicelib.shapes import AttachedFile, ErrorInfo, Usage

from .texts import FileIds, ModelId, Request, RequestId, Shape, Text


class NewMessage(Request):
    """parent_id: the answer that the message follows; by default the head, null for the conversation's start."""

    text: Text
    request_id: RequestId
    parent_id: str | None = None
    model: ModelId | None = None
    file_ids: FileIds = Field(default=[])


class Retry(Request):
    model: ModelId | None = None


class Chat(Request):
    message: Text
    request_id: RequestId | None = None
    conversation_id: str | None = None
    model: ModelId | None = None
    file_ids: FileIds = Field(default=[])


class Message(Shape):
    message_id: str
    conversation_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    content: list[dict[str, Any]] = Field(description="Anthropic content blocks")
    status: Status
    model: str | None
    usage: Usage | None
    stop_reason: str | None
    error: ErrorInfo | None
    created_at: str
    files: list[AttachedFile]


class Messages(Shape):
    items: list[Message]
    next_cursor: str | None


class Turn(Shape):
    user_message: Message
    answer: Message


class ChatReply(Shape):
    """An answer still in progress has only ids and status."""

    conversation_id: str
    message_id: str
    status: Status
    text: str | None = None
    content: list[dict[str, Any]] | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    error: ErrorInfo | None = None
