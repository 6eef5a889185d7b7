from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from chalicelib.extraction import Page
from chalicelib.extraction.index.search_index import SCHEMA, IndexWriter, build, read_pages, search
from chalicelib.extraction.pages import Locator

FILLER = "Rien de notable sur cette page, qui parle d'autre chose et continue longtemps ainsi. "


def _page(number: int, text: str) -> Page:
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    return Page(number, locator, text)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    texts = [
        "Le contrat prévoit un délai de paiement de trente jours.",
        FILLER * 3,
        "The payment terms: thirty days, see the contracts attached. Élève, théâtre, œuvre.",
        FILLER * 20 + "L'indemnité de résiliation est de deux mois." + FILLER * 20,
        "delai delai",
    ]
    path = tmp_path / "index.sqlite"
    build(path, [_page(number, text) for number, text in enumerate(texts, start=1)])
    return path


def _numbers(index: Path, query: str, limit: int = 8) -> list[int]:
    return [hit.number for hit in search(index, query, limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("délai de paiement", 1),
        ("DELAI PAIEMENT", 1),
        ("payment terms", 3),
        ("contrats", 1),
        ("contract", 3),
        ("eleve theatre", 3),
        ("les oeuvres", 3),
        ("résiliations", 4),
        ("quelle est l'indemnité de résiliation ?", 4),
        ("thirty OR nothing", 3),
    ],
)
def test_the_best_page_comes_first_whatever_accents_case_and_plural(index: Path, query: str, first: int) -> None:
    assert _numbers(index, query)[0] == first


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("re\u0301sume\u0301", 1),  # as macOS writes the names of files
        ("İSTANBUL", 1),
        ("通知期", 2),
        ("合同的通知期是多久？", 2),
        ("解除通知", 3),
        ("통지기간", 4),
    ],
)
def test_words_are_found_however_they_are_written(tmp_path: Path, query: str, number: int) -> None:
    path = tmp_path / "index.sqlite"
    texts = [
        "A résumé from İstanbul.",
        "甲方支付租金。" * 200 + "本合同的通知期为三个月。",
        "契約の解除通知期間は三か月です。",
        "계약의 통지기간은 3개월이다.",
    ]
    build(path, [_page(at, text) for at, text in enumerate(texts, start=1)])
    hit = search(path, query)[0]
    assert hit.number == number
    assert number != 2 or "通知期为三个月" in hit.passage


def test_pages_with_all_words_come_before_pages_with_some(index: Path) -> None:
    assert _numbers(index, "délai jours")[0] == 1
    assert set(_numbers(index, "délai jours")) == {1, 5}


def test_a_hit_has_its_locator_and_a_passage_around_what_was_found(index: Path) -> None:
    hit = search(index, "indemnité résiliation")[0]
    assert hit.locator["label"] == "page 4"
    assert "L'indemnité de résiliation est de deux mois." in hit.passage
    assert 500 < len(hit.passage) <= 710
    assert hit.passage.startswith("… ")
    assert hit.passage.endswith(" …")


def test_a_passage_shows_the_rare_word_rather_than_the_common_one(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    build(path, [_page(1, "paiement facture " * 300 + "pénalité unique " + "paiement " * 300)])
    assert "pénalité" in search(path, "pénalité paiement")[0].passage


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        '""',
        "'",
        "*",
        "🙂",
        "^",
        ":",
        "-",
        "NEAR(",
        "AND",
        "(((",
        "text:",
        "\x00",
        "\ud800",
        "%_",
        ";--",
    ],
)
def test_any_query_is_safe(index: Path, query: str) -> None:
    assert search(index, query) == [] or query == "AND"


@pytest.mark.parametrize(
    "query", ['délai" OR "x', "délai AND NOT paiement*", "délai -(x) ^y", "délai 🙂", "délai\x00", "delai " * 5_000]
)
def test_operators_are_words(index: Path, query: str) -> None:
    assert _numbers(index, query)[0] in {1, 5}


def test_the_limit_holds(index: Path) -> None:
    assert len(_numbers(index, "page chose délai payment", limit=2)) == 2


def test_only_the_first_pairs_of_a_long_question_without_spaces_are_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    question = "".join(chr(0x4E00 + at) for at in range(4_000))
    last_looked_for, beyond = question[23:25], question[24:26]
    build(path, [_page(1, beyond), _page(2, last_looked_for)])
    assert _numbers(path, question) == [2]


def test_first_pages_are_found_before_the_last_is_added(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with IndexWriter(path) as index:
        index.add(_page(1, "premier"))
        index.commit()
        copy = shutil.copy(path, tmp_path / "copy.sqlite")
        assert _numbers(Path(copy), "premier") == [1]
        index.add(_page(2, "second"))
    assert _numbers(path, "second") == [2]


def test_an_index_is_continued_and_a_page_added_again_replaces_the_former(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    build(path, [_page(1, "one"), _page(2, "two")])
    build(path, [_page(2, "deux"), _page(3, "three")])
    assert _numbers(path, "two") == []
    assert _numbers(path, "deux") == [2]
    assert [page.text for page in read_pages(path, 1, 9)] == ["one", "deux", "three"]
    with closing(apsw.Connection(str(path))) as database:
        database.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")


def test_a_word_of_one_page_is_found_among_two_thousand(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    build(path, [_page(number, f"{FILLER * 10} repère{number}") for number in range(1, 2_001)])
    hits = search(path, "repère1234")
    assert [hit.number for hit in hits] == [1_234]
    assert "repère1234" in hits[0].passage


def test_an_index_that_the_interpreters_sqlite_wrote_is_searched_and_continued(tmp_path: Path) -> None:
    """As those were that were made before the package brought its own."""
    path = tmp_path / "index.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO pages VALUES (?, ?, ?)",
            [(number, json.dumps(_page(number, "").locator), f"Élève {number}") for number in (1, 2)],
        )
        database.commit()
    assert sorted(_numbers(path, "eleve")) == [1, 2]
    build(path, [_page(2, "deux"), _page(3, "trois")])
    assert [page.text for page in read_pages(path, 1, 9)] == ["Élève 1", "deux", "trois"]
    assert (_numbers(path, "eleve"), _numbers(path, "trois")) == ([1], [3])


def test_pages_are_there_once_committed_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with IndexWriter(path) as index:
        for number in range(1, 60):
            index.add(_page(number, f"mot{number}"))
        assert len(read_pages(path, 1, 99)) == 50
        index.commit()
        index.commit()  # of nothing
        assert _numbers(path, "mot59") == [59]


def test_reading_asks_for_no_lock_and_cannot_write(index: Path) -> None:
    """An index in Lambda's /tmp is this process's own, and no file may come to stand beside it."""
    from chalicelib.extraction.index import search_index

    with closing(apsw.Connection(str(index))) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert len(_numbers(index, "délai")) == 2
    with search_index._opened(index) as database, pytest.raises(apsw.ReadOnlyError):
        database.execute("DELETE FROM pages")
