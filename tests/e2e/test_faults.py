"""What becomes of an answer whose worker dies, runs out of time, is started twice or never."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e import rows
from tests.e2e.demo import Model, long_text, unique_word
from tests.e2e.deployment import Deployment
from tests.e2e.faults import FailureQueue, log_text, timeout_of, worker_pids
from tests.e2e.people import Person, text_of, text_of_frames
from tests.e2e.waiting import until
from tests.e2e.web import Reply

pytestmark = [pytest.mark.local_only, pytest.mark.scripted, pytest.mark.kills_answers]

TEXT = long_text(900)
# An answer's lease; after it whoever meets the answer settles it.
LEASE_S = 10.0


def _order(answer: dict[str, Any], user_id: str) -> bytes:
    """The invocation as the api function sends it."""
    ids = {"user_id": user_id, "conversation_id": answer["conversation_id"], "message_id": answer["message_id"]}
    return json.dumps(ids).encode()


def _is_through(deployment: Deployment, answer: dict[str, Any]) -> bool:
    """Whether the function has returned, so that its worker takes the next invocation."""
    return any(
        '"event":"answer"' in line and answer["message_id"] in line for line in log_text(deployment).splitlines()
    )


def _retry(person: Person, answer: dict[str, Any]) -> dict[str, Any]:
    reply = person.post(f"/conversations/{answer['conversation_id']}/messages/{answer['message_id']}/retry")
    assert reply.status == 202, reply
    return person.settled(reply.body["answer"])


@dataclass(frozen=True)
class Killed:
    """An answer whose worker was killed in the middle. shown: what a reader had seen of it before."""

    answer: dict[str, Any]
    shown: str
    word: str

    @property
    def conversation_id(self) -> str:
        return str(self.answer["conversation_id"])


@pytest.fixture(scope="module")
def killed(deployment: Deployment, ada: Person, model: Model) -> dict[str, Killed]:
    """Two answers, of two workers, killed at once: one is then retried, the other one's conversation goes on."""
    words = {name: unique_word() for name in ("retried", "left")}
    answers = {}
    for name, word in words.items():
        model.script(word, times=1, text=TEXT, delay_chunk_s=0.05)
        model.script(word, text="Whole at last.")
        answers[name] = ada.begin(ada.new_conversation(), f"{word} a long question")
    shown = {name: ada.begun(answer, characters=60) for name, answer in answers.items()}
    pids = worker_pids(deployment, "answer")
    assert len(pids) >= len(answers)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return {name: Killed(answers[name], shown[name], word) for name, word in words.items()}


def test_after_a_killed_worker_a_new_message_is_accepted(ada: Person, killed: dict[str, Killed]) -> None:
    left = killed["left"]

    def accepted() -> Reply | None:
        reply = ada.send(left.conversation_id, f"{left.word} never mind")
        if reply.status == 409:
            assert reply.error["code"] == "answer_in_progress"
            return None
        return reply

    sent = until(accepted, LEASE_S + 5, "the end of the lost worker's lease")
    assert sent.status == 202
    assert text_of(ada.settled(sent.body["answer"])) == "Whole at last."
    assert ada.message(left.conversation_id, left.answer["message_id"])["status"] == "interrupted"


def test_a_killed_worker_leaves_what_it_showed(deployment: Deployment, ada: Person, killed: dict[str, Killed]) -> None:
    lost = killed["retried"]
    broken = ada.settled(lost.answer, timeout_s=LEASE_S + 5)
    assert (broken["status"], broken["error"]["code"]) == ("interrupted", "worker_lost")
    assert text_of(broken).startswith(lost.shown)
    assert TEXT.startswith(text_of(broken))
    assert text_of_frames(ada.frames(lost.answer)) == text_of(broken)
    prompt = next(item for item in ada.messages(lost.conversation_id) if item["role"] == "user")
    assert text_of(prompt) == f"{lost.word} a long question"

    assert text_of(_retry(ada, lost.answer)) == "Whole at last."
    assert text_of(ada.ask(lost.conversation_id, f"{lost.word} and now?")) == "Whole at last."
    roles = [item["role"] for item in reversed(ada.messages(lost.conversation_id))]
    assert roles == ["user", "assistant", "assistant", "user", "assistant"]


def test_a_killed_invocation_is_recorded_without_any_text(deployment: Deployment, killed: dict[str, Killed]) -> None:
    message_id = killed["retried"].answer["message_id"]
    record = FailureQueue(deployment).receive(lambda payload: payload.get("message_id") == message_id)
    assert set(record["requestPayload"]) == {"user_id", "conversation_id", "message_id", "trace_id"}
    assert killed["retried"].word not in json.dumps(record)


def test_a_worker_that_was_paused_cannot_write_over_its_successor(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, times=1, text=long_text(900), delay_chunk_s=0.05)
    model.script(word, text="By the successor.")
    answer = ada.begin(ada.new_conversation(), f"{word} a long question")
    ada.begun(answer, characters=20)
    pids = worker_pids(deployment, "answer")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        broken = ada.settled(answer, timeout_s=LEASE_S + 5)
        assert broken["status"] == "interrupted"
        reply = ada.post(f"/conversations/{answer['conversation_id']}/messages/{answer['message_id']}/retry")
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert text_of(ada.settled(reply.body["answer"])) == "By the successor."
    time.sleep(1.5)  # three ticks of the worker that woke up, in which it would write
    late = ada.message(answer["conversation_id"], answer["message_id"])
    assert (late["status"], text_of(late)) == ("superseded", text_of(broken))
    assert ada.get(f"/conversations/{answer['conversation_id']}").body["answer_in_progress"] is None


def test_an_answer_that_outlasts_its_function_is_kept(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, times=1, text=long_text(2000), delay_chunk_s=0.05)
    model.script(word, text="Shorter.")
    # 15 s are kept back to store the answer.
    with timeout_of(deployment, "answer", 18):
        answer = ada.begin(ada.new_conversation(), f"{word} a long question")
        shown = ada.begun(answer, characters=40)
        broken = ada.settled(answer, timeout_s=12)
    assert (broken["status"], broken["error"]["code"]) == ("interrupted", "out_of_time")
    assert text_of(broken).startswith(shown)
    assert long_text(2000).startswith(text_of(broken))
    assert text_of(_retry(ada, answer)) == "Shorter."


def test_a_function_killed_by_its_time_out_loses_nothing(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text="Never asked for.")
    queue = FailureQueue(deployment)
    # Paused at its start, so that Lambda itself has to end it.
    with timeout_of(deployment, "answer", 3):
        warm = ada.ask(ada.new_conversation(), f"{word} to start a worker")
        until(lambda: _is_through(deployment, warm), 20, "the end of the first invocation")
        pids = worker_pids(deployment, "answer")
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        answer = ada.begin(warm["conversation_id"], f"{word} a question")
        record = queue.receive(lambda payload: payload.get("message_id") == answer["message_id"])
    assert "timed out" in json.dumps(record).lower()
    stored = rows.messages(deployment, ada.user_id, answer["conversation_id"])
    assert next(row for row in stored if row["message_id"] == answer["message_id"])["status"] == "queued"
    stop = ada.post(f"/conversations/{answer['conversation_id']}/messages/{answer['message_id']}/stop")
    assert (stop.status, stop.body["status"]) == (202, "stopped")
    assert text_of(_retry(ada, answer)) == "Never asked for."


def test_an_invocation_delivered_twice_answers_once(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text=long_text(60), delay_chunk_s=0.02)
    client, name = deployment.client("lambda"), deployment.function("answer")
    answer = ada.begin(ada.new_conversation(), f"{word} a question")
    order = _order(answer, ada.user_id)
    for _ in range(3):
        client.invoke(FunctionName=name, InvocationType="Event", Payload=order)
    done = ada.settled(answer)
    late = client.invoke(FunctionName=name, InvocationType="RequestResponse", Payload=order)
    assert "FunctionError" not in late
    assert text_of(done) == long_text(60)
    assert ada.message(answer["conversation_id"], answer["message_id"]) == done
    assert len(model.requests(word)) == 1


def test_what_cannot_be_answered_lands_in_the_queue(deployment: Deployment) -> None:
    strange = {"message_id": f"strange-{uuid.uuid4()}", "nothing": "else"}
    deployment.client("lambda").invoke(
        FunctionName=deployment.function("answer"), InvocationType="Event", Payload=json.dumps(strange).encode()
    )
    record = FailureQueue(deployment).receive(lambda payload: payload.get("message_id") == strange["message_id"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
