"""Nothing that a person wrote, and no token, ticket or key, is in any log line: also where everything fails."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from tests.fakes import dynamodb, wire
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage

# In prompts, answers, titles, system prompts and errors; in the token; as the API key; in the ticket.
TEXT, TOKEN, KEY = "MARKER-TEXT", "MARKER-TOKEN", "demo-MARKER-KEY"
# Of whoever calls: as the tests' people have them (`tests.people`, `tests.storage`).
IP = "127.0.0.1"


@pytest.fixture
def logged(stage: Stage, ada: Person, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Logged:
    caplog.set_level(logging.INFO)
    ada.headers = {"authorization": TOKEN}
    return Logged(capfd, caplog)


class Logged:
    def __init__(self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        self._capfd = capfd
        self._caplog = caplog

    def all(self) -> str:
        """Everything that this test's process has written, exceptions of handlers included."""
        out, err = self._capfd.readouterr()
        return out + err + self._caplog.text


def _must_be_silent(text: str, *more: str) -> None:
    for secret in (TEXT, TOKEN, KEY, "eyJ", *more):
        assert secret not in text


def test_a_turn_with_all_its_requests_is_logged_without_text(stage: Stage, ada: Person, logged: Logged) -> None:
    stage.script(None, text=TEXT)
    stage.script(None, title=True, text=TEXT)
    conversation_id = ada.new_conversation(system=TEXT)
    ticket = ada.post("/sockets").body["ticket"]
    ada.connect_with(ticket, "tab")
    ada.connect_with(ticket, "thief")
    answer = ada.ask(conversation_id, TEXT)
    ada.retry(conversation_id, answer["message_id"])
    stage.run()
    ada.patch(f"/conversations/{conversation_id}", {"title": TEXT})
    ada.frames(conversation_id, answer["message_id"])
    ada.delete(f"/conversations/{conversation_id}")
    stage.upload(ada, TEXT.encode())
    ada.headers["x-request-id"] = f"{TEXT} of nobody"
    assert ada.get("/models").status == 200
    written = logged.all()
    assert '"event":"request","view":"send_message","status":202' in written
    assert '"event":"answer"' in written
    lines = "\n".join(each for each in written.splitlines() if each.startswith('{"'))
    assert '"event":"turn"' in lines
    assert not re.search(r"[^\s@\"]+@[^\s@\"]+\.[a-z]+", lines), "an address"
    assert IP not in lines
    _must_be_silent(written, ticket)


def test_what_is_refused_is_logged_without_text(stage: Stage, ada: Person, logged: Logged) -> None:
    for body in ({TEXT: 1}, {"title": [TEXT]}, {"model": TEXT}):
        assert ada.post("/conversations", body).status == 400
    ada.call("POST", "/conversations", raw=TEXT)
    ada.get(f"/conversations?cursor={TEXT}")
    ada.get(f"/conversations/{TEXT}/messages/{TEXT}/frames?after={TEXT}")
    Person(stage, TEXT, token_use=TEXT).get("/models")
    written = logged.all()
    assert written.count('"event":"request"') == 7
    _must_be_silent(written)


@pytest.mark.parametrize(
    "reply",
    [
        {"error": {"status": 400, "message": TEXT}},
        {"error": {"status": 500, "message": TEXT, "headers": {"retry-after": "600"}}},
        {"text": TEXT, "cut_after_chars": 5},
        {"text": TEXT, "error_after_chars": 5, "error": {"type": "api_error", "message": TEXT}},
    ],
)
def test_a_model_that_fails_is_logged_without_text(
    stage: Stage, ada: Person, logged: Logged, reply: dict[str, Any]
) -> None:
    stage.script(None, **reply)
    ada.queue(ada.new_conversation(title=TEXT), TEXT)
    stage.run(60)
    _must_be_silent(logged.all())


def _quoting(call: dynamodb.Call, send: wire.Send) -> Any:
    """DynamoDB refuses a request and quotes it."""
    return dynamodb.refusal("ValidationException", message=f"Invalid value {call.body} {TEXT}")


@pytest.mark.parametrize("nth", range(1, 9))
def test_an_unexpected_error_anywhere_is_logged_without_text(
    stage: Stage, ada: Person, logged: Logged, nth: int
) -> None:
    stage.script(None, text=TEXT)
    conversation_id = ada.new_conversation()
    stage.wire.fail(_quoting, nth=nth)
    sent = ada.send(conversation_id, TEXT)
    failure: Exception | None = None
    try:
        stage.run()
    except Exception as error:
        # Lambda logs what a handler raises, with all that it says.
        failure = error
        logging.getLogger().exception("handler failed", exc_info=error)
    written = logged.all()
    assert (sent.status == 500) or failure is not None or '"event":"error"' in written
    _must_be_silent(written)


def test_a_worker_that_cannot_be_started_and_a_push_that_fails_are_logged_without_text(
    stage: Stage, ada: Person, logged: Logged
) -> None:
    ada.connect("tab")

    def refuse(connection_id: str) -> None:
        raise client_error(TEXT, "PostToConnection", 500)

    stage.gateway.before_post = refuse
    stage.lambdas.failures.append(client_error(TEXT, "Invoke", 500))
    conversation_id = ada.new_conversation(title=TEXT)
    assert ada.send(conversation_id, TEXT, request_id="a" * 32).status == 503
    ada.send(conversation_id, TEXT, request_id="a" * 32)
    stage.run()
    _must_be_silent(logged.all())
