"""The API's citations as ours: which file and page, and which sentences of it."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.extraction.pages import Locator, Page
from chalicelib.prompts.citations import MAX_QUOTE_CHARACTERS, Citer, quote
from chalicelib.prompts.file_blocks import Attached, Source
from chalicelib.prompts.file_tools import Found

ROSES = "Roses are red. Lilies of the valley are white and cost 12 euros. Tulips come in all colours."
TABLE = "Flower | Price | Country\n" + "\n".join(f"Flower{n} | {n}.50 | Land{n}" for n in range(200))


def _page(number: int, text: str, kind: Any = "page") -> Page:
    locator: Locator = {"kind": kind, "label": f"{kind} {number}", "page": number}
    return Page(number, locator, text)


GARDEN = Source(Attached("f1", "garden.pdf"), [_page(1, "Contents"), _page(2, ROSES), _page(3, "More of Lilies.")])
SCAN = Source(Attached("f2", "scan.pdf"), ())
PEONIES = "… lie there. Peonies bloom in May. And …"


def _cite(given: dict[str, Any], claim: str = "White lilies cost 12 euros.") -> Any:
    passages = (PEONIES, "… Peonies need sun in May. …")
    found = {"f3#page=7": [Found(Attached("f3", "thesis.pdf"), _page(7, each)) for each in passages]}
    return Citer([GARDEN, SCAN], found).cite(given, claim)


def _block(start: int, end: int, document: int = 0) -> dict[str, Any]:
    return {
        "type": "content_block_location",
        "cited_text": "[page 2]\n\n" + ROSES,
        "document_index": document,
        "document_title": "another name",
        "start_block_index": start,
        "end_block_index": end,
        "file_id": None,
    }


def test_a_block_is_a_page_and_the_quote_its_sentence_that_the_claim_is_about() -> None:
    assert _cite(_block(1, 2)) == {
        "file_id": "f1",
        "name": "garden.pdf",
        "page": 2,
        "last_page": 2,
        "locator": {"kind": "page", "label": "page 2", "page": 2},
        "cited_text": "Lilies of the valley are white and cost 12 euros.",
    }


def test_several_blocks_are_a_range_of_pages_that_the_first_one_locates() -> None:
    cited = _cite(_block(1, 3))
    assert cited is not None
    assert (cited["page"], cited["last_page"], cited["locator"]["page"]) == (2, 3, 2)
    assert cited["cited_text"] in ROSES


def test_a_search_result_is_known_by_its_source() -> None:
    given = {
        "type": "search_result_location",
        "cited_text": PEONIES,
        "search_result_index": 99,
        "source": "f3#page=7",
        "title": "x",
        "start_block_index": 0,
        "end_block_index": 1,
    }
    cited = _cite(given, "The peonies bloom in May")
    assert cited is not None
    assert (cited["file_id"], cited["name"], cited["page"]) == ("f3", "thesis.pdf", 7)
    assert cited["cited_text"] == "Peonies bloom in May."
    unlike = _cite(given, "zeppelin")
    assert unlike is not None
    assert unlike["cited_text"].startswith("lie there.")  # without the dots, which the page does not have


@pytest.mark.parametrize(
    ("cited_text", "quoted"),
    [
        (PEONIES, "Peonies bloom in May."),
        ("… Peonies need sun in May. …", "Peonies need sun in May."),
        ("Peonies need sun in May.", "Peonies need sun in May."),
        ("nowhere", "Peonies bloom in May."),  # the longest passage is as good as any
        ("", "Peonies bloom in May."),
    ],
)
def test_of_two_passages_of_a_page_the_one_that_the_api_cites_is_quoted(cited_text: str, quoted: str) -> None:
    given = {"type": "search_result_location", "source": "f3#page=7", "cited_text": cited_text}
    cited = _cite(given, "The peonies in May")
    assert cited is not None
    assert (cited["page"], cited["cited_text"]) == (7, quoted)


def test_a_page_of_a_scan_is_quoted_as_the_api_read_it() -> None:
    given = {
        "type": "page_location",
        "cited_text": "Read  by\nsight. " + "x" * 900,
        "document_index": 1,
        "document_title": None,
        "start_page_number": 4,
        "end_page_number": 6,
    }
    cited = _cite(given)
    assert cited is not None
    assert (cited["file_id"], cited["page"], cited["last_page"]) == ("f2", 4, 5)
    assert cited["locator"] == {"kind": "page", "label": "page 4", "page": 4}
    assert cited["cited_text"].startswith("Read by sight. x")
    assert len(cited["cited_text"]) == MAX_QUOTE_CHARACTERS


def test_characters_lead_to_the_page_that_has_them() -> None:
    given = {"type": "char_location", "cited_text": "More of Lilies. ", "document_index": 0, "start_char_index": 5}
    cited = _cite(given)
    assert cited is not None
    assert (cited["page"], cited["cited_text"]) == (3, "More of Lilies.")
    assert _cite(given | {"cited_text": "nowhere"}) is None


@pytest.mark.parametrize(
    "given",
    [
        _block(3, 4),
        _block(1, 2, document=2),
        _block(1, 2, document=-1),
        _block(1, 2, document=-2),
        _block(0, 1, document=1),
        {"type": "content_block_location"},
        {"type": "search_result_location", "source": "f3#page=8", "cited_text": "x"},
        {"type": "search_result_location", "source": "f3#page=7", "cited_text": None},
        {"type": "char_location", "cited_text": None, "document_index": 0, "start_char_index": 5},
        {"type": "web_search_result_location", "url": "https://example.com"},
        {"type": "page_location", "document_index": 1, "start_page_number": None, "end_page_number": 2},
        {},
    ],
)
def test_a_citation_that_fits_nothing_is_dropped_and_its_type_logged(
    given: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert _cite(given) is None
    logged = capfd.readouterr().out
    assert "citation dropped" in logged
    assert "example.com" not in logged


@pytest.mark.parametrize(
    ("text", "claim", "expected"),
    [
        (ROSES, "Red roses", "Roses are red."),
        (ROSES, "LES LILÎES coûtent 12", "Lilies of the valley are white and cost 12 euros."),
        ("Un été chaud. Une pluie froide.", "Ete chaud", "Un été chaud."),
        ("Nothing of it.\nAnd more.", "zeppelin", "Nothing of it.\nAnd more."),
        ("", "roses", ""),
        (TABLE, "In Land77 it costs 77.50", "Flower77 | 77.50 | Land77"),
        ("A line\nbroken in two.\n\nAnother thing.", "broken line", "A line\nbroken in two."),
        ("甲方支付租金。通知期为三个月。双方可以协商。", "根据合同，通知期是三个月", "通知期为三个月。"),
        ("第一条です。通知期間は三か月とする！次の条。", "三か月の通知期間が必要", "通知期間は三か月とする！"),
        ("임대료는 매월 낸다. 통지기간은 3개월이다. 끝.", "통지기간이 3개월", "통지기간은 3개월이다."),
        ("字" * 900 + "通知期" + "行" * 300, "通知期", "字" * 100 + "通知期" + "行" * 297),
    ],
)
def test_the_quote_is_the_sentence_or_line_that_shares_the_most(text: str, claim: str, expected: str) -> None:
    assert quote(text, claim) == expected


def test_sentences_that_are_too_long_together_are_not_quoted_together() -> None:
    first, second = "Roses " + "x " * 140 + "end.", "Lilies " + "y " * 140 + "end."
    assert quote(f"{first} {second}", "roses and lilies") == first


def test_sentences_that_follow_each_other_are_quoted_together_when_the_claim_needs_both() -> None:
    text = "Intro. Roses cost nine euros. Lilies cost twelve euros. Outro."
    assert quote(text, "nine euros for roses, twelve for lilies") == "Roses cost nine euros. Lilies cost twelve euros."


@pytest.mark.parametrize(
    "text",
    [ROSES * 30, TABLE, "word " * 5_000, "x" * 5_000, "日本語の文章。" * 300, "é" * 399 + " " + "y" * 800, "\n\n\n a"],
)
@pytest.mark.parametrize("claim", ["white lilies", "word", "zeppelin", "日本語", "Land150 x y", ""])
def test_a_quote_is_literally_of_the_page_and_short(text: str, claim: str) -> None:
    found = quote(text, claim)
    assert found in text
    assert 0 < len(found) <= MAX_QUOTE_CHARACTERS
    assert found == found.strip()
