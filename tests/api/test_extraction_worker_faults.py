"""Crashes, AWS in trouble: a file ends as ready or failed all the same, and nothing of it is logged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from chalicelib import logs
from chalicelib.files import extraction_worker, sight
from chalicelib.push import channel

from tests.arrivals import Arrived, arrive, long_text, pdf, run_on
from tests.fakes import dynamodb, s3, wire
from tests.fakes.aws import client_error
from tests.fakes.wire import Killed
from tests.people import Person
from tests.stage import Stage, wait_for

SECRET = "MARKER-TEXT"
pytestmark = pytest.mark.usefixtures("clean_folder")


# Crashes


def _crashes(stage: Stage, event: dict[str, Any]) -> None:
    """As Lambda sees it: what is raised says the type and nothing more."""
    with pytest.raises(logs.Failed, match=r"^\w+$"):
        stage.extract(event)


@pytest.mark.parametrize("operation", ["GetObject", "PutObject"])
def test_a_crash_is_tried_once_more(stage: Stage, ada: Person, tmp_path: Path, operation: str) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 30))
    stage.s3_wire.fail(s3.refusal("InvalidObjectState", 403), lambda call: call.operation == operation)
    _crashes(stage, file.event)
    assert len(stage.s3_wire.struck) == 1
    assert (file.row["status"], file.row["attempts"]) == ("reading", 1)
    assert "token" not in file.row
    stage.extract(file.event)
    assert (file.row["status"], file.row["attempts"]) == ("ready", 2)
    assert len(stage.objects(file.extract)) == 4  # nothing of the first attempt is kept beside
    read = [frame["file"]["pages_read"] for frame in stage.gateway.sent["tab"]]
    assert read == sorted(read)


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """No page of a scan is small enough to be seen."""
    monkeypatch.setattr(sight, "MAX_SIGHT_BYTES", 10)
    return capfd


@pytest.mark.parametrize("good", [True, False])
def test_a_file_is_settled_although_nothing_can_be_tidied_up(
    stage: Stage, ada: Person, tmp_path: Path, unseen: pytest.CaptureFixture[str], good: bool
) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 30, lambda number: "Roses." if good else ""), name="a.pdf")
    # The first listing is the one by which a file is claimed.
    stage.s3_wire.fail(s3.denied, lambda call: call.operation == "ListObjectVersions", nth=2)
    stage.extract(file.event)
    assert len(stage.s3_wire.struck) == 1
    assert file.row["status"] == ("ready" if good else "failed")
    assert '"event":"error"' in unseen.readouterr().out


def test_what_was_shown_as_read_is_not_taken_back(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction_worker, "TICK_EVERY_S", 0.01)
    file = arrive(stage, ada, pdf(tmp_path, 45))

    def deny_once_shown(call: s3.Call, send: wire.Send) -> Any:
        wait_for(lambda: file.row["pages_read"] >= 20, "the pages that were stored to be shown as read")
        return s3.denied(call, send)

    stage.s3_wire.fail(deny_once_shown, lambda call: call.key.endswith("000021.jsonl"))
    _crashes(stage, file.event)
    before = file.row["pages_read"]
    shown: list[int] = []

    def renewals() -> int:
        return sum("SET #lease_until" in str(call) for call in stage.wire.calls)

    def look(call: s3.Call, send: wire.Send) -> Any:
        begun = renewals()
        wait_for(lambda: renewals() > begun + 1)
        shown.append(file.row["pages_read"])
        return send()

    stage.s3_wire.fail(look, lambda call: call.operation == "PutObject" and call.key.endswith("000001.jsonl"))
    stage.extract(file.event)
    assert shown == [before]
    assert file.row["status"] == "ready"


def test_a_second_crash_ends_it_and_is_seen_by_lambda(stage: Stage, ada: Person, tmp_path: Path) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 30))
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("000021.jsonl"), times=99)
    _crashes(stage, file.event)
    _crashes(stage, file.event)
    row = file.row
    assert (row["status"], row["error"]["code"], row["attempts"]) == ("failed", "reading_failed", 2)
    assert "Upload it again" in row["error"]["message"]
    assert stage.gateway.sent["tab"][-1]["file"]["error"] == row["error"]
    assert stage.objects() == [file.key]
    stage.s3_wire.clear()
    stage.extract(file.event)
    assert file.row == row


def test_a_crash_before_the_claim_leaves_the_file_to_the_next_attempt(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, b"Red roses.")
    stage.s3_wire.fail(s3.denied)
    _crashes(stage, file.event)
    assert file.row["status"] == "uploaded"
    stage.extract(file.event)
    assert (file.row["status"], file.row["attempts"]) == ("ready", 1)


def test_a_crash_in_a_later_run_is_tried_again_from_where_that_began(stage: Stage, ada: Person) -> None:
    file, whole = (arrive(stage, ada, long_text(1_500)) for _ in range(2))
    stage.extract(whole.event)
    stage.extract(file.event, seconds=1)
    (event,) = stage.lambdas.take("extract")
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("000041.jsonl"))
    _crashes(stage, event)
    assert (file.row["status"], file.row["attempts"], file.row["continue_at"]) == ("reading", 1, 21)
    stage.s3_wire.clear()
    stage.extract(event)
    assert file.row["status"] == "ready"
    assert file.pages() == whole.pages()
    assert not any(call.key.endswith("000001.jsonl") and call.operation == "PutObject" for call in stage.s3_wire.calls)


def test_a_run_that_cannot_start_the_next_is_tried_again(stage: Stage, ada: Person) -> None:
    file = arrive(stage, ada, long_text(1_500))
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    with pytest.raises(logs.Failed):
        stage.extract(file.event, seconds=1)
    assert (file.row["status"], file.row["continue_at"]) == ("reading", 21)
    stage.extract(file.event, seconds=1)
    assert run_on(stage) > 0
    assert file.row["status"] == "ready"


@pytest.mark.parametrize("killed", [wire.killed_before, wire.killed_after])
def test_a_killed_worker_leaves_a_lease_that_ends(stage: Stage, ada: Person, tmp_path: Path, killed: s3.Fault) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 30))
    stage.s3_wire.fail(killed, lambda call: call.key.endswith("000021.jsonl"))
    with pytest.raises(Killed):
        stage.extract(file.event)
    assert file.row["status"] == "reading"
    stage.edit("files", file.file_id, lease_until=1)
    stage.extract(file.event)
    assert (file.row["status"], file.row["attempts"]) == ("ready", 2)
    assert len(file.pages()) == 30


# AWS in trouble


def _whole(stage: Stage, file: Arrived, pages: int) -> None:
    row = file.row
    assert (row["status"], row["pages"], row["pages_read"], row["attempts"]) == ("ready", pages, pages, 1)
    assert "token" not in row
    assert len(file.pages()) == pages
    assert stage.gateway.sent["tab"][-1]["file"]["status"] == "ready"
    stored = stage.objects(file.extract)
    assert len(stored) == len(set(stored))


DYNAMODB_FAULTS = [
    dynamodb.exceeded,
    dynamodb.conflict,
    wire.unreachable,
    wire.lost_reply,
    wire.read_timeout,
]


@pytest.mark.parametrize("fault", DYNAMODB_FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_at_any_call_to_dynamodb_is_survived(
    stage: Stage, ada: Person, fault: dynamodb.Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction_worker, "TICK_EVERY_S", 60)
    ada.connect("tab")
    stage.extract(arrive(stage, ada, b"Red roses.").event)
    stage.wire.clear()
    stage.extract(arrive(stage, ada, b"Red roses.").event)
    calls = len(stage.wire.calls)
    assert calls == 6  # find, claim, place, sockets, end, place
    for nth in range(1, calls + 1):
        file = arrive(stage, ada, b"Red roses.")
        stage.wire.clear()
        stage.wire.fail(fault, nth=nth)
        stage.extract(file.event)
        assert len(stage.wire.struck) == 1
        _whole(stage, file, 1)


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout], ids=lambda fault: fault.__name__)
def test_a_run_that_stops_survives_a_lost_reply(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, long_text(1_000))
    stage.wire.fail(fault, lambda call: "continue_at" in str(call))
    stage.extract(file.event, seconds=1)
    assert len(stage.wire.struck) == 1
    assert run_on(stage) == 1
    _whole(stage, file, file.row["pages"])


def test_a_renewal_that_fails_is_made_up_for(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction_worker, "TICK_EVERY_S", 0.01)
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 60))
    stage.wire.fail(dynamodb.throttled, lambda call: "SET #lease_until" in str(call), times=10)
    stage.extract(file.event)
    assert len(stage.wire.struck) == 10
    _whole(stage, file, 60)


def test_the_end_is_repeated_while_dynamodb_is_busy(stage: Stage, ada: Person) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, b"Red roses.")
    stage.wire.fail(dynamodb.exceeded, lambda call: "#characters" in str(call), times=7)
    stage.extract(file.event)
    assert len(stage.wire.struck) == 7
    _whole(stage, file, 1)


@pytest.mark.parametrize(
    "fault", [s3.slow_down, wire.unreachable, wire.lost_reply], ids=["slow", "unreachable", "lost"]
)
def test_a_fault_at_any_call_to_s3_is_survived(stage: Stage, ada: Person, fault: s3.Fault) -> None:
    ada.connect("tab")
    text = long_text(450)
    first = arrive(stage, ada, text)
    stage.s3_wire.clear()
    stage.extract(first.event)
    pages, calls = first.row["pages"], len(stage.s3_wire.calls)
    assert pages > 20
    assert {call.operation for call in stage.s3_wire.calls} >= {"GetObject", "PutObject", "ListObjectVersions"}
    for nth in range(1, calls + 1):
        file = arrive(stage, ada, text)
        stage.s3_wire.clear()
        stage.s3_wire.fail(fault, nth=nth)
        stage.extract(file.event)
        assert len(stage.s3_wire.struck) == 1
        _whole(stage, file, pages)


def test_a_socket_that_fails_costs_no_extraction(stage: Stage, ada: Person) -> None:
    ada.connect("tab")

    def refuse(connection_id: str) -> None:
        raise client_error("InternalServerError", "PostToConnection", 500)

    stage.gateway.before_post = refuse
    file = arrive(stage, ada, b"Red roses.")
    stage.extract(file.event)
    assert file.row["status"] == "ready"


def test_a_socket_that_is_gone_loses_its_rows(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "OPENING_S", 0)
    for name in ("tab", "closed"):
        ada.connect(name)
    stage.gateway.gone = {"closed"}
    file = arrive(stage, ada, b"Red roses.")
    stage.extract(file.event)
    assert file.row["status"] == "ready"
    assert "closed" not in str(stage.rows("sockets"))
    assert stage.gateway.sent["tab"][-1]["file"]["status"] == "ready"


# What is logged


def _crash_quoting(stage: Stage, file: Arrived) -> None:
    def quote(call: s3.Call, send: wire.Send) -> Any:
        raise client_error(SECRET, "PutObject", 400)

    stage.s3_wire.fail(quote, lambda call: call.operation == "PutObject", times=9)
    for _ in range(2):
        try:
            stage.extract(file.event)
        except Exception as error:
            logging.getLogger().exception("handler failed", exc_info=error)
    assert file.row["status"] == "failed"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{SECRET}.txt", SECRET.encode()),
        (f"{SECRET}.pdf", b"%PDF-1.7 " + SECRET.encode()),
        (f"{SECRET}.png", SECRET.encode()),
        (f"{SECRET}.html", f"<h1>{SECRET}</h1><{SECRET}".encode()),
        (f"{SECRET}.json", f'{{"{SECRET}"'.encode()),
    ],
)
@pytest.mark.parametrize("crash", [True, False])
def test_neither_name_nor_text_is_logged(
    stage: Stage,
    ada: Person,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    *,
    name: str,
    content: bytes,
    crash: bool,
) -> None:
    caplog.set_level(logging.DEBUG, "chalicelib")
    caplog.set_level(logging.INFO)
    ada.connect("tab")
    file = arrive(stage, ada, content, name, media_type=SECRET.lower())
    if crash:
        file = arrive(stage, ada, SECRET.encode(), name.rpartition(".")[0])
        _crash_quoting(stage, file)
    else:
        stage.extract(file.event)
    out, err = capfd.readouterr()
    written = out + err + caplog.text
    assert file.file_id in written
    assert '"event":"extraction"' in written
    assert SECRET.lower() not in written.lower()
