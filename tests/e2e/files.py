"""The files that the end-to-end tests upload, each with a question that one page alone answers.

`write_all` puts them into one folder, with `facts.json` for Playwright. Hostile ones are in `hostile.py`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from fpdf import FPDF

from tests import cvs, linkedin_archives, linkedin_rows
from tests.e2e.deployment import ROOT

FOLDER = ROOT / ".build" / "e2e" / "files"
PAGES, THESIS_PAGES, ROWS = 20, 1_000, 450

_GOODS_TEXT = """
    saffron copper barley amber walnuts linen pepper honey cork indigo almonds marble vanilla sulphur raisins
    cedar mustard silk cloves wool
"""
GOODS = _GOODS_TEXT.split()
_CITIES_TEXT = """
    Oran Riga Porto Turin Basel Ghent Malmo Genoa Lagos Quito Davao Perth Kyoto Izmir Cadiz Bergen Dakar Tunis
    Lima Sofia
"""
CITIES = _CITIES_TEXT.split()
_FILLER = (
    "The ledger of this quarter was kept by hand and checked twice before it was signed. "
    "Nothing on this page was changed afterwards, and copies were sent to every office. "
)


@dataclass(frozen=True)
class Fixture:
    """A file and what is asked of it. locator: the part of the citation's locator that must hold.

    answer: words of the page that answers, and of no other page. page: that page's number in the file.
    """

    name: str
    type: str
    pages: int
    question: str
    answer: str
    page: int
    locator: dict[str, Any]

    @property
    def path(self) -> Path:
        return FOLDER / self.name

    def content(self) -> bytes:
        return self.path.read_bytes()


_OFFICE = "application/vnd.openxmlformats-officedocument"
REPORT = Fixture(
    "report.pdf", "application/pdf", PAGES, "How many crates of vanilla does the warehouse hold?",
    "The warehouse in Kyoto holds 1313 crates of vanilla.", 13, {"kind": "page", "page": 13},
)  # fmt: skip
CONTRACT = Fixture(
    "contract.docx", f"{_OFFICE}.wordprocessingml.document", 6, "When is the rent for the amber hall due?",
    "The rent for the amber hall is due on day 4 of each month.", 4, {"kind": "section", "section": "Hall of amber"},
)  # fmt: skip
SLIDES = Fixture(
    "plan.pptx", f"{_OFFICE}.presentationml.presentation", 5, "Who leads the work on copper?",
    "The work on copper is led by the office in Riga.", 2, {"kind": "slide", "slide": 2},
)  # fmt: skip
BUDGET = Fixture(
    "budget.xlsx", f"{_OFFICE}.spreadsheetml.sheet", 4, "What is K00321?",
    "K00321", 2, {"kind": "sheet", "sheet": "Budget", "first_row": 201, "last_row": 400},
)  # fmt: skip
PRICES = Fixture(
    "prices.csv", "text/csv", 3, "What is P00250?",
    "P00250", 2, {"kind": "sheet", "sheet": None, "first_row": 201, "last_row": 400},
)  # fmt: skip
THESIS = Fixture(
    "thesis.pdf", "application/pdf", THESIS_PAGES, "Which buoy was inspected by Dr Tibebera?",
    "Buoy 2190 was inspected by Dr Tibebera", 730, {"kind": "page", "page": 730},
)  # fmt: skip
DOCUMENTS = (REPORT, CONTRACT, SLIDES, BUDGET, PRICES)
PHOTO, SCAN = "photo.png", "scan.pdf"
SCAN_PAGES = 3


def write_all() -> None:
    """Write what is not there yet as this module makes it."""
    _twin(FOLDER / "twin")
    stamp = FOLDER / "made.sha256"
    wanted = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    _pdf(REPORT.path, (_report_page(number) for number in range(1, PAGES + 1)))
    _pdf(THESIS.path, (_thesis_page(number) for number in range(1, THESIS_PAGES + 1)))
    _contract(CONTRACT.path)
    _slides(SLIDES.path)
    _budget(BUDGET.path)
    _prices(PRICES.path)
    _scan(FOLDER / SCAN)
    (FOLDER / PHOTO).write_bytes(png(40, 30))
    facts = {"documents": [asdict(each) for each in DOCUMENTS], "thesis": asdict(_thesis_of(412)), "photo": PHOTO}
    (FOLDER / "facts.json").write_text(json.dumps(facts, indent=1))
    stamp.write_text(wanted)


def _twin(folder: Path) -> None:
    """What an owner sets their twin up from. The CV is without what is private, of which a test looks for traces."""
    linkedin_archives.main(folder)
    lines = cvs.ENGLISH.splitlines(keepends=True)
    private = [each.casefold() for each in linkedin_rows.CANARIES]
    public = [line for line in lines if not any(each in line.casefold() for each in private)]
    (folder / "cv.txt").write_text("".join(public))


def _thesis_of(page: int) -> Fixture:
    """The thesis with a question for another page, so that a script for its answer concerns one test alone."""
    name = doctor(page)
    return replace(
        THESIS,
        question=f"Which buoy was inspected by Dr {name}?",
        answer=f"inspected by Dr {name}",
        page=page,
        locator={"kind": "page", "page": page},
    )


def doctor(page: int) -> str:
    """A name for each page of the thesis, which no other page has."""
    syllables, name, rest = ("ba", "be", "mo", "ra", "su", "ti", "ko", "nu", "ve", "li"), "", page * 7 + 3
    for _ in range(4):
        name, rest = syllables[rest % 10] + name, rest // 10
    return name.capitalize()


def _report_page(number: int) -> list[str]:
    fact = f"The warehouse in {CITIES[number - 1]} holds {number * 101} crates of {GOODS[number - 1]}."
    return [f"Report, part {number}", *_lines(_FILLER * 4), fact, *_lines(_FILLER * 2)]


def _thesis_page(number: int) -> list[str]:
    fact = f"Buoy {number * 3} was inspected by Dr {doctor(number)} in the harbour of {CITIES[number % 20]}."
    return [*_lines(_FILLER * 14), fact]


def _lines(text: str, width: int = 90) -> Iterator[str]:
    """Wrapped here: the library's own wrapping takes a minute for 1,000 pages."""
    line = ""
    for word in text.split():
        if len(line) + len(word) >= width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def _pdf(path: Path, pages: Iterator[list[str]]) -> None:
    document = FPDF()
    document.set_font("helvetica", size=11)
    for lines in pages:
        document.add_page()
        for line in lines:
            document.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    document.output(str(path))


def _contract(path: Path) -> None:
    document = docx.Document()
    for number in range(1, CONTRACT.pages + 1):
        goods = GOODS[number - 1]
        document.add_heading(f"Hall of {goods}", 1)
        document.add_paragraph(_FILLER)
        document.add_paragraph(f"The rent for the {goods} hall is due on day {number} of each month.")
        document.add_paragraph(_FILLER * 8)
    document.save(str(path))


def _slides(path: Path) -> None:
    presentation = pptx.Presentation()
    for number in range(1, SLIDES.pages + 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Step {number}"
        goods, city = GOODS[number - 1], CITIES[number - 1]
        slide.placeholders[1].text = f"The work on {goods} is led by the office in {city}."
    presentation.save(str(path))


def _budget(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Budget")
    sheet.append(["Article", "Place", "Amount"])
    for number in range(2, ROWS + 1):
        sheet.append([f"K{number:05}", CITIES[number % 20], number * 11])
    staff = book.create_sheet("Staff")
    staff.append(["Name", "Office"])
    staff.append(["Ada", "Oran"])
    book.save(path)


def _prices(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Article", "Goods", "Price"])
        writer.writerows([f"P{number:05}", GOODS[number % 20], f"{number / 4:.2f}"] for number in range(2, ROWS + 1))


def _scan(path: Path) -> None:
    """Pages that show something and hold no text."""
    document = FPDF()
    for number in range(1, SCAN_PAGES + 1):
        document.add_page()
        document.rect(20, 20, 30 * number, 40)
    document.output(str(path))


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x20\x60\xa0" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
