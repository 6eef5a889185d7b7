"""A PDF's objects by pypdf, opened only when a page has something that PDFium does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.extraction.limits import Limits

from .pdf_layers import layers_off, may_have_layers
from .pdf_runs import Run
from .pdfium import LINK, POPUP, Sheet, Word
from .pdfium_objects import Edges

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

# pypdf keeps every object that it has read; the pages before have no further use of them.
_PAGES_BETWEEN_SWEEPS = 50
_MOST_SIGNS = 500
_FEW_CHARACTERS, _FEW_MORE = 300, 5
_PRIVATE = re.compile("[\uf000-\uf0ff]")


class Struck(NamedTuple):
    """What somebody crossed out. boxes: of its lines, on the page as seen. comment: what is said of it, or ""."""

    author: str
    boxes: tuple[Edges, ...]
    comment: str

    def said(self, words: list[Word]) -> Iterator[str]:
        text = " ".join(word.text for word in words if any(_is_in(word, box) for box in self.boxes))
        by = f" by {self.author}" if self.author else ""
        if text:
            yield f"[Struck out{by}: {text}]"
        if self.comment and self.comment != text:
            yield f"[Comment{by}: {self.comment}]"


def _is_in(word: Word, box: Edges) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@dataclass
class Marks:
    """runs: at their places on the page as seen. comments: as they are said. fields: how many hold a value.

    drawings: how many are drawn without a word: by hand, a stamp's picture. attached: the names of files. struck: what
    is crossed out.
    """

    runs: list[Run] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    fields: int = 0
    drawings: int = 0
    attached: list[str] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)

    def said(self, words: list[Word]) -> list[str]:
        """The comments, and which of the page's words are crossed out."""
        return [*self.comments, *(line for struck in self.struck for line in struck.said(words))]


class Objects:
    """pypdf is imported with the first page that needs it: it takes longer than a page of most files."""

    def __init__(self, path: Path, limits: Limits, count: int) -> None:
        self._path, self._limits, self._count = path, limits, count
        self._reader: PdfReader | None = None
        self._is_broken = False
        self._asked = 0

    def layers_off(self, *, is_encrypted: bool) -> frozenset[str]:
        """The names of the file's layers that nobody sees."""
        try:
            if may_have_layers(self._path, is_encrypted=is_encrypted):
                return layers_off(self._open())
        except MemoryError:
            raise
        except Exception:  # noqa: S110 - as in `_page`
            pass
        return frozenset()

    def marks(self, sheet: Sheet, number: int) -> Marks:
        """What is laid over the page."""
        if all(kind in {LINK, POPUP} for kind in sheet.annotations()):
            return Marks()
        page = self._page(number)
        if page is None:
            return Marks()
        marks: Marks = import_module(".pdf_marks", __package__).marks_of(page, sheet.box)
        return marks

    def signs(self, sheet: Sheet, number: int) -> list[Word]:
        """What PDFium left out of the page's text, where pypdf finds as many signs as there are places."""
        page = self._page(number) if 0 < len(sheet.signs) <= _MOST_SIGNS else None
        if page is None:
            return []
        try:
            found = _PRIVATE.findall(page.extract_text())
        except MemoryError:
            raise
        except Exception:  # as in `_page`
            return []
        if len(found) != len(sheet.signs):
            return []
        return [Word(sign, *edges, breaks=True) for sign, edges in zip(found, sheet.signs, strict=True)]

    def has_more(self, sheet: Sheet, number: int, words: list[Word]) -> bool:
        """Whether pypdf reads words on a page that has hardly any for PDFium: it drops glyphs without a size, as of a
        font for vertical lines that is not in the file.
        """
        characters = sum(len(word.text) for word in words)
        page = self._page(number) if sheet.is_partial and characters <= _FEW_CHARACTERS else None
        if page is None:
            return False
        try:
            return len("".join(page.extract_text().split())) > 2 * characters + _FEW_MORE
        except MemoryError:
            raise
        except Exception:  # as in `_page`
            return False

    def _page(self, number: int) -> PageObject | None:
        """None where pypdf cannot read it, or counts other pages than PDFium does."""
        if self._is_broken:
            return None
        try:
            reader = self._open()
            if len(reader.pages) == self._count:
                return reader.pages[number - 1]
        except MemoryError:
            raise
        except Exception:  # on broken files pypdf raises KeyError, TypeError and more besides its own
            self._is_broken = self._reader is None
        return None

    def has_pages(self) -> bool:
        """PDFium takes what is no page for an empty one."""
        self._page(1)
        return not self._is_broken and self._reader is not None and len(self._reader.pages) > 0

    def _open(self) -> PdfReader:
        self._asked += 1
        if self._reader is None:
            from .pdf_cut import opened  # noqa: PLC0415 - 0.2 s, as the class says

            self._reader = opened(self._path, self._limits)
        elif self._asked % _PAGES_BETWEEN_SWEEPS == 0:
            self._reader.resolved_objects.clear()
        return self._reader
