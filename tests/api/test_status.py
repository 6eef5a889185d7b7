"""`GET /status`: how the stage does, for owners, part by part, and what is left of it where one cannot be read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from chalicelib import health, ids, services, status
from chalicelib.aws import clients
from chalicelib.functions import API, FUNCTIONS

from tests.api.commenting import owner
from tests.fakes.aws import client_error
from tests.fakes.clients import serve
from tests.people import Person
from tests.stage import Stage

HOUR_S = 3_600


@dataclass
class FakeCloudWatch:
    """told: values by metric and, where there is one, the last dimension's value; each of the newest full hour."""

    told: dict[tuple[str, str], float] = field(default_factory=dict)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return {"MetricDataResults": [self._result(each) for each in request["MetricDataQueries"]]}

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        of = metric["Dimensions"][0]["Value"]
        value = self.told.get(
            (metric["MetricName"], of), self.told.get((metric["MetricName"], query["MetricStat"]["Stat"]))
        )
        hour = datetime.fromtimestamp(time.time() // HOUR_S * HOUR_S, UTC)
        known = {} if value is None else {"Timestamps": [hour], "Values": [value]}
        return {"Id": query["Id"], "Label": metric["MetricName"], "Timestamps": [], "Values": [], **known}

    def describe_alarms(self, AlarmNames: list[str], AlarmTypes: list[str], MaxRecords: int) -> dict[str, Any]:
        assert set(AlarmTypes) == {"MetricAlarm", "CompositeAlarm"}, "of alarms of alarms nothing is told otherwise"
        assert len(AlarmNames) <= MaxRecords, "in one page"
        since = datetime(2026, 11, 28, 10, tzinfo=UTC)
        listed = [
            {"AlarmName": name, "StateValue": state, "StateUpdatedTimestamp": since}
            for name, state in self.alarms
            if name in AlarmNames
        ]
        return {"MetricAlarms": listed, "CompositeAlarms": []}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    passed = {"s": 0.0}
    monkeypatch.setattr(status, "known", status.cache(lambda: passed["s"]))
    monkeypatch.setattr(health, "known", health.cache(lambda: passed["s"]))
    return passed


@pytest.fixture
def watch(stage: Stage, clock: dict[str, float]) -> Iterator[FakeCloudWatch]:
    fake = FakeCloudWatch()
    serve(clients.client("cloudwatch"), fake)
    yield fake
    clients.made.pop(("cloudwatch", None), None)


def told(stage: Stage) -> dict[str, Any]:
    reply = owner(stage).get("/status")
    assert reply.status == 200, reply
    body: dict[str, Any] = reply.body
    return body


def test_a_new_stage_has_nothing_to_tell(stage: Stage, watch: FakeCloudWatch) -> None:
    body = told(stage)
    assert (body["stage"], body["version"]) == ("test", "development")
    assert body["spend"] == {"today_usd": None, "day_budget_usd": 5, "month_usd": 0, "month_budget_usd": 50}
    assert body["backups"] == {"newest": None, "drill": None, "failures": []}
    assert body["alarms"] == []
    assert body["failing"] == ["bucket site"]  # nothing is published here
    day = body["day"]
    assert len(day["hours"]) == 24
    assert all(values == [None] * 24 for values in day["lines"].values())
    assert [each["name"] for each in day["functions"]] == list(FUNCTIONS)
    assert {each["waiting"] for each in day["queues"]} == {0}


def test_what_was_told_is_shown(stage: Stage, watch: FakeCloudWatch) -> None:
    watch.told = {
        ("Invocations", "chatapp-test-answer"): 40,
        ("Errors", "chatapp-test-answer"): 2,
        ("Duration", "chatapp-test-answer"): 8_000.5,
        ("ApproximateNumberOfMessagesVisible", "chatapp-test-answer-failures"): 3,
        ("turns", "Sum"): 38,
        ("first_token_ms", "p95"): 900,
        ("spend_today_usd", "Maximum"): 1.25,
    }
    day = told(stage)["day"]
    answer = next(each for each in day["functions"] if each["name"] == "answer")
    assert answer == {"name": "answer", "invocations": 40, "errors": 2, "p99_ms": 8_000.5}
    assert {"name": "answer-failures", "waiting": 3} in day["queues"]
    assert day["lines"]["turns"] == [None] * 23 + [38]
    assert day["lines"]["first_word_p95_ms"][-1] == 900
    assert day["lines"]["first_word_p50_ms"][-1] is None
    assert day["hours"][-1] == ids.iso(time.time() // HOUR_S * HOUR_S)
    assert told(stage)["spend"]["today_usd"] == 1.25


def test_spend_backups_and_alarms_are_shown(stage: Stage, watch: FakeCloudWatch) -> None:
    stage.put("usage", {"subject": "stage", "period": ids.month(time.time()), "cost_micro_usd": 2_500_000})
    backups = [
        {"id": f"2026-11-{day}T02-00-00Z", "kept": "nightly", "asked": False, "items": day, "bytes": 5}
        for day in (28, 27)
    ]
    drills = [{"id": "2026-11-27T02-00-00Z", "at": 1_795_000_000, "passed": passed} for passed in (False, True)]
    failures = [{"id": "x", "at": at, "why": "no export"} for at in range(1_795_000_000, 1_795_000_007)]
    index = {"backups": backups, "drills": drills, "failures": failures}
    backups_bucket = services.of(API).settings.bucket("backups")
    stage.s3.put_object(Bucket=backups_bucket, Key="index.json", Body=json.dumps(index).encode())
    watch.alarms = [
        ("chatapp-test-people", "ALARM"),
        ("chatapp-test-stuck", "OK"),
        ("chatapp-test-queues", "INSUFFICIENT_DATA"),
        ("chatapp-tested-people", "ALARM"),
        ("chatapp-test-b-people", "ALARM"),
        ("chatapp-test-b-errors-answer", "ALARM"),
    ]
    body = told(stage)
    assert body["spend"]["month_usd"] == 2.5
    newest = {"id": "2026-11-28T02-00-00Z", "made_at": "2026-11-28T02:00:00.000Z", "items": 28, "bytes": 5}
    assert body["backups"]["newest"] == newest
    assert (body["backups"]["drill"]["passed"], len(body["backups"]["failures"])) == (True, 5)
    assert [(each["name"], each["state"]) for each in body["alarms"]] == [
        ("people", "alarm"),
        ("stuck", "ok"),
        ("queues", "unknown"),
    ]
    assert body["alarms"][0]["since"] == "2026-11-28T10:00:00.000Z"


def test_cloudwatch_is_asked_once_a_minute_in_one_request(
    stage: Stage, watch: FakeCloudWatch, clock: dict[str, float]
) -> None:
    told(stage)
    told(stage)
    clock["s"] = status.CACHED_S - 1
    told(stage)
    assert len(watch.asked) == 1
    clock["s"] = status.CACHED_S + 1
    told(stage)
    assert len(watch.asked) == 2
    assert len(watch.asked[0]["MetricDataQueries"]) == len(status.series(services.of(API).settings)) <= 100


def test_without_cloudwatch_the_rest_is_told(stage: Stage, watch: FakeCloudWatch) -> None:
    watch.failures = [client_error("ThrottlingException", "GetMetricData")] * 10
    body = told(stage)
    assert body["day"] is None
    assert body["alarms"] == []
    assert body["spend"]["today_usd"] is None
    assert body["spend"]["month_budget_usd"] == 50


def test_only_owners_are_told(stage: Stage, watch: FakeCloudWatch) -> None:
    reply = Person(stage, "bob").get("/status")
    assert (reply.status, watch.asked) == (403, [])
