"""What was left out of a file: from the reader to its row, its owner's devices and its pages in the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import Locator, Note, Page, Total
from chalicelib.files import extraction_worker

from tests.arrivals import arrive, pdf, run_on
from tests.people import Person
from tests.stage import Stage


def told(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "pages": [], "names": [], "count": 0} | more


def page(number: int, text: str = "Red roses.", **locator: Any) -> Page:
    at: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    at.update(locator)  # type: ignore[typeddict-item]
    return Page(number, at, text)


def reads(monkeypatch: pytest.MonkeyPatch, *items: Any) -> None:
    """The reader yields these: notes and pages, of those from where it is to begin."""

    def read(path: Path, kind: Any, limits: Any, start_page: int) -> Iterator[Any]:
        for item in items:
            if not isinstance(item, Page) or item.number >= start_page:
                yield item
        yield Total(max((item.number for item in items if isinstance(item, Page)), default=0), final=True)

    monkeypatch.setattr(extraction_worker, "read", read)


def test_what_a_reader_tells_is_shown_with_the_file(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.connect("tab")
    hidden, encoding = Note("hidden_sheets", names=("Costs", "=1+1")), Note("encoding", names=("mac-roman",))
    pages = page(1), page(2, "", unreadable=True), page(3, cut=True)
    reads(monkeypatch, encoding, pages[0], hidden, *pages[1:], Note("comments", count=2))
    file = arrive(stage, ada, b"Red roses.", "a.txt")
    stage.extract(file.event)
    expected = [
        told("unreadable", pages=[[2, 2]], count=1),
        told("cut", pages=[[3, 3]], count=1),
        told("hidden_sheets", names=["Costs", "=1+1"], count=2),
        told("comments", count=2),
        told("encoding", names=["mac-roman"], count=1),
    ]
    assert file.row["notes"] == expected
    assert stage.gateway.sent["tab"][-1]["file"]["notes"] == expected
    assert ada.get(f"/files/{file.file_id}").body["notes"] == expected
    assert [each["notes"] for each in ada.get("/files").body["items"]] == [expected]
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=[file.file_id])
    assert [each["notes"] for each in ada.get(f"/conversations/{conversation_id}/files").body["items"]] == [expected]


def test_a_file_that_leaves_nothing_out_tells_nothing(stage: Stage, ada: Person, tmp_path: Path) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 2))
    stage.extract(file.event)
    assert file.row["notes"] == []
    assert ada.get(f"/files/{file.file_id}").body["notes"] == []
    old = arrive(stage, ada, b"x", "old.txt", status="ready", group="text", format="text", pages=1)
    assert ada.get(f"/files/{old.file_id}").body["notes"] == [], "a row from before there were notes"


@pytest.mark.parametrize(("name", "comments"), [("a.pdf", 2), ("a.txt", 1)])
def test_what_each_run_of_a_long_file_tells_is_joined(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch, name: str, comments: int
) -> None:
    """A text is read from its beginning again, and tells of all of it once more."""
    cut = [page(number, cut=number in (2, 30)) if number in (2, 30) else page(number) for number in range(1, 41)]
    reads(monkeypatch, Note("comments", count=1), *cut)
    file = arrive(stage, ada, b"%PDF-1.7 of red roses" if name == "a.pdf" else b"Red roses.", name)
    stage.extract(file.event, seconds=1)
    assert file.row["continue_at"] == 21
    assert file.row["notes"] == [told("comments", count=1)]
    run_on(stage)
    assert file.row["notes"] == [told("cut", pages=[[2, 2], [30, 30]], count=2), told("comments", count=comments)]


def test_what_is_told_of_a_page_counts_once_wherever_a_run_ends(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose time is up has read pages that the next one reads again."""

    def read(path: Path, kind: Any, limits: Any, start_page: int) -> Iterator[Any]:
        for number in range(start_page, 46):
            yield page(number)
            yield Note("form_fields", count=1)
        yield Total(45, final=True)

    monkeypatch.setattr(extraction_worker, "read", read)
    file = arrive(stage, ada, b"%PDF-1.7 of red roses", "a.pdf")
    stage.extract(file.event, seconds=1)
    assert file.row["notes"] == [told("form_fields", count=20)]
    run_on(stage, seconds=1)
    assert file.row["notes"] == [told("form_fields", count=45)]
