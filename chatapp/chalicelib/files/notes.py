"""What is told of a file beside its text, as its row keeps it: short, whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.extraction import Note
from chalicelib.extraction.notes import MOST_RANGES, merged, ranges
from chalicelib.shapes import FileNote

# Of all names of one note: with those of all codes, a frame stays within the 32 KB that a WebSocket takes.
_MOST_NAMES_BYTES = 2_000


def stored(notes: Iterable[Note]) -> list[FileNote]:
    """One a code, in the order of the codes."""
    return [_stored(note) for note in merged(notes)]


def _stored(note: Note) -> FileNote:
    names = _within(note.names)
    return {
        "code": note.code,
        "pages": [list(each) for each in ranges(note.pages)[:MOST_RANGES]],
        "names": names,
        "count": max(note.count, len(note.pages), len(note.names)),
    }


def _within(names: Iterable[str]) -> list[str]:
    kept: list[str] = []
    left = _MOST_NAMES_BYTES
    for name in names:
        left -= len(name.encode())
        if left < 0:
            break
        kept.append(name)
    return kept


def joined(former: Iterable[FileNote], notes: Iterable[Note], *, adds_up: bool) -> list[FileNote]:
    """Those of a run that went on where another had stopped, with what that one had told.

    adds_up: whether this run told of its own pages only. Else it began at the file's beginning and told of all of it.
    """
    before, after = ({note.code: note for note in merged(each)} for each in (map(_note, former), notes))
    if not adds_up:
        for code in before.keys() & after.keys():
            most = max(before[code].count, after[code].count)
            before[code], after[code] = replace(before[code], count=most), replace(after[code], count=0)
    return stored([*before.values(), *after.values()])


def _note(kept: FileNote) -> Note:
    pages = tuple(page for first, last in kept["pages"] for page in range(first, last + 1))
    return Note(kept["code"], pages, tuple(kept["names"]), kept["count"])
