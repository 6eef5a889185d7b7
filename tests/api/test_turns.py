"""Sending: one prompt, one answer, one at a time; what a repeat finds, at whatever moment it comes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest

from tests.fakes.aws import client_error
from tests.people import Person, Reply
from tests.stage import Stage


def _together(*calls: Callable[[], Reply]) -> list[Reply]:
    """Make all calls at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(calls))
    replies: dict[int, Reply] = {}

    def run(number: int, call: Callable[[], Reply]) -> None:
        gate.wait()
        replies[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [replies[number] for number in range(len(calls))]


def test_a_turn_is_stored_before_the_model_is_asked_and_the_answer_after(stage: Stage, ada: Person) -> None:
    stage.script("roses", thinking="Hm.", text="Red roses.", usage={"input_tokens": 100, "output_tokens": 20})
    conversation_id = ada.new_conversation(title="T")
    sent = ada.send(conversation_id, "Which roses?")
    assert sent.status == 202
    prompt, queued = sent.body["user_message"], sent.body["answer"]
    assert (prompt["role"], prompt["status"], prompt["content"]) == (
        "user",
        "complete",
        [{"type": "text", "text": "Which roses?"}],
    )
    assert (queued["status"], queued["content"], queued["parent_id"]) == ("queued", [], prompt["message_id"])
    assert ada.messages(conversation_id) == [queued, prompt]
    assert stage.requests() == []
    assert ada.conversation(conversation_id)["answer_in_progress"] == queued["message_id"]

    stage.run()
    answer = ada.message(conversation_id, queued["message_id"])
    assert answer["status"] == "complete"
    assert answer["content"] == [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Red roses."}]
    assert (answer["stop_reason"], answer["error"], answer["model"]) == ("end_turn", None, "claude-sonnet-5-5")
    assert (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]) == (100, 20)
    assert answer["usage"]["cost_usd"] == pytest.approx((100 * 2 + 20 * 10) / 1e6, rel=0.2)
    shown = ada.conversation(conversation_id)
    assert (shown["head"], shown["answer_in_progress"]) == (answer["message_id"], None)
    assert shown["timestamp"] == queued["created_at"]


@pytest.mark.parametrize("count", [2, 5])
def test_of_sends_at_once_one_is_accepted_and_the_others_are_told_which(stage: Stage, ada: Person, count: int) -> None:
    conversation_id = ada.new_conversation(title="T")
    texts = [f"Question {number}" for number in range(count)]
    replies = _together(*(lambda text=text: ada.send(conversation_id, text) for text in texts))
    accepted = [reply for reply in replies if reply.status == 202]
    refused = [reply for reply in replies if reply.status != 202]
    assert len(accepted) == 1
    winner = accepted[0].body
    for reply in refused:
        assert (reply.status, reply.error) == (409, "answer_in_progress")
        assert reply.body["error"]["message_id"] == winner["answer"]["message_id"]
    stage.run()
    assert len(stage.prompts()) == 1
    assert len(ada.messages(conversation_id)) == 2
    # The text that was kept is sent afterwards.
    lost = next(text for text in texts if text != winner["user_message"]["content"][0]["text"])
    assert ada.ask(conversation_id, lost)["status"] == "complete"


@pytest.mark.parametrize("moment", ["queued", "streaming"])
def test_a_send_while_an_answer_is_in_progress_is_told_which(stage: Stage, ada: Person, moment: str) -> None:
    conversation_id = ada.new_conversation(title="T")
    answer_id = ada.queue(conversation_id, "Which roses?")
    if moment == "streaming":
        stage.edit("messages", answer_id, status="streaming", token="t", lease_until=2**40)
    before = stage.rows("messages")
    for refused in (ada.send(conversation_id, "Which lilies?"), ada.retry(conversation_id, answer_id)):
        assert (refused.status, refused.error) == (409, "answer_in_progress")
        assert refused.body["error"]["message_id"] == answer_id
    assert stage.rows("messages") == before


def test_the_same_request_id_is_the_same_turn_at_every_moment(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex

    def send(text: str = "Which roses?") -> Reply:
        return ada.send(conversation_id, text, request_id=request_id)

    first = send()
    assert send().body == first.body  # while it is queued: it is invoked once more
    assert len(stage.lambdas.pending) == 2
    stage.run()
    done = send()  # when it has ended
    assert done.status == 202
    assert done.body["answer"]["message_id"] == first.body["answer"]["message_id"]
    assert done.body["answer"]["status"] == "complete"
    ada.queue(conversation_id, "And lilies?")
    assert send().body == done.body  # while another answer is in progress
    for text in ("Which roses", "Which roses??"):
        assert (send(text).status, send(text).error) == (409, "request_id_reused")
    stage.configure(user_budget_usd=0)
    assert send().body == done.body  # while the budget is spent
    stage.run()
    assert len([row for row in stage.rows("messages") if row.get("role")]) == 4
    assert len(stage.prompts()) == 2


def test_the_same_request_at_once_from_several_threads_is_one_turn(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex
    send = [lambda: ada.send(conversation_id, "Which roses?", request_id=request_id)] * 6
    replies = _together(*send)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.raw for reply in replies}) == 1
    with stage.working():
        pass
    assert len(stage.prompts()) == 1
    assert len(ada.messages(conversation_id)) == 2


def test_the_first_message_at_once_from_several_threads_is_one_conversation(stage: Stage, ada: Person) -> None:
    body = {"message": {"text": "Which roses?", "request_id": uuid.uuid4().hex}}
    replies = _together(*[lambda: ada.post("/conversations", body)] * 6)
    assert {(reply.status, reply.raw) for reply in replies} == {(201, replies[0].raw)}
    assert len(stage.rows("conversations")) == 1


def test_a_crash_between_storing_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    request_id = uuid.uuid4().hex
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    failed = ada.send(conversation_id, "Which roses?", request_id=request_id)
    assert (failed.status, failed.error) == (503, "unavailable")
    assert stage.lambdas.pending == []
    healed = ada.send(conversation_id, "Which roses?", request_id=request_id)
    assert healed.status == 202
    stage.run()
    assert [message["status"] for message in ada.messages(conversation_id)] == ["complete", "complete"]


def test_a_crash_between_storing_a_retry_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    stage.lambdas.failures.append(client_error("ServiceException", "Invoke", 500))
    failed = ada.retry(conversation_id, first["message_id"])
    assert (failed.status, failed.error) == (503, "unavailable")
    healed = ada.retry(conversation_id, first["message_id"])
    assert healed.status == 202
    stage.run()
    messages = ada.messages(conversation_id)
    assert [(message["role"], message["status"]) for message in messages] == [
        ("assistant", "complete"),
        ("assistant", "superseded"),
        ("user", "complete"),
    ]
    assert messages[0]["message_id"] == healed.body["answer"]["message_id"]


def test_a_crash_between_storing_a_first_message_and_invoking_heals_on_the_repeat(stage: Stage, ada: Person) -> None:
    body = {"message": {"text": "Which roses?", "request_id": uuid.uuid4().hex}}
    stage.lambdas.failures.append(client_error("ServiceException", "Invoke", 500))
    assert ada.post("/conversations", body).status == 503
    healed = ada.post("/conversations", body)
    stage.run()
    answer = ada.message(healed.body["conversation_id"], healed.body["answer"]["message_id"])
    assert answer["status"] == "complete"


def test_two_retries_at_once_make_one_answer(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    replies = _together(*[lambda: ada.retry(conversation_id, first["message_id"])] * 3)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.raw for reply in replies}) == 1
    with stage.working():
        pass
    assert len(stage.prompts()) == 2
