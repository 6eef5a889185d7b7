"""The nightly backup: exports at one instant, copies of files, accounts and settings, and the manifest last.

A backup of another instant, by which somebody wants to restore, is made in the same way: see `begin_at`.

Steps, each safe to repeat, in the order of `_STEPS`; where a backup stands is with `runs`. What cannot be made is
said in the index, and there is no manifest of it. What came of a night is a metric.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.aws.bucket import Missing
from chalicelib.aws.faults import Busy
from chalicelib.schema import SCHEMA_VERSION

from . import closing, contents, exports, index, manifest, objects, runs
from .manifest import Backup
from .runs import CannotBackUp, Held, Run, Step

if TYPE_CHECKING:
    from chalicelib.services import Services

# A run ends of itself by then: what it has begun has time to end.
LAST_S = 120
# Between two looks at exports, and before going on after AWS was busy.
PAUSE_S = 60
# A backup that takes longer is given up: the next one is due.
LONGEST_S = 20 * 3_600
_TOO_LONG = f"it did not come to its end in {LONGEST_S // 3_600} hours"


class Failed(Exception):
    """A backup could not be made; the log and the index say why."""


def begin(services: Services) -> None:
    """Begin tonight's backup, unless one is under way. Raises Failed."""
    before = runs.read(services)
    now = int(time.time())
    if before and not before.ended:
        if now < before.started_at + LONGEST_S:
            logs.line("backup", backup=before.id, under_way=True)
            return
        try:
            index.add(services, closing.made(services, before), "nightly")
        except Missing:
            _failed(services, before.id, CannotBackUp(_TOO_LONG))
    try:
        export_time = exports.instant(services)
    except CannotBackUp as error:
        raise _failed(services, manifest.id_of(now)[:10], error) from error  # once a day, however often it is tried
    run = Run(manifest.id_of(export_time), export_time, now)
    if before and before.id == run.id:
        logs.line("backup", backup=run.id, nothing_to_do=True)
        return
    logs.line("backup", backup=run.id, begun=runs.begin(services, run, before))


def begin_at(services: Services, at: int) -> None:
    """Begin a backup of what the tables were at a time (Unix seconds), unless it is there, or one such is under way.

    Files are those of then that are there now, accounts those of now; and what the last backup before that time has
    beside them.
    """
    before = runs.read(services, asked=True)
    run, now = Run(manifest.id_of(at), at, int(time.time()), asked=True), time.time()
    if before and not before.ended and now < before.started_at + LONGEST_S:
        logs.line("backup", backup=run.id, under_way=before.id)
        return
    with suppress(Missing):
        services.backups.read(manifest.key_of(run.id))
        logs.line("backup", backup=run.id, nothing_to_do=True)
        return
    logs.line("backup", backup=run.id, begun=runs.begin(services, run, before))


def go_on(services: Services, payload: dict[str, Any], remaining_s: float) -> None:
    """Begin a backup that is asked for, or go on with one where its last run ended. Raises Failed.

    payload: `{"at": TIME}`, or `{"backup": ID}` (`runs.Run.order`).
    """
    if "at" in payload:
        begin_at(services, payload["at"])
        return
    until = time.monotonic() + remaining_s - LAST_S
    held = runs.claim(services, payload, remaining_s)
    if held is None:
        return
    try:
        _work(services, held, lambda: time.monotonic() < until)
    except Busy:
        logs.line("backup", backup=held.run.id, step=held.run.step, busy=True)
        held.pause(PAUSE_S)
    except runs.Lost:
        logs.line("backup", backup=held.run.id, taken_over=True)
    except CannotBackUp as error:
        failed = _failed(services, held.run.id, error)
        held.end("failed")
        raise failed from error


def _work(services: Services, held: Held, has_time: Callable[[], bool]) -> None:
    """One step after the other, until one has to wait or the time is over."""
    run = held.run
    steps = list(_STEPS)
    while True:
        if time.time() > run.started_at + LONGEST_S and run.step not in _MADE:
            raise CannotBackUp(_TOO_LONG)
        if not _STEPS[run.step](services, held, has_time):
            held.pause(PAUSE_S if run.step == "exporting" else 0)
            return
        if run.step == steps[-1]:
            break
        run.step, run.after = steps[steps.index(run.step) + 1], ""
        held.keep()
    backup = closing.made(services, run)
    held.end("done")
    _tell(services, run.id, made=True, duration_s=backup.duration_s, items=backup.items, objects=backup.objects.count)


def _is_drafted(services: Services, held: Held, _: Callable[[], bool]) -> bool:
    """Write what is left but for the manifest. Safe to repeat."""
    run = held.run
    gone = (f"{run.gone} objects were removed while they were copied.",) if run.gone else ()
    copies = objects.of_manifest(services, run)
    accounts = contents.accounts(services, run)
    settings_key, settings_sha256 = contents.settings(services, run.id)
    backup = Backup(
        id=run.id,
        stage=services.settings.stage,
        app_version=services.settings.app_version,
        schema_version=SCHEMA_VERSION,
        export_time=run.export_time,
        started_at=run.started_at,
        duration_s=int(time.time()) - run.started_at,
        tables=exports.of_manifest(run),
        objects=copies,
        accounts=accounts,
        settings_key=settings_key,
        settings_sha256=settings_sha256,
        notes=contents.NOTES + gone,
    )
    closing.keep_draft(services, run, backup)
    return True


def _failed(services: Services, backup_id: str, error: CannotBackUp) -> Failed:
    index.fail(services, backup_id, str(error))
    _tell(services, backup_id, made=False, why=str(error))
    return Failed(backup_id)


def _tell(services: Services, backup_id: str, *, made: bool, duration_s: int | None = None, **fields: object) -> None:
    """A line; the metric is the newest backup's age, which `checkup` tells also where no run comes to tell anything."""
    result: dict[str, object] = {"backup_made": int(made), "backup_failed": int(not made)}
    result |= {} if duration_s is None else {"backup_duration_s": duration_s}
    logs.line("backup", **result, stage=services.settings.stage, backup=backup_id, **fields)


_STEPS: Mapping[Step, Callable[[Services, Held, Callable[[], bool]], bool]] = {
    "exporting": exports.are_written,
    "copying": objects.are_copied,
    "reading": exports.are_read,
    "closing": _is_drafted,
    "locking": closing.are_locked,
    "naming": closing.is_named,
    "keeping": closing.is_kept_for_longer,
}
# There is, or may be, a manifest by then.
_MADE = ("naming", "keeping")
