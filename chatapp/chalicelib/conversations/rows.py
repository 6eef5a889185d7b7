"""Conversations: their rows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib import retention, undo
from chalicelib.aws.table import Item, Key
from chalicelib.errors import NotFound
from chalicelib.ids import is_id, iso, new_id
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

EXISTS = "attribute_exists(#conversation_id)"
NOT_DELETED = f"{EXISTS} AND {undo.NOT_DELETED}"
# With `:now` among the values: nothing that is over is kept anew.
NOT_DELETED_NOR_OVER = f"{NOT_DELETED} AND (attribute_not_exists(#ttl) OR #ttl >= :now)"
RESTORABLE = f"{EXISTS} AND {undo.RESTORABLE}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row.

    timestamp: of the last prompt; orders the list. head: the answer at the end of the visible thread.
    answer_in_progress: the head's id while it is queued or streaming.
    cut: the message at which the prompt starts, once older turns were left out.
    first_words: its title, where nobody has written another one yet.
    cut_messages: how many of the thread come before it.
    cut_files: `file_id` and `name` of what those turns attached, which stands at the cut.
    document_tokens: what its prompts may hold of files, once the stage's setting turned out to be too much.
    prompt_tokens: what its last prompt took with the answer to it, which the next prompt holds as well.
    prompt_estimate: what the same was estimated at.
    file_ids: of the files that stay with it. removed_file_ids: of those that were taken out of it.
    deleted_at, expires_at: Unix seconds.
    Of a twin's visit: twin, twin_version: the handle, and the version that its last question was sent to; twin_born_at:
    which of those that have had the handle. anew_after: the answer after which its prompts begin, which is the last one
    by another version. preview and payer: instead of a version, the draft's revision, and the `sub` of the owner who
    tries it. visit: what the visitor wishes. kept_days: after its last use, whatever the stage's setting. asked_in: the
    language of the last page.
    """

    subject: Subject
    conversation_id: str
    title: str | None
    model: str | None
    system: str | None
    timestamp: str
    pinned: bool
    archived: bool
    head: str | None
    answer_in_progress: str | None
    cut: str | None
    deleted_at: float | None
    expires_at: int | None
    file_ids: frozenset[str] = frozenset()
    removed_file_ids: frozenset[str] = frozenset()
    first_words: str | None = None
    cut_messages: int = 0
    cut_files: tuple[dict[str, str], ...] = ()
    document_tokens: int | None = None
    prompt_tokens: int | None = None
    prompt_estimate: int | None = None
    twin: str | None = None
    twin_version: int | None = None
    twin_born_at: str = ""
    anew_after: str = ""
    preview: int | None = None
    payer: str | None = None
    visit: Mapping[str, Any] = field(default_factory=dict)
    kept_days: int | None = None
    asked_in: str = ""

    @classmethod
    def from_item(cls, item: Item) -> Conversation:
        return cls(
            subject=Subject.of_owner(item["user_id"]),
            conversation_id=item["conversation_id"],
            title=item.get("title"),
            model=item.get("model"),
            system=item.get("system"),
            timestamp=item["timestamp"],
            pinned=item.get("pinned", False),
            archived=item.get("archived", False),
            head=item.get("head"),
            answer_in_progress=item.get("answer_in_progress"),
            cut=item.get("cut"),
            deleted_at=item.get("deleted_at"),
            expires_at=item.get("ttl"),
            file_ids=frozenset(item.get("file_ids", ())),
            removed_file_ids=frozenset(item.get("removed_file_ids", ())),
            first_words=item.get("first_words"),
            cut_messages=item.get("cut_messages", 0),
            cut_files=tuple(item.get("cut_files", ())),
            document_tokens=item.get("document_tokens"),
            prompt_tokens=item.get("prompt_tokens"),
            prompt_estimate=item.get("prompt_estimate"),
            twin=item.get("twin"),
            twin_version=item.get("twin_version"),
            twin_born_at=item.get("twin_born_at", ""),
            anew_after=item.get("anew_after", ""),
            preview=item.get("preview"),
            payer=item.get("owner"),
            visit=item.get("visit", {}),
            kept_days=item.get("kept_days"),
            asked_in=item.get("asked_in", ""),
        )

    def visible(self) -> bool:
        """Whether its owner may still see it: the sweep comes up to an hour late."""
        return self.deleted_at is None and not retention.is_over(self.expires_at)


def key(subject: Subject, conversation_id: str) -> Key:
    """Raises NotFound for an id that no conversation can have."""
    if not is_id(conversation_id):
        raise NotFound("conversation")
    return {"user_id": subject.owner, "conversation_id": conversation_id}


def new_item(
    services: Services,
    subject: Subject,
    *,
    conversation_id: str | None = None,
    title: str | None = None,
    model: str | None = None,
    system: str | None = None,
) -> Item:
    conversation_id = conversation_id or new_id()
    given = {"title": title, "model": model, "system": system, **retention.used(services.settings, conversation_id)}
    return {
        "user_id": subject.owner,
        "conversation_id": conversation_id,
        "timestamp": iso(time.time()),
        "pinned": False,
        "archived": False,
        **{name: value for name, value in given.items() if value is not None},
    }


def create(services: Services, item: Item) -> Conversation:
    # Without a condition: the id is new, and a write that is repeated after a lost reply must succeed.
    services.conversations.write(services.conversations.put(item))
    return Conversation.from_item(item)


def get(services: Services, subject: Subject, conversation_id: str) -> Conversation:
    return existing(services.conversations.find(key(subject, conversation_id)))


def existing(item: Item | None) -> Conversation:
    """The conversation of a row; raises NotFound where there is none or its owner no longer sees it."""
    conversation = Conversation.from_item(item) if item else None
    if conversation is None or not conversation.visible():
        raise NotFound("conversation")
    return conversation
