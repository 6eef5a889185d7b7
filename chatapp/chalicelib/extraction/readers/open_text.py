"""The text of an ODT's content, or of one of its headers: events to paragraphs, headings, rows, boxes and notes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from . import open_document, symbols
from .fields import PAGE_NUMBER, without_page_numbers
from .mathml import MathMl
from .ooxml import Attributes
from .open_text_extras import Forms, Spans, TrackedChanges
from .open_text_lists import OpenList, OpenLists
from .open_text_styles import OpenStyles
from .prose import Block, Prose
from .runs import RunText
from .word_document import Counts
from .word_remarks import Anchors, Changes, Comment
from .word_runs import Handlers
from .word_styles import Look

_WHITE = re.compile(r"[ \t\r\n]+")
_SKIPPED = {"office:event-listeners", "office:binary-data", "svg:title", "svg:desc", "text:hidden-text", "text:script"}
_INDEXES = ("table-of-content", "illustration-index", "table-index", "object-index", "user-index")
_SKIPPED |= {f"text:{index}-source" for index in (*_INDEXES, "alphabetical-index", "bibliography")}
_SHAPES = ("text-box", "custom-shape", "rect", "ellipse", "circle", "line", "connector", "path", "polygon", "caption")
_PAGE_FIELDS = ("text:page-number", "text:page-count")
_PLAIN = Look()


@dataclass
class _Paragraph:
    text: RunText
    look: Look = _PLAIN
    number: str = ""
    is_heading: bool = False
    is_hidden: bool = False
    beside: list[Block] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)


class _Scope(NamedTuple):
    """What is put aside while a cell, box, note or remark is open: it has lists of its own."""

    lists: list[OpenList]
    looks: list[Look]


class OpenText:
    """embedded: a formula's line or a chart's rows, by its reference. notes: by their class, in order."""

    def __init__(
        self,
        styles: OpenStyles,
        prose: Prose,
        counts: Counts,
        embedded: Callable[[str], str | list[Block]],
        *,
        is_repeated: bool,
    ) -> None:
        self.prose = prose
        self.notes: dict[str, list[Block]] = {"footnote": [], "endnote": []}
        self._styles, self._counts, self._embedded = styles, counts, embedded
        self._is_repeated = is_repeated
        self._lists = OpenLists(styles)
        self._paragraphs: list[_Paragraph] = []
        self._looks: list[Look] = []
        self._scopes: list[_Scope] = []
        self._tables: list[Spans] = []
        self._frames: list[set[str]] = []
        self._comment: Comment | None = None
        self._note = self._citation = ""
        self._gathered: list[str] | None = None  # the text of a mark, a name or a reading, which is no paragraph's
        self._math: MathMl | None = None
        self._changes: TrackedChanges = TrackedChanges()
        self.forms = Forms()
        self._anchors = Anchors()
        self._skipping = 0
        self._starts, self._ends = self._start_handlers(), self._end_handlers()

    # --- Events -----------------------------------------------------------------------------------------------------

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _SKIPPED or attributes.get("text:display") == "none":
            self._skipping += 1
        elif self._math or tag == "math:math":
            self._math = self._math or MathMl()
            self._math.start(tag, attributes)
        elif self._changes.start(tag, attributes) or self.forms.start(tag, attributes):
            pass
        elif tag in self._starts:
            self._starts[tag](attributes)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._math:
            self._end_in_formula(tag)
        elif self._changes.end(tag):
            pass
        elif shown := self.forms.end(tag):
            self._add(shown)
        elif tag in self._ends:
            self._ends[tag]()

    def characters(self, text: str) -> None:
        if self._skipping or self._changes.characters(text):
            return
        if self._math:
            self._math.characters(text)
        elif self._gathered is not None:
            self._gathered.append(text)
        elif self._paragraphs:
            self._add(_WHITE.sub(" ", text))

    def _start_handlers(self) -> Handlers:
        return {
            "text:p": partial(self._open_paragraph, is_heading=False),
            "text:h": partial(self._open_paragraph, is_heading=True),
            "text:span": lambda each: self._open_span(each.get("text:style-name", "")),
            "text:s": lambda each: self._add(open_document.blanks(each)),
            "text:tab": lambda _: self._add("\t"),
            "text:line-break": lambda _: self._add("\n"),
            "text:list": self._lists.open_list,
            "text:list-item": self._lists.open_numbered_item,
            "text:list-header": lambda _: self._lists.open_item(None, is_numbered=True),
            **{tag: self._page_number for tag in _PAGE_FIELDS if self._is_repeated},
            "text:hidden-paragraph": self._hide_paragraph,
            "text:ruby-text": lambda _: self._gather(),
            "text:note": self._open_note,
            "text:note-citation": lambda _: self._gather(),
            "text:note-body": lambda _: self._open_box(),
            "office:annotation": self._open_comment,
            "office:annotation-end": lambda each: self._anchors.close(each.get("office:name", "")),
            "dc:creator": lambda _: self._gather(),
            "dc:date": lambda _: self._gather(),
            "text:change": self._change,
            "text:change-start": lambda each: self._changes.open(each.get("text:change-id", "")),
            "text:change-end": lambda each: self._changes.close(each.get("text:change-id", "")),
            "draw:frame": lambda _: self._frames.append(set()),
            "draw:image": lambda _: self._meet("image"),
            "draw:object": self._object,
            "draw:object-ole": lambda _: self._meet("file"),
            "draw:control": lambda each: self._add(self.forms.shown(each.get("draw:control", ""))),
            **{f"draw:{shape}": lambda _: self._open_box() for shape in _SHAPES},
            "table:table": self._open_table,
            "table:table-row": lambda _: self._open_row(),
            "table:table-cell": partial(self._open_cell, is_covered=False),
            "table:covered-table-cell": partial(self._open_cell, is_covered=True),
        }

    def _end_handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "text:p": self._close_paragraph,
            "text:h": self._close_paragraph,
            "text:span": lambda: _drop(self._looks),
            "text:list": self._lists.close_list,
            "text:ruby-text": self._close_reading,
            **{tag: self._close_page_number for tag in _PAGE_FIELDS if self._is_repeated},
            "text:note-citation": self._close_citation,
            "text:note-body": self._close_note,
            "office:annotation": self._close_comment,
            "dc:creator": self._close_author,
            "dc:date": self._drop_gathered,
            "draw:frame": self._close_frame,
            **{f"draw:{shape}": self._close_box for shape in _SHAPES},
            "table:table": self._close_table,
            "table:table-row": self.prose.close_row,
            "table:table-cell": self._close_cell,
            "table:covered-table-cell": self._close_cell,
        }

    # --- Text and paragraphs ----------------------------------------------------------------------------------------

    def _add(self, text: str) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        look = self._looks[-1] if self._looks else paragraph.look
        if look.hidden:
            return
        text = symbols.drawn(text, look.font or "")
        author = self._changes.author
        if author is None:
            paragraph.changes.break_off()
        else:
            paragraph.changes.add("inserted", author, text)
        if self._comment is None:
            self._anchors.add(text)
        paragraph.text.add(self.forms.ticked(text), look.align or "", is_struck=bool(look.struck))

    def _open_paragraph(self, attributes: Attributes, *, is_heading: bool) -> None:
        style = attributes.get("text:style-name", "")
        look = self._styles.look("paragraph", style)
        look = Look(look.hidden, look.struck, None, look.font) if look.align else look
        number = self._lists.number(style, attributes, is_heading=is_heading, in_cell=self.prose.in_cell)
        self._paragraphs.append(_Paragraph(RunText(), look, number, is_heading))

    def _close_paragraph(self) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs.pop()
        whole_text = paragraph.text.text()
        text = without_page_numbers(whole_text)
        if self._comment:
            self._comment.text = f"{self._comment.text} {text.strip()}".strip()
            return
        if text.strip() and not paragraph.is_hidden:
            text = f"{paragraph.number}{text.strip() if paragraph.number else text}"
            self.prose.heading(text) if paragraph.is_heading else self.prose.paragraph(text)
        elif paragraph.number.strip("-• ") and not paragraph.is_hidden:
            self.prose.paragraph(paragraph.number)
        self.prose.replay(paragraph.beside)
        for comment in paragraph.comments:
            anchor = self._anchors.take(comment.paragraph)
            self.prose.paragraph(comment.said("" if anchor == text.strip() else anchor))
        self._counts.changes += len(paragraph.changes)
        self.prose.paragraph(paragraph.changes.said(whole_text.strip()))

    def _hide_paragraph(self, attributes: Attributes) -> None:
        if self._paragraphs and attributes.get("text:is-hidden") == "true":
            self._paragraphs[-1].is_hidden = True

    def _open_span(self, style: str) -> None:
        base = self._looks[-1] if self._looks else self._paragraphs[-1].look if self._paragraphs else _PLAIN
        self._looks.append(self._styles.look("text", style).over(base))

    def _page_number(self, _attributes: Attributes) -> None:
        self._gather()

    def _close_page_number(self) -> None:
        self._close_gathered()
        self._add(PAGE_NUMBER)

    # --- What stands in or beside a paragraph -----------------------------------------------------------------------

    def _gather(self) -> None:
        self._gathered = []

    def _close_gathered(self) -> str:
        text, self._gathered = "".join(self._gathered or ()), None
        return " ".join(text.split())

    def _drop_gathered(self) -> None:
        self._gathered = None

    def _close_reading(self) -> None:
        reading = self._close_gathered()
        self._add(f"({reading})" if reading else "")

    def _open_scope(self) -> None:
        self._scopes.append(_Scope(self._lists.open, self._looks))
        self._lists.open, self._looks = [], []

    def _close_scope(self) -> None:
        if self._scopes:
            self._lists.open, self._looks = self._scopes.pop()

    def _open_box(self) -> None:
        self._open_scope()
        self.prose.open_box()

    def _close_box(self) -> None:
        self._close_scope()
        blocks = self.prose.close_box()
        if self._paragraphs:
            self._paragraphs[-1].beside += blocks
        else:
            self.prose.replay(blocks)

    def _open_note(self, attributes: Attributes) -> None:
        self._note = attributes.get("text:note-class", "footnote")
        self._citation = ""

    def _close_citation(self) -> None:
        self._citation = f"[{self._close_gathered()}]"
        if self._paragraphs:
            self._paragraphs[-1].text.add(self._citation)

    def _close_note(self) -> None:
        self._close_scope()
        blocks = self.prose.close_box()
        first = next((at for at, block in enumerate(blocks) if block.kind != "row"), None)
        if first is not None:
            blocks[first] = Block("paragraph", f"{self._citation} {blocks[first].text}")
        self.notes.setdefault(self._note, []).extend(blocks)

    def _open_comment(self, attributes: Attributes) -> None:
        self._comment = Comment(is_resolved=attributes.get("loext:resolved") == "true")
        self._anchors.open(attributes.get("office:name", ""))
        self._comment.paragraph = attributes.get("office:name", "")
        self._open_scope()

    def _close_author(self) -> None:
        author = self._close_gathered()
        if self._comment:
            self._comment.author = author

    def _close_comment(self) -> None:
        self._close_scope()
        comment, self._comment = self._comment, None
        if comment and comment.text and self._paragraphs:
            self._counts.comments += 1
            self._paragraphs[-1].comments.append(comment)
        elif comment and comment.text:
            self._counts.comments += 1
            self.prose.paragraph(comment.said(""))

    def _change(self, attributes: Attributes) -> None:
        """Where something was deleted."""
        author, text = self._changes.deleted(attributes.get("text:change-id", ""))
        if self._paragraphs:
            self._paragraphs[-1].changes.add("deleted", author, text)
            self._paragraphs[-1].changes.break_off()
        elif text:
            changes = Changes()
            changes.add("deleted", author, text)
            self._counts.changes += 1
            self.prose.paragraph(changes.said(""))

    def _end_in_formula(self, tag: str) -> None:
        if self._math:
            self._math.end(tag)
            if self._math.text is not None:
                self._add_formula(self._math.text)
                self._math = None

    def _add_formula(self, text: str) -> None:
        self._meet("formula")
        if self._paragraphs:
            self._paragraphs[-1].text.add_formula(text)

    def _object(self, attributes: Attributes) -> None:
        if "xlink:href" not in attributes:
            return
        found = self._embedded(attributes["xlink:href"])
        if isinstance(found, str):
            self._add_formula(found)
            return
        self._meet("chart" if found else "file")
        if self._paragraphs:
            self._paragraphs[-1].beside += found
        else:
            self.prose.replay(found)

    def _meet(self, what: str) -> None:
        if self._frames:
            self._frames[-1].add(what)

    def _close_frame(self) -> None:
        """A frame's parts are alternatives: a picture beside an object is of it."""
        met = self._frames.pop() if self._frames else set()
        self._counts.objects += "file" in met
        self._counts.pictures += met == {"image"}

    # --- Tables -----------------------------------------------------------------------------------------------------

    def _open_table(self, _attributes: Attributes) -> None:
        self._tables.append(Spans())
        self.prose.open_table()

    def _close_table(self) -> None:
        if self._tables:
            self._tables.pop()
        self.prose.close_table()

    def _open_row(self) -> None:
        if self._tables:
            self._tables[-1].next_row()
        self.prose.open_row()

    def _open_cell(self, attributes: Attributes, *, is_covered: bool) -> None:
        self._open_scope()
        self.prose.open_cell()
        if self._tables:
            self.prose.span(*self._tables[-1].cell(attributes, is_covered=is_covered))

    def _close_cell(self) -> None:
        self._close_scope()
        self.prose.close_cell()


def _drop(values: list[Look]) -> None:
    if values:
        values.pop()
