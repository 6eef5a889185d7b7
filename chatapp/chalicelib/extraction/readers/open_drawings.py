"""Objects in OpenDocument files: charts, which are documents of their own, as small tables."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.extraction.notes import Note

from .merged_cells import Grid
from .ooxml import Attributes, Package
from .open_document import CONTENT, blanks, repeated

_MOST_CHARACTERS = 200_000
_MOST_REPEATED = 100
_LEFT_OUT = "[The rest of this chart is left out.]"


@dataclass(frozen=True)
class ObjectLink:
    """href: as the file has it, "./Object 1"."""

    href: str


def object_lines(package: Package, item: ObjectLink | str) -> Iterator[str | Note]:
    """A chart's title and values; a note for an object that is none. Texts stay as they are."""
    if isinstance(item, str):
        yield item
        return
    part = posixpath.normpath(posixpath.join(item.href, CONTENT)).lstrip("/")
    reader = _ChartReader()
    if package.has(part):
        for _ in package.stream(part, reader.start, reader.end, reader.characters):
            if reader.size > _MOST_CHARACTERS:
                break
    lines = reader.lines()
    if lines:
        yield from lines
    else:
        yield Note("objects_left_out", count=1)


class _ChartReader:
    def __init__(self) -> None:
        self.size = 0
        self._is_chart = False
        self._titles: list[list[str]] = []  # the chart's, then the axes'
        self._in_title = self._in_paragraph = False
        self._grid: Grid | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "chart:chart":
            self._is_chart = True
        elif tag == "chart:title":
            self._in_title = True
            self._titles.append([])
        elif tag == "table:table" and self._is_chart:
            self._grid = Grid()
        elif tag == "table:table-cell" and self._grid:
            self._grid.start_cell()
            for _ in range(repeated(attributes, "table:number-columns-repeated", _MOST_REPEATED) - 1):
                self._grid.start_cell()
        elif tag == "text:p":
            self._in_paragraph = True
        elif tag == "text:s":
            self.characters(blanks(attributes))

    def end(self, tag: str) -> None:
        if tag == "chart:title":
            self._in_title = False
        elif tag == "table:table-row" and self._grid:
            self._grid.end_row()
        elif tag == "text:p":
            text = "".join(self._text).strip()
            self._text.clear()
            self._in_paragraph = False
            if self._in_title:
                self._titles[-1].append(text)
            elif self._grid:
                self._grid.add(text)

    def characters(self, text: str) -> None:
        if self._in_paragraph:
            self._text.append(text)
            self.size += len(text)

    def lines(self) -> list[str]:
        if not self._is_chart:
            return []
        titles = [" ".join(title) for title in self._titles]
        axes = " · ".join(titles[1:])
        head = "Chart" + (f": {titles[0]}" if titles and titles[0] else "") + (f" ({axes})" if axes else "")
        rows = self._grid.lines() if self._grid else []
        return [head, *rows, *([_LEFT_OUT] if self.size > _MOST_CHARACTERS else [])]
