"""Claude looking into files that are too long to be shown: rounds of one answer, what is shown, stored and paid."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from chalicelib.extraction.estimates import estimate_tokens

from tests.fakes import dynamodb, s3
from tests.fakes.s3 import Call, Send
from tests.papers import breakpoints, flower_pages, paper, unmarked
from tests.people import Person, text_in, text_of
from tests.stage import PATIENCE_S, Stage, wait_for

NOWHERE = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"
QUESTION = "Which irises?"
# How often a client repeats a call by itself (`aws/clients.py`).
ATTEMPTS = 5


@pytest.fixture
def thesis(stage: Stage, ada: Person) -> str:
    """A file of 120 pages, too long to be shown."""
    stage.configure(document_tokens=100)
    return paper(stage, ada, flower_pages(120), "thesis.pdf")


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _call(name: str, **given: Any) -> dict[str, Any]:
    return {"name": name, "input": given}


def _search(query: str = "irises garden 35", **given: Any) -> dict[str, Any]:
    return _call("search_files", query=query, **given)


def _kinds(answer: dict[str, Any]) -> list[str]:
    return [block["type"] for block in answer["content"]]


def _results(prompt: dict[str, Any]) -> list[dict[str, Any]]:
    """What the tools gave in the newest round."""
    return [block for block in prompt["messages"][-1]["content"] if block["type"] == "tool_result"]


def _texts(result: dict[str, Any]) -> str:
    return json.dumps(result["content"], ensure_ascii=False)


# One answer in rounds


def test_a_search_is_shown_its_passages_go_back_and_the_answer_cites_their_pages(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    answer = ada.ask(conversation_id, "How many euros did the violets of garden 76 cost?", file_ids=[thesis])
    assert (answer["status"], answer["stop_reason"]) == ("complete", "end_turn")
    tool, lead, quoted, *_ = answer["content"]
    detail = {"query": tool["detail"]["query"], "files": [{"file_id": thesis, "name": "thesis.pdf"}]}
    assert tool == {"type": "tool_use", "name": "search_files", "detail": detail}
    assert "violet garden 76" in detail["query"]
    assert lead["type"] == "text"
    (citation,) = quoted["citations"]
    assert citation == {
        "file_id": thesis,
        "name": "thesis.pdf",
        "page": 76,
        "last_page": 76,
        "locator": {"kind": "page", "label": "page 76", "page": 76},
        "cited_text": "The violets of garden 76 cost 176 euros.",
    }
    first, second = stage.prompts()
    assert unmarked(first["messages"]) == unmarked(second["messages"][:1])
    assert (len(breakpoints(first)), len(breakpoints(second))) == (3, 4)
    said, given = second["messages"][1:]
    assert [block["type"] for block in said["content"]] == ["tool_use"]
    (result,) = given["content"]
    assert result["tool_use_id"] == said["content"][0]["id"]
    found = result["content"][0]
    assert (found["type"], found["source"]) == ("search_result", f"{thesis}#page=76")
    assert (found["title"], found["citations"]) == ("thesis.pdf, page 76", {"enabled": True})


def test_frames_tell_of_a_tool_when_it_starts_and_the_text_goes_on_in_a_later_block(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    ada.connect("socket-1")
    stage.script(QUESTION, times=1, text="I look.", tool_use=[_search(), _call("read_pages", file_id=thesis)])
    stage.script(None, times=1, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    pushed = [frame for frame in stage.gateway.sent["socket-1"] if frame.get("message_id") == answer["message_id"]]
    assert [frame["sequence"] for frame in pushed] == list(range(1, len(pushed) + 1))
    tools = [frame for frame in pushed if frame["type"] == "answer.tool"]
    assert [(frame["block"], frame["name"]) for frame in tools] == [(1, "search_files"), (2, "read_pages")]
    assert tools[0]["detail"] == {
        "query": "irises garden 35",
        "files": [{"file_id": thesis, "name": "thesis.pdf"}],
    }
    deltas = [frame["block"] for frame in pushed if frame["type"] == "answer.delta"]
    assert set(deltas) == {0, 3}
    assert deltas == sorted(deltas)
    assert _kinds(answer) == ["text", "tool_use", "tool_use", "text"]
    again = ada.frames(conversation_id, answer["message_id"])["items"]
    assert [frame["type"] for frame in again] == [
        "answer.started",
        "answer.delta",
        "answer.tool",
        "answer.tool",
        "answer.delta",
        "answer.done",
    ]
    assert text_in(again) == text_in(pushed) == "I look.176 euros."


def test_usage_is_that_of_all_rounds(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> None:
    counts = {"input_tokens": 1_000, "output_tokens": 10, "cache_read_input_tokens": 500}
    stage.script(QUESTION, times=1, tool_use=_search(), usage=counts)
    stage.script(None, times=1, tool_use=_search("irises"), usage=counts | {"input_tokens": 2_000})
    stage.script(None, times=1, text="176 euros.", usage=counts | {"output_tokens": 30})
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    usage = answer["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["cache_read_input_tokens"]) == (4_000, 50, 1_500)
    for period in ("stage", f"user:{ada.user_id}"):
        assert stage.row("usage", period)["input_tokens"] == 4_000


def test_thinking_goes_back_signed_and_blank_text_does_not(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, thinking="Hm.", text=" \n", tool_use=_search())
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert answer["status"] == "complete"  # the API refuses thinking without its signature
    said = stage.prompts()[1]["messages"][1]["content"]
    assert [block["type"] for block in said] == ["thinking", "tool_use"]
    assert said[0]["thinking"] == "Hm."
    assert said[0]["signature"]
    assert _kinds(answer)[:3] == ["thinking", "text", "tool_use"]


def test_a_later_prompt_has_the_answers_text_only(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> None:
    stage.script(QUESTION, times=1, thinking="Hm.", text="I look.", tool_use=_search())
    stage.script(None, times=1, text="176 euros.")
    ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    stage.script("Thanks", text="You are welcome.")
    ada.ask(conversation_id, "Thanks")
    _, before, _ = stage.prompts()[-1]["messages"]
    assert before == {"role": "assistant", "content": [{"type": "text", "text": "I look.\n\n176 euros."}]}


def test_after_eight_rounds_the_model_has_to_answer(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, times=8, tool_use=_search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    prompts = stage.prompts()
    assert ["answer now" in _texts(_results(prompt)[-1]) for prompt in prompts[1:]] == [False] * 7 + [True]
    # Forbidding tools would be another prompt, of which nothing is cached.
    assert all("tool_choice" not in prompt for prompt in prompts)
    assert all(prompt["tools"] == prompts[0]["tools"] for prompt in prompts)
    assert all(len(breakpoints(prompt)) <= 4 for prompt in prompts)
    assert breakpoints(prompts[-1])[-1] == (16, "tool_result")
    assert (answer["status"], _kinds(answer)) == ("complete", ["tool_use"] * 8 + ["text"])


def test_a_model_that_does_not_answer_when_it_is_told_to_may_not_use_tools_any_more(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, times=9, tool_use=_search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    prompts = stage.prompts()
    assert [prompt.get("tool_choice") for prompt in prompts] == [None] * 9 + [{"type": "none"}]
    assert _results(prompts[-1])[0]["is_error"] is True
    assert (answer["status"], text_of(answer)) == ("complete", "176 euros.")


def test_a_model_that_asks_for_a_tool_when_it_may_not_is_not_asked_for_ever(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, text="Again.", tool_use=_search())
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert len(stage.prompts()) == 10
    assert (answer["status"], answer["stop_reason"]) == ("complete", "tool_use")
    assert text_of(answer) == "Again." * 10


def test_when_the_context_is_full_the_model_has_to_answer(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, tool_use=[_search(), _search("lilies")], usage={"input_tokens": 183_700})
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    last = stage.prompts()[-1]
    found, refused = _results(last)
    assert len(_texts(found)) < 3_000
    assert (refused["is_error"], "tool_choice" in last) == (True, False)
    assert "no room" in _texts(refused)
    assert "answer now" in _texts(refused)
    assert _kinds(answer) == ["tool_use", "tool_use", "text"]


# What the model asks for wrongly, it is told


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (_call("search_files"), "query"),
        (_call("search_files", query="  "), "query"),
        (_call("search_files", query=7), "query"),
        (_call("search_files", query="irises", file_id=NOWHERE), "thesis.pdf"),
        (_call("search_files", query="irises", file_id=["x"]), "thesis.pdf"),
        (_call("read_pages", file_id=NOWHERE, first_page=1, last_page=2), "thesis.pdf"),
        (_call("read_pages", file_id="THESIS", first_page=0, last_page=2), "whole numbers"),
        (_call("read_pages", file_id="THESIS", first_page=5, last_page=4), "whole numbers"),
        (_call("read_pages", file_id="THESIS", first_page="5", last_page=6), "whole numbers"),
        (_call("read_pages", file_id="THESIS", first_page=True, last_page=6), "whole numbers"),
        (_call("read_pages", file_id="THESIS", first_page=5), "whole numbers"),
        (_call("read_pages", file_id="THESIS", first_page=121, last_page=122), "120 pages"),
        (_call("drop_table", query="irises"), "search_files"),
    ],
)
def test_a_call_that_cannot_be_made_is_told_to_the_model_which_goes_on(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, thesis: str, call: dict[str, Any], told: str
) -> None:
    if call["input"].get("file_id") == "THESIS":
        call = call | {"input": call["input"] | {"file_id": thesis}}
    stage.script(QUESTION, times=1, tool_use=call)
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = _results(stage.prompts()[-1])
    assert result["is_error"] is True
    assert told in _texts(result)
    assert (answer["status"], text_of(answer)) == ("complete", "I cannot say.")
    assert answer["content"][0]["type"] == "tool_use"


def test_a_search_that_finds_nothing_says_what_to_try(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, tool_use=_search("zeppelin"))
    stage.script(None, text="I cannot say.")
    ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = _results(stage.prompts()[-1])
    assert "is_error" not in result
    assert "Nothing fits" in _texts(result)
    assert "thesis.pdf" in _texts(result)


@pytest.mark.parametrize(("first", "last", "given"), [(1, 2, 2), (30, 80, 10), (119, 500, 2), (120, 120, 1)])
def test_at_most_ten_pages_are_read_at_a_time(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, thesis: str, first: int, last: int, given: int
) -> None:
    stage.script(QUESTION, times=1, tool_use=_call("read_pages", file_id=thesis, first_page=first, last_page=last))
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = _results(stage.prompts()[-1])
    pages = [block for block in result["content"] if block["type"] == "search_result"]
    assert [block["source"] for block in pages] == [f"{thesis}#page={first + index}" for index in range(given)]
    assert pages[0]["content"][0]["text"] == flower_pages(120)[first - 1]
    assert ("More does not fit" in _texts(result)) == (min(last, 120) > first + 9)
    files = [{"file_id": thesis, "name": "thesis.pdf"}]
    assert answer["content"][0]["detail"] == {"files": files, "first": first, "last": last}


@pytest.mark.parametrize(
    ("texts", "characters", "last"),
    [
        (flower_pages(10, 1_000), 20_500, 4),
        (["合同双方应当完成交付。" * 200] * 10, 4_560, 3),  # a character of Chinese is one and a half tokens
        (["4821.0375 | 77.1942\n" * 100] * 10, 8_240, 5),
    ],
)
def test_pages_are_given_up_to_seven_thousand_tokens(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, texts: list[str], characters: int, last: int
) -> None:
    stage.configure(document_tokens=100)
    file_id = paper(stage, ada, texts, "long.pdf")
    stage.script(QUESTION, times=1, tool_use=_call("read_pages", file_id=file_id, first_page=1, last_page=10))
    stage.script(None, text="I cannot say.")
    ada.ask(conversation_id, QUESTION, file_ids=[file_id])
    (result,) = _results(stage.prompts()[-1])
    pages = [block["content"][0]["text"] for block in result["content"] if block["type"] == "search_result"]
    given = "".join(pages)
    assert 6_700 < estimate_tokens(given) <= 7_000
    assert len(given) == pytest.approx(characters, rel=0.02)
    assert f"More does not fit at once: these are pages 1 to {last}" in _texts(result)


def test_what_tools_give_together_stays_within_what_the_model_takes(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    """Six calls for pages of Chinese, of which 16,000 tokens are left: some are cut or refused."""
    stage.configure(document_tokens=100)
    file_id = paper(stage, ada, ["合同双方应当完成交付。" * 200] * 30, "long.pdf")
    calls = [_call("read_pages", file_id=file_id, first_page=first, last_page=first + 4) for first in range(1, 30, 5)]
    stage.script(QUESTION, times=1, tool_use=calls, usage={"input_tokens": 168_000, "output_tokens": 0})
    stage.script(None, text="I cannot say.")
    assert ada.ask(conversation_id, QUESTION, file_ids=[file_id])["status"] == "complete"
    given = "".join(_texts(result) for result in _results(stage.prompts()[-1]))
    assert 14_000 < estimate_tokens(given) < 18_000


def test_all_long_files_are_searched_or_the_one_that_is_named(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    other = paper(stage, ada, flower_pages(50), "other.pdf")
    whole = paper(stage, ada, ["Irises."], "short.pdf")
    stage.script(QUESTION, times=1, tool_use=[_search("irises"), _search("irises", file_id=other)])
    stage.script(None, times=1, tool_use=_search("irises", file_id=whole))
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis, other, whole])
    both, one = _results(stage.prompts()[1])
    assert {block["source"].partition("#")[0] for block in both["content"]} == {thesis, other}
    assert len(both["content"]) == 8
    assert {block["source"].partition("#")[0] for block in one["content"]} == {other}
    assert _results(stage.prompts()[2])[0]["is_error"], "a file that is shown whole has no index to search"
    shown = [[file["name"] for file in block["detail"]["files"]] for block in answer["content"][:3]]
    assert shown == [["thesis.pdf", "other.pdf"], ["other.pdf"], []]


def test_a_file_that_is_purged_while_it_is_searched_is_told(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    missing = s3.refusal("NoSuchKey", 404)
    stage.s3_wire.fail(missing, lambda call: call.key.endswith("index.sqlite"), times=9)
    stage.script(QUESTION, times=1, tool_use=_search())
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    (result,) = _results(stage.prompts()[-1])
    assert result["is_error"] is True
    assert "was deleted" in _texts(result)
    assert answer["status"] == "complete"


def test_a_tool_that_cannot_read_at_the_moment_is_tried_again_if_the_model_wants_to(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.s3_wire.fail(s3.slow_down, lambda call: call.key.endswith("index.sqlite"), times=ATTEMPTS)
    stage.script(QUESTION, times=1, tool_use=_search())
    stage.script(None, times=1, tool_use=_search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert len(stage.s3_wire.struck) == ATTEMPTS, "the client itself repeats a call"
    _, second, third = stage.prompts()
    assert [result.get("is_error") for prompt in (second, third) for result in _results(prompt)] == [True, None]
    assert "cannot be read at this moment" in _texts(_results(second)[0])
    assert answer["status"] == "complete"


# What goes wrong in a later round


def test_a_crash_in_a_tool_keeps_what_was_shown_and_what_was_spent(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("index.sqlite"), times=9)
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search(), usage={"input_tokens": 77})
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "internal")
    assert (_kinds(answer), text_of(answer)) == (["text", "tool_use"], "I look.")
    assert answer["usage"]["input_tokens"] == 77
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    stage.s3_wire.clear()
    assert ada.ask(conversation_id, "Go on?")["status"] == "complete"


@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        ({"text": "176 euros.", "cut_after_chars": 3}, "stream_cut", "I look.176"),
        ({"text": "176 euros.", "cut_after_chars": 0}, "stream_cut", "I look."),
        ({"error": {"status": 400}}, "prompt_refused", "I look."),
    ],
)
def test_a_round_that_fails_loses_neither_what_was_shown_nor_what_was_spent(  # noqa: PLR0917
    stage: Stage, ada: Person, conversation_id: str, thesis: str, fault: dict[str, Any], code: str, text: str
) -> None:
    counts = {"input_tokens": 100, "output_tokens": 10}
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search(), usage=counts)
    stage.script(None, times=1, usage=counts, **fault)
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert (answer["status"], answer["error"]["code"], answer["stop_reason"]) == ("interrupted", code, None)
    assert text_of(answer) == text
    rounds = 1 if "error" in fault else 2
    assert answer["usage"]["input_tokens"] == 100 * rounds
    assert answer["usage"]["output_tokens"] >= 10
    assert stage.row("usage", "stage")["input_tokens"] == 100 * rounds


def test_overload_is_waited_out_in_every_round(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> None:
    busy = {"status": 529, "headers": {"retry-after": "0"}}
    stage.script(QUESTION, times=1, tool_use=_search())
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
        stage.s3_wire.fail(self._hold, lambda call: call.key.endswith("index.sqlite"))

    def _hold(self, call: Call, send: Send) -> Any:
        self.reached.set()
        self.release.wait(PATIENCE_S)
        return send()


def test_a_stop_while_a_tool_runs_ends_the_answer_without_waiting_for_it(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    with stage.working():
        wait_for(held.reached.is_set, "the tool")
        assert ada.stop(conversation_id, answer_id).status == 202
        wait_for(lambda: ada.message(conversation_id, answer_id)["status"] == "stopped", "the end")
        assert not held.release.is_set()
        held.release.set()
    answer = ada.message(conversation_id, answer_id)
    assert (_kinds(answer), text_of(answer)) == (["text", "tool_use"], "I look.")
    assert len(stage.prompts()) == 1
    assert answer["usage"]["output_tokens"] > 0


def test_the_lease_is_renewed_while_a_tool_runs(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    with stage.working():
        wait_for(held.reached.is_set, "the tool")
        stage.wire.clear()
        wait_for(lambda: sum("SET #lease_until" in str(call) for call in stage.wire.calls) >= 3, "renewals")
        wait_for(lambda: ada.frames(conversation_id, answer_id)["items"][-1]["type"] == "answer.tool", "the log")
        held.release.set()
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
        wait_for(lambda: sum("SET #lease_until" in str(call) for call in stage.wire.calls) >= 4, "renewals")
        assert stage.prompts() == []
        release.set()
    assert ada.message(conversation_id, answer_id)["status"] == "complete"


def test_out_of_time_in_a_tool_keeps_what_was_shown(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    stage.run(seconds=16.5)  # one and a half more than what is kept back for storing
    held.release.set()
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "out_of_time")
    assert _kinds(answer) == ["text", "tool_use"]


def test_a_worker_that_dies_in_a_tool_leaves_what_it_had_shown(
    stage: Stage, ada: Person, conversation_id: str, thesis: str, quick_ticks: None
) -> None:
    stage.script(QUESTION, times=1, text="I look.", tool_use=_search())
    held = _Held(stage)
    answer_id = ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    with stage.working():
        wait_for(held.reached.is_set, "the tool")
        wait_for(lambda: ada.frames(conversation_id, answer_id)["items"][-1]["type"] == "answer.tool", "the log")
        stage.wire.fail(dynamodb.unreachable, lambda call: "SET #lease_until" in str(call), times=10**6)
        wait_for(lambda: stage.wire.struck, "a worker that cannot renew its lease")
        stage.edit("messages", answer_id, lease_until=int(time.time()) - 1)
        settled = ada.message(conversation_id, answer_id)
        held.release.set()
    assert (settled["status"], settled["error"]["code"]) == ("interrupted", "worker_lost")
    assert (_kinds(settled), text_of(settled)) == (["text", "tool_use"], "I look.")
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
    stage.script("SECRETQUESTION", tool_use=_search("SECRETWORD"))
    stage.script(None, times=1, text="It is SECRETWORD.", citations=[citation])
    assert ada.ask(conversation_id, "SECRETQUESTION?", file_ids=[file_id])["status"] == "complete"
    other = paper(stage, ada, ["SECRETWORD again.", *flower_pages(9)], "SECRETOTHER.pdf")
    stage.s3_wire.fail(s3.denied, lambda call: call.key.endswith("index.sqlite"), times=99)
    assert ada.ask(conversation_id, "SECRETQUESTION!", file_ids=[other])["status"] == "interrupted"
    written = capfd.readouterr()
    assert "citation dropped" in written.out
    assert '{"event":"error"' in written.out
    assert "SECRET" not in written.out + written.err
