"""What `health_check` tells of the stage, every five minutes: how well it is, its backups, its spend, what is stuck.

Reads four things and scans nothing: the list of backups, the stage's row of the month, and what is overdue in the
index of files. A part that cannot be read is left out and logged: an alarm takes missing values for bad ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib import due, health, logs, metrics
from chalicelib.aws.table import Item
from chalicelib.backups import index, manifest
from chalicelib.health import Reached
from chalicelib.ids import day, month
from chalicelib.metrics import Metric
from chalicelib.spending import reservations, usage

if TYPE_CHECKING:
    from chalicelib.services import Services

Values = Mapping[Metric, int | float]
# Where the day's spend began: the month's, as the first check of a day finds it.
DAY = {"subject": "health", "period": "day"}
_KEPT_S = 3 * 86_400
# An answer waits a minute, runs for fifteen, and has ten more in which somebody may meet and settle it.
ANSWER_STUCK_S = 1_560
# The sweep looks at an upload an hour after it was announced, and each hour after that.
OVERDUE_S = 5_400
_MOST = 100


def run(services: Services, ask: Callable[[str], Reached] | None = None) -> None:
    """One run. ask: GETs an address."""
    checked = health.check(services, ask)
    values: dict[Metric, int | float] = {}
    if checked is not None:
        values[metrics.HEALTHY] = int(checked.is_well)
    for part in (_backup_age, _money):
        try:
            values |= part(services)
        except Exception as error:
            logs.report(error)
    fields = checked.fields() if checked else {"problem": "the API's address is not known yet"}
    metrics.tell(services.settings.stage, values, "health", **fields)


def _backup_age(services: Services) -> Values:
    """Nothing where there is no backup yet."""
    newest = index.newest(services)
    if newest is None:
        return {}
    return {metrics.BACKUP_AGE: round((time.time() - manifest.time_of(newest)) / 3_600, 2)}


def _money(services: Services) -> Values:
    """Spend, what is reserved included; and what is stuck, since answers in progress are reservations there."""
    now = time.time()
    row = services.usage.find(usage.key(usage.STAGE, month(now))) or {}
    spent = int(row.get("cost_micro_usd", 0))
    return {
        metrics.SPENT_MONTH: spent / 1e6,
        metrics.SPENT_TODAY: max(0, spent - _before_today(services, spent, now)) / 1e6,
        metrics.STUCK: len(reservations.held_longer(row, ANSWER_STUCK_S)) + _overdue(services, now),
    }


def _before_today(services: Services, spent: int, now: float) -> int:
    """What this month had cost when the day's first check was made (micro-USD); on its first day, nothing."""
    row: Item = services.usage.find(DAY) or {}
    if row.get("day") == day(now):
        return int(row["micro_usd"])
    before = spent if row.get("day", day(now))[:7] == month(now) else 0
    kept = {"day": day(now), "micro_usd": before, "ttl": int(now) + _KEPT_S}
    services.usage.write(services.usage.change(DAY, kept))
    return before


def _overdue(services: Services, now: float) -> int:
    """Files that the sweep should have seen to, twice: uploads that were never read, and what was not removed."""
    found = 0
    for shard in due.SHARDS:
        late = {":shard": shard, ":late": int(now) - OVERDUE_S}
        page = services.files_due.query("#due_shard = :shard AND #due_at <= :late", late, limit=_MOST)
        found += len(page.items)
    return found
