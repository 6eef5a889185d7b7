"""A worker that is killed, paused or never started: who meets its answer settles it, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib.ids import iso

from tests.fakes import wire
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Killed, Send
from tests.people import Person, text_in, text_of
from tests.stage import Stage, wait_for

TEXT = "Red roses, white lilies and one yellow tulip."
SHOWN = TEXT[:9]
Meet = Callable[[Person, str, str], object]

PAUSES: dict[str, Callable[[Call], bool]] = {
    "renewal": lambda call: call.operation == "UpdateItem" and ":new_usage" in str(call.body),
    "end": lambda call: call.operation == "TransactWriteItems" and "messages" in call.tables,
}

MEETINGS: dict[str, Meet] = {
    "frames": lambda ada, conversation, answer: ada.frames(conversation, answer),
    "conversation": lambda ada, conversation, answer: ada.conversation(conversation),
    "messages": lambda ada, conversation, answer: ada.messages(conversation),
    "send": lambda ada, conversation, answer: ada.send(conversation, "More?"),
    "retry": lambda ada, conversation, answer: ada.retry(conversation, answer),
    "stop": lambda ada, conversation, answer: ada.stop(conversation, answer),
}


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _killed_in_the_middle(stage: Stage, ada: Person, conversation_id: str) -> str:
    """An answer whose worker was killed after it had shown and logged a part; its lease has run out."""
    stage.script("roses", times=1, text=TEXT, hang_after_chars=len(SHOWN))
    answer_id = ada.queue(conversation_id, "Which roses?")
    (payload,) = stage.lambdas.take()
    ada.connect("tab")
    logged = threading.Event()

    def die(connection_id: str) -> None:
        if logged.is_set():
            raise Killed

    def run() -> None:
        with pytest.raises(Killed):
            stage.answer(payload)

    stage.gateway.before_post = die
    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    wait_for(lambda: text_in(ada.frames(conversation_id, answer_id)["items"]) == SHOWN)
    wait_for(lambda: "usage" in stage.row("messages", answer_id))
    logged.set()
    # The next push kills it, or its end, which a stop brings about.
    stage.wire.fail(wire.killed_before, lambda call: call.tables == ["usage"])
    stage.edit("messages", answer_id, stop_requested=True)
    worker.join(20)
    assert not worker.is_alive()
    stage.wire.clear()  # where it was the push that killed it, the other death is still waiting
    stage.gateway.before_post = lambda connection_id: None
    assert ada.messages(conversation_id)[0]["status"] == "streaming"
    stage.edit("messages", answer_id, stop_requested=None, lease_until=int(time.time()) - 1)
    return answer_id


@pytest.mark.parametrize("meeting", MEETINGS)
def test_a_killed_workers_answer_is_settled_by_whoever_meets_it(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None, meeting: str
) -> None:
    answer_id = _killed_in_the_middle(stage, ada, conversation_id)
    MEETINGS[meeting](ada, conversation_id, answer_id)
    row = stage.row("messages", answer_id)
    assert row["status"] == ("superseded" if meeting == "retry" else "interrupted")
    assert row["error"]["code"] == "worker_lost"
    assert row["content"] == [{"type": "text", "text": SHOWN}]
    stage.run()
    if meeting not in ("send", "retry"):
        frames = ada.frames(conversation_id, answer_id)
        assert (text_in(frames["items"]), frames["status"]) == (SHOWN, "interrupted")
        assert ada.retry(conversation_id, answer_id).status == 202
        stage.run()
    messages = ada.messages(conversation_id)
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    assert messages[0]["status"] == "complete"
    assert sum("roses" in text_of(message) for message in messages if message["role"] == "user") == 1
    assert sum(message["message_id"] == answer_id for message in messages) == 1
    assert ada.ask(conversation_id, "And now?")["status"] == "complete"


@pytest.mark.parametrize("meeting", MEETINGS)
def test_an_answer_that_nobody_started_is_settled_by_whoever_meets_it(
    stage: Stage, ada: Person, conversation_id: str, meeting: str
) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.lambdas.take()
    stage.edit("messages", answer_id, created_at=iso(time.time() - 61))
    MEETINGS[meeting](ada, conversation_id, answer_id)
    row = stage.row("messages", answer_id)
    assert row["status"] == ("superseded" if meeting == "retry" else "failed")
    assert row["error"]["code"] == "not_started"
    stage.run()
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    assert ada.ask(conversation_id, "And now?")["status"] == "complete"


def test_the_same_request_meets_its_dead_answer_and_starts_no_second(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?", request_id="a" * 32)
    stage.lambdas.take()
    stage.edit("messages", answer_id, created_at=iso(time.time() - 61))
    again = ada.send(conversation_id, "Which roses?", request_id="a" * 32)
    assert (again.status, again.body["answer"]["status"]) == (202, "failed")
    assert again.body["answer"]["message_id"] == answer_id
    assert stage.lambdas.pending == []


def test_what_a_dead_answer_spent_is_counted_once_by_whoever_meets_it(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    answer_id = _killed_in_the_middle(stage, ada, conversation_id)
    stage.edit("messages", answer_id, usage=None)
    stage.edit("messages", answer_id, usage=_usage(input_tokens=1_000, output_tokens=50, cost_micro_usd=2_500))
    assert min(_counted(stage, ada)) > 2_500  # what it had reserved
    for _ in range(2):
        ada.messages(conversation_id)
    assert _counted(stage, ada) == [2_500, 2_500]
    assert not [name for row in stage.rows("usage") for name in row if name.startswith("open_")]


def _usage(**counts: int) -> dict[str, int]:
    return {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, **counts}


def _counted(stage: Stage, ada: Person) -> list[int]:
    rows = {row["subject"]: row.get("cost_micro_usd", 0) for row in stage.rows("usage")}
    return [rows.get(subject, 0) for subject in (f"user:{ada.user_id}", "stage")]


def test_several_who_meet_a_dead_answer_at_once_settle_it_once(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    answer_id = _killed_in_the_middle(stage, ada, conversation_id)
    seen: list[Any] = []
    threads = [threading.Thread(target=lambda: seen.append(ada.message(conversation_id, answer_id))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert {(message["status"], text_of(message)) for message in seen} == {("interrupted", SHOWN)}
    spent = ada.message(conversation_id, answer_id)["usage"]["cost_usd"]
    assert _counted(stage, ada) == [round(spent * 1e6)] * 2


@pytest.mark.parametrize("moment", PAUSES)
def test_a_paused_worker_does_not_overwrite_what_others_settled(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None, moment: str
) -> None:
    stage.pace(1)
    stage.script("roses", times=1, text=TEXT, chunk_chars=3, delay_chunk_s=0.01, usage={"input_tokens": 1_000})
    stage.script("roses", text="Pink ones.", usage={"input_tokens": 10})
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.wire.clear()
    asleep, awake = threading.Event(), threading.Event()

    def pause(call: Call, send: Send) -> Any:
        asleep.set()
        awake.wait(20)
        return send()

    stage.wire.fail(pause, PAUSES[moment])
    with stage.working():
        asleep.wait(20)
        # It sleeps past its lease; meanwhile somebody settles the answer and asks again.
        stage.edit("messages", answer_id, lease_until=int(time.time()) - 1)
        settled = ada.message(conversation_id, answer_id)
        assert settled["status"] == "interrupted"
        retried = ada.retry(conversation_id, answer_id).body["answer"]["message_id"]
        awake.set()
    stage.run()
    assert ada.message(conversation_id, answer_id) == settled | {"status": "superseded"}
    new = ada.message(conversation_id, retried)
    assert new["status"] == "complete"
    assert text_of(new) == "Pink ones."
    # Whoever settled it counted what the worker had reported; the worker counts only what came since.
    assert {row["input_tokens"] for row in stage.rows("usage")} == {1_010}
    assert stage.rows("frames") == [row for row in stage.rows("frames") if retried in row["answer"]]


def test_a_worker_that_renews_in_the_very_moment_stays_in_charge(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    answer_id = _killed_in_the_middle(stage, ada, conversation_id)

    def renewed(call: Call, send: Send) -> Any:
        stage.edit("messages", answer_id, lease_until=int(time.time()) + 10)
        return send()

    stage.wire.fail(renewed, lambda call: call.operation == "TransactWriteItems")
    assert ada.message(conversation_id, answer_id)["status"] == "streaming"
    assert ada.conversation(conversation_id)["answer_in_progress"] == answer_id
