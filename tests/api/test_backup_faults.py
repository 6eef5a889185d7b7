"""The nightly backup: what it comes to when something goes wrong."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.backups import exports, manifest, nightly, objects
from chalicelib.backups.tables import BACKED_UP
from chalicelib.logs import Failed

from tests.backups import TEXT, Nights, digest_of_all, life, next_night, rows_of
from tests.fakes import dynamodb, s3, wire
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS

DAY_S = 86_400


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


def test_a_table_that_was_just_made_is_taken_thenext_night(stage: Stage, nights: Nights) -> None:
    stage.exports.earliest["erasures"] = stage.exports.clock() - 10
    for _ in range(2):  # as Lambda tries it again
        with pytest.raises(Failed, match="Failed"):
            nights.begin()
    [failure] = nights.index()["failures"]
    assert "erasures" in failure["why"]
    assert stage.exports.started == {}
    assert nights.orders() == []
    stage.exports.earliest.clear()
    assert nights.whole()


def test_a_table_without_recovery_is_named(stage: Stage, nights: Nights) -> None:
    stage.exports.without.add("files")
    with pytest.raises(Failed):
        nights.begin()
    assert "chatapp-test-files has no point-in-time recovery" in nights.index()["failures"][0]["why"]


def test_an_export_that_fails_leaves_no_manifest_and_is_named(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    stage.exports.failing.add("messages")
    nights.begin()
    with pytest.raises(Failed):
        nights.finish()
    assert nights.finish() == 1, "what was arranged has nothing to do"
    assert nights.manifests() == []
    assert nights.index()["failures"][0]["why"] == "DynamoDB could not export messages: S3AccessDenied"
    stage.exports.failing.clear()
    next_night(stage)
    assert nights.whole().items


def test_exports_are_waited_for_without_a_function_that_waits(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    stage.exports.slow = 3
    nights.begin()
    for _ in range(3):
        nights.next()
        state = nights.state()
        assert (state["step"], state["held_until"]) == ("exporting", 0)
        of_newest = f"backup-{state['id']}-{state['attempt']}-"
        [newest] = [each for name, each in stage.scheduler.schedules.items() if name.startswith(of_newest)]
        assert newest["ScheduleExpression"] > time.strftime("at(%Y-%m-%dT%H:%M:%S)", time.gmtime(time.time() + 30))
    nights.finish()
    assert nights.newest().items
    assert len(stage.exports.started) == len(BACKED_UP)


def _corrupt(nights: Nights, key: str) -> None:
    body = nights.body(key)
    nights.put(key, body[:-9] + bytes([body[-9] ^ 1]) + body[-8:])


@pytest.mark.parametrize("what", ["corrupt", "cut", "missing", "another", "unlisted", "no list"])
def test_a_part_that_is_not_what_dynamodb_wrote_leaves_no_manifest(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    life(stage, ada)
    nights.begin()
    monkeypatch.setitem(nightly._STEPS, "copying", lambda *_: False)  # the exports are there, nothing is read
    nights.next()
    monkeypatch.undo()
    key = next(key for key in nights.keys(f"nightly/{nights.state()['id']}/tables/usage") if key.endswith(".gz"))
    listed = f"{key.partition('data/')[0]}manifest-files.json"
    if what == "corrupt":
        _corrupt(nights, key)
    elif what == "cut":
        nights.put(key, nights.body(key)[:40])
    elif what == "missing":
        stage.s3.delete_object(Bucket=BACKUPS, Key=key)
    elif what == "another":
        nights.put(key, gzip.compress(b'{"Item": {"subject": {"S": "a"}}}\n' * 3))
    elif what == "unlisted":
        nights.put(listed, nights.body(listed).splitlines(keepends=True)[0])
    else:
        stage.s3.delete_object(Bucket=BACKUPS, Key=listed)
    with pytest.raises(Failed):
        nights.finish()
    nights.finish()
    assert nights.manifests() == []
    why = nights.index()["failures"][0]["why"]
    assert (key in why) is (what not in ("unlisted", "no list")), why
    assert "usage" in why


def test_a_backup_that_never_ends_is_given_up_for_the_next(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.exports.slow = 1_000
    nights.begin()
    lost = nights.state()["id"]
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    with pytest.raises(Failed):
        nights.next()
    assert nights.state()["step"] == "failed"
    nights.time_passes(step="exporting")
    stage.exports.slow = 0
    next_night(stage)
    assert nights.whole().id != lost
    assert nights.index()["failures"][0]["id"] == lost


@pytest.mark.parametrize("fault", [dynamodb.throttled, wire.unreachable], ids=["throttled", "unreachable"])
def test_a_busy_aws_is_waited_for(stage: Stage, ada: Person, nights: Nights, fault: dynamodb.Fault) -> None:
    life(stage, ada)
    nights.begin()
    stage.wire.fail(fault, lambda call: call.operation.startswith(("Export", "DescribeExport")), times=12)
    stage.s3_wire.fail(s3.slow_down, lambda call: call.operation == "CopyObject", nth=2, times=12)
    stage.pool.failures.append(client_error("TooManyRequestsException", "ListUsers"))
    nights.finish()
    assert nights.newest().tables["conversations"].items == 3
    assert "failures" not in {name for name, value in nights.index().items() if value and name == "failures"}


def test_a_run_hands_over_before_its_time_is_over(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "PIECE", 1)
    life(stage, ada)
    whole = nights.whole()
    next_night(stage)
    # Each look at the clock takes a second of the three that a run has.
    clock = SimpleNamespace(time=time.time, monotonic=itertools.count().__next__)
    monkeypatch.setattr(nightly, "time", clock)
    nights.seconds = nightly.LAST_S + 3
    nights.begin()
    assert nights.finish() > 3
    again = nights.newest()
    assert again.tables["usage"].items == whole.tables["usage"].items
    assert [copy.key for copy in nights.copies(again)] == [copy.key for copy in nights.copies(whole)]


def test_a_backup_that_was_killed_after_any_write_is_finished_by_the_next_run(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one write is before the next. Of three tables: the others go as they do."""
    few = {name: BACKED_UP[name] for name in ("conversations", "usage", "erasures")}
    monkeypatch.setattr(exports, "BACKED_UP", few)
    monkeypatch.setattr(objects, "PIECE", 1)
    stage.exports.slow, stage.exports.items_a_part = 1, 100
    stage.store("uploads/a/b/c.txt", TEXT)
    stage.store("extracted/b/pages", TEXT)
    ada.new_conversation(title="Roses")
    rows = {table: rows_of(stage, table) for table in few}
    for nth in range(1, 200):
        nights.forget()
        next_night(stage)
        struck = _killed_after(stage, nth)
        try:
            nights.whole()
        except wire.Killed:
            for key in nights.manifests() + nights.manifests("monthly"):
                _proven(nights, key, rows)
            nights.finish()
            if not nights.manifests():  # it was killed before it had begun
                nights.begin()
                nights.finish()
        for kept in ("nightly", "monthly"):
            [made] = nights.manifests(kept)
            _proven(nights, made, rows)
            assert nights.locked_until(made)
        assert [each["kept"] for each in nights.index()["backups"]] == ["monthly", "nightly"]
        if not struck():
            break
    assert 60 < nth < 199


def _killed_after(stage: Stage, nth: int) -> Callable[[], bool]:
    """After a write to S3 or to DynamoDB, of all of them together. Returns whether it came to that."""
    count = itertools.count(1)
    wires: tuple[Any, ...] = (stage.wire, stage.s3_wire)
    for each in wires:
        each.clear()
        each.fail(wire.killed_after, lambda call: call.writes and next(count) == nth)
    return lambda: any(each.struck for each in wires)


def _proven(nights: Nights, key: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """All that a manifest names is there, and is what it says."""
    backup = manifest.read(nights.body(key))
    for table, of_table in rows.items():
        assert backup.tables[table].digest == digest_of_all(nights.items(backup, table)) == digest_of_all(of_table)
        assert backup.tables[table].items == len(of_table)
    copies = nights.copies(backup)
    assert sorted(copy.key for copy in copies) == sorted(nights.stage.objects())
    for copy in copies:
        assert hashlib.sha256(nights.body(copy.copy)).hexdigest() == copy.sha256
    for named in (backup.accounts.key, backup.settings_key):
        assert nights.body(named)
