"""What is kept of what a model says of a CV, and what the demo model says of one."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.twin import cv, questions
from chalicelib.twin.found import Found
from chalicelib.twin.rows import Entry

from deploy.local.demo_model import studies
from deploy.local.demo_model.validation import parse_request
from tests import cvs
from tests.linkedin_rows import CANARIES


def _entry(**fields: str) -> dict[str, str]:
    return {"section": "experience", "title": "Head of Data", **fields}


def test_what_does_not_stand_in_the_document_is_dropped() -> None:
    invented = [
        _entry(title="Chief Executive"),
        _entry(section="secrets"),
        _entry(title="", text=""),
        "no entry",
        {"title": "Head of Data"},
        {"section": "skills", "title": ["R"]},
    ]
    assert cv.found(cvs.ENGLISH, invented) == []


def test_of_an_entry_what_stands_in_the_document_is_kept() -> None:
    (told,) = cv.found(
        cvs.ENGLISH,
        [
            _entry(
                subtitle="Rivière & Sons",
                place="Tokyo",
                start="2021-03",
                end="2024-05",
                text="Lead five people.\nLead fifty people.\nBuilt a network of 2,400 gauges. Saved the world.",
                url="https://invented.example/",
            )
        ],
    )
    assert told == Found(
        "experience",
        "Head of Data",
        subtitle="Rivière & Sons",
        start="2021-03",
        text="Lead five people.\nBuilt a network of 2,400 gauges.",
    )


def test_of_a_date_the_document_must_tell_the_month() -> None:
    (told,) = cv.found(cvs.ENGLISH, [_entry(start="2012-09", end="2015")])
    assert (told.start, told.end) == ("2012", "2015")


def test_addresses_and_numbers_are_masked() -> None:
    text = "Call me at 06 55 50 10 88 for more."
    (told,) = cv.found(cvs.ENGLISH, [_entry(text=text, subtitle="canary.noor@private.example")])
    assert (told.text, told.subtitle) == ("Call me at ••• for more.", "•••")


def test_a_long_document_is_read_in_pieces_that_hold_all_of_it() -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 200 for number in range(60))
    parts = cv.pieces(text)
    assert len(parts) == 4
    assert max(map(len, parts)) <= cv.PIECE_CHARACTERS
    assert all(part.startswith("Paragraph") for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert cv.pieces("x" * 45_000) == ["x" * 20_000, "x" * 20_000, "x" * 5_000]
    assert cv.pieces(" \n") == []
    text = "A line.\n" * 200
    first, second = cv.halves(text)
    assert first + second == text
    assert 400 <= len(first) <= 800
    assert cv.halves("y" * 999) == []


def _asked(document: str, tool: dict[str, Any], text: str = "Record.") -> dict[str, Any]:
    source = {"type": "text", "media_type": "text/plain", "data": document}
    content = [{"type": "document", "source": source}, {"type": "text", "text": text}]
    body = {
        "model": "claude-haiku-5-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": content}],
        "tools": [tool],
        "tool_choice": {"type": "tool", "name": tool["name"]},
    }
    given = studies.given(parse_request(body, "2023-06-01"), tool["name"])
    assert given is not None
    return given


def _demo(document: str) -> list[Found]:
    return cv.found(document, list(cv.recorded(_asked(document, cv.TOOL))))


def test_the_demo_model_reads_an_english_cv() -> None:
    told = _demo(cvs.ENGLISH)
    assert told[:4] == [
        Found("about", "Hydrologist and head of data"),
        Found("about", "", text="I measure rivers, and I tell people what the numbers mean."),
        Found(
            "experience",
            "Head of Data",
            subtitle="Rivière & Sons",
            place="Nantes",
            start="2021-03",
            text="Lead five people.\nBuilt a network of 2,400 gauges in 2022.",
        ),
        Found(
            "experience",
            "Hydrologist",
            subtitle="Rivière & Sons",
            place="Nantes",
            start="2016-09",
            end="2021-01",
            text="Built the low water model, in R.\nCall me at ••• for more.",
        ),
    ]
    assert told[4:] == [
        Found("education", "MSc Hydrology", subtitle="Delta University", start="2012", end="2015"),
        *(Found("skills", each) for each in ("Hydrology", "R", "Time series")),
        Found("languages", "French", subtitle="native"),
        Found("languages", "Japanese", subtitle="elementary"),
        Found("certifications", "Dam Safety", subtitle="Water Board", start="2019-06"),
    ]


def test_the_demo_model_reads_a_french_cv() -> None:
    told = {(each.section, each.title): each for each in _demo(cvs.FRENCH)}
    post = told["experience", "Responsable des données"]
    assert (post.subtitle, post.place, post.start, post.end) == ("Rivière & Fils", "Nantes", "2021-03", "")
    assert told["experience", "Hydrologue"].end == "2021-01"
    assert told["education", "Master d’hydrologie"].subtitle == "Université du Delta"
    assert told["languages", "Japonais"].subtitle == "notions"
    assert ("skills", "Séries temporelles") in told


def test_the_demo_model_reads_a_profile_that_linkedin_printed() -> None:
    told = {(each.section, each.title): each for each in _demo(cvs.LINKEDIN)}
    post = told["experience", "Head of Data"]
    assert (post.subtitle, post.place, post.start) == ("Rivière & Sons", "Nantes, France", "2021-03")
    assert post.text == "I lead a team of five."
    assert ("skills", "Hydrology") in told


@pytest.mark.parametrize("document", [cvs.ENGLISH, cvs.FRENCH, cvs.LINKEDIN])
def test_no_canary_of_a_cv_is_kept(document: str) -> None:
    told = str(_demo(document))
    assert [each for each in CANARIES if each in told] == []


@pytest.mark.parametrize(("language", "expected"), [("en", "What do you do as Hydrologist?"), ("fr", "En quoi")])
def test_the_demo_model_suggests_questions(language: Any, expected: str) -> None:
    entries = [Entry("1", "experience", "Hydrologist", "Basin Agency"), Entry("2", "skills", "R", is_hidden=True)]
    asked = questions.question(entries, language)
    (suggested,) = questions.suggested(_asked(asked.document, asked.tool, asked.text))
    assert suggested.startswith(expected)


def test_what_is_suggested_is_a_line_each_and_no_more_than_fit() -> None:
    given = {"questions": ["Why\nrivers?", "Why rivers?", "", 7, "x" * 121, "Ask a@b.example", *"abcdefgh"]}
    assert questions.suggested(given) == ("Why rivers?", "Ask •••", "a", "b", "c", "d")
    assert questions.suggested({"questions": "no list"}) == ()
