"""What a file shows and its text does not hold, or holds in another way: told on its row, its page and in the prompt.

A reader yields a Note wherever it leaves something out, as often as it likes: those of a code are one in the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Code = Literal[
    "pictures",  # pages: of which nothing but a picture was seen; neither read nor shown by sight
    "by_sight",  # pages: that Claude is shown as they are, since their text cannot be read
    "garbled",  # pages: whose fonts do not tell which letters they draw; neither read nor shown by sight
    "unreadable",  # pages: that the parser could not read
    "cut",  # pages: longer than a page's limit, and cut there
    "hidden_sheets",  # names: read as well, though nobody sees them
    "hidden_rows",  # count
    "hidden_columns",  # count
    "hidden_slides",  # pages
    "comments",  # count: of remarks by their authors, which are in the text as such
    "changes",  # count: of tracked changes, which are in the text as such
    "uncalculated",  # count: of formulas without a stored result, which stand as formulas
    "form_fields",  # count: of fields with a value
    "attachments",  # names: of a message, read as parts of it
    "attachments_left_out",  # names: of a message or of a PDF, not read
    "pictures_left_out",  # count: of pictures in a document, which were not looked at
    "objects_left_out",  # count: of embedded files and drawings that were not read
    "frames_left_out",  # count: of an animation or of a picture with several pages; Claude sees the first
    "encoding",  # names: the encoding that a text was taken to have, where nothing in it says so for certain
]
CODES: frozenset[str] = frozenset(get_args(Code))
# Those that tell of something that neither text nor sight has: an answer may miss it.
NOT_READ: frozenset[str] = frozenset(
    {
        *("pictures", "garbled", "unreadable", "cut"),
        *("attachments_left_out", "pictures_left_out", "objects_left_out", "frames_left_out"),
    }
)
MOST_NAMES, MOST_NAME_CHARACTERS, MOST_RANGES = 20, 80, 50


@dataclass(frozen=True, slots=True)
class Note:
    """pages: by number. names: of what is meant. count: of what is meant, where it has no names or not all are here."""

    code: Code
    pages: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    count: int = 0


def merged(notes: Iterable[Note]) -> list[Note]:
    """One note a code, in the order of CODES' list, each page and name once; at most MOST_NAMES names, cut short."""
    by_code: dict[str, Note] = {}
    for note in notes:
        known = by_code.get(note.code, Note(note.code))
        names = dict.fromkeys((*known.names, *(name[:MOST_NAME_CHARACTERS] for name in note.names)))
        count = known.count + note.count
        by_code[note.code] = Note(
            note.code,
            tuple(sorted({*known.pages, *note.pages})),
            tuple(names)[:MOST_NAMES],
            count if len(names) <= MOST_NAMES else max(count, len(names)),
        )
    return [by_code[code] for code in get_args(Code) if code in by_code]


def ranges(pages: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of page numbers, first and last: 3, 4, 5, 9 are (3, 5) and (9, 9)."""
    found: list[tuple[int, int]] = []
    for page in sorted(set(pages)):
        if found and page == found[-1][1] + 1:
            found[-1] = (found[-1][0], page)
        else:
            found.append((page, page))
    return found
