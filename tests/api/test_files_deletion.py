"""Deleting a file: hidden at once, undone within its time, and then gone with all that was made of it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.logs import Failed

from tests.api.test_uploads import used_bytes
from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.stage import Stage

TEXT = b"Roses are red.\nViolets are blue.\n"


def _deleted(stage: Stage, person: Person, file_id: str, seconds_ago: int = 31) -> dict[str, Any]:
    """Delete a file and let time pass; returns the purge's payload."""
    assert person.delete(f"/files/{file_id}").status == 200
    stage.edit("files", file_id, deleted_at=int(time.time()) - seconds_ago)
    payload: dict[str, Any] = stage.scheduler.payloads()[-1]
    assert payload == {"user_id": person.user_id, "file_id": file_id}
    return payload


def test_a_deleted_file_is_hidden_at_once_everywhere(stage: Stage, ada: Person) -> None:
    file_id, kept = stage.ready(ada, TEXT), stage.ready(ada, TEXT, "kept.txt")
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    reply = ada.delete(f"/files/{file_id}")
    assert (reply.status, reply.body["file_id"]) == (200, file_id)
    (schedule,) = stage.scheduler.schedules.values()
    assert schedule["ScheduleExpression"] > f"at({reply.body['undo_until'][:19]})"
    for method, path in (
        ("GET", f"/files/{file_id}"),
        ("GET", f"/files/{file_id}/pages/1"),
        ("GET", f"/files/{file_id}/content"),
        ("DELETE", f"/files/{file_id}"),
    ):
        assert ada.call(method, path).status == 404, path
    assert ada.patch(f"/files/{file_id}", {"name": "Back.txt"}).status == 404
    assert ada.patch(f"/files/{file_id}", {}).status == 404
    assert ada.send(conversation_id, "More", file_ids=[file_id]).status == 404
    assert [file["file_id"] for file in ada.files()] == [kept]
    assert len(stage.scheduler.schedules) == 1


def test_a_deletion_is_undone_within_its_time_and_not_after(stage: Stage, ada: Person, grace: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    before = ada.file(file_id)
    del before["used_in"], before["kept_until"]
    path = f"/files/{file_id}"
    payload = _deleted(stage, ada, file_id, 29)
    assert grace.patch(path, {"deleted": False}).status == 404
    assert ada.patch(path, {"deleted": False, "name": "Back.txt"}).body == before | {"name": "Back.txt"}
    stage.purge(payload)
    assert ada.get(f"{path}/pages/1").status == 200
    _deleted(stage, ada, file_id, 32)
    assert ada.patch(path, {"deleted": False}).status == 404
    stage.edit("files", file_id, deleted_at=int(time.time()) - 29, purging=True)
    assert ada.patch(path, {"deleted": False}).status == 404


def test_a_purge_removes_every_version_the_pages_and_the_row_and_releases_the_room(
    stage: Stage, ada: Person, grace: Person
) -> None:
    uploaded = stage.upload(ada, TEXT)
    stage.extract(uploaded.event)
    stage.store(uploaded.key, TEXT)
    theirs, kept = stage.ready(grace, TEXT), stage.ready(ada, TEXT, "kept.txt")
    others = [key for key in stage.objects() if uploaded.file_id not in key]
    assert len(others) < len(stage.objects())
    conversation_id = ada.new_conversation(title="T")
    answer = ada.ask(conversation_id, "Which roses?", file_ids=[uploaded.file_id])
    payload = _deleted(stage, ada, uploaded.file_id)
    for _ in range(2):
        stage.purge(payload)
        assert stage.objects() == others
        assert {row["file_id"] for row in stage.rows("files")} == {theirs, kept}
        assert used_bytes(stage, ada) == used_bytes(stage, grace) == len(TEXT)
    messages = ada.messages(conversation_id)
    prompt = next(message for message in messages if message["role"] == "user")
    assert [file["name"] for file in prompt["files"]] == ["notes.txt"]
    assert answer["message_id"] in {message["message_id"] for message in messages}


def test_a_purge_that_comes_too_early_or_for_somebody_else_does_nothing(
    stage: Stage, ada: Person, grace: Person
) -> None:
    file_id = stage.ready(ada, TEXT)
    payload = _deleted(stage, ada, file_id, 0)
    before = (stage.rows("files"), stage.objects(), used_bytes(stage, ada))
    stage.purge(payload)
    stage.edit("files", file_id, deleted_at=None)
    stage.purge(payload)
    stage.edit("files", file_id, deleted_at=before[0][0]["deleted_at"] - 31)
    stage.purge({"user_id": grace.user_id, "file_id": file_id})
    stage.edit("files", file_id, deleted_at=before[0][0]["deleted_at"])
    assert (stage.rows("files"), stage.objects(), used_bytes(stage, ada)) == before


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_purge_that_broke_off_anywhere_is_finished_by_the_next(stage: Stage, ada: Person, moment: str) -> None:
    """Killed at each write that it makes, in turn: the mark, the objects, the pages, the row with its room."""
    of_rows = {"before": wire.killed_before, "after": wire.killed_after}[moment]
    of_objects = {"before": wire.killed_before, "after": wire.killed_after}[moment]
    kept = stage.ready(ada, TEXT, "kept.txt")
    kept_objects = stage.objects()
    for point in range(4):
        file_id = stage.ready(ada, TEXT)
        payload = _deleted(stage, ada, file_id)
        if point in (0, 3):
            stage.wire.fail(of_rows, lambda call: call.writes, nth=1 if point == 0 else 2)
        else:
            stage.s3_wire.fail(of_objects, lambda call: call.writes, nth=point)
        with pytest.raises(wire.Killed):
            stage.purge(payload)
        stage.purge(payload)
        assert [row["file_id"] for row in stage.rows("files")] == [kept], point
        assert stage.objects() == kept_objects, point
        assert used_bytes(stage, ada) == len(TEXT), point
    assert (len(stage.wire.struck), len(stage.s3_wire.struck)) == (2, 2)


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout, dynamodb.throttled, dynamodb.conflict])
def test_a_purge_with_faults_releases_the_room_once(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    kept, file_id = stage.ready(ada, TEXT, "kept.txt"), stage.ready(ada, TEXT)
    payload = _deleted(stage, ada, file_id)
    stage.wire.fail(fault, lambda call: call.operation == "TransactWriteItems")
    stage.s3_wire.fail(wire.lost_reply, lambda call: call.writes)
    stage.purge(payload)
    assert [row["file_id"] for row in stage.rows("files")] == [kept]
    assert used_bytes(stage, ada) == len(TEXT)


def test_objects_that_cannot_be_deleted_keep_the_row_for_the_next_purge(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    payload = _deleted(stage, ada, file_id)
    stage.s3_wire.fail(s3.slow_down, lambda call: call.writes, times=20)
    with pytest.raises(Failed, match="Busy"):
        stage.purge(payload)
    assert stage.row("files", file_id)["purging"] is True
    stage.s3_wire.clear()
    stage.purge(payload)
    assert stage.rows("files") == []
    assert stage.objects() == []


def test_an_upload_that_arrives_after_its_file_was_purged_is_removed(stage: Stage, ada: Person) -> None:
    reply = ada.post("/files", {"name": "late.txt", "type": "text/plain", "size": len(TEXT)})
    file_id, fields = reply.body["file"]["file_id"], reply.body["upload"]["fields"]
    stage.purge(_deleted(stage, ada, file_id))
    assert (stage.rows("files"), used_bytes(stage, ada)) == ([], 0)
    version_id = stage.send_form(fields, TEXT)
    stage.extract(stage.s3_event(fields["key"], version_id))
    assert (stage.rows("files"), stage.objects(), used_bytes(stage, ada)) == ([], [], 0)


def test_a_deleted_conversation_leaves_its_files_alone(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    ada.delete(f"/conversations/{conversation_id}")
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
    stage.purge(stage.scheduler.payloads()[-1])
    assert stage.rows("conversations") == []
    shown = ada.file(file_id)
    assert (shown["status"], shown["used_in"]) == ("ready", [])
    assert ada.get(f"/files/{file_id}/pages/1").status == 200
