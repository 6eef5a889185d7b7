"""Cells that reach over several rows and columns: what they say is said in each row and column that they cover.

So a header over columns 4 and 5 can be told from one over column 4, and each row says what it belongs to. An amount
stands once, so that nobody counts it twice; so does a title, which is alone in its row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .headers import is_amount
from .tables import row_line

_MOST_COLUMNS = 64
_MOST_CHARACTERS = 60
_MOST_CELLS = 200_000


@dataclass(slots=True)
class Merge:
    """All from 0 for columns and as the sheet counts for rows; the last ones belong to it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    text: str = ""


class Merges:
    """Of one sheet, whose rows come in order."""

    def __init__(self, merges: Iterable[Merge]) -> None:
        self._coming = sorted(merges, key=lambda merge: merge.first_row, reverse=True)
        self._active: list[Merge] = []

    def add(self, merge: Merge) -> None:
        """One that begins in the row that is filled next."""
        self._coming.append(merge)

    def filled(self, row: int, values: list[str]) -> list[str]:
        """The row's values with those that reach into it; a row without a value of its own stays without."""
        if not self._coming and not self._active:
            return values
        self._active = [merge for merge in self._active if merge.last_row >= row]
        while self._coming and self._coming[-1].first_row <= row:
            merge = self._coming.pop()
            has_value = merge.first_row == row and merge.first_column < len(values)
            merge.text = values[merge.first_column].strip() if has_value else ""
            if merge.text:
                self._active.append(merge)
        if not any(values):
            return values
        return spread(row, values, self._active)


def spread(row: int, values: list[str], merges: Iterable[Merge]) -> list[str]:
    is_alone = sum(bool(value) for value in values) == 1
    leftmost = next((column for column, value in enumerate(values) if value), 0)
    out = list(values)
    for merge in merges:
        # What stands left of all else is what its rows are about, numbers too.
        if merge.first_column > min(leftmost, merge.last_column) and is_amount(merge.text):
            continue
        is_first = merge.first_row == row
        is_wide = merge.last_column - merge.first_column >= _MOST_COLUMNS or len(merge.text) > _MOST_CHARACTERS
        last = merge.first_column if is_wide or (is_first and is_alone) or is_amount(merge.text) else merge.last_column
        out += [""] * (last + 1 - len(out))
        for column in range(merge.first_column + is_first, last + 1):
            out[column] = out[column] or merge.text
    return out


@dataclass
class Grid:
    """A table of a slide or a text, in which every place has a cell, covered ones too."""

    rows: list[list[str]] = field(default_factory=list)
    _merges: list[Merge] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _cells: int = 0
    _span: tuple[int, int] = (1, 1)
    _is_covered: bool = False

    def start_cell(self, columns: int = 1, rows: int = 1, *, is_continued: bool = False) -> None:
        self._cells += 1
        self._row.append("")
        self._span, self._is_covered = (columns, rows), is_continued

    def add(self, text: str) -> None:
        if self._row and not self._is_covered and self._cells <= _MOST_CELLS:
            self._row[-1] = f"{self._row[-1]} {text}".strip()

    def end_cell(self) -> None:
        columns, rows = self._span
        if self._row and self._row[-1] and (columns > 1 or rows > 1):
            at, column = len(self.rows), len(self._row) - 1
            self._merges.append(Merge(at, at + rows - 1, column, column + columns - 1))

    def end_row(self) -> None:
        if self._cells <= _MOST_CELLS:
            self.rows.append(self._row)
        self._row = []

    def lines(self) -> list[str]:
        merges = Merges(self._merges)
        return [line for at, row in enumerate(self.rows) if (line := row_line(merges.filled(at, row)))]
