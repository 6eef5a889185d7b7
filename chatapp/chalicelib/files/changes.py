"""What is asked and changed of one file: where it is used, its download, name and deletion, and the undoing of that."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chalicelib import due, retention, undo
from chalicelib.aws.table import ConditionFailed, Item, batch_get
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import NotArrived, NotFound
from chalicelib.subjects import Subject
from chalicelib.undo import PurgeOrder

from .lifecycle import get, settled
from .row import ABANDONED_S, MINE, File, existing, key

if TYPE_CHECKING:
    from chalicelib.services import Services

CONTENT_EXPIRES_S = 300
_A_PAGE = 100  # of BatchGetItem
# Of all files of a list together: five requests.
_MOST_LOOKED_AT = 500
_NOT_DELETED = f"{MINE} AND {undo.NOT_DELETED}"
_NOT_DELETED_NOR_OVER = f"{_NOT_DELETED} AND (attribute_not_exists(#ttl) OR #ttl >= :now)"
_RESTORABLE = f"{MINE} AND {undo.RESTORABLE}"


def used_in(services: Services, file: File) -> list[Conversation]:
    """The conversations that it stays with, newest first: of the 100 begun last, those that its owner still sees."""
    shown = next(pages_used_in(services, file), [])
    return sorted(shown, key=lambda row: row.timestamp, reverse=True)


def pages_used_in(services: Services, file: File) -> Iterator[list[Conversation]]:
    """The conversations that it stays with, of each 100 those that its owner still sees, the ones begun last first."""
    ids = sorted(file.conversations, reverse=True)
    for start in range(0, len(ids), _A_PAGE):
        found = _read(services, file.subject, ids[start : start + _A_PAGE])
        yield [row for row in found if _stays(file, row)]


def counted(services: Services, subject: Subject, files: Sequence[File]) -> list[File]:
    """The same files, without those conversations that their owner no longer sees: what they are counted by.

    Of each file the 100 begun last are looked at, as `used_in` does, and of all these files so many that a list stays
    quick; the others count. Conversations are read once, however many of the files they have.
    """
    ids = list(dict.fromkeys(each for file in files for each in begun_last(file)))[:_MOST_LOOKED_AT]
    pages = [ids[start : start + _A_PAGE] for start in range(0, len(ids), _A_PAGE)]
    found = {row.conversation_id: row for page in pages for row in _read(services, subject, page)}

    def seen(file: File) -> File:
        looked_at = file.conversations.intersection(ids)
        gone = {each for each in looked_at if each not in found or not _stays(file, found[each])}
        return file.with_changes(conversations=file.conversations - gone)

    return [seen(file) for file in files]


def begun_last(file: File) -> list[str]:
    """Of the conversations that it was attached to, the ids that are looked at, the ones begun last first."""
    return sorted(file.conversations, reverse=True)[:_A_PAGE]


def _read(services: Services, subject: Subject, ids: Sequence[str]) -> list[Conversation]:
    """Of at most a page of conversations those that there are."""
    wanted = [(services.conversations, conversations.key(subject, each)) for each in ids]
    return [Conversation.from_item(item) for item in batch_get(*wanted) if item]


def _stays(file: File, conversation: Conversation) -> bool:
    """Whether its owner still sees the conversation, and the file in it."""
    return conversation.visible() and file.file_id not in conversation.removed_file_ids


def content(services: Services, subject: Subject, file_id: str) -> str:
    """A URL that downloads the file as it was uploaded, under its present name. Raises Conflict before it came."""
    file = get(services, subject, file_id)
    if file.version_id is None:
        raise NotArrived(file_id, file.name)
    return services.uploads.presigned_get(file.object_key, file.version_id, file.name, CONTENT_EXPIRES_S)


def change(
    services: Services, subject: Subject, file_id: str, *, name: str | None, restore: bool, keep: bool = False
) -> File:
    """Give a file another name; `restore` brings it back within the undo time.

    Any change is a use, from which on it is kept anew; `keep` is nothing but that.
    """
    if name is None and not restore and not keep:
        return get(services, subject, file_id)
    attributes: Item = {"name": name} if name is not None else {}
    attributes["ttl"] = retention.until(services.settings)
    condition, values = _NOT_DELETED_NOR_OVER, {":user_id": subject.owner, ":now": retention.file_over_before()}
    if restore:
        # Deleting it took the place of looking at it when its upload should have come.
        attributes |= {"deleted_at": None, **due.at(time.time() + ABANDONED_S, file_id)}
        condition, values = _RESTORABLE, {":user_id": subject.owner, **undo.undo_from()}
    write = services.files.change(key(file_id), attributes, condition=condition, values=values)
    try:
        return settled(services, File.from_item(services.files.write(write, returns="ALL_NEW")))
    except ConditionFailed as refused:
        raise NotFound("file") from refused


def delete(services: Services, subject: Subject, file_id: str) -> float:
    """Hide a file at once; conversations keep its name. It is purged once the undo time is over, whose end (Unix
    seconds) is returned.

    Raises NotFound for one that is deleted, and has it purged now should that be overdue.
    """
    row = key(file_id)
    order, mine = PurgeOrder("file_id", subject, file_id), {":user_id": subject.owner}
    item = services.files.find(row)
    if item and item["user_id"] == subject.owner:
        undo.purge_again(services, order, item.get("deleted_at"))
    existing(item, subject)
    return undo.hide(services, services.files, row, order, condition=_NOT_DELETED, values=mine)
