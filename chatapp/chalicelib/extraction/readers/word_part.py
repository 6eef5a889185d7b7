"""One part of a Word document (its body, a header, the notes): events to paragraphs, headings, rows and boxes."""

from __future__ import annotations

from collections.abc import Callable

from .fields import without_page_numbers
from .ooxml import Attributes
from .prose import Block, Prose
from .word_document import Document, Paragraph
from .word_runs import Handlers, Runs
from .word_styles import is_outlined, whole

_MOST_NUMBER_CHARACTERS = 200


class Part(Runs):
    """asked: called where another part stands (w:altChunk, a chart, w:subDoc). closed: after each section's end."""

    def __init__(self, document: Document, prose: Prose, *, is_repeated: bool = False) -> None:
        self.prose = prose
        self.asked: Callable[[str, Attributes], None] = lambda _tag, _attributes: self._count_object()
        self.closed: Callable[[], None] = lambda: None
        self.label = ""  # goes before the next paragraph
        self._carried: Paragraph | None = None
        self._in_object = 0
        self._row_change, self._changes_before = "", 0  # of the open row, until its first cell ends
        super().__init__(document, is_repeated=is_repeated)
        self._starts |= self._paragraph_starts() | self._table_starts() | self._drawing_starts()
        self._ends |= {
            "w:pPr": lambda: self._enter(""),
            "w:p": self._close_paragraph,
            "a:p": self._close_paragraph,
            "w:tbl": self.prose.close_table,
            "w:trPr": lambda: self._enter(""),
            "w:tr": self.prose.close_row,
            "w:tcPr": lambda: self._enter(""),
            "w:tc": self._close_cell,
            "w:txbxContent": self._close_box,
            "w:object": self._close_object,
        }

    def _paragraph_starts(self) -> Handlers:
        return {
            "w:p": self._open_paragraph,
            "a:p": self._open_paragraph,
            "w:pPr": lambda _: self._enter("paragraph"),
            "w:pStyle": lambda each: self._set_style(each.get("w:val", "")),
            "w:numId": lambda each: self._set(number_id=each.get("w:val", "")),
            "w:ilvl": lambda each: self._set(level=whole(each.get("w:val", ""))),
            "w:framePr": self._set_frame,
            "w:outlineLvl": lambda each: self._set(outlined=is_outlined(each)),
            "w:sectPr": lambda _: self._set(ends_section=True),
            "w:altChunk": lambda each: self._ask("w:altChunk", each),
            "w:subDoc": lambda each: self._ask("w:subDoc", each),
        }

    def _table_starts(self) -> Handlers:
        return {
            "w:tbl": self._open_table,
            "w:trPr": lambda _: self._enter("table"),
            "w:tr": lambda _: self.prose.open_row(),
            "w:gridBefore": lambda each: self.prose.skip_columns(whole(each.get("w:val", ""))),
            "w:tc": lambda _: self.prose.open_cell(),
            "w:tcPr": lambda _: self._enter("table"),
            "w:gridSpan": lambda each: self.prose.span(columns=whole(each.get("w:val", ""), 1)),
            "w:vMerge": lambda each: self.prose.span(merge="" if each.get("w:val") == "restart" else "above"),
            "w:hMerge": lambda each: self.prose.span(merge="" if each.get("w:val") == "restart" else "before"),
        }

    def _drawing_starts(self) -> Handlers:
        return {
            "w:txbxContent": self._open_box,
            "pic:pic": lambda _: self._count_picture(),
            "v:imagedata": lambda _: self._count_picture(),
            "v:textpath": self._add_watermark,
            "c:chart": lambda each: self._ask("c:chart", each),
            "cx:chart": lambda each: self._ask("cx:chart", each),
            "dgm:relIds": lambda each: self._ask("dgm:relIds", each),
            "w:object": self._open_object,
            "w:control": lambda _: self._count_object(),
        }

    # --- Paragraphs -------------------------------------------------------------------------------------------------

    def _open_paragraph(self, _attributes: Attributes) -> None:
        paragraph, self._carried = self._carried or Paragraph(), None
        paragraph.style, paragraph.has_hidden_mark = self.document.styles.default, False
        paragraph.number_id = paragraph.level = paragraph.outlined = None
        paragraph.look = self.document.styles.paragraph_look(paragraph.style)
        self._paragraphs.append(paragraph)
        self._place = ""
        self._open_run({})

    def _set_style(self, style: str) -> None:
        if self._place == "paragraph":
            self._paragraph.style, self._paragraph.look = style, self.document.styles.paragraph_look(style)

    def _set(
        self,
        *,
        number_id: str | None = None,
        level: int | None = None,
        outlined: bool | None = None,
        ends_section: bool = False,
    ) -> None:
        if self._place != "paragraph":
            return
        paragraph = self._paragraph
        paragraph.number_id = paragraph.number_id if number_id is None else number_id
        paragraph.level = paragraph.level if level is None else level
        paragraph.outlined = paragraph.outlined if outlined is None else outlined
        paragraph.ends_section = paragraph.ends_section or ends_section

    def _set_frame(self, attributes: Attributes) -> None:
        """A large first letter is a paragraph of its own, in whose line the next one goes on."""
        if self._place == "paragraph" and attributes.get("w:dropCap", "none") != "none":
            self._paragraph.has_hidden_mark = True

    def _close_paragraph(self) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs.pop()
        self._fields.end_paragraph()
        is_heading = self._is_heading(paragraph)
        number = self._number(paragraph)
        if paragraph.has_hidden_mark and not is_heading:
            self._carry(paragraph, number)
            return
        self._put(paragraph, number, is_heading=is_heading)
        if paragraph.ends_section:
            self.closed()

    def _carry(self, paragraph: Paragraph, number: str) -> None:
        """The next paragraph goes on in this one's line: its mark was deleted or is hidden."""
        text = paragraph.text.text()
        if number and text.strip():
            paragraph.text.prepend(number)
        self._carried = paragraph

    def _flush_carried(self) -> None:
        carried, self._carried = self._carried, None
        if carried:
            self._put(carried, "", is_heading=False)

    def _is_heading(self, paragraph: Paragraph) -> bool:
        if paragraph.outlined is not None:
            return paragraph.outlined
        return self.document.styles.is_heading(paragraph.style)

    def _number(self, paragraph: Paragraph) -> str:
        """Counted for each paragraph that is seen, be it empty."""
        if paragraph.has_lost_text and paragraph.text.is_empty():
            return ""
        found = self.document.numbering.find(paragraph.style, paragraph.number_id, paragraph.level)
        number = self.document.numbering.next(*found) if found else ""
        return "• " if number == "- " and self.prose.in_cell else number[:_MOST_NUMBER_CHARACTERS]

    def _put(self, paragraph: Paragraph, number: str, *, is_heading: bool) -> None:
        whole_text = paragraph.text.text()
        text = without_page_numbers(whole_text)
        if text.strip():
            label, self.label = self.label, ""
            text = f"{label}{number}{text.lstrip() if number or label else text}"
            self.prose.heading(text) if is_heading else self.prose.paragraph(text)
        elif number.strip("-• "):
            self.prose.paragraph(number)
        if paragraph.beside:
            self.prose.replay(paragraph.beside)
        for comment, anchor in paragraph.comments:
            self.prose.paragraph(comment.said("" if anchor == text.strip() else anchor))
        if count := len(paragraph.changes):
            self.document.counts.changes += count
            self.prose.paragraph(paragraph.changes.said(whole_text.strip()))

    # --- Tables, boxes and drawings ---------------------------------------------------------------------------------

    def _open_table(self, _attributes: Attributes) -> None:
        self._flush_carried()
        self.prose.open_table()

    def _open_change(self, tag: str, attributes: Attributes) -> None:
        super()._open_change(tag, attributes)
        if self._place == "table" and tag in {"w:ins", "w:del"}:
            by, kind = attributes.get("w:author", "").strip(), "inserted" if tag == "w:ins" else "deleted"
            self._row_change = f"[Tracked changes: {by} {kind} this row]".replace("  ", " ")
            self._changes_before = self.document.counts.changes

    def _close_cell(self) -> None:
        self._flush_carried()
        if self._row_change and self.document.counts.changes == self._changes_before:
            self.document.counts.changes += 1  # unless its text says so itself
            self.prose.paragraph(self._row_change)
        self._row_change = ""
        self.prose.close_cell()

    def _open_box(self, _attributes: Attributes) -> None:
        self.prose.open_box()

    def _close_box(self) -> None:
        self._flush_carried()
        self._beside(self.prose.close_box())

    def _beside(self, blocks: list[Block]) -> None:
        if self._paragraphs:
            self._paragraph.beside += blocks
        else:
            self.prose.replay(blocks)

    def _open_object(self, _attributes: Attributes) -> None:
        """An embedded file; the picture of it is no picture of the document."""
        self._count_object()
        self._in_object += 1

    def _close_object(self) -> None:
        self._in_object -= 1

    def _count_object(self) -> None:
        self.document.counts.objects += not self._changes and not self._in_object

    def _count_picture(self) -> None:
        self.document.counts.pictures += not self._in_object

    def _add_watermark(self, attributes: Attributes) -> None:
        if attributes.get("string", "").strip():
            self._beside([Block("paragraph", attributes["string"])])

    def _ask(self, tag: str, attributes: Attributes) -> None:
        if not self._skipping and not self._changes:
            self._flush_carried() if tag == "w:altChunk" else None
            self.asked(tag, attributes)

    def answer(self, blocks: list[Block]) -> None:
        """What another part holds, to stand where it was asked for."""
        self._beside(blocks)

    def finish(self) -> None:
        while self._paragraphs:
            self._close_paragraph()
        self._flush_carried()
