"""HTML: its text by headings, tables by rows. Nothing is fetched or run: scripts and links' targets are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Page

from .plain_text import decoded

_SKIPPED = {"script", "style", "template", "noscript", "svg", "iframe", "object", "canvas"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "pre"}
_BLOCKS |= {
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "figure",
    "figcaption",
    "form",
    "fieldset",
    "hr",
    "address",
    "br",
}
_BLOCKS |= {"caption", "thead", "tbody", "body", "html", "details", "summary"}
_CELLS = {"td", "th"}
_ENDS_OF_ROWS = {"tr", "table"}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_META_BYTES = 4_096


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    pager = SectionPager(start_page)
    document = _Document(pager)
    fed = 0
    for chunk in decoded(path, _encoding(path)):
        document.feed(chunk)
        fed += len(chunk)
        # What the parser holds back is an unclosed tag or comment, looked through anew with each chunk.
        if len(document.rawdata) > limits.max_page_characters * 10:
            raise ExtractionError("broken_file", "an unclosed tag", format="HTML")
        yield from document.take()
    document.finish()
    yield from document.take()
    yield from pager.close()


def put(texts: Iterable[str], pager: SectionPager) -> Iterator[Page]:
    """HTML that stands in another format, in chunks, put to that format's pages."""
    document = _Document(pager)
    for text in texts:
        document.feed(text)
        yield from document.take()
    document.finish()
    yield from document.take()


def _encoding(path: Path) -> str:
    """As the page declares it, unless its bytes say UTF-8 or have a mark."""
    found = charset.of_file(path)
    with path.open("rb") as file:
        declared = _CHARSET.search(file.read(_META_BYTES))
    if declared and found in charset.WESTERN and charset.is_known(declared[1].decode()):
        return declared[1].decode()
    return found


class _Document(HTMLParser):
    """Gathers text to blocks: a heading, a paragraph, a table's row."""

    def __init__(self, pager: SectionPager) -> None:
        super().__init__(convert_charrefs=True)
        self._pager = pager
        self._ready: list[Page] = []
        self._text: list[str] = []
        self._skipped: list[str] = []
        self._heading = ""
        self._keeps_layout = 0
        self._has_cell = False

    def take(self) -> list[Page]:
        ready, self._ready = self._ready, []
        return ready

    def finish(self) -> None:
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipped.append(tag)
        elif self._skipped:
            return
        elif tag in _HEADINGS or tag == "title":
            self._end_block()
            self._heading = tag
        elif tag in _BLOCKS:
            self._start_block(tag)
        elif tag in _CELLS:
            self._text.append(" | " if self._has_cell else "")
            self._has_cell = True
        elif tag == "img":
            self._text.append(next((f" {value} " for name, value in attrs if name == "alt" and value), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SKIPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipped:
            while self._skipped.pop() != tag:
                pass
        elif self._skipped:
            return
        elif self._has_cell and tag not in _ENDS_OF_ROWS:
            self._text.append(" ")
        elif tag in _HEADINGS or tag in _BLOCKS or tag == "title":
            self._end_block()
            self._keeps_layout -= tag == "pre" and self._keeps_layout > 0

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._text.append(data)

    def _start_block(self, tag: str) -> None:
        if tag == "br" and (self._heading or self._has_cell):
            self._text.append(" ")
            return
        if self._has_cell and tag not in _ENDS_OF_ROWS:  # paragraphs inside a cell stay in its row
            self._text.append(" ")
            return
        self._end_block()
        self._keeps_layout += tag == "pre"
        if tag == "li":
            self._text.append("- ")

    def _end_block(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not self._keeps_layout:
            text = " ".join(text.split())
        heading, self._heading, self._has_cell = self._heading, "", False
        if not text.strip("-| \n\t"):
            return
        self._ready.extend(self._pager.heading(text) if heading else self._pager.paragraph(text))
