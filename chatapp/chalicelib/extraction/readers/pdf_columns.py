"""Columns of prose: what is read down one side of a page before the other. No PDF in here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from .pdf_runs import Run, is_rtl, rows_of

_LONG_CHARACTERS, _LONG_WORDS = 20, 3
_LEAST_LINES = 5  # long ones, on each side
_MOST_SWITCHES = 0.2  # from side to side in the file's own order, which goes row by row in a table
_MOST_DEPTH = 3


def regions(runs: list[Run], depth: int = 0) -> Iterator[list[Run]]:
    """In the order they are read in. runs: in the file's own order."""
    edge = _gutter(runs) if depth < _MOST_DEPTH else None
    if edge is None:
        yield runs
        return
    place = {id(run): at for at, run in enumerate(runs)}
    sides = _Sides([], [], [])
    rows = rows_of(runs)
    in_table = [False, *(_is_table_row(row, edge) for row in rows), False]
    for at, row in enumerate(rows):
        if _is_across(row, edge) or (in_table[at + 1] and (in_table[at] or in_table[at + 2])):
            if sides.left or sides.right:
                yield from sides.closed(place, depth)
                sides = _Sides([], [], [])
            sides.across.extend(row)
        else:
            for run in row:
                (sides.left if run.right <= edge else sides.right).append(run)
    yield from sides.closed(place, depth)


class _Sides:
    """A stretch of the page: what stands across, then beside each other."""

    def __init__(self, across: list[Run], left: list[Run], right: list[Run]) -> None:
        self.across, self.left, self.right = across, left, right

    def closed(self, place: dict[int, int], depth: int) -> Iterator[list[Run]]:
        if self.across:
            yield self.across
        sides = (self.right, self.left) if is_rtl(self.left + self.right) else (self.left, self.right)
        for side in sides:
            if side:
                yield from regions(sorted(side, key=lambda run: place[id(run)]), depth + 1)


def _gutter(runs: list[Run]) -> float | None:
    """Where the right one of two columns of prose begins."""
    long = [run for run in runs if len(run.text) >= _LONG_CHARACTERS and run.text.count(" ") >= _LONG_WORDS - 1]
    if len(long) < 2 * _LEAST_LINES:
        return None
    first, last = min(run.left for run in long), max(run.right for run in long)
    starts = Counter(round(run.left / 2) for run in long if run.left > first + 0.15 * (last - first))
    for start, count in starts.most_common(3):
        edge = 2 * start - 2.0
        right = [run for run in long if run.left >= edge]
        if count < _LEAST_LINES or not right:
            continue
        top, bottom = min(run.top for run in right), max(run.bottom for run in right)
        left = [run for run in long if run.right <= edge and run.bottom > top and run.top < bottom]
        crossing = [run for run in long if run.left < edge < run.right and run.bottom > top and run.top < bottom]
        if len(left) >= _LEAST_LINES and len(crossing) < 0.2 * len(left) and _is_read_by_column(long, edge):
            return edge
    return None


def _is_read_by_column(long: list[Run], edge: float) -> bool:
    sides = [run.left >= edge for run in long if not run.left < edge < run.right]
    return sum(one != other for one, other in pairwise(sides)) <= _MOST_SWITCHES * len(sides)


def _is_across(row: list[Run], edge: float) -> bool:
    return any(run.left < edge < run.right for run in row)


def _is_table_row(row: list[Run], edge: float) -> bool:
    """Of a table as wide as the page, where another such row is above or below it."""
    is_short = len(row) > 2 and all(len(run.text) < _LONG_CHARACTERS for run in row)
    return is_short and any(run.right <= edge for run in row) and any(run.left >= edge for run in row)
