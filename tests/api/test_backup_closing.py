"""The end of a backup: locks, the manifest and the month's copy, whatever ends a run in between."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.backups import closing, manifest, nightly
from chalicelib.logs import Failed

from tests.backups import Nights, next_night
from tests.fakes import s3, wire
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS

DAY_S = 86_400
STEPS: Any = nightly._STEPS


@pytest.fixture
def nights(stage: Stage, ada: Person) -> Nights:
    ada.new_conversation(title="Roses")
    stage.store("uploads/a/b/c.txt", b"Roses are red.")
    return Nights(stage)


def _until(nights: Nights, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it come to a step, and no further."""
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, step, lambda *_: False)
        nights.begin()
        nights.next()
    assert nights.state()["step"] == step


DOES = {"locking": ("PutObjectRetention", "nightly/"), "keeping": ("CopyObject", "monthly/")}


@pytest.mark.parametrize("step", DOES)
def test_a_run_without_time_keeps_its_place_and_the_next_does_the_rest_only(
    stage: Stage, nights: Nights, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    operation, folder = DOES[step]
    monkeypatch.setattr(closing, "PIECE", 1)
    _until(nights, step, monkeypatch)

    def done() -> list[str]:
        """Keys, since the last time."""
        found = [call.key for call in stage.s3_wire.calls if call.operation == operation]
        stage.s3_wire.clear()
        return sorted(key for key in found if key.startswith(folder) and not key.endswith("/manifest.json"))

    done()
    looks = iter([True, True, False])
    with monkeypatch.context() as patch:
        of_step = STEPS[step]
        patch.setitem(STEPS, step, lambda *these: of_step(*these[:2], lambda: next(looks)))
        nights.next()
    assert nights.state()["step"] == step
    first = done()
    assert len(first) == 2
    nights.finish()
    second = done()
    assert second
    assert not set(first) & set(second)
    backup = nights.newest("monthly")
    for kept in ("nightly", "monthly"):
        for key in nights.keys(manifest.folder(backup.id, kept)):
            assert nights.locked_until(key) > time.time() + 29 * DAY_S, key


def test_no_lock_is_made_shorter_by_a_run_whose_clock_is_behind(
    stage: Stage, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In governance mode S3 refuses that of who may not bypass it."""
    nights.begin()
    locks: dict[str, list[float]] = {}
    ends = iter([False, False, True])

    def noted(call: s3.Call, send: wire.Send) -> Any:
        try:
            return (wire.killed_after if next(ends, False) else lambda _, send: send())(call, send)
        finally:
            locks.setdefault(call.key, []).append(nights.locked_until(call.key))

    stage.s3_wire.fail(noted, lambda call: call.operation == "PutObjectRetention", times=100)
    with pytest.raises(wire.Killed):
        nights.finish()
    now = time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now() - 10)
        nights.finish()
    assert nights.newest()
    again = [times for times in locks.values() if len(times) > 1]
    assert again
    assert all(times == sorted(times) for times in locks.values())


def test_a_backup_whose_manifest_is_written_is_one_however_long_it_took(
    stage: Stage, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(nights, "keeping", monkeypatch)
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    nights.next()
    assert nights.state()["step"] == "done"
    assert nights.index()["failures"] == []


def test_a_backup_that_was_not_named_before_the_next_begins_is_named_and_not_failed(
    stage: Stage, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(nights, "keeping", monkeypatch)
    made = nights.state()["id"]
    stage.s3.delete_object(Bucket=BACKUPS, Key=manifest.INDEX)
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    next_night(stage)
    nights.begin()
    assert [each["id"] for each in nights.index()["backups"]] == [made]
    assert nights.index()["failures"] == []


def test_a_backup_that_has_no_manifest_by_then_has_failed(
    stage: Stage, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(nights, "locking", monkeypatch)
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    with pytest.raises(Failed):
        nights.next()
    assert nights.state()["step"] == "failed"
