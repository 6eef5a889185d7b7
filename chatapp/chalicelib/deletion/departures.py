"""People whose account was deleted elsewhere, in Cognito's console for example: found by the sweep, and removed.

Whoever stored something has a row of counts (`spending.usage`, `files.quota`); those rows are a few a person, and name
everybody. Counts are asked before the pool is, so that nobody who comes in between is missed there; and each who is
missing is asked for once more by name, since lists of people lag behind.

Another pool than the one that the stage had is believed nothing: in one that was made anew everybody is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.subjects import Subject

from .people import order

if TYPE_CHECKING:
    from chalicelib.services import Services

_STATE = {"subject": "sweep", "period": "people"}
_ROWS_A_PAGE = 500
# Each is removed by a run of its own; the next sweep finds the rest.
_MOST = 20


def find(services: Services) -> None:
    """Have all removed that belongs to people who are gone. Safe to repeat: who is removed has no counts any more."""
    subjects = _counted(services)
    if not subjects or not _is_the_known_pool(services):
        return
    there = services.people.ids()
    gone = [each for each in subjects if each.id not in there and not services.people.has(each.id)]
    for subject in gone[:_MOST]:
        services.purgings.invoke(order(subject, "gone"))
    if gone:
        logs.line("people gone", count=len(gone))


def _counted(services: Services) -> set[Subject]:
    found: set[Subject] = set()
    start = None
    while True:
        page = services.usage.scan(limit=_ROWS_A_PAGE, start=start)
        found |= {Subject.parse(row["subject"]) for row in page.items if row["subject"].startswith("user:")}
        start = page.last_key
        if start is None:
            return found


def _is_the_known_pool(services: Services) -> bool:
    pool_id = services.people.pool_id
    known = (services.usage.find(_STATE) or {}).get("pool")
    if known is None:
        services.usage.write(services.usage.change(_STATE, {"pool": pool_id}))
    elif known != pool_id:
        logs.line("another pool", known=known, now=pool_id)
    return known in (None, pool_id)
