"""What is shown of an answer is what is logged, what is stored and what is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib.answering.transcript import Cited, Shown, ToolUse, Transcript
from chalicelib.claude.interface import Counts, Delta, Stopped
from chalicelib.conversations.messages import Message
from chalicelib.push import frames
from chalicelib.spending.usage import COUNTS
from chalicelib.subjects import person
from chalicelib.turns import frame_log

from tests.people import text_in, text_of

ADA = person("ada")
ANSWER = Message(ADA, "c", "m", "p", "assistant", "streaming", "2026-11-21T12:00:00.000Z", model="claude-opus-5-5")
CITATION: Any = {
    "file_id": "f",
    "name": "garden.pdf",
    "page": 2,
    "last_page": 2,
    "locator": {"kind": "page", "label": "page 2", "page": 2},
    "cited_text": "roses",
}
NO_TOKENS = dict.fromkeys(COUNTS, 0)
DETAIL: Any = {"query": "roses", "files": [{"file_id": "f", "name": "garden.pdf"}]}


def _taken(*batches: list[Shown], max_bytes: int = 1_000) -> tuple[Transcript, Any]:
    transcript = Transcript(ANSWER, max_bytes)
    transcript.start("claude-opus-5-5")
    taken: Any = transcript.take()
    for batch in batches:
        for event in batch:
            transcript.add(event)
        taken += transcript.take()
    return transcript, taken


def test_frames_are_numbered_from_one_without_gaps_and_carry_their_ids() -> None:
    _, taken = _taken([Delta(0, "thinking", "hm")], [], [Delta(1, "text", "a"), Cited(1, CITATION)])
    assert [frame["sequence"] for frame in taken] == [1, 2, 3, 4]
    assert {(frame["conversation_id"], frame["message_id"]) for frame in taken} == {("c", "m")}
    assert [frame["type"] for frame in taken] == ["answer.started", *["answer.delta"] * 2, "answer.citation"]


def test_deltas_of_one_block_that_wait_together_are_one_frame() -> None:
    _, taken = _taken([Delta(0, "text", "a"), Delta(0, "text", "b"), Delta(1, "text", "c"), Delta(0, "text", "d")])
    assert [frame["text"] for frame in taken[1:]] == ["ab", "c", "d"]


def test_content_is_what_the_frames_fold_to() -> None:
    transcript, taken = _taken(
        [Delta(0, "thinking", "hm")],
        [Delta(2, "text", "b"), Delta(1, "text", "a"), Cited(1, CITATION)],
        [Delta(2, "text", "é🐈"), Delta(3, "text", "")],
    )
    folded: dict[int, Any] = {}
    for frame in taken:
        frame_log.fold(folded, frame)
    assert transcript.content() == [folded[index] for index in sorted(folded)]
    assert transcript.content() == [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "a", "citations": [CITATION]},
        {"type": "text", "text": "bé🐈"},
    ]


def test_a_tool_is_a_block_of_its_own_that_is_shown_logged_and_made_again() -> None:
    transcript, taken = _taken(
        [Delta(0, "text", "I look.")], [ToolUse(1, "search_files", DETAIL)], [Delta(2, "text", "Red.")]
    )
    tool = {"type": "tool_use", "name": "search_files", "detail": DETAIL}
    assert taken[2] | {"block": 1, "name": "search_files", "detail": DETAIL} == taken[2]
    content = [{"type": "text", "text": "I look."}, tool, {"type": "text", "text": "Red."}]
    assert transcript.content() == content
    made = list(frame_log.made(ANSWER.with_changes(status="complete", content=content), 0))
    assert [frame for frame in made if frame["type"] == "answer.tool"] == [taken[2]]
    folded: dict[int, Any] = {}
    for frame in made:
        frame_log.fold(folded, frame)
    assert [folded[index] for index in sorted(folded)] == content


def test_tools_count_against_what_an_item_may_hold() -> None:
    transcript, taken = _taken([ToolUse(index, "search_files", DETAIL) for index in range(99)], max_bytes=1_000)
    assert 5 < [frame["type"] for frame in taken].count("answer.tool") < 20
    assert transcript.full


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["text", "text"], "ab"),  # what a citation splits is one text
        (["text", "tool_use", "text"], "a\n\nb"),
        (["tool_use", "text", "text"], "ab"),
        (["text", "tool_use", "thinking", "tool_use", "text", "text"], "a\n\nbc"),
        (["text", "thinking", "text"], "ab"),
        (["tool_use"], ""),
    ],
)
def test_a_text_that_a_tool_interrupted_goes_on_in_a_new_paragraph(kinds: list[str], expected: str) -> None:
    letters = iter("abc")
    content = [{"type": kind} | ({"text": next(letters)} if kind == "text" else {}) for kind in kinds]
    assert ANSWER.with_changes(content=content).text() == expected


def test_what_was_not_taken_was_not_shown_and_is_not_stored() -> None:
    transcript, _ = _taken([Delta(0, "text", "shown")])
    transcript.add(Delta(0, "text", " and not"))
    assert transcript.content() == [{"type": "text", "text": "shown"}]


def test_after_its_close_a_transcript_takes_nothing_more() -> None:
    transcript, _ = _taken([Delta(0, "text", "a")])
    transcript.add(Delta(0, "text", "b"))
    last: Any = transcript.close()
    assert [frame["text"] for frame in last] == ["b"]
    transcript.add(Delta(0, "text", "c"))
    transcript.add(Stopped("end_turn"))
    assert text_of({"content": transcript.content()}) == "ab"
    assert transcript.stop_reason is None


def test_a_started_frame_begins_the_answer_afresh() -> None:
    folded: dict[int, Any] = {0: {"type": "text", "text": "old"}}
    started: Any = {"type": "answer.started"}
    frame_log.fold(folded, started)
    assert folded == {}


def test_what_is_logged_is_remembered_until_it_is_stored() -> None:
    transcript, taken = _taken([Delta(0, "text", "a")])
    first = transcript.unlogged()
    assert first == taken
    transcript.add(Delta(0, "text", "b"))
    transcript.logged(len(first))
    second: Any = transcript.unlogged()
    assert second == transcript.take()
    assert text_in(second) == "b"


def test_the_log_does_not_wait_for_a_push_nor_a_push_for_the_log() -> None:
    transcript, _ = _taken([])
    transcript.add(Delta(0, "text", "a"))
    logged: Any = transcript.unlogged()
    transcript.logged(len(logged))
    assert text_in(logged) == "a"
    assert transcript.waiting
    taken: Any = transcript.take()
    assert text_in(taken) == "a"


def test_citations_count_against_what_an_item_may_hold() -> None:
    citation: Any = {**CITATION, "cited_text": "x" * 300}
    transcript, taken = _taken([Delta(0, "text", "a"), *(Cited(0, citation) for _ in range(10))], max_bytes=1_000)
    assert [frame["type"] for frame in taken].count("answer.citation") == 2
    assert transcript.full


@pytest.mark.parametrize(
    ("text", "kept"),
    [("x" * 10, "x" * 10), ("x" * 11, "x" * 10), ("é" * 6, "é" * 5), ("🐈🐈🐈", "🐈🐈"), ("xx🐈🐈🐈", "xx🐈🐈")],
)
def test_an_answer_is_cut_at_its_bytes_between_characters(text: str, kept: str) -> None:
    transcript, _ = _taken([Delta(0, "text", text)], [Delta(0, "text", "more")], max_bytes=10)
    assert text_of({"content": transcript.content()}).startswith(kept)
    assert len(text_of({"content": transcript.content()}).encode()) <= 10
    assert transcript.full


def test_output_is_estimated_until_the_model_has_said_how_much_it_was() -> None:
    transcript, _ = _taken([Counts({"input_tokens": 5, "output_tokens": 1}), Delta(0, "text", "x" * 30)])
    assert transcript.estimated_counts() == {"input_tokens": 5, "output_tokens": 10}
    transcript.add(Counts({"output_tokens": 7}))
    transcript.add(Stopped("end_turn"))
    assert transcript.estimated_counts() == {"input_tokens": 5, "output_tokens": 7}


def test_long_deltas_are_split_and_a_socket_message_stays_below_32_kb_in_any_script() -> None:
    text = "🐈é終x" * 9_000
    _, taken = _taken([Delta(0, "text", text)], max_bytes=10**6)
    pushed = list(frames.encoded(taken))
    assert len(pushed) > 1
    assert max(map(len, pushed)) <= 32_000
    assert text_in([frame for message in pushed for frame in json.loads(message)["frames"]]) == text


@pytest.mark.parametrize("after", [0, 7])
@pytest.mark.parametrize(
    ("fields", "end"),
    [
        (
            {"status": "complete", "stop_reason": "end_turn"},
            {"type": "answer.done", "status": "complete", "stop_reason": "end_turn", "usage": None},
        ),
        (
            {"status": "interrupted", "error": {"code": "c", "message": "m"}},
            {
                "type": "answer.done",
                "status": "interrupted",
                "stop_reason": None,
                "usage": None,
                "error": {"code": "c", "message": "m"},
            },
        ),
        (
            {"status": "failed", "error": {"code": "c", "message": "m"}},
            {"type": "answer.failed", "error": {"code": "c", "message": "m"}},
        ),
        (
            {"status": "stopped", "usage": {**NO_TOKENS, "input_tokens": 3, "cost_micro_usd": 1500}},
            {
                "type": "answer.done",
                "status": "stopped",
                "stop_reason": None,
                "usage": {**NO_TOKENS, "input_tokens": 3, "cost_usd": 0.0015},
            },
        ),
    ],
)
def test_a_settled_answers_frames_are_made_from_its_message(
    fields: dict[str, Any], end: dict[str, Any], after: int
) -> None:
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "ab", "citations": [CITATION]}]
    made = list(frame_log.made(ANSWER.with_changes(content=content, **fields), after))
    ids = {"conversation_id": "c", "message_id": "m"}
    assert made[0] == {"type": "answer.started", **ids, "sequence": after + 1, "model": "claude-opus-5-5"}
    assert made[-1] == {**ids, "sequence": after + len(made), **end}
    folded: dict[int, Any] = {}
    for frame in made:
        frame_log.fold(folded, frame)
    assert [folded[index] for index in sorted(folded)] == content
