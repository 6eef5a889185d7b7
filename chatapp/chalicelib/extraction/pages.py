"""What extraction yields: pages, each with a locator that a person understands, their number, notes (`notes.py`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, NotRequired

# Pydantic makes no schema of typing.TypedDict before Python 3.12.
from typing_extensions import TypedDict

from .notes import Note


class Locator(TypedDict):
    """Where in the file a page's text stands. label: for people ("page 12", "sheet Budget rows 1–200").

    kind says which of the other keys are there:
        page      page                          cut: the page was longer than a page's limit and says so at its end
        slide     slide                         unreadable: the parser could not read this page; its text is empty
                                                picture: (nearly) all of it is a picture; its text is what stands beside
                                                garbled: its fonts do not tell their letters; its text is empty
        sheet     sheet (None: the file is one table), first_row, last_row     rows as a spreadsheet counts them
        section   section (None: no heading above it), part (1, 2, … when a section is longer than one page)
        lines     first_line, last_line, part (when one line is longer than a page)
        any       attachment: the name of a message's attachment that the page is of, where it is of one
        entry     (of a twin's sources, which are no file; the label is its section)
    reading: which reading of the file the page is of, where it was read again: its pages may be other ones then.
    """

    kind: Literal["page", "slide", "sheet", "section", "lines", "entry"]
    label: str
    page: NotRequired[int]
    slide: NotRequired[int]
    sheet: NotRequired[str | None]
    first_row: NotRequired[int]
    last_row: NotRequired[int]
    section: NotRequired[str | None]
    first_line: NotRequired[int]
    last_line: NotRequired[int]
    part: NotRequired[int]
    attachment: NotRequired[str]
    cut: NotRequired[bool]
    unreadable: NotRequired[bool]
    picture: NotRequired[bool]
    garbled: NotRequired[bool]
    reading: NotRequired[int]


@dataclass(frozen=True)
class Page:
    """number: from 1, without gaps; the PDF's or the presentation's own page number where the format has pages."""

    number: int
    locator: Locator
    text: str


@dataclass(frozen=True)
class Total:
    """How many pages the file has: once as soon as it is known, if ever, and once as the last thing (`final`).

    scanned: in the final one of a PDF, when (nearly) none of the pages read has text: keep it to be read by sight.
    encrypted: in the final one of a PDF that is protected, perhaps from editing only: it cannot be read by sight.
    textless_pages: how many of the pages of this run have no text; what `scanned` was decided by.
    image: {"width", "height", "frames"}; an image has no pages.
    cpu_s, peak_memory_bytes: what the parser's process took; in the final one.
    """

    pages: int
    final: bool = False
    scanned: bool = False
    encrypted: bool = False
    textless_pages: int = 0
    image: dict[str, int] | None = None
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0


@dataclass(frozen=True)
class Piece:
    """Pages of a PDF as a PDF of their own. first, last: their numbers in the file. body: the bytes."""

    first: int
    last: int
    body: bytes


Item = Page | Total | Note

_MOST_PAGES_WITH_TEXT_IN_A_SCAN = 0.1


def is_scan(pages: int, textless_pages: int) -> bool:
    """Whether a PDF of which so many pages were read is one to be read by sight."""
    return bool(pages) and pages - textless_pages <= pages * _MOST_PAGES_WITH_TEXT_IN_A_SCAN


def as_json(item: Item) -> dict[str, Any]:
    if isinstance(item, Page):
        return {"page": {"number": item.number, "locator": item.locator, "text": item.text}}
    if isinstance(item, Note):
        return {"note": asdict(item)}
    return {"total": item.__dict__}


def from_json(value: dict[str, Any]) -> Item:
    if "note" in value:
        said = value["note"]
        return Note(said["code"], tuple(said["pages"]), tuple(said["names"]), said["count"])
    return Page(**value["page"]) if "page" in value else Total(**value["total"])
