"""Whose turn it is to be read: of one person's files at most two at a time, the rest waits in the order of upload.

A row a person holds two sets of file ids, each changed by plain updates: `reading`, those that have a place, and
`waiting`. A file is claimed before it takes a place, so that a place whose file has no lease is seen to be free. Its
end gives the place back and wakes the next; nothing asks again and again. A wake-up that was lost, or a place that a
dead worker left, is mended by whoever looks (`mend`): its owner's next list, or a sweep.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import ConditionFailed, Item, Key
from chalicelib.logs import report
from chalicelib.subjects import Subject

from . import claims
from . import row as files
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

AT_ONCE = 2
# The place of a worker that was killed, or that gave its file back, is kept for the run that follows it at once.
_KEPT_S = 60
_PERIOD = "reading"  # in the table of usage, beside the months; without a ttl

_HAS_PLACE = "attribute_not_exists(#reading) OR size(#reading) < :most OR contains(#reading, :id)"


def enter(services: Services, file: File) -> bool:
    """Take a place for a file that was just claimed; False when others have them all. Safe to repeat."""
    others = _take(services, file)
    if not others:
        return True
    return len(_held(services, file.subject, others)) < AT_ONCE and not _take(services, file)


def wait(services: Services, file: File) -> None:
    """Put a file in the queue, whose row says that it waits. If a place was given back meanwhile, it is woken."""
    _wake(services, file.subject, _change(services, file.subject, "ADD #waiting :ids", {file.file_id}))


def leave(services: Services, file: File) -> None:
    """Give back the place of a file that is settled or gone, and wake the next. Safe to repeat."""
    change = "DELETE #reading :ids, #waiting :ids"
    _wake(services, file.subject, _change(services, file.subject, change, {file.file_id}))


def mend(services: Services, subject: Subject, seen: Iterable[str] = ()) -> None:
    """Wake those of a person whose turn it is and whom nobody woke. seen: ids of files that were found waiting."""
    row = services.usage.find(_key(subject)) or {}
    held = _held(services, subject, row.get("reading", set()))
    _wake(services, subject, {"reading": held, "waiting": row.get("waiting", set()) | set(seen)})


def _take(services: Services, file: File) -> Set[str]:
    """Nothing when it has a place; else those that have them."""
    values = {":ids": {file.file_id}, ":id": file.file_id, ":most": AT_ONCE}
    change = "ADD #reading :ids DELETE #waiting :ids"
    try:
        services.usage.write(services.usage.update(_key(file.subject), change, values, condition=_HAS_PLACE))
    except ConditionFailed as refused:
        others: set[str] = (refused.item or {})["reading"]
        return others
    return set()


def _held(services: Services, subject: Subject, ids: Set[str]) -> Set[str]:
    """Those of these places whose files are being read; the others' are given back."""
    rows = {file_id: services.files.find(files.key(file_id)) for file_id in ids}
    held = {file_id for file_id, row in rows.items() if row and _is_read(File.from_item(row))}
    if ids - held:
        _change(services, subject, "DELETE #reading :ids", ids - held)
    return held


def _is_read(file: File) -> bool:
    return file.work == "reading" and (file.lease_until or 0) + _KEPT_S > time.time()


def _wake(services: Services, subject: Subject, row: Item) -> None:
    """Start the reading of the oldest that wait, as far as there are places; ids are made in the order of time."""
    places = AT_ONCE - len(row.get("reading", ()))
    gone: set[str] = set()
    for file_id in sorted(row.get("waiting", ())):
        if places <= 0:
            break
        found = services.files.find(files.key(file_id))
        file = File.from_item(found) if found else None
        if file is None or file.work != "waiting" or file.deleted_at is not None:
            gone.add(file_id)
            continue
        places -= 1
        try:
            services.extractions.invoke(claims.event_of(services.settings.files_bucket, file))
        except NotStarted as error:  # it still waits, and is found by whoever looks next
            report(error)
    if gone:
        _change(services, subject, "DELETE #waiting :ids", gone)


def _change(services: Services, subject: Subject, change: str, ids: Set[str]) -> Item:
    """The row as it is then."""
    write = services.usage.update(_key(subject), change, {":ids": set(ids)})
    return services.usage.write(write, returns="ALL_NEW")


def _key(subject: Subject) -> Key:
    return {"subject": str(subject), "period": _PERIOD}
