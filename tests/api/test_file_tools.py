"""Claude looking into files that are too long to be shown: rounds of one answer, what is shown, stored and paid."""

from __future__ import annotations

import pytest

from tests.api.tool_calls import QUESTION, call, kinds, results, search, texts
from tests.papers import breakpoints, unmarked
from tests.people import Person, text_in, text_of
from tests.stage import Stage


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


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
    stage.script(QUESTION, times=1, text="I look.", tool_use=[search(), call("read_pages", file_id=thesis)])
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
    assert kinds(answer) == ["text", "tool_use", "tool_use", "text"]
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
    stage.script(QUESTION, times=1, tool_use=search(), usage=counts)
    stage.script(None, times=1, tool_use=search("irises"), usage=counts | {"input_tokens": 2_000})
    stage.script(None, times=1, text="176 euros.", usage=counts | {"output_tokens": 30})
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    usage = answer["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["cache_read_input_tokens"]) == (4_000, 50, 1_500)
    for period in ("stage", f"user:{ada.user_id}"):
        assert stage.row("usage", period)["input_tokens"] == 4_000


def test_thinking_goes_back_signed_and_blank_text_does_not(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, thinking="Hm.", text=" \n", tool_use=search())
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert answer["status"] == "complete"  # the API refuses thinking without its signature
    said = stage.prompts()[1]["messages"][1]["content"]
    assert [block["type"] for block in said] == ["thinking", "tool_use"]
    assert said[0]["thinking"] == "Hm."
    assert said[0]["signature"]
    assert kinds(answer)[:3] == ["thinking", "text", "tool_use"]


def test_a_later_prompt_has_the_answers_text_only(stage: Stage, ada: Person, conversation_id: str, thesis: str) -> None:
    stage.script(QUESTION, times=1, thinking="Hm.", text="I look.", tool_use=search())
    stage.script(None, times=1, text="176 euros.")
    ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    stage.script("Thanks", text="You are welcome.")
    ada.ask(conversation_id, "Thanks")
    _, before, _ = stage.prompts()[-1]["messages"]
    assert before == {"role": "assistant", "content": [{"type": "text", "text": "I look.\n\n176 euros."}]}


def test_after_eight_rounds_the_model_has_to_answer(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, times=8, tool_use=search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    prompts = stage.prompts()
    assert ["answer now" in texts(results(prompt)[-1]) for prompt in prompts[1:]] == [False] * 7 + [True]
    # Forbidding tools would be another prompt, of which nothing is cached.
    assert all("tool_choice" not in prompt for prompt in prompts)
    assert all(prompt["tools"] == prompts[0]["tools"] for prompt in prompts)
    assert all(len(breakpoints(prompt)) <= 4 for prompt in prompts)
    assert breakpoints(prompts[-1])[-1] == (16, "tool_result")
    assert (answer["status"], kinds(answer)) == ("complete", ["tool_use"] * 8 + ["text"])


def test_a_model_that_does_not_answer_when_it_is_told_to_may_not_use_tools_any_more(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, times=9, tool_use=search())
    stage.script(None, text="176 euros.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    prompts = stage.prompts()
    assert [prompt.get("tool_choice") for prompt in prompts] == [None] * 9 + [{"type": "none"}]
    assert results(prompts[-1])[0]["is_error"] is True
    assert (answer["status"], text_of(answer)) == ("complete", "176 euros.")


def test_a_model_that_asks_for_a_tool_when_it_may_not_is_not_asked_for_ever(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(None, text="Again.", tool_use=search())
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert len(stage.prompts()) == 10
    assert (answer["status"], answer["stop_reason"]) == ("complete", "tool_use")
    assert text_of(answer) == "Again." * 10


def test_when_the_context_is_full_the_model_has_to_answer(
    stage: Stage, ada: Person, conversation_id: str, thesis: str
) -> None:
    stage.script(QUESTION, times=1, tool_use=[search(), search("lilies")], usage={"input_tokens": 183_700})
    stage.script(None, text="I cannot say.")
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    last = stage.prompts()[-1]
    found, refused = results(last)
    assert len(texts(found)) < 3_000
    assert (refused["is_error"], "tool_choice" in last) == (True, False)
    assert "no room" in texts(refused)
    assert "answer now" in texts(refused)
    assert kinds(answer) == ["tool_use", "tool_use", "text"]
