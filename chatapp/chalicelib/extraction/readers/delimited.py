"""CSV and TSV: the separator is found out by the first lines; pages are runs of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item

from .plain_text import decoded, guessed
from .quoting import records
from .separators import dialect
from .tables import RowPager

_LINES_LOOKED_AT = 100
_MOST_LINE_CHARACTERS = 1_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_SAID_SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?[,;\t ]*', re.IGNORECASE)


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    encoding = charset.find(path)
    yield from guessed(encoding)
    lines = _lines(path, encoding.codec)
    first = list(islice(lines, _LINES_LOOKED_AT))
    said = _SAID_SEPARATOR.fullmatch(first[0]) if first else None  # what Excel takes for itself
    first_row = 2 if said else 1
    separator, width = dialect(first[first_row - 1 :], said[1] if said else None)
    pager = RowPager(limits, start_page)
    for number, row in enumerate(records(chain(first[first_row - 1 :], lines), separator, width), start=first_row):
        yield from pager.row(number, row)
    yield from pager.close()


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines by any of the three ends, also mixed, without it and without NULs."""
    pending = ""
    for chunk in decoded(path, encoding):
        pending += chunk.replace("\x00", "")
        held = "\r" if pending.endswith("\r") else ""  # its "\n" may be in the next chunk
        *lines, pending = _LINE_END.split(pending[:-1] if held else pending)
        yield from lines
        pending += held
        if len(pending) > _MOST_LINE_CHARACTERS:
            raise ExtractionError("broken_file", "a line of many megabytes", format="CSV")
    if pending:
        yield from _LINE_END.split(pending.removesuffix("\r"))
