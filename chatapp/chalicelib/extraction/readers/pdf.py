"""PDFs: words and their places by PDFium (`pdfium.py`), fields, remarks and comments by pypdf (`pdf_marks.py`).

Pages are the PDF's own. A page's text is what a person sees inside the page's box; one that is a picture, or whose
fonts do not tell their letters, says so in its locator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Locator, Page, Total, is_scan

from .pdf_layout import laid_out
from .pdf_legible import legible
from .pdf_objects import Objects
from .pdfium import Document, EncryptedError, Sheet, UnreadableError
from .pdfium_objects import drawn

_CUT = "\n[The rest of this page is left out: it is longer than {most:,} characters.]"
# PDFium keeps what it has read of a file; the pages before have no further use of it.
_PAGES_OF_A_DOCUMENT = 500
# Besides a picture of a page there are a stamp, a header or a footer; a scanner's words of it are a page's text.
_MOST_CHARACTERS_ON_A_PICTURE, _LEAST_COVERED = 300, 0.5
_LEAST_PATHS = 40  # letters drawn as outlines, on a page without a word


@dataclass
class _Seen:
    text: str = ""
    is_picture: bool = False
    is_garbled: bool = False
    fields: int = 0
    comments: int = 0


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    document = _open(path, limits)
    count, encrypted = document.count, document.is_encrypted
    yield Total(count)
    objects = Objects(path, limits, count)
    layers = objects.layers_off(is_encrypted=encrypted)
    unreadable = textless = 0
    has_content = False
    for number in range(start_page, count + 1):
        page, notes = _page(document, objects, number, limits, layers)
        unreadable += "unreadable" in page.locator
        textless += not page.text or "picture" in page.locator
        has_content = has_content or bool(page.text) or "picture" in page.locator or "garbled" in page.locator
        yield page
        yield from notes
        if number % _PAGES_OF_A_DOCUMENT == 0:
            document.close()
            document = _open(path, limits)
    read_pages = max(0, count + 1 - start_page)
    # A run that goes on where another one stopped knows its own pages only.
    if start_page == 1 and not has_content and (unreadable == read_pages or not objects.has_pages()):
        raise ExtractionError("broken_file", "no page can be read", format="PDF")
    scanned = is_scan(read_pages, textless)
    yield Total(count, final=True, scanned=scanned, encrypted=encrypted, textless_pages=textless)


def _open(path: Path, limits: Limits) -> Document:
    """Raises ExtractionError: encrypted_pdf, broken_file, too_many_pages."""
    try:
        document = Document(path)
    except EncryptedError as error:
        raise ExtractionError("encrypted_pdf") from error
    except UnreadableError as error:
        raise ExtractionError("broken_file", "not opened", format="PDF") from error
    if document.count > limits.max_pages:
        raise ExtractionError("too_many_pages", limits=limits)
    if document.count <= 0:
        raise ExtractionError("broken_file", "no pages", format="PDF")
    return document


def _page(
    document: Document, objects: Objects, number: int, limits: Limits, layers: frozenset[str]
) -> tuple[Page, list[Note]]:
    """One page that cannot be read, for whatever reason, does not cost the reader the others."""
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    try:
        with document.page(number, layers) as sheet:
            seen = _seen(sheet, objects, number, limits)
    except UnreadableError:
        return Page(number, {**locator, "unreadable": True}, ""), [Note("unreadable", pages=(number,))]
    notes = []
    text = seen.text
    if len(text) > limits.max_page_characters:
        text = text[: limits.max_page_characters] + _CUT.format(most=limits.max_page_characters)
        locator["cut"] = True
        notes.append(Note("cut", pages=(number,)))
    if seen.is_picture:
        locator["picture"] = True
    if seen.is_garbled:
        locator["garbled"] = True
    if seen.fields:
        notes.append(Note("form_fields", count=seen.fields))
    if seen.comments:
        notes.append(Note("comments", count=seen.comments))
    return Page(number, locator, text), notes


def _seen(sheet: Sheet, objects: Objects, number: int, limits: Limits) -> _Seen:
    marks = objects.marks(sheet, number)
    words = legible([*sheet.words(2 * limits.max_page_characters), *objects.signs(sheet, number)])
    fields, comments = marks.fields, len(marks.comments)
    if words is None:
        return _Seen(is_garbled=True, fields=fields, comments=comments)
    text = tidy("\n".join([laid_out(words, marks.runs), *marks.comments]))
    return _Seen(text, _is_picture(sheet, text), fields=fields, comments=comments)


def _is_picture(sheet: Sheet, text: str) -> bool:
    if len(text) > _MOST_CHARACTERS_ON_A_PICTURE:
        return False
    seen = drawn(sheet.objects(), sheet.box[:4])
    if not text:
        return seen.images > 0 or seen.paths >= _LEAST_PATHS
    return seen.pictures >= _LEAST_COVERED
