"""The nightly backup: exports at one instant, copies of files, accounts and settings, and the manifest last.

A backup of another instant, by which somebody wants to restore, is made in the same way: see `begin_at`.

Steps, each safe to repeat, in the order of `runs.Step`; where a backup stands is with `runs`. What cannot be made is
said in the index, and there is no manifest of it. What came of a night is a metric.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.aws.bucket import Missing
from chalicelib.aws.faults import Busy
from chalicelib.schema import SCHEMA_VERSION

from . import contents, exports, index, manifest, objects, runs
from .manifest import Backup
from .runs import CannotBackUp, Held, Run

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

    Files and accounts are those of now, and those that the last backup before that time has beside them.
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
    if time.time() > run.started_at + LONGEST_S:
        raise CannotBackUp(_TOO_LONG)
    if run.step == "exporting":
        if not exports.are_written(services, held):
            held.pause(PAUSE_S)
            return
        run.step = "copying"
        held.keep()
    if run.step == "copying":
        if not objects.are_copied(services, held, has_time):
            held.pause(0)
            return
        run.step = "reading"
        held.keep()
    if run.step == "reading":
        if not exports.are_read(services, held, has_time):
            held.pause(0)
            return
        run.step = "closing"
        held.keep()
    backup = _closed(services, run)
    held.end("done")
    _tell(services, run.id, made=True, duration_s=backup.duration_s, items=backup.items, objects=backup.objects.count)


def _closed(services: Services, run: Run) -> Backup:
    """Write what is left, lock everything, and only then the manifest. Safe to repeat."""
    try:
        backup = manifest.read(services.backups.read(manifest.key_of(run.id)))
    except Missing:
        backup = _written(services, run)
    _lock(services, manifest.key_of(run.id))
    index.add(services, backup, "nightly")
    _keep_first_of_month(services, backup)
    return backup


def _written(services: Services, run: Run) -> Backup:
    gone = (f"{run.gone} objects were removed while they were copied.",) if run.gone else ()
    copies = objects.of_manifest(services, run)
    accounts = contents.accounts(services, run)
    settings_key = contents.settings(services, run.id)
    _lock(services, manifest.folder(run.id))
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
        notes=contents.NOTES + gone,
    )
    services.backups.put(manifest.key_of(run.id), manifest.written(backup), "application/json")
    return backup


def _lock(services: Services, prefix: str) -> None:
    if days := services.settings.backup_lock_days:
        until = int(time.time()) + days * 86_400
        for key in {version.key for page in services.backups.pages(prefix) for version in page}:
            services.backups.lock(key, until)


def _keep_first_of_month(services: Services, backup: Backup) -> None:
    """Copy the first backup of a month to where backups are kept for longer, its manifest last. Safe to repeat."""
    months = [each["id"][:7] for each in index.read(services)["backups"] if each["kept"] == "monthly"]
    if backup.id[:7] in months:
        return
    nightly, monthly = manifest.folder(backup.id), manifest.folder(backup.id, "monthly")
    for version in services.backups.versions(nightly):
        if version.is_latest and version.key != manifest.key_of(backup.id):
            services.backups.copy(services.backups.source(version.key), monthly + version.key.removeprefix(nightly))
    _lock(services, monthly)
    moved = manifest.read(manifest.written(backup).replace(f'"{nightly}'.encode(), f'"{monthly}'.encode()))
    services.backups.put(manifest.key_of(backup.id, "monthly"), manifest.written(moved), "application/json")
    _lock(services, manifest.key_of(backup.id, "monthly"))
    index.add(services, moved, "monthly")


def _failed(services: Services, backup_id: str, error: CannotBackUp) -> Failed:
    index.fail(services, backup_id, str(error))
    _tell(services, backup_id, made=False, why=str(error))
    return Failed(backup_id)


def _tell(services: Services, backup_id: str, *, made: bool, duration_s: int | None = None, **fields: object) -> None:
    metrics = {"backup_made": int(made), "backup_failed": int(not made)}
    metrics |= {} if duration_s is None else {"backup_duration_s": duration_s}
    logs.metric(services.settings.stage, metrics, event="backup", backup=backup_id, **fields)
