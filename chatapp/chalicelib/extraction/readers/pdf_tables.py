"""Rows of cells to lines of text: `Washers |  | 3.20`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from .pdf_runs import Run

Row = list[list[Run]]  # a list of runs for each column; an empty one is a blank cell

_APART = "   "
# What stands before an item of a list, or of numbered clauses.
_MARKER = re.compile(
    r"([\u2022\u25aa\u25ab\u25cf\u25cb\u25e6\u2023\u2043\u2013\u2014\u27a2\u2713\uf0b7\uf0a7*\u00b7o\-]"
    r"|\[[x ]\]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]|[0-9]{1,3}(\.[0-9]{1,3})+[.)]?|\(?[ivxIVX]{1,6}[.)])$"
)
_NUMBER = re.compile(r"[\d.,%()€$£\s+\-\u2212]+$")
_LABEL = re.compile(r".*:$")
_FEW, _LONG = 0.4, 40
_WRAPPED, _WIDER = 1.35, 1.25  # a wrapped line's distance in heights; how much more rows are apart


def table_lines(rows: list[Row], *, is_rtl: bool) -> Iterator[str]:
    """What stands in columns without being a table is lines with blanks between."""
    rows = list(rows)
    while rows and _filled(rows[0]) == 1:
        yield _joined_cells(rows.pop(0), _APART)
    after: list[Row] = []
    while rows and _filled(rows[-1]) == 1 and not _follows(rows):
        after.insert(0, rows.pop())
    if sum(_filled(row) > 1 for row in rows) < 2:
        yield from (_joined_cells(row, _APART, is_rtl=is_rtl) for row in rows)
    elif _is_list(rows):
        yield from (_joined_cells(row, " ", is_rtl=is_rtl) for row in rows)
    else:
        for row in _unwrapped(rows):
            texts = [" ".join(run.text for run in cell) for cell in row]
            yield " | ".join(reversed(texts) if is_rtl else texts)
    yield from (_joined_cells(row, _APART) for row in after)


def _filled(row: Row) -> int:
    return sum(bool(cell) for cell in row)


def _joined_cells(row: Row, between: str, *, is_rtl: bool = False) -> str:
    texts = [" ".join(run.text for run in cell) for cell in row if cell]
    texts = [f"{text}{' ' if _LABEL.match(text) else between}" for text in (reversed(texts) if is_rtl else texts)]
    return "".join(texts).strip()


def _is_list(rows: list[Row]) -> bool:
    """Two columns, of which the first holds marks, labels or a few notes in the margin only."""
    if len(rows[0]) != 2:
        return False
    firsts = [" ".join(run.text for run in row[0]) for row in rows if row[0]]
    seconds = [sum(len(run.text) for run in row[1]) for row in rows if row[1]]
    if len(firsts) < _FEW * len(rows) and median(seconds) >= _LONG:
        return True
    return all(_MARKER.match(text) for text in firsts) or all(_LABEL.match(text) for text in firsts)


def _follows(rows: list[Row]) -> bool:
    """Whether the last row is as near as rows of this table are, and begins where its first column does."""
    if len(rows) < 3 or not rows[-1][0]:
        return bool(len(rows) >= 3 and not rows[-1][0])
    pitches = _pitches(rows)
    lefts = [row[0][0].left for row in rows[:-1] if row[0]]
    return pitches[-1] <= 1.3 * max(pitches[:-1]) and abs(rows[-1][0][0].left - min(lefts, default=0)) < 3


def _pitches(rows: list[Row]) -> list[float]:
    """How far each row is from the one before."""
    middles = [next(run.middle for cell in row for run in cell) for row in rows]
    return [later - earlier for earlier, later in pairwise(middles)]


def _unwrapped(rows: list[Row]) -> Iterator[Row]:
    """Lines that go on in the cell above are part of it: near to it, with the first cell blank, and no number."""
    pitches = [0.0, *_pitches(rows)]
    widest = max(pitches)
    whole: Row | None = None
    for row, pitch in zip(rows, pitches, strict=True):
        height = max(run.height for cell in row for run in cell)
        goes_on = (
            whole is not None
            and not row[0]
            and pitch <= _WRAPPED * height
            and widest >= _WIDER * pitch
            and all(above and not _is_number(cell) for cell, above in zip(row, whole, strict=True) if cell)
        )
        if goes_on and whole is not None:
            whole = [[*above, *cell] for above, cell in zip(whole, row, strict=True)]
            continue
        if whole is not None:
            yield whole
        whole = row
    if whole is not None:
        yield whole


def _is_number(cell: list[Run]) -> bool:
    return all(_NUMBER.match(run.text) for run in cell)
