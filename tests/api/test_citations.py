"""Citations of files that are shown whole: from the model's words to frames and stored blocks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.papers import flower_pages, paper
from tests.people import Person, text_of
from tests.stage import Stage


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _location(page: int, document: int = 0) -> dict[str, Any]:
    """As the API cites a page that is a block."""
    return {
        "type": "content_block_location",
        "cited_text": "the whole page",
        "document_index": document,
        "document_title": None,
        "start_block_index": page - 1,
        "end_block_index": page,
        "file_id": None,
    }


def _text(text: str, *citations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"citations": list(citations)} if citations else {})


def test_a_claim_is_stored_and_pushed_with_the_page_and_the_sentence_that_it_rests_on(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    ada.connect("socket-1")
    one, two = paper(stage, ada, flower_pages(9), "one.pdf"), paper(stage, ada, flower_pages(30), "two.pdf")
    content = [
        _text("As the files say, "),
        _text("the violets cost 126 euros", _location(26, 1), _location(26, 1), _location(6)),
        _text(". Nothing else."),
    ]
    stage.script("Which violets?", content=content)
    ada.ask(conversation_id, "Roses?", file_ids=[one])
    answer = ada.ask(conversation_id, "Which violets?", file_ids=[two])
    assert "citations" not in answer["content"][0] | answer["content"][2]
    first, second = answer["content"][1]["citations"]
    assert first == {
        "file_id": two,
        "name": "two.pdf",
        "page": 26,
        "last_page": 26,
        "locator": {"kind": "page", "label": "page 26", "page": 26},
        "cited_text": "The violets of garden 26 cost 126 euros.",
    }
    assert (second["file_id"], second["page"]) == (one, 6)
    pushed = [frame for frame in stage.gateway.sent["socket-1"] if frame.get("message_id") == answer["message_id"]]
    made = ada.frames(conversation_id, answer["message_id"])["items"]
    for frames in (pushed, made):
        shown = [(frame["type"].removeprefix("answer."), frame["block"]) for frame in frames if "block" in frame]
        assert list(dict.fromkeys(shown)) == [("delta", 0), ("delta", 1), ("citation", 1), ("delta", 2)]
        assert [frame["citation"] for frame in frames if frame["type"] == "answer.citation"] == [first, second]


def test_citations_are_mapped_by_the_documents_of_the_request_after_some_went(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    ids = [paper(stage, ada, flower_pages(9), f"{number}.pdf") for number in range(3)]
    ada.ask(conversation_id, "Roses?", file_ids=ids)
    ada.delete(f"/conversations/{conversation_id}/files/{ids[0]}")
    stage.script("Which violets?", content=[_text("They cost 106 euros", _location(6, 1))])
    answer = ada.ask(conversation_id, "Which violets?")
    assert answer["content"][0]["citations"][0]["file_id"] == ids[2]


def test_a_citation_that_fits_nothing_is_no_error(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.script("Which violets?", content=[_text("They cost 106 euros", _location(99), _location(1, 7))])
    answer = ada.ask(conversation_id, "Which violets?", file_ids=[paper(stage, ada, flower_pages(9))])
    assert (answer["status"], answer["content"]) == ("complete", [{"type": "text", "text": "They cost 106 euros"}])


def test_many_citations_never_outgrow_the_row(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.configure(max_answer_bytes=10_000)
    file_id = paper(stage, ada, flower_pages(60, 400))
    stage.script("Which roses?", text="All of them.", citations=[_location(page) for page in range(1, 61)])
    answer = ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    assert (answer["status"], answer["stop_reason"]) == ("complete", "max_tokens")
    assert 5 < len(answer["content"][0]["citations"]) < 50


def test_lines_of_a_text_are_cited_as_it_was_read(stage: Stage, ada: Person, conversation_id: str) -> None:
    lines = [f"Invoice {1000 + number} was paid by customer {number}." for number in range(400)]
    file_id = stage.ready(ada, "\n".join(lines).encode(), "invoices.txt")
    answer = ada.ask(conversation_id, "Who paid invoice 1234?", file_ids=[file_id])
    cited = [citation for block in answer["content"] for citation in block.get("citations", [])]
    assert (cited[0]["locator"]["kind"], cited[0]["cited_text"]) == ("lines", lines[234])
    assert cited[0]["locator"]["first_line"] <= 235 <= cited[0]["locator"]["last_line"]
    assert lines[234] in text_of(answer)
    page = ada.get(f"/files/{file_id}/pages/{cited[0]['page']}").body
    assert (page["locator"]["label"], lines[234] in page["text"]) == (cited[0]["locator"]["label"], True)
