"""Rows of tables, cut into pages; each page begins with the table's header, so that its values keep their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.extraction.cleaning import clean
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import PAGE_CHARACTERS
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Locator, Page

from .headers import ROWS_LOOKED_AT, header_rows

MOST_ROWS = 200
# More than a text's page: a table's rows are short, and are looked up rather than read.
_PAGE_CHARACTERS = PAGE_CHARACTERS * 2
_MOST_HEADER_CHARACTERS = 1_000
_MOST_CHARACTERS_LOOKED_AT = 100_000
_MOST_GAP = 8
SEPARATOR = " | "


class RowPager:
    """Pages of one file's tables. Row numbers are the spreadsheet's; rows without a value are not counted."""

    def __init__(self, limits: Limits, first_page: int = 1) -> None:
        self._limits = limits
        self._first_page = first_page
        self._number = 0
        self._rows_seen = 0
        self._sheet: str | None = None
        self._header: str | None = None
        self._headings: list[str] = []
        self._lines: list[str] = []
        self._characters = 0
        self._first_row = self._last_row = 0
        self._block = _Block()
        self._last: tuple[Sequence[str], str] = ((), "")

    def sheet(self, name: str | None) -> Iterator[Page]:
        yield from self.close()
        self._sheet = sheet_name(name) if name is not None else None
        self._header, self._block = None, _Block()
        self._last_row = 0
        self._headings.clear()

    def row(self, number: int, values: Sequence[str], said: str = "") -> Iterator[Page]:
        """values: by column from A. said: of the row as a whole, at its end. Raises ExtractionError too_many_rows."""
        # A row may be repeated a million times, and is then the same object.
        line = self._last[1] if values and values is self._last[0] else row_line(values)
        self._last = (values, line)
        if not line and not said:
            return
        self._rows_seen += 1
        if self._rows_seen > self._limits.max_rows:
            raise ExtractionError("too_many_rows", limits=self._limits)
        if len(line) > self._limits.max_page_characters:
            line = f"{line[: self._limits.max_page_characters - 100]} [the rest of this row is left out]"
        shown = f"{line} {said}".strip() if said else line
        if self._lines and (len(self._lines) >= MOST_ROWS or self._characters + len(shown) > _PAGE_CHARACTERS):
            yield from self.close()
        if line and number > self._last_row + 1 and self._block.has_table:
            self._header, self._block = self._known_header(), _Block()
        self._first_row = self._first_row if self._lines else number
        self._last_row = number
        self._block.add(values if line else (), line)
        self._append(shown)

    def heading(self, text: str) -> None:
        """What is said of the sheet before its next row or line, if there is one."""
        self._headings.append(text)

    def line(self, text: str) -> Iterator[Page]:
        """What is said of the sheet, and is no row of it."""
        if self._lines and self._characters + len(text) > _PAGE_CHARACTERS:
            yield from self.close()
            self._header, self._block = None, _Block()
        if not self._lines:
            self._first_row = self._last_row = max(self._last_row, 1)
        self._append(text)

    def close(self) -> Iterator[Page]:
        if not self._lines:
            return
        lines, self._lines, self._characters = self._lines, [], 0
        header, self._header = self._header, self._known_header()
        self._number += 1
        if self._number < self._first_page:
            return
        text = "\n".join(lines if header is None or "\n".join(lines).startswith(header) else [header, *lines])
        yield Page(self._number, self._locator(), text)

    def _append(self, line: str) -> None:
        for each in (*self._headings, line):
            self._lines.append(each)
            self._characters += len(each) + 1
        self._headings.clear()

    def _known_header(self) -> str | None:
        """Of the table that the next rows belong to: the last one that had a header."""
        return self._block.header() or self._header

    def _locator(self) -> Locator:
        rows = f"rows {self._first_row}–{self._last_row}"
        if self._first_row == self._last_row:
            rows = f"row {self._first_row}"
        label = rows if self._sheet is None else f"sheet {self._sheet} {rows}"
        first, last = self._first_row, self._last_row
        return {"kind": "sheet", "label": label, "sheet": self._sheet, "first_row": first, "last_row": last}


class _Block:
    """The first rows of a run of rows, without an empty one between them."""

    def __init__(self) -> None:
        self._rows: list[Sequence[str]] = []
        self._lines: list[str] = []
        self._characters = 0

    @property
    def has_table(self) -> bool:
        return sum(len(row) > 1 for row in self._rows) > 1

    def add(self, values: Sequence[str], line: str) -> None:
        if line and len(self._rows) < ROWS_LOOKED_AT and self._characters < _MOST_CHARACTERS_LOOKED_AT:
            self._rows.append(values)
            self._lines.append(line)
            self._characters += len(line)

    def header(self) -> str | None:
        found = header_rows(self._rows)
        if found is None:
            return None
        text = "\n".join(self._lines[found[0] : found[1] + 1])
        return text if len(text) <= _MOST_HEADER_CHARACTERS else None


def sheet_name(name: str) -> str:
    return clean(name).replace("\n", " ")[:100]


def column_name(index: int) -> str:
    """ "A" for 0, "AA" for 26."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def row_line(values: Sequence[str]) -> str:
    """Cells by " | ". A wide gap is written as the next cell's column, since 16,000 columns may be empty."""
    cells: list[str] = []
    gap = 0
    for index, value in enumerate(values):
        text = " ".join(clean(value).split()) if value else ""
        if not text:
            gap += 1
            continue
        if gap > _MOST_GAP:
            cells.append(f"… {column_name(index)}: {text}")
        else:
            cells += [""] * gap + [text]
        gap = 0
    return SEPARATOR.join(cells)
