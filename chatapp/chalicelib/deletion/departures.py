"""People whose account was deleted elsewhere, in Cognito's console for example: found by the sweep, and removed.

Rows that name everybody are a few a person in the table of counts (`spending`, `files.quota`), read by every sweep, and
the conversations and people's own rows, read once a day. They are read before the pool is, so that nobody who comes in
between is missed there; and each who is missing is asked for once more by name, since lists of people lag behind.

Who did something last before the pool was made belonged to another pool, and is left alone: in a pool that was made
anew everybody of before is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.aws.table import Item, Table
from chalicelib.files import row as files
from chalicelib.ids import seconds
from chalicelib.spending import reservations
from chalicelib.subjects import Subject

from .people import order

if TYPE_CHECKING:
    from chalicelib.services import Services

_STATE = {"subject": "sweep", "period": "people"}
_DAY_S = 86_400
_ROWS_A_PAGE = 500
# Each is removed by a run of its own; the next sweep finds the rest.
_MOST = 20


def find(services: Services, has_time: Callable[[], bool]) -> None:
    """Have all removed that belongs to people who are gone. Safe to repeat: who is removed is named no more."""
    last_seen = _counted(services, has_time)
    state = services.usage.find(_STATE) or {}
    if state.get("read_at", 0) < time.time() - _DAY_S and _add_owners(services, last_seen, has_time):
        services.usage.write(services.usage.change(_STATE, {"read_at": int(time.time())}))
    if last_seen and has_time():
        _remove(services, last_seen, has_time)


def _remove(services: Services, last_seen: dict[Subject, float], has_time: Callable[[], bool]) -> None:
    since, there, found = services.pool.since(), services.pool.ids(), 0
    for subject, seen_at in last_seen.items():
        if subject.id in there:
            continue
        if found == _MOST or not has_time():
            break
        if (seen_at or _last_upload(services, subject)) > since and not services.pool.has(subject.id):
            services.purgings.invoke(order(subject, "gone"))
            found += 1
    if found:
        logs.line("people gone", count=found)


def _counted(services: Services, has_time: Callable[[], bool]) -> dict[Subject, float]:
    """When each person who is counted asked something last (Unix seconds); 0 where that is not told."""
    found: dict[Subject, float] = {}
    for row in _rows(services.usage, has_time):
        if row["subject"].startswith("user:"):
            _see(found, Subject.parse(row["subject"]), reservations.counted_at(row))
    return found


def _add_owners(services: Services, found: dict[Subject, float], has_time: Callable[[], bool]) -> bool:
    """The same of who has conversations, or a row of their own; whether all were read."""
    for row in _rows(services.conversations, has_time):
        subject = Subject.of_owner(row["user_id"])
        if subject.kind == "user":
            _see(found, subject, seconds(row["timestamp"]))
    for row in _rows(services.people, has_time):
        _see(found, Subject("user", row["user_id"]), row.get("last_used_at", 0))
    return has_time()


def _last_upload(services: Services, subject: Subject) -> float:
    page = services.files_by_time.query(files.MINE, {":user_id": subject.owner}, limit=1, newest_first=True)
    return seconds(page.items[0]["upload_timestamp"]) if page.items else 0


def _see(found: dict[Subject, float], subject: Subject, at: float) -> None:
    found[subject] = max(at, found.get(subject, 0))


def _rows(table: Table, has_time: Callable[[], bool]) -> Iterator[Item]:
    start: Item | None = None
    while has_time():
        page = table.scan(limit=_ROWS_A_PAGE, start=start)
        yield from page.items
        start = page.last_key
        if start is None:
            return
