"""What goes wrong while a tool is used: nothing that was shown or spent is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.api.tool_calls import QUESTION, kinds, results, search, texts
from tests.fakes import dynamodb, s3, wire
from tests.fakes.s3 import Call
from tests.fakes.wire import Send
from tests.papers import flower_pages, paper
from tests.people import Person, text_of
from tests.stage import PATIENCE_S, Stage, wait_for

# How often a client repeats a call by itself (`aws/clients.py`).
ATTEMPTS = 5


def _is_index(call: Call) -> bool:
    return call.key.endswith("index.sqlite")


def _is_renewal(call: dynamodb.Call) -> bool:
    return "SET #lease_until" in str(call)


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def test_a_file_that_is_purged_while_it_is_searched_is_told(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    missing = s3.refusal("NoSuchKey", 404)
    stage.s3_wire.fail(missing, _is_index, times=9)
    stage.script(QUESTION, times=1, tool_use=search())
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = results(stage.prompts()[-1])
    assert result["is_error"] is True
    assert "was deleted" in texts(result)
    assert answer["status"] == "complete"


def test_a_tool_that_cannot_read_at_the_moment_is_tried_again_if_the_model_wants_to(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.s3_wire.fail(s3.slow_down, _is_index, times=ATTEMPTS)
    stage.script(QUESTION, times=1, tool_use=search())
    stage.script(None, times=1, tool_use=search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert len(stage.s3_wire.struck) == ATTEMPTS, "the client itself repeats a call"
    _, second, third = stage.prompts()
    assert [result.get("is_error") for prompt in (second, third) for result in results(prompt)] == [True, None]
    assert "cannot be read at this moment" in texts(results(second)[0])
    assert answer["status"] == "complete"


def test_a_crash_in_a_tool_keeps_what_was_shown_and_what_was_spent(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.s3_wire.fail(s3.denied, _is_index, times=9)
    stage.script(QUESTION, times=1, text="I look.", tool_use=search(), usage={"input_tokens": 77})
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "internal")
    assert (kinds(answer), text_of(answer)) == (["text", "tool_use"], "I look.")
    assert answer["usage"]["input_tokens"] == 77
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    stage.s3_wire.clear()
    assert ada.ask(conversation_id, "Go on?")["status"] == "complete"


@pytest.mark.parametrize(
    ("fault", "code", "text", "billed"),
    [
        ({"text": "176 euros.", "cut_after_chars": 3}, "stream_cut", "I look.176", 2),
        # Asked again as long as nothing of the round was shown: three times in all.
        ({"text": "176 euros.", "cut_after_chars": 0}, "stream_cut", "I look.", 4),
        ({"error": {"status": 400}}, "prompt_refused", "I look.", 1),
    ],
)
def test_a_round_that_fails_loses_neither_what_was_shown_nor_what_was_spent(  # noqa: PLR0917
    stage: Stage,
    ada: Person,
    conversation_id: str,
    thesis: str,
    fault: dict[str, Any],
    code: str,
    text: str,
    billed: int,
) -> None:
    counts = {"input_tokens": 100, "output_tokens": 10}
    stage.script(QUESTION, times=1, text="I look.", tool_use=search(), usage=counts)
    stage.script(None, times=max(1, billed - 1), usage=counts, **fault)
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert (answer["status"], answer["error"]["code"], answer["stop_reason"]) == ("interrupted", code, None)
    assert text_of(answer) == text
    assert answer["usage"]["input_tokens"] == 100 * billed
    assert answer["usage"]["output_tokens"] >= 10
    assert stage.row("usage", "stage")["input_tokens"] == 100 * billed


def test_overload_is_waited_out_in_every_round(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> None:
    busy = {"status": 529, "headers": {"retry-after": "0"}}
    stage.script(QUESTION, times=1, tool_use=search())
    stage.script(None, times=1, error=busy)
    stage.script(None, times=1, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert (answer["status"], text_of(answer)) == ("complete", "176 euros.")
    _, second, third = stage.prompts()
    assert second == third


class _Held:
    """S3 that does not answer until it is let go."""

    def __init__(self, stage: Stage) -> None:
        self.reached, self.release = threading.Event(), threading.Event()
        stage.s3_wire.fail(self._hold, _is_index)

    def _hold(self, call: Call, send: Send) -> Any:
        self.reached.set()
        self.release.wait(PATIENCE_S)
        return send()


@contextmanager
def _in_a_tool(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> Iterator[tuple[str, threading.Event]]:
    """A worker whose tool waits: the answer's id, and what lets the tool go on, which leaving does too."""
    stage.script(QUESTION, times=1, text="I look.", tool_use=search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    with stage.working():
        wait_for(held.reached.is_set, "the tool")
        try:
            yield answer_id, held.release
        finally:
            held.release.set()


def _wait_for_the_log(ada: Person, conversation_id: str, answer_id: str) -> None:
    wait_for(lambda: ada.frames(conversation_id, answer_id)["items"][-1]["type"] == "answer.tool", "the log")


def test_a_stop_while_a_tool_runs_ends_the_answer_without_waiting_for_it(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    with _in_a_tool(stage, ada, conversation_id, thesis) as (answer_id, release):
        assert ada.stop(conversation_id, answer_id).status == 202
        wait_for(lambda: ada.message(conversation_id, answer_id)["status"] == "stopped", "the end")
        assert not release.is_set()
    answer = ada.message(conversation_id, answer_id)
    assert (kinds(answer), text_of(answer)) == (["text", "tool_use"], "I look.")
    assert len(stage.prompts()) == 1
    assert answer["usage"]["output_tokens"] > 0


def test_the_lease_is_renewed_while_a_tool_runs(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    with _in_a_tool(stage, ada, conversation_id, thesis) as (answer_id, _):
        stage.wire.clear()
        wait_for(lambda: sum(map(_is_renewal, stage.wire.calls)) >= 3, "renewals")
        _wait_for_the_log(ada, conversation_id, answer_id)
    assert ada.message(conversation_id, answer_id)["status"] == "complete"


def test_the_lease_is_renewed_while_long_files_are_read(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    release = threading.Event()

    def slow(call: Call, send: Send) -> Any:
        release.wait(PATIENCE_S)
        return send()

    file_id = paper(stage, ada, flower_pages(30))
    stage.s3_wire.fail(slow, lambda call: "/pages/" in call.key)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[file_id])
    with stage.working():
        wait_for(lambda: sum(map(_is_renewal, stage.wire.calls)) >= 4, "renewals")
        assert stage.prompts() == []
        release.set()
    assert ada.message(conversation_id, answer_id)["status"] == "complete"


def test_out_of_time_in_a_tool_keeps_what_was_shown(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, text="I look.", tool_use=search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    stage.run(seconds=16.5)  # one and a half more than what is kept back for storing
    held.release.set()
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "out_of_time")
    assert kinds(answer) == ["text", "tool_use"]


def test_a_worker_that_dies_in_a_tool_leaves_what_it_had_shown(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    with _in_a_tool(stage, ada, conversation_id, thesis) as (answer_id, _):
        _wait_for_the_log(ada, conversation_id, answer_id)
        stage.wire.fail(wire.unreachable, _is_renewal, times=10**6)
        wait_for(lambda: stage.wire.struck, "a worker that cannot renew its lease")
        stage.edit("messages", answer_id, lease_until=int(time.time()) - 1)
        settled = ada.message(conversation_id, answer_id)
    assert (settled["status"], settled["error"]["code"]) == ("interrupted", "worker_lost")
    assert (kinds(settled), text_of(settled)) == (["text", "tool_use"], "I look.")
    assert ada.message(conversation_id, answer_id) == settled


def test_neither_a_file_nor_a_search_reaches_the_log(
    stage: Stage, ada: Person, conversation_id: str, capfd: pytest.CaptureFixture[str]
) -> None:
    stage.configure(document_tokens=10)
    file_id = paper(stage, ada, ["SECRETWORD of the file.", *flower_pages(9)], "SECRETNAME.pdf")
    citation = {
        "type": "char_location",
        "cited_text": "SECRETQUOTE",
        "document_index": 9,
        "document_title": "SECRETTITLE",
        "start_char_index": 0,
        "end_char_index": 1,
    }
    stage.script("SECRETQUESTION", tool_use=search("SECRETWORD"))
    stage.script(None, times=1, text="It is SECRETWORD.", citations=[citation])
    assert ada.ask(conversation_id, "SECRETQUESTION?", file_ids=[file_id])["status"] == "complete"
    other = paper(stage, ada, ["SECRETWORD again.", *flower_pages(9)], "SECRETOTHER.pdf")
    stage.s3_wire.fail(s3.denied, _is_index, times=99)
    assert ada.ask(conversation_id, "SECRETQUESTION!", file_ids=[other])["status"] == "interrupted"
    written = capfd.readouterr()
    assert "citation dropped" in written.out
    assert '{"event":"error"' in written.out
    assert "SECRET" not in written.out + written.err
