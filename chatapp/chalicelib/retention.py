"""How long conversations and files are kept: until so many days after their last use, or until they are deleted.

The date stands on their rows alone (`ttl`), is read by whoever reads a row, and makes it due: the sweep removes the row
with all that lies beneath. DynamoDB itself removes neither: it would leave messages and objects behind.
"""

from __future__ import annotations

import time

from chalicelib import due
from chalicelib.aws.table import Item
from chalicelib.settings import Settings

_DAY_S = 86_400
# A person is told for the last 14 days; a day before that it is looked whether a file is used by a conversation yet.
_LOOKED_AT_S = 15 * _DAY_S
_LAST_LOOK_S = 2 * 3_600  # the sweep comes once an hour


def used(settings: Settings, id_: str, kept_days: int | None = None) -> Item:
    """What changes on a conversation's row when it is used now. Rounded up to a day (UTC): then its place in the index
    changes once a day, however often it is used. kept_days: of one that has a time of its own."""
    days = settings.retention_days if kept_days is None else kept_days
    if not days:
        return {"ttl": None, **due.NEVER}
    later = due.at_step(time.time() + days * _DAY_S, id_, _DAY_S)
    return {"ttl": later["due_at"], **later}


def until(settings: Settings) -> int | None:
    """The date of what is used now, None where there is none."""
    ttl: int | None = used(settings, "")["ttl"]
    return ttl


def file_look(settings: Settings, ttl: int | None, id_: str) -> Item:
    """When a file that is kept until `ttl` is looked at next: well before that date, then once a day, and then.

    A conversation that uses it meanwhile writes its own row only, and is seen in time.
    """
    if ttl is None:
        return due.NEVER
    now = time.time()
    first = ttl - min(_LOOKED_AT_S, settings.retention_s // 2)
    at = max(first, min(now + _DAY_S, ttl - _LAST_LOOK_S))
    return due.at(at if at > now else ttl + 1, id_)


def is_over(ttl: int | None) -> bool:
    return ttl is not None and ttl < time.time()


def file_over_before() -> int:
    """Files whose date is before this are over. Until the sweep has looked, a conversation may have renewed them."""
    return int(time.time()) - _LAST_LOOK_S
