"""Nobody reaches another's file, by any route; it looks as one that does not exist."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.e2e import uploads, web
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person

ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/files/{f}", None),
    ("GET", "/files/{f}/pages/1", None),
    ("GET", "/files/{f}/content", None),
    ("PATCH", "/files/{f}", {"name": "mine.txt"}),
    ("PATCH", "/files/{f}", {"deleted": False}),
    ("DELETE", "/files/{f}", None),
    ("PUT", "/conversations/{c}/files/{f}", None),
    ("POST", "/conversations/{c}/messages", {"text": "What is in it?", "file_ids": ["{f}"]}),
    ("POST", "/conversations", {"message": {"text": "What is in it?", "file_ids": ["{f}"]}}),
    ("POST", "/chat", {"message": "What is in it?", "file_ids": ["{f}"]}),
]


@pytest.fixture(scope="module")
def file(grace: Person) -> uploads.File:
    made = uploads.uploaded(grace, "private.txt", "text/plain", b"The safe is behind the painting.")
    assert uploads.read(grace, made)["status"] == "ready"
    return made


def test_anothers_file_answers_as_a_missing_one_by_every_route(ada: Person, file: uploads.File) -> None:
    conversation_id = ada.new_conversation()

    def reply(method: str, path: str, body: Any, file_id: str) -> tuple[int, str]:
        answered = ada.call(method, path.format(c=conversation_id, f=file_id), _filled(body, file_id))
        return answered.status, json.dumps(answered.body).replace(file_id, "")

    told = []
    for route in ROUTES:
        anothers, missing = reply(*route, file["file_id"]), reply(*route, str(uuid.uuid4()))
        if anothers != missing or anothers[0] != 404:
            told.append((route, anothers, missing))
    assert told == []


def test_it_is_in_no_list_of_anybody_else(ada: Person, grace: Person, file: uploads.File) -> None:
    assert file["file_id"] in [item["file_id"] for item in grace.get("/files").body["items"]]
    for path in ("/files", "/files?name=private"):
        assert file["file_id"] not in [item["file_id"] for item in ada.get(path).body["items"]]
    assert uploads.shown(grace, file)["name"] == "private.txt", "nothing was changed by the attempts"


def test_the_bucket_is_closed_to_the_world(deployment: Deployment, file: uploads.File, grace: Person) -> None:
    key = uploads.key_of(grace, file)
    link = grace.get(f"/files/{file['file_id']}/content").body["url"]
    bare = link.partition("?")[0]
    assert deployment.files_bucket in bare
    assert web.call("GET", bare).status == 403
    assert web.call("GET", link).body == "The safe is behind the painting."
    assert key.split("/")[1] == grace.user_id


def _filled(body: Any, file_id: str) -> Any:
    if isinstance(body, dict):
        filled = {name: _filled(value, file_id) for name, value in body.items()}
        return filled | ({"request_id": str(uuid.uuid4())} if "text" in body else {})
    if isinstance(body, list):
        return [_filled(each, file_id) for each in body]
    return file_id if body == "{f}" else body
