"""Tables and slides as a person sees them: one test a known fault, by the smallest file that shows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from chalicelib.extraction import Note, Page, kind_of, read
from chalicelib.extraction.notes import merged

from tests.unit import extraction_files as files

_GOLDEN = Path(__file__).parents[1] / "golden"
_SHOW = "application/vnd.openxmlformats-officedocument.presentationml.slideshow"


def _read(name: str, tmp_path: Path, declared: str = "") -> tuple[list[Page], list[Note]]:
    """As the function does: in a process of its own, within its limits."""
    path = Path(shutil.copy(_GOLDEN / name, tmp_path))
    kind = kind_of(path, path.name, declared)
    items = list(read(path, kind, files.FAST))
    return [item for item in items if isinstance(item, Page)], merged(item for item in items if isinstance(item, Note))


def _cells(page: Page) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in page.text.split("\n")]


@pytest.mark.parametrize(
    "name", ["xls/offer.xls", "ods/said.ods", "odp/plan.odp", "pptx/remarks.pptx", "xlsx/strict.xlsx"]
)
def test_each_kind_is_read_in_its_child_as_it_is_here(tmp_path: Path, name: str) -> None:
    pages, notes = _read(name, tmp_path)
    expected = json.loads((_GOLDEN / f"{name}.json").read_text())
    assert [page.text.split() for page in pages] == [text.split() for text in expected["pages"]]
    assert {note.code for note in notes} == {note["code"] for note in expected.get("notes", ())}


def test_18_formulas_never_calculated(tmp_path: Path) -> None:
    (page,), notes = _read("xlsx/18-formulas-never-calculated.xlsx", tmp_path)
    assert [row[-1] for row in _cells(page)[1:]] == ["=B2*C2", "=B3*C3", "=SUM(D2:D3)"]
    assert notes == [Note("uncalculated", count=3)]


def test_19_as_shown_in_the_cell(tmp_path: Path) -> None:
    (page,), _ = _read("xlsx/19-as-shown-in-the-cell.xlsx", tmp_path)
    assert [row[1] for row in _cells(page)[1:]] == ["01000", "06 12 34 56 78", "1,234.50 €", "$99.90", "12.3M", "no"]


def test_20_cell_remark(tmp_path: Path) -> None:
    (page,), notes = _read("xlsx/20-cell-remark.xlsx", tmp_path)
    line = next(line for line in page.text.split("\n") if "Hall & Co" in line)
    assert "B2" in line
    assert "Buyer" in line
    assert "Without VAT, asked twice" in line
    assert notes == [Note("comments", count=1)]


def test_21_backslash_paths(tmp_path: Path) -> None:
    (page,), _ = _read("xlsx/21-backslash-paths.xlsx", tmp_path)
    assert _cells(page) == [["Name", "Amount"], ["Ines", "77"]]


def test_22_chart_on_a_slide(tmp_path: Path) -> None:
    (page,), _ = _read("pptx/22-chart-on-a-slide.pptx", tmp_path)
    rows = _cells(page)
    assert ["", "Sales 2024", "Sales 2023"] in rows
    assert ["Lyon", "19.2", "15.5"] in rows
    assert ["Nice", "21.4", "18.1"] in rows


def test_23_order_on_the_slide(tmp_path: Path) -> None:
    (page,), _ = _read("pptx/23-order-on-the-slide.pptx", tmp_path)
    assert [line[:6] for line in page.text.split("\n")] == ["Step 1", "Step 2", "Step 3"]


def test_24_slide_show(tmp_path: Path) -> None:
    (page,), _ = _read("pptx/24-slide-show.ppsx", tmp_path, _SHOW)
    assert page.text == "A show that starts when opened"


def test_25_excel_for_mac(tmp_path: Path) -> None:
    (page,), _ = _read("csv/25-excel-for-mac.csv", tmp_path)
    assert _cells(page) == [["Name", "City", "Amount"], ["Ann", "Lyon", "12"], ["Bob", "Nice", "15"]]


def test_26_decimal_commas_no_header(tmp_path: Path) -> None:
    (page,), _ = _read("csv/26-decimal-commas-no-header.csv", tmp_path)
    rows = _cells(page)
    assert rows[0] == ["10,50", "20,75", "30,25"]
    assert all(len(row) == 3 for row in rows)


def test_27_inch_mark(tmp_path: Path) -> None:
    (page,), _ = _read("csv/27-inch-mark.csv", tmp_path)
    assert [row[0] for row in _cells(page)] == ["id", "1", "2", "3", "4"]
    assert _cells(page)[2] == ["2", '"5 inch', "pipe"]


def test_32_stray_nul(tmp_path: Path) -> None:
    (page,), _ = _read("text/32-stray-nul.csv", tmp_path)
    assert _cells(page) == [["id", "name"], ["1", "Ann"], ["2", "Bob"], ["3", "Eve"]]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("37-years-as-header", "Country | 2019 | 2020 | 2021"),
        ("38-titles-above-header", "Date | Label | Debit | Credit"),
    ],
)
def test_37_years_as_header_38_titles_above_header(tmp_path: Path, name: str, header: str) -> None:
    pages, _ = _read(f"csv/{name}.csv", tmp_path)
    assert len(pages) > 1
    assert all(page.text.startswith(header) for page in pages[1:])
    assert sum(page.text.count(header) for page in pages) == len(pages)
