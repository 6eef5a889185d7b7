"""Which alarms a stage has: what each watches, from what value on, and what its mail says.

`essential` watches what people meet and what costs money; `all` looks at every function and every table, too. An alarm
of several metrics is paid for each of them: $0.10 a month, of which the first ten of an account are free
(https://aws.amazon.com/cloudwatch/pricing/); one can read ten at most.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html

One mail a change of state: what means that people are affected (`_AFFECTS`) mails through one composite alarm only, the
others by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from deploy.functions.policies import API_HANDLER

from .metrics import Read, of_api, of_function, of_functions, of_queue, of_table, own
from .texts import description
from .topic import TOPIC

if TYPE_CHECKING:
    from chalicelib.functions import Function

Extent = Literal["essential", "all", "none"]
# Whose failures people see at once; what fails elsewhere is kept in a queue, and told by that.
_MET = (API_HANDLER, "answer", "websocket_connect")
# Written by every answer. (A table's capacity on demand throttles where one key is too busy.)
_BUSY_TABLES = ("conversations", "messages", "frames", "usage", "sockets")
# Of what waits in a failure queue, which forgets it after 14 days.
_OLD_S = 10 * 86_400
_AFFECTS = frozenset({"health", "api-errors", "throttled", *(f"errors-{name}" for name in _MET)})
PEOPLE = "people"


@dataclass(frozen=True)
class Comparison:
    """When a value is too much (or, for `<`, too little): in `of` periods on end.

    missing: what a period without a value counts as.
    """

    sign: Literal[">", ">=", "<"]
    threshold: float
    period_s: int = 300
    of: int = 1
    missing: Literal["breaching", "notBreaching", "ignore"] = "notBreaching"


@dataclass(frozen=True)
class Alarm:
    """name: without the stage's prefix. section: of the run book, and of its text (`texts`).

    reads: one metric, or several whose values `expression` makes one of (m1, m2, …).
    """

    name: str
    section: str
    reads: tuple[Read, ...]
    when: Comparison
    expression: str = ""

    @property
    def mails(self) -> bool:
        return self.name not in _AFFECTS


@dataclass(frozen=True)
class Watched:
    """A stage as its alarms see it. day_usd, month_usd: the budgets of model spend."""

    stage: str
    prefix: str
    functions: Mapping[str, Function]
    tables: tuple[str, ...]
    day_usd: float
    month_usd: float

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(sorted({each.events.failures for each in self.functions.values() if each.events}))


def alarms(watched: Watched, extent: Extent) -> tuple[Alarm, ...]:
    if extent == "none":
        return ()
    return (*_of_functions(watched, extent), *_of_api(watched), *_of_tables(watched, extent), *_of_app(watched))


def _of_functions(watched: Watched, extent: Extent) -> Iterable[Alarm]:
    for name in watched.functions if extent == "all" else _MET:
        reads = tuple(of_function(watched.prefix, name, metric) for metric in ("Errors", "Invocations"))
        # Of one or two invocations a share says nothing.
        share = "IF(m2>=5,100*m1/m2,0)"
        yield Alarm(f"errors-{name}", "errors", reads, Comparison(">", 5), share)
    yield Alarm("throttled", "throttled", (of_functions("Throttles"),), Comparison(">=", 1))
    queues = tuple(of_queue(watched.prefix, queue, "ApproximateNumberOfMessagesVisible") for queue in watched.queues)
    yield Alarm("queues", "queues", queues, Comparison(">", 0), _sum(len(queues)))
    if extent == "all":
        ages = tuple(of_queue(watched.prefix, queue, "ApproximateAgeOfOldestMessage") for queue in watched.queues)
        yield Alarm("queues-old", "queues-old", ages, Comparison(">", _OLD_S, period_s=3_600), _greatest(len(ages)))


def _of_api(watched: Watched) -> Iterable[Alarm]:
    # One slow start of a function is no slow API.
    slow = (of_api(watched.prefix, "Latency", "p99"),)
    yield Alarm("latency", "latency", slow, Comparison(">", 5_000, of=3))
    yield Alarm("api-errors", "api-errors", (of_api(watched.prefix, "5XXError", "Sum"),), Comparison(">=", 3))


def _of_tables(watched: Watched, extent: Extent) -> Iterable[Alarm]:
    metrics = ("ReadThrottleEvents", "WriteThrottleEvents")
    if extent == "all":
        for table in watched.tables:
            reads = tuple(of_table(watched.prefix, table, metric) for metric in metrics)
            yield Alarm(f"table-{table}", "tables", reads, Comparison(">=", 1), _sum(2))
        return
    reads = tuple(of_table(watched.prefix, table, metrics[1]) for table in _BUSY_TABLES)
    yield Alarm("tables", "tables", reads, Comparison(">=", 1), _sum(len(reads)))


def _of_app(watched: Watched) -> Iterable[Alarm]:
    def one(name: str, metric: str, statistic: str, when: Comparison) -> Alarm:
        return Alarm(name, name, (own(watched.stage, metric, statistic),), when)

    yield one("health", "healthy", "Minimum", Comparison("<", 1, of=2, missing="breaching"))
    yield one("model", "model_failures", "Sum", Comparison(">=", 3, period_s=900))
    yield one("spend-today", "spend_today_usd", "Maximum", Comparison(">", 0.8 * watched.day_usd))
    yield one("spend-month", "spend_month_usd", "Maximum", Comparison(">", 0.8 * watched.month_usd))
    yield one("stuck", "stuck", "Maximum", Comparison(">=", 1, of=3))
    # It is told every five minutes: an hour of silence is as bad as an old backup.
    yield one("backup-age", "backup_age_h", "Maximum", Comparison(">", 26, period_s=1_800, of=2, missing="breaching"))
    silent = Comparison(">=", 1, period_s=1_800, of=2, missing="breaching")
    yield one("drill-failed", "drill_failed", "Maximum", silent)


def _sum(count: int) -> str:
    """Of metrics that tell nothing while there is nothing: those count as none."""
    return "+".join(f"FILL(m{number + 1},0)" for number in range(count))


def _greatest(count: int) -> str:
    return f"MAX([{','.join(f'FILL(m{number + 1},0)' for number in range(count))}])"


def resources(watched: Watched, extent: Extent, *, plain: bool = False) -> dict[str, Any]:
    """By logical id. plain: without what the local AWS's stacks lack: expressions, and alarms of alarms."""
    found = alarms(watched, extent)
    kept = [each for each in found if not (plain and each.expression)]
    made = {_title(each.name): _resource(watched, each) for each in kept}
    return made if plain or not found else made | {_title(PEOPLE): _people(watched, found)}


def _title(name: str) -> str:
    return name.replace("_", "-").title().replace("-", "") + "Alarm"


_SIGNS = {">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold"}


def _resource(watched: Watched, alarm: Alarm) -> dict[str, Any]:
    when = alarm.when
    properties = {
        "AlarmName": f"{watched.prefix}-{alarm.name}",
        "AlarmDescription": description(alarm.section),
        "ComparisonOperator": _SIGNS[when.sign],
        "Threshold": round(when.threshold, 6),
        "EvaluationPeriods": when.of,
        "TreatMissingData": when.missing,
        **(_expression(alarm) if alarm.expression else _metric(alarm.reads[0], when.period_s)),
        **(_told() if alarm.mails else {}),
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _metric(read: Read, period_s: int) -> dict[str, Any]:
    is_percentile = read.statistic.startswith("p")
    return {
        "Namespace": read.namespace,
        "MetricName": read.name,
        "Dimensions": read.listed(),
        "Period": period_s,
        "ExtendedStatistic" if is_percentile else "Statistic": read.statistic,
        # A percentile of a few requests is the slowest of them.
        **({"EvaluateLowSampleCountPercentile": "ignore"} if is_percentile else {}),
    }


def _expression(alarm: Alarm) -> dict[str, Any]:
    queries: list[dict[str, Any]] = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": read.namespace, "MetricName": read.name, "Dimensions": read.listed()},
                "Period": alarm.when.period_s,
                "Stat": read.statistic,
            },
        }
        for number, read in enumerate(alarm.reads, 1)
    ]
    return {"Metrics": [*queries, {"Id": "value", "Expression": alarm.expression}]}


def _told() -> dict[str, Any]:
    """When it begins, and when it is over."""
    return {"AlarmActions": [{"Ref": TOPIC}], "OKActions": [{"Ref": TOPIC}]}


def _people(watched: Watched, found: Iterable[Alarm]) -> dict[str, Any]:
    """It changes once when the first of its alarms does, and once when the last is over."""
    parts = [each.name for each in found if not each.mails]
    properties = {
        "AlarmName": f"{watched.prefix}-{PEOPLE}",
        "AlarmDescription": description(PEOPLE),
        "AlarmRule": " OR ".join(f'ALARM("{watched.prefix}-{name}")' for name in parts),
        **_told(),
    }
    of = [_title(name) for name in parts]
    return {"Type": "AWS::CloudWatch::CompositeAlarm", "DependsOn": of, "Properties": properties}


def price_usd(watched: Watched, extent: Extent) -> float:
    """A month at most, without the ten that an account has for nothing; the composite costs $0.50."""
    found = alarms(watched, extent)
    return round(0.1 * sum(len(each.reads) for each in found) + (0.5 if found else 0), 2)
