"""A backup comes back: all into an empty stage, what is missing onto a living one; nothing twice, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib import schema

from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.restores import ID, TEXT, Restores, lived, storage
from tests.stage import Stage


@pytest.fixture
def restores(stage: Stage) -> Restores:
    return Restores(stage)


def _odd() -> dict[str, Any]:
    """A row of everything that DynamoDB can hold."""
    return {
        "user_id": {"S": "nobody"},
        "conversation_id": {"S": "odd"},
        "timestamp": {"S": "2026"},
        "binary": {"B": b"\x00\xff"},
        "numbers": {"NS": ["1", "-2.5", "12345678901234567890123456789012345678"]},
        "number": {"N": "0.1234567890123456789012345678901234567"},
        schema.ATTRIBUTE: {"N": str(schema.SCHEMA_VERSION)},
        "empty": {"L": [{"M": {}}, {"L": []}, {"S": ""}, {"NULL": True}]},
        "漢字 🌹": {"S": "é\u2028\u0000"},
        "large": {"S": "x" * 390_000},
    }


def test_everything_comes_back_into_an_empty_stage_as_it_was(
    stage: Stage, ada: Person, grace: Person, restores: Restores
) -> None:
    lived(stage, ada)
    lived(stage, grace)
    stage.dynamodb.put_item(TableName="chatapp-test-conversations", Item=_odd())
    erased = {"erased": "file:another", "at": 1, "user_id": ada.user_id}
    stage.put("erasures", {**erased, schema.ATTRIBUTE: schema.SCHEMA_VERSION})
    backup = restores.back_up()
    before = restores.everything()
    assert backup.items > 10
    restores.empty()
    state = restores.restore()
    assert (state["step"], state["problem"]) == ("done", "")
    rows, objects = restores.everything()
    assert objects == before[1]
    for table in rows:
        assert [_of_no_version(row) for row in rows[table]] == [_of_no_version(row) for row in before[0][table]], table
    for table in ("conversations", "messages", "usage", "erasures"):
        assert restores.digests()[table] == backup.tables[table].digest
    assert state["digests"] == {name: table.digest for name, table in backup.tables.items() if table.parts}
    assert sum(counts.get("equal", 0) for counts in state["counts"].values()) == backup.items - 2, (
        "but for counts of files"
    )
    file = ada.get("/files").body["items"][0]
    assert ada.get(f"/files/{file['file_id']}/content").status == 200


def test_rows_from_before_there_were_versions_come_back_as_rows_of_today(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    key = {name: {"S": name} for name in ("user_id", "conversation_id")}
    stage.dynamodb.put_item(TableName="chatapp-test-conversations", Item={**key, "title": {"S": "Roses"}})
    backup = restores.back_up()
    restores.empty()
    state = restores.restore()
    assert (state["step"], state["problem"]) == ("done", "")
    assert state["digests"]["conversations"] == backup.tables["conversations"].digest, "as the archive has them"
    found = stage.dynamodb.get_item(TableName="chatapp-test-conversations", Key=key)["Item"]
    assert found == {**key, "title": {"S": "Roses"}, schema.ATTRIBUTE: {"N": "1"}}


def _of_no_version(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version_id"}


def test_an_object_that_comes_back_is_the_one_that_its_row_names(stage: Stage, ada: Person, restores: Restores) -> None:
    _, file_id = lived(stage, ada)
    restores.back_up()
    restores.empty()
    restores.restore()
    row = stage.row("files", file_id)
    assert stage.body(row["object_key"], row["version_id"]) == TEXT


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
def test_a_restore_that_was_killed_at_any_write_is_finished_by_its_successor(
    stage: Stage, ada: Person, restores: Restores, fault: dynamodb.Fault
) -> None:
    lived(stage, ada)
    restores.back_up()
    before = restores.everything()
    _killed_everywhere(stage, restores, before, stage.wire, fault, least=6)


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
def test_a_restore_that_was_killed_at_any_object_is_finished_by_its_successor(
    stage: Stage, ada: Person, restores: Restores, fault: s3.Fault
) -> None:
    lived(stage, ada)
    restores.back_up()
    before = restores.everything()
    _killed_everywhere(stage, restores, before, stage.s3_wire, fault, least=10)


def _killed_everywhere(
    stage: Stage, restores: Restores, before: Any, faulty: wire.Wire[Any], fault: Any, *, least: int
) -> None:
    for nth in range(100):
        run = f"r{nth}"
        restores.empty()
        faulty.clear()
        faulty.fail(fault, lambda call: call.writes, nth=nth + 1)
        try:
            assert restores.restore(run)["step"] == "done"
        except wire.Killed:
            if not restores.is_begun(run):  # Lambda repeats what failed before its place was kept
                restores.go_on({"restore": run, "source": "test", "backup": ID})
            assert restores.finish(run)["step"] == "done", nth
        rows, objects = restores.everything()
        assert objects == before[1], nth
        for table in rows:
            assert [_of_no_version(row) for row in rows[table]] == [_of_no_version(row) for row in before[0][table]]
        versions = [each for each in stage.objects() if each.startswith("uploads/")]
        assert len(versions) <= len(set(versions)) + (fault is wire.killed_after), "copied once"
        if not faulty.struck:
            break
    assert least <= nth < 99


def test_a_run_that_is_held_is_left_alone_and_an_old_order_is_void(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    restores.back_up()
    restores.empty()
    stage.wire.fail(wire.killed_before, lambda call: call.writes)
    with pytest.raises(wire.Killed):
        restores.restore()
    held = restores.state()
    restores.go_on({"restore": "r"})
    assert restores.state() == held, "whoever holds it may be at work"
    restores.time_passes()
    restores.go_on({"restore": "r", "attempt": 0})
    assert restores.state() == {**held, "held_until": 0}
    restores.finish()
    assert len(stage.rows("conversations")) == 1


def test_a_restore_without_time_goes_on_by_itself(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    before = restores.everything()
    restores.empty()
    restores.seconds = 0
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert restores.state()["step"] == "accounts"
    restores.seconds = 900
    assert restores.finish()["step"] == "done"
    assert restores.everything()[1] == before[1]
    assert len(stage.rows("messages")) == backup.tables["messages"].items


def test_a_newer_row_stays_an_older_goes_and_overwriting_puts_all_back(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    newer, file_id = lived(stage, ada, "Newer")
    older, _ = lived(stage, ada, "Older")
    restores.back_up()
    stage.edit("conversations", newer, title="Changed", timestamp="2999-01-01T00:00:00.000Z")
    stage.edit("conversations", older, title="Changed", timestamp="2001-01-01T00:00:00.000Z")
    stage.edit("files", file_id, name="changed.txt")
    counted = storage(stage, ada)
    state = restores.restore()
    assert stage.row("conversations", newer)["title"] == "Changed"
    assert stage.row("conversations", older)["title"] == "Older"
    assert stage.row("files", file_id)["name"] == "changed.txt"
    assert (state["counts"]["conversations"]["kept"], state["counts"]["files"]["kept"]) == (1, 1)
    restores.restore("again", overwrite=True)
    assert stage.row("conversations", newer)["title"] == "Newer"
    assert stage.row("files", file_id)["name"] == "notes.txt"
    assert storage(stage, ada) == counted, "what is there is not counted again"


@pytest.mark.parametrize("fault", [None, wire.killed_before, wire.killed_after], ids=["none", "before", "after"])
def test_an_upload_that_is_put_over_another_is_the_one_that_the_next_backup_brings_back(
    stage: Stage, ada: Person, restores: Restores, fault: Any
) -> None:
    """Of an upload's versions the first counts."""
    _, file_id = lived(stage, ada)
    restores.back_up()
    key = stage.row("files", file_id)["object_key"]
    restores.empty()
    stage.store(key, b"put there by somebody", "text/plain")
    stage.store(f"{key}.beside", b"another key", "text/plain")
    if fault:
        stage.s3_wire.fail(fault, lambda call: call.operation == "DeleteObjects")
        with pytest.raises(wire.Killed):
            restores.restore(overwrite=True)
        restores.finish()
    else:
        restores.restore(overwrite=True)
    assert stage.objects(f"{key}.beside") == [f"{key}.beside"]
    row = stage.row("files", file_id)
    assert stage.body(key, row["version_id"]) == TEXT
    stage.store(key, b"sent after it", "text/plain")
    restores.back_up()
    restores.empty()
    restores.restore("next")
    row = stage.row("files", file_id)
    assert stage.body(key, row["version_id"]) == TEXT
