"""Rows of tables, cut into pages; each page begins with the table's header, so that its values keep their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.extraction.cleaning import clean
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.flow import PAGE_CHARACTERS
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Locator, Page

MOST_ROWS = 200
# More than a text's page: a table's rows are short, and are looked up rather than read.
_PAGE_CHARACTERS = PAGE_CHARACTERS * 2
_MOST_HEADER_CHARACTERS = 1_000
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
        self._lines: list[str] = []
        self._characters = 0
        self._first_row = self._last_row = 0
        self._is_first = True

    def sheet(self, name: str | None) -> Iterator[Page]:
        yield from self.close()
        self._sheet = clean(name).replace("\n", " ")[:100] if name is not None else None
        self._header, self._is_first = None, True

    def row(self, number: int, values: Sequence[str]) -> Iterator[Page]:
        """values: by column from A; raises ExtractionError too_many_rows."""
        line = _line(values)
        if not line:
            return
        self._rows_seen += 1
        if self._rows_seen > self._limits.max_rows:
            raise ExtractionError("too_many_rows", limits=self._limits)
        if len(line) > self._limits.max_page_characters:
            line = f"{line[: self._limits.max_page_characters - 100]} [the rest of this row is left out]"
        if self._lines and (len(self._lines) >= MOST_ROWS or self._characters + len(line) > _PAGE_CHARACTERS):
            yield from self.close()
        self._first_row = self._first_row if self._lines else number
        self._last_row = number
        self._lines.append(line)
        self._characters += len(line) + 1
        if self._is_first:
            self._header = line if _is_header(values, line) else None
            self._is_first = False

    def close(self) -> Iterator[Page]:
        if not self._lines:
            return
        lines, self._lines, self._characters = self._lines, [], 0
        self._number += 1
        if self._number < self._first_page:
            return
        header = self._header
        text = "\n".join(lines if header is None or lines[0] == header else [header, *lines])
        yield Page(self._number, self._locator(), text)

    def _locator(self) -> Locator:
        rows = f"rows {self._first_row}–{self._last_row}"
        if self._first_row == self._last_row:
            rows = f"row {self._first_row}"
        label = rows if self._sheet is None else f"sheet {self._sheet} {rows}"
        first, last = self._first_row, self._last_row
        return {"kind": "sheet", "label": label, "sheet": self._sheet, "first_row": first, "last_row": last}


def column_name(index: int) -> str:
    """ "A" for 0, "AA" for 26."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _line(values: Sequence[str]) -> str:
    """Cells by " | ". A wide gap is written as the next cell's column, since 16,000 columns may be empty."""
    cells: list[str] = []
    gap = 0
    for index, value in enumerate(values):
        text = " ".join(clean(value).split())
        if not text:
            gap += 1
            continue
        if gap > _MOST_GAP:
            cells.append(f"… {column_name(index)}: {text}")
        else:
            cells += [""] * gap + [text]
        gap = 0
    return SEPARATOR.join(cells)


def _is_header(values: Sequence[str], line: str) -> bool:
    """All words, at least two: a guess, by which at worst a row of words is repeated."""
    filled = [value.strip() for value in values if value.strip()]
    if len(filled) < 2 or len(line) > _MOST_HEADER_CHARACTERS:
        return False
    return not any(value[0].isdigit() or (value[0] in "-+" and value[1:2].isdigit()) for value in filled)
