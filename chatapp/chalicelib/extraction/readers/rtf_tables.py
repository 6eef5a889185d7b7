"""Tables of RTF, which knows no columns but where each cell's right edge is: the grid is that of all rows together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.extraction.flow import SectionPager

from .prose import MOST_COLUMNS, Block, Prose

# A table of more rows is laid out in stretches, and edges nearer than this are one (in twips, 1/1440 inch).
_MOST_ROWS = 2_000
_NEAR_TWIPS = 60
Merge = Literal["", "above", "before"]


@dataclass
class _Row:
    edges: list[int]
    merges: list[Merge]
    cells: list[list[Block]]


@dataclass
class Rows:
    """Of one table that is open. edges, merges: as the row in hand defines its cells."""

    rows: list[_Row] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    _edges: list[int] = field(default_factory=list)
    _merges: list[Merge] = field(default_factory=list)
    _merge: Merge = ""

    def define(self) -> None:
        self._edges, self._merges, self._merge = [], [], ""

    def merge(self, merge: Merge) -> None:
        self._merge = merge

    def edge(self, at: int) -> None:
        if len(self._edges) < MOST_COLUMNS:
            self._edges.append(at)
            self._merges.append(self._merge)
        self._merge = ""

    def end_cell(self, blocks: list[Block]) -> None:
        if len(self.cells) < MOST_COLUMNS:
            self.cells.append(blocks)

    def end_row(self) -> bool:
        """Whether there are so many rows that they are to be put."""
        if self.cells:
            self.rows.append(_Row(list(self._edges), list(self._merges), self.cells))
        self.cells = []
        return len(self.rows) >= _MOST_ROWS

    def take(self) -> list[Block]:
        """The rows as lines, each cell in its columns."""
        if self.cells:
            self.end_row()
        rows, self.rows = self.rows, []
        grid = _grid(row.edges for row in rows)
        prose = Prose(SectionPager())  # never paged: the rows are needed as blocks
        prose.open_box()
        prose.open_table()
        for row in rows:
            prose.open_row()
            left = 0
            for at, blocks in enumerate(row.cells):
                right = _column(grid, row.edges[at]) + 1 if at < len(row.edges) else left + 1
                prose.open_cell()
                prose.span(max(1, right - left), row.merges[at] if at < len(row.merges) else "")
                prose.replay(blocks)
                prose.close_cell()
                left = max(right, left + 1)
            prose.close_row()
        prose.close_table()
        return prose.close_box()


def _grid(rows: Iterable[list[int]]) -> list[int]:
    grid: list[int] = []
    for edge in sorted({edge for edges in rows for edge in edges}):
        if not grid or edge - grid[-1] > _NEAR_TWIPS:
            grid.append(edge)
    return grid[:MOST_COLUMNS]


def _column(grid: list[int], edge: int) -> int:
    return max(0, bisect_right(grid, edge) - 1)
