"""The weekly proof that the newest backup restores: into scratch tables and a scratch prefix, by the restore itself.

What differs from the backup, and how long the way back took, is told in a row, in the index of backups and as a metric.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chalicelib import logs, metrics
from chalicelib.aws.functions import NotStarted

from . import index
from .archive import Unusable
from .manifest import time_of
from .places import Run
from .tables import BACKED_UP
from .work import Work, drilled_prefix, scratch_name

if TYPE_CHECKING:
    from chalicelib.services import Services

SUBJECT = "drill"
_KEPT_S = 400 * 86_400
# Of the newest backup: an older one proves no night since.
_OLDEST_S = 2 * 86_400


def run(services: Services) -> None:
    """Begin a drill of the newest backup; without a backup, that is what the drill finds. Raises NotStarted."""
    now = int(time.time())
    newest = index.newest(services)
    stage = services.settings.stage
    if newest is None:
        none = Run(f"drill-{now}", stage, "", drill=True, started_at=now, problem="there is no backup")
        tell(services, none)
        return
    # Once a day, however often it is delivered.
    order = {
        "restore": f"drill-{newest}-{time.strftime('%Y%m%d', time.gmtime(now))}",
        "source": stage,
        "backup": newest,
        "drill": True,
    }
    try:
        services.restores.invoke(order)
    except NotStarted:
        logs.line("drill", backup=newest, not_started=True)
        raise


def is_counted(work: Work) -> bool:
    """Read what a drill does not bring back, and hold it and its counts against the manifest. Raises Unusable."""
    archive, backup = work.archive, work.archive.backup
    archive.check_settings()
    for what, counted, found in (
        ("accounts", backup.accounts.count, archive.accounts()),
        ("objects", backup.objects.count, archive.objects()),
    ):
        if (there := sum(1 for _ in found)) != counted:
            raise Unusable(f"the list of {what} has {there:,} and not {counted:,}, as the manifest counts them")
    return True


def is_made(work: Work) -> bool:
    """Have the scratch tables made; False while they cannot be used yet."""
    return work.services.scratch_tables.make({scratch_name(work.run, name): keys for name, keys in BACKED_UP.items()})


def is_removed(services: Services, run: Run, until: float) -> bool:
    """Remove all that a drill has made; False while something is left. Safe to repeat."""
    removed = services.scratch_tables.remove([scratch_name(run, name) for name in BACKED_UP])
    for page in services.drilled.pages(drilled_prefix(run)):
        if time.monotonic() > until:
            return False
        services.drilled.delete(page)
    return removed


def tell(services: Services, run: Run) -> None:
    """Say what came of a drill. Safe to repeat, but that the metric is then told twice."""
    now = int(time.time())
    why = "; ".join(filter(None, [run.problem, _age(run)]))
    passed = not why
    duration_s = now - run.started_at
    result = {"backup": run.backup, "passed": passed, "duration_s": duration_s, "items": run.items, "why": why}
    key = {"subject": SUBJECT, "period": run.id}
    services.usage.write(services.usage.change(key, {**result, "at": run.started_at, "ttl": now + _KEPT_S}))
    told = {"id": run.backup, "at": run.started_at, "passed": passed, "duration_s": duration_s, "why": why}
    index.prove(services, told)
    fields: dict[str, object] = {"drill_passed": int(passed), "drill_duration_s": duration_s, "why": why}
    failed = {metrics.DRILL_FAILED: int(not passed)}
    metrics.tell(services.settings.stage, failed, "drill", backup=run.backup, **fields)


def _age(run: Run) -> str:
    """Why a backup that came back proves little: nothing was made since."""
    days = (run.started_at - time_of(run.backup)) / 86_400 if run.backup else 0.0
    return f"the newest backup is {days:.0f} days old" if days * 86_400 > _OLDEST_S else ""
