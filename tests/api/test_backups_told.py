"""What the nightly backup tells CloudWatch of itself, so that an alarm can be set on a night without a backup."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib.backups import nightly
from chalicelib.logs import Failed

from tests.backups import Nights
from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


def _told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines of how a backup ended."""
    return [json.loads(each) for each in capsys.readouterr().out.splitlines() if "backup_made" in each]


def test_a_backup_that_was_made_is_counted_once_with_its_duration(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    ada.new_conversation(title="Roses")
    backup = nights.whole()
    nights.go_on({"backup": backup.id})  # an order that comes late
    (told,) = _told(capsys)
    assert (told["backup_made"], told["backup_failed"], told["stage"]) == (1, 0, "test")
    assert (told["backup_duration_s"], told["backup"], told["items"]) == (backup.duration_s, backup.id, backup.items)
    assert "_aws" not in told, "the metric is the newest backup's age"
    assert "Roses" not in json.dumps(told)


def test_nothing_is_told_before_the_manifest_is_there(
    stage: Stage, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.exports.slow = 1
    nights.begin()
    nights.next()
    assert _told(capsys) == []
    nights.finish()
    assert [told["backup_made"] for told in _told(capsys)] == [1]


def test_a_backup_that_could_not_be_made_is_counted_and_says_why(
    stage: Stage, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.exports.failing.add("messages")
    nights.begin()
    with pytest.raises(Failed):
        nights.finish()
    (told,) = _told(capsys)
    assert (told["backup_made"], told["backup_failed"]) == (0, 1)
    assert told["why"] == nights.index()["failures"][0]["why"]
    assert "backup_duration_s" not in told, "no time is that of a backup that there is not"


def test_a_night_that_could_not_begin_or_never_ended_is_counted(
    stage: Stage, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.exports.slow = 1_000
    nights.begin()
    lost = nights.state()["id"]
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    stage.exports.without.add("files")
    with pytest.raises(Failed):
        nights.begin()
    given_up, not_begun = _told(capsys)
    assert (given_up["backup"], given_up["backup_failed"]) == (lost, 1)
    assert (not_begun["backup_failed"], "no point-in-time recovery" in not_begun["why"]) == (1, True)
