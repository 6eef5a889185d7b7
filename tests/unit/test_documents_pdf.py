"""PDFs as a person sees them: the faults that were found in real files, each by a small file of its kind.

Their text page by page is compared by `test_golden.py`; here is what they stand for.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import Limits, Note, Page, Total, kind_of, read
from chalicelib.extraction.readers import pdf
from chalicelib.extraction.readers.pdf_layers import may_have_layers
from chalicelib.extraction.readers.pdf_layout import laid_out
from chalicelib.extraction.readers.pdf_legible import legible
from chalicelib.extraction.readers.pdfium import Word

from tests.golden.pdf_writer import Pdf, at
from tests.unit import extraction_files as files

GOLDEN = Path(__file__).parents[1] / "golden" / "pdf"
BY_SIGHT = sorted(path for path in GOLDEN.glob("*.json") if {"pictures", "garbled"} & set(json.loads(path.read_text())))


def _read(name: str) -> list[Any]:
    return list(pdf.read(GOLDEN / f"{name}.pdf", Limits(), 1))


def _pages(name: str) -> list[Page]:
    return [item for item in _read(name) if isinstance(item, Page)]


def _lines(name: str) -> list[str]:
    return [line for page in _pages(name) for line in page.text.split("\n") if line]


def _read_pdf(path: Path, document: Pdf) -> list[Any]:
    path.write_bytes(document.written())
    return list(read(path, kind_of(path, path.name, ""), files.FAST))


# --- One for each fault that was found --------------------------------------------------------------------------------


def test_01_filled_form() -> None:
    assert _lines("01-filled-form")[1:] == [
        "Surname: Marchetti",
        "Street: 14 Harbour Lane",
        "Resident since: 3 May 2019",
        "Disabled badge: [x]",
        "Zone: Zone C",
    ]
    assert Note("form_fields", count=5) in _read("01-filled-form")


def test_02_scan_with_stamp() -> None:
    pages = _pages("02-scan-with-stamp")
    assert [page.locator.get("picture") for page in pages] == [True] * 5
    last = _read("02-scan-with-stamp")[-1]
    assert isinstance(last, Total)
    assert last.scanned


def test_03_letter_with_scanned_annexes() -> None:
    pages = _pages("03-letter-with-scanned-annexes")
    assert [page.locator.get("picture", False) for page in pages] == [False, False, True, True, True, True]


def test_04_blank_cells_table() -> None:
    rows = [[cell.strip() for cell in line.split("|")] for line in _lines("04-blank-cells-table")]
    assert rows[2:4] == [["Washers", "", "3.20"], ["Screws", "7", ""]]


def test_05_pages_cut_from_a_spread() -> None:
    first, second = _pages("05-pages-cut-from-a-spread")
    assert "lessor" in first.text
    assert "lessee" not in first.text
    assert "lessee" in second.text
    assert "lessor" not in second.text


def test_06_blanks_by_offsets() -> None:
    assert "Bayside Wholesale 23 Main Street" in _lines("06-blanks-by-offsets")


def test_07_font_without_unicode() -> None:
    (page,) = _pages("07-font-without-unicode")
    assert (page.locator.get("garbled"), page.text) == (True, "")


def test_08_typed_on_remark() -> None:
    assert _lines("08-typed-on-remark")[-1] == "Accepted on 4 May, but without the gutter. P. Lind"


# --- Pages by sight ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expected_path", BY_SIGHT, ids=lambda path: path.name[:-9])
def test_pages_that_are_to_be_seen_say_so(expected_path: Path) -> None:
    expected = json.loads(expected_path.read_text())
    pages = _pages(expected_path.name[:-9])
    assert [page.number for page in pages if page.locator.get("picture")] == expected.get("pictures", [])
    assert [page.number for page in pages if page.locator.get("garbled")] == expected.get("garbled", [])


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.pdf")), ids=lambda path: path.stem)
def test_no_other_page_asks_to_be_seen(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".json").read_text())
    asked = [page.number for page in _pages(path.stem) if {"picture", "garbled"} & set(page.locator)]
    assert asked == sorted(expected.get("pictures", []) + expected.get("garbled", []))


# --- Layout, without a file -------------------------------------------------------------------------------------------


def _word(text: str, left: float, top: float, right: float | None = None) -> Word:
    return Word(text, left, top, right or left + 6 * len(text), top + 14, breaks=True)


def _table(*rows: tuple[str, ...], pitch: float = 20, step: float = 100) -> list[Word]:
    return [
        _word(cell, 40 + step * column, 40 + pitch * row)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_rows_do_not_depend_on_the_order_in_the_file(order: int) -> None:
    words = _table(("Item", "Net", "VAT"), ("Door", "100", ""), ("", "", "20"), ("Lock", "", "5"))
    assert laid_out(words[::order]).strip().split("\n") == [
        "Item | Net | VAT",
        "Door | 100 | ",
        " |  | 20",
        "Lock |  | 5",
    ]


def test_two_tables_have_columns_of_their_own() -> None:
    first = _table(("A", "B"), ("1", "2"))
    second = [
        word._replace(top=word.top + 120, bottom=word.bottom + 120) for word in _table(("C", "D", "E"), ("3", "", "4"))
    ]
    assert [line for line in laid_out(first + second).split("\n") if line] == [
        "A | B",
        "1 | 2",
        "C | D | E",
        "3 |  | 4",
    ]


def test_a_title_over_a_table_is_no_row_of_it() -> None:
    words = [_word("Prices", 40, 10), *_table(("Item", "Net"), ("Door", "100"))]
    assert [line for line in laid_out(words).split("\n") if line] == ["Prices", "Item | Net", "Door | 100"]


def test_labels_and_what_is_beside_them_are_lines() -> None:
    words = _table(("Name:", "Ann"), ("City:", "Ghent"))
    assert [line for line in laid_out(words).split("\n") if line] == ["Name: Ann", "City: Ghent"]


def test_one_line_in_two_parts_is_no_table() -> None:
    assert laid_out([_word("Ghent", 40, 40), _word("May", 300, 40)]).strip() == "Ghent   May"


def test_cells_of_numbers_are_never_joined() -> None:
    more = [_word("200", 140, 95), _word("End", 40, 140), _word("1", 140, 140)]
    rows = [*_table(("Item", "Net"), ("Door", "100"), pitch=40), *more]
    assert "Door | 100\n | 200" in laid_out(rows)


def test_signs_below_each_other_are_read_down_from_the_right() -> None:
    lines = ("家賃は毎月一日に払う", "期間は二年とする")
    words = [
        _word(sign, 300 - 30 * column, 40 + 14 * row, 312 - 30 * column)
        for column, line in enumerate(lines)
        for row, sign in enumerate(line)
    ]
    page_number = _word("12", 150, 280)
    assert [line for line in laid_out([*words, page_number]).split("\n") if line] == [*lines, "12"]


# --- Letters that cannot be what is drawn -----------------------------------------------------------------------------


SENTENCE = "The tenant pays the rent on the first working day of each month, without being asked for it."


def _words(text: str, *, reliable: bool = True) -> list[Word]:
    return [_word(each, 40, 40)._replace(reliable=reliable) for each in text.split()]


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Strč prst skrz krk a zmrzl tvrdý chrt v trní, prý všichni vědí, kdo je vlk a kdo je pes v tom lese",
        "Ⅳ № 5 — 12,50 € … ½ “quoted” 50 % ±3 ° 10⁶ m²",
        "договор аренды вступает в силу",
        "GTIN 4006381333931 PZN 04115088 SN XKD-2291-BQ",
        "ATGCGTACGTTAGC" * 6,
        "Test test test " * 10,
        "OA OB OC u = " * 12,
    ],
)
def test_what_can_be_read_is_kept(text: str) -> None:
    assert legible(_words(text)) == _words(text)


@pytest.mark.parametrize("shift", [-29, -31, 1, 3])
def test_shifted_letters_are_told_where_fonts_admit_it(shift: int) -> None:
    shifted = " ".join("".join(chr(ord(letter) + shift) for letter in word) for word in SENTENCE.split())
    assert legible(_words(shifted, reliable=False)) is None


def test_letters_shifted_by_a_font_that_lies_are_told_too() -> None:
    shifted = "".join(
        chr((ord(letter) - 97 + 3) % 26 + 97) if letter.isalpha() else letter for letter in SENTENCE.lower()
    )
    assert legible(_words(shifted)) is None


def test_a_few_unknown_signs_do_not_cost_a_page() -> None:
    words = [*_words(SENTENCE), *_words("\x01", reliable=False)]
    found = legible(words)
    assert found is not None
    assert [word.text for word in found] == [*SENTENCE.split(), "\ufffd"]


def test_a_font_of_private_codes_that_are_letters_is_read() -> None:
    private = "".join(chr(0xF000 + ord(letter)) if letter != " " else " " for letter in SENTENCE)
    found = legible(_words(private))
    assert found is not None
    assert " ".join(word.text for word in found) == SENTENCE


# --- Hostile ----------------------------------------------------------------------------------------------------------


def test_pages_after_one_that_ends_the_parser_are_read(tmp_path: Path) -> None:
    document = Pdf()
    document.page(at(40, 250, "First"))
    for _ in range(2):
        document.page(b" " * (300 * 1024 * 1024))
        document.page(at(40, 250, "Next"))
    items = _read_pdf(tmp_path / "a.pdf", document)
    pages = [item for item in items if isinstance(item, Page)]
    assert [page.text for page in pages] == ["First", "", "Next", "", "Next"]
    assert [page.number for page in pages if page.locator.get("unreadable")] == [2, 4]
    assert [item.pages for item in items if isinstance(item, Note)] == [(2,), (4,)]
    last = items[-1]
    assert isinstance(last, Total)
    assert (last.pages, last.final, last.textless_pages) == (5, True, 2)


@pytest.mark.parametrize(
    "entries",
    [
        "/FT /Tx /V 9 0 R",
        "/FT /Ch /Opt 5 /V [null 3 (x)] /I [9 -1 (a)]",
        "/FT /Btn /AS 7 /AP << /N [1 2] >>",
        "/FT /Tx /V (x) /Rect [(a) 1]",
        "/FT /Tx /V (x) /DA (nonsense Tf 0 Tf)",
        "/Subtype /FreeText /Contents 12",
        "/FT /Sig /AP << /N 1 0 R >>",
    ],
)
def test_a_broken_field_does_not_cost_the_page(tmp_path: Path, entries: str) -> None:
    document = Pdf()
    broken = document.field(entries, "40 200 90 220")
    whole = document.field("/FT /Tx /T (whole) /V (Ann)", "120 245 300 263")
    document.page(at(40, 250, "Name:"), annotations=[broken, whole])
    (page,) = (item for item in _read_pdf(tmp_path / "a.pdf", document) if isinstance(item, Page))
    assert "Name: Ann" in page.text


def test_fields_that_are_their_own_parents_end(tmp_path: Path) -> None:
    document = Pdf()
    field = document.field(f"/T (a) /Parent {len(document.objects) + 1} 0 R", "120 245 300 263")
    document.page(at(40, 250, "Name:"), annotations=[field] * 50)
    (page,) = (item for item in _read_pdf(tmp_path / "a.pdf", document) if isinstance(item, Page))
    assert page.text == "Name:"


# --- Layers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<< /Type /Catalog /OCProperties 4 0 R >>", True),
        (b"<< /Type /ObjStm /N 1 >>\nstream\r\n" + zlib.compress(b"1 0 << /OCProperties 4 0 R >>"), True),
        (b"<< /Type /ObjStm /N 1 >>\nstream\nno zlib", False),
        (b"<< /Type /Catalog >>", False),
    ],
)
def test_layers_are_looked_for_where_a_file_may_have_some(tmp_path: Path, content: bytes, *, expected: bool) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n" + content)
    assert may_have_layers(tmp_path / "a.pdf", is_encrypted=False) is expected


def test_where_hidden_words_are_too_many_to_tell_all_stay(tmp_path: Path) -> None:
    document = Pdf()
    words = (at(10 + number % 380, 10 + number % 280, "x", 2) for number in range(1_000))
    document.page(b"1 g ", *words, b"0 g ", *(b"%d 20 5 5 re f" % (500 + number) for number in range(1_000)))
    items = _read_pdf(tmp_path / "a.pdf", document)
    assert any("x" in item.text for item in items if isinstance(item, Page))
