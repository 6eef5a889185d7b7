"""Files: their rows, who may see one, how it is shown, listed, changed and deleted.

Uploading is in `uploads`, reading in `extracting`, what was read in `extracts`, removal in `purging`.
"""

from __future__ import annotations

import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import cursors
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item, Key, TransactionRefused, batch_get, transact
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.rows import UNDO_S, Conversation
from chalicelib.errors import Conflict, NotFound
from chalicelib.extraction.kinds.detect import Group
from chalicelib.ids import is_id, iso
from chalicelib.turns.frame_log import Frame

from . import quota

if TYPE_CHECKING:
    from chalicelib.services import Services

FileStatus = Literal["uploaded", "reading", "ready", "failed"]

CONTENT_EXPIRES_S = 300
# A form is good for five minutes; an hour later nothing comes any more.
ABANDONED_S = 3_600
# An event is given up after six hours (`MaximumEventAgeInSeconds`).
EVENT_LOST_S = 8 * 3_600
# A reading that was killed is begun anew by Lambda within about a minute; after this nobody will.
_RETRY_S = 180
MAX_ATTEMPTS = 2
READING_FAILED = {
    "code": "reading_failed",
    "message": "The file could not be read, for a reason on our side. Upload it again.",
}
# A list removes this many uploads that never came at most, each of which costs a few requests.
_SWEPT_AT_ONCE = 5
_MOST_USED_IN = 100
_PURGE_AFTER_S = UNDO_S + 5
# A worker that was only paused has stored what it had in hand by then, and found its claim lost.
_CLEAR_AFTER_S = 60

MINE = "#user_id = :user_id"
_NOT_DELETED = f"{MINE} AND attribute_not_exists(#deleted_at)"
_RESTORABLE = (
    f"{MINE} AND attribute_not_exists(#purging) AND (attribute_not_exists(#deleted_at) OR #deleted_at >= :undo_from)"
)
_NEVER_READ = "#status = :uploaded AND attribute_not_exists(#version_id)"


@dataclass(frozen=True, slots=True)
class File:
    """One row.

    upload_timestamp: when the row was made; orders the list. media_type: as declared, then as detected.
    object_key, version_id: the object that was pinned: the key's first version.
    group: how Claude takes it. pages: None until known. tokens: an estimate. scanned: a PDF to be read by sight.
    token: of the worker that claimed it. lease_until, deleted_at: Unix seconds. attempts: claims so far.
    continue_at: the page at which the next run of a long document begins. index_key: of the search index that the last
    run left, None where there is none.
    conversations: ids of those that it was attached to and not taken out of, whether they still exist or not.
    """

    file_id: str
    user_id: str
    upload_timestamp: str
    name: str
    media_type: str
    size: int
    status: FileStatus
    object_key: str
    version_id: str | None = None
    sequencer: str | None = None
    group: Group | None = None
    format: str | None = None
    pages: int | None = None
    pages_read: int = 0
    characters: int | None = None
    tokens: int | None = None
    language: str | None = None
    scanned: bool = False
    error: dict[str, str] | None = None
    token: str | None = None
    lease_until: float | None = None
    attempts: int = 0
    continue_at: int | None = None
    index_key: str | None = None
    conversations: frozenset[str] = field(default_factory=frozenset)
    deleted_at: float | None = None

    @classmethod
    def from_item(cls, item: Item) -> File:
        given = {name: item[name] for name in cls.__slots__ if name in item and name != "conversations"}
        return cls(**given, conversations=frozenset(item.get("conversations", ())))

    def to_item(self) -> Item:
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None and value != frozenset()}

    def visible_to(self, user_id: str) -> bool:
        return self.user_id == user_id and self.deleted_at is None

    def abandoned(self) -> bool:
        """Whether it should have come long ago, as far as its row tells."""
        waiting = self.status == "uploaded" and self.version_id is None
        return waiting and self.upload_timestamp < iso(time.time() - ABANDONED_S)

    def dead(self) -> bool:
        """Whether its reading broke off, and nobody will begin it anew.

        One without a token was given back: its next run may wait in Lambda's queue for as long as events are kept.
        """
        if self.status != "reading" or self.lease_until is None:
            return False
        patience_s = _RETRY_S if self.token else EVENT_LOST_S
        return self.lease_until < time.time() - (0 if self.attempts >= MAX_ATTEMPTS else patience_s)

    def with_changes(self, **changes: Any) -> File:
        return replace(self, **changes)

    def shown(self) -> dict[str, Any]:
        """The file as it goes over the wire."""
        return {
            "file_id": self.file_id,
            "name": self.name,
            "type": self.media_type,
            "size": self.size,
            "status": self.status,
            "group": self.group,
            "format": self.format,
            "pages": self.pages,
            "pages_read": self._shown_pages_read(),
            "characters": self.characters,
            "tokens": self.tokens,
            "language": self.language,
            "scanned": self.scanned,
            "error": self.error,
            "upload_timestamp": self.upload_timestamp,
            "conversations": len(self.conversations),
        }

    def _shown_pages_read(self) -> int:
        """Of a file that has failed nothing is kept."""
        if self.status == "reading":
            return self.pages_read
        return (self.pages or 0) if self.status == "ready" else 0


def frame(file: File) -> Frame:
    """What is pushed when a file has changed."""
    return {"type": "file.updated", "file": file.shown()}


def key(file_id: str) -> Key:
    """Raises NotFound for an id that no file can have."""
    if not is_id(file_id):
        raise NotFound("file")
    return {"file_id": file_id}


def upload_prefix(user_id: str, file_id: str) -> str:
    """What the keys of a file's upload begin with."""
    return f"uploads/{user_id}/{file_id}/"


def existing(item: Item | None, user_id: str) -> File:
    """The file of a row; raises NotFound where there is none, it is another's, or it was deleted."""
    file = File.from_item(item) if item else None
    if file is None or not file.visible_to(user_id):
        raise NotFound("file")
    return file


def get(services: Services, user_id: str, file_id: str) -> File:
    """Raises NotFound; also for an upload that never came, which is removed now."""
    file = existing(services.files.find(key(file_id)), user_id)
    if not file.abandoned():
        return settled(services, file)
    kept: File | None = file
    with suppress(Busy):
        kept = sweep(services, file)
    if kept is None:
        raise NotFound("file")
    return kept


def settled(services: Services, file: File) -> File:
    """The file, which has failed if its reading is dead; whoever meets it says so on its row."""
    if not file.dead():
        return file
    values = {":reading": "reading", ":lease_until": file.lease_until}
    change = "REMOVE #token, #lease_until, #continue_at"
    now = _failed(services, file, change, values, "#status = :reading AND #lease_until = :lease_until")
    if now.status == "failed":
        with suppress(Busy):  # what was read of it then stays until it is deleted
            payload = {"user_id": file.user_id, "extract_of": file.file_id}
            services.purges.once(f"clear-{file.file_id}", int(time.time()) + _CLEAR_AFTER_S, payload)
    return now


def _failed(services: Services, file: File, change: str, values: Item, condition: str) -> File:
    failed = services.files.update(
        key(file.file_id),
        f"SET #status = :failed, #error = :error {change}",
        {":failed": "failed", ":error": READING_FAILED, **values},
        condition=condition,
    )
    try:
        return File.from_item(services.files.write(failed, returns="ALL_NEW"))
    except ConditionFailed as refused:
        # Somebody else was first: another reader, or a worker that began anew.
        return File.from_item(refused.item) if refused.item else file


# Lists


def list_page(
    services: Services, user_id: str, *, limit: int, cursor: str | None, name: str | None
) -> tuple[list[File], str | None]:
    """Newest first. name: a part of it, whatever its case and accents.

    The index holds deleted rows too, and names that do not match: a page may be short, and still have a cursor.
    """
    names = ("upload_timestamp", "file_id")
    start = cursors.read(cursor, names, {"user_id": user_id})
    part = folded(name or "")
    found: list[File] = []
    for _ in range(conversations.LIST_QUERIES):
        rows, start = page(services, user_id, start)
        found += [row for row in rows if row.visible_to(user_id) and part in folded(row.name)]
        if len(found) > limit or start is None:
            break
    following = cursors.write([start[name] for name in names]) if start else None
    if len(found) > limit:
        following = cursors.write([found[limit - 1].upload_timestamp, found[limit - 1].file_id])
    return _current(services, user_id, found[:limit]), following


def _current(services: Services, user_id: str, rows: list[File]) -> list[File]:
    """The rows of a list without what never came; those that are being read anew from the table."""
    current: dict[str, File | None] = {row.file_id: row for row in rows}
    # The index does not hold leases, nor how far reading is.
    reading = [row.file_id for row in rows if row.status == "reading"]
    items = batch_get(*((services.files, key(file_id)) for file_id in reading)) if reading else []
    for file_id, item in zip(reading, items, strict=True):
        file = File.from_item(item) if item else None
        current[file_id] = file if file and file.visible_to(user_id) else None
    with suppress(Busy):  # a list is shown although it could not be swept
        for row in [row for row in rows if row.abandoned()][:_SWEPT_AT_ONCE]:
            current[row.file_id] = sweep(services, row)
    return [settled(services, row) for row in current.values() if row is not None]


def folded(name: str) -> str:
    """A name as it is compared: without case and accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def sweep_all(services: Services, user_id: str) -> bool:
    """Remove all of a person's uploads that never came; whether there were any."""
    start: Item | None = None
    removed = 0
    while True:
        rows, start = page(services, user_id, start)
        removed += [sweep(services, row) for row in rows if row.abandoned()].count(None)
        if start is None:
            return removed > 0


def sweep(services: Services, abandoned: File) -> File | None:
    """Remove an upload that never came, and release what it had reserved; returns the file where it stays.

    One whose object did come waits for an event that is late, until none can come any more: then it has failed.
    """
    versions = services.uploads.versions(abandoned.object_key)
    if not versions:
        return None if remove_unread(services, abandoned) else abandoned
    if abandoned.upload_timestamp >= iso(time.time() - EVENT_LOST_S):
        return abandoned
    values = {":uploaded": "uploaded", ":version_id": versions[-1].version_id}
    return _failed(services, abandoned, ", #version_id = :version_id", values, _NEVER_READ)


def remove_unread(services: Services, file: File) -> bool:
    """Remove the row of a file that nobody began to read; False when somebody did, or it is gone already."""
    removed = services.files.delete(key(file.file_id), condition=_NEVER_READ, values={":uploaded": "uploaded"})
    try:
        transact([removed, quota.release(services, file.user_id, file.size)])
    except TransactionRefused:
        return False
    return True


def page(services: Services, user_id: str, start: Item | None) -> tuple[list[File], Item | None]:
    """One page of a person's rows by the index, newest first, and where the next one starts."""
    found = services.files_by_time.query(
        MINE, {":user_id": user_id}, limit=conversations.LIST_READ, newest_first=True, start=start
    )
    return [File.from_item(item) for item in found.items], found.last_key


# One file


def used_in(services: Services, file: File) -> list[Conversation]:
    """The conversations that it stays with, newest first: of the 100 begun last, those that its owner still sees."""
    ids = sorted(file.conversations, reverse=True)[:_MOST_USED_IN]
    if not ids:
        return []
    wanted = [(services.conversations, conversations.key(file.user_id, conversation_id)) for conversation_id in ids]
    found = [Conversation.from_item(item) for item in batch_get(*wanted) if item]
    shown = [row for row in found if row.visible() and file.file_id not in row.removed_file_ids]
    return sorted(shown, key=lambda row: row.timestamp, reverse=True)


def content(services: Services, user_id: str, file_id: str) -> str:
    """A URL that downloads the file as it was uploaded, under its present name. Raises Conflict before it came."""
    file = get(services, user_id, file_id)
    if file.version_id is None:
        raise Conflict(f"“{file.name}” has not arrived yet; ask again when it has been uploaded.")
    return services.uploads.presigned_get(file.object_key, file.version_id, file.name, CONTENT_EXPIRES_S)


def change(services: Services, user_id: str, file_id: str, *, name: str | None, restore: bool) -> File:
    """Give a file another name; `restore` brings it back within the undo time."""
    row = key(file_id)
    if name is None and not restore:
        return get(services, user_id, file_id)
    values: Item = {":user_id": user_id}
    expression = ""
    if name is not None:
        expression, values[":name"] = "SET #name = :name", name
    if restore:
        expression += " REMOVE #deleted_at"
        values[":undo_from"] = int(time.time()) - UNDO_S
    update = services.files.update(row, expression, values, condition=_RESTORABLE if restore else _NOT_DELETED)
    try:
        return settled(services, File.from_item(services.files.write(update, returns="ALL_NEW")))
    except ConditionFailed as refused:
        raise NotFound("file") from refused


def delete(services: Services, user_id: str, file_id: str) -> float:
    """Hide a file at once and have it purged once the undo time is over; conversations keep its name.

    Returns the end of the undo time (Unix seconds). As with conversations, the purge is arranged first.
    """
    now = int(time.time())
    row = key(file_id)
    existing(services.files.find(row), user_id)
    payload = {"user_id": user_id, "file_id": file_id}
    services.purges.once(f"purge-{file_id}-{now}", now + _PURGE_AFTER_S, payload)
    update = services.files.update(
        row, "SET #deleted_at = :now", {":now": now, ":user_id": user_id}, condition=_NOT_DELETED
    )
    try:
        services.files.write(update)
    except ConditionFailed as refused:
        # Unless it is this very write that deleted it, and only its first reply was lost.
        if refused.item is None or refused.item.get("deleted_at") != now:
            raise NotFound("file") from refused
    return now + UNDO_S
