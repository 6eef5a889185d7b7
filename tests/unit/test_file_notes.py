"""What is told of a file beside its text, as its row keeps it: across runs, and never more than a frame takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalicelib.extraction import Note
from chalicelib.extraction.notes import CODES
from chalicelib.files.notes import joined, stored


def kept(code: str, pages: Any = (), names: Any = (), count: int = 0) -> dict[str, Any]:
    return {"code": code, "pages": [list(each) for each in pages], "names": list(names), "count": count}


def test_pages_are_runs_and_all_that_is_meant_is_counted() -> None:
    notes = [Note("comments", count=4), Note("pictures", pages=(3, 5, 4)), Note("pictures", pages=(90,))]
    assert stored(notes) == [kept("pictures", [(3, 5), (90, 90)], count=4), kept("comments", count=4)]
    twice = Note("hidden_sheets", names=("Costs", "Costs"))
    assert stored([twice]) == [kept("hidden_sheets", names=["Costs"], count=1)]


def test_a_row_holds_little_of_a_file_that_tells_much() -> None:
    much = [
        Note(code, tuple(range(1, 20_000, 2)), tuple(f"{'𝔘' * 70}{number}" for number in range(90)), 0)  # type: ignore[arg-type]
        for code in sorted(CODES)
    ]
    rows = stored(much)
    assert len(rows) == len(CODES)
    assert {row["count"] for row in rows} == {10_000}
    assert all(len(row["pages"]) == 50 and 1 <= len(row["names"]) <= 20 for row in rows)
    of_names = [row["names"] for row in rows if row["code"] in ("hidden_sheets", "attachments", "attachments_left_out")]
    assert len(json.dumps(of_names, ensure_ascii=False).encode()) < 8_000
    (few,) = stored([Note("attachments", names=tuple(f"{number}.pdf" for number in range(25)))])
    assert (len(few["names"]), few["count"]) == (20, 25)


@pytest.mark.parametrize(("adds_up", "comments"), [(True, 5), (False, 3)])
def test_runs_tell_together_what_one_would_have_told(adds_up: bool, comments: int) -> None:
    first = stored([Note("comments", count=2), Note("unreadable", pages=(3,)), Note("hidden_rows", count=7)])
    later = [Note("comments", count=3), Note("unreadable", pages=(3, 4)), Note("attachments", names=("a.pdf",))]
    assert joined(first, later, adds_up=adds_up) == [
        kept("unreadable", [(3, 4)], count=2),
        kept("hidden_rows", count=7),
        kept("comments", count=comments),
        kept("attachments", names=["a.pdf"], count=1),
    ]
    assert joined([], later, adds_up=adds_up) == stored(later)
    assert joined(first, [], adds_up=adds_up) == first
