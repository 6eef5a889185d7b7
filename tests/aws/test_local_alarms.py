"""Alarms on the local AWS, which evaluates those of one metric: a failure each puts it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.cloudwatch import Series

from deploy import steps
from deploy.account import cloudformation
from tests.aws.local_stage import Laid

# By alarm, a value that is not well.
INJECTED = {
    "throttled": 1,
    "latency": 6_000,
    "api-errors": 5,
    "health": 0,
    "model": 4,
    "spend-today": 1_000,
    "spend-month": 1_000,
    "stuck": 1,
    "backup-age": 30,
    "drill-failed": 1,
}


def states(laid: Laid) -> dict[str, str]:
    described = laid.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{laid.stage.prefix}-")["MetricAlarms"]
    return {each["AlarmName"].removeprefix(f"{laid.stage.prefix}-"): each["StateValue"] for each in described}


def inject(laid: Laid, alarm: dict[str, Any], value: float) -> None:
    """A value of the alarm's own metric, and of no other's."""
    datum = {
        "MetricName": alarm["MetricName"],
        "Dimensions": alarm["Dimensions"],
        "Value": value,
        "Timestamp": datetime.now(UTC),
    }
    laid.client("cloudwatch").put_metric_data(Namespace=alarm["Namespace"], MetricData=[datum])


def test_a_failure_puts_its_alarm_on_and_no_other(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-alarms")
    name, body = f"{laid.stage.prefix}-alarms", steps.templates(laid.stage)["alarms.yaml"]
    assert cloudformation.deploy(laid.stage, name, body, {}, print).changed
    assert not cloudformation.deploy(laid.stage, name, body, {}, print).changed
    made = laid.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{laid.stage.prefix}-")["MetricAlarms"]
    by_name = {each["AlarmName"].removeprefix(f"{laid.stage.prefix}-"): each for each in made}
    assert by_name.keys() == INJECTED.keys()
    on: set[str] = set()
    for alarm, value in INJECTED.items():
        inject(laid, by_name[alarm], value)
        on.add(alarm)
        assert {name for name, state in states(laid).items() if state == "ALARM"} == on, alarm

    # The API asks for both by its own rights.
    watch = laid.services("api_handler").watch
    assert watch.values([Series("chatapp", "turns", "Sum", {"stage": "none"})], begin_s=0, end_s=60, period_s=60) == [
        {}
    ]
    names = [f"{laid.stage.prefix}-{name}" for name in by_name]
    assert {each.name for each in watch.alarms(names)} == set(names)
