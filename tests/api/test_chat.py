"""POST /chat: a question and its answer in one request."""

from __future__ import annotations

import uuid

import pytest

from tests.people import Person, text_of
from tests.stage import Stage


def test_chat_answers_in_one_request(stage: Stage, ada: Person) -> None:
    stage.lambdas.deliver = stage.answer
    stage.script("roses", text="Red.")
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert reply.status == 200
    assert (reply.body["text"], reply.body["status"], reply.body["stop_reason"]) == ("Red.", "complete", "end_turn")
    assert reply.body["content"] == [{"type": "text", "text": "Red."}]
    again = ada.post("/chat", {"message": "And lilies?", "conversation_id": reply.body["conversation_id"]})
    assert again.body["conversation_id"] == reply.body["conversation_id"]
    assert len(stage.prompts()[-1]["messages"]) == 3
    body = {"message": "Which tulips?", "request_id": uuid.uuid4().hex}
    assert ada.post("/chat", body).body == ada.post("/chat", body).body
    assert len(stage.prompts()) == 3


def test_chat_says_what_went_wrong(stage: Stage, ada: Person) -> None:
    stage.lambdas.deliver = stage.answer
    stage.script(None, error={"status": 400})
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert (reply.status, reply.body["status"], reply.body["error"]["code"]) == (200, "failed", "prompt_refused")


def test_chat_gives_the_ids_when_the_answer_takes_too_long(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.api import messages

    monkeypatch.setattr(messages, "CHAT_WAIT_S", 0.3)
    reply = ada.post("/chat", {"message": "Which roses?"})
    assert reply.status == 202
    assert (reply.body["status"], reply.body["text"]) == ("queued", None)
    stage.run()
    answer = ada.message(reply.body["conversation_id"], reply.body["message_id"])
    assert text_of(answer)
