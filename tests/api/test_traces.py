"""One request id, from the site's header to every line of what it began."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib import logs

from tests.api.test_rates import limited
from tests.people import Person
from tests.stage import Stage

ID = "0af7651916cd43dd8448eb211c80319c"


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(each) for each in capsys.readouterr().out.splitlines() if each.startswith("{")]


def test_a_messages_id_is_on_every_line_of_the_api_and_of_its_answer(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation_id = ada.new_conversation(title="Roses")
    capsys.readouterr()
    ada.headers = {"x-request-id": ID}
    sent = ada.send(conversation_id, "Which roses?")
    assert sent.headers["X-Request-Id"] == ID
    stage.run()
    lines = _lines(capsys)
    assert {(each["function"], each["request_id"]) for each in lines} == {("api_handler", ID), ("answer", ID)}
    (turn,) = [each for each in lines if each["event"] == "turn"]
    assert (turn["turns"], turn["status"], turn["error"]) == (1, "complete", None)
    assert turn["message_id"] == sent.body["answer"]["message_id"]
    assert 0 <= turn["first_token_ms"] <= turn["answer_ms"]
    assert turn["output_tokens"] > 0
    assert turn["cost_usd"] > 0


def test_what_is_deleted_is_purged_in_the_name_of_the_deletion(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    ada.headers = {"x-request-id": ID}
    ada.delete(f"/conversations/{conversation_id}")
    (schedule,) = stage.scheduler.schedules.values()
    assert json.loads(schedule["Target"]["Input"])[logs.TRACE] == ID


def test_a_files_row_names_the_request_that_announced_it(stage: Stage, ada: Person) -> None:
    ada.headers = {"x-request-id": ID}
    file = stage.upload(ada, b"roses")
    assert stage.row("files", file.file_id)["trace_id"] == ID


@pytest.mark.parametrize("given", ["", "short", "with space and text", "é" * 12, "a" * 65, '"}{"event":"forged'])
def test_what_is_no_id_is_replaced_and_never_echoed(given: str) -> None:
    made = logs.accepted(given)
    assert made != given
    assert logs.accepted(made) == made


def test_errors_name_their_request_too_and_a_limit_is_a_metric(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    limited(stage, members={"sends": [1, 3_600]})
    ada.headers = {"x-request-id": ID}
    refused = [ada.post("/conversations", {}) for _ in range(2)][-1]
    assert (refused.status, refused.headers["X-Request-Id"]) == (429, ID)
    (told,) = [each for each in _lines(capsys) if "_aws" in each]
    assert (told["refused"], told["code"], told["request_id"]) == (1, "rate_limited", ID)


def test_a_model_that_fails_is_counted_by_its_kind(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.script(None, error={"status": 400, "message": "MARKER"})
    ada.queue(ada.new_conversation(title="Roses"), "Which roses?")
    stage.run(60)
    lines = _lines(capsys)
    (turn,) = [each for each in lines if each["event"] == "turn"]
    (failed,) = [each for each in lines if each["event"] == "model_failed"]
    assert (turn["model_failures"], turn["status"], failed["kind"]) == (1, "failed", turn["error"])
    assert "MARKER" not in json.dumps(lines)
