"""Files with messages: which are taken, what they leave on the rows, taking them out and putting them back."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.papers import blocks, flower_pages, image, paper
from tests.people import Person
from tests.stage import Stage

NOWHERE = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _of(conversation_id: str, file_id: str = "") -> str:
    return f"/conversations/{conversation_id}/files" + (f"/{file_id}" if file_id else "")


# Sending


def test_a_message_carries_its_files_and_they_stay_with_the_conversation(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    first, second = paper(stage, ada, flower_pages(3), "garden.pdf"), image(stage, ada)
    sent = ada.send(conversation_id, "Which roses?", file_ids=[second, first])
    assert sent.status == 202
    shown = sent.body["user_message"]["files"]
    assert [each["file_id"] for each in shown] == [second, first]
    assert shown[1] == {
        "file_id": first,
        "name": "garden.pdf",
        "type": "application/pdf",
        "size": 8,
        "group": "document",
        "format": "PDF",
        "pages": 3,
    }
    assert (shown[0]["group"], shown[0]["pages"], sent.body["answer"]["files"]) == ("image", 0, [])
    assert ada.messages(conversation_id)[1]["files"] == shown
    assert ada.conversation(conversation_id)["file_ids"] == [first, second]
    for file_id in (first, second):
        assert stage.row("files", file_id)["conversations"] == {conversation_id}
    stage.run()
    assert ada.ask(conversation_id, "And lilies?")["status"] == "complete"
    assert ada.messages(conversation_id)[1]["files"] == []
    assert ada.conversation(conversation_id)["file_ids"] == [first, second]


def test_the_first_message_may_carry_files(stage: Stage, ada: Person) -> None:
    file_id = paper(stage, ada)
    message = {"text": "Which roses?", "request_id": uuid.uuid4().hex, "file_ids": [file_id]}
    reply = ada.post("/conversations", {"message": message})
    assert (reply.status, reply.body["file_ids"]) == (201, [file_id])
    assert reply.body["user_message"]["files"][0]["file_id"] == file_id
    assert ada.conversation(reply.body["conversation_id"])["file_ids"] == [file_id]
    stage.run()
    assert stage.row("files", file_id)["conversations"] == {reply.body["conversation_id"]}
    assert len(blocks(stage.prompts()[0], "document")) == 1


@pytest.mark.parametrize("is_first", [False, True])
def test_a_question_by_chat_may_carry_files(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch, conversation_id: str, is_first: bool
) -> None:
    from chalicelib.conversations import messages
    from chalicelib.turns import reading

    def answered(services: Any, answer: Any, wait_s: float) -> Any:
        stage.run()
        return messages.get(services, answer.subject, answer.conversation_id, answer.message_id)

    monkeypatch.setattr(reading, "await_answer", answered)
    home = {} if is_first else {"conversation_id": conversation_id}
    request = {"message": "Which roses?", "request_id": uuid.uuid4().hex, "file_ids": [paper(stage, ada)]}
    reply = ada.post("/chat", home | request)
    assert (reply.status, reply.body["status"]) == (200, "complete"), reply
    assert len(blocks(stage.prompts()[0], "document")) == 1
    assert ada.post("/chat", home | request | {"file_ids": []}).error == "request_id_reused"


REFUSED: dict[str, tuple[int, str]] = {
    "missing": (404, "not_found"),
    "no id": (404, "not_found"),
    "another's": (404, "not_found"),
    "deleted": (404, "not_found"),
    "uploaded": (409, "file_not_ready"),
    "waiting": (409, "file_not_ready"),
    "reading": (409, "file_not_ready"),
    "failed": (400, "invalid_request"),
    "twice": (400, "invalid_request"),
    "21": (400, "invalid_request"),
}


def _files(stage: Stage, ada: Person, grace: Person, case: str) -> list[str]:
    rows: dict[str, dict[str, Any]] = {
        "deleted": {"deleted_at": int(time.time())},
        "uploaded": {"status": "uploaded"},
        "waiting": {"status": "waiting"},
        "reading": {"status": "reading", "lease_until": int(time.time()) + 600},
        "failed": {"status": "failed", "error": {"code": "encrypted", "message": "Remove its password."}},
    }
    ids = {"missing": NOWHERE, "no id": "../secret"}
    if case in ids:
        return [ids[case]]
    if case == "21":
        return [paper(stage, ada, ()) for _ in range(20)]
    made = paper(stage, grace if case == "another's" else ada, name="late.pdf", **rows.get(case, {}))
    return [made, made] if case == "twice" else [made]


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("is_first", [False, True])
def test_a_file_that_cannot_be_used_refuses_the_message_and_nothing_is_stored(  # noqa: PLR0917
    stage: Stage, ada: Person, grace: Person, conversation_id: str, case: str, is_first: bool
) -> None:
    good = paper(stage, ada)
    file_ids = [good, *_files(stage, ada, grace, case)]
    before = {table: stage.rows(table) for table in ("messages", "files", "conversations")}
    if is_first:
        message = {"text": "Which roses?", "request_id": uuid.uuid4().hex, "file_ids": file_ids}
        reply = ada.post("/conversations", {"message": message})
    else:
        reply = ada.send(conversation_id, "Which roses?", file_ids=file_ids)
    assert (reply.status, reply.error) == REFUSED[case], reply
    assert "file_ids" in reply.body["error"]["field"]
    if case in ("uploaded", "waiting", "reading"):
        assert reply.body["error"]["file_id"] == file_ids[1]
        assert "late.pdf" in reply.body["error"]["message"]
    if case == "failed":
        assert "Remove its password." in reply.body["error"]["message"]
    assert {table: stage.rows(table) for table in before} == before
    assert stage.lambdas.pending == []


def test_another_persons_file_is_refused_like_a_missing_one(
    stage: Stage, ada: Person, grace: Person, conversation_id: str
) -> None:
    of_grace = paper(stage, grace)
    missing, refused = (ada.send(conversation_id, "Roses?", file_ids=[each]) for each in (NOWHERE, of_grace))
    assert refused.raw.replace(of_grace, NOWHERE) == missing.raw
    assert of_grace in refused.raw


def test_twenty_files_go_with_one_message_and_a_hundred_with_a_conversation(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    file_ids = [paper(stage, ada, ()) for _ in range(101)]
    for first in range(0, 100, 20):
        assert ada.send(conversation_id, "Roses?", file_ids=file_ids[first : first + 20]).status == 202
        stage.run()
    assert ada.conversation(conversation_id)["file_ids"] == file_ids[:100]
    refused = ada.send(conversation_id, "Roses?", file_ids=file_ids[100:])
    assert (refused.status, refused.error) == (400, "invalid_request")
    assert ada.send(conversation_id, "Roses?", file_ids=file_ids[:1]).status == 202  # it is there already
    stage.run()
    assert ada.delete(_of(conversation_id, file_ids[0])).status == 200
    assert ada.send(conversation_id, "Roses?", file_ids=file_ids[100:]).status == 202
    stage.run()
    full = ada.call("PUT", _of(conversation_id, file_ids[0]))
    assert (full.status, full.error) == (400, "invalid_request")


@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize(
    ("change", "status"), [({"deleted_at": 1}, 404), ({"status": "reading"}, 409), ({"user_id": "x"}, 404)]
)
def test_a_file_that_goes_between_being_read_and_being_used_refuses_the_message(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, change: dict[str, Any], status: int, is_first: bool
) -> None:
    file_id = paper(stage, ada)

    def meanwhile(call: Call, send: Send) -> Any:
        stage.edit("files", file_id, **change)
        return send()

    stage.wire.fail(meanwhile, lambda call: call.operation == "TransactWriteItems")
    if is_first:
        message = {"text": "Which roses?", "request_id": uuid.uuid4().hex, "file_ids": [file_id]}
        reply = ada.post("/conversations", {"message": message})
    else:
        reply = ada.send(conversation_id, "Which roses?", file_ids=[file_id])
    assert reply.status == status
    assert stage.wire.struck
    assert stage.rows("messages") == []
    assert "conversations" not in stage.row("files", file_id)


@pytest.mark.parametrize("is_first", [False, True])
def test_the_same_request_is_the_same_turn_also_after_its_file_was_deleted(
    stage: Stage, ada: Person, conversation_id: str, is_first: bool
) -> None:
    one, two = paper(stage, ada), paper(stage, ada)
    request_id = uuid.uuid4().hex

    def send(*file_ids: str) -> Any:
        message = {"text": "Which roses?", "request_id": request_id, "file_ids": list(file_ids)}
        if is_first:
            return ada.post("/conversations", {"message": message})
        return ada.post(f"/conversations/{conversation_id}/messages", message)

    first = send(one, two)
    assert first.status in (201, 202)
    stage.run()
    for other in ((), (one,), (two, one)):
        assert send(*other).error == "request_id_reused", other
    stage.edit("files", one, deleted_at=int(time.time()))
    again = send(one, two)
    assert again.status == first.status
    assert again.body["answer"]["message_id"] == first.body["answer"]["message_id"]
    assert len(stage.prompts()) == 1


def test_a_message_without_files_costs_no_request_more(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.ask(conversation_id, "Which roses?")
    stage.wire.clear()
    ada.ask(conversation_id, "Which lilies?")
    assert not [call for call in stage.wire.calls if "files" in call.tables]
    assert not stage.s3_wire.calls
    plain = len([call for call in stage.wire.calls if call.operation in ("BatchGetItem", "TransactWriteItems")])
    stage.wire.clear()
    ada.ask(conversation_id, "Which tulips?", file_ids=[paper(stage, ada)])
    with_files = [call for call in stage.wire.calls if call.operation in ("BatchGetItem", "TransactWriteItems")]
    assert len(with_files) == plain + 1  # the worker's: sending reads and writes files with what it reads and writes


# Taking out and putting back


def test_a_file_is_taken_out_and_put_back_and_repeating_either_changes_nothing(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    file_id, other = paper(stage, ada), paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id, other])
    assert [each["file_id"] for each in ada.get(_of(conversation_id)).body["items"]] == [file_id, other]
    for _ in range(2):
        reply = ada.delete(_of(conversation_id, file_id))
        assert (reply.status, reply.body["file_ids"]) == (200, [other])
        assert "conversations" not in stage.row("files", file_id)
    assert ada.conversation(conversation_id)["file_ids"] == [other]
    assert [each["file_id"] for each in ada.get(_of(conversation_id)).body["items"]] == [other]
    assert len(ada.messages(conversation_id)[1]["files"]) == 2
    for _ in range(2):
        reply = ada.call("PUT", _of(conversation_id, file_id))
        assert (reply.status, reply.body["file_ids"]) == (200, [file_id, other])
        assert stage.row("files", file_id)["conversations"] == {conversation_id}
    assert not ada.conversation(conversation_id).get("removed_file_ids")


def test_a_file_that_was_taken_out_comes_back_with_a_message(stage: Stage, ada: Person, conversation_id: str) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    ada.delete(_of(conversation_id, file_id))
    ada.ask(conversation_id, "Which lilies?", file_ids=[file_id])
    assert ada.conversation(conversation_id)["file_ids"] == [file_id]
    assert "removed_file_ids" not in stage.row("conversations", conversation_id)
    assert len(blocks(stage.prompts()[-1], "document")) == 1


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
@pytest.mark.parametrize("case", ["never there", "no id", "another's conversation", "deleted conversation"])
def test_what_was_never_there_can_neither_be_taken_out_nor_put_back(  # noqa: PLR0917
    stage: Stage, ada: Person, grace: Person, conversation_id: str, method: str, case: str
) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    if method == "PUT":
        ada.delete(_of(conversation_id, file_id))
    if case == "deleted conversation":
        ada.delete(f"/conversations/{conversation_id}")
    person = grace if case == "another's conversation" else ada
    wanted = {"never there": paper(stage, ada, name="other.pdf"), "no id": "nonsense"}.get(case, file_id)
    before = stage.rows("conversations"), stage.rows("files")
    assert person.call(method, _of(conversation_id, wanted)).status == 404
    assert (stage.rows("conversations"), stage.rows("files")) == before


def test_a_deleted_file_can_be_taken_out_and_not_put_back(stage: Stage, ada: Person, conversation_id: str) -> None:
    hidden, gone = paper(stage, ada), paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[hidden, gone])
    stage.edit("files", hidden, deleted_at=int(time.time()))
    stage.delete("files", stage.row("files", gone))
    assert ada.get(_of(conversation_id)).body["items"] == []
    for file_id in (hidden, gone):
        assert ada.delete(_of(conversation_id, file_id)).status == 200
        assert ada.call("PUT", _of(conversation_id, file_id)).status == 404
    assert [row["file_id"] for row in stage.rows("files")] == [hidden]


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_change_meanwhile_is_seen(stage: Stage, ada: Person, conversation_id: str, method: str) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    if method == "PUT":
        ada.delete(_of(conversation_id, file_id))

    def meanwhile(call: Call, send: Send) -> Any:
        stage.delete("files", stage.row("files", file_id))
        return send()

    stage.wire.fail(meanwhile, lambda call: call.operation == "TransactWriteItems")
    assert ada.call(method, _of(conversation_id, file_id)).status == (200 if method == "DELETE" else 404)
    assert stage.rows("files") == []  # a file that is purged at this moment is not revived


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_conversation_that_is_purged_meanwhile_is_not_revived(
    stage: Stage, ada: Person, conversation_id: str, method: str
) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    if method == "PUT":
        ada.delete(_of(conversation_id, file_id))
    before = stage.row("files", file_id)

    def meanwhile(call: Call, send: Send) -> Any:
        stage.delete("conversations", stage.row("conversations", conversation_id))
        return send()

    stage.wire.fail(meanwhile, lambda call: call.operation == "TransactWriteItems")
    assert ada.call(method, _of(conversation_id, file_id)).status == 404
    assert stage.rows("conversations") == []
    assert stage.row("files", file_id) == before


def test_a_conversation_that_is_deleted_leaves_its_files_alone(stage: Stage, ada: Person, conversation_id: str) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    ada.delete(f"/conversations/{conversation_id}")
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
    stage.purge(stage.scheduler.payloads()[0])
    assert stage.rows("conversations") == []
    assert stage.row("files", file_id)["status"] == "ready"
    assert stage.objects(f"extracted/{file_id}/")
    other = ada.new_conversation()
    ada.ask(other, "Which roses?", file_ids=[file_id])
    assert len(blocks(stage.prompts()[-1], "document")) == 1
