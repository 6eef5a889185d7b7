"""The room that a person's files take: reserved before they come, released when they go, never exceeded."""

from __future__ import annotations

import threading
import time

import pytest
from botocore.awsrequest import AWSResponse
from chalicelib.files import quota
from chalicelib.ids import iso

from tests.api.test_uploads import FILE, INLINE, MB, used_bytes
from tests.fakes import dynamodb, s3, wire
from tests.people import Person, Reply
from tests.stage import Stage


@pytest.fixture
def small(stage: Stage) -> Stage:
    """A stage where everybody has 10 MB."""
    stage.configure(storage_quota_mb=10)
    return stage


def _full(reply: Reply, used_mb: float) -> None:
    assert (reply.status, reply.error) == (413, "storage_full"), reply
    error = reply.body["error"]
    assert (error["used_bytes"], error["limit_bytes"]) == (int(used_mb * MB), 10 * MB)
    assert "10.0 MB" in error["message"]


def test_a_full_storage_names_what_is_used_and_what_there_is(small: Stage, ada: Person, grace: Person) -> None:
    assert ada.post("/files", FILE | {"size": 6 * MB}).status == 201
    _full(ada.post("/files", FILE | {"size": 4 * MB + 1}), used_mb=6)
    assert ada.post("/files", FILE | {"size": 4 * MB}).status == 201
    _full(ada.post("/files", INLINE), used_mb=10)
    assert len(small.rows("files")) == 2
    assert small.objects() == []
    assert used_bytes(small, ada) == 10 * MB
    assert grace.post("/files", FILE | {"size": 10 * MB}).status == 201


def test_a_file_that_is_larger_than_all_storage_never_fits(small: Stage, ada: Person) -> None:
    _full(ada.post("/files", FILE | {"size": 10 * MB + 1}), used_mb=0)
    assert small.rows("files") == []


def test_however_small_files_are_there_are_only_so_many(
    stage: Stage, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_FILES", 3)
    ids = [_new(ada, 1) for _ in range(3)]
    for body in (FILE | {"size": 1}, INLINE):
        refused = ada.post("/files", body)
        assert (refused.status, refused.error) == (409, "too_many_files")
        assert "3 files" in refused.body["error"]["message"]
    assert (len(stage.rows("files")), stage.objects(), used_bytes(stage, ada)) == (3, [], 3)
    _older(stage, ids[0], 3_601)
    _new(ada, 1)
    ada.delete(f"/files/{ids[1]}")
    stage.edit("files", ids[1], deleted_at=int(time.time()) - 31)
    stage.purge(stage.scheduler.payloads()[-1])
    _new(ada, 1)
    assert ada.post("/files", FILE | {"size": 1}).status == 409
    assert grace.post("/files", FILE).status == 201


def test_twenty_at_once_never_exceed_the_storage(small: Stage, ada: Person) -> None:
    statuses: list[int] = []

    def post() -> None:
        statuses.append(ada.post("/files", FILE | {"size": MB}).status)

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] * 10 + [413] * 10
    assert len(small.rows("files")) == 10
    assert used_bytes(small, ada) == 10 * MB


def test_a_conflict_with_another_upload_is_waited_out(stage: Stage, ada: Person) -> None:
    stage.wire.fail(dynamodb.conflict, lambda call: call.operation == "TransactWriteItems", times=7)
    assert ada.post("/files", FILE).status == 201
    assert used_bytes(stage, ada) == 5


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout, dynamodb.throttled])
def test_a_reservation_whose_reply_was_lost_counts_once(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    stage.wire.fail(fault, lambda call: call.operation == "TransactWriteItems")
    assert ada.post("/files", FILE).status == 201
    assert (len(stage.rows("files")), used_bytes(stage, ada)) == (1, 5)


# Uploads that never came


def _older(stage: Stage, file_id: str, seconds: int) -> None:
    stage.edit("files", file_id, upload_timestamp=iso(time.time() - seconds))


def _new(person: Person, size: int = 6 * MB) -> str:
    reply = person.post("/files", FILE | {"size": size})
    assert reply.status == 201, reply
    file_id: str = reply.body["file"]["file_id"]
    return file_id


def test_an_upload_that_never_came_makes_room_before_anything_is_refused(small: Stage, ada: Person) -> None:
    first, second = _new(ada, 3 * MB), _new(ada, 3 * MB)
    _older(small, first, 3_540)
    _older(small, second, 3_540)
    _full(ada.post("/files", FILE | {"size": 6 * MB}), used_mb=6)
    _older(small, first, 3_601)
    third = _new(ada, 6 * MB)
    assert {row["file_id"] for row in small.rows("files")} == {second, third}
    assert used_bytes(small, ada) == 9 * MB


def test_sweeping_finds_what_never_came_behind_many_files(small: Stage, ada: Person) -> None:
    old = _new(ada)
    row = small.row("files", old)
    for number in range(120):
        small.put(
            "files",
            row | {"file_id": f"{number:032}", "status": "ready", "upload_timestamp": iso(time.time() - number)},
        )
    _older(small, old, 3_601)
    small.put("files", row | {"file_id": "x", "upload_timestamp": iso(time.time()), "status": "ready"})
    assert _new(ada) != old
    assert used_bytes(small, ada) == 6 * MB


def test_a_file_that_came_or_was_read_is_not_swept(small: Stage, ada: Person) -> None:
    came = small.upload(ada, b"x" * MB)  # its event is late
    read = small.ready(ada, b"roses " * 200_000)
    for file_id in (came.file_id, read):
        _older(small, file_id, 7 * 3_600)
    before = used_bytes(small, ada)
    assert ada.post("/files", FILE | {"size": 9 * MB}).status == 413
    assert {file["file_id"] for file in ada.files()} == {came.file_id, read}
    assert used_bytes(small, ada) == before
    small.extract(came.event)
    assert ada.file(came.file_id)["status"] == "ready"


def test_a_file_whose_event_was_lost_has_failed_and_can_be_downloaded(stage: Stage, ada: Person) -> None:
    lost, late = stage.upload(ada, b"roses"), stage.upload(ada, b"lilies")
    stage.store(lost.key, b"sent again")
    _older(stage, lost.file_id, 8 * 3_600 + 1)
    _older(stage, late.file_id, 8 * 3_600 - 60)
    shown = {file["file_id"]: file for file in ada.files()}
    assert shown[late.file_id]["status"] == "uploaded"
    assert (shown[lost.file_id]["status"], shown[lost.file_id]["error"]["code"]) == ("failed", "reading_failed")
    assert stage.row("files", lost.file_id)["version_id"] == lost.version_id
    assert ada.get(f"/files/{lost.file_id}/content").status == 200
    for uploaded in (lost, late):
        stage.extract(uploaded.event)
    assert ada.file(lost.file_id)["status"] == "failed"
    assert ada.file(late.file_id)["status"] == "ready"


@pytest.mark.parametrize("fault", [s3.slow_down, wire.unreachable])
def test_a_list_is_shown_although_it_cannot_be_swept(stage: Stage, ada: Person, fault: s3.Fault) -> None:
    old, other = _new(ada, 5), _new(ada, 5)
    _older(stage, old, 3_601)
    stage.s3_wire.fail(fault, times=100)
    assert {file["file_id"] for file in ada.files()} == {old, other}
    stage.s3_wire.clear()
    assert {file["file_id"] for file in ada.files()} == {other}


def test_who_asks_for_one_file_alone_learns_of_its_end(stage: Stage, ada: Person) -> None:
    lost, never = stage.upload(ada, b"roses").file_id, _new(ada, 5)
    _older(stage, lost, 8 * 3_600 + 1)
    _older(stage, never, 3_601)
    stage.s3_wire.fail(s3.slow_down, times=10)
    assert [ada.file(file_id)["status"] for file_id in (lost, never)] == ["uploaded"] * 2
    stage.s3_wire.clear()
    assert ada.file(lost)["error"]["code"] == "reading_failed"
    assert ada.get(f"/files/{never}").status == 404
    assert used_bytes(stage, ada) == 5


def test_a_list_sweeps_what_never_came(stage: Stage, ada: Person, grace: Person) -> None:
    ids = [_new(ada, 5) for _ in range(7)]
    kept, theirs = _new(ada, 5), _new(grace, 5)
    for file_id in (*ids, theirs):
        _older(stage, file_id, 3_601)
    assert kept in [file["file_id"] for file in ada.files()]
    assert [file["file_id"] for file in ada.files()] == [kept]
    assert {row["file_id"] for row in stage.rows("files")} == {kept, theirs}
    assert (used_bytes(stage, ada), used_bytes(stage, grace)) == (5, 5)


def test_what_begins_to_be_read_while_it_is_swept_stays(stage: Stage, ada: Person) -> None:
    """S3 does not name the object, as if it came just after; the row has been claimed by then."""
    uploaded = stage.upload(ada, b"roses")
    _older(stage, uploaded.file_id, 3_601)

    def claimed_meanwhile(call: dynamodb.Call, send: wire.Send) -> AWSResponse:
        stage.extract(uploaded.event)
        return send()

    stage.s3_wire.fail(_nothing, lambda call: call.operation == "ListObjectVersions")
    stage.wire.fail(claimed_meanwhile, lambda call: call.operation == "TransactWriteItems")
    ada.files()
    assert ada.file(uploaded.file_id)["status"] == "ready"
    assert used_bytes(stage, ada) == 5


def _nothing(call: s3.Call, send: wire.Send) -> AWSResponse:
    body = "<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>"
    return s3.answer(200, body)


def test_sweeping_twice_at_once_releases_once(stage: Stage, ada: Person) -> None:
    old, kept = _new(ada, 5), _new(ada, 7)
    _older(stage, old, 3_601)
    threads = [threading.Thread(target=ada.files) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["file_id"] for row in stage.rows("files")] == [kept]
    assert used_bytes(stage, ada) == 7
