"""What was removed for good is remembered, so that no restore brings it back."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from chalicelib.backups import index

from tests.fakes import s3, wire
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS

TEXT = b"Roses are red.\n"


def _erased(stage: Stage) -> set[str]:
    """By the table and by the bucket, which say the same."""
    rows = {row["erased"]: row for row in stage.rows("erasures")}
    objects = {unquote(key.removeprefix("erasures/")) for key in stage.objects("erasures/", BACKUPS)}
    assert rows.keys() == objects
    for key in stage.objects("erasures/", BACKUPS):
        written = json.loads(stage.body(key, bucket=BACKUPS))
        assert written == rows[written["erased"]]
    return objects


def _deleted(stage: Stage, ada: Person) -> tuple[str, str]:
    """A conversation and a file whose time for undoing is over."""
    conversation_id, file_id = ada.new_conversation(title="Roses"), stage.ready(ada, TEXT)
    ada.ask(conversation_id, "Which?")
    ada.delete(f"/conversations/{conversation_id}")
    ada.delete(f"/files/{file_id}")
    for table, key in (("conversations", conversation_id), ("files", file_id)):
        stage.edit(table, key, deleted_at=1, due_at=1)
    return f"conversation:{ada.user_id}#{conversation_id}", f"file:{file_id}"


def _purge(stage: Stage) -> None:
    for payload in stage.scheduler.payloads():
        stage.purge(payload)


def test_what_is_purged_is_remembered_by_its_name(stage: Stage, ada: Person) -> None:
    kept = ada.new_conversation(title="Kept")
    erased = _deleted(stage, ada)
    assert _erased(stage) == set()
    _purge(stage)
    assert _erased(stage) == set(erased)
    assert {row["user_id"] for row in stage.rows("erasures")} == {ada.user_id}
    assert kept not in str(_erased(stage))
    kept_s = (index.KEPT_DAYS["monthly"] + 30) * 86_400
    assert all(row["ttl"] > row["at"] + kept_s for row in stage.rows("erasures")), "for longer than any backup"


def test_what_the_sweep_purges_is_remembered_too(stage: Stage, ada: Person) -> None:
    erased = _deleted(stage, ada)
    stage.sweep()
    assert _erased(stage) == set(erased)


def test_nothing_is_removed_before_it_is_remembered(stage: Stage, ada: Person) -> None:
    erased = _deleted(stage, ada)
    for nth in range(1, 100):
        rows, objects = stage.rows("messages"), stage.objects()
        for each in (stage.wire, stage.s3_wire):
            each.clear()
        stage.wire.fail(wire.killed_after, lambda call: call.writes, nth=nth)
        try:
            _purge(stage)
        except wire.Killed:
            gone = stage.rows("messages") != rows or stage.objects() != objects
            assert not gone or stage.rows("erasures"), nth
        else:
            break
    assert nth > 4
    stage.wire.clear()
    _purge(stage)
    assert _erased(stage) == set(erased)


def test_what_cannot_be_remembered_is_not_removed(stage: Stage, ada: Person) -> None:
    _deleted(stage, ada)
    before = stage.rows("messages"), stage.objects()
    stage.s3_wire.fail(s3.slow_down, lambda call: call.operation == "PutObject", times=10)
    with pytest.raises(Exception, match="Busy"):
        _purge(stage)
    assert (stage.rows("messages"), stage.objects()) == before


def test_a_person_who_is_removed_is_remembered_with_all_that_was_theirs(stage: Stage, ada: Person) -> None:
    conversation_id, file_id = ada.new_conversation(title="Roses"), stage.ready(ada, TEXT)
    order = {"user_id": ada.user_id, "person": "remove"}
    stage.purge({**order, "person": "cut_off"})
    assert _erased(stage) == set()
    stage.purge(order)
    assert _erased(stage) == {
        f"account:{ada.user_id}",
        f"conversation:{ada.user_id}#{conversation_id}",
        f"file:{file_id}",
    }
