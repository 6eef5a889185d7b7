"""OpenDocument texts (ODT) as a person sees them; pages are the sections between headings, as in `docx.py`.

Own reader over expat: odfpy builds the whole document in memory and knows no numbers of lists, and odfdo needs lxml.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Page

from . import open_document
from .mathml import MathMl
from .ooxml import Attributes, Package
from .open_drawings import ObjectLink, object_lines
from .open_text import OpenText
from .open_text_styles import OpenStyles
from .prose import Block, Prose, lines_as_blocks
from .word_document import Counts, notes_of

_PARTS = {f"style:{kind}{pages}": kind for kind in ("header", "footer") for pages in ("-first", "", "-left")}
_LABELS = {"header": "[Page header] ", "footer": "[Page footer] "}
_TITLES = {"footnote": "Footnotes", "endnote": "Endnotes"}
_MOST_FORMULA_BYTES = 1_000_000


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    pager = SectionPager(start_page)
    reader = _Reader(open_document.opened(path, limits, "ODT"), pager)
    yield from reader.pages()
    yield from pager.close()
    yield from notes_of(reader.counts)


class _Reader:
    def __init__(self, package: Package, pager: SectionPager) -> None:
        self.counts = Counts()
        self._package = package
        self._styles = OpenStyles()
        self._prose = Prose(pager)
        self._letterheads: dict[str, list[tuple[str, list[Block]]]] = {}  # by master page
        self._said: set[str] = set()

    def pages(self) -> Iterator[Page]:
        if self._package.has(open_document.STYLES):
            masters = _Masters(self._styles, self._text(is_repeated=True), self._letterheads)
            self._package.parse(open_document.STYLES, masters.start, masters.end, masters.characters)
        body = self._text(is_repeated=False)
        is_body = False

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal is_body
            if is_body:
                body.start(tag, attributes)
            elif tag == "office:body":
                is_body = True
                self._put_letterheads("header")
            else:
                self._styles.start(tag, attributes)

        def end(tag: str) -> None:
            if is_body:
                body.end(tag)
            else:
                self._styles.end(tag)

        for _ in self._package.stream(open_document.CONTENT, start, end, body.characters):
            yield from self._prose.take()
        self.counts.form_fields += body.forms.filled
        self._put_letterheads("footer")
        for kind, title in _TITLES.items():
            if body.notes[kind]:
                self._prose.heading(title)
                self._prose.replay(body.notes[kind])
        yield from self._prose.take()

    def _text(self, *, is_repeated: bool) -> OpenText:
        return OpenText(self._styles, self._prose, self.counts, self._embedded, is_repeated=is_repeated)

    def _put_letterheads(self, kind: str) -> None:
        """Of the pages that the text uses, each text once."""
        used = {style.master_page for style in self._styles.styles.values() if style.master_page}
        first = next(iter(self._letterheads), "")
        for master in [name for name in self._letterheads if name in {first, "Standard"} | used]:
            for found, blocks in self._letterheads[master]:
                text = " ".join(block.text for block in blocks)
                if found == kind and text not in self._said:
                    self._said.add(text)
                    self._prose.paragraph(_LABELS[kind] + blocks[0].text)
                    self._prose.replay(blocks[1:])

    def _embedded(self, reference: str) -> str | list[Block]:
        """A formula's line or a chart's rows; none of another file. What leads out of the package is not looked for."""
        part = posixpath.normpath(posixpath.join(reference, open_document.CONTENT))
        content = self._package.content(part, _MOST_FORMULA_BYTES)
        if b"Math/MathML" not in content[:2_000]:
            lines = [line for line in object_lines(self._package, ObjectLink(reference)) if isinstance(line, str)]
            return lines_as_blocks(lines)
        math = MathMl()
        self._package.parse(part, math.start, math.end, math.characters, allows_doctype=True)  # OpenOffice wrote one
        return math.text or ""


class _Masters:
    """styles.xml: styles, and the headers and footers of its master pages."""

    def __init__(
        self, styles: OpenStyles, text: OpenText, letterheads: dict[str, list[tuple[str, list[Block]]]]
    ) -> None:
        self._styles, self._text, self._letterheads = styles, text, letterheads
        self._master = ""
        self._part = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._part:
            self._text.start(tag, attributes)
        elif tag == "style:master-page":
            self._master = attributes.get("style:name", "")
            self._letterheads[self._master] = []
        elif tag in _PARTS and attributes.get("style:display") != "false":
            self._part = tag
            self._text.prose.open_box()
        else:
            self._styles.start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == self._part:
            self._part = ""
            blocks = self._text.prose.close_box()
            plain = [block if block.kind == "row" else Block("paragraph", block.text) for block in blocks]
            if plain:
                self._letterheads.setdefault(self._master, []).append((_PARTS[tag], plain))
        elif self._part:
            self._text.end(tag)
        else:
            self._styles.end(tag)

    def characters(self, text: str) -> None:
        if self._part:
            self._text.characters(text)
