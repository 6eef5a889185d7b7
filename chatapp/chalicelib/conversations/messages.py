"""Messages: their rows and lists. What may happen to an answer is decided in `turns` and `answering`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import cursors
from chalicelib.aws.table import Item, Key
from chalicelib.errors import InvalidCursor, NotFound
from chalicelib.ids import is_id
from chalicelib.shapes import AttachedFile, Context, ErrorInfo
from chalicelib.spending.reservations import Reservation
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

Status = Literal["queued", "streaming", "complete", "stopped", "interrupted", "failed", "superseded"]
Block = dict[str, Any]

IN_PROGRESS = frozenset({"queued", "streaming"})
# Every message id is a lower-case UUID; rows that are not messages start with a letter above "f".
_PAST_MESSAGES = "g"
REQUEST_PREFIX = "request#"


@dataclass(frozen=True, slots=True)
class Message:
    """One row.

    content: Anthropic content blocks, in order; empty while an answer is in progress (its text is in the stream log).
    usage: the four token counts of the Messages API and cost_micro_usd.
    files: attached to a person's message, as they were then.
    context: of an answer whose prompt was not the whole thread.
    token: of the worker that claimed the answer. lease_until: Unix seconds.
    reservation: of an answer in progress, for whoever ends it to settle.
    expires_at: of one that a version before wrote; since then the date stands on the conversation alone.
    """

    subject: Subject
    conversation_id: str
    message_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    status: Status
    created_at: str
    content: list[Block] = field(default_factory=list)
    files: list[AttachedFile] = field(default_factory=list)
    model: str | None = None
    usage: dict[str, int] | None = None
    stop_reason: str | None = None
    error: ErrorInfo | None = None
    context: Context | None = None
    token: str | None = None
    lease_until: float | None = None
    stop_requested: bool = False
    superseded_by: str | None = None
    expires_at: int | None = None
    reservation: Reservation | None = None

    @classmethod
    def from_item(cls, item: Item) -> Message:
        key_of_subject, _, conversation_id = item["conversation"].rpartition("#")
        subject, reserved = Subject.parse(key_of_subject), item.get("reservation")
        return cls(
            subject=subject,
            conversation_id=conversation_id,
            message_id=item["message_id"],
            parent_id=item.get("parent_id"),
            role=item["role"],
            status=item["status"],
            created_at=item["created_at"],
            content=item.get("content", []),
            files=item.get("files", []),
            model=item.get("model"),
            usage=item.get("usage"),
            stop_reason=item.get("stop_reason"),
            error=item.get("error"),
            context=item.get("context"),
            token=item.get("token"),
            lease_until=item.get("lease_until"),
            stop_requested=item.get("stop_requested", False),
            superseded_by=item.get("superseded_by"),
            expires_at=item.get("ttl"),
            reservation=Reservation.from_item(reserved, subject) if reserved else None,
        )

    def to_item(self) -> Item:
        optional = {
            "parent_id": self.parent_id,
            "content": self.content or None,
            "files": self.files or None,
            "model": self.model,
            "reservation": self.reservation.to_item(self.subject) if self.reservation else None,
        }
        return {
            **self.key(),
            "role": self.role,
            "status": self.status,
            "created_at": self.created_at,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def key(self) -> Key:
        return {"conversation": self.partition, "message_id": self.message_id}

    @property
    def partition(self) -> str:
        return partition(self.subject, self.conversation_id)

    @property
    def in_progress(self) -> bool:
        return self.status in IN_PROGRESS

    def text(self) -> str:
        """The text alone. What a tool interrupted goes on in a new paragraph."""
        said, interrupted = "", False
        for block in self.content:
            if block["type"] == "text":
                said += ("\n\n" if interrupted and said else "") + block["text"]
                interrupted = False
            elif block["type"] == "tool_use":
                interrupted = True
        return said

    def with_changes(self, **changes: Any) -> Message:
        return replace(self, **changes)


def partition(subject: Subject, conversation_id: str) -> str:
    return f"{subject}#{conversation_id}"


def key(subject: Subject, conversation_id: str, message_id: str) -> Key:
    """Raises NotFound for an id that no message can have."""
    if not is_id(message_id):
        raise NotFound("message")
    return {"conversation": partition(subject, conversation_id), "message_id": message_id}


def existing(item: Item | None) -> Message:
    message = Message.from_item(item) if item else None
    if message is None or (message.expires_at and message.expires_at < time.time()):
        raise NotFound("message")
    return message


def get(services: Services, subject: Subject, conversation_id: str, message_id: str) -> Message:
    return existing(services.messages.find(key(subject, conversation_id, message_id)))


def list_page(
    services: Services, subject: Subject, conversation_id: str, *, limit: int, cursor: str | None
) -> tuple[list[Message], str | None]:
    """Newest first. A page ends early at 1 MB."""
    home = partition(subject, conversation_id)
    start = cursors.read(cursor, ("message_id",), {"conversation": home})
    if start is not None and not is_id(start["message_id"]):
        raise InvalidCursor
    page = services.messages.query(
        "#conversation = :home AND #message_id < :end",
        {":home": home, ":end": _PAST_MESSAGES},
        limit=limit + 1,  # the one more tells whether anything follows: a page that is just full has a last key, too
        newest_first=True,
        start=start,
    )
    last = page.items[limit - 1] if len(page.items) > limit else page.last_key
    next_cursor = cursors.write([last["message_id"]]) if last else None
    now = time.time()
    found = [Message.from_item(item) for item in page.items[:limit]]
    return [message for message in found if not (message.expires_at and message.expires_at < now)], next_cursor
