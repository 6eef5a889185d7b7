"""A backup comes back: all into an empty stage, what is missing onto a living one; nothing twice, nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib import sessions

from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.restores import ID, Restores
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET

TEXT = b"Roses are red.\nViolets are blue.\n"


@pytest.fixture
def restores(stage: Stage) -> Restores:
    return Restores(stage)


def _life(stage: Stage, person: Person, title: str = "Roses") -> tuple[str, str]:
    """A conversation about a file, and an answer. Returns the ids of both."""
    file_id = stage.ready(person, TEXT)
    conversation_id = person.new_conversation(title=title)
    person.ask(conversation_id, "Which?", file_ids=[file_id])
    stage.lambdas.pending.clear()
    stage.scheduler.schedules.clear()
    return conversation_id, file_id


def _odd() -> dict[str, Any]:
    """A row of everything that DynamoDB can hold."""
    return {
        "user_id": {"S": "nobody"},
        "conversation_id": {"S": "odd"},
        "timestamp": {"S": "2026"},
        "binary": {"B": b"\x00\xff"},
        "numbers": {"NS": ["1", "-2.5", "12345678901234567890123456789012345678"]},
        "number": {"N": "0.1234567890123456789012345678901234567"},
        "empty": {"L": [{"M": {}}, {"L": []}, {"S": ""}, {"NULL": True}]},
        "漢字 🌹": {"S": "é\u2028\u0000"},
        "large": {"S": "x" * 390_000},
    }


def test_everything_comes_back_into_an_empty_stage_as_it_was(
    stage: Stage, ada: Person, grace: Person, restores: Restores
) -> None:
    _life(stage, ada)
    _life(stage, grace)
    stage.dynamodb.put_item(TableName="chatapp-test-conversations", Item=_odd())
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


def _of_no_version(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version_id"}


def test_an_object_that_comes_back_is_the_one_that_its_row_names(stage: Stage, ada: Person, restores: Restores) -> None:
    _, file_id = _life(stage, ada)
    restores.back_up()
    restores.empty()
    restores.restore()
    row = stage.row("files", file_id)
    assert stage.body(row["object_key"], row["version_id"]) == TEXT


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
def test_a_restore_that_was_killed_at_any_write_is_finished_by_its_successor(
    stage: Stage, ada: Person, restores: Restores, fault: dynamodb.Fault
) -> None:
    _life(stage, ada)
    restores.back_up()
    before = restores.everything()
    _killed_everywhere(stage, restores, before, stage.wire, fault, least=6)


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
def test_a_restore_that_was_killed_at_any_object_is_finished_by_its_successor(
    stage: Stage, ada: Person, restores: Restores, fault: s3.Fault
) -> None:
    _life(stage, ada)
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
            again = {"restore": run, "source": "test", "backup": ID}
            restores.time_passes(run)
            restores.go_on(again)
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
    _life(stage, ada)
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
    _life(stage, ada)
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
    newer, file_id = _life(stage, ada, "Newer")
    older, _ = _life(stage, ada, "Older")
    restores.back_up()
    stage.edit("conversations", newer, title="Changed", timestamp="2999-01-01T00:00:00.000Z")
    stage.edit("conversations", older, title="Changed", timestamp="2001-01-01T00:00:00.000Z")
    stage.edit("files", file_id, name="changed.txt")
    storage = _storage(stage, ada)
    state = restores.restore()
    assert stage.row("conversations", newer)["title"] == "Changed"
    assert stage.row("conversations", older)["title"] == "Older"
    assert stage.row("files", file_id)["name"] == "changed.txt"
    assert (state["counts"]["conversations"]["kept"], state["counts"]["files"]["kept"]) == (1, 1)
    restores.restore("again", overwrite=True)
    assert stage.row("conversations", newer)["title"] == "Newer"
    assert stage.row("files", file_id)["name"] == "notes.txt"
    assert _storage(stage, ada) == storage, "what is there is not counted again"


def _storage(stage: Stage, person: Person) -> dict[str, Any]:
    (row,) = [row for row in stage.rows("usage") if row["period"] == "storage" and person.user_id in row["subject"]]
    return row


# Whose things come back


@pytest.mark.parametrize("only", ["person", "conversation"])
def test_what_is_one_persons_comes_back_and_everything_else_is_left_byte_for_byte(
    stage: Stage, ada: Person, grace: Person, restores: Restores, only: str
) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    conversation_id, file_id = _life(stage, ada)
    _life(stage, grace)
    other, _ = _life(stage, ada, "Other")
    restores.back_up()
    person_and_file = (conversation_id, file_id)
    for table, key in (("conversations", conversation_id), ("files", file_id)):
        stage.delete(table, stage.row(table, key))
    for row in stage.rows("messages"):
        if row["conversation"].endswith(conversation_id):
            stage.delete("messages", row)
    for key in stage.objects():
        if file_id in key:
            for version in stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]:
                stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])
    stage.edit("conversations", _of(stage, grace), title="Changed since")
    stage.edit("conversations", other, title="Changed since", timestamp="2999")
    before = restores.everything()
    value = "ADA@example.com" if only == "person" else conversation_id
    state = restores.restore(only=f"{only}={value}")
    assert state["problem"] == ""
    rows, objects = restores.everything()
    gone = set(objects) - set(before[1])
    assert gone
    assert all(file_id in key for key in gone)
    assert {key: objects[key] for key in before[1]} == before[1]
    for table in rows:
        new = [row for row in rows[table] if row not in before[0][table]]
        assert [row for row in before[0][table] if row not in rows[table]] == [
            row for row in before[0][table] if table == "usage" and row not in rows[table]
        ]
        assert all(ada.user_id in str(row) for row in new), table
        assert table != "erasures" or not new
    assert ada.get(f"/conversations/{person_and_file[0]}/messages").body["items"]
    assert ada.get(f"/files/{file_id}").body["status"] == "ready"


def _of(stage: Stage, person: Person) -> str:
    return next(str(row["conversation_id"]) for row in stage.rows("conversations") if row["user_id"] == person.user_id)


def test_only_a_table_comes_back(stage: Stage, ada: Person, restores: Restores) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    restores.empty()
    assert restores.restore(only="table=messages")["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items
    assert [*stage.rows("conversations"), *stage.rows("files"), *stage.objects()] == []
    assert "no table nonsense" in restores.restore("other", only="table=nonsense")["problem"]


@pytest.mark.parametrize(
    ("only", "said"), [("person=eve@example.com", "nobody"), ("conversation=x", "no conversation")]
)
def test_who_or_what_is_not_in_the_backup_is_said(
    stage: Stage, ada: Person, restores: Restores, only: str, said: str
) -> None:
    _life(stage, ada)
    restores.back_up()
    before = restores.everything()
    state = restores.restore(only=only)
    assert (state["step"], said in state["problem"]) == ("failed", True)
    assert restores.everything() == before


def test_an_account_that_is_missing_is_invited_and_all_that_named_it_names_the_new_one(
    stage: Stage, ada: Person, grace: Person, restores: Restores
) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    conversation_id, file_id = _life(stage, ada)
    stage.pool.disabled.add(stage.pool.email(grace.user_id))
    restores.back_up()
    restores.empty()
    restores.nobody()
    stage.pool.mailed.clear()
    stage.pool.disabled.clear()
    kept_out = f"{grace.user_id}@example.com"
    state = restores.restore()
    assert (state["step"], state["invited"]) == ("done", 2)
    assert stage.pool.mailed == ["ada@example.com"], "who was kept out is kept out, and mailed nothing"
    assert stage.pool.disabled == {kept_out}
    new = state["subs"][ada.user_id]
    assert new in stage.pool.subs
    rows, objects = restores.everything()
    assert ada.user_id not in json.dumps([rows, list(objects)], default=str)
    _signs_in_anew(ada, new)
    assert ada.conversation(conversation_id)["title"] == "Roses"
    assert ada.get(f"/conversations/{conversation_id}/messages").body["items"]
    assert stage.body(stage.row("files", file_id)["object_key"]) == TEXT
    assert ada.get(f"/files/{file_id}/content").status == 200
    assert _storage(stage, ada)["files"] == 1


def _signs_in_anew(person: Person, sub: str) -> None:
    person.user_id = person.claims["sub"] = sub
    person.subject = type(person.subject)("user", sub)
    sessions.known[str(person.subject)] = sessions.Ended()


def test_an_account_that_has_the_address_already_is_that_persons(stage: Stage, ada: Person, restores: Restores) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    _life(stage, ada)
    restores.back_up()
    restores.empty()
    restores.nobody()
    stage.pool.subs.add("new-sub")
    stage.pool.emails["new-sub"] = "ada@example.com"
    state = restores.restore()
    assert (state["subs"], state["invited"]) == ({ada.user_id: "new-sub"}, 0)
    assert {row["user_id"] for row in stage.rows("conversations")} == {"new-sub"}


def test_a_sub_that_has_another_address_now_is_refused_by_name(stage: Stage, ada: Person, restores: Restores) -> None:
    stage.pool.emails[ada.user_id] = "ada@example.com"
    _life(stage, ada)
    restores.back_up()
    restores.empty()
    stage.pool.emails[ada.user_id] = "eve@example.com"
    state = restores.restore()
    assert state["step"] == "failed"
    assert all(each in state["problem"] for each in (ada.user_id, "ada@example.com", "eve@example.com"))
    assert stage.rows("conversations") == []


@pytest.mark.parametrize("where", ["row", "bucket"])
def test_what_was_erased_since_is_not_brought_back(
    stage: Stage, ada: Person, grace: Person, restores: Restores, where: str
) -> None:
    conversation_id, _ = _life(stage, ada)
    other, file_id = _life(stage, ada, "Other")
    _life(stage, grace)
    restores.back_up()
    restores.empty()
    for erased in (f"conversation:{ada.user_id}#{conversation_id}", f"file:{file_id}", f"account:{grace.user_id}"):
        if where == "row":
            stage.put("erasures", {"erased": erased, "at": 1, "user_id": ada.user_id})
        else:
            restores.put(f"erasures/{erased}", b"{}")
    assert restores.restore()["step"] == "done"
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [other]
    assert not any(conversation_id in row["conversation"] for row in stage.rows("messages"))
    assert not any(file_id in key for key in stage.objects())
    rows, objects = restores.everything()
    assert grace.user_id not in str([rows["files"], rows["messages"], rows["usage"], list(objects)])
    assert _storage(stage, ada)["files"] == 1


# What is wrong with a backup


def test_a_part_that_was_changed_is_refused_by_name_before_anything_of_it_is_written(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    restores.empty()
    key = backup.tables["conversations"].parts[0].key
    body = bytearray(restores.body(key))
    body[12] ^= 1
    restores.put(key, bytes(body))
    state = restores.restore()
    assert (state["step"], key in state["problem"]) == ("failed", True)
    assert stage.rows("conversations") == []


def test_a_part_that_is_missing_is_named(stage: Stage, ada: Person, restores: Restores) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    key = backup.tables["messages"].parts[0].key
    stage.s3.delete_object(Bucket=BACKUPS, Key=key)
    assert f"{key} is missing" in restores.restore()["problem"]


def test_a_manifest_that_counts_other_items_is_refused(stage: Stage, ada: Person, restores: Restores) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    raw = json.loads(restores.body(f"nightly/{ID}/manifest.json"))
    raw["tables"]["usage"]["digest"] = "0" * 64
    restores.put(f"nightly/{ID}/manifest.json", json.dumps(raw).encode())
    assert "items of table usage" in restores.restore()["problem"]
    assert backup.tables["usage"].items


def test_a_backup_of_a_newer_app_is_refused_and_one_that_there_is_not(stage: Stage, restores: Restores) -> None:
    restores.back_up(schema_version=2, something_new={})
    assert "newer app" in restores.restore()["problem"]
    assert "there is no backup" in restores.restore("other", "2026-01-01T00-00-00Z")["problem"]
    restores.put(f"nightly/{ID}/manifest.json", b"{}")
    assert "not of the form" in restores.restore("third")["problem"]


def test_an_object_that_is_missing_is_named_and_all_else_comes_back(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    _life(stage, ada)
    restores.back_up()
    restores.empty()
    copies = stage.objects("objects/uploads/", BACKUPS)
    stage.s3.delete_object(Bucket=BACKUPS, Key=copies[0])
    state = restores.restore()
    assert (state["step"], state["problem"]) == ("failed", f"{copies[0]} is missing")
    assert stage.rows("conversations")


def test_an_object_that_is_not_what_was_copied_is_not_left_in_the_stage(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    _life(stage, ada)
    restores.back_up()
    restores.empty()
    (copy,) = stage.objects("objects/uploads/", BACKUPS)
    restores.put(copy, TEXT.upper())
    assert f"{copy} is not what was copied" in restores.restore()["problem"]
    assert stage.objects("uploads/") == []


def test_what_lies_in_a_cold_storage_class_is_asked_for_and_waited_for(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    _life(stage, ada)
    restores.back_up()
    before = restores.everything()
    restores.empty()
    (copy,) = stage.objects("objects/uploads/", BACKUPS)
    stage.s3.put_object(Bucket=BACKUPS, Key=copy, Body=TEXT, StorageClass="DEEP_ARCHIVE")
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    state = restores.state()
    assert (state["step"], state["waiting"]) == ("objects", 1)
    assert len(stage.objects("extracted/")) == len([key for key in before[1] if key.startswith("extracted/")])
    assert 'ongoing-request="false"' in stage.s3.head_object(Bucket=BACKUPS, Key=copy)["Restore"]
    assert restores.finish()["step"] == "done"
    assert restores.everything()[1] == before[1]


def test_a_part_in_a_cold_storage_class_is_waited_for_before_anything_is_written(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    key = backup.tables["messages"].parts[0].key
    body = restores.body(key)
    stage.s3.put_object(Bucket=BACKUPS, Key=key, Body=body, StorageClass="DEEP_ARCHIVE")
    restores.empty()
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert (restores.state()["step"], restores.state()["waiting"]) == ("thawing", 1)
    assert stage.rows("conversations") == []
    assert restores.finish()["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items


def test_a_throttled_table_is_waited_for(stage: Stage, ada: Person, restores: Restores) -> None:
    _life(stage, ada)
    backup = restores.back_up()
    restores.empty()
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "PutItem", nth=2, times=40)
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert restores.state()["step"] == "rows"
    stage.wire.clear()
    assert restores.finish()["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items


def test_a_copy_starts_no_reading_of_a_file(stage: Stage) -> None:
    """It would find no row yet, and remove the object."""
    (source,) = [each for each in stage.app.app.event_sources if each.name == "extract"]
    assert source.events == ["s3:ObjectCreated:Post", "s3:ObjectCreated:Put"]
