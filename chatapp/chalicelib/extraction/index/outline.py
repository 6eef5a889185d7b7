"""A file's outline: what Claude is shown of a file that is too long to be shown, so that it knows where to look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.pages import Locator, Page

from .search_index import heads

_MOST_LINES = 60
_MOST_LINE_CHARACTERS = 100
_MOST_LABEL_CHARACTERS = 50
_HEAD_CHARACTERS = 300


def outline(index_path: Path) -> str:
    """At most 60 lines of 100 characters: "page 12 (section Results): first words", by page number.

    One line for each page if there are few. Else one for each section or sheet, and for every k-th page between those;
    of too many sections, for every k-th.
    """
    pages, starts = _starts(index_path)
    if len(starts) >= _MOST_LINES:
        chosen = set(starts[:: _step(len(starts), _MOST_LINES)])
    else:
        chosen = {*starts, *range(1, pages + 1, _step(pages, _MOST_LINES - len(starts)))}
    return "\n".join(_line(page) for page in heads(index_path, _HEAD_CHARACTERS) if page.number in chosen)


def _starts(index_path: Path) -> tuple[int, list[int]]:
    """The last page's number, and where a section or sheet begins; formats without those have none."""
    number, starts, before = 0, [], None
    for number, part in _parts(index_path):
        if part is not None and part != before:
            starts.append(number)
        before = part
    return number, starts


def _parts(index_path: Path) -> Iterator[tuple[int, str | None]]:
    for page in heads(index_path, 0):
        name = page.locator.get("section") or page.locator.get("sheet")
        yield page.number, name


def _step(count: int, most: int) -> int:
    return max(1, -(-count // most))


def _line(page: Page) -> str:
    label, words = _label(page.locator), " ".join(page.text.split())
    named = f"page {page.number}" if label == f"page {page.number}" else f"page {page.number} ({label})"
    return _cut(f"{named}: {words}" if words else named, _MOST_LINE_CHARACTERS)


def _label(locator: Locator) -> str:
    return _cut(" ".join(locator["label"].split()), _MOST_LABEL_CHARACTERS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
