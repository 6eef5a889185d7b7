"""Running text, cut into pages of a size that suits search and citations. No format of its own."""

from __future__ import annotations

from collections.abc import Iterator

from .cleaning import tidy
from .pages import Locator, Page

PAGE_CHARACTERS = 4_000


class SectionPager:
    """Pages of a text with headings: a section is a page, or several parts when it is long.

    Short sections stay pages of their own: their heading is what a person looks for. first_page: pages before it are
    counted and not given out.
    """

    def __init__(self, first_page: int = 1) -> None:
        self._first_page = first_page
        self._number = 0
        self._heading: str | None = None
        self._part = 0
        self._lines: list[str] = []
        self._characters = 0

    def heading(self, text: str) -> Iterator[Page]:
        text = tidy(text).replace("\n", " ")
        if text:
            yield from self.close()
            self._heading, self._part = text[:200], 0
            self._lines, self._characters = [text], len(text)

    def paragraph(self, text: str) -> Iterator[Page]:
        text = tidy(text)
        for piece in pieces(text, PAGE_CHARACTERS):
            if self._characters + len(piece) > PAGE_CHARACTERS and self._has_more_than_heading():
                yield from self.close()
            self._lines.append(piece)
            self._characters += len(piece) + 1

    def row(self, text: str, header: str = "") -> Iterator[Page]:
        """A table's row. header: the rows at its table's head, said again where a page begins inside the table."""
        text = tidy(text)
        if header and self._characters + len(text) > PAGE_CHARACTERS and self._has_more_than_heading():
            yield from self.close()
            yield from self.paragraph(header)
        yield from self.paragraph(text)

    def close(self) -> Iterator[Page]:
        """Give out what is gathered."""
        text = "\n".join(self._lines).strip()
        self._lines, self._characters = [], 0
        if text:
            self._number += 1
            self._part += 1
            if self._number >= self._first_page:
                yield Page(self._number, self._locator(), text)

    def _has_more_than_heading(self) -> bool:
        return len(self._lines) > 1 or (bool(self._lines) and self._lines[0] != self._heading)

    def _locator(self) -> Locator:
        if self._heading is None:
            label = f"part {self._part}"
        else:
            label = f"section {self._heading}" + (f" (part {self._part})" if self._part > 1 else "")
        return {"kind": "section", "label": label, "section": self._heading, "part": self._part}


def pieces(text: str, most: int) -> Iterator[str]:
    """Cut a long text where a sentence or a word ends, if there is such a place in the second half of a piece."""
    at = 0
    while len(text) - at > most:
        end = max(text.rfind(mark, at + most // 2, at + most) + len(mark) - 1 for mark in ("\n", ". ", " "))
        end = end if end > at + most // 2 else at + most
        yield text[at:end].strip()
        at = end
    if at < len(text):
        yield text[at:].strip()
