"""What happens to files on their way: forms sent again, events twice and out of order, crashes, hostile content."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e import people, uploads
from tests.e2e.deployment import Deployment
from tests.e2e.faults import FailureQueue, log_text, worker_pids
from tests.e2e.files import REPORT, THESIS
from tests.e2e.hostile import HOSTILE, PDF, Hostile
from tests.e2e.people import Person
from tests.e2e.waiting import until

TEXT = "text/plain"


@pytest.fixture(scope="module")
def owner(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "events") as person:
        yield person


# What S3 refuses


@pytest.mark.parametrize(
    ("changed", "content", "status"),
    [
        ({}, b"Five words, and one more", 400),
        ({}, b"Five", 400),
        ({"Content-Type": "text/html"}, b"Five words", 403),
        ({"key": "uploads/somebody/else/notes.txt"}, b"Five words", 403),
        ({"x-amz-meta-note": "more"}, b"Five words", 403),
    ],
    ids=["longer", "shorter", "another type", "another key", "another field"],
)
def test_s3_takes_what_was_declared_and_nothing_else(
    owner: Person, changed: dict[str, str], content: bytes, status: int
) -> None:
    made = uploads.declared(owner, "notes.txt", TEXT, len(b"Five words"))
    assert uploads.send(made["upload"], content, **changed).status == status
    assert uploads.shown(owner, made["file"])["status"] == "uploaded"
    assert uploads.versions(owner.deployment, f"uploads/{owner.user_id}/{made['file']['file_id']}/") == []


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({"size": 0}, 400, "invalid_request", "size"),
        ({"size": 2 * 1024**3}, 413, "payload_too_large", "size"),
        ({"size": -1}, 400, "invalid_request", "size"),
        ({"type": "application/x-msdownload", "name": "setup.exe"}, 400, "invalid_request", "type"),
        ({"name": "../../etc/passwd"}, 400, "invalid_request", "name"),
        ({"name": "a\u202egpj.pdf"}, 400, "invalid_request", "name"),
        ({"name": "a\x00b.pdf"}, 400, "invalid_request", "name"),
        ({"name": "a" * 1_000 + ".pdf"}, 400, "invalid_request", "name"),
    ],
    ids=["empty", "2 GB", "negative", "a program", "a path", "bidi", "control", "long name"],
)
def test_what_can_be_refused_before_the_upload_is(
    owner: Person, fields: dict[str, object], status: int, code: str, field: str
) -> None:
    reply = owner.post("/files", {"name": "a.pdf", "type": PDF, "size": 1_000, **fields})
    assert (reply.status, reply.error["code"], reply.error["field"]) == (status, code, field), reply


# Events


def test_a_form_sent_again_changes_nothing(deployment: Deployment, owner: Person) -> None:
    first, second = b"The first version stays.", b"The second one is gone. "
    made = uploads.declared(owner, "notes.txt", TEXT, len(first))
    assert uploads.send(made["upload"], first).status == 204
    assert uploads.read(owner, made["file"])["status"] == "ready"
    key = uploads.key_of(owner, made["file"])
    (pinned,) = uploads.versions(deployment, key)
    assert uploads.send(made["upload"], second).status == 204
    ids = until(
        lambda: [v["VersionId"] for v in uploads.versions(deployment, key)] == [pinned["VersionId"]], 20, "one version"
    )
    assert ids
    assert uploads.page_text(owner, made["file"], 1).strip() == first.decode()
    assert deployment.client("s3").get_object(Bucket=deployment.files_bucket, Key=key)["Body"].read() == first


@pytest.mark.local_only
@pytest.mark.kills_extractions
def test_twenty_events_at_once_make_one_extraction(deployment: Deployment, owner: Person) -> None:
    file = uploads.uploaded(owner, REPORT.name, REPORT.type, REPORT.content())
    key = uploads.key_of(owner, file)
    (version,) = uploads.versions(deployment, key)
    sequencers = [f"{number:018X}" for number in range(20, 10, -1) for _ in range(2)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda each: uploads.deliver(deployment, uploads.event(deployment, version, each)), sequencers))
    assert uploads.read(owner, file)["pages"] == REPORT.pages
    row = uploads.row(deployment, file)
    assert row is not None
    assert (row["attempts"], row["version_id"]) == (1, version["VersionId"])
    # What the index was while it grew goes once the file is ready, and the run's last word comes after that.
    until(lambda: _each_once(uploads.versions(deployment, f"extracted/{file['file_id']}/")), 20, "every object once")
    until(lambda: _runs(deployment, file), 20, "the end of the run")
    assert _runs(deployment, file) == 1


def _each_once(stored: list[dict[str, Any]]) -> bool:
    return len(stored) == len({each["Key"] for each in stored}) > 0


def _runs(deployment: Deployment, file: uploads.File) -> int:
    """How often the file's reading came to its end, by the function's log."""
    lines = [line for line in log_text(deployment).splitlines() if file["file_id"] in line and '"extract"' in line]
    return len([line for line in lines if '"ready"' in line])


@pytest.mark.local_only
def test_an_event_of_another_key_or_of_nobody_does_nothing(deployment: Deployment, owner: Person) -> None:
    """An object that belongs to no row is removed; a row's object is not exchanged for another."""
    file = uploads.uploaded(owner, "notes.txt", TEXT, b"Only these words.")
    assert uploads.read(owner, file)["status"] == "ready"
    before = uploads.row(deployment, file)
    s3 = deployment.client("s3")
    strays = [f"uploads/somebody/{file['file_id']}/notes.txt", f"uploads/{owner.user_id}/{uuid.uuid4()}/a.txt"]
    for key in strays:
        s3.put_object(Bucket=deployment.files_bucket, Key=key, Body=b"Other words.", ContentType=TEXT)
    for key in strays:
        until(lambda k=key: not uploads.versions(deployment, k), 20, f"the removal of {key}")  # type: ignore[misc]
    assert uploads.row(deployment, file) == before
    assert uploads.page_text(owner, file, 1).strip() == "Only these words."


# Hostile content


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_a_hostile_file_fails_with_a_reason(deployment: Deployment, owner: Person, hostile: Hostile) -> None:
    file = uploads.read(owner, uploads.uploaded(owner, hostile.name, hostile.type, hostile.make()))
    assert (file["status"], file["error"]["code"]) == ("failed", hostile.code), file
    assert len(file["error"]["message"]) > 30
    assert uploads.versions(deployment, f"extracted/{file['file_id']}/") == []
    refused = owner.send(owner.new_conversation(), "What is in it?", file_ids=[file["file_id"]])
    assert (refused.status, refused.error["field"]) == (400, "file_ids")


@pytest.mark.local_only
def test_the_function_outlives_what_it_refuses(deployment: Deployment, owner: Person) -> None:
    """The same processes refuse and go on: none was lost to a hostile file."""
    owner_file = uploads.read(owner, uploads.uploaded(owner, "before.txt", TEXT, b"Before."))
    assert owner_file["status"] == "ready"
    pids = set(worker_pids(deployment, "extract"))
    for hostile in HOSTILE:
        assert (
            uploads.read(owner, uploads.uploaded(owner, hostile.name, hostile.type, hostile.make()))["status"]
            == "failed"
        )
    assert uploads.read(owner, uploads.uploaded(owner, "after.txt", TEXT, b"After."))["status"] == "ready"
    assert pids <= set(worker_pids(deployment, "extract"))


# Crashes


@pytest.mark.local_only
@pytest.mark.kills_extractions
def test_a_crash_is_mended_by_the_second_try(deployment: Deployment, owner: Person) -> None:
    file = _begun(deployment, owner)
    _kill(deployment)
    assert uploads.read(owner, file)["status"] == "ready"
    row = uploads.row(deployment, file)
    assert row is not None
    assert row["attempts"] == 2


@pytest.mark.local_only
@pytest.mark.kills_extractions
def test_a_second_crash_ends_as_failed_and_in_the_queue(deployment: Deployment, owner: Person) -> None:
    file = _begun(deployment, owner)
    _kill(deployment)
    until(lambda: (uploads.row(deployment, file) or {}).get("attempts") == 2, 60, "the second try")
    _kill(deployment)
    record = FailureQueue(deployment, "extract").receive(
        lambda payload: file["file_id"] in payload["Records"][0]["s3"]["object"]["key"], timeout_s=60
    )
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    failed = uploads.read(owner, file)
    assert failed["status"] == "failed"
    assert "again" in failed["error"]["message"]


def _begun(deployment: Deployment, owner: Person) -> uploads.File:
    """A file in the middle of being read."""
    file = uploads.uploaded(owner, THESIS.name, THESIS.type, THESIS.content())
    until(lambda: (uploads.row(deployment, file) or {}).get("status") == "reading", 30, "the beginning of reading")
    return file


def _kill(deployment: Deployment) -> None:
    pids = worker_pids(deployment, "extract")
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
