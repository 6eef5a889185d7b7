"""What a file's text leaves out: notes of a code become one, and go through the child's lines unharmed."""

from __future__ import annotations

import json

import pytest
from chalicelib.extraction.notes import CODES, MOST_NAMES, Note, merged, ranges
from chalicelib.extraction.pages import as_json, from_json


def test_notes_of_a_code_are_one() -> None:
    notes = [
        Note("hidden_sheets", names=("Costs",)),
        Note("pictures", pages=(3, 4)),
        Note("hidden_sheets", names=("Costs", "x" * 200)),
        Note("comments", count=2),
        Note("pictures", pages=(4, 6)),
        Note("comments", count=3),
    ]
    assert merged(notes) == [
        Note("pictures", pages=(3, 4, 6)),
        Note("hidden_sheets", names=("Costs", "x" * 80)),
        Note("comments", count=5),
    ]


def test_names_have_a_limit() -> None:
    (note,) = merged(Note("attachments", names=(f"{number}.pdf",), count=1) for number in range(MOST_NAMES + 5))
    assert len(note.names) == MOST_NAMES
    assert note.count == MOST_NAMES + 5


@pytest.mark.parametrize(
    ("pages", "expected"),
    [((), []), ((7,), [(7, 7)]), ((3, 4, 5, 9), [(3, 5), (9, 9)]), ((2, 1, 2), [(1, 2)])],
)
def test_ranges(pages: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert ranges(pages) == expected


def test_a_note_goes_through_the_childs_lines() -> None:
    note = Note("attachments", (1, 2), ("a.pdf",), 3)
    assert from_json(json.loads(json.dumps(as_json(note)))) == note


def test_codes_are_the_literals() -> None:
    assert {"pictures", "by_sight", "encoding"} <= CODES
