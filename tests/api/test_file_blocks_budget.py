"""The budget of a prompt: which files stand in it whole, what turns leave them, and what happens past it."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.fakes import dynamodb
from tests.papers import flower_pages, is_continued, notes, paper, rendered, titles, where
from tests.people import Person, text_of
from tests.stage import Stage, wait_for

TOO_LONG = [
    "prompt is too long: 200001 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 188959 + 16000 > 200000",
]


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def test_files_stand_whole_in_order_of_attachment_while_they_fit(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.configure(document_tokens=1_500)
    large = paper(stage, ada, flower_pages(200), "large.pdf")
    small, middle = paper(stage, ada, flower_pages(20), "small.pdf"), paper(stage, ada, flower_pages(30), "middle.pdf")
    tiny = paper(stage, ada, flower_pages(1), "tiny.pdf")
    ada.ask(conversation_id, "Roses?", file_ids=[large, small])
    ada.ask(conversation_id, "Lilies?", file_ids=[middle, tiny])
    prompt = stage.prompts()[-1]
    assert titles(prompt) == ["small.pdf", "tiny.pdf"]
    first, second = notes(prompt)
    assert (large in first, middle in second) == (True, True)
    assert "200 pages" in first
    assert "page 1: The lilies of garden 1 cost 101 euros." in first
    assert "search_files" in first
    assert len(first) < 8_000
    assert [tool["name"] for tool in prompt["tools"]] == ["search_files", "read_pages"]
    without = ada.new_conversation()
    ada.ask(without, "Roses?", file_ids=[small])
    assert "tools" not in stage.prompts()[-1]


def test_later_files_never_change_how_earlier_ones_stand(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(document_tokens=1_200)
    for number in range(6):
        size = 5 + 15 * number
        ada.ask(conversation_id, f"Roses {number}?", file_ids=[paper(stage, ada, flower_pages(size), f"{number}.pdf")])
    asked = [prompt for prompt in stage.prompts() if prompt["messages"][-1]["content"][-1]["type"] == "text"]
    assert len(notes(asked[-1])) >= 2
    for before, after in itertools.pairwise(asked):
        first, then = rendered(before)[1:], rendered(after)[1:]  # the tools come with the first file that needs them
        assert then[: len(first)] == first


def test_many_long_files_have_short_outlines_or_none(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(document_tokens=10)
    ada.ask(
        conversation_id,
        "Roses?",
        file_ids=[paper(stage, ada, flower_pages(90, 100), f"{number}.pdf") for number in range(12)],
    )
    texts = notes(stage.prompts()[0])
    assert len(texts) == 12
    assert sum("Its outline" in text for text in texts) == 8
    assert sum(map(len, texts)) < 60_000
    assert all("search_files" in text for text in texts)


def test_turns_make_room_for_documents_within_what_the_model_takes(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    """50,000 tokens, of which 16,000 are the answer's; the document takes about 14,000."""
    stage.configure(context_tokens=50_000, document_tokens=20_000)
    stage.script(None, text="x" * 12_000)
    for number in range(5):
        ada.ask(conversation_id, f"Roses {number}? " + "x" * 3_000)
    assert len(stage.prompts()[-1]["messages"]) == 9
    file_id = paper(stage, ada, flower_pages(12, 700), "one.pdf")
    assert 10_000 < stage.row("files", file_id)["tokens"] < 18_000
    ada.ask(conversation_id, "Lilies?", file_ids=[file_id])
    prompt = stage.prompts()[-1]
    assert len(prompt["messages"]) < 9
    assert where(prompt)[-1] == ["document", "text"]
    assert stage.row("conversations", conversation_id)["cut"]


def test_the_newest_message_takes_its_room_from_the_files(stage: Stage, ada: Person, conversation_id: str) -> None:
    """Of 100,000 tokens 16,000 are the answer's; the files take 21,000 and 31,000, the message 35,000."""
    stage.configure(context_tokens=100_000, document_tokens=60_000)
    stage.script(None, text="Red.")
    one = paper(stage, ada, flower_pages(20, 500), "one.pdf")
    two = paper(stage, ada, flower_pages(30, 500), "two.pdf")
    ada.ask(conversation_id, "Roses?", file_ids=[one, two])
    assert titles(stage.prompts()[-1]) == ["one.pdf", "two.pdf"]
    ada.ask(conversation_id, "合同双方应当完成交付。" * 2_100)
    assert titles(stage.prompts()[-1]) == ["one.pdf"]
    assert "two.pdf" in notes(stage.prompts()[-1])[0]
    ada.ask(conversation_id, "合同双方应当完成交付。" * 5_000)
    assert titles(stage.prompts()[-1]) == []
    ada.ask(conversation_id, "Lilies?")
    assert titles(stage.prompts()[-1]) == ["one.pdf", "two.pdf"]


# What the estimate got wrong


@pytest.fixture
def both(stage: Stage, ada: Person) -> list[str]:
    """Two files that are shown together, but not in half of the room."""
    small = paper(stage, ada, flower_pages(20), "small.pdf")
    return [small, paper(stage, ada, flower_pages(30), "large.pdf")]


def _refuse(stage: Stage, times: int | None, message: str = TOO_LONG[0], match: str | None = None) -> None:
    stage.script(match, times=times, error={"status": 400, "message": message})


@pytest.mark.parametrize("message", TOO_LONG)
def test_a_prompt_that_is_too_long_is_asked_again_with_half_of_the_files(
    stage: Stage, ada: Person, conversation_id: str, both: list[str], message: str
) -> None:
    _refuse(stage, 1, message)
    answer = ada.ask(conversation_id, "How many euros did the violets of garden 6 cost?", file_ids=both)
    assert (answer["status"], answer["stop_reason"]) == ("complete", "end_turn")
    cited = [each for block in answer["content"] for each in block.get("citations", [])]
    assert cited[0]["cited_text"] == "The violets of garden 6 cost 106 euros."
    first, second = stage.prompts()[:2]
    assert (titles(first), titles(second)) == (["small.pdf", "large.pdf"], ["small.pdf"])
    assert "large.pdf" in notes(second)[0]
    assert [tool["name"] for tool in second["tools"]] == ["search_files", "read_pages"]


def test_what_was_asked_again_goes_on_as_it_was_and_is_not_refused_again(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    _refuse(stage, 1)
    stage.script(None, text="Red.")
    ada.ask(conversation_id, "Roses?", file_ids=both)
    ada.ask(conversation_id, "Lilies?")
    ada.ask(conversation_id, "Tulips?", file_ids=[paper(stage, ada, flower_pages(1), "tiny.pdf")])
    prompts = stage.prompts()
    shown = [["small.pdf", "large.pdf"], ["small.pdf"], ["small.pdf"], ["small.pdf", "tiny.pdf"]]
    assert [titles(prompt) for prompt in prompts] == shown
    assert is_continued(prompts[1], prompts[2])
    assert is_continued(prompts[2], prompts[3])


def test_what_is_too_long_with_half_of_the_files_is_retried_with_less(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    _refuse(stage, 3)
    stage.script(None, text="Red.")
    failed = ada.ask(conversation_id, "Roses?", file_ids=both)
    ada.retry(conversation_id, failed["message_id"])
    stage.run()
    assert [titles(prompt) for prompt in stage.prompts()] == [
        ["small.pdf", "large.pdf"],
        ["small.pdf"],
        ["small.pdf"],
        [],
    ]
    assert ada.messages(conversation_id)[0]["status"] == "complete"


def test_files_have_their_whole_room_again_when_one_is_taken_out(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    _refuse(stage, 1)
    stage.script(None, text="Red.")
    ada.ask(conversation_id, "Roses?", file_ids=both)
    ada.delete(f"/conversations/{conversation_id}/files/{both[0]}")
    ada.ask(conversation_id, "Lilies?")
    assert titles(stage.prompts()[-1]) == ["large.pdf"]


def test_files_have_their_whole_room_again_when_one_is_taken_out_while_half_of_it_is_tried(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    _refuse(stage, 1)
    stage.script(None, text="Red. " * 20, chunk_chars=3)
    release = stage.hold(after_chunks=2)
    ada.send(conversation_id, "Roses?", file_ids=both)
    with stage.working():
        wait_for(lambda: len(stage.prompts()) == 2, "the second prompt")
        ada.delete(f"/conversations/{conversation_id}/files/{both[0]}")
        release.set()
    ada.ask(conversation_id, "Lilies?")
    assert [titles(prompt) for prompt in stage.prompts()] == [["small.pdf", "large.pdf"], ["small.pdf"], ["large.pdf"]]


def test_an_answer_ends_although_what_it_learned_of_the_room_cannot_be_stored(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    _refuse(stage, 1)
    stage.wire.fail(dynamodb.exceeded, lambda call: ":new_document_tokens" in json.dumps(call.body), times=20)
    assert ada.ask(conversation_id, "Roses?", file_ids=both)["status"] == "complete"
    assert stage.wire.struck
    assert "document_tokens" not in stage.row("conversations", conversation_id)


LONG = "Lilies " + "x" * 2_400


def test_files_have_their_whole_room_again_once_the_cut_has_moved(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    stage.configure(history_tokens=2_000)
    _refuse(stage, 1)
    stage.script(None, text="Red.")
    ada.ask(conversation_id, "Roses?", file_ids=both)
    for _ in range(3):
        assert "cut" not in stage.row("conversations", conversation_id)
        ada.ask(conversation_id, LONG)
        assert titles(stage.prompts()[-1]) == ["small.pdf"]
    row = stage.row("conversations", conversation_id)
    assert "cut" in row
    assert "document_tokens" not in row
    ada.ask(conversation_id, "Tulips?")
    assert titles(stage.prompts()[-1]) == ["small.pdf", "large.pdf"]


def test_a_prompt_that_is_too_long_although_the_cut_has_just_moved_is_remembered(
    stage: Stage, ada: Person, conversation_id: str, both: list[str]
) -> None:
    stage.configure(history_tokens=2_000)
    _refuse(stage, 1, match="Roses?")
    stage.script(None, text="Red.")
    for _ in range(2):
        ada.ask(conversation_id, LONG)
    ada.ask(conversation_id, f"Roses? {LONG}", file_ids=both)
    assert stage.row("conversations", conversation_id)["cut"]
    ada.ask(conversation_id, "Tulips?")
    assert is_continued(*stage.prompts()[-2:])
    assert titles(stage.prompts()[-1]) == ["small.pdf"]


def test_it_is_asked_again_once(stage: Stage, ada: Person, conversation_id: str, both: list[str]) -> None:
    _refuse(stage, None)
    answer = ada.ask(conversation_id, "Roses?", file_ids=both)
    assert (answer["status"], answer["error"]["code"]) == ("failed", "context_too_long")
    assert len(stage.prompts()) == 2


def test_without_files_there_is_nothing_to_leave_out(stage: Stage, ada: Person, conversation_id: str) -> None:
    _refuse(stage, None)
    answer = ada.ask(conversation_id, "Roses?")
    assert (answer["status"], answer["error"]["code"]) == ("failed", "context_too_long")
    assert len(stage.prompts()) == 1


def test_what_was_shown_is_not_asked_again(stage: Stage, ada: Person, conversation_id: str, both: list[str]) -> None:
    stage.configure(document_tokens=900)
    search = {"name": "search_files", "input": {"query": "violets"}}
    stage.script("Roses?", times=1, text="I look.", tool_use=search, usage={"input_tokens": 77})
    _refuse(stage, None)
    answer = ada.ask(conversation_id, "Roses?", file_ids=both)
    assert (answer["status"], answer["error"]["code"]) == ("interrupted", "context_too_long")
    assert (text_of(answer), answer["usage"]["input_tokens"]) == ("I look.", 77)
    assert len(stage.prompts()) == 2


def test_another_refusal_is_not_asked_again(stage: Stage, ada: Person, conversation_id: str, both: list[str]) -> None:
    _refuse(stage, None, "messages: roles must alternate")
    assert ada.ask(conversation_id, "Roses?", file_ids=both)["error"]["code"] == "prompt_refused"
    assert len(stage.prompts()) == 1
