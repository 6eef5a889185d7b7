"""Tables of a web page: each value in its own column, whatever cells span; tables that only lay out are texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.extraction.flow import PAGE_CHARACTERS

from .tables import SEPARATOR, column_name

_MOST_COLUMNS = 1_000
_MOST_GAP = 8
_MOST_ROWS_SPANNED = 65_534
_MOST_REPEATED = 100  # characters of a cell over several rows that are said in each of them
_MOST_HEADER = 1_000
_MOST_CELL = 1_000  # characters of a cell of several paragraphs, from which on its table is one that lays out
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a table's row with the rows that head its table."""

    text: str
    is_heading: bool = False
    is_row: bool = False
    header: str = ""


@dataclass(slots=True)
class _Cell:
    columns: int
    rows: int
    is_heading: bool
    blocks: list[Block] = field(default_factory=list)

    def text(self) -> str:
        """In one line; a small table inside stays rows of values."""
        parts: list[str] = []
        for block in self.blocks:
            said = block.text.replace(SEPARATOR, ", ") + ";" if block.is_row else block.text
            parts.append(" ".join(said.split()))
        return " ".join(parts).removesuffix(";")


class Table:
    """Rows as they come; `end_row` gives what is to be shown."""

    def __init__(self) -> None:
        self._cells: list[_Cell] = []
        self._cell: _Cell | None = None
        self._row = 0
        self._spans: dict[int, tuple[int, str]] = {}  # column: the last row that is spanned, what stands in it
        self._widest = 0
        self._characters = 0
        self._lays_out = False
        self._header: list[str] = []
        self._is_head = True

    def begin_section(self, *, is_head: bool) -> None:
        self._spans.clear()
        self._is_head = is_head or not self._row

    def begin_cell(self, attributes: Attributes, *, is_heading: bool) -> None:
        columns = _span(attributes.get("colspan", ""), _MOST_COLUMNS)
        rows = _span(attributes.get("rowspan", ""), _MOST_ROWS_SPANNED)
        self._cell = _Cell(max(1, columns), rows or _MOST_ROWS_SPANNED, is_heading)
        if not self._lays_out:
            self._cells.append(self._cell)

    def end_cell(self) -> None:
        self._cell = None

    def holds(self, block: Block) -> bool:
        """Keep it for the row's end, if a cell is open."""
        if self._cell is None or self._lays_out:
            return False
        self._cell.blocks.append(block)
        self._characters += len(block.text)
        return True

    def is_too_long(self) -> bool:
        """For a row of values: the page is laid out by this table, and its text is given out as it comes."""
        return self._characters > PAGE_CHARACTERS * 2

    def spread(self) -> list[Block]:
        blocks = [block for cell in self._cells for block in cell.blocks]
        self._cells, self._characters, self._lays_out = [], 0, True
        return blocks

    def end_row(self) -> list[Block]:
        cells, self._cells = self._cells, []
        self._cell, self._characters = None, 0
        lays_out, self._lays_out = self._lays_out, False
        if not cells or lays_out:
            self._row += bool(cells) or lays_out
            return []
        self._widest = max(self._widest, sum(cell.columns for cell in cells))
        if (self._widest == 1 and not self._spans) or any(_is_laid_out(cell) for cell in cells):
            self._row += 1
            return [block for cell in cells for block in cell.blocks]
        line = _line(self._placed(cells))
        self._row += 1
        return [self._shown(line, is_head=all(cell.is_heading for cell in cells))] if line else []

    def _shown(self, line: str, *, is_head: bool) -> Block:
        header = "\n".join(self._header)
        self._is_head = self._is_head and is_head
        if self._is_head and len(header) + len(line) < _MOST_HEADER:
            self._header.append(line)
        return Block(line, is_row=True, header=header if not self._is_head else "")

    def _placed(self, cells: list[_Cell]) -> list[str]:
        values: list[str] = []
        for cell in cells:
            self._fill(values)
            text = cell.text()
            columns = max(1, min(cell.columns, _MOST_COLUMNS - len(values)))
            if cell.rows > 1 and len(values) + columns <= _MOST_COLUMNS:
                said = text if len(text) <= _MOST_REPEATED else ""
                last = self._row + cell.rows - 1
                for column in range(columns):
                    self._spans[len(values) + column] = (last, "" if column else said)
            values += [text] + [""] * (columns - 1)
        self._fill(values, to_the_end=True)
        return values

    def _fill(self, values: list[str], *, to_the_end: bool = False) -> None:
        """The columns that cells of rows before stand in, from where the row is."""
        while (span := self._spans.get(len(values))) is not None and span[0] >= self._row:
            values.append(span[1])
        if to_the_end:
            self._spans = {column: span for column, span in self._spans.items() if span[0] > self._row}
            for column in sorted(column for column in self._spans if column >= len(values)):
                values += [""] * (column - len(values))
                values.append(self._spans[column][1])


def _span(text: str, most: int) -> int:
    text = text.strip()
    return min(int(text), most) if text.isdecimal() and len(text) < 10 else 1


def _is_laid_out(cell: _Cell) -> bool:
    """Of several paragraphs, a heading among them or longer than values are."""
    if len(cell.blocks) < 2:
        return False
    return any(block.is_heading for block in cell.blocks) or sum(len(each.text) for each in cell.blocks) > _MOST_CELL


def _line(values: list[str]) -> str:
    """Cells by " | "; a wide gap is written as the next cell's column."""
    cells: list[str] = []
    gap = 0
    for index, text in enumerate(values):
        if not text:
            gap += 1
            continue
        cells += [f"… {column_name(index)}: {text}"] if gap > _MOST_GAP else [*([""] * gap), text]
        gap = 0
    return SEPARATOR.join(cells)
