"""One message and its answer, through the deployed functions."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.demo import Model, long_text
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person, text_of, text_of_frames
from tests.e2e.waiting import until

pytestmark = pytest.mark.scripted


def test_an_answer_is_stored_with_its_usage_and_titles_its_conversation(ada: Person, model: Model, word: str) -> None:
    model.script(word, text="Roses and lilies.", thinking="Flowers.")
    model.script(word, text="Flowers for the garden", title=True)
    conversation_id = ada.new_conversation()
    answer = ada.ask(conversation_id, f"{word} which flowers?")
    assert (answer["status"], answer["stop_reason"], text_of(answer)) == ("complete", "end_turn", "Roses and lilies.")
    assert answer["usage"]["output_tokens"] > 0
    assert answer["usage"]["cost_usd"] > 0
    title = until(lambda: ada.get(f"/conversations/{conversation_id}").body["title"], 10, "the title")
    assert title == "Flowers for the garden"


def test_the_next_question_is_asked_with_what_was_said_before(ada: Person, model: Model, word: str) -> None:
    model.script(f"{word}-1", text="A rose.")
    model.script(f"{word}-2", text="Red.")
    conversation_id = ada.new_conversation()
    ada.ask(conversation_id, f"{word}-1 name a flower")
    ada.ask(conversation_id, f"{word}-2 which colour?")
    (request,) = model.requests(f"{word}-2")
    said = [(item["role"], item["content"][0]["text"]) for item in request["body"]["messages"]]
    expected = [("user", f"{word}-1 name a flower"), ("assistant", "A rose."), ("user", f"{word}-2 which colour?")]
    assert said == expected


def test_a_repeated_request_is_one_turn(ada: Person, model: Model, word: str) -> None:
    model.script(word, text=long_text(20))
    conversation_id = ada.new_conversation()
    request_id = str(uuid.uuid4())
    first, second = (ada.send(conversation_id, f"{word} once", request_id=request_id) for _ in range(2))
    assert (first.status, second.status) == (202, 202)
    ids = [[reply.body[part]["message_id"] for part in ("user_message", "answer")] for reply in (first, second)]
    assert ids[0] == ids[1]
    ada.settled(first.body["answer"])
    assert len(model.requests(word)) == 1
    other = ada.send(conversation_id, f"{word} another text", request_id=request_id)
    assert (other.status, other.error["code"]) == (409, "request_id_reused")


def test_of_two_sends_at_once_one_is_accepted(ada: Person, model: Model, word: str) -> None:
    # Longer than the functions of all six take to start.
    model.script(word, text=long_text(1500), delay_chunk_s=0.05)
    conversation_id = ada.new_conversation()
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda number: ada.send(conversation_id, f"{word} {number}"), range(6)))
    (accepted,) = [reply for reply in replies if reply.status == 202]
    refused = [reply for reply in replies if reply.status != 202]
    assert {(reply.status, reply.error["code"]) for reply in refused} == {(409, "answer_in_progress")}
    assert {reply.error["message_id"] for reply in refused} == {accepted.body["answer"]["message_id"]}
    assert len(ada.messages(conversation_id)) == 2
    answer = accepted.body["answer"]
    assert ada.post(f"/conversations/{conversation_id}/messages/{answer['message_id']}/stop").status == 202
    assert ada.settled(answer)["status"] == "stopped"
    assert ada.begin(conversation_id, f"{word} afterwards")["status"] == "queued"


def test_reading_frames_alone_gives_the_same_text(ada: Person, model: Model, word: str) -> None:
    model.script(word, text=long_text(80), delay_chunk_s=0.04)
    answer = ada.begin(ada.new_conversation(), f"{word} slowly")
    read = ada.frames(answer)
    seen = [len(text_of_frames(read))]

    def more() -> bool:
        read.extend(ada.frames(answer, after=read[-1]["sequence"] if read else 0))
        seen.append(len(text_of_frames(read)))
        return bool(read) and read[-1]["type"] == "answer.done"

    until(more, 20, "the last frame")
    assert text_of_frames(read) == long_text(80)
    assert len(set(seen)) > 3, "the text must have come in parts"


def test_stop_stores_what_was_shown(ada: Person, model: Model, word: str) -> None:
    model.script(word, text=long_text(600), delay_chunk_s=0.05)
    answer = ada.begin(ada.new_conversation(), f"{word} slowly")
    shown = ada.begun(answer, characters=40)
    path = f"/conversations/{answer['conversation_id']}/messages/{answer['message_id']}"
    assert ada.post(f"{path}/stop").status == 202
    stopped = ada.settled(answer, timeout_s=5)
    assert stopped["status"] == "stopped"
    assert text_of(stopped).startswith(shown)
    assert long_text(600).startswith(text_of(stopped))
    assert len(text_of(stopped)) < len(long_text(600))
    assert text_of_frames(ada.frames(answer)) == text_of(stopped)
    again = ada.post(f"{path}/retry")
    assert again.status == 202
    assert ada.message(answer["conversation_id"], answer["message_id"])["status"] == "superseded"
    ada.post(f"/conversations/{answer['conversation_id']}/messages/{again.body['answer']['message_id']}/stop")


@dataclass(frozen=True)
class Fault:
    """What the model does, and what is stored of it. kept: characters."""

    reply: dict[str, Any]
    status: str
    code: str
    kept: int


FAULTS = [
    Fault({"error": {"status": 400, "type": "invalid_request_error", "message": "no"}}, "failed", "prompt_refused", 0),
    Fault({"text": long_text(40), "cut_after_chars": 60}, "interrupted", "stream_cut", 60),
    Fault({"text": long_text(40), "error_after_chars": 60}, "interrupted", "model_overloaded", 60),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_a_fault_of_the_model_keeps_what_came_and_can_be_retried(
    ada: Person, model: Model, word: str, fault: Fault
) -> None:
    model.script(word, times=1, **fault.reply)
    model.script(word, text="Here it is.")
    conversation_id = ada.new_conversation()
    broken = ada.ask(conversation_id, f"{word} a question")
    assert (broken["status"], broken["error"]["code"]) == (fault.status, fault.code)
    assert text_of(broken) == long_text(40)[: fault.kept]
    retried = ada.post(f"/conversations/{conversation_id}/messages/{broken['message_id']}/retry")
    assert retried.status == 202
    answer = ada.settled(retried.body["answer"])
    assert text_of(answer) == "Here it is."
    thread = ada.messages(conversation_id)
    assert [item["role"] for item in thread].count("user") == 1
    assert ada.get(f"/conversations/{conversation_id}").body["head"] == answer["message_id"]


def test_an_overloaded_model_is_asked_again(ada: Person, model: Model, word: str) -> None:
    model.script(word, times=1, error={"status": 529, "type": "overloaded_error", "message": "busy"})
    model.script(word, text="At the second attempt.")
    answer = ada.ask(ada.new_conversation(), f"{word} a question")
    assert (answer["status"], text_of(answer)) == ("complete", "At the second attempt.")
    assert len(model.requests(word)) == 2


def test_chat_answers_a_script_in_one_request(ada: Person, model: Model, word: str, deployment: Deployment) -> None:
    model.script(word, text="In one go.")
    reply = ada.post("/chat", {"message": f"{word} a question"})
    assert (reply.status, reply.body["status"], reply.body["text"]) == (200, "complete", "In one go.")
    stored = ada.message(reply.body["conversation_id"], reply.body["message_id"])
    assert stored["content"] == reply.body["content"]
