"""Deleting a file: hidden at once, undone within 30 s, then gone with all that was made of it; answers say so."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e import people, uploads
from tests.e2e.demo import Model, unique_word
from tests.e2e.deployment import Deployment
from tests.e2e.files import REPORT
from tests.e2e.people import Person
from tests.e2e.waiting import until

# 35 s until the purge; EventBridge Scheduler may be a minute late.
PURGED_WITHIN_S = 150.0
MB = 1024 * 1024
LARGE = {"name": "large.pdf", "type": "application/pdf", "size": 50 * MB}

pytestmark = pytest.mark.scripted


@dataclass(frozen=True)
class Deleted:
    """Files deleted at the beginning of the run. answer: of the conversation that used `file`.

    form: `unread`'s, whose content was never sent before its row was deleted. event: of `file`'s object.
    """

    owner: Person
    word: str
    file: uploads.File
    restored: uploads.File
    unread: uploads.File
    form: dict[str, Any]
    answer: dict[str, Any]
    event: dict[str, Any]


@pytest.fixture(scope="session")
def deleted(deployment: Deployment) -> Iterator[Deleted]:
    word = unique_word()
    with people.signed_in(deployment, "file-deleting") as owner:
        file, restored = uploads.ready(owner, REPORT), uploads.ready(owner, REPORT)
        unread = uploads.declared(owner, "late.txt", "text/plain", 10)
        question = f"{word}: {REPORT.question}"
        answer = owner.ask(owner.new_conversation(), question, file_ids=[file["file_id"]])
        assert uploads.citations(answer)[0]["file_id"] == file["file_id"]
        (version,) = uploads.versions(deployment, uploads.key_of(owner, file))
        event = uploads.event(deployment, version, "F" * 18)
        for each in (file, restored, unread["file"]):
            reply = owner.call("DELETE", f"/files/{each['file_id']}")
            assert (reply.status, reply.body["file_id"]) == (200, each["file_id"]), reply
        yield Deleted(owner, word, file, restored, unread["file"], unread["upload"], answer, event)


@pytest.mark.early
def test_a_deleted_file_is_hidden_at_once(deleted: Deleted) -> None:
    owner, file_id = deleted.owner, deleted.file["file_id"]
    missing = owner.get(f"/files/{uuid.uuid4()}")
    for path in (f"/files/{file_id}", f"/files/{file_id}/content"):
        hidden = owner.get(path)
        assert (hidden.status, hidden.body) == (missing.status, missing.body)
    assert owner.get(f"/files/{file_id}/pages/1").status == 404
    assert file_id not in [item["file_id"] for item in owner.get("/files").body["items"]]
    used = owner.get(f"/conversations/{deleted.answer['conversation_id']}/files").body["items"]
    assert file_id not in [item["file_id"] for item in used]


@pytest.mark.early
def test_undo_brings_a_file_back(deleted: Deleted) -> None:
    path = f"/files/{deleted.restored['file_id']}"
    assert deleted.owner.call("PATCH", path, {"deleted": False}).body["status"] == "ready"
    assert deleted.owner.get(f"{path}/pages/13").status == 200


@pytest.fixture(scope="session")
def full(deployment: Deployment) -> Iterator[Person]:
    """Somebody who declared as much as there is room for, and then deleted one file."""
    with people.signed_in(deployment, "collecting") as owner:
        made = [owner.post("/files", LARGE).body["file"] for _ in range(40)]
        refused = owner.post("/files", LARGE)
        assert (refused.status, refused.error["code"]) == (413, "storage_full")
        assert (refused.error["used_bytes"], refused.error["limit_bytes"]) == (2_000 * MB, 2_048 * MB)
        assert owner.call("DELETE", f"/files/{made[0]['file_id']}").status == 200
        yield owner


@pytest.mark.early
def test_no_more_is_declared_than_there_is_room_for(full: Person) -> None:
    assert full.post("/files", {**LARGE, "name": "small.txt", "type": "text/plain", "size": 5}).status == 201


@pytest.mark.late
def test_a_deleted_file_gives_its_room_back(full: Person) -> None:
    until(lambda: full.post("/files", {**LARGE, "size": 40 * MB}).status == 201, PURGED_WITHIN_S, "room for a file")


@pytest.mark.late
def test_the_purge_leaves_nothing_of_a_file(deployment: Deployment, deleted: Deleted) -> None:
    until(lambda: uploads.row(deployment, deleted.file) is None, PURGED_WITHIN_S, "the purge")
    for prefix in _prefixes(deleted):
        assert uploads.versions(deployment, prefix) == []
    too_late = deleted.owner.call("PATCH", f"/files/{deleted.file['file_id']}", {"deleted": False})
    assert too_late.status == 404
    assert deleted.owner.get(f"/files/{deleted.restored['file_id']}/pages/13").status == 200


@pytest.mark.late
@pytest.mark.local_only
def test_a_late_event_revives_nothing(deployment: Deployment, deleted: Deleted) -> None:
    until(lambda: uploads.row(deployment, deleted.file) is None, PURGED_WITHIN_S, "the purge")
    uploads.deliver(deployment, deleted.event)
    assert uploads.row(deployment, deleted.file) is None
    for prefix in _prefixes(deleted):
        assert uploads.versions(deployment, prefix) == []


def test_a_late_upload_revives_nothing(deployment: Deployment, deleted: Deleted) -> None:
    # Neither early, since the purge is waited for, nor late: the form is good for some minutes only.
    until(lambda: uploads.row(deployment, deleted.unread) is None, PURGED_WITHIN_S, "the purge")
    assert uploads.send(deleted.form, b"Ten bytes.").status == 204
    prefix = f"uploads/{deleted.owner.user_id}/{deleted.unread['file_id']}/"
    until(lambda: not uploads.versions(deployment, prefix), 20, "the removal of what was sent late")
    assert uploads.row(deployment, deleted.unread) is None
    assert uploads.versions(deployment, f"extracted/{deleted.unread['file_id']}/") == []


@pytest.mark.late
def test_later_answers_know_that_the_source_was_deleted(deleted: Deleted, model: Model) -> None:
    owner, conversation_id = deleted.owner, deleted.answer["conversation_id"]
    later = owner.ask(conversation_id, f"{deleted.word}: and how many of amber?")
    assert not uploads.citations(later)
    request = model.requests_of(deleted.word)[-1]
    held = json.dumps(request["messages"])
    assert "deleted" in held
    assert deleted.file["file_id"] in held
    assert "checked twice" not in held, "nothing of the file is in the prompt"
    kept = owner.message(conversation_id, deleted.answer["message_id"])
    assert uploads.citations(kept) == uploads.citations(deleted.answer)
    shown = next(message for message in owner.messages(conversation_id) if message["files"])
    assert [file["file_id"] for file in shown["files"]] == [deleted.file["file_id"]]


def _prefixes(deleted: Deleted) -> tuple[str, str]:
    file_id = deleted.file["file_id"]
    return f"uploads/{deleted.owner.user_id}/{file_id}/", f"extracted/{file_id}/"
