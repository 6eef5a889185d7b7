"""What `health_check` tells of the stage, every five minutes: how well it is, its backups, its spend, what is stuck.

Reads four things and scans nothing: the list of backups, the stage's row of the month, and what is overdue in the
index of files. What cannot be read now is left out: an alarm takes missing values for bad ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib import due, health, logs, metrics
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import Item
from chalicelib.backups import index, manifest
from chalicelib.health import Reached
from chalicelib.ids import day, month
from chalicelib.metrics import Metric
from chalicelib.spending import reservations, usage

if TYPE_CHECKING:
    from chalicelib.services import Services

Values = Mapping[Metric, int | float]
# Of the first look at a stage (`since`), and where the day's spend began: the month's then (`spent_before`, micro-USD).
DAY = {"subject": "checkup", "period": "day"}
# An answer waits a minute, runs for fifteen, and has ten more in which somebody may meet and settle it.
ANSWER_STUCK_S = 1_560
# A drill is begun each week, and ends within hours.
DRILL_OVERDUE_S = 8 * 86_400
# The sweep looks at an upload an hour after it was announced, and each hour after that.
OVERDUE_S = 5_400
_MOST = 100


def run(services: Services, ask: Callable[[str], Reached] | None = None) -> None:
    """One run. ask: GETs an address."""
    checked = health.check(services, ask)
    values: dict[Metric, int | float] = {}
    if checked is not None:
        values[metrics.HEALTHY] = int(checked.is_well)
    try:
        values |= _watched(services)
    except Exception as error:
        # What was found of its health is told all the same.
        if not isinstance(error, Busy):
            logs.report(error)
    fields = checked.fields() if checked else {"problem": "the API's address is not known yet"}
    metrics.tell(services.settings.stage, values, "health", **fields)


def _watched(services: Services) -> Values:
    """Spend, what is reserved included; what is stuck, since answers in progress are reservations there; backups.

    Raises Busy.
    """
    now = time.time()
    row = services.usage.find(usage.key(usage.STAGE, month(now))) or {}
    spent = int(row.get("cost_micro_usd", 0))
    today = _today(services, spent, now)
    backups = index.read(services)
    return {
        metrics.SPENT_MONTH: spent / 1e6,
        metrics.SPENT_TODAY: max(0, spent - today["spent_before"]) / 1e6,
        metrics.STUCK: _unanswered(services, row, now) + _overdue(services, now),
        metrics.BACKUP_AGE: round((now - _backed_up_at(backups, today)) / 3_600, 2),
        metrics.DRILL_FAILED: int(_is_unproven(backups, today, now)),
    }


def _today(services: Services, spent: int, now: float) -> Item:
    """The row of today, begun anew by the day's first look; of a month's first day, nothing was spent before it."""
    row, today = services.usage.find(DAY) or {}, day(now)
    if row.get("day") == today:
        return row
    before = spent if str(row.get("day", "")).startswith(month(now)) else 0
    begun = {"since": row.get("since", int(now)), "day": today, "spent_before": before}
    services.usage.write(services.usage.change(DAY, begun))
    return begun


def _unanswered(services: Services, row: Item, now: float) -> int:
    """row: of this month; on its first day, what was begun before it is in the row of the last."""
    rows = [row]
    if month(now - 86_400) != month(now):
        rows.append(services.usage.find(usage.key(usage.STAGE, month(now - 86_400))) or {})
    return sum(len(reservations.held_longer(each, ANSWER_STUCK_S)) for each in rows)


def _backed_up_at(backups: index.Index, today: Item) -> float:
    """Of a stage without a backup, when it was first looked at: its first night is awaited, and no longer."""
    newest = index.newest_of(backups)
    return float(today["since"]) if newest is None else manifest.time_of(newest)


def _is_unproven(backups: index.Index, today: Item, now: float) -> bool:
    """Whether the newest drill failed, or none has ended for too long; of a new stage, since it was first looked at."""
    newest = max(backups["drills"], key=lambda each: float(each["at"]), default=None)
    if newest is not None and not newest["passed"]:
        return True
    return now - float(today["since"] if newest is None else newest["at"]) > DRILL_OVERDUE_S


def _overdue(services: Services, now: float) -> int:
    """Files that the sweep should have seen to, twice: uploads that were never read, and what was not removed."""
    found = 0
    for shard in due.SHARDS:
        late = {":shard": shard, ":late": int(now) - OVERDUE_S}
        page = services.files_due.query("#due_shard = :shard AND #due_at <= :late", late, limit=_MOST)
        found += len(page.items)
    return found
