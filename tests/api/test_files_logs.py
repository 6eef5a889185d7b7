"""Nothing of a file is in any log line: neither its name, nor its text, nor the addresses that let one fetch it."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.stage import Stage

# In names, texts, types and what S3 says; in what is signed.
MARK = "MARKER"
SIGNED = ("X-Amz-Signature", "x-amz-signature", "policy", "eyJ")
TEXT = f"The {MARK} is red.\n".encode()


@pytest.fixture
def logged(stage: Stage, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.INFO)

    def all_that_was_written() -> str:
        out, err = capfd.readouterr()
        return out + err + caplog.text

    return all_that_was_written


def _must_be_silent(written: str) -> None:
    for secret in (MARK, *SIGNED):
        assert secret not in written


def test_a_files_whole_life_is_logged_without_its_name_and_text(
    stage: Stage, ada: Person, logged: Callable[[], str]
) -> None:
    uploaded = stage.upload(ada, TEXT, f"{MARK}.txt")
    stage.extract(uploaded.event)
    path = f"/files/{uploaded.file_id}"
    for reply in (
        ada.get(path),
        ada.get(f"/files?name={MARK}"),
        ada.get(f"{path}/pages/1"),
        ada.get(f"{path}/content"),
        ada.patch(path, {"name": f"{MARK} 2.txt"}),
        ada.delete(path),
    ):
        assert reply.status == 200
    stage.edit("files", uploaded.file_id, deleted_at=int(time.time()) - 31)
    stage.purge(stage.scheduler.payloads()[0])
    written = logged()
    assert '"event":"extraction"' in written
    assert '"view":"create_file","status":201' in written
    assert '"event":"purge"' in written
    _must_be_silent(written)


def test_what_is_refused_is_logged_without_what_it_was(ada: Person, logged: Callable[[], str]) -> None:
    content = base64.b64encode(TEXT).decode()
    for body in (
        {"name": f"{MARK}/x", "type": "text/plain", "size": 5},
        {"name": f"{MARK}.exe", "type": "text/plain", "size": 5},
        {"name": f"{MARK}.txt", "type": MARK, "size": 5},
        {"name": "x", "type": "text/plain", "content": f"{content}{MARK}!"},
        {"name": "x", "type": "text/plain", "size": 5, MARK: MARK},
    ):
        assert ada.post("/files", body).status == 400
    written = logged()
    assert '"status":400' in written
    _must_be_silent(written)


@pytest.mark.parametrize("fault", [s3.refusal(MARK, 403), s3.refusal(MARK, 500), wire.unreachable, wire.lost_reply])
def test_errors_of_s3_are_logged_without_what_they_quote(
    stage: Stage, ada: Person, logged: Callable[[], str], fault: s3.Fault
) -> None:
    uploaded = stage.upload(ada, TEXT, f"{MARK}.txt")
    inline = {"name": f"{MARK}.txt", "type": "text/plain", "content": base64.b64encode(TEXT).decode()}
    stage.s3_wire.fail(fault, times=1_000)
    assert ada.post("/files", inline).status in (500, 503)
    with pytest.raises(Exception, match=r"^(Busy|ClientError)$") as raised:
        stage.extract(uploaded.event)
    logging.getLogger().error("handler failed", exc_info=raised.value)  # as Lambda does
    stage.edit("files", uploaded.file_id, deleted_at=int(time.time()) - 31)
    with pytest.raises(Exception, match=r"^(Busy|ClientError)$") as raised:
        stage.purge({"user_id": ada.user_id, "file_id": uploaded.file_id})
    logging.getLogger().error("handler failed", exc_info=raised.value)
    written = logged()
    assert '"event":"error"' in written
    _must_be_silent(written)


@pytest.mark.parametrize("operation", ["TransactWriteItems", "Query", "GetItem", "UpdateItem"])
def test_errors_of_the_table_are_logged_without_what_they_quote(
    stage: Stage, ada: Person, logged: Callable[[], str], operation: str
) -> None:
    uploaded = stage.upload(ada, TEXT, f"{MARK}.txt")

    def quoting(call: dynamodb.Call, send: wire.Send) -> Any:
        return dynamodb.refusal("ValidationException", message=f"One of the values is {MARK}")

    stage.wire.fail(quoting, lambda call: call.operation == operation, times=100)
    path = f"/files/{uploaded.file_id}"
    replies = [
        ada.post("/files", {"name": f"{MARK}.txt", "type": "text/plain", "size": 5}),
        ada.get("/files"),
        ada.get(path),
        ada.patch(path, {"name": f"{MARK} 2.txt"}),
    ]
    assert 500 in [reply.status for reply in replies]
    _must_be_silent(logged())
