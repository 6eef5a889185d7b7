"""Texts as they are (TXT, Markdown, JSON, XML, source code): pages are runs of lines. XML is shown, not parsed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.cleaning import clean
from chalicelib.extraction.flow import PAGE_CHARACTERS, pieces
from chalicelib.extraction.kinds import charset
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Locator, Page

_CHUNK_BYTES = 65_536
_MOST_LINES = 80


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    number = 0
    encoding = charset.find(path)
    yield from guessed(encoding)
    for first, last, part, text in _runs(_lines(path, encoding.codec)):
        if text.strip():
            number += 1
            if number >= start_page:
                yield Page(number, _locator(first, last, part), text)


def guessed(encoding: charset.Encoding) -> Iterator[Note]:
    if not encoding.is_certain:
        yield Note("encoding", names=(encoding.name,))


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in chunks; bytes that the encoding does not know become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, int, str]]:
    """Line number, part (0: the whole line; 1, 2, … of a line longer than a page) and text, cleaned."""
    number, part = 1, 0
    pending = ""
    for chunk in decoded(path, encoding):
        pending += chunk
        held = "\r" if pending.endswith("\r") else ""  # its "\n" may be in the next chunk
        *lines, pending = clean(pending.removesuffix("\r")).split("\n")
        for line in lines:
            yield from _parts(number, part, line)
            number, part = number + 1, 0
        while len(pending) > PAGE_CHARACTERS * 2:
            part += 1
            yield number, part, pending[:PAGE_CHARACTERS]
            pending = pending[PAGE_CHARACTERS:]
        pending += held
    if pending:
        yield from _parts(number, part, clean(pending))


def _parts(number: int, part: int, line: str) -> Iterator[tuple[int, int, str]]:
    if not part and len(line) <= PAGE_CHARACTERS:
        yield number, 0, line
        return
    for piece in pieces(line, PAGE_CHARACTERS):
        part += 1
        yield number, part, piece


def _runs(lines: Iterator[tuple[int, int, str]]) -> Iterator[tuple[int, int, int, str]]:
    """Lines gathered to pages: first line, last line, part, text."""
    gathered: list[str] = []
    first = last = characters = 0
    for number, part, line in lines:
        is_full = characters + len(line) > PAGE_CHARACTERS or len(gathered) >= _MOST_LINES
        if gathered and (part or is_full):
            yield first, last, 0, "\n".join(gathered)
            gathered, characters = [], 0
        if part:
            yield number, number, part, line
            continue
        first = first if gathered else number
        last = number
        gathered.append(line)
        characters += len(line) + 1
    if gathered:
        yield first, last, 0, "\n".join(gathered)


def _locator(first: int, last: int, part: int) -> Locator:
    if part:
        label = f"line {first} (part {part})"
        return {"kind": "lines", "label": label, "first_line": first, "last_line": last, "part": part}
    label = f"line {first}" if first == last else f"lines {first}–{last}"
    return {"kind": "lines", "label": label, "first_line": first, "last_line": last}
