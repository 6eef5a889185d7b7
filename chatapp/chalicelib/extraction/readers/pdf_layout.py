"""From words with boxes to a page's text: lines from top to bottom, columns of prose in turn, tables as rows.

No PDF in here. Coordinates are points from the page's upper left corner, as the page is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import median

from .pdf_columns import regions
from .pdf_runs import Run, beside, is_rtl, joined, rows_of, runs_of, upright, without_rules
from .pdf_tables import Row, table_lines
from .pdfium import Word

# In heights of a line, which are about 1.2 of the letters' size.
_APART = 2.5  # a wider blank between two lines ends what stood in columns above
_PARAGRAPH = 0.9
_PROSE_CHARACTERS, _PROSE_FILLED, _PROSE_LINES = 20, 0.6, 3


def laid_out(words: list[Word], filled: Iterable[Run] = ()) -> str:
    """filled: what stands on the page besides its words: values of fields, typed remarks."""
    words, aside = upright(words)
    runs = runs_of(words)
    values = list(filled)
    if values:
        runs = [*without_rules(runs, values), *values]
    lines: list[str] = []
    for region in regions(runs):
        rows = [run for row in rows_of(region) for run in joined(row)]
        lines.extend(line for zone in _zones(rows) for line in _lines(zone))
    return "\n".join([*lines, *aside])


# --- Rows to zones: stretches of the page with the same columns -----------------------------------------------------


class _Column:
    def __init__(self, run: Run) -> None:
        self.left, self.right, self.members = run.left, run.right, [run]


def _zones(runs: list[Run]) -> Iterator[list[Run]]:
    """Runs as they came, until one lies over two columns that have something beside each other."""
    if not any(beside(run, below) for run, below in pairwise(runs)):
        yield runs
        return
    zone: list[Run] = []
    columns: list[_Column] = []
    bottom = 0.0
    for run in runs:
        if zone and run.top - bottom > _APART * run.height:
            yield zone
            zone, columns, bottom = [], [], 0.0
        if not _placed(run, columns):
            mates: list[Run] = [run]
            while zone and beside(zone[-1], run):
                mates.insert(0, zone.pop())
            if zone:
                yield zone
            zone, columns, bottom = mates, [], 0.0
            for mate in mates:
                if not _placed(mate, columns):
                    columns.append(_Column(mate))
                bottom = max(bottom, mate.bottom)
            continue
        zone.append(run)
        bottom = max(bottom, run.bottom)
    if zone:
        yield zone


def _placed(run: Run, columns: list[_Column]) -> bool:
    """Put a run into its column, unless that would hold two runs beside each other."""
    touched = [column for column in columns if run.left < column.right - 1 and run.right > column.left + 1]
    if not touched:
        columns.append(_Column(run))
        return True
    first = touched[0]
    if any(beside(member, run) for column in touched for member in column.members[-3:]):
        return False
    if len(touched) > 1:
        members = sorted((member for column in touched for member in column.members), key=lambda each: each.top)
        if any(beside(one, other) for one, other in pairwise(members)):
            return False
        first.members = members
        for column in touched[1:]:
            columns.remove(column)
    first.members.append(run)
    first.left = min(run.left, *(column.left for column in touched))
    first.right = max(run.right, *(column.right for column in touched))
    return True


# --- Zones to lines -------------------------------------------------------------------------------------------------


def _lines(zone: list[Run]) -> Iterator[str]:
    columns = _columns(zone) if any(beside(run, below) for run, below in pairwise(zone)) else [zone]
    if len(columns) == 1:
        yield from _plain(zone)
    elif _is_prose(columns):
        for column in reversed(columns) if is_rtl(zone) else columns:
            yield from _plain(column)
    else:
        yield from _table(zone, columns)


def _columns(zone: list[Run]) -> list[list[Run]]:
    columns: list[list[Run]] = []
    right = 0.0
    for run in sorted(zone, key=lambda run: run.left):
        if columns and run.left < right - 1:
            columns[-1].append(run)
            right = max(right, run.right)
        else:
            columns.append([run])
            right = run.right
    for column in columns:
        column.sort(key=lambda run: run.middle)
    return columns


def _plain(runs: list[Run]) -> Iterator[str]:
    before: Run | None = None
    for run in runs:
        if before is not None and run.top - before.bottom > _PARAGRAPH * run.height:
            yield ""
        yield run.text
        before = run
    yield ""


def _is_prose(columns: list[list[Run]]) -> bool:
    """Whether columns are read one after the other: their lines are long, and most fill their column."""
    long = [column for column in columns if _has_long_lines(column)]
    if len(long) < 2:
        return False
    characters = [sum(len(run.text) for run in column) for column in columns]
    return sum(sum(len(run.text) for run in column) for column in long) >= 0.8 * sum(characters)


def _has_long_lines(column: list[Run]) -> bool:
    if len(column) < _PROSE_LINES:
        return False
    width = max(run.right for run in column) - min(run.left for run in column)
    filled = median(run.right - run.left for run in column) >= _PROSE_FILLED * width
    return filled and median(len(run.text) for run in column) >= _PROSE_CHARACTERS


def _table(zone: list[Run], columns: list[list[Run]]) -> Iterator[str]:
    place = {id(run): at for at, column in enumerate(columns) for run in column}
    rows: list[Row] = []
    for row in rows_of(zone):
        cells: Row = [[] for _ in columns]
        for run in sorted(row, key=lambda run: run.left):
            cells[place[id(run)]].append(run)
        rows.append(cells)
    yield from table_lines(rows, is_rtl=is_rtl(zone))
    yield ""
