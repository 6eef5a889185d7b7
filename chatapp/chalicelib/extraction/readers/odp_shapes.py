"""Shapes of an OpenDocument slide, with where they stand; its notes and remarks apart."""

from __future__ import annotations

import re

from .merged_cells import Grid
from .ooxml import Attributes
from .open_document import blanks, repeated
from .shapes import Box, Shape

_SHAPES = {
    "draw:frame",
    "draw:custom-shape",
    "draw:g",
    "draw:rect",
    "draw:ellipse",
    "draw:circle",
    "draw:line",
    "draw:connector",
    "draw:polygon",
    "draw:polyline",
    "draw:path",
    "draw:caption",
    "draw:regular-polygon",
    "draw:measure",
}
_REPEATED = {"date-time", "footer", "header", "page-number", "page"}
_LENGTH = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?)(cm|mm|in|pt|pc|px)?")
_IN_MM = {"cm": 10.0, "mm": 1.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96, None: 1.0}
_MOST_SHAPES = 20_000
_MOST_SPAN = 10_000
_MOST_COLUMNS = 1_000
_UNREAD = {"svg:title", "svg:desc", "text:ruby-text", "dc:date", "text:page-number", "presentation:date-time"}


class SlideReader:
    def __init__(self, *, is_hidden: bool, most_characters: int) -> None:
        self.is_hidden = is_hidden
        self.root, self.notes = Shape("group"), Shape("group")
        self.remarks: list[str] = []
        self._most_characters = most_characters
        self._size = self._count = 0
        self._open: list[Shape] = []
        self._parent = self.root
        self._grid: Grid | None = None
        self._unread = 0
        self._is_in_remark = self._is_in_author = self._is_in_paragraph = False
        self._author: list[str] = []
        self._remark: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._unread or tag in _UNREAD:
            self._unread += 1
        elif tag == "presentation:notes":
            self._parent = self.notes
        elif tag in _SHAPES:
            self._start_shape(tag, attributes)
        elif tag.startswith("draw:") and self._open:
            self._start_content(tag, attributes)
        elif tag.startswith("table:"):
            self._start_table(tag, attributes)
        elif tag == "office:annotation":
            self._is_in_remark, self._author, self._remark = True, [], []
        elif tag == "dc:creator":
            self._is_in_author = True
        else:
            self._start_text(tag, attributes)

    def end(self, tag: str) -> None:
        if self._unread:
            self._unread -= 1
        elif tag == "presentation:notes":
            self._parent = self.root
        elif tag in _SHAPES and self._open:
            self._open.pop()
        elif tag in {"text:p", "text:h"}:
            self._end_paragraph()
        elif tag == "table:table-row" and self._grid:
            self._grid.end_row()
        elif tag in {"table:table-cell", "table:covered-table-cell"} and self._grid:
            self._grid.end_cell()
        elif tag == "table:table" and self._grid and self._open:
            self._open[-1].lines += self._grid.lines()
            self._grid = None
        elif tag == "dc:creator":
            self._is_in_author = False
        elif tag == "office:annotation":
            self._end_remark()

    def characters(self, text: str) -> None:
        if self._unread or self._size > self._most_characters:
            return
        if self._is_in_author:
            self._author.append(text)
        elif self._is_in_paragraph:
            self._size += len(text)
            self._text.append(text)

    def _start_shape(self, tag: str, attributes: Attributes) -> None:
        kind = attributes.get("presentation:class", "")
        if kind in _REPEATED or attributes.get("presentation:placeholder") == "true":
            self._unread = 1
            return
        shape = Shape("group" if tag == "draw:g" else "text", box=_box(attributes))
        shape.placeholder = (kind, "") if kind else None
        self._count += 1
        if self._count <= _MOST_SHAPES:
            (self._open[-1] if self._open else self._parent).children.append(shape)
        self._open.append(shape)

    def _start_content(self, tag: str, attributes: Attributes) -> None:
        shape = self._open[-1]
        if tag in {"draw:object", "draw:object-ole"} and shape.kind == "text":
            shape.kind, shape.relation = "object", attributes.get("xlink:href", "")
        elif tag == "draw:image" and shape.kind == "text" and not shape.lines and self._grid is None:
            shape.kind = "picture"

    def _start_table(self, tag: str, attributes: Attributes) -> None:
        if tag == "table:table" and self._open:
            self._grid, self._open[-1].kind = Grid(), "table"
        elif tag in {"table:table-cell", "table:covered-table-cell"} and self._grid:
            columns = repeated(attributes, "table:number-columns-spanned", _MOST_SPAN)
            rows = repeated(attributes, "table:number-rows-spanned", _MOST_SPAN)
            for _ in range(repeated(attributes, "table:number-columns-repeated", _MOST_COLUMNS)):
                self._grid.start_cell(columns, rows, is_continued=tag == "table:covered-table-cell")

    def _start_text(self, tag: str, attributes: Attributes) -> None:
        if tag in {"text:p", "text:h"}:
            self._is_in_paragraph = True
        elif tag == "text:s":
            self.characters(blanks(attributes))
        elif tag == "text:tab":
            self.characters(" ")
        elif tag == "text:line-break":
            self.characters("\n")

    def _end_paragraph(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        self._is_in_paragraph = False
        if not text:
            return
        if self._is_in_remark:
            self._remark.append(text)
        elif self._grid:
            self._grid.add(text)
        elif self._open:
            self._open[-1].lines.append(text)

    def _end_remark(self) -> None:
        self._is_in_remark = False
        author, text = "".join(self._author).strip()[:100], " ".join(" ".join(self._remark).split())
        if text:
            self.remarks.append(f"[comment{f' by {author}' if author else ''}: {text}]")


def _box(attributes: Attributes) -> Box | None:
    """From its corner and size, or between two points; in millimetres."""
    corner = attributes.get("svg:x") or attributes.get("svg:x1")
    if corner is None:
        return None
    top = attributes.get("svg:y") or attributes.get("svg:y1")
    return (
        _length(corner),
        _length(top),
        _length(attributes.get("svg:width")),
        _length(attributes.get("svg:height")),
    )


def _length(text: str | None) -> float:
    found = _LENGTH.fullmatch(text or "")
    return float(found[1]) * _IN_MM[found[2]] if found else 0.0
