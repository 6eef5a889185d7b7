"""Paragraphs, headings and tables of a word processor's document, as they come, put to pages.

What stands in a cell goes to its cell, what stands in a box is held until the paragraph that it hangs on is whole.
A row is a line with " | " between its cells, each in its column: a merged cell's text is in all of the columns and rows
that it stands over. Shared by DOCX, ODT and RTF.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.pages import Page

from .tables import SEPARATOR

MOST_COLUMNS = 1_000
# A merged cell's text is said in each of its places as far as it serves to look something up.
_MOST_REPEATED = 80


class Block(NamedTuple):
    kind: Literal["paragraph", "heading", "row"]
    text: str


def lines_as_blocks(lines: Iterable[str]) -> list[Block]:
    """Of a chart or diagram, some of them rows."""
    return [Block("row" if SEPARATOR in line else "paragraph", line) for line in lines]


@dataclass
class _Holder:
    """A box, or a cell: `columns` wide; its text may be that of the cell above or before it."""

    is_cell: bool = False
    columns: int = 1
    merge: Literal["", "above", "before"] = ""
    blocks: list[Block] = field(default_factory=list)

    def text(self) -> str:
        return " ".join(" ".join(block.text.split("\n")).strip() for block in self.blocks if block.kind != "row")


@dataclass
class _Table:
    """above: of the row before, by column."""

    above: dict[int, str] = field(default_factory=dict)
    cells: list[_Holder] = field(default_factory=list)
    skipped: int = 0


class Prose:
    def __init__(self, pager: SectionPager) -> None:
        self._pager = pager
        self._ready: list[Page] = []
        self._holders: list[_Holder] = []
        self._tables: list[_Table] = []

    def take(self) -> list[Page]:
        ready, self._ready = self._ready, []
        return ready

    @property
    def in_cell(self) -> bool:
        return bool(self._holders) and self._holders[-1].is_cell

    def paragraph(self, text: str) -> None:
        self._put(Block("paragraph", text))

    def heading(self, text: str) -> None:
        self._put(Block("heading", text))

    def replay(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self._put(block)

    def _put(self, block: Block) -> None:
        if not block.text.strip():
            return
        if self._holders:
            self._holders[-1].blocks.append(block)
        elif block.kind == "heading":
            self._ready.extend(self._pager.heading(block.text))
        else:
            self._ready.extend(self._pager.paragraph(block.text))

    def open_box(self) -> None:
        self._holders.append(_Holder())

    def close_box(self) -> list[Block]:
        """What stood in it; the caller says where it goes."""
        return self._holders.pop().blocks if self._holders and not self._holders[-1].is_cell else []

    def open_table(self) -> None:
        self._tables.append(_Table())

    def close_table(self) -> None:
        if self._tables:
            self._tables.pop()

    def open_row(self, skipped: int = 0) -> None:
        """skipped: columns before its first cell."""
        if not self._tables:
            self.open_table()
        self._tables[-1].cells, self._tables[-1].skipped = [], min(skipped, MOST_COLUMNS)

    def skip_columns(self, count: int) -> None:
        if self._tables and not self._tables[-1].cells:
            self._tables[-1].skipped = min(count, MOST_COLUMNS)

    def open_cell(self) -> None:
        if not self._tables:
            self.open_row()
        cell = _Holder(is_cell=True)
        self._tables[-1].cells.append(cell)
        self._holders.append(cell)

    def span(self, columns: int = 1, merge: Literal["", "above", "before"] = "") -> None:
        """Of the open cell."""
        if self.in_cell:
            self._holders[-1].columns = max(1, min(columns, MOST_COLUMNS))
            self._holders[-1].merge = merge or self._holders[-1].merge

    def close_cell(self) -> None:
        if self.in_cell:
            self._holders.pop()

    def close_row(self) -> None:
        if not self._tables:
            return
        table = self._tables[-1]
        cells, table.cells = table.cells, []
        if cells and not table.skipped and all(cell.merge == "before" and not cell.blocks for cell in cells[1:]):
            self._close_single(table, cells[0])
            return
        values = _values(cells, table)
        if any(value.strip() for value in values):
            self._put(Block("row", SEPARATOR.join(values)))
        self.replay(block for cell in cells for block in cell.blocks if block.kind == "row")

    def _close_single(self, table: _Table, cell: _Holder) -> None:
        """A title over the whole table, or a frame around paragraphs: no row."""
        table.above = dict.fromkeys(range(cell.columns), cell.text())
        if not cell.merge:
            self.replay(block if block.kind == "row" else Block("paragraph", block.text) for block in cell.blocks)


def _values(cells: list[_Holder], table: _Table) -> list[str]:
    values = [""] * table.skipped
    above: dict[int, str] = {}
    for cell in cells:
        at = len(values)
        if at >= MOST_COLUMNS:
            break
        text = cell.text()
        if cell.merge == "above":
            text = text or table.above.get(at, "")
        elif cell.merge == "before":
            text = text or above.get(at - 1, "")
        shown = _repeated(text) if cell.merge else text
        count = min(cell.columns, MOST_COLUMNS - at)
        values += [shown] + [_repeated(text)] * (count - 1)
        above |= dict.fromkeys(range(at, at + count), text)
    table.above = above
    return values


def _repeated(text: str) -> str:
    return text if len(text) <= _MOST_REPEATED else f"{text[:_MOST_REPEATED].rstrip()} …"
