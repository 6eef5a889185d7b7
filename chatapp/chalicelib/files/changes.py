"""What is asked and changed of one file: where it is used, its download, name and deletion, and the undoing of that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item, batch_get
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.changes import UNDO_S
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import Conflict, NotFound
from chalicelib.subjects import Subject

from .lifecycle import get, settled
from .row import MINE, File, existing, key

if TYPE_CHECKING:
    from chalicelib.services import Services

CONTENT_EXPIRES_S = 300
_MOST_USED_IN = 100
_PURGE_AFTER_S = UNDO_S + 5
_NOT_DELETED = f"{MINE} AND attribute_not_exists(#deleted_at)"
_RESTORABLE = (
    f"{MINE} AND attribute_not_exists(#purging) AND (attribute_not_exists(#deleted_at) OR #deleted_at >= :undo_from)"
)


# One file


def used_in(services: Services, file: File) -> list[Conversation]:
    """The conversations that it stays with, newest first: of the 100 begun last, those that its owner still sees."""
    ids = sorted(file.conversations, reverse=True)[:_MOST_USED_IN]
    if not ids:
        return []
    wanted = [(services.conversations, conversations.key(file.subject, conversation_id)) for conversation_id in ids]
    found = [Conversation.from_item(item) for item in batch_get(*wanted) if item]
    shown = [row for row in found if row.visible() and file.file_id not in row.removed_file_ids]
    return sorted(shown, key=lambda row: row.timestamp, reverse=True)


def content(services: Services, subject: Subject, file_id: str) -> str:
    """A URL that downloads the file as it was uploaded, under its present name. Raises Conflict before it came."""
    file = get(services, subject, file_id)
    if file.version_id is None:
        raise Conflict(f"“{file.name}” has not arrived yet; ask again when it has been uploaded.")
    return services.uploads.presigned_get(file.object_key, file.version_id, file.name, CONTENT_EXPIRES_S)


def change(services: Services, subject: Subject, file_id: str, *, name: str | None, restore: bool) -> File:
    """Give a file another name; `restore` brings it back within the undo time."""
    row = key(file_id)
    if name is None and not restore:
        return get(services, subject, file_id)
    values: Item = {":user_id": subject.owner}
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


def delete(services: Services, subject: Subject, file_id: str) -> float:
    """Hide a file at once and have it purged once the undo time is over; conversations keep its name.

    Returns the end of the undo time (Unix seconds). As with conversations, the purge is arranged first.
    """
    now = int(time.time())
    row = key(file_id)
    existing(services.files.find(row), subject)
    payload = {"user_id": subject.owner, "file_id": file_id}
    services.purges.once(f"purge-{file_id}-{now}", now + _PURGE_AFTER_S, payload)
    update = services.files.update(
        row, "SET #deleted_at = :now", {":now": now, ":user_id": subject.owner}, condition=_NOT_DELETED
    )
    try:
        services.files.write(update)
    except ConditionFailed as refused:
        # Unless it is this very write that deleted it, and only its first reply was lost.
        if refused.item is None or refused.item.get("deleted_at") != now:
            raise NotFound("file") from refused
    return now + UNDO_S
