"""Pages of a PDF that Claude is to see since their text cannot be read: which, and cut out of the file when it is read.

Pieces are PDFs of at most three pages in a row: as many as `read_pages` may show of a long file in one call, so that a
prompt and a tool show the same pieces, and few enough of them where a whole annex is a scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.extraction import ExtractionError, Kind, Limits, Note, Piece, cut
from chalicelib.extraction.index.search_index import heads
from chalicelib.extraction.limits import MB, SCANNED_PAGE_TOKENS
from chalicelib.extraction.notes import Code
from chalicelib.extraction.notes import ranges as runs_of
from chalicelib.extraction.pages import is_scan
from chalicelib.settings import Settings

PAGES_A_PIECE = 3
# https://platform.claude.com/docs/en/build-with-claude/pdf-support: 32 MB a request, in which base64 takes 4/3 of the
# file and other files have their share.
MAX_SIGHT_BYTES = 10 * MB
# What stands around the pages of a file in a prompt.
_BESIDE_TOKENS = 2_000
# A page is copied, not drawn; this bounds what a file made to be slow may take.
_CPU_S, _PAGE_CPU_S, _SILENCE_S = 15, 10, 14.0


@dataclass(frozen=True, slots=True)
class Unread:
    """Pages whose text cannot be read, by number.

    pictures, garbled: as their locators say. textless: all that have no text. is_scan: (nearly) all pages are unread.
    """

    pages: int
    pictures: tuple[int, ...]
    garbled: tuple[int, ...]
    textless: tuple[int, ...]

    @property
    def is_scan(self) -> bool:
        return is_scan(self.pages, len({*self.pictures, *self.garbled, *self.textless}))

    @property
    def to_be_seen(self) -> tuple[int, ...]:
        """Of a file in which other pages have text, those without any may be blank: only what is known is shown."""
        known = tuple(sorted({*self.pictures, *self.garbled}))
        return tuple(sorted({*known, *self.textless})) if self.is_scan else known


NONE = Unread(0, (), (), ())


def unread(index_path: Path) -> Unread:
    found: dict[str, list[int]] = {"picture": [], "garbled": [], "textless": []}
    count = 0
    for page in heads(index_path, 1):
        count += 1
        if page.locator.get("picture"):
            found["picture"].append(page.number)
        if page.locator.get("garbled"):
            found["garbled"].append(page.number)
        if not page.text and not page.locator.get("unreadable"):
            found["textless"].append(page.number)
    return Unread(count, *(tuple(found[name]) for name in ("picture", "garbled", "textless")))


def most_pages(settings: Settings, text_tokens: int | None) -> int:
    """How many pages of a file are seen. text_tokens: of the rest of a scan, so that all of it can stand in a prompt;
    None for a file that is searched where it does not fit."""
    if text_tokens is None:
        return settings.max_scan_pages
    left = settings.document_tokens - text_tokens - _BESIDE_TOKENS
    return max(1, min(settings.max_scan_pages, left // SCANNED_PAGE_TOKENS))


def pieces(path: Path, kind: Kind, pages: Sequence[int], limits: Limits) -> Iterator[Piece]:
    """Cut pages out of a PDF, in order, as far as they go. Nothing that a file can do ends in an error here."""
    runs = [run for first, last in runs_of(pages) for run in _short(first, last)]
    if not runs:
        return
    try:
        quick = replace(limits, cpu_s=_CPU_S, page_cpu_s=_PAGE_CPU_S, silence_s=_SILENCE_S)
        with closing(cut(path, kind, runs, MAX_SIGHT_BYTES, quick)) as found:
            yield from found
    except ExtractionError:  # what came before is good, and what did not come is told as not read
        return


def _short(first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last + 1, PAGES_A_PIECE):
        yield start, min(start + PAGES_A_PIECE - 1, last)


def told(found: Unread, seen: Iterable[int]) -> list[Note]:
    """What is said of pages that are seen, and of those that are neither read nor seen."""
    shown = set(seen)
    left: dict[Code, tuple[int, ...]] = {
        "by_sight": tuple(sorted(shown)),
        "garbled": tuple(page for page in found.garbled if page not in shown),
        "pictures": tuple(page for page in found.to_be_seen if page not in shown and page not in found.garbled),
    }
    return [Note(code, pages=pages) for code, pages in left.items() if pages]
