"""What a person is told of an answer besides its text: where its prompt began, what it waits for, that it is empty."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.claude import retries
from chalicelib.ids import seconds

from tests.people import Person
from tests.stage import Stage


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _ids(ada: Person, conversation_id: str) -> list[str]:
    return sorted(each["message_id"] for each in ada.messages(conversation_id))


def test_an_answer_says_where_its_prompt_began_and_how_much_was_left_out(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.configure(history_tokens=1_000)
    stage.script(None, text="x" * 290)
    answers = [ada.ask(conversation_id, f"{number:03}" + "y" * 290) for number in range(12)]
    assert [answer["context"] for answer in answers[:3]] == [None] * 3
    ids, sent = _ids(ada, conversation_id), stage.prompts()
    cut = [answer["context"] for answer in answers if answer["context"]]
    assert len({context["first_message_id"] for context in cut}) == 2
    for answer, prompt in zip(answers, sent, strict=True):
        context = answer["context"] or {"first_message_id": ids[0], "left_out": 0}
        begins = ada.message(conversation_id, context["first_message_id"])["content"][0]["text"]
        assert prompt["messages"][0]["content"][-1]["text"] == begins
        assert ids[context["left_out"]] == context["first_message_id"]
        last = ada.frames(conversation_id, answer["message_id"])["items"][-1]
        assert last.get("context") == answer["context"]


def test_a_branch_says_what_was_left_out_of_itself(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(history_tokens=1_000)
    stage.script(None, text="x" * 290)
    answers = [ada.ask(conversation_id, f"{number:03}" + "y" * 290) for number in range(8)]
    assert answers[-1]["context"]["left_out"] > 4
    early = ada.ask(conversation_id, "edited", parent_id=answers[0]["message_id"])
    assert early["context"] is None
    late = ada.ask(conversation_id, "z" * 2_000, parent_id=answers[1]["message_id"])
    assert late["context"] == {"first_message_id": late["parent_id"], "left_out": 4}


def test_an_answer_that_failed_says_it_too(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(history_tokens=300)
    stage.script("roses", text="Red.")
    ada.ask(conversation_id, "roses " * 100)
    stage.script("lilies", error={"status": 400})
    failed = ada.ask(conversation_id, "lilies " * 100)
    assert failed["context"] == {"first_message_id": failed["parent_id"], "left_out": 2}
    assert ada.frames(conversation_id, failed["message_id"])["items"][-1]["context"] == failed["context"]


def test_an_overload_is_pushed_at_once_kept_for_who_comes_later_and_taken_back(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "_MAX_PAUSE_S", 0.01)
    ada.connect("phone")
    stage.script(None, times=2, error={"status": 529})
    stage.script("roses", text="Red.")
    began = time.time()
    answer = ada.ask(conversation_id, "Which roses?")
    told = [frame for frame in stage.gateway.sent["phone"] if frame["type"] == "answer.waiting"]
    assert [frame["code"] for frame in told] == ["model_overloaded", "model_overloaded", None]
    assert all(began < seconds(frame["until"]) <= time.time() + 60 for frame in told[:2])
    assert told[2]["until"] is None
    frames = [f for f in stage.gateway.sent["phone"] if f.get("message_id") == answer["message_id"]]
    assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
    assert frames[-1]["type"] == "answer.done"


@pytest.mark.parametrize("status", [429, 503, 529])
def test_when_to_come_back_is_told_where_it_is_too_long_to_wait_for(
    stage: Stage, ada: Person, conversation_id: str, status: int
) -> None:
    stage.script(None, error={"status": status, "headers": {"retry-after": "7200"}})
    answer = ada.ask(conversation_id, "Which roses?")
    assert answer["status"] == "failed"
    assert abs(seconds(answer["error"]["retry_at"]) - time.time() - 7_200) < 60
    assert "minute" in answer["error"]["message"] or "hours" in answer["error"]["message"]
    assert len(stage.prompts()) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"content": []},
        {"text": " \n"},
        {"thinking": "Hm.", "content": []},
        {"thinking": "Hm.", "content": [], "stop_reason": "max_tokens"},
    ],
)
def test_an_answer_without_text_is_a_failure_that_is_paid_as_any_other(
    stage: Stage, ada: Person, conversation_id: str, reply: dict[str, Any]
) -> None:
    usage = {"input_tokens": 100, "output_tokens": 10}
    stage.script("roses", times=1, usage=usage, **reply)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["error"]["code"]) == ("failed", "empty_answer")
    assert answer["usage"]["cost_usd"] == pytest.approx(100 * 2e-6 + 10 * 10e-6)
    last = ada.frames(conversation_id, answer["message_id"])["items"][-1]
    assert (last["type"], last["usage"]) == ("answer.failed", answer["usage"])
    again = ada.retry(conversation_id, answer["message_id"])
    assert again.status == 202


def test_an_answer_that_was_declined_without_a_word_is_no_empty_one(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.script("roses", content=[], stop_reason="refusal")
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["stop_reason"], answer["error"]) == ("complete", "refusal", None)
