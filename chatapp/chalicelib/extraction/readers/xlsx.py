"""Workbooks: pages of up to 200 rows of a sheet, with values as their cells show them, formulas by stored results.

Own reader over expat. Memory does not grow with the sheet: rows leave as they come, and the texts that cells share are
held as one run of bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Code, Note
from chalicelib.extraction.pages import Item

from .merged_cells import Merges
from .ooxml import Package
from .remarks import Remark, remarks_of
from .sheet_drawings import drawn
from .sheet_layout import Layout, merges_of
from .sheet_rows import SheetRows
from .tables import RowPager, sheet_name
from .workbook import SheetPart, Workbook, row_number, workbook

_HIDDEN_SHEET = "[This sheet is hidden.]"


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "XLSX")
    book = workbook(package, limits)
    pager = RowPager(limits, start_page)
    for sheet in book.sheets:
        yield from pager.sheet(sheet.name)
        if sheet.is_hidden:
            yield Note("hidden_sheets", names=(sheet_name(sheet.name),))
        yield from _Reading(package, book, sheet, pager, limits).items()
    yield from pager.close()


class _Reading:
    """Of one sheet: its rows with what is said at them, then what lies over them."""

    def __init__(self, package: Package, book: Workbook, sheet: SheetPart, pager: RowPager, limits: Limits) -> None:
        self._package, self._sheet, self._pager = package, sheet, pager
        self._layout = Layout()
        self._rows = SheetRows(book, self._layout)
        persons = book.parts.get("person", "")
        remarks = [] if sheet.is_chart else remarks_of(package, sheet.part, persons, limits)
        self._remarks = deque(sorted(remarks, key=lambda remark: row_number(remark.cell)))
        self._remark_count = len(remarks)
        self._merges = Merges([] if sheet.is_chart else merges_of(package, sheet.part))
        self._hidden_rows = 0

    def items(self) -> Iterator[Item]:
        if self._sheet.is_hidden:
            self._pager.heading(_HIDDEN_SHEET)
        if not self._sheet.is_chart:
            yield from self._cells()
        for line in drawn(self._package, self._sheet.part):
            if isinstance(line, Note):
                yield line
            else:
                yield from self._pager.line(line)
        yield from self._notes()

    def _cells(self) -> Iterator[Item]:
        rows = self._rows
        is_first = True
        for _ in self._package.stream(self._sheet.part, rows.start, rows.end, rows.characters):
            for number, values, is_hidden in rows.taken():
                if is_first and self._layout.hidden_columns:
                    self._pager.heading(self._layout.said())
                is_first = False
                yield from self._remarks_before(number)
                said = [str(remark) for remark in self._remarks_at(number)]
                filled = self._merges.filled(number, values)
                if is_hidden and any(filled):
                    self._hidden_rows += 1
                    said.append("[hidden row]")
                yield from self._pager.row(number, filled, " ".join(said))
        yield from self._remarks_before(None)

    def _remarks_before(self, row: int | None) -> Iterator[Item]:
        """Remarks at rows that the sheet does not have."""
        while self._remarks and (row is None or row_number(self._remarks[0].cell) < row):
            remark = self._remarks.popleft()
            yield from self._pager.row(row_number(remark.cell), (), str(remark))

    def _remarks_at(self, row: int) -> Iterator[Remark]:
        while self._remarks and row_number(self._remarks[0].cell) == row:
            yield self._remarks.popleft()

    def _notes(self) -> Iterator[Note]:
        counts: dict[Code, int] = {
            "hidden_rows": self._hidden_rows,
            "hidden_columns": self._layout.hidden_columns_filled,
            "comments": self._remark_count,
            "uncalculated": self._rows.uncalculated,
        }
        for code, count in counts.items():
            if count:
                yield Note(code, count=count)
