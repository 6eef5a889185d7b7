"""Paragraphs, rows, notes and remarks of an RTF document, as its control words end them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .fields import Fields, without_page_numbers
from .prose import Block
from .rtf_tables import Rows
from .runs import RunText
from .tables import SEPARATOR
from .word_document import Counts
from .word_remarks import Anchors, Changes, Comment

REPEATED = {"header", "footer"}


@dataclass
class _Paragraph:
    text: RunText = field(default_factory=RunText)
    number: str = ""
    is_heading: bool = False
    in_table: bool = False
    nesting: int = 1
    beside: list[Block] = field(default_factory=list)
    comments: list[tuple[Comment, str]] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def fresh(self) -> _Paragraph:
        """The next one has the properties of this one until they are reset."""
        return _Paragraph(is_heading=self.is_heading, in_table=self.in_table, nesting=self.nesting)


@dataclass
class _Story:
    """A text of its own: the body, a note, a header, a box; what is outside of it waits."""

    kind: str
    depth: int
    paragraph: _Paragraph = field(default_factory=_Paragraph)
    blocks: list[Block] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    cell: list[Block] = field(default_factory=list)
    nested_cell: list[Block] = field(default_factory=list)
    mark: str = ""


class Stories:
    """The body and what is open inside of it, the innermost last; `take` gives what of the body is whole."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.notes: dict[str, list[Block]] = {"Footnotes": [], "Endnotes": []}
        self.footers: list[Block] = []
        self._stories = [_Story("body", 0)]
        self._fields = Fields()
        self._anchors = Anchors()
        self._comment_author = self._comment_anchor = ""
        self._note_count = self._pending_mark = 0
        self._said: set[str] = set()

    @property
    def _story(self) -> _Story:
        return self._stories[-1]

    @property
    def _paragraph(self) -> _Paragraph:
        return self._stories[-1].paragraph

    # --- Paragraphs and tables --------------------------------------------------------------------------------------

    def _end_paragraph(self) -> None:
        story = self._story
        paragraph, story.paragraph = story.paragraph, story.paragraph.fresh()
        self._fields.end_paragraph()
        blocks = self._blocks(paragraph)
        if paragraph.in_table:
            (story.nested_cell if paragraph.nesting > 1 else story.cell).extend(blocks)
        else:
            self._put_table()
            story.blocks += blocks

    def _blocks(self, paragraph: _Paragraph) -> list[Block]:
        whole_text = paragraph.text.text()
        text = without_page_numbers(whole_text)
        blocks = []
        if text.strip():
            shown = f"{paragraph.number}{text.strip() if paragraph.number else text}"
            blocks.append(Block("heading" if paragraph.is_heading else "paragraph", shown))
        blocks += paragraph.beside
        blocks += [
            Block("paragraph", each.said("" if anchor == text.strip() else anchor))
            for each, anchor in paragraph.comments
        ]
        if count := len(paragraph.changes):
            self.counts.changes += count
            blocks.append(Block("paragraph", paragraph.changes.said(whole_text.strip())))
        return blocks

    def _reset_paragraph(self) -> None:
        paragraph = self._paragraph
        paragraph.is_heading = paragraph.in_table = False
        paragraph.nesting = 1

    def _set_table(self, is_inside: bool) -> None:
        self._paragraph.in_table = is_inside

    def _set_nesting(self, nesting: int) -> None:
        self._paragraph.nesting, self._paragraph.in_table = nesting, nesting > 0

    def _end_cell(self) -> None:
        self._paragraph.in_table, self._paragraph.nesting = True, 1
        self._end_paragraph()
        self._story.rows.end_cell(self._story.cell)
        self._story.cell = []

    def _end_nested_cell(self) -> None:
        self._paragraph.in_table, self._paragraph.nesting = True, 2
        self._end_paragraph()
        self._story.rows.nested.append(" ".join(block.text for block in self._story.nested_cell))
        self._story.nested_cell = []

    def _end_row(self) -> None:
        if self._story.rows.end_row():
            self._put_table()

    def _end_nested_row(self) -> None:
        nested = self._story.rows.nested
        if any(nested):
            self._story.cell.append(Block("row", SEPARATOR.join(nested)))
        nested.clear()

    def _put_table(self) -> None:
        if self._story.rows.rows or self._story.rows.cells:
            self._story.blocks += self._story.rows.take()

    # --- Stories ----------------------------------------------------------------------------------------------------

    def _begin(self, kind: str, depth: int) -> None:
        self._stories.append(_Story(kind, depth))

    def _mark_opened(self) -> None:
        self._story.mark = f"[{self._pending_mark}] " if self._pending_mark else ""
        self._pending_mark = 0

    def _turn_to_endnote(self) -> None:
        if self._story.kind == "footnote":
            self._story.kind = "endnote"

    def _mark_note(self) -> None:
        if self._story.kind in {"footnote", "endnote"}:
            return
        self._note_count += 1
        self._pending_mark = self._note_count
        self._paragraph.text.add(f"[{self._note_count}]")

    def _close_story(self) -> None:
        self._end_paragraph()
        self._put_table()
        story = self._stories.pop()
        plain = [block if block.kind == "row" else Block("paragraph", block.text) for block in story.blocks]
        if not plain:
            return
        if story.kind in {"footnote", "endnote"}:
            plain[0] = Block(plain[0].kind, story.mark + plain[0].text)
            self.notes["Footnotes" if story.kind == "footnote" else "Endnotes"] += plain
        elif story.kind == "annotation":
            comment = Comment(self._comment_author, " ".join(block.text for block in plain))
            self._paragraph.comments.append((comment, self._anchors.take(self._comment_anchor)))
            self.counts.comments += 1
            self._comment_author = self._comment_anchor = ""
        elif story.kind == "box":
            self._paragraph.beside += story.blocks
        else:
            self._put_letterhead(story.kind, plain)

    def _put_letterhead(self, kind: str, blocks: list[Block]) -> None:
        """Each text once: headers where their section begins, footers at the end."""
        text = " ".join(block.text for block in blocks)
        if text in self._said:
            return
        self._said.add(text)
        blocks[0] = Block(blocks[0].kind, f"[Page {kind}] {blocks[0].text}")
        if kind == "footer":
            self.footers += blocks
        else:
            self._stories[0].blocks += blocks

    def take(self) -> list[Block]:
        body = self._stories[0]
        blocks, body.blocks = body.blocks, []
        return blocks

    def finish(self) -> None:
        while len(self._stories) > 1:
            self._close_story()
        self._end_paragraph()
        self._put_table()
