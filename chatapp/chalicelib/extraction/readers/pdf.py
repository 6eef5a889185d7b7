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
from chalicelib.extraction.notes import MOST_NAMES, Code, Note
from chalicelib.extraction.pages import Item, Locator, Page, Total, is_scan

from .pdf_layout import laid_out
from .pdf_legible import legible
from .pdf_objects import Objects
from .pdfium import Document, EncryptedError, Sheet, UnreadableError
from .pdfium_objects import Edges, drawn

_CUT = "\n[The rest of this page is left out: it is longer than {most:,} characters.]"
# PDFium keeps what it has read of a file; the pages before have no further use of it.
_PAGES_OF_A_DOCUMENT = 500
# Besides a picture of a page there are a stamp, a header or a footer; a scanner's words of it are a page's text.
_MOST_CHARACTERS_ON_A_PICTURE, _LEAST_COVERED = 300, 0.2
_MOST_CHARACTERS_ON_A_WHOLE_ONE, _WHOLE = 600, 0.9
_LEAST_PATHS = 40  # letters drawn as outlines, on a page without a word
_LEAST_CORNERS = 500  # and beside a few words


@dataclass
class _Seen:
    text: str = ""
    is_picture: bool = False
    is_garbled: bool = False
    fields: int = 0
    comments: int = 0
    drawings: int = 0
    pictures: tuple[Edges, ...] = ()
    attached: tuple[str, ...] = ()


@dataclass
class _File:
    """layers_off: the names of those that nobody sees. pictures: the boxes of those told of; a letterhead is one."""

    objects: Objects
    limits: Limits
    layers_off: frozenset[str]
    pictures: set[Edges]


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    document = _open(path, limits)
    count, encrypted = document.count, document.is_encrypted
    yield Total(count)
    objects = Objects(path, limits, count)
    file = _File(objects, limits, objects.layers_off(is_encrypted=encrypted), set())
    if start_page == 1:
        yield from _apart(document)
    unreadable = textless = 0
    has_content = False
    for number in range(start_page, count + 1):
        page, notes = _page(document, file, number)
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


def _apart(document: Document) -> Iterator[Note]:
    """What belongs to the file and stands on none of its pages."""
    count, names = document.attached(MOST_NAMES)
    if count:
        yield Note("attachments_left_out", names=tuple(names), count=count if count > MOST_NAMES else 0)
    if document.is_built_elsewhere:
        yield Note("objects_left_out", count=1)


def _page(document: Document, file: _File, number: int) -> tuple[Page, list[Note]]:
    """One page that cannot be read, for whatever reason, does not cost the reader the others."""
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    try:
        with document.page(number, file.layers_off) as sheet:
            seen = _seen(sheet, file.objects, number, file.limits)
    except UnreadableError:
        return Page(number, {**locator, "unreadable": True}, ""), [Note("unreadable", pages=(number,))]
    notes = list(_notes(seen, file))
    text, most = seen.text, file.limits.max_page_characters
    if len(text) > most:
        text = text[:most] + _CUT.format(most=most)
        locator["cut"] = True
        notes.append(Note("cut", pages=(number,)))
    if seen.is_picture:
        locator["picture"] = True
    if seen.is_garbled:
        locator["garbled"] = True
    return Page(number, locator, text), notes


def _notes(seen: _Seen, file: _File) -> Iterator[Note]:
    new = set(seen.pictures) - file.pictures
    file.pictures |= new
    counts: dict[Code, int] = {
        "form_fields": seen.fields,
        "comments": seen.comments,
        "objects_left_out": 0 if seen.is_picture else seen.drawings,
        "pictures_left_out": len(new),
    }
    yield from (Note(code, count=count) for code, count in counts.items() if count)
    if seen.attached:
        yield Note("attachments_left_out", names=seen.attached)


def _seen(sheet: Sheet, objects: Objects, number: int, limits: Limits) -> _Seen:
    marks = objects.marks(sheet, number)
    words = legible([*sheet.words(2 * limits.max_page_characters), *objects.signs(sheet, number)])
    seen = _Seen(fields=marks.fields, comments=len(marks.comments) + len(marks.struck), drawings=marks.drawings)
    seen.attached = tuple(marks.attached)
    if words is None or objects.has_more(sheet, number, words):
        seen.is_garbled = True
        return seen
    seen.text = tidy("\n".join([laid_out(words, marks.runs), *marks.said(words)]))
    _look(seen, sheet)
    return seen


def _look(seen: _Seen, sheet: Sheet) -> None:
    """At what is drawn, where that may be more than the words."""
    characters = len(seen.text)
    if characters > _MOST_CHARACTERS_ON_A_PICTURE and not sheet.has_pictures:
        return
    found = drawn(sheet.objects(), sheet.box[:4])
    if not characters:
        seen.is_picture = found.images > 0 or found.paths >= _LEAST_PATHS or seen.drawings > 0
    elif characters <= _MOST_CHARACTERS_ON_A_PICTURE:
        has_outlines = found.corners >= _LEAST_CORNERS and found.outlines >= _LEAST_COVERED
        seen.is_picture = found.pictures >= _LEAST_COVERED or has_outlines
    elif characters <= _MOST_CHARACTERS_ON_A_WHOLE_ONE:
        seen.is_picture = found.pictures >= _WHOLE and not sheet.is_recognised
    if not seen.is_picture and not sheet.is_recognised:
        seen.pictures = found.large
