"""S3's events come twice, late and out of order, forms are sent again, files are deleted: one extraction, or none."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from chalicelib import logs
from chalicelib.extraction.index.search_index import search
from chalicelib.files import extraction_worker

from tests.arrivals import Arrived, arrive, pdf
from tests.fakes import dynamodb, s3, wire
from tests.fakes.wire import Killed
from tests.people import Person
from tests.stage import Stage, wait_for
from tests.storage import BUCKET

TEXT = b"Red roses, white lilies and one yellow tulip."


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction_worker, "TICK_EVERY_S", 0.01)


def _at_once(stage: Stage, events: list[dict[str, Any]]) -> None:
    """Deliver events to as many workers, which begin together."""
    start = threading.Barrier(len(events))

    def work(event: dict[str, Any]) -> None:
        start.wait(20)
        stage.extract(event)

    workers = [threading.Thread(target=work, args=(event,), daemon=True) for event in events]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()


def _is_read_once(stage: Stage, file: Arrived, text: bytes = TEXT) -> None:
    """By what is stored: the first version pinned and the only one, one claim, each object written once."""
    row = file.row
    assert (row["status"], row["attempts"], row["version_id"]) == ("ready", 1, file.version_id), row
    assert file.pages() == [text.decode()]
    extract = sorted([row["index_key"], f"{file.extract}outline.txt", f"{file.extract}pages/000001.jsonl"])
    assert stage.objects() == [*extract, file.key]
    assert sorted(call.key for call in stage.s3_wire.calls if call.operation == "PutObject") == extract
    assert stage.body(file.key) == text


def test_twenty_deliveries_at_once_make_one_extraction(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    _at_once(stage, [file.event] * 20)
    _is_read_once(stage, file)


def test_twenty_duplicate_and_reversed_events_at_once_read_the_first_version_once(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    later = [file.sent_again(b"another text %d" % number) for number in range(3)]
    _at_once(stage, [*reversed(later), file.event] * 5)
    _is_read_once(stage, file)


def test_the_event_of_a_later_version_that_comes_first_reads_the_first_version(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    later = file.sent_again()
    stage.extract(later)
    _is_read_once(stage, file)
    for event in (file.event, later, file.event):
        stage.extract(event)
    _is_read_once(stage, file)


def test_a_form_sent_again_after_the_end_changes_nothing(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    stage.extract(file.event)
    before = file.row
    later = file.sent_again()
    assert stage.objects().count(file.key) == 2
    stage.extract(later)
    assert file.row == before
    _is_read_once(stage, file)


def test_a_form_sent_again_while_it_is_read_changes_nothing(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)

    def in_between(call: s3.Call, send: wire.Send) -> Any:
        stage.extract(file.sent_again())
        return send()

    stage.s3_wire.fail(in_between, lambda call: call.operation == "PutObject")
    stage.extract(file.event)
    _is_read_once(stage, file)


def test_a_failed_file_stays_failed_whatever_comes(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, b"\x7fELF\x02\x01\x01" + bytes(90))
    stage.extract(file.event)
    before = file.row
    assert before["status"] == "failed"
    for event in (file.event, file.sent_again(TEXT), file.event):
        stage.extract(event)
    assert file.row == before
    assert stage.objects() == [file.key]


# Keys that are not what they seem


def test_an_object_without_a_row_is_deleted_with_all_that_may_be_left(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    stage.extract(file.event)
    again = file.sent_again()
    stage.delete("files", file.row)
    bystander = arrive(stage, ada, TEXT)
    stage.extract(again)
    assert stage.objects() == [bystander.key]
    assert [row["file_id"] for row in stage.rows("files")] == [bystander.file_id]


@pytest.mark.parametrize("mistake", ["user", "name"])
def test_a_key_that_the_row_does_not_name_is_not_read(stage: Stage, ada: Person, grace: Person, mistake: str) -> None:
    file = arrive(stage, ada, TEXT)
    user_id = grace.user_id if mistake == "user" else ada.user_id
    key = f"uploads/{user_id}/{file.file_id}/{'notes.txt' if mistake == 'user' else 'other.txt'}"
    stage.extract(stage.s3_event(key, stage.store(key, b"Not what was announced.")))
    assert file.row["status"] == "uploaded"
    assert stage.objects() == [file.key]
    stage.extract(file.event)
    _is_read_once(stage, file)


@pytest.mark.parametrize(
    "key", ["uploads/x", "uploads/a/b/c", "uploads/a/b/c/d", "uploads/a//b", f"uploads/{uuid.UUID(int=7 << 76)}"]
)
def test_a_key_that_was_never_given_out_is_left_alone(stage: Stage, key: str) -> None:
    stage.extract(stage.s3_event(key, stage.store(key, TEXT)))
    assert stage.objects() == [key]


def test_a_key_is_decoded_as_s3_encodes_it(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT, "Résumé + notes (1) 100%.txt")
    assert "%C3%A9" in str(file.event)
    stage.extract(file.event)
    _is_read_once(stage, file)


# Leases


def _left(stage: Stage, file: Arrived) -> None:
    """Claimed by a worker that was killed; its lease has run out."""
    stage.s3_wire.fail(wire.killed_before, lambda call: call.operation == "GetObject")
    with pytest.raises(Killed):
        stage.extract(file.event)
    assert (file.row["status"], file.row["attempts"]) == ("reading", 1)
    stage.s3_wire.clear()


def test_a_killed_worker_s_file_is_taken_up_once_its_lease_is_over(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    _left(stage, file)
    before = file.row
    stage.extract(file.event)
    assert file.row == before  # it may still be alive
    stage.edit("files", file.file_id, lease_until=int(time.time()) - 1)
    _at_once(stage, [file.event] * 10)
    assert (file.row["status"], file.row["attempts"]) == ("ready", 2)
    assert len([call for call in stage.s3_wire.calls if call.operation == "PutObject"]) == 3


def test_a_file_whose_workers_were_killed_twice_is_not_tried_again(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    _left(stage, file)
    stage.edit("files", file.file_id, lease_until=int(time.time()) - 1, attempts=2)
    before = file.row
    stage.extract(file.event)
    assert file.row == before


def test_a_claim_that_comes_late_does_not_try_a_third_time(stage: Stage, ada: Person) -> None:
    """Between its reading of the row and its claim, another worker takes the file up and crashes."""
    file = arrive(stage, ada, TEXT)
    _left(stage, file)
    stage.edit("files", file.file_id, lease_until=int(time.time()) - 1)

    def meanwhile(call: dynamodb.Call, send: wire.Send) -> Any:
        stage.edit("files", file.file_id, attempts=2)
        return send()

    stage.wire.fail(meanwhile, lambda call: ":attempts" in str(call.body))
    stage.extract(file.event)
    assert len(stage.wire.struck) == 1
    assert file.row["status"] == "reading"
    assert stage.objects() == [file.key]


def test_another_version_s_event_does_not_take_up_what_a_killed_worker_left(stage: Stage, ada: Person) -> None:
    """Only the event that claimed a file may go on with it; S3 and Lambda deliver that one again."""
    file = arrive(stage, ada, TEXT)
    later = file.sent_again()
    _left(stage, file)
    stage.edit("files", file.file_id, lease_until=int(time.time()) - 1)
    stage.extract(later)
    assert file.row["attempts"] == 1
    stage.extract(file.event)
    assert file.row["status"] == "ready"
    assert stage.body(file.key) == TEXT


class _Sleeper:
    """A worker that sleeps while it stores an object whose key ends so, until its lease is over and it is woken."""

    def __init__(self, stage: Stage, file: Arrived, key: str, nth: int = 1) -> None:
        asleep, self._awake = threading.Event(), threading.Event()

        def sleep(call: s3.Call, send: wire.Send) -> Any:
            asleep.set()
            self._awake.wait(20)
            return send()

        stage.s3_wire.fail(sleep, lambda call: call.operation == "PutObject" and call.key.endswith(key), nth=nth)
        self._thread = threading.Thread(target=stage.extract, args=(file.event,), daemon=True)
        self._thread.start()
        asleep.wait(20)
        stage.edit("files", file.file_id, lease_until=int(time.time()) - 1)

    def wake(self) -> None:
        """And let it go on to its end."""
        self._awake.set()
        self._thread.join(20)
        assert not self._thread.is_alive()


# Of 45 pages the index is stored after the 20th, and at the end.
@pytest.mark.parametrize(("key", "nth"), [("pages/000001.jsonl", 1), ("index.sqlite", 1), ("index.sqlite", 2)])
def test_a_worker_that_slept_past_its_lease_leaves_its_successor_alone(
    stage: Stage, ada: Person, tmp_path: Path, key: str, nth: int
) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 45))
    sleeper = _Sleeper(stage, file, key, nth)
    stage.extract(file.event)
    stage.edit("files", file.file_id, tokens=1)  # not what the sleeper would find
    before, stored = file.row, stage.objects()
    assert (before["status"], before["attempts"]) == ("ready", 2)
    sleeper.wake()
    assert file.row == before
    assert stage.objects() == stored
    assert file.pages() == [f"Page {number} is about roses." for number in range(1, 46)]
    assert [hit.number for hit in search(file.index(tmp_path / "index"), "45")] == [45]


def test_a_worker_that_slept_until_its_file_had_failed_leaves_nothing(
    stage: Stage, ada: Person, tmp_path: Path
) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 45))
    sleeper = _Sleeper(stage, file, "index.sqlite")
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("000021.jsonl"))
    with pytest.raises(logs.Failed):
        stage.extract(file.event)
    assert (file.row["status"], stage.objects()) == ("failed", [file.key])
    sleeper.wake()
    assert (file.row["status"], stage.objects()) == ("failed", [file.key])


# Its file goes away


def _purge(stage: Stage, file: Arrived) -> None:
    """What a purge does in the end, whatever the worker is doing."""
    stage.delete("files", file.row)
    for key in set(stage.objects()):
        for version in stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key).get("Versions", []):
            stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("moment", ["pages/000001", "pages/000021", "outline"])
@pytest.mark.usefixtures("quick")
def test_a_file_purged_while_it_is_read_leaves_nothing_behind(
    stage: Stage, ada: Person, tmp_path: Path, moment: str, begun: bool
) -> None:
    """begun: the purge has marked the row, and not removed it yet."""
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 45))

    def purge(call: s3.Call, send: wire.Send) -> Any:
        if begun:
            stage.edit("files", file.file_id, deleted_at=int(time.time()) - 40, purging=True)
        else:
            _purge(stage, file)
        return send()

    stage.s3_wire.fail(purge, lambda call: call.operation == "PutObject" and moment in call.key)
    stage.extract(file.event)
    assert len(stage.s3_wire.struck) == 1
    assert stage.objects() == []
    assert {frame["file"]["status"] for frame in stage.gateway.sent["tab"]} == {"reading"}  # of no end
    if begun:
        assert file.row["status"] == "reading"
    else:
        assert stage.rows("files") == []


def test_a_worker_stops_once_its_file_was_purged(stage: Stage, ada: Person, tmp_path: Path, quick: None) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 400))

    def renewals() -> int:
        return sum(call.operation == "UpdateItem" for call in stage.wire.calls)

    def purge(call: s3.Call, send: wire.Send) -> Any:
        before = renewals()
        _purge(stage, file)
        wait_for(lambda: renewals() > before)
        return send()

    stage.s3_wire.fail(purge, lambda call: call.key.endswith("pages/000001.jsonl"))
    stage.extract(file.event)
    assert stage.objects() == []
    assert not any(call.key.endswith("pages/000381.jsonl") for call in stage.s3_wire.calls)


def test_a_file_that_is_being_purged_is_not_begun(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, TEXT)
    stage.edit("files", file.file_id, deleted_at=int(time.time()) - 40, purging=True)
    before = file.row
    stage.extract(file.event)
    assert file.row == before
    assert not [call for call in stage.s3_wire.calls if call.operation == "PutObject"]


def test_a_file_whose_deletion_can_be_undone_is_read_unseen(stage: Stage, ada: Person, tmp_path: Path) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 30), deleted_at=int(time.time()))
    stage.extract(file.event)
    assert (file.row["status"], file.row["pages"]) == ("ready", 30)
    assert file.row["deleted_at"]
    assert stage.gateway.sent == {}
