"""The worker: what a model's failure, a stop, a second invocation or a purge makes of an answer."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.ids import iso

from tests.people import Person, text_in, text_of
from tests.stage import Stage, wait_for

TEXT = "Red roses, white lilies and one yellow tulip."


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _retry_works(ada: Person, conversation_id: str, answer: dict[str, Any]) -> None:
    """The prompt stayed, Retry answers it, no second copy appears, and the conversation takes a new message."""
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    assert ada.message(conversation_id, answer["parent_id"])["role"] == "user"
    ada.stage.model.scripts.clear()
    assert ada.retry(conversation_id, answer["message_id"]).status == 202
    ada.stage.run()
    after, before, prompt = ada.messages(conversation_id)
    assert (after["status"], before["status"], prompt["role"]) == ("complete", "superseded", "user")
    assert text_of(after)
    assert (before["message_id"], before["content"]) == (answer["message_id"], answer["content"])
    assert ada.ask(conversation_id, "More?")["status"] == "complete"


# The model fails


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "prompt_refused"),
        (401, "model_key_refused"),
        (403, "model_key_refused"),
        (404, "model_unknown"),
        (402, "model_no_credit"),
        (413, "model_request_too_large"),
    ],
)
def test_an_error_that_will_not_pass_fails_the_answer_at_once(
    stage: Stage, ada: Person, conversation_id: str, status: int, code: str
) -> None:
    stage.script(None, error={"status": status, "message": "SECRET"})
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["error"]["code"], answer["content"]) == ("failed", code, [])
    assert "SECRET" not in str(answer)
    assert answer["usage"] is None
    assert len(stage.prompts()) == 1
    (failed,) = ada.frames(conversation_id, answer["message_id"])["items"][1:]
    assert (failed["type"], failed["error"]) == ("answer.failed", answer["error"])
    _retry_works(ada, conversation_id, answer)


@pytest.mark.parametrize("status", [429, 500, 529])
def test_an_error_that_passes_is_waited_out(stage: Stage, ada: Person, conversation_id: str, status: int) -> None:
    stage.script(None, times=1, error={"status": status, "headers": {"retry-after": "0"}})
    answer = ada.ask(conversation_id, "Which roses?")
    assert answer["status"] == "complete"
    assert len(stage.prompts()) == 2


@pytest.mark.parametrize(
    ("status", "code"), [(429, "model_rate_limited"), (500, "model_unavailable"), (529, "model_overloaded")]
)
def test_an_error_that_would_outlast_the_time_left_fails_the_answer(
    stage: Stage, ada: Person, conversation_id: str, status: int, code: str
) -> None:
    stage.script(None, error={"status": status, "headers": {"retry-after": "60"}})
    ada.queue(conversation_id, "Which roses?")
    stage.run(seconds=60)
    answer = ada.messages(conversation_id)[0]
    assert (answer["status"], answer["error"]["code"]) == ("failed", code)
    _retry_works(ada, conversation_id, answer)


def test_a_stop_ends_the_waiting_for_the_model(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    stage.script(None, error={"status": 529, "headers": {"retry-after": "30"}})
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(stage.prompts)
        assert ada.stop(conversation_id, answer_id).status == 202
    assert ada.message(conversation_id, answer_id)["status"] == "stopped"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"cut_after_chars": 9}, "stream_cut"),
        ({"error_after_chars": 9}, "model_overloaded"),
        ({"error_after_chars": 9, "error": {"status": 500}}, "model_unavailable"),
    ],
)
def test_a_stream_that_breaks_off_keeps_what_was_shown(
    stage: Stage, ada: Person, conversation_id: str, fault: dict[str, Any], code: str
) -> None:
    stage.script(None, text=TEXT, **fault)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", code)
    assert text_of(answer) == TEXT[:9]
    assert answer["usage"]["output_tokens"] >= 1
    frames = ada.frames(conversation_id, answer["message_id"])
    assert (text_in(frames["items"]), frames["status"]) == (TEXT[:9], "interrupted")
    assert frames["items"][-1]["status"] == "interrupted"
    assert len(stage.prompts()) == 1
    _retry_works(ada, conversation_id, answer)


def test_a_stream_that_is_cut_before_its_first_word_fails(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.script(None, text=TEXT, cut_after_chars=0)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["content"]) == ("failed", [])
    _retry_works(ada, conversation_id, answer)


@pytest.mark.parametrize("stop_reason", ["refusal", "max_tokens", "model_context_window_exceeded"])
def test_ends_of_the_model_are_told_apart(stage: Stage, ada: Person, conversation_id: str, stop_reason: str) -> None:
    stage.script(None, text=TEXT, stop_reason=stop_reason)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["stop_reason"], answer["error"]) == ("complete", stop_reason, None)
    assert ada.frames(conversation_id, answer["message_id"])["items"][-1]["stop_reason"] == stop_reason
    assert ada.ask(conversation_id, "More?")["status"] == "complete"


def test_an_answer_that_is_too_large_for_its_row_is_capped(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(max_answer_bytes=1_000)
    stage.script(None, text="é🐈" * 400, chunk_chars=7)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["stop_reason"]) == ("complete", "max_tokens")
    assert len(text_of(answer).encode()) == 1_000 - 1_000 % 6 + 2  # whole pairs, then what of the next one fits
    assert ("é🐈" * 400).startswith(text_of(answer))


def test_an_answer_of_the_default_size_fits_its_row_and_its_log(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.configure(max_tokens=100_000, context_tokens=400_000)  # otherwise they end it first
    stage.script(None, text="🐈" * 80_000, chunk_chars=4_000)
    answer = ada.ask(conversation_id, "Which roses?")
    assert answer["status"] == "complete"
    assert len(text_of(answer).encode()) == 300_000
    made = ada.frames(conversation_id, answer["message_id"])["items"]
    assert text_in(made) == text_of(answer)


def test_an_answer_that_runs_out_of_time_keeps_what_was_shown(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.script(None, text=TEXT, hang_after_chars=9)
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.run(seconds=16.5)  # one and a half more than what is kept back for storing
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "out_of_time")
    assert text_of(answer) == TEXT[:9]
    _retry_works(ada, conversation_id, answer)


# Somebody stops it


def test_a_queued_answer_stops_at_once_and_is_never_made(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    stopped = ada.stop(conversation_id, answer_id)
    assert (stopped.status, stopped.body["status"]) == (202, "stopped")
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    stage.run()
    assert stage.requests() == []
    _retry_works(ada, conversation_id, ada.message(conversation_id, answer_id))


def test_a_streaming_answer_stops_with_what_was_shown_even_when_the_model_hangs(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    stage.script(None, thinking="Hm.", text=TEXT, hang_after_chars=9)
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: text_in(ada.frames(conversation_id, answer_id)["items"]) == TEXT[:9])
        assert ada.stop(conversation_id, answer_id).body["status"] == "streaming"
        assert ada.stop(conversation_id, answer_id).status == 202
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], answer["error"], answer["stop_reason"]) == ("stopped", None, None)
    assert (text_of(answer), answer["content"][0]["thinking"]) == (TEXT[:9], "Hm.")
    assert answer["usage"]["output_tokens"] >= 4
    assert stage.row("usage", "stage")["output_tokens"] == answer["usage"]["output_tokens"]
    _retry_works(ada, conversation_id, answer)


def test_a_stop_that_comes_too_late_changes_nothing(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer = ada.ask(conversation_id, "Which roses?")
    stopped = ada.stop(conversation_id, answer["message_id"])
    assert (stopped.status, stopped.body) == (202, answer)
    assert ada.message(conversation_id, answer["message_id"]) == answer


# The invocation comes twice, late or out of order


def test_ten_invocations_at_once_make_one_answer(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working(copies=10):
        pass
    assert len(stage.prompts()) == 1
    answer = ada.message(conversation_id, answer_id)
    assert answer["status"] == "complete"
    assert stage.row("usage", "stage")["output_tokens"] == answer["usage"]["output_tokens"]


def test_an_invocation_that_comes_again_after_the_end_does_nothing(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    ada.queue(conversation_id, "Which roses?")
    payload = dict(stage.lambdas.pending[0][1])
    stage.run()
    before = {table: stage.rows(table) for table in ("conversations", "messages", "usage")}
    stage.answer(payload)
    assert {table: stage.rows(table) for table in before} == before
    assert len(stage.prompts()) == 1


def test_an_invocation_that_comes_too_late_does_nothing(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.edit("messages", answer_id, created_at=iso(time.time() - 61))
    stage.run()
    assert stage.requests() == []
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], answer["error"]["code"]) == ("failed", "not_started")
    _retry_works(ada, conversation_id, answer)


def test_invocations_out_of_order_each_make_their_own_answer_once(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    first = ada.queue(conversation_id, "Which roses?")
    ada.stop(conversation_id, first)
    second = ada.queue(conversation_id, "Which lilies?")
    early, late = stage.lambdas.take()
    for payload in (late, early, late):
        stage.answer(payload)
    assert ada.message(conversation_id, first)["status"] == "stopped"
    assert ada.message(conversation_id, second)["status"] == "complete"
    assert len(stage.prompts()) == 1


# Its conversation goes away


@pytest.mark.parametrize("hanging", [True, False])
def test_a_conversation_deleted_while_its_answer_streams_leaves_nothing_behind(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None, hanging: bool
) -> None:
    stage.script(None, text=TEXT, chunk_chars=3, hang_after_chars=9 if hanging else None)
    go_on = stage.hold(after_chunks=2)
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: ada.frames(conversation_id, answer_id)["items"])
        ada.delete(f"/conversations/{conversation_id}")
        stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
        stage.purge(stage.scheduler.payloads()[0])
        assert stage.rows("messages") == stage.rows("conversations") == []
        go_on.set()
    for table in ("messages", "frames", "conversations"):
        assert stage.rows(table) == [], table
    # What was spent until then is counted all the same.
    assert stage.row("usage", "stage")["input_tokens"] > 0


def test_a_deletion_that_is_undone_while_the_answer_streams_loses_nothing(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    stage.script(None, text=TEXT, chunk_chars=3)
    go_on = stage.hold(after_chunks=2)
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: ada.frames(conversation_id, answer_id)["items"])
        ada.delete(f"/conversations/{conversation_id}")
        go_on.set()
    ada.patch(f"/conversations/{conversation_id}", {"deleted": False})
    assert text_of(ada.message(conversation_id, answer_id)) == TEXT
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
