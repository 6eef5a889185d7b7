"""Alarms on the local AWS, which evaluates those of one metric: one injected failure each, and what the topic is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib import status
from chalicelib.aws.cloudwatch import CloudWatch

from deploy import steps
from deploy.account import cloudformation
from tests.aws.emulator_probe import eventually
from tests.aws.local_stage import Laid

# By alarm: a value that is well, and one that is not.
INJECTED = {
    "throttled": (0, 1),
    "latency": (200, 6_000),
    "api-errors": (0, 5),
    "health": (1, 0),
    "model": (0, 4),
    "spend-today": (0.1, 1_000),
    "spend-month": (0.1, 1_000),
    "stuck": (0, 1),
    "backup-age": (3, 30),
    "drill-failed": (0, 1),
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


def told(laid: Laid, queue_url: str) -> list[tuple[str, str]]:
    reply = laid.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    found = []
    for message in reply.get("Messages", []):
        mail = json.loads(json.loads(message["Body"])["Message"])
        found.append((mail["AlarmName"].removeprefix(f"{laid.stage.prefix}-"), mail["NewStateValue"]))
        laid.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


def listening(laid: Laid) -> str:
    """A queue that hears what the owner is mailed."""
    sqs, sns, name = laid.client("sqs"), laid.client("sns"), f"{laid.stage.prefix}-heard"
    url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = f"arn:aws:sns:{laid.stage.region}:{laid.stage.account_id}:{laid.stage.prefix}-alarms"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def test_a_failure_puts_its_alarm_on_and_is_told_once(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-alarms")
    name, body = f"{laid.stage.prefix}-alarms", steps.templates(laid.stage)["alarms.yaml"]
    assert cloudformation.deploy(laid.stage, name, body, {}, print).changed
    assert not cloudformation.deploy(laid.stage, name, body, {}, print).changed
    made = laid.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{laid.stage.prefix}-")["MetricAlarms"]
    by_name = {each["AlarmName"].removeprefix(f"{laid.stage.prefix}-"): each for each in made}
    assert by_name.keys() == {*INJECTED, "drill-missing"}
    queue = listening(laid)
    for alarm, (_, bad) in INJECTED.items():
        inject(laid, by_name[alarm], bad)
        assert states(laid)[alarm] == "ALARM", alarm
        inject(laid, by_name[alarm], bad)
    heard: list[tuple[str, str]] = []
    mailing = INJECTED.keys() - {"throttled", "api-errors", "health"}
    eventually(lambda: heard.extend(told(laid, queue)) or len(heard) >= len(mailing))
    assert {each for each in heard if each[1] == "ALARM"} == {(alarm, "ALARM") for alarm in mailing}
    assert len([each for each in heard if each[1] == "ALARM"]) == len(mailing)


def test_the_api_may_ask_how_the_stage_does_and_no_other_function(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-status")
    watch = laid.services("api_handler").watch
    found = watch.values(
        [status.Series("chatapp", "turns", "Sum", {"stage": "local-status"})], begin_s=0, end_s=3_600, period_s=3_600
    )
    assert found == [{}]
    assert watch.alarms(laid.stage.prefix) == []
    assert isinstance(watch, CloudWatch)
