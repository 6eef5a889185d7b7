"""Records of a text table: fields in quotes may hold separators and line ends; a stray quote is a letter.

Python's csv takes every quote at a field's beginning for an opening one: `2,"5 inch,pipe` swallows the rows after it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache

_MOST_RECORD_CHARACTERS = 100_000  # Excel's cells end at 32,767, Google's at 50,000
_MOST_RECORD_LINES = 2_000


def records(lines: Iterable[str], separator: str, width: int) -> Iterator[list[str]]:
    """Fields of each record. width: how many fields most have, by which a stray quote is told from a field's."""
    ahead = _Ahead(lines)
    for line in ahead:
        if '"' not in line:
            yield line.split(separator)
            continue
        fields, is_open = _parsed(line, separator)
        if is_open:
            yield _joined(line, ahead, separator, width) or _literal(line, separator, width)
        else:
            yield fields if fields is not None else _literal(line, separator, width)


class _Ahead:
    """Lines, of which some can be looked at before they are taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._seen: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._seen.popleft() if self._seen else next(self._lines)

    def peek(self, at: int) -> str | None:
        while len(self._seen) <= at:
            line = next(self._lines, None)
            if line is None:
                return None
            self._seen.append(line)
        return self._seen[at]


@lru_cache(maxsize=8)
def _field(separator: str) -> re.Pattern[str]:
    """A field and what ends it; a quoted one, or one whose quotes are letters."""
    mark = re.escape(separator)
    return re.compile(rf'[ ]*"((?:[^"]|"")*)"[ \t]*({mark}|$)|([^"{mark}][^{mark}]*|)({mark}|$)')


def _parsed(text: str, separator: str) -> tuple[list[str] | None, bool]:
    """Its fields, when all quotes are in order; and whether the last one is open at its end."""
    field, fields, at = _field(separator), [], 0
    while True:
        found = field.match(text, at)
        if found is None:
            return None, _is_open(text[at:])
        if found[1] is not None:
            fields.append(found[1].replace('""', '"') if '"' in found[1] else found[1])
        else:
            fields.append(found[3] or "")
        if not (found[2] or found[4]):
            return fields, False
        at = found.end()


def _is_open(rest: str) -> bool:
    """Whether a field that begins with a quote goes on: no quote in it but doubled ones."""
    return rest.lstrip(" ").startswith('"') and '"' not in rest.lstrip(" ")[1:].replace('""', "")


def _joined(line: str, ahead: _Ahead, separator: str, width: int) -> list[str] | None:
    """The record that begins here and ends in a later line, which are then taken; None when the quote is a stray one.

    It is one when it is never closed, or closed where a field does not end; and when each of the lines is a whole row
    as it stands.
    """
    gathered, characters, at = [line], len(line), 0
    while at < _MOST_RECORD_LINES and characters < _MOST_RECORD_CHARACTERS:
        following = ahead.peek(at)
        if following is None:
            return None
        at += 1
        gathered.append(following)
        characters += len(following)
        if '"' not in following:
            continue
        fields, is_open = _parsed("\n".join(gathered), separator)
        if is_open:
            continue
        if fields is None or (width > 1 and all(each.count(separator) == width - 1 for each in gathered)):
            return None
        for _ in range(at):
            next(ahead)
        return fields
    return None


def _literal(line: str, separator: str, width: int) -> list[str]:
    """A line with a stray quote: fields as they stand, or with their outer quotes off, whatever makes a usual row."""
    as_it_stands = [_without_quotes(field) for field in line.split(separator)]
    more = len(as_it_stands) - width
    if more <= 0:
        return as_it_stands
    # Quotes inside quotes that nobody doubled: "Smith, "Bob" John",12.
    fields = line.split(separator)
    for at, field in enumerate(fields[: len(fields) - more]):
        whole = separator.join(fields[at : at + more + 1])
        if field.lstrip(" ").startswith('"') and whole.rstrip(" ").endswith('"'):
            return [*as_it_stands[:at], _without_quotes(whole), *as_it_stands[at + more + 1 :]]
    return as_it_stands


def _without_quotes(field: str) -> str:
    bare = field.strip(" ")
    is_quoted = len(bare) > 1 and bare.startswith('"') and bare.endswith('"')
    return bare[1:-1].replace('""', '"') if is_quoted else field
