"""CloudWatch: what it was told of the stage, and which of its alarms are on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .faults import sent
from .grants import Adapter, Grant

# Of one request: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
MOST_SERIES = 500
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
MOST_ALARMS = 100


@dataclass(frozen=True, slots=True)
class Series:
    """A metric's values, one a period. statistic: as CloudWatch names it."""

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlarmState:
    """state: OK, ALARM or INSUFFICIENT_DATA. since: Unix seconds."""

    name: str
    state: str
    since: float


class CloudWatch(Adapter):
    """Of the whole account: neither operation can be limited to a stage's own."""

    def __init__(self, function: str, grant: Grant, client: Callable[[], Any]) -> None:
        super().__init__(function, grant)
        self._client = client

    def values(
        self, series: Sequence[Series], *, begin_s: float, end_s: float, period_s: int
    ) -> list[dict[int, float]]:
        """Of each series in its order, the values by when their period began (Unix seconds). Raises Busy.

        One request, at $0.01 per thousand series: https://aws.amazon.com/cloudwatch/pricing/
        """
        assert len(series) <= MOST_SERIES  # noqa: S101 (a bug of ours)
        self._allow("GetMetricData")
        reply = sent(
            self._client().get_metric_data,
            MetricDataQueries=[_query(number, each, period_s) for number, each in enumerate(series)],
            StartTime=datetime.fromtimestamp(begin_s, UTC),
            EndTime=datetime.fromtimestamp(end_s, UTC),
        )
        found = {each["Id"]: each for each in reply["MetricDataResults"]}
        return [_values(found.get(f"m{number}", {})) for number in range(len(series))]

    def alarms(self, names: Sequence[str]) -> list[AlarmState]:
        """Those of these alarms that there are, those of alarms first. Raises Busy.

        names: whole, since those of a stage `a` begin the names of a stage `a-b`'s, too.
        """
        assert len(names) <= MOST_ALARMS  # noqa: S101 (a bug of ours)
        self._allow("DescribeAlarms")
        kinds = ["MetricAlarm", "CompositeAlarm"]
        reply = sent(self._client().describe_alarms, AlarmNames=list(names), AlarmTypes=kinds, MaxRecords=MOST_ALARMS)
        listed = [*reply.get("CompositeAlarms", []), *reply.get("MetricAlarms", [])]
        return [
            AlarmState(each["AlarmName"], each["StateValue"], each["StateUpdatedTimestamp"].timestamp())
            for each in listed
        ]


def _query(number: int, series: Series, period_s: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in series.dimensions.items()]
    metric = {"Namespace": series.namespace, "MetricName": series.name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": period_s, "Stat": series.statistic}
    return {"Id": f"m{number}", "MetricStat": stat, "ReturnData": True}


def _values(result: Mapping[str, Any]) -> dict[int, float]:
    times = (int(each.timestamp()) for each in result.get("Timestamps", []))
    return dict(zip(times, map(float, result.get("Values", [])), strict=True))
