"""A file that is taken out of a conversation, or put back: the person's other devices learn it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from chalicelib.push import channel

from tests.fakes.aws import client_error
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def path(stage: Stage, ada: Person, file_ids: list[str]) -> str:
    """Of the first file in its conversation."""
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=file_ids)
    return f"/conversations/{conversation_id}/files/{file_ids[0]}"


@pytest.fixture
def file_ids(stage: Stage, ada: Person) -> list[str]:
    return [stage.ready(ada, b"Roses are red.", name) for name in ("1.txt", "2.txt")]


def _pushed(path: str, file_ids: list[str]) -> dict[str, Any]:
    return {"type": "conversation.updated", "conversation_id": path.split("/")[2], "file_ids": file_ids}


def test_every_device_learns_which_files_stay(
    stage: Stage, ada: Person, grace: Person, path: str, file_ids: list[str]
) -> None:
    for name in ("tab", "phone"):
        ada.connect(name)
    grace.connect("other")
    for _ in range(2):  # a repeat changes nothing
        assert ada.delete(path).body["file_ids"] == file_ids[1:]
    for _ in range(2):
        assert ada.put(path).body["file_ids"] == file_ids
    told = [_pushed(path, file_ids[1:]), _pushed(path, file_ids)]
    assert stage.gateway.sent == {"tab": told, "phone": told}


def test_what_another_device_takes_out_meanwhile_is_told_too(
    stage: Stage, ada: Person, path: str, file_ids: list[str]
) -> None:
    ada.connect("tab")
    other = path.replace(file_ids[0], file_ids[1])

    def taken_out_first(call: Call, send: Send) -> AWSResponse:
        assert ada.delete(other).body["file_ids"] == file_ids[:1]
        return send()

    stage.wire.fail(taken_out_first, lambda call: call.operation == "TransactWriteItems")
    assert ada.delete(path).body["file_ids"] == []
    assert stage.gateway.sent["tab"] == [_pushed(path, file_ids[:1]), _pushed(path, [])]


def test_what_could_not_be_sent_is_sent_again(stage: Stage, ada: Person, path: str, file_ids: list[str]) -> None:
    ada.connect("tab")
    refused: list[str] = []

    def refuse_once(connection_id: str) -> None:
        if not refused:
            refused.append(connection_id)
            raise client_error("LimitExceededException", "PostToConnection", 429)

    stage.gateway.before_post = refuse_once
    assert ada.delete(path).status == 200
    assert refused == ["tab"]
    assert stage.gateway.sent["tab"] == [_pushed(path, file_ids[1:])]


def test_a_socket_that_fails_or_is_gone_is_no_failure(
    stage: Stage, ada: Person, path: str, file_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "OPENING_S", 0)
    ada.connect("tab")
    stage.gateway.gone = {"tab"}
    assert ada.delete(path).status == 200
    assert stage.rows("sockets") == []
    ada.connect("phone")

    def refuse(connection_id: str) -> None:
        raise client_error("InternalServerError", "PostToConnection", 500)

    stage.gateway.before_post = refuse
    assert ada.put(path).body["file_ids"] == file_ids
    assert len(stage.rows("sockets")) == 2
