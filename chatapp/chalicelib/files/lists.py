"""A person's files, newest first."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib import cursors
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import batch_get
from chalicelib.subjects import Subject

from . import reading_queue
from .lifecycle import settled, sweep
from .row import File, key, page

if TYPE_CHECKING:
    from chalicelib.services import Services

# A list removes this many uploads that never came at most, each of which costs a few requests.
_SWEPT_AT_ONCE = 5


def list_page(
    services: Services, subject: Subject, *, limit: int, cursor: str | None, name: str | None
) -> tuple[list[File], str | None]:
    """Newest first. name: a part of it, whatever its case and accents.

    The index holds deleted rows too, and names that do not match: a page may be short, and still have a cursor.
    """
    names = ("upload_timestamp", "file_id")
    start = cursors.read(cursor, names, {"user_id": subject.owner})
    part = folded(name or "")
    found: list[File] = []
    for _ in range(cursors.MAX_QUERIES):
        rows, start = page(services, subject, start)
        found += [row for row in rows if row.visible_to(subject) and part in folded(row.name)]
        if len(found) >= limit or start is None:
            break
    following = cursors.write([start[name] for name in names]) if start else None
    if len(found) > limit:
        following = cursors.write([found[limit - 1].upload_timestamp, found[limit - 1].file_id])
    return _current(services, subject, found[:limit]), following


def _current(services: Services, subject: Subject, rows: list[File]) -> list[File]:
    """The rows of a list without what never came; those that reading has to do with anew from the table."""
    current: dict[str, File | None] = {row.file_id: row for row in rows}
    # The index holds no leases, nor how far reading is or what it told.
    read = [row.file_id for row in rows if row.status != "uploaded"]
    items = batch_get(*((services.files, key(file_id)) for file_id in read)) if read else []
    for file_id, item in zip(read, items, strict=True):
        file = File.from_item(item) if item else None
        current[file_id] = file if file and file.visible_to(subject) else None
    waiting = [row.file_id for row in current.values() if row is not None and row.work == "waiting"]
    with suppress(Busy):  # a list is shown although it could not be swept
        if waiting:
            reading_queue.mend(services, subject, waiting)
        for row in [row for row in rows if row.abandoned()][:_SWEPT_AT_ONCE]:
            current[row.file_id] = sweep(services, row)
    return [settled(services, row) for row in current.values() if row is not None]


def folded(name: str) -> str:
    """A name as it is compared: without case and accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
