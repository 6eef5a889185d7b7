"""Whose turn it is to go on with a backup or a restore: one at a time, and there is always a next."""

from __future__ import annotations

import calendar
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib import functions, services
from chalicelib.backups import places, runs
from chalicelib.backups.turns import SOON_S, Lost, Place

from tests.backups import STATE, Nights, life, next_night
from tests.fakes import wire
from tests.people import Person
from tests.restores import ID, Restores, lived
from tests.stage import Stage

NOW = 1_795_831_200
ORDER = {"restore": "r", "source": "test", "backup": ID}


def _of_backup(stage: Stage) -> Callable[[dict[str, Any]], Place | None]:
    Nights(stage).begin()
    of = services.of(functions.BACKUP)

    def claim(order: dict[str, Any]) -> Place | None:
        found = runs.read(of)
        assert found
        held = runs.claim(of, {"backup": found.id, **order}, 600)
        return held.run if held else None

    return claim


def _of_restore(stage: Stage) -> Callable[[dict[str, Any]], Place | None]:
    Restores(stage).back_up()
    of = services.of(functions.RESTORE)
    return lambda order: places.claim(of, {**ORDER, **order}, 600)


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


BOTH = pytest.mark.parametrize("of", [_of_backup, _of_restore], ids=["backup", "restore"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time of both runs: it stands still, unless a test moves it."""
    now = [int(time.time())]
    monkeypatch.setattr(time, "time", lambda: float(now[0]))
    return now


def _arranged(stage: Stage) -> dict[int, dict[str, Any]]:
    """The orders that wait, by their time."""
    found = stage.scheduler.schedules.values()
    return {_time(each["ScheduleExpression"]): json.loads(each["Target"]["Input"]) for each in found}


def _time(expression: str) -> int:
    return calendar.timegm(time.strptime(expression, "at(%Y-%m-%dT%H:%M:%S)"))


@BOTH
def test_a_successor_that_comes_early_is_put_off_and_not_lost(stage: Stage, clock: list[int], of: Any) -> None:
    claim = of(stage)
    held = claim({})
    assert held
    [(at, successor)] = [(at, order) for at, order in _arranged(stage).items() if order["attempt"] == held.attempt]
    assert at == held.held_until + SOON_S, "later than Scheduler's minute and another host's clock"
    stage.scheduler.schedules.clear()
    clock[0] = held.held_until - 1
    assert claim(successor) is None
    [(at, again)] = _arranged(stage).items()
    assert (at, again) == (held.held_until + SOON_S, successor)
    clock[0] = at
    assert claim(again)


@BOTH
def test_an_order_that_comes_before_the_pause_that_arranged_it_is_kept_is_put_off(
    stage: Stage, clock: list[int], of: Any
) -> None:
    claim = of(stage)
    held = claim({})
    assert held
    stage.scheduler.schedules.clear()
    assert claim({"attempt": held.attempt + 1}) is None
    [(at, again)] = _arranged(stage).items()
    assert again["attempt"] == held.attempt + 1
    clock[0] = at
    assert claim(again)


@BOTH
def test_an_older_order_arranges_nothing(stage: Stage, clock: list[int], of: Any) -> None:
    claim = of(stage)
    held = claim({})
    assert held
    stage.scheduler.schedules.clear()
    assert claim({"attempt": held.attempt - 1}) is None
    assert _arranged(stage) == {}


def test_of_two_that_take_one_place_in_the_same_second_one_has_it(stage: Stage, clock: list[int]) -> None:
    Nights(stage).begin()
    of = services.of(functions.BACKUP)
    both = [runs.read(of), runs.read(of)]
    turns = runs._turns(of)
    assert [turns.claim(run, run.attempt, 600) for run in both if run] == [True, False]
    assert both[0] != both[1]


def test_of_two_that_begin_one_place_in_the_same_second_one_has_it(stage: Stage, clock: list[int]) -> None:
    of = services.of(functions.NIGHTLY_BACKUP)
    assert [runs.begin(of, runs.Run("a", NOW, NOW), None) for _ in range(2)] == [True, False]


def test_nothing_is_arranged_for_a_moment_that_is_over_when_it_is_read(stage: Stage, clock: list[int]) -> None:
    Nights(stage).begin()
    of = services.of(functions.BACKUP)
    run = runs.read(of)
    assert run
    held = runs.claim(of, run.order(), 0)
    assert held
    held.pause(0)
    assert min(_arranged(stage)) >= clock[0] + SOON_S


def test_a_restore_that_was_taken_over_changes_nothing_of_where_it_stands(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other has come to its end."""
    lived(stage, ada)
    restores = Restores(stage)
    restores.back_up()
    restores.empty()

    def other(call: Any, send: Any) -> Any:
        restores.time_passes()
        restores.finish()
        return send()

    stage.wire.fail(other, lambda call: call.operation == "PutItem")
    restores.go_on(ORDER)
    assert '"taken_over":true' in capsys.readouterr().out
    assert restores.state()["step"] == "done"
    run = places.find(services.of(functions.RESTORE), "r")
    assert run
    restores.put(run.key, restores.body(run.key) + b" ")
    with pytest.raises(Lost):
        places.save(services.of(functions.RESTORE), run)


def test_a_backup_that_is_under_way_is_left_alone(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    life(stage, ada)
    stage.exports.slow = 1
    nights.begin()
    first = nights.state()
    next_night(stage)
    nights.begin()
    assert nights.state() == first
    assert '"under_way":true' in capsys.readouterr().out
    # And the same order twice: while one works, the other does nothing.
    held = {**first, "held_until": int(time.time()) + 600}
    nights.put(STATE, json.dumps(held).encode())
    nights.go_on({"backup": first["id"], "attempt": first["attempt"]})
    assert nights.state() == held
    assert '"under_way":true' in capsys.readouterr().out
    nights.finish()
    assert len(nights.manifests()) == 1


def test_two_that_begin_at_the_same_moment_make_one_backup(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there was none, before either writes."""
    seen = runs.read(services.of(functions.BACKUP))
    monkeypatch.setattr(runs, "read", lambda services: seen)
    nights.begin()
    first = nights.state()
    next_night(stage)
    nights.begin()
    assert nights.state() == first
    monkeypatch.undo()
    nights.finish()
    assert len(nights.manifests()) == 1


def test_a_run_that_was_taken_over_does_not_go_on(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    nights.begin()
    of, order = services.of(functions.BACKUP), {"backup": nights.state()["id"]}
    held = runs.claim(of, order, 600)
    assert held is not None
    nights.time_passes(attempt=7)
    with pytest.raises(runs.Lost):
        held.keep()
    assert nights.state()["attempt"] == 7
    nights.go_on({**order, "attempt": 6})
    assert nights.state()["step"] == "exporting", "an older order is void"
    nights.go_on({**order, "attempt": 7})
    assert nights.state()["step"] == "done"


def test_a_place_whose_keeping_was_not_answered_is_kept(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    """The request was carried out; asked again, S3 says that the object has changed: by this very write."""
    life(stage, ada)

    def lose_a_reply() -> None:
        stage.s3_wire.fail(wire.lost_reply, lambda call: call.operation == "PutObject" and call.key.endswith(STATE))

    lose_a_reply()
    nights.begin()
    assert '"begun":true' in capsys.readouterr().out
    lose_a_reply()
    assert nights.finish() == 2, "one run, and its successor, which has nothing to do"
    assert len(stage.s3_wire.struck) == 2
    assert len(nights.manifests()) == 1
