"""Old Excel workbooks (BIFF 5 to 8), read like new ones: values as their cells show them, by stored results.

By xlrd: pure Python, BSD, released again in 2025; it opens what others open (455 of 481 real and broken workbooks, the
rest asks for a password or is cut), holds a sheet at a time, and runs in the child alone. What lies over cells it reads
for their remarks alone: text boxes are listened for, charts and pictures counted.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import xlrd

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Code, Note
from chalicelib.extraction.pages import Item

from .merged_cells import Merge, Merges
from .number_formats import NumberFormat, format_of
from .remarks import Remark
from .sheet_layout import hidden_columns_said
from .tables import RowPager, column_name, sheet_name

_HIDDEN_SHEET = "[This sheet is hidden.]"
_MOST_MERGES = 50_000
_MOST_CELL_CHARACTERS = 32_767
_CHART, _PICTURE, _REMARK = 5, 8, 25  # kinds of objects
_MOST_TEXTS = 10_000
_HANDLE_OBJECT, _HANDLE_TEXT = xlrd.sheet.Sheet.handle_obj, xlrd.sheet.Sheet.handle_txo
# Formats that are known by number alone and show dates by the reader's country: what the file names of them is English.
_BY_NUMBER = frozenset((14, 22, *range(27, 37), *range(50, 59)))


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    book = _opened(path)
    pager = RowPager(limits, start_page)
    formats = _Formats(book)
    drawn = _Drawn()
    for index in range(book.nsheets):
        sheet = book.sheet_by_index(index)
        yield from pager.sheet(sheet.name)
        if sheet.visibility:
            yield Note("hidden_sheets", names=(sheet_name(sheet.name),))
            pager.heading(_HIDDEN_SHEET)
        yield from _Sheet(sheet, formats, pager).items()
        for text in drawn.taken():
            yield from pager.line(text)
        book.unload_sheet(index)
    yield from pager.close()
    yield from drawn.notes()


class _Drawn:
    """What sheets hold over their cells, as xlrd passes it by."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._kind = 0
        self._counts = {_CHART: 0, _PICTURE: 0}

        def seen(sheet: Any, content: bytes) -> Any:
            found = _HANDLE_OBJECT(sheet, content)
            self._kind = getattr(found, "type", 0)
            if self._kind in self._counts:
                self._counts[self._kind] += 1
            return found

        def heard(sheet: Any, content: bytes) -> Any:
            found = _HANDLE_TEXT(sheet, content)
            if found and self._kind != _REMARK and len(self._texts) < _MOST_TEXTS:
                self._texts.append(found.text[:_MOST_CELL_CHARACTERS])
            return found

        xlrd.sheet.Sheet.handle_obj, xlrd.sheet.Sheet.handle_txo = seen, heard

    def taken(self) -> list[str]:
        texts, self._texts = self._texts, []
        return [shown for text in texts if (shown := tidy(text))]

    def notes(self) -> Iterator[Note]:
        if self._counts[_PICTURE]:
            yield Note("pictures_left_out", count=self._counts[_PICTURE])
        if self._counts[_CHART]:
            yield Note("objects_left_out", count=self._counts[_CHART])


def _opened(path: Path) -> Any:
    try:
        # Not by mmap, which would stay open; its warnings may quote the file, and are dropped.
        return xlrd.open_workbook(
            file_contents=path.read_bytes(),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise ExtractionError("encrypted_document") from error
        raise


class _Formats:
    """Of cells, by the number of their style."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[int, NumberFormat] = {}
        self.is_1904 = book.datemode == 1

    def of(self, style: int | None) -> NumberFormat:
        if style is None or not 0 <= style < len(self._book.xf_list):
            return format_of(0, None)
        key = self._book.xf_list[style].format_key
        if key not in self._known:
            named = self._book.format_map.get(key)
            self._known[key] = format_of(key, None if key in _BY_NUMBER or named is None else named.format_str)
        return self._known[key]


class _Sheet:
    def __init__(self, sheet: Any, formats: _Formats, pager: RowPager) -> None:
        self._sheet, self._formats, self._pager = sheet, formats, pager
        merged = sheet.merged_cells[:_MOST_MERGES]
        self._merges = Merges(Merge(top + 1, bottom, left, right - 1) for top, bottom, left, right in merged)
        remarks = sorted(sheet.cell_note_map.items())
        self._remarks = deque((row, self._remark(row, column, note)) for (row, column), note in remarks if note.text)
        self._remark_count = len(self._remarks)
        self._hidden_rows = 0
        self._filled: set[int] = set()

    @cached_property
    def _hidden_columns(self) -> list[int]:
        return sorted(at for at, info in self._sheet.colinfo_map.items() if info.hidden)

    def items(self) -> Iterator[Item]:
        if self._hidden_columns and self._sheet.nrows:
            self._pager.heading(hidden_columns_said([(at, at) for at in self._hidden_columns]))
        for row in range(self._sheet.nrows):
            yield from self._remarks_before(row)
            values = [self._shown(cell) for cell in self._sheet.row(row)]
            self._filled.update(at for at in self._hidden_columns if at < len(values) and values[at])
            info = self._sheet.rowinfo_map.get(row)
            is_hidden = bool(info and info.hidden) and any(values)
            self._hidden_rows += is_hidden
            said = [text for at, text in self._remarks if at == row]
            self._remarks = deque(each for each in self._remarks if each[0] != row) if said else self._remarks
            filled = self._merges.filled(row + 1, values)
            yield from self._pager.row(row + 1, filled, " ".join([*said, *(["[hidden row]"] if is_hidden else [])]))
        yield from self._remarks_before(self._sheet.nrows + 1_000_000)
        yield from self._notes()

    def _remark(self, row: int, column: int, note: Any) -> str:
        author = note.author or ""
        text = note.text.strip().removeprefix(f"{author}:") if author else note.text
        return str(Remark(f"{column_name(column)}{row + 1}", author[:100], text[:_MOST_CELL_CHARACTERS]))

    def _remarks_before(self, row: int) -> Iterator[Item]:
        while self._remarks and self._remarks[0][0] < row:
            at, text = self._remarks.popleft()
            yield from self._pager.row(at + 1, (), text)

    def _shown(self, cell: Any) -> str:
        if cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
            return self._formats.of(cell.xf_index).number(repr(cell.value), is_1904=self._formats.is_1904)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if cell.value else "FALSE"
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
        if cell.ctype == xlrd.XL_CELL_TEXT and cell.value:
            return self._formats.of(cell.xf_index).text(cell.value[:_MOST_CELL_CHARACTERS])
        return ""

    def _notes(self) -> Iterator[Note]:
        counts: dict[Code, int] = {
            "hidden_rows": self._hidden_rows,
            "hidden_columns": len(self._filled),
            "comments": self._remark_count,
        }
        for code, count in counts.items():
            if count:
                yield Note(code, count=count)
