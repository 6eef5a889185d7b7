"""IAM is enforced on files too: with one action less, what needs it fails, and heals once it is back."""

from __future__ import annotations

import json
import time

import pytest

from tests.e2e import rows, uploads
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.faults import without_action
from tests.e2e.files import REPORT
from tests.e2e.people import Person
from tests.e2e.waiting import until

pytestmark = [pytest.mark.local_only, pytest.mark.scripted, pytest.mark.exclusive]


def test_without_put_object_nothing_is_uploaded(deployment: Deployment, ada: Person) -> None:
    made = uploads.declared(ada, "notes.txt", "text/plain", 10)
    with without_action(deployment, "api_handler", "s3:PutObject", "/uploads/*"):
        assert uploads.send(made["upload"], b"Ten bytes.").status == 403
    assert uploads.send(made["upload"], b"Ten bytes.").status == 204
    assert uploads.read(ada, made["file"])["status"] == "ready"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObjectVersion", "/uploads/*"),
        ("s3:PutObject", "/extracted/*"),
    ],
)
def test_without_its_actions_no_file_is_read(deployment: Deployment, ada: Person, action: str, resource: str) -> None:
    with without_action(deployment, "extract", action, resource):
        file = uploads.uploaded(ada, "notes.txt", "text/plain", b"Ten bytes.")
        # The claim is given back: its lease is over.
        row = until(lambda: _left(deployment, file), 20, "the end of the first try")
    assert row["status"] == "reading"
    (version,) = uploads.versions(deployment, uploads.key_of(ada, file))
    uploads.deliver(deployment, uploads.event(deployment, version, row["sequencer"]))
    assert uploads.read(ada, file)["status"] == "ready"


def _left(deployment: Deployment, file: uploads.File) -> uploads.File | None:
    row = uploads.row(deployment, file)
    return row if row and row.get("attempts") == 1 and "token" not in row else None


def test_without_get_object_no_page_is_shown_and_no_answer_given(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    file = uploads.ready(ada, REPORT)
    with without_action(deployment, "api_handler", "s3:GetObject", "/extracted/*"):
        assert ada.get(f"/files/{file['file_id']}/pages/1").status == 500
    assert ada.get(f"/files/{file['file_id']}/pages/1").status == 200
    conversation_id = ada.new_conversation()
    with without_action(deployment, "answer", "s3:GetObject", "/extracted/*"):
        failed = ada.ask(conversation_id, f"{word}: {REPORT.question}", file_ids=[file["file_id"]])
    assert failed["status"] == "failed"
    assert model.requests_of(word) == [], "Claude was not asked without the file"
    path = f"/conversations/{conversation_id}/messages/{failed['message_id']}/retry"
    healed = ada.settled(ada.post(path).body["answer"])
    assert uploads.citations(healed)[0]["page"] == REPORT.page


@pytest.mark.parametrize("prefix", ["uploads", "extracted"])
def test_without_delete_object_version_a_file_is_purged_later(deployment: Deployment, ada: Person, prefix: str) -> None:
    file = uploads.ready(ada, REPORT)
    assert ada.call("DELETE", f"/files/{file['file_id']}").status == 200
    # As if the time for undoing it were over.
    row = uploads.row(deployment, file)
    assert row is not None
    rows.put(deployment, "files", row | {"deleted_at": int(time.time()) - 60})
    with without_action(deployment, "purge", "s3:DeleteObjectVersion", f"/{prefix}/*"):
        assert not _purged(deployment, ada, file)
        assert uploads.row(deployment, file) is not None, "an interrupted purge is found again"
    assert _purged(deployment, ada, file)
    assert uploads.row(deployment, file) is None
    for place in (f"uploads/{ada.user_id}", "extracted"):
        assert uploads.versions(deployment, f"{place}/{file['file_id']}/") == []


def _purged(deployment: Deployment, owner: Person, file: uploads.File) -> bool:
    """Have the purge run now instead of at its time; False when it failed."""
    order = {"user_id": owner.user_id, "file_id": file["file_id"]}
    reply = deployment.client("lambda").invoke(
        FunctionName=deployment.function("purge"), Payload=json.dumps(order).encode()
    )
    return "FunctionError" not in reply
