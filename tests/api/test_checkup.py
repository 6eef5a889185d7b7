"""What the five-minute check tells beside health: backups' age, spend, and what is stuck."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib import checkup, metrics
from chalicelib.functions import HEALTH_CHECK
from chalicelib.ids import day, month
from chalicelib.services import of

from tests.people import Person
from tests.stage import Stage


def _money(stage: Stage) -> Any:
    return checkup._money(of(HEALTH_CHECK))


def _spent(stage: Stage, micro_usd: int, **more: Any) -> None:
    key = {"subject": "stage", "period": month(time.time())}
    usage = of(HEALTH_CHECK).usage
    usage.write(usage.change(key, {"cost_micro_usd": micro_usd, **more}))


def test_a_days_spend_is_what_the_month_has_had_since_its_first_check(stage: Stage) -> None:
    _spent(stage, 3_000_000)
    _money(stage)
    _spent(stage, 4_500_000)
    told = _money(stage)
    first = 0 if day(time.time()).endswith("-01") else 3_000_000
    assert (told[metrics.SPENT_MONTH], told[metrics.SPENT_TODAY]) in {(4.5, 1.5), (4.5, 4.5 - first / 1e6)}


def test_an_answer_that_nobody_settled_is_stuck_after_its_longest_run(stage: Stage) -> None:
    now = time.time()
    old, young = (f"open_{int(now - age):x}abcd" for age in (checkup.ANSWER_STUCK_S + 5, 60))
    _spent(stage, 2, **{old: 1, young: 1})
    assert _money(stage)[metrics.STUCK] == 1


def test_a_file_that_the_sweep_has_missed_is_stuck(stage: Stage, ada: Person) -> None:
    file = stage.upload(ada, b"roses")
    assert _money(stage)[metrics.STUCK] == 0
    stage.edit("files", file.file_id, due_at=int(time.time()) - checkup.OVERDUE_S - 5)
    assert _money(stage)[metrics.STUCK] == 1


def test_the_newest_backups_age_is_told_and_of_none_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkup._backup_age(of(HEALTH_CHECK)) == {}
    made = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime(time.time() - 7_200))
    monkeypatch.setattr(checkup.index, "newest", lambda services: made)
    assert checkup._backup_age(of(HEALTH_CHECK))[metrics.BACKUP_AGE] == pytest.approx(2.0, abs=0.1)
