"""What a caller can get wrong about files: a 4xx that names the field, and nothing is stored or read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.routes import GOOD, MISSING, WITH_BOTH, headers_of, refused, same_404
from tests.people import Person, Reply
from tests.stage import Stage


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b.txt"}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "x" * 5_001}, "name"),
        ({"name": None}, "name"),
        ({"deleted": True}, "deleted"),
        ({"deleted": 0}, "deleted"),
        ({"name": "kept?.txt", "deleted": None}, "deleted"),
        ({"status": "ready"}, "status"),
        ({"type": "text/html"}, "type"),
    ],
)
def test_a_file_takes_only_another_name(
    ada: Person, unchanged: dict[str, str], body: dict[str, Any], field: str
) -> None:
    refused(ada.patch(f"/files/{unchanged['file']}", body), field)


def test_a_part_of_a_name_has_its_length(ada: Person, unchanged: dict[str, str]) -> None:
    refused(ada.get(f"/files?name={'x' * 256}"), "name")


@pytest.mark.parametrize("number", ["0", "-1", "2", "1.0", "one", "%31", "²", "1" * 8, "9" * 5_000])
def test_a_page_that_is_not_there_is_not_found(ada: Person, unchanged: dict[str, str], number: str) -> None:
    reply = ada.get(f"/files/{unchanged['file']}/pages/{number}")
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (404, "not_found", "number")


def test_somebody_elses_file_answers_exactly_as_a_missing_one(stage: Stage, ada: Person, grace: Person) -> None:
    theirs = stage.upload(ada, b"roses")
    stage.edit("files", theirs.file_id, status="ready", version_id=theirs.version_id, pages=1)
    before = stage.row("files", theirs.file_id)
    own = grace.new_conversation(title="T")
    for method, path, body in WITH_BOTH:
        foreign = grace.call(method, path.format(conversation=own, file=theirs.file_id), body)
        same_404(foreign, grace.call(method, path.format(conversation=own, file=MISSING), body))
    chat = {"message": "Which roses?"}
    for path, body in (
        (f"/conversations/{own}/messages", GOOD),
        ("/conversations", {"message": GOOD}),
        ("/chat", chat),
        ("/chat", chat | {"conversation_id": own}),
    ):
        foreign, missing = (_attaching(grace, path, body, file_id) for file_id in (theirs.file_id, MISSING))
        assert (foreign.status, headers_of(foreign)) == (missing.status, headers_of(missing))
        assert foreign.raw.replace(theirs.file_id, MISSING) == missing.raw
        assert (missing.status, missing.error, missing.body["error"]["field"]) == (404, "not_found", "file_ids")
    assert stage.row("files", theirs.file_id) == before
    assert len(stage.rows("conversations")) == 1
    assert stage.rows("messages") == []
    assert stage.lambdas.pending == []


def _attaching(person: Person, path: str, body: Any, file_id: str) -> Reply:
    if "message" in body and isinstance(body["message"], dict):
        return person.post(path, {"message": body["message"] | {"file_ids": [file_id]}})
    return person.post(path, body | {"file_ids": [file_id]})


TOO_MANY = [str(uuid.UUID(int=(7 << 76) | (2 << 62) | number)) for number in range(21)]


@pytest.mark.parametrize("file_ids", [[MISSING] * 2, TOO_MANY, MISSING, {}, [7], [None], None])
def test_file_ids_are_at_most_twenty_different_ids(ada: Person, unchanged: dict[str, str], file_ids: Any) -> None:
    messages = f"/conversations/{unchanged['conversation']}/messages"
    fresh = GOOD | {"request_id": "b" * 32, "file_ids": file_ids}
    for reply in (
        ada.post(messages, fresh),
        ada.post("/conversations", {"message": fresh}),
        ada.post("/chat", {"message": "Which roses?", "file_ids": file_ids}),
    ):
        assert (reply.status, reply.error) == (400, "invalid_request"), reply
        assert "file_ids" in reply.body["error"]["field"]


@pytest.mark.parametrize("file_id", ["", "x", "..", MISSING.upper(), "é", "x" * 3_000])
def test_a_file_id_that_can_be_none_is_not_found(ada: Person, unchanged: dict[str, str], file_id: str) -> None:
    reply = ada.send(unchanged["conversation"], "More", file_ids=[file_id])
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (404, "not_found", "file_ids")
    assert reply.body["error"].get("file_id", "") == file_id[:40]


def test_of_several_files_the_one_that_is_not_there_is_named(stage: Stage, ada: Person) -> None:
    here, deleted = (stage.ready(ada, b"Roses are red.", name) for name in ("here.txt", "deleted.txt"))
    ada.delete(f"/files/{deleted}")
    conversation_id = ada.new_conversation(title="T")
    for bad in (deleted, MISSING, "no-id"):
        reply = ada.send(conversation_id, "Which roses?", file_ids=[here, bad])
        assert (reply.status, reply.error) == (404, "not_found")
        named = {"field": "file_ids", "file_id": bad, "message": f"file_ids: there is no such file as {bad}"}
        assert reply.body["error"] == {"code": "not_found", **named}
