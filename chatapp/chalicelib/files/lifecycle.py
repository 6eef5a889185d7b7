"""The ends of a file's life that nobody announces: uploads that never came, readings that broke off."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.errors import NotFound
from chalicelib.ids import iso
from chalicelib.subjects import Subject
from chalicelib.undo import PurgeOrder

from . import reading_queue, removal
from .row import EVENT_LOST_S, MINE, File, existing, key

if TYPE_CHECKING:
    from chalicelib.services import Services

READING_FAILED = {
    "code": "reading_failed",
    "message": "The file could not be read, for a reason on our side. Upload it again.",
}
AGAIN_FAILED = {
    "code": "reading_failed",
    "message": "The file could not be read again, for a reason on our side. Try it once more later.",
}
# A worker that was only paused has stored what it had in hand by then, and found its claim lost.
_CLEAR_AFTER_S = 60
_NEVER_READ = "#status = :uploaded AND attribute_not_exists(#version_id)"


def get(services: Services, subject: Subject, file_id: str) -> File:
    """Raises NotFound; also for an upload that never came, which is removed now."""
    file = existing(services.files.find(key(file_id)), subject)
    if file.work == "waiting":
        with suppress(Busy):  # a file is shown although its queue could not be looked at
            reading_queue.mend(services, subject, [file_id])
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
    changes: Item = {"token": None, "lease_until": None, "continue_at": None}
    if file.is_again:
        return _failed_again(services, file, changes, values)
    now = _failed(services, file, changes, "#status = :reading AND #lease_until = :lease_until", values)
    if now.status == "failed":
        with suppress(Busy):  # what was read of it then stays until it is deleted
            order = PurgeOrder("extract_of", file.subject, file.file_id)
            services.purges.once(f"clear-{file.file_id}", int(time.time()) + _CLEAR_AFTER_S, order.payload())
        with suppress(Busy):  # its place is then found to be free by whoever looks next
            reading_queue.leave(services, now)
    return now


def _failed_again(services: Services, file: File, changes: Item, values: Item) -> File:
    """What was read before stays, and what the dead reading has left goes with the next one that succeeds."""
    told = {"again": "failed", "again_error": AGAIN_FAILED, "again_left": None, **changes}
    condition = "#again = :reading AND #lease_until = :lease_until"
    write = services.files.change(key(file.file_id), told, condition=condition, values=values)
    try:
        now = File.from_item(services.files.write(write, returns="ALL_NEW"))
    except ConditionFailed as refused:
        return File.from_item(refused.item) if refused.item else file
    with suppress(Busy):
        reading_queue.leave(services, now)
    return now


def _failed(services: Services, file: File, changes: Item, condition: str, values: Item) -> File:
    attributes = {"status": "failed", "error": READING_FAILED, **changes}
    failed = services.files.change(key(file.file_id), attributes, condition=condition, values=values)
    try:
        return File.from_item(services.files.write(failed, returns="ALL_NEW"))
    except ConditionFailed as refused:
        # Somebody else was first: another reader, or a worker that began anew.
        return File.from_item(refused.item) if refused.item else file


def sweep_all(services: Services, subject: Subject) -> bool:
    """Remove all of a person's uploads that never came; whether there were any."""
    rows = map(File.from_item, services.files_by_time.rows(MINE, {":user_id": subject.owner}, newest_first=True))
    return [sweep(services, row) for row in rows if row.abandoned()].count(None) > 0


def sweep(services: Services, abandoned: File) -> File | None:
    """Remove an upload that never came, and release what it had reserved; returns the file where it stays.

    One whose object did come waits for an event that is late, until none can come any more: then it has failed.
    """
    versions = services.uploads.versions(abandoned.object_key)
    if not versions:
        return None if remove_unread(services, abandoned) else abandoned
    if abandoned.upload_timestamp >= iso(time.time() - EVENT_LOST_S):
        return abandoned
    pinned = {"version_id": versions[-1].version_id}
    return _failed(services, abandoned, pinned, _NEVER_READ, {":uploaded": "uploaded"})


def remove_unread(services: Services, file: File) -> bool:
    """Remove the row of a file that nobody began to read; False when somebody did, or it is gone already."""
    return removal.remove_row(services, file, condition=_NEVER_READ, values={":uploaded": "uploaded"})
