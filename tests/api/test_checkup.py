"""What the check-up of every five minutes tells as metrics: the newest backup's age and what was spent."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib import checkup, metrics
from chalicelib.backups import index
from chalicelib.functions import HEALTH_CHECK, RESTORE_DRILL
from chalicelib.health import Reached
from chalicelib.ids import day, month
from chalicelib.services import of

from tests.backups import Nights
from tests.fakes import dynamodb
from tests.people import Person
from tests.stage import Stage

NOON = 1_764_417_600.0  # 2025-11-29T12:00Z
HOUR_S = 3_600


class Clock:
    """Of the check-up, which the test moves."""

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(NOON)
    monkeypatch.setattr(checkup, "time", made)
    return made


def _told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    checkup.run(of(HEALTH_CHECK), lambda url: Reached("", 7))
    (line,) = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "_aws" in each]
    told: dict[str, Any] = line
    return told


def _spent(stage: Stage, at: float, usd: float) -> None:
    stage.put("usage", {"subject": "stage", "period": month(at), "cost_micro_usd": int(usd * 1e6)})


def test_one_line_of_six_metrics_by_the_stage_alone(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.configure(api_url="http://api")
    told = _told(stage, capsys)
    (directive,) = told["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("chatapp", [["stage"]])
    of_health = metrics.METRICS[metrics.METRICS.index(metrics.STUCK) :]
    assert {each["Name"]: each["Unit"] for each in directive["Metrics"]} == {each.name: each.unit for each in of_health}
    assert (told["stage"], told["event"], told["healthy"]) == ("test", "health", 1)


def test_what_was_spent_today_begins_anew_with_the_day_and_the_month(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    _spent(stage, clock.now, 3)
    first = _told(stage, capsys)
    assert (first["spend_today_usd"], first["spend_month_usd"]) == (3, 3), "of before the first look nothing is known"
    _spent(stage, clock.now, 4.5)
    assert _told(stage, capsys)["spend_today_usd"] == 4.5
    clock.now += 24 * HOUR_S
    assert day(clock.now).endswith("-30")
    assert _told(stage, capsys)["spend_today_usd"] == 0
    _spent(stage, clock.now, 5)
    told = _told(stage, capsys)
    assert (told["spend_today_usd"], told["spend_month_usd"]) == (0.5, 5)
    clock.now += 24 * HOUR_S
    _spent(stage, clock.now, 1)
    told = _told(stage, capsys)
    assert (told["spend_today_usd"], told["spend_month_usd"]) == (1, 1), "of a new month, all is today's"


def test_what_is_given_back_of_yesterday_makes_no_day_negative(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    _spent(stage, clock.now, 3)
    _told(stage, capsys)
    clock.now += 24 * HOUR_S
    _told(stage, capsys)
    _spent(stage, clock.now, 2)
    assert _told(stage, capsys)["spend_today_usd"] == 0


def test_the_newest_whole_backups_age_is_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    Nights(stage).whole()
    assert 0 <= _told(stage, capsys)["backup_age_h"] < 0.1


def test_without_a_backup_its_age_is_that_of_the_stage(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _told(stage, capsys)["backup_age_h"] == 0
    clock.now += 27 * HOUR_S
    assert _told(stage, capsys)["backup_age_h"] == 27


def test_an_answer_that_nobody_settled_is_stuck_after_its_longest_run(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time()
    old, young = (f"open_{int(now - age):x}abcd" for age in (checkup.ANSWER_STUCK_S + 5, 60))
    stage.put("usage", {"subject": "stage", "period": month(now), "cost_micro_usd": 2, old: 1, young: 1})
    assert _told(stage, capsys)["stuck"] == 1


def test_a_file_that_the_sweep_has_missed_is_stuck(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    file = stage.upload(ada, b"roses")
    assert _told(stage, capsys)["stuck"] == 0
    stage.edit("files", file.file_id, due_at=int(time.time()) - checkup.OVERDUE_S - 5)
    assert _told(stage, capsys)["stuck"] == 1


def test_a_day_costs_one_write_and_a_look_two_reads(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    _told(stage, capsys)
    stage.wire.calls.clear()
    _told(stage, capsys)
    asked = [call.operation for call in stage.wire.calls if call.operation in {"GetItem", "UpdateItem", "Query"}]
    assert asked.count("GetItem") == 2
    assert asked.count("UpdateItem") == 1, "the model's row alone"


def test_a_busy_database_keeps_health_told_and_no_wrong_value(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.configure(api_url="http://api")
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "GetItem", times=99)
    told = _told(stage, capsys)
    assert told["healthy"] == 1
    assert "backup_age_h" not in told
    assert time.time() > NOON


def test_a_drill_that_failed_or_is_long_ago_is_told_until_one_passes(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(passed: bool) -> None:
        drill = {"id": "2025-11-29T02-00-00Z", "at": int(clock.now), "passed": passed, "duration_s": 9, "why": ""}
        index.prove(of(RESTORE_DRILL), drill)

    assert _told(stage, capsys)["drill_failed"] == 0, "a new stage has time"
    clock.now += checkup.DRILL_OVERDUE_S + 1
    assert _told(stage, capsys)["drill_failed"] == 1
    end(passed=True)
    assert _told(stage, capsys)["drill_failed"] == 0
    clock.now += 7 * 24 * HOUR_S
    end(passed=False)
    assert _told(stage, capsys)["drill_failed"] == 1
    clock.now += HOUR_S
    end(passed=True)
    assert _told(stage, capsys)["drill_failed"] == 0
    clock.now += checkup.DRILL_OVERDUE_S + 1
    assert _told(stage, capsys)["drill_failed"] == 1


def test_an_answer_of_last_month_is_stuck_on_the_first_of_this(
    stage: Stage, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.now = 1_764_547_200.0 + 3_600  # 2025-12-01T01:00Z
    begun = f"open_{int(clock.now) - 2 * HOUR_S:x}abcd"
    stage.put("usage", {"subject": "stage", "period": month(clock.now - 2 * HOUR_S), "cost_micro_usd": 2, begun: 1})
    assert _told(stage, capsys)["stuck"] == 1


def test_its_health_is_told_where_something_else_cannot_be_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index, "read", lambda services: {"drills": []})
    stage.configure(api_url="http://api")
    told = _told(stage, capsys)
    assert told["healthy"] == 1
    assert "stuck" not in told
