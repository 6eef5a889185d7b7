"""Workbooks: pages of up to 200 rows of a sheet, with values as they are shown; formulas by their stored results.

Own reader over expat. Memory does not grow with the sheet: rows leave as they come, and the texts that cells share are
held as one run of bytes. A merged cell's value stands in its first cell, as stored.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Page

from .number_formats import Shape, shape_of, shown
from .ooxml import Attributes, Package
from .tables import RowPager

_LAST_COLUMN = 16_383
_MOST_FORMATS = 65_536
_MOST_CELL_CHARACTERS = 32_767  # Excel's own limit


@dataclass
class _Workbook:
    sheets: list[tuple[str, str]]  # name, part
    is_1904: bool
    shapes: list[Shape]  # by cell style
    texts: _SharedTexts


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "XLSX")
    workbook = _workbook(package, limits)
    pager = RowPager(limits, start_page)
    for name, part in workbook.sheets:
        yield from pager.sheet(name)
        yield from _Sheet(workbook, pager).pages(package, part)
    yield from pager.close()


def _workbook(package: Package, limits: Limits) -> _Workbook:
    main = package.main_part("xl/workbook.xml")
    relations = package.relations(main)
    sheets: list[tuple[str, str]] = []
    is_1904 = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal is_1904
        if tag == "s:workbookPr":
            is_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif tag == "s:sheet":
            relation = relations.get(attributes.get("r:id", ""))
            if relation and relation.part and relation.type == "worksheet" and len(sheets) < limits.max_entries:
                sheets.append((attributes.get("name", ""), relation.part))

    package.parse(main, start)
    parts = {relation.type: relation.part for relation in relations.values() if relation.part}
    texts = _SharedTexts(limits)
    if package.has(parts.get("sharedStrings", "")):
        texts.load(package, parts["sharedStrings"])
    styles = parts.get("styles", "")
    return _Workbook(sheets, is_1904, _shapes(package, styles) if package.has(styles) else [], texts)


def _shapes(package: Package, part: str) -> list[Shape]:
    codes: dict[int, str] = {}
    shapes: list[Shape] = []
    is_in_cell_styles = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal is_in_cell_styles
        if tag == "s:numFmt":
            codes[_integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "s:cellXfs":
            is_in_cell_styles = True
        elif tag == "s:xf" and is_in_cell_styles and len(shapes) < _MOST_FORMATS:
            format_id = _integer(attributes.get("numFmtId"))
            shapes.append(shape_of(format_id, codes.get(format_id)))

    def end(tag: str) -> None:
        nonlocal is_in_cell_styles
        if tag == "s:cellXfs":
            is_in_cell_styles = False

    package.parse(part, start, end)
    return shapes


class _SharedTexts:
    """The workbook's table of texts, as UTF-8 in one run: a list of strings would take several times as much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._most_bytes = limits.memory_bytes // 4
        self._bytes = bytearray()
        self._ends = array("L", [0])
        self._in_text = False
        self._skipping = 0

    def load(self, package: Package, part: str) -> None:
        package.parse(part, self._start, self._end, self._characters)

    def get(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            return ""
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8", "replace")

    def _start(self, tag: str, _attributes: Attributes) -> None:
        self._in_text = tag == "s:t" and not self._skipping
        self._skipping += tag == "s:rPh"  # how East Asian texts are pronounced

    def _end(self, tag: str) -> None:
        self._in_text = False
        self._skipping -= tag == "s:rPh"
        if tag == "s:si":
            self._ends.append(len(self._bytes))
            if len(self._ends) * self._ends.itemsize > self._most_bytes:
                raise ExtractionError("too_much_text", "shared texts", limits=self._limits)

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._bytes += text.encode("utf-8", "replace")
            if len(self._bytes) > self._most_bytes:
                raise ExtractionError("too_much_text", "shared texts", limits=self._limits)


class _Sheet:
    """Turns a worksheet's events into rows."""

    def __init__(self, workbook: _Workbook, pager: RowPager) -> None:
        self._workbook = workbook
        self._pager = pager
        self._ready: list[Page] = []
        self._row = 0
        self._values: list[str] = []
        self._column = -1
        self._type = ""
        self._style = 0
        self._text: list[str] = []
        self._in_value = False

    def pages(self, package: Package, part: str) -> Iterator[Page]:
        for _ in package.stream(part, self._start, self._end, self._characters):
            if self._ready:
                yield from self._ready
                self._ready.clear()

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag == "s:c":
            self._start_cell(attributes)
        elif tag in {"s:v", "s:t"}:
            self._in_value = True
        elif tag == "s:row":
            self._row = _integer(attributes.get("r")) or self._row + 1
            self._values = []
            self._column = -1

    def _end(self, tag: str) -> None:
        if tag == "s:c":
            self._end_cell()
        elif tag in {"s:v", "s:t"}:
            self._in_value = False
        elif tag == "s:row" and self._values:
            self._ready.extend(self._pager.row(self._row, self._values))
            self._values = []

    def _characters(self, text: str) -> None:
        if self._in_value:
            self._text.append(text)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = column_index(reference) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = _integer(attributes.get("s"))

    def _end_cell(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not text or not 0 <= self._column <= _LAST_COLUMN:
            return
        value = self._shown(text)[:_MOST_CELL_CHARACTERS]
        gap = self._column - len(self._values)
        if gap >= 0:
            self._values += [""] * gap + [value]
        else:  # out of order, or twice: no program writes that
            self._values[self._column] = value

    def _shown(self, text: str) -> str:
        if self._type == "s":
            return self._workbook.texts.get(_integer(text))
        if self._type == "b":
            return "TRUE" if text == "1" else "FALSE"
        if self._type == "n":
            shapes = self._workbook.shapes
            shape = shapes[self._style] if self._style < len(shapes) else "number"
            return shown(text, shape, is_1904=self._workbook.is_1904)
        return text  # inlineStr, str (a formula's), e (#DIV/0!), d (ISO 8601)


def column_index(reference: str) -> int:
    """0 for "A7"; -1 for what is no reference."""
    index = 0
    for character in reference[:4]:
        if not "A" <= character <= "Z":
            break
        index = index * 26 + ord(character) - ord("A") + 1
    return index - 1


def _integer(text: str | None) -> int:
    """0 for what is no number; negative ones too."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
