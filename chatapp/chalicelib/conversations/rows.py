"""Conversations: their rows, lists, changes and deletion. Messages and turns live in their own modules."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib import cursors
from chalicelib.aws.table import ConditionFailed, Item, Key
from chalicelib.errors import NotFound
from chalicelib.ids import is_id, iso, new_id

if TYPE_CHECKING:
    from chalicelib.services import Services

UNDO_S = 30
# A purge that comes at the last second of the undo time would race with it.
_PURGE_AFTER_S = UNDO_S + 5
# A list reads this many rows a query, and this many times at most, however many of them it does not show.
LIST_READ = 100
LIST_QUERIES = 10

EXISTS = "attribute_exists(#conversation_id)"
NOT_DELETED = f"{EXISTS} AND attribute_not_exists(#deleted_at)"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row.

    timestamp: of the last prompt; orders the list. head: the answer at the end of the visible thread.
    answer_in_progress: the head's id while it is queued or streaming.
    cut: the message at which the prompt starts, once older turns were left out.
    has_cut_files: whether those turns attached files, which stand at the cut; the row names them.
    document_tokens: what its prompts may hold of files, once the stage's setting turned out to be too much.
    file_ids: of the files that stay with it. removed_file_ids: of those that were taken out of it.
    deleted_at, expires_at: Unix seconds.
    """

    user_id: str
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
    has_cut_files: bool = False
    document_tokens: int | None = None

    @classmethod
    def from_item(cls, item: Item) -> Conversation:
        return cls(
            user_id=item["user_id"],
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
            has_cut_files=bool(item.get("cut_files")),
            document_tokens=item.get("document_tokens"),
        )

    def visible(self) -> bool:
        """Whether its owner may still see it: DynamoDB removes expired rows days late."""
        return self.deleted_at is None and not (self.expires_at and self.expires_at < time.time())


def key(user_id: str, conversation_id: str) -> Key:
    """Raises NotFound for an id that no conversation can have."""
    if not is_id(conversation_id):
        raise NotFound("conversation")
    return {"user_id": user_id, "conversation_id": conversation_id}


def subject_of(user_id: str) -> str:
    return f"user:{user_id}"


def new_item(
    services: Services,
    user_id: str,
    *,
    conversation_id: str | None = None,
    title: str | None = None,
    model: str | None = None,
    system: str | None = None,
) -> Item:
    now = time.time()
    given = {"title": title, "model": model, "system": system}
    return {
        "user_id": user_id,
        "conversation_id": conversation_id or new_id(),
        "timestamp": iso(now),
        "pinned": False,
        "archived": False,
        "ttl": int(now) + services.settings.retention_s,
        **{name: value for name, value in given.items() if value is not None},
    }


def create(services: Services, item: Item) -> Conversation:
    # Without a condition: the id is new, and a write that is repeated after a lost reply must succeed.
    services.conversations.write(services.conversations.put(item))
    return Conversation.from_item(item)


def get(services: Services, user_id: str, conversation_id: str) -> Conversation:
    return existing(services.conversations.find(key(user_id, conversation_id)))


def existing(item: Item | None) -> Conversation:
    """The conversation of a row; raises NotFound where there is none or its owner no longer sees it."""
    conversation = Conversation.from_item(item) if item else None
    if conversation is None or not conversation.visible():
        raise NotFound("conversation")
    return conversation


def list_page(
    services: Services, user_id: str, *, limit: int, cursor: str | None, archived: bool
) -> tuple[list[Conversation], str | None]:
    """Newest first. The index holds archived and deleted rows too: a page may be short, and still have a cursor."""
    names = ("timestamp", "conversation_id")
    start = cursors.read(cursor, names, {"user_id": user_id})
    found: list[Conversation] = []
    for _ in range(LIST_QUERIES):
        page = services.conversations_by_time.query(
            "#user_id = :user_id", {":user_id": user_id}, limit=LIST_READ, newest_first=True, start=start
        )
        rows = [Conversation.from_item(item) for item in page.items]
        found += [row for row in rows if row.visible() and row.archived == archived]
        start = page.last_key
        if len(found) > limit or start is None:
            break
    if len(found) > limit:
        last = found[limit - 1]
        return found[:limit], cursors.write([last.timestamp, last.conversation_id])
    return found, cursors.write([start[name] for name in names]) if start else None


def change(services: Services, user_id: str, conversation_id: str, changes: dict[str, Any]) -> Conversation:
    """Set attributes (None removes one). `deleted: False` brings a conversation back within the undo time."""
    restore = "deleted" in changes
    fields = {name: value for name, value in changes.items() if name != "deleted"}
    row = key(user_id, conversation_id)
    if not fields and not restore:
        return get(services, user_id, conversation_id)
    removed = [f"#{name}" for name, value in fields.items() if value is None]
    kept = {name: value for name, value in fields.items() if value is not None}
    values: dict[str, Any] = {f":{name}": value for name, value in kept.items()}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
    if restore:
        removed.append("#deleted_at")
        values[":undo_from"] = int(time.time()) - UNDO_S
        condition = (
            f"{EXISTS} AND attribute_not_exists(#purging)"
            " AND (attribute_not_exists(#deleted_at) OR #deleted_at >= :undo_from)"
        )
    else:
        condition = NOT_DELETED
    if removed:
        expression += " REMOVE " + ", ".join(removed)
    table = services.conversations
    try:
        item = table.write(table.update(row, expression, values, condition=condition), returns="ALL_NEW")
    except ConditionFailed as refused:
        raise NotFound("conversation") from refused
    return existing(item)


def delete(services: Services, user_id: str, conversation_id: str) -> float:
    """Hide a conversation at once and have it purged once the undo time is over.

    Returns the end of the undo time (Unix seconds). The purge is arranged first: should the process end in
    between, it finds a conversation that was not deleted and leaves it alone.
    """
    now = int(time.time())
    row = key(user_id, conversation_id)
    get(services, user_id, conversation_id)
    payload = {"user_id": user_id, "conversation_id": conversation_id}
    services.purges.once(f"purge-{conversation_id}-{now}", now + _PURGE_AFTER_S, payload)
    table = services.conversations
    update = table.update(row, "SET #deleted_at = :now", {":now": now}, condition=NOT_DELETED)
    try:
        table.write(update)
    except ConditionFailed as refused:
        # Unless it is this very write that deleted it, and only its first reply was lost.
        if refused.item is None or refused.item.get("deleted_at") != now:
            raise NotFound("conversation") from refused
    return now + UNDO_S
