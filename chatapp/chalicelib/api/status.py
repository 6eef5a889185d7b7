"""How the stage does, on the wire. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from chalicelib import status
from chalicelib.backups import index, manifest
from chalicelib.ids import iso
from chalicelib.spending import budgets

from .schemas import status as s
from .schemas.service import ModelHealth

if TYPE_CHECKING:
    from chalicelib.aws.cloudwatch import AlarmState
    from chalicelib.services import Services

_SHOWN_FAILURES = 5
_STATES: dict[str, Literal["ok", "alarm"]] = {"OK": "ok", "ALARM": "alarm"}


def read(services: Services) -> s.StageStatus:
    found, settings = status.read(services), services.settings
    return s.StageStatus(
        stage=settings.stage,
        version=settings.app_version,
        checked_at=iso(found.checked_at),
        failing=list(found.found.failing),
        model=ModelHealth(state=found.found.model, checked_at=found.found.checked_at),
        spend=s.Spend(
            today_usd=found.day.today_usd if found.day else None,
            day_budget_usd=budgets.day_usd(settings),
            month_usd=found.month_usd,
            month_budget_usd=settings.stage_budget_usd,
        ),
        day=_day(found.day) if found.day else None,
        alarms=None if found.alarms is None else [_alarm(settings.prefix, each) for each in found.alarms],
        backups=_backups(found.backups) if found.backups else None,
    )


def _day(day: status.Day) -> s.LastDay:
    return s.LastDay(
        hours=[iso(hour) for hour in day.hours],
        lines=s.Lines(**day.lines),
        functions=[
            s.FunctionDay(name=each.name, invocations=each.invocations, errors=each.errors, p99_ms=each.p99_ms)
            for each in day.functions
        ],
        queues=[s.WaitingQueue(name=name, waiting=waiting) for name, waiting in day.queues.items()],
    )


def _alarm(prefix: str, alarm: AlarmState) -> s.AlarmNow:
    name = alarm.name.removeprefix(f"{prefix}-")
    return s.AlarmNow(name=name, state=_STATES.get(alarm.state, "unknown"), since=iso(alarm.since))


def _backups(found: index.Index) -> s.BackupsNow:
    failures = found["failures"][-_SHOWN_FAILURES:]
    return s.BackupsNow(
        newest=_newest(found),
        drill=_drill(found),
        failures=[s.BackupFailure(at=iso(each["at"]), why=each["why"]) for each in failures],
    )


def _newest(found: index.Index) -> s.NewestBackup | None:
    newest = status.newest_backup(found)
    if newest is None:
        return None
    made_at = iso(manifest.time_of(newest["id"]))
    return s.NewestBackup(id=newest["id"], made_at=made_at, items=newest["items"], bytes=newest["bytes"])


def _drill(found: index.Index) -> s.LastDrill | None:
    if not found["drills"]:
        return None
    last = found["drills"][-1]
    return s.LastDrill(backup_id=last["id"], at=iso(last["at"]), passed=last["passed"])
