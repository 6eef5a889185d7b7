"""The ends of a file's life that nobody announces: uploads that never came, readings that broke off."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item, TransactionRefused, transact
from chalicelib.errors import NotFound
from chalicelib.ids import iso
from chalicelib.subjects import Subject

from . import quota
from .row import EVENT_LOST_S, File, existing, key, page

if TYPE_CHECKING:
    from chalicelib.services import Services

READING_FAILED = {
    "code": "reading_failed",
    "message": "The file could not be read, for a reason on our side. Upload it again.",
}
# A worker that was only paused has stored what it had in hand by then, and found its claim lost.
_CLEAR_AFTER_S = 60
_NEVER_READ = "#status = :uploaded AND attribute_not_exists(#version_id)"


def get(services: Services, subject: Subject, file_id: str) -> File:
    """Raises NotFound; also for an upload that never came, which is removed now."""
    file = existing(services.files.find(key(file_id)), subject)
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
            payload = {"user_id": file.subject.owner, "extract_of": file.file_id}
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


def sweep_all(services: Services, subject: Subject) -> bool:
    """Remove all of a person's uploads that never came; whether there were any."""
    start: Item | None = None
    removed = 0
    while True:
        rows, start = page(services, subject, start)
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
        transact([removed, quota.release(services, file.subject, file.size)])
    except TransactionRefused:
        return False
    return True
