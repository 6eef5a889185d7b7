"""How a stage does, for its owners: what CloudWatch was told in a day, spend, backups, and what is well.

Each part is read by itself, so that one that cannot be read now leaves the others. CloudWatch is asked once for some 75
series, at $0.0008; so what was found is good for a minute, in each process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import TTLCache

from chalicelib import health, logs, metrics
from chalicelib.aws.cloudwatch import AlarmState, Series
from chalicelib.aws.faults import Busy
from chalicelib.backups import index
from chalicelib.functions import API, FUNCTIONS
from chalicelib.ids import month
from chalicelib.spending import usage

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

_T = TypeVar("_T")
CACHED_S = 60
HOURS = 24
_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class FunctionDay:
    """p99_ms: of its slowest hour; None where it did not run."""

    name: str
    invocations: int
    errors: int
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours. hours: when each began (Unix seconds), oldest first; lists: a value an hour, None without one.

    queues: what waits in each failure queue. today_usd: None where nothing was told today.
    """

    hours: tuple[int, ...]
    lines: Mapping[str, list[float | None]]
    functions: tuple[FunctionDay, ...]
    queues: Mapping[str, int]
    today_usd: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """day, alarms, backups: None where they cannot be read now."""

    checked_at: float
    found: health.Found
    month_usd: float
    day: Day | None
    alarms: tuple[AlarmState, ...] | None
    backups: index.Index | None


def cache(timer: Callable[[], float] = time.time) -> TTLCache[str, Status]:
    """By stage; see `health.cache`."""
    return TTLCache(maxsize=1, ttl=CACHED_S, timer=timer)


known = cache()


def read(services: Services) -> Status:
    """What was found within the last minute, or is found now. Raises Busy where the table of usage does not answer."""
    stage = services.settings.stage
    found = known.get(stage)
    if found is None:
        found = known[stage] = _look(services, time.time())
    return found


def _look(services: Services, now: float) -> Status:
    spent = services.usage.find(usage.key(usage.STAGE, month(now))) or {}
    return Status(
        checked_at=now,
        found=health.deep(services),
        month_usd=spent.get("cost_micro_usd", 0) / 1e6,
        day=_or_none(lambda: _day(services, now)),
        alarms=_or_none(lambda: tuple(services.watch.alarms(alarms(services.settings)))),
        backups=_or_none(lambda: index.read(services)),
    )


def _or_none(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except Busy as error:
        logs.report(error)
        return None


# The lines of the charts: of the app's own metrics, and of the API's.
_OWN = {
    "turns": (metrics.TURNS, "Sum"),
    "first_word_p50_ms": (metrics.FIRST_TOKEN, "p50"),
    "first_word_p95_ms": (metrics.FIRST_TOKEN, "p95"),
    "model_failures": (metrics.MODEL_FAILURES, "Sum"),
    "refused": (metrics.REFUSED, "Sum"),
    "stuck": (metrics.STUCK, "Maximum"),
    "healthy": (metrics.HEALTHY, "Minimum"),
    "spend_today_usd": (metrics.SPENT_TODAY, "Maximum"),
}
_OF_API = {"requests": "Count", "server_errors": "5XXError"}
_OF_FUNCTION = (("Invocations", "Sum"), ("Errors", "Sum"), ("Duration", "p99"))


def series(settings: Settings) -> dict[tuple[str, str], Series]:
    """What is asked for, by the kind of thing and its name."""
    own = {metrics.DIMENSION: settings.stage}
    api = {"ApiName": settings.prefix, "Stage": "api"}
    asked = {("line", name): Series(metrics.NAMESPACE, of.name, how, own) for name, (of, how) in _OWN.items()}
    asked |= {("line", name): Series("AWS/ApiGateway", of, "Sum", api) for name, of in _OF_API.items()}
    for name in FUNCTIONS:
        named = {"FunctionName": settings.prefix if name == API else f"{settings.prefix}-{name}"}
        asked |= {(of, name): Series("AWS/Lambda", of, how, named) for of, how in _OF_FUNCTION}
    for queue in sorted({each.events.failures for each in FUNCTIONS.values() if each.events}):
        named = {"QueueName": f"{settings.prefix}-{queue}"}
        asked["queue", queue] = Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", named)
    return asked


# Of the stage as a whole. What they watch says deploy/operations/alarms.py; a test holds one against the other.
_ALARMS = (
    *("people", "health", "api-errors", "throttled", "latency", "queues", "queues-old", "tables", "model"),
    *("spend-today", "spend-month", "stuck", "backup-age", "drill-failed"),
)


def alarms(settings: Settings) -> list[str]:
    """The names of all that the stage may have, whichever its settings ask for."""
    granted = {grant.resource for each in FUNCTIONS.values() for grant in each.grants if grant.kind == "table"}
    tables = sorted(each for each in granted if not each.startswith("."))  # such are a drill's own
    named = (*_ALARMS, *(f"errors-{name}" for name in FUNCTIONS), *(f"table-{name}" for name in tables))
    return [f"{settings.prefix}-{name}" for name in named]


def _day(services: Services, now: float) -> Day:
    end = (int(now) // _HOUR_S + 1) * _HOUR_S
    begin = end - HOURS * _HOUR_S
    asked = series(services.settings)
    values = services.watch.values(list(asked.values()), begin_s=begin, end_s=end, period_s=_HOUR_S)
    told = dict(zip(asked, values, strict=True))
    hours = tuple(range(begin, end, _HOUR_S))
    lines = {name: [of.get(hour) for hour in hours] for (kind, name), of in told.items() if kind == "line"}
    midnight = int(now) // 86_400 * 86_400
    today = {hour: usd for hour, usd in told["line", "spend_today_usd"].items() if hour >= midnight}
    return Day(
        hours,
        lines,
        tuple(_function(told, name) for name in FUNCTIONS),
        {name: int(_newest(of) or 0) for (kind, name), of in told.items() if kind == "queue"},
        _newest(today),
    )


def _function(told: Mapping[tuple[str, str], dict[int, float]], name: str) -> FunctionDay:
    invocations, errors, slow = (told[of, name] for of, _ in _OF_FUNCTION)
    slowest = max(slow.values(), default=None)
    return FunctionDay(name, int(sum(invocations.values())), int(sum(errors.values())), slowest)


def _newest(values: Mapping[int, float]) -> float | None:
    return values[max(values)] if values else None


def newest_backup(backups: index.Index) -> dict[str, Any] | None:
    nights = [each for each in backups["backups"] if each["kept"] == "nightly"]
    return max(nights, key=lambda each: str(each["id"]), default=None)
