"""Cells of an OpenDocument sheet: their text, what is remarked at them, what lies over them."""

from __future__ import annotations

import re

from .formulas import shown_formula
from .merged_cells import Merge, Merges
from .number_formats import NumberFormat
from .ooxml import Attributes
from .open_document import blanks, repeated
from .open_drawings import ObjectLink
from .remarks import Remark
from .tables import column_name

_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_MOST_CELL_CHARACTERS = 32_767
_MOST_DRAWN = 5_000
_REFERENCE = re.compile(r"\[(?:'[^'\]]*'|\$?[^\].\[]*)?\.([^\]]*)\]")


class CellReader:
    """Of one sheet. is_open: whether the next events are a cell's. drawn: texts and objects that lie over cells."""

    def __init__(self) -> None:
        self.is_open = False
        self.drawn: list[str | ObjectLink] = []
        self.remark_count = self.uncalculated = self.pictures = 0
        self._row = 0
        self._values: list[str] = []
        self._column = 0
        self._remarks: list[str] = []
        self._merges = Merges([])
        self._depth = 0
        self._attributes: Attributes = {}
        self._is_covered = False
        self._text: list[str] = []
        self._author: list[str] = []
        self._size = 0
        # Where the events stand inside of the cell: depths at which a remark, its author or a drawing began, or 0.
        self._remark_at = self._author_at = self._drawing_at = self._unread_at = 0
        self._has_object = False
        self._remark_text: list[str] = []
        self._drawn_text: list[str] = []

    def start_row(self, row: int) -> None:
        self._row, self._column = row, 0
        self._values, self._remarks = [], []

    def row(self) -> tuple[list[str], list[str]]:
        """The row's values and what is remarked at it."""
        return self._merges.filled(self._row, self._values), self._remarks

    def open(self, tag: str, attributes: Attributes) -> None:
        self.is_open, self._depth, self._attributes = True, 1, attributes
        self._is_covered = tag != "table:table-cell"
        self._text, self._size = [], 0

    def start(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        if tag == "office:annotation":
            self._remark_at, self._remark_text, self._author = self._depth, [], []
        elif tag == "dc:creator":
            self._author_at = self._depth
        elif tag in {"dc:date", "text:ruby-text", "svg:title", "svg:desc"} and not self._unread_at:
            self._unread_at = self._depth
        elif tag.startswith("draw:") and not self._remark_at:
            self._start_drawing(tag, attributes)
        elif tag == "text:s":
            self.characters(blanks(attributes))
        elif tag in {"text:tab", "text:line-break"}:
            self.characters(" ")

    def end(self, tag: str) -> None:
        if tag in {"text:p", "text:h"}:
            self.characters("\n")
        if self._depth == self._remark_at:
            self._end_remark()
        if self._depth == self._drawing_at:
            self._end_drawing()
        if self._depth == self._author_at:
            self._author_at = 0
        if self._depth == self._unread_at:
            self._unread_at = 0
        self._depth -= 1
        if not self._depth:
            self.is_open = False
            self._end_cell()

    def characters(self, text: str) -> None:
        if not self.is_open or self._unread_at or self._depth < 2:
            return
        self._size += len(text)
        if self._size > _MOST_CELL_CHARACTERS:
            return
        if self._author_at:
            self._author.append(text)
        elif self._remark_at:
            self._remark_text.append(text)
        elif self._drawing_at:
            self._drawn_text.append(text)
        else:
            self._text.append(text)

    def _start_drawing(self, tag: str, attributes: Attributes) -> None:
        self._drawing_at = self._drawing_at or self._depth
        if tag == "draw:object" and len(self.drawn) < _MOST_DRAWN:
            self.drawn.append(ObjectLink(attributes.get("xlink:href", "")))
            self._unread_at = self._unread_at or self._depth
            self._has_object = True
        elif tag == "draw:frame":
            self._has_object = False
        elif tag == "draw:image" and not self._has_object:  # an object has a picture of itself
            self.pictures += 1

    def _end_drawing(self) -> None:
        self._drawing_at = 0
        text = "".join(self._drawn_text).strip()
        self._drawn_text = []
        if text and len(self.drawn) < _MOST_DRAWN:
            self.drawn.append(text)

    def _end_remark(self) -> None:
        self._remark_at = 0
        text = "".join(self._remark_text).strip()
        if text:
            self.remark_count += 1
            cell = f"{column_name(self._column)}{self._row}"
            self._remarks.append(str(Remark(cell, "".join(self._author).strip()[:100], text)))

    def _end_cell(self) -> None:
        attributes = self._attributes
        count = repeated(attributes, "table:number-columns-repeated", _MOST_COLUMNS)
        text = "" if self._is_covered else self._shown()
        if text and self._column < _MOST_COLUMNS:
            count = min(count, _MOST_COLUMNS - self._column)
            self._values += [""] * (self._column - len(self._values)) + [text] * count
            columns = repeated(attributes, "table:number-columns-spanned", _MOST_COLUMNS)
            rows = repeated(attributes, "table:number-rows-spanned", _MOST_ROWS)
            if columns > 1 or rows > 1:
                column = self._column
                self._merges.add(Merge(self._row, self._row + rows - 1, column, column + columns - 1))
        self._column = min(self._column + count, _MOST_COLUMNS)

    def _shown(self) -> str:
        text = "".join(self._text).strip()
        if text:
            return text
        value = _value(self._attributes)
        if value:
            return value
        formula = self._attributes.get("table:formula", "")
        if formula and "office:value-type" not in self._attributes:
            self.uncalculated += 1
            return shown_formula(_formula(formula))
        return ""


def _value(attributes: Attributes) -> str:
    """What programs store that leave out the text."""
    kind, value = attributes.get("office:value-type", ""), attributes.get("office:value", "")
    if kind == "percentage":
        return NumberFormat("0.##%").number(value, is_1904=False).replace(".%", "%")
    if kind == "currency":
        return f"{NumberFormat('').number(value, is_1904=False)} {attributes.get('office:currency', '')}".strip()
    if kind == "boolean":
        return attributes.get("office:boolean-value", "").upper()
    if kind == "float":
        return NumberFormat("").number(value, is_1904=False)
    return attributes.get("office:string-value") or attributes.get("office:date-value") or _time(attributes)


def _time(attributes: Attributes) -> str:
    found = re.fullmatch(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S", attributes.get("office:time-value", ""))
    return f"{int(found[1])}:{found[2]:>02}:{found[3]:>02}" if found else ""


def _formula(formula: str) -> str:
    """`of:=SUM([.B2:.B4])` as people write it: `SUM(B2:B4)`."""
    bare = formula[: _MOST_CELL_CHARACTERS // 8].partition("=")[2] or formula
    return _REFERENCE.sub(lambda found: found[1].replace(":.", ":"), bare)
