"""Of one person's files two are read at a time: the third waits, is seen to wait, and is read when its turn comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction.pages import Item, Page, Total
from chalicelib.files import extraction_worker

from tests.arrivals import Arrived, arrive, run_on
from tests.fakes import dynamodb, wire
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage, wait_for

SLOW = b"slow"


class Gate:
    """A parser that reads files that hold SLOW once `opened` is set, and others at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def read(self, path: Path, kind: Any, limits: Any, start_page: int) -> Iterator[Item]:
        if path.read_bytes() == SLOW:
            self.opened.wait(20)
        yield Page(1, {"kind": "page", "label": "page 1", "page": 1}, "Roses are red.")
        yield Total(1, final=True)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    made = Gate()
    monkeypatch.setattr(extraction_worker, "read", made.read)
    return made


def places(stage: Stage, person: Person) -> dict[str, set[str]]:
    """The person's queue."""
    found = (row for row in stage.rows("usage") if row["subject"] == str(person.subject) and row["period"] == "reading")
    row = next(found, {})
    return {name: row[name] for name in ("reading", "waiting") if name in row}


def two_read(stage: Stage, person: Person, **row: Any) -> list[Arrived]:
    """Two files of a person that are being read elsewhere."""
    held = {"status": "reading", "token": "elsewhere", "lease_until": int(time.time()) + 10, "attempts": 1, **row}
    made = [arrive(stage, person, SLOW, version_id="v", sequencer="s", **held) for _ in range(2)]
    ids = {file.file_id for file in made}
    stage.put("usage", {"subject": str(person.subject), "period": "reading", "reading": ids})
    return made


def ended(stage: Stage, file: Arrived) -> None:
    """What its worker does at the end of one that is read elsewhere."""
    from chalicelib import functions, services
    from chalicelib.files import reading_queue
    from chalicelib.files.row import File

    stage.edit("files", file.file_id, status="ready", token=None, lease_until=None)
    reading_queue.leave(services.of(functions.EXTRACT), File.from_item(file.row))


def woken(stage: Stage) -> list[str]:
    """Ids of the files whose reading was begun anew."""
    events = stage.lambdas.take("extract")
    return [event["Records"][0]["s3"]["object"]["key"].split("%2F")[2] for event in events]


def test_a_third_file_waits_until_another_was_read(stage: Stage, ada: Person, grace: Person, gate: Gate) -> None:
    ada.connect("tab")
    first, second, third = (arrive(stage, ada, SLOW, "a b.txt") for _ in range(3))
    workers = [threading.Thread(target=stage.extract, args=(file.event,), daemon=True) for file in (first, second)]
    for worker in workers:
        worker.start()
    wait_for(lambda: len(places(stage, ada).get("reading", ())) == 2)
    stage.extract(third.event)
    row = third.row
    assert (row["status"], row["attempts"]) == ("waiting", 0)
    assert not {"token", "lease_until"} & row.keys()
    assert ada.file(third.file_id)["status"] == "waiting"
    assert ("waiting", third.file_id) in {
        (frame["file"]["status"], frame["file"]["file_id"]) for frame in stage.gateway.sent["tab"]
    }
    assert stage.lambdas.pending == []
    other = arrive(stage, grace, b"Lilies.")
    stage.extract(other.event)
    assert other.row["status"] == "ready"
    gate.opened.set()
    for worker in workers:
        worker.join(20)
    run_on(stage)
    assert [file.row["status"] for file in (first, second, third)] == ["ready"] * 3
    assert third.row["attempts"] == 1
    assert places(stage, ada) == {}


def test_who_ends_wakes_the_one_that_was_uploaded_first(stage: Stage, ada: Person, gate: Gate) -> None:
    one, other = two_read(stage, ada)
    waiting = [arrive(stage, ada, b"Roses.") for _ in range(3)]
    for file in reversed(waiting):
        stage.extract(file.event)
        stage.extract(file.event)  # S3 tells twice
    assert {file.row["status"] for file in waiting} == {"waiting"}
    ended(stage, one)
    assert woken(stage) == [waiting[0].file_id]
    ended(stage, other)
    assert woken(stage) == [file.file_id for file in waiting[:2]]  # the first has not begun yet


def test_a_place_that_was_given_back_while_a_file_lined_up_is_its_own(stage: Stage, ada: Person, gate: Gate) -> None:
    one, _ = two_read(stage, ada)
    file = arrive(stage, ada, b"Roses.")

    def after_an_end(call: dynamodb.Call, send: wire.Send) -> Any:
        ended(stage, one)
        return send()

    stage.wire.fail(after_an_end, lambda call: "ADD #waiting" in str(call))
    stage.extract(file.event)
    assert woken(stage) == [file.file_id]


@pytest.mark.parametrize("row", [{"status": "failed"}, {"lease_until": 5}])
def test_a_place_whose_file_is_read_by_nobody_is_free(
    stage: Stage, ada: Person, gate: Gate, row: dict[str, Any]
) -> None:
    two_read(stage, ada, **row)
    file = arrive(stage, ada, b"Roses.")
    stage.extract(file.event)
    assert file.row["status"] == "ready"
    assert places(stage, ada) == {}


def test_the_place_of_a_file_that_is_to_be_continued_is_kept(stage: Stage, ada: Person, gate: Gate) -> None:
    two_read(stage, ada, token=None, lease_until=int(time.time()) - 30)
    file = arrive(stage, ada, b"Roses.")
    stage.extract(file.event)
    assert file.row["status"] == "waiting"


@pytest.mark.parametrize("look", ["list", "file"])
def test_whoever_looks_mends_a_wake_up_that_was_lost(stage: Stage, ada: Person, gate: Gate, look: str) -> None:
    one, other = two_read(stage, ada)
    file = arrive(stage, ada, b"Roses.")
    stage.extract(file.event)

    def looked() -> list[str]:
        assert ada.file(file.file_id) if look == "file" else ada.files()
        return woken(stage)

    assert looked() == []  # it is not its turn yet
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    ended(stage, one)
    assert (woken(stage), file.row["status"]) == ([], "waiting")
    assert looked() == [file.file_id]
    # The whole queue was lost.
    stage.delete("usage", {"subject": str(ada.subject), "period": "reading"})
    assert looked() == [file.file_id]
    assert other.row["status"] == "reading"


def test_the_end_of_a_dead_reading_wakes_the_next(stage: Stage, ada: Person, gate: Gate) -> None:
    dead, _ = two_read(stage, ada)
    file = arrive(stage, ada, b"Roses.")
    stage.extract(file.event)
    stage.edit("files", dead.file_id, lease_until=5, attempts=2)
    assert ada.file(dead.file_id)["status"] == "failed"
    assert woken(stage) == [file.file_id]


def test_deleted_files_are_passed_over(stage: Stage, ada: Person, gate: Gate) -> None:
    one, _ = two_read(stage, ada)
    deleted, purged, file = (arrive(stage, ada, b"Roses.") for _ in range(3))
    for each in (deleted, purged, file):
        stage.extract(each.event)
    assert ada.delete(f"/files/{deleted.file_id}").status == 200
    stage.delete("files", {"file_id": purged.file_id})
    ended(stage, one)
    assert woken(stage) == [file.file_id]
    assert places(stage, ada)["waiting"] == {file.file_id}
    # Brought back, it waits again.
    assert ada.patch(f"/files/{deleted.file_id}", {"deleted": False}).status == 200
    assert ada.files()
    assert deleted.file_id in woken(stage)


def test_of_a_long_file_that_waits_between_its_runs_what_was_read_is_shown(stage: Stage, ada: Person) -> None:
    file_id = stage.upload(ada, b"roses").file_id
    stage.edit("files", file_id, status="waiting", pages=100, pages_read=40)
    assert ada.file(file_id)["pages_read"] == 40
