"""Word documents as a person sees them; pages are the sections between headings.

Own reader over expat (see `ooxml.py`); this module knows the parts of the package, `word_part.py` what stands in one.
Headers stand before the body and footers behind it, once each; foot- and endnotes have their marks at place and before
the note; comments and changes are said behind their paragraph. Pictures and embedded files are counted, not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.kinds.signatures import RTF
from chalicelib.extraction.limits import MB, Limits
from chalicelib.extraction.pages import Item, Page

from . import html_parts, rtf
from .charts import chart_lines
from .diagrams import diagram_lines
from .ooxml import Attributes, Package, Relation
from .prose import Block, Prose, lines_as_blocks
from .word_document import Document, notes_of
from .word_notes import Marks, NotesPart, marks_of
from .word_numbering import numbering_of
from .word_part import Part
from .word_remarks import comments_of
from .word_sections import Letterheads, sections_of
from .word_styles import styles_of

_NOTES = (("footnote", "footnotes", "Footnotes"), ("endnote", "endnotes", "Endnotes"))
_TITLES = {"Footnotes", "Endnotes", "Comments"}
_LABELS = {"header": "[Page header] ", "footer": "[Page footer] "}
_MOST_CHUNK_BYTES = 20 * MB
_LINES = {"c:chart": chart_lines, "cx:chart": chart_lines, "dgm:relIds": diagram_lines}


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    pager = SectionPager(start_page)
    reader = _Reader(Package(path, limits, "DOCX"), limits, pager)
    yield from reader.pages()
    yield from pager.close()
    yield from notes_of(reader.document.counts)


class _Reader:
    def __init__(self, package: Package, limits: Limits, pager: SectionPager, *, is_pasted: bool = False) -> None:
        self._is_pasted = is_pasted
        self._package = package
        self._limits = limits
        self._main = package.main_part("word/document.xml")
        self._relations = package.relations(self._main)
        styles = styles_of(package, self._part("styles"))
        self._marks: Marks = marks_of(package, self._part("settings"))
        self.document = Document(
            styles,
            numbering_of(package, self._part("numbering"), styles),
            comments_of(package, self._part("comments"), self._part("commentsExtended"), limits),
            self._marks.next,
        )
        self._prose = Prose(pager)
        self._sections = sections_of(package, self._main, self._relations)
        self._letterheads = Letterheads(self._sections, has_even=self._marks.has_even_pages)
        self._section = 0

    def pages(self) -> Iterator[Page]:
        self._put_letterheads("header", 0)
        body = Part(self.document, self._prose)
        body.asked = lambda tag, attributes: body.answer(self._answer(tag, attributes))
        body.closed = self._close_section
        for _ in self._package.stream(self._main, body.start, body.end, body.characters):
            yield from self._prose.take()
        body.finish()
        for number in range(len(self._sections)):
            self._put_letterheads("footer", number)
        yield from self._prose.take()
        for kind, relation, title in _NOTES:
            yield from self._note_pages(kind, self._part(relation), title)
        self._put_unplaced_comments()
        yield from self._prose.take()

    def _part(self, kind: str) -> str | None:
        """A part that the main one refers to; by its usual name where it does not say so."""
        usual = f"word/{kind}.xml"
        parts = [relation.part for relation in self._relations.values() if relation.type == kind and relation.part]
        return next((part for part in parts if self._package.has(part)), usual if self._package.has(usual) else None)

    # --- Headers and footers ----------------------------------------------------------------------------------------

    def _close_section(self) -> None:
        self._section += 1
        self._put_letterheads("header", self._section)

    def _put_letterheads(self, kind: str, section: int) -> None:
        for name in self._letterheads.parts(kind, section):
            if not self._package.has(name):
                continue
            self._prose.open_box()
            part = Part(self.document, self._prose, is_repeated=True)
            self._package.parse(name, part.start, part.end, part.characters)
            part.finish()
            lines = [
                block if block.kind == "row" else Block("paragraph", block.text) for block in self._prose.close_box()
            ]
            if lines := self._letterheads.new(lines):
                lines[0] = Block(lines[0].kind, _LABELS[kind] + lines[0].text)
                self._prose.replay(lines)

    # --- What the body refers to ------------------------------------------------------------------------------------

    def _note_pages(self, kind: str, part: str | None, title: str) -> Iterator[Page]:
        if part is None:
            return
        notes = NotesPart(self.document, self._prose, kind, title, self._marks)
        for _ in self._package.stream(part, notes.start, notes.end, notes.characters):
            yield from self._prose.take()
        notes.finish()
        yield from self._prose.take()

    def _put_unplaced_comments(self) -> None:
        left = [comment for comment in self.document.comments.values() if comment.text and not comment.is_said]
        if left:
            self._prose.heading("Comments")
        for comment in left:
            self._prose.paragraph(comment.said(""))
        self.document.counts.comments += len(left)

    def _answer(self, tag: str, attributes: Attributes) -> list[Block]:
        """What stands at another part of the package; nothing outside of it is opened."""
        name = attributes.get("r:dm" if tag == "dgm:relIds" else "r:id", "")
        relation = self._relations.get(name, Relation("", None))
        if relation.part is None or not self._package.has(relation.part) or tag == "w:subDoc":
            self.document.counts.objects += 1
            return []
        if tag in _LINES:
            blocks = lines_as_blocks(_LINES[tag](self._package, relation.part))
        else:
            blocks = self._pasted(self._package.content(relation.part, _MOST_CHUNK_BYTES))
        self.document.counts.objects += not blocks
        return blocks

    def _pasted(self, content: bytes) -> list[Block]:
        if content.startswith(b"PK\x03\x04"):
            return self._document(content)
        if content.startswith(RTF):
            return rtf.blocks_of(content, self._limits)
        return html_parts.blocks_of(content) or []

    def _document(self, content: bytes) -> list[Block]:
        """Of a whole document that was pasted, which is checked like one of its own; not of one inside of that."""
        gathered = html_parts.Gathered()
        try:
            package = Package(content, self._limits, "DOCX")
            if self._is_pasted or not package.has(package.main_part("word/document.xml")):
                return []
            reader = _Reader(package, self._limits, gathered, is_pasted=True)
            deque(reader.pages(), maxlen=0)
        except ExtractionError as error:
            if error.code in {"broken_file", "encrypted_document"}:
                return []
            raise
        self.document.counts.add(reader.document.counts)
        # Its notes begin no section of the outer one.
        return [Block("paragraph", each.text) if each.text in _TITLES else each for each in gathered.blocks]
