from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib.conversations.messages import Message
from chalicelib.prompts import history
from chalicelib.subjects import person


def _message(number: int, characters: int = 276, letter: str = "x") -> Message:
    """Messages alternate, an even one being a prompt. 276 characters are estimated at 100 tokens."""
    content = [{"type": "text", "text": letter * characters}]
    role: Any = "assistant" if number % 2 else "user"
    return Message(person("ada"), "c", f"{number:04}", f"{number - 1:04}", role, "complete", "", content=content)


def _kept(thread: list[Message], budget: int) -> list[int]:
    return [int(message.message_id) for message in history.within(thread, budget)]


def test_a_thread_within_its_budget_is_whole() -> None:
    thread = [_message(number) for number in range(5)]
    assert _kept(thread, 500) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("length", "budget", "kept"),
    [
        (7, 600, [4, 5, 6]),  # half of the budget holds three messages
        (7, 699, [4, 5, 6]),
        (9, 800, [6, 7, 8]),  # four would fit, but the fourth is an answer
        (11, 1_000, [6, 7, 8, 9, 10]),
    ],
)
def test_past_its_budget_the_oldest_part_is_left_out_down_to_half(length: int, budget: int, kept: list[int]) -> None:
    assert _kept([_message(number) for number in range(length)], budget) == kept


@pytest.mark.parametrize(("letter", "tokens"), [("x", 100), ("7", 284), ("漢", 422), (";", 146)])
def test_a_turn_weighs_what_its_script_takes(letter: str, tokens: int) -> None:
    thread = [_message(number, letter=letter) for number in range(5)]
    assert history.estimated_tokens(thread[0]) == tokens
    assert _kept(thread, 5 * tokens) == [0, 1, 2, 3, 4]
    assert _kept(thread, 5 * tokens - 1) == [4]


def test_the_last_prompt_stays_even_when_it_alone_is_past_the_budget() -> None:
    assert _kept([_message(0), _message(1), _message(2, 10_000)], 100) == [2]


def test_what_is_kept_starts_with_a_prompt() -> None:
    thread = [_message(number) for number in range(21)]
    for budget in range(200, 2_100, 50):
        assert history.within(thread, budget)[0].role == "user"


def _marks(messages: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [
        (index, at)
        for index, message in enumerate(messages)
        for at, block in enumerate(message["content"])
        if "cache_control" in block
    ]


def test_the_breakpoint_moves_to_the_newest_result_and_that_of_the_documents_stays() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    document, text = {"type": "document", **mark}, {"type": "text", "text": "?"}
    answer = {"role": "assistant", "content": [{"type": "text", "text": "!"}]}
    said = [{"type": "text", "text": "Look."}, {"type": "tool_use", "id": "1"}]
    result = {"type": "tool_result", "tool_use_id": "1"}
    messages = [
        {"role": "user", "content": [document, {**text, **mark}]},
        answer,
        {"role": "user", "content": [{**text, **mark}]},
    ]
    before = json.dumps(messages)
    once = history.exchanged(messages, said, [result, result])
    assert _marks(once) == [(0, 0), (2, 0), (4, 1)]
    twice = history.exchanged(once, said, [result])
    assert _marks(twice) == [(0, 0), (2, 0), (6, 0)]
    assert [message["role"] for message in twice] == ["user", "assistant"] * 3 + ["user"]
    assert json.dumps(messages) == before  # the blocks of files are shared with later turns
