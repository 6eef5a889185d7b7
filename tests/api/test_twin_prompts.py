"""What a twin is asked: one prefix for every visitor of a version, then the visit's own thread."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest
from chalicelib.aws.faults import Busy
from chalicelib.twin import unanswered

from tests.stage import Stage
from tests.visiting import ENTRIES, Visitor, cited, entry, publish, said

QUESTION = "Where did you build pipelines?"


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    publish(stage)
    return Visitor(stage)


def prefix(prompt: dict[str, Any]) -> str:
    """All up to the documents' cache breakpoint, as bytes are compared."""
    content = prompt["messages"][0]["content"]
    last = max(number for number, block in enumerate(content) if block["type"] == "document")
    assert content[last]["cache_control"] == {"type": "ephemeral"}
    return json.dumps([prompt["tools"], prompt["system"], content[: last + 1]])


def test_every_visitor_and_every_turn_of_a_version_has_the_same_prefix(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    visitor.ask("And what did you measure with lidar?")
    before = Visitor(stage, remember=True, language="en")
    before.ask(QUESTION)
    Visitor(stage, language="fr", remember=True, previous_token=before.token).ask("Où avez-vous travaillé ?")
    assert len({prefix(each) for each in stage.prompts()}) == 1
    assert len(stage.prompts()) == 4


def test_another_visitor_is_served_from_the_cache(stage: Stage) -> None:
    publish(stage, entries=[*ENTRIES, entry("notes", "Long", "Tulips are grown in rows. " * 400)])
    for _ in range(2):
        Visitor(stage).ask(QUESTION)
    first, second = (row["usage"] for row in sorted(answers(stage), key=lambda row: row["created_at"]))
    assert first["cache_creation_input_tokens"] > 2_000
    assert second["cache_read_input_tokens"] >= first["cache_creation_input_tokens"] - 100
    assert second["cost_micro_usd"] < first["cost_micro_usd"] / 2


def answers(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in stage.rows("messages") if row.get("role") == "assistant"]


def test_at_most_four_breakpoints_in_a_prompt_whatever_happens(stage: Stage, visitor: Visitor) -> None:
    for text in (QUESTION, "What is your favourite colour?", "And before?", QUESTION):
        visitor.ask(text)
    for prompt in stage.prompts():
        assert json.dumps(prompt).count('"cache_control"') <= 4


def test_a_returning_visitor_in_the_same_visit_is_remembered(stage: Stage, visitor: Visitor) -> None:
    first = visitor.ask(QUESTION)
    visitor.ask("And then?")
    thread = [(message["role"], message["content"][-1]["text"]) for message in stage.prompts()[1]["messages"]]
    assert thread == [("user", QUESTION), ("assistant", said(first)), ("user", "And then?")]


def test_answers_to_visitors_are_short_ones(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    assert stage.prompts()[0]["max_tokens"] == 2_000


def test_a_thread_that_is_long_loses_its_oldest_turns_and_keeps_the_documents(stage: Stage, visitor: Visitor) -> None:
    for number in range(8):
        stage.script(f"number {number}", text="I worked. " * 1_500)
        visitor.ask(f"Question number {number}?")
    first, last = stage.prompts()[0], stage.prompts()[-1]
    assert prefix(first) == prefix(last)
    assert "Question number 0" not in json.dumps(last["messages"])
    assert last["messages"][0]["role"] == "user"
    assert "cut" in stage.row("conversations", visitor.visit_id)


def test_a_thread_in_which_an_answer_failed_is_gone_on_with(stage: Stage, visitor: Visitor) -> None:
    stage.script("Where", times=1, error={"status": 400, "message": "no"})
    assert visitor.ask(QUESTION)["status"] == "failed"
    assert visitor.ask("What did you measure with lidar?")["status"] == "complete"


# --- More than fits ---------------------------------------------------------------------------------------------------

MANY = [
    entry("posts", f"Post {number}", f"Of the {word} in spring.") for number, word in enumerate(["oak", "elm", "ash"])
]


@pytest.fixture
def large(stage: Stage) -> Visitor:
    """A twin whose posts exceed the budget, and whose experience does not."""
    long = [each | {"text": each["text"] + " Filler of no weight." * 60} for each in MANY]
    publish(stage, entries=[*ENTRIES, *long])
    stage.configure(document_tokens=600)
    return Visitor(stage)


def test_what_exceeds_the_budget_is_found_by_the_search_tool_and_cited(stage: Stage, large: Visitor) -> None:
    answer = large.ask("Which elm did you like in spring?")
    first, second = stage.prompts()
    assert [tool["name"] for tool in first["tools"]] == ["search_entries", "not_in_sources"]
    documents = [block["title"] for block in first["messages"][0]["content"] if block["type"] == "document"]
    assert documents == ["experience", "education", "notes"]
    assert "Filler" not in json.dumps(first)
    assert "- posts: Post 1" in json.dumps(first["messages"])
    (result,) = second["messages"][-1]["content"]
    assert result["content"][0]["source"] == f"entry/{MANY[1]['entry_id']}"
    (found, *_) = cited(answer)
    assert (found["file_id"], found["name"]) == (MANY[1]["entry_id"], "Post 1")
    assert found["locator"] == {"kind": "entry", "label": "posts"}
    assert "elm" in found["cited_text"]


def test_what_the_search_does_not_find_is_not_in_the_sources(stage: Stage, large: Visitor) -> None:
    answer = large.ask("Which submarine do you own?")
    assert "not in my sources" in said(answer)
    assert sum(row["item"].startswith("question/") for row in stage.rows("twins")) == 1


def test_what_a_tool_is_called_with_is_shown_to_nobody(stage: Stage, visitor: Visitor) -> None:
    call = {"name": "not_in_sources", "input": {"question": "See https://evil.example/ please"}}
    stage.script("call", times=1, tool_use=call)
    answer = visitor.ask("Please call")
    assert answer["status"] == "complete"
    assert "evil.example" not in json.dumps(answer)
    frames = visitor.call("GET", f"messages/{answer['message_id']}/frames")
    assert frames.status == 200
    assert "evil.example" not in json.dumps(frames.body)


def test_a_question_that_cannot_be_kept_costs_no_answer(stage: Stage, visitor: Visitor) -> None:
    stage.script("call", times=1, tool_use={"name": "not_in_sources", "input": {"question": "Which submarine?"}})
    with patch.object(unanswered, "record", side_effect=Busy()):
        assert visitor.ask("Please call")["status"] == "complete"


def test_a_model_that_calls_what_there_is_not_is_told(stage: Stage, large: Visitor) -> None:
    call = {"name": "read_pages", "input": {"file_id": "x"}}
    stage.script("call", times=1, tool_use=call)
    assert large.ask("Please call")["status"] == "complete"
    (result,) = stage.prompts()[1]["messages"][-1]["content"]
    assert result["is_error"] is True


def test_the_prefix_is_the_same_with_a_search_tool(stage: Stage, large: Visitor) -> None:
    large.ask(QUESTION)
    Visitor(stage).ask("What did you measure with lidar?")
    content = [each["messages"][0]["content"] for each in stage.prompts()]
    marked = [
        [block for block in of if "cache_control" in block and "posts: Post 1" in json.dumps(block)] for of in content
    ]
    assert len(marked[0]) == len(marked[1]) == 1
    assert len({json.dumps(of[:4]) for of in content}) == 1


def test_a_prompt_that_the_model_finds_too_long_is_asked_with_fewer_documents(stage: Stage, visitor: Visitor) -> None:
    stage.script("pipelines", times=1, error={"status": 400, "message": "prompt is too long: 250000 tokens > 200000"})
    assert visitor.ask(QUESTION)["status"] == "complete"
    first, second, *_ = (
        [block for block in each["messages"][0]["content"] if block["type"] == "document"] for each in stage.prompts()
    )
    assert len(second) < len(first)
    assert "search_entries" in [tool["name"] for tool in stage.prompts()[1]["tools"]]
