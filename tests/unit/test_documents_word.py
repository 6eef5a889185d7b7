"""Word-processor documents as a person sees them: one test a kind of fault, each on a file that has it."""

from __future__ import annotations

import json
from pathlib import Path

from chalicelib.extraction import Limits, Note, Page
from chalicelib.extraction.readers import docx

from tests.golden.word_cases import CASES

GOLDEN = Path(__file__).parents[1] / "golden" / "docx"


def _text(name: str) -> str:
    return "\n".join(item.text for item in docx.read(GOLDEN / name, Limits(), 1) if isinstance(item, Page))


def _notes(name: str) -> list[Note]:
    return [item for item in docx.read(GOLDEN / name, Limits(), 1) if isinstance(item, Note)]


def test_numbered_clauses() -> None:
    lines = _text("numbered-clauses.docx").split("\n")
    assert [line.split()[0] for line in lines] == ["Article", "1.1", "1.2", "Article", "2.1", "2.2"]
    assert lines[0] == "Article 1. Term"
    assert lines[2] == "1.2 Notice is ninety days."
    assert lines[3] == "Article 2. Payment"


def test_tick_boxes() -> None:
    text = _text("tick-boxes.docx")
    assert "☑ I accept the terms" in text
    assert "☐ I refuse the terms" in text
    assert "☒ Full time" in text
    assert "☐ Part time" in text
    assert _notes("tick-boxes.docx") == [Note("form_fields", count=1)]


def test_formula_and_power() -> None:
    text = _text("formula-and-power.docx")
    assert "rate is (a+1)/b and the area x^12." in text
    assert "10⁶ cycles" in text


def test_box_inside_a_sentence() -> None:
    lines = _text("box-inside-a-sentence.docx").split("\n")
    assert lines == ["The penalty for late delivery is five per cent of the price.", "Margin note: see annex B"]


def test_letterhead_and_footer() -> None:
    lines = _text("letterhead-and-footer.docx").split("\n")
    assert lines[0].endswith("our reference KX-2291, Tromso, 3 March 2024")
    assert lines[1] == "Dear Sir or Madam, we accept your offer."
    assert lines[2].endswith("Draft 2, not binding")
    assert len(lines) == 3


def test_reviewers_comment() -> None:
    assert "Comment by R. Vega: Cap this at the yearly fee before we sign." in _text("reviewers-comment.docx")
    assert _notes("reviewers-comment.docx") == [Note("comments", count=1)]


def test_merged_cells() -> None:
    rows = [line.split(" | ") for line in _text("merged-cells.docx").split("\n")]
    assert [row[3:] for row in rows] == [["Second half"] * 2, ["13", "14"], ["23", "24"]]
    assert [row[0] for row in rows] == ["Region", "North", "North"]


def test_pasted_html_part() -> None:
    assert _text("pasted-html-part.docx").split("\n") == ["Before", "The warranty lasts five years.", "After"]


def test_footnote_marks() -> None:
    text = _text("footnote-marks.docx")
    assert "10 %[1] and delivery is free[2]." in text
    assert "[1] Only for orders paid before June." in text
    assert "[2] Not on islands." in text


def test_the_files_are_those_that_the_maker_writes() -> None:
    for name, (content, pages, _) in CASES.items():
        path = GOLDEN.parent / name.rpartition(".")[2] / name
        assert path.read_bytes() == content, "run: python -m tests.golden.make_word"
        assert json.loads(path.with_name(f"{name}.json").read_text())["pages"] == pages
