from __future__ import annotations

import datetime as dt
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from chalicelib.extraction import Limits, Page, Total, kind_of, read
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.unit import extraction_files as files

# --- PDF ------------------------------------------------------------------------------------------------------------


def test_a_pdf_gives_its_total_first_then_each_page_then_the_end(tmp_path: Path) -> None:
    path = files.pdf(tmp_path / "a.pdf", ["Première page", "", "Third"])
    items = list(read(path, kind_of(path, "a.pdf", ""), files.FAST))
    assert items[0] == Total(3)
    assert items[1] == Page(1, {"kind": "page", "label": "page 1", "page": 1}, "Première page")
    assert [item.text for item in items[1:4] if isinstance(item, Page)] == ["Première page", "", "Third"]
    last = items[-1]
    assert isinstance(last, Total)
    assert (last.pages, last.final, last.scanned, last.textless_pages) == (3, True, False, 1)


def test_a_pdf_is_continued_at_a_page(tmp_path: Path) -> None:
    path = files.pdf(tmp_path / "a.pdf", [f"This is page number {number}" for number in range(1, 8)])
    pages, total = files.extract(path, start_page=6)
    assert [page.number for page in pages] == [6, 7]
    assert pages[0].text == "This is page number 6"
    assert total.pages == 7
    pages, total = files.extract(path, start_page=8)
    assert (pages, total.pages, total.scanned) == ([], 7, False)


def test_a_scan_is_told_from_a_text(tmp_path: Path) -> None:
    pages, total = files.extract(files.pdf(tmp_path / "scan.pdf", ["", "", ""]))
    assert [page.text for page in pages] == ["", "", ""]
    assert total.scanned
    assert total.textless_pages == 3


@pytest.mark.parametrize("aes", [True, False])
def test_a_pdf_that_is_only_protected_from_editing_is_read(tmp_path: Path, aes: bool) -> None:
    pages, _ = files.extract(files.pdf(tmp_path / "a.pdf", ["Lisible quand même"], user_password="", aes=aes))
    assert pages[0].text == "Lisible quand même"


def test_a_page_longer_than_the_limit_says_that_it_is_cut(tmp_path: Path) -> None:
    path = files.pdf(tmp_path / "a.pdf", ["word " * 300, "short"])
    pages, _ = files.extract(path, limits=Limits(max_page_characters=500))
    assert pages[0].locator["cut"]
    assert "left out" in pages[0].text
    assert pages[1].text == "short"


def test_a_pdf_of_too_many_pages_is_refused_before_it_is_read(tmp_path: Path) -> None:
    error = files.failure(files.pdf(tmp_path / "a.pdf", ["x"] * 4), limits=Limits(max_pages=3))
    assert error.code == "too_many_pages"
    assert "3 pages" in error.message


# --- DOCX -----------------------------------------------------------------------------------------------------------


def test_a_word_document_is_paged_by_its_headings(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Before any heading.")
    document.add_heading("Résultats", 1)
    document.add_paragraph("First\tfinding.")
    document.add_paragraph("An item", style="List Bullet")
    table = document.add_table(2, 2)
    for at, text in enumerate(("Poste", "Montant", "Loyer", "900")):
        table.cell(at // 2, at % 2).text = text
    document.add_heading("Annexe", 2)
    document.add_paragraph("End.")
    document.save(str(tmp_path / "a.docx"))
    pages, total = files.extract(tmp_path / "a.docx")
    assert [page.locator["label"] for page in pages] == ["part 1", "section Résultats", "section Annexe"]
    assert pages[1].text.split("\n") == ["Résultats", "First\tfinding.", "- An item", "Poste | Montant", "Loyer | 900"]
    assert total.pages == 3


def test_a_long_section_has_parts_and_nothing_is_lost(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Long", 1)
    for number in range(300):
        document.add_paragraph(f"Sentence number {number} of a long section.")
    document.save(str(tmp_path / "a.docx"))
    pages, _ = files.extract(tmp_path / "a.docx")
    labels = [page.locator["label"] for page in pages]
    assert labels[:2] == ["section Long", "section Long (part 2)"]
    text = "\n".join(page.text for page in pages)
    assert all(f"number {number} of" in text for number in range(300))
    rest, _ = files.extract(tmp_path / "a.docx", start_page=2)
    assert rest == pages[1:]


def test_word_text_is_what_is_seen(tmp_path: Path) -> None:
    body = b"""
        <w:p><w:r><w:t>Kept</w:t></w:r><w:del w:author="A. Weber"><w:r><w:delText>gone</w:delText></w:r></w:del>
        <w:ins w:author="A. Weber"><w:r><w:t xml:space="preserve"> and added</w:t></w:r></w:ins></w:p>
        <w:p><w:r><w:instrText>HYPERLINK "http://x.example"</w:instrText></w:r><w:r><w:t>a link</w:t></w:r></w:p>
    """
    notes = f'<w:footnotes xmlns:w="{files.WORD}"><w:p><w:r><w:t>A note</w:t></w:r></w:p></w:footnotes>'.encode()
    pages, _ = files.extract(files.docx_of(tmp_path / "a.docx", body, {"word/footnotes.xml": notes}))
    changes = '[Tracked changes: A. Weber deleted "gone"; inserted "and added"]'
    assert [page.text for page in pages] == [f"Kept and added\n{changes}\na link", "Footnotes\nA note"]


# --- PPTX -----------------------------------------------------------------------------------------------------------


def test_slides_in_the_order_of_the_presentation_with_tables_and_notes(tmp_path: Path) -> None:
    presentation = pptx.Presentation()
    for title in ("Second", "First"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "Point\nAutre point"
    slide.notes_slide.notes_text_frame.text = "Say this"
    table = slide.shapes.add_table(1, 2, 0, 6_000_000, 9, 9).table  # below the points, and so after them
    table.cell(0, 0).text, table.cell(0, 1).text = "k", "v"
    order = presentation.slides._sldIdLst
    order.insert(0, order[1])
    presentation.save(str(tmp_path / "a.pptx"))
    path = tmp_path / "a.pptx"
    items = list(read(path, kind_of(path, "a.pptx", ""), files.FAST))
    assert items[0] == Total(2)
    assert items[1] == Page(
        1,
        {"kind": "slide", "label": "slide 1", "slide": 1},
        "First\nPoint\nAutre point\nk | v\n\nNotes:\nSay this",
    )
    assert isinstance(items[2], Page)
    assert items[2].text == "Second\nPoint\nAutre point"


# --- XLSX -----------------------------------------------------------------------------------------------------------


def test_a_workbook_shows_values_as_excel_does(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Budget"
    sheet.append(["Date", "Poste", "Taux", "Heure", "Somme", "Payé"])
    sheet.append([dt.date(2026, 11, 21), "Loyer été", 0.125, dt.time(9, 30), 0.1 + 0.2, True])
    sheet["C2"].number_format = "0.0%"
    sheet["A9"] = dt.datetime(2026, 1, 2, 3, 4, 5)
    sheet["B9"] = dt.timedelta(hours=27, minutes=3)
    sheet["D9"] = 1_234_567
    sheet["D9"].number_format = '#,##0 "jours"'
    sheet.merge_cells("A12:C12")
    sheet["A12"] = "merged"
    book.create_sheet("Empty")
    book.create_sheet("Notes")["C3"] = "x"
    book.save(tmp_path / "a.xlsx")
    pages, _ = files.extract(tmp_path / "a.xlsx")
    assert [page.locator["label"] for page in pages] == ["sheet Budget rows 1–12", "sheet Notes row 3"]
    assert pages[0].text.split("\n") == [
        "Date | Poste | Taux | Heure | Somme | Payé",
        "2026-11-21 | Loyer été | 12.5% | 9:30:00 | 0.3 | TRUE",  # its format is h:mm:ss
        "2026-01-02 3:04:05 | 27:03:00 |  | 1,234,567 jours",
        "merged",
    ]


def test_dates_since_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = dt.date(2026, 11, 21)
    book.save(tmp_path / "a.xlsx")
    assert files.extract(tmp_path / "a.xlsx")[0][0].text == "2026-11-21"


def test_a_formula_shows_its_result_and_an_error_its_name(tmp_path: Path) -> None:
    cells = b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c>'
    cells += b'<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="ZZ1" t="s"><v>1</v></c></row>'
    shared = b"<si><t>no</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>said</t></rPh></si>"
    pages, _ = files.extract(files.xlsx_of(tmp_path / "a.xlsx", cells, shared))
    assert pages[0].text == "2 | a | #DIV/0! | … ZZ: rich"


def test_a_long_sheet_is_cut_into_rows_and_each_page_has_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Ventes")
    sheet.append(["Client", "Montant"])
    for number in range(2, 452):
        sheet.append([f"Client {number}", number])
    book.save(tmp_path / "a.xlsx")
    pages, _ = files.extract(tmp_path / "a.xlsx")
    assert [page.locator["label"] for page in pages] == [
        "sheet Ventes rows 1–200",
        "sheet Ventes rows 201–400",
        "sheet Ventes rows 401–451",
    ]
    assert all(page.text.startswith("Client | Montant\n") for page in pages)
    assert pages[2].text.endswith("Client 451 | 451")
    assert files.extract(tmp_path / "a.xlsx", start_page=3)[0] == pages[2:]
