"""OpenDocument sheets: pages of up to 200 rows, with values as their cells show them, which the file holds as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Code, Note
from chalicelib.extraction.pages import Item

from .ods_cells import CellReader
from .ooxml import Attributes
from .open_document import CONTENT, opened, repeated
from .open_drawings import ObjectLink, object_lines
from .sheet_layout import hidden_columns_said
from .tables import RowPager, sheet_name

_HIDDEN_SHEET = "[This sheet is hidden.]"
_HIDDEN = {"collapse", "filter"}
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_MOST_STYLES = 10_000
# Tables in them are no sheets: what cells held before, what other files hold.
_SKIPPED = {"table:tracked-changes", "table:dde-links", "office:forms", "table:named-expressions"}


@dataclass(frozen=True)
class _Sheet:
    name: str
    is_hidden: bool


@dataclass(frozen=True)
class _Row:
    """A row, and how many like it follow each other. headings: said before it."""

    number: int
    count: int
    values: list[str]
    said: str
    heading: str


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = opened(path, limits, "ODS")
    reader = _Reader()
    pager = RowPager(limits, start_page)
    for _ in package.stream(CONTENT, reader.start, reader.end, reader.characters):
        for item in reader.taken():
            if isinstance(item, _Sheet):
                yield from pager.sheet(item.name)
                if item.is_hidden:
                    pager.heading(_HIDDEN_SHEET)
            elif isinstance(item, _Row):
                yield from _rows(item, pager)
            elif isinstance(item, Note):
                yield item
            else:
                for line in object_lines(package, item):
                    yield from [line] if isinstance(line, Note) else pager.line(line)
    yield from pager.close()


def _rows(row: _Row, pager: RowPager) -> Iterator[Item]:
    if row.heading:
        pager.heading(row.heading)
    for number in range(row.number, row.number + row.count):
        yield from pager.row(number, row.values, row.said)


class _Reader:
    """Turns events into sheets, rows and what is said of them."""

    def __init__(self) -> None:
        self._ready: list[_Sheet | _Row | Note | ObjectLink | str] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._skipping = 0
        self._cells = CellReader()
        self._row, self._row_count = 0, 1
        self._is_row_hidden = False
        self._columns = 0
        self._hidden_columns: list[tuple[int, int]] = []
        self._filled: set[int] = set()
        self._heading = ""
        self._hidden_rows = 0

    def taken(self) -> Iterator[_Sheet | _Row | Note | ObjectLink | str]:
        ready, self._ready = self._ready, []
        yield from ready

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif self._cells.is_open:
            self._cells.start(tag, attributes)
        elif tag == "table:table":
            self._start_sheet(attributes)
        elif tag == "table:table-column":
            self._start_column(attributes)
        elif tag == "table:table-row":
            self._row_count = repeated(attributes, "table:number-rows-repeated", _MOST_ROWS)
            self._is_row_hidden = attributes.get("table:visibility") in _HIDDEN
            self._cells.start_row(self._row + 1)
        elif tag in {"table:table-cell", "table:covered-table-cell", "table:shapes"}:
            self._cells.open(tag, attributes)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and len(self._hidden_styles) < _MOST_STYLES:
            self._hidden_styles |= {self._style} if attributes.get("table:display") == "false" else set()

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._cells.is_open:
            self._cells.end(tag)
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table":
            self._end_sheet()

    def characters(self, text: str) -> None:
        if not self._skipping:
            self._cells.characters(text)

    def _start_sheet(self, attributes: Attributes) -> None:
        name = attributes.get("table:name", "")
        if name.startswith("'file:"):  # what another file's sheet held
            self._skipping = 1
            return
        is_hidden = attributes.get("table:style-name") in self._hidden_styles
        self._ready.append(_Sheet(name, is_hidden))
        if is_hidden:
            self._ready.append(Note("hidden_sheets", names=(sheet_name(name),)))
        self._row = self._columns = 0
        self._hidden_columns, self._filled, self._heading = [], set(), ""
        self._cells = CellReader()
        self._hidden_rows = 0

    def _start_column(self, attributes: Attributes) -> None:
        count = repeated(attributes, "table:number-columns-repeated", _MOST_COLUMNS)
        if attributes.get("table:visibility") in _HIDDEN and len(self._hidden_columns) < _MOST_STYLES:
            self._hidden_columns.append((self._columns, self._columns + count - 1))
            self._heading = hidden_columns_said(self._hidden_columns)
        self._columns += count

    def _end_row(self) -> None:
        values, remarks = self._cells.row()
        number, self._row = self._row + 1, self._row + self._row_count
        for first, last in self._hidden_columns:
            self._filled.update(at for at in range(first, min(last + 1, len(values))) if values[at])
        is_filled = any(values)
        is_hidden = self._is_row_hidden and is_filled
        if not is_filled and not remarks:
            return
        count = self._row_count if is_filled else 1
        self._hidden_rows += count * is_hidden
        said = " ".join([*remarks, *(["[hidden row]"] if is_hidden else [])])
        self._ready.append(_Row(number, count, values, said, self._heading))
        self._heading = ""

    def _end_sheet(self) -> None:
        self._ready.extend(self._cells.drawn)
        counts: dict[Code, int] = {
            "hidden_rows": self._hidden_rows,
            "hidden_columns": len(self._filled),
            "comments": self._cells.remark_count,
            "uncalculated": self._cells.uncalculated,
            "pictures_left_out": self._cells.pictures,
        }
        self._ready.extend(Note(code, count=count) for code, count in counts.items() if count)
