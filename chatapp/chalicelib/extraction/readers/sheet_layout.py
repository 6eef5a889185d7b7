"""How a sheet is laid out: columns and rows that are hidden, cells that are merged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .merged_cells import Merge
from .ooxml import Attributes, Package
from .tables import column_name
from .workbook import column_index, row_number, whole

_TRUE = {"1", "true"}
_LAST_COLUMN = 16_383
_MOST_RANGES = 1_000
_MOST_MERGES = 50_000
_MOST_SAID = 20
# Merged cells stand after all rows: they are searched for before, since the rows leave as they come.
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=[\"']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})[\"']")
_OVERLAP_BYTES = 300


@dataclass
class Layout:
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last, from 0
    hides_rows: bool = False
    _filled: set[int] = field(default_factory=set)

    def column(self, attributes: Attributes) -> None:
        """Of an s:col."""
        is_hidden = attributes.get("hidden") in _TRUE or attributes.get("width") in {"0", "0.0"}
        first, last = whole(attributes.get("min")) - 1, whole(attributes.get("max")) - 1
        if is_hidden and 0 <= first <= last <= _LAST_COLUMN and len(self.hidden_columns) < _MOST_RANGES:
            self.hidden_columns.append((first, last))

    def is_row_hidden(self, attributes: Attributes) -> bool:
        if "hidden" in attributes:
            return attributes["hidden"] in _TRUE
        height = attributes.get("ht")
        return height in {"0", "0.0"} or (self.hides_rows and height is None)

    def seen(self, values: list[str]) -> None:
        """A row, of which hidden columns may hold something."""
        for first, last in self.hidden_columns:
            self._filled.update(at for at in range(first, min(last + 1, len(values))) if values[at])

    @property
    def hidden_columns_filled(self) -> int:
        return len(self._filled)

    def said(self) -> str:
        return hidden_columns_said(self.hidden_columns)


def hidden_columns_said(ranges: list[tuple[int, int]]) -> str:
    """ranges: first and last, from 0."""
    names = [column_name(first) + (f"–{column_name(last)}" if last > first else "") for first, last in ranges]
    return f"[Hidden columns: {', '.join(names[:_MOST_SAID])}{', …' if len(names) > _MOST_SAID else ''}]"


def merges_of(package: Package, part: str) -> list[Merge]:
    found: list[Merge] = []
    for first, last in _ranges(package, part):
        top, bottom, left, right = row_number(first), row_number(last), column_index(first), column_index(last)
        if 0 < top <= bottom and 0 <= left <= right <= _LAST_COLUMN:
            found.append(Merge(top, bottom, left, right))
        if len(found) >= _MOST_MERGES:
            break
    return found


def _ranges(package: Package, part: str) -> Iterator[tuple[str, str]]:
    rest = b""
    for chunk in package.chunks(part):
        text = rest + chunk
        end = 0
        if b"mergeCell" in text:
            for match in _MERGE.finditer(text):
                end = match.end()
                yield match[1].decode(), match[2].decode()
        rest = text[max(end, len(text) - _OVERLAP_BYTES) :]
