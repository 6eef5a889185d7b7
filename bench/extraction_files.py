"""Files that `bench/extraction.py` reads, made by common libraries, with text in the manner of reports."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import docx
import openpyxl
import pptx
from fpdf import FPDF

_TEXT = """
    le contrat prévoit un délai de paiement à trente jours fin de mois pour chaque facture émise par la société
    the annual report shows revenue growth across regions while operating costs remain stable as margins improve
    les résultats de la thèse confirment que la méthode proposée réduit le coût moyen sans perte de qualité mesurable
"""
_WORDS = _TEXT.split()
_WORDS_A_PAGE = 400
_WORDS_A_PARAGRAPH = 80
COLUMNS = 10


def paragraphs(page: int) -> list[str]:
    """About 2,600 characters, of which a word or two are this page's own."""
    chance = random.Random(page)  # noqa: S311 - the same text at each run
    words = [*chance.choices(_WORDS, k=_WORDS_A_PAGE - 1), f"repère{page}"]
    return [" ".join(words[at : at + _WORDS_A_PARAGRAPH]) for at in range(0, len(words), _WORDS_A_PARAGRAPH)]


def pdf(path: Path, pages: int) -> Path:
    document = FPDF()
    document.set_font("helvetica", size=10)
    for number in range(1, pages + 1):
        document.add_page()
        for line in _lines(number):
            document.cell(0, 4, line, new_x="LMARGIN", new_y="NEXT")
    document.output(str(path))
    return path


def _lines(page: int) -> list[str]:
    """Wrapped here: the library's own wrapping takes a minute for 2,000 pages."""
    return [line for paragraph in paragraphs(page) for line in (*textwrap.wrap(paragraph, 95), "")]


def word(path: Path, pages: int) -> Path:
    document = docx.Document()
    for number in range(1, pages + 1):
        document.add_heading(f"Section {number}", 1)
        for paragraph in paragraphs(number):
            document.add_paragraph(paragraph)
    document.save(str(path))
    return path


def slides(path: Path, pages: int) -> Path:
    presentation = pptx.Presentation()
    layout = presentation.slide_layouts[1]
    for number in range(1, pages + 1):
        slide = presentation.slides.add_slide(layout)
        slide.shapes.title.text = f"Slide {number}"
        slide.placeholders[1].text = "\n".join(paragraphs(number)[:2])
    presentation.save(str(path))
    return path


def workbook(path: Path, rows: int) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Budget")
    sheet.append([f"Column {name}" for name in "ABCDEFGHIJ"])
    for row in _rows(rows):
        sheet.append(row)
    book.save(path)
    return path


def table(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(f"Column {name}" for name in "ABCDEFGHIJ") + "\n")
        file.writelines(";".join(str(value) for value in row) + "\n" for row in _rows(rows))
    return path


def text(path: Path, size_bytes: int) -> Path:
    return _by_pages(path, size_bytes, "{}\n\n", "")


def web_page(path: Path, size_bytes: int) -> Path:
    return _by_pages(path, size_bytes, "<p>{}</p>\n", "<h2>Section {}</h2>\n")


def _by_pages(path: Path, size_bytes: int, paragraph: str, heading: str) -> Path:
    written = number = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size_bytes:
            number += 1
            page = heading.format(number) + "".join(paragraph.format(each) for each in paragraphs(number))
            file.write(page)
            written += len(page.encode())
    return path


def _rows(count: int) -> list[list[str | int | float]]:
    chance = random.Random(count)  # noqa: S311
    return [
        [number, chance.choice(_WORDS), *(round(chance.uniform(0, 9_999), 2) for _ in range(COLUMNS - 2))]
        for number in range(1, count + 1)
    ]
