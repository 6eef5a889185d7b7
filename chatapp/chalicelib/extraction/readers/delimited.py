"""CSV and TSV: the separator is found out by the first lines; pages are runs of rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item

from .plain_text import decoded
from .tables import RowPager

_SEPARATORS = ",;\t|"
_LINES_LOOKED_AT = 20
_MOST_LINE_CHARACTERS = 1_000_000


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    encoding = charset.of_file(path)
    separator = _separator(list(islice(_lines(path, encoding), _LINES_LOOKED_AT)))
    csv.field_size_limit(limits.max_page_characters)
    pager = RowPager(limits, start_page)
    try:
        for number, row in enumerate(csv.reader(_lines(path, encoding), delimiter=separator), start=1):
            yield from pager.row(number, row)
    except csv.Error as error:  # a quote that is opened and never closed, or a line of many megabytes
        raise ExtractionError("broken_file", "csv.Error", format="CSV") from error
    yield from pager.close()


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends, as csv wants them; without NULs, which it refuses."""
    pending = ""
    for chunk in decoded(path, encoding):
        *lines, pending = (pending + chunk.replace("\x00", "")).split("\n")
        yield from (line + "\n" for line in lines)
        if len(pending) > _MOST_LINE_CHARACTERS:
            raise csv.Error
    if pending:
        yield pending


def _separator(lines: list[str]) -> str:
    """The one that parts most lines into the same number of fields, and that into many."""

    def score(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines if line.strip()]
        commonest = max(counts, key=counts.count, default=0)
        return (counts.count(commonest) if commonest else 0, commonest)

    return max(_SEPARATORS, key=score)
