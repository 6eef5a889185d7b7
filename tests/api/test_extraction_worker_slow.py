"""Files that take too long to read: how often it is tried, and what is kept of those that are read in part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import ExtractionError, Limits
from chalicelib.extraction.index.search_index import search
from chalicelib.extraction.pages import Item, Page
from chalicelib.files import extraction_worker

from tests.arrivals import Arrived, arrive, run_on
from tests.people import Person
from tests.stage import Stage


class SlowParser:
    """Reads up to a page in each run, then its time is up. ends: the last page of each run; the last one repeats."""

    def __init__(self, *ends: int) -> None:
        self._ends = list(ends)
        self.starts: list[int] = []

    def read(self, path: Path, kind: Any, limits: Limits, start_page: int) -> Iterator[Item]:
        end = self._ends[min(len(self.starts), len(self._ends) - 1)]
        self.starts.append(start_page)
        for number in range(start_page, end + 1):
            yield Page(number, {"kind": "page", "label": f"page {number}", "page": number}, f"Rose{number} is red.")
        raise ExtractionError("too_slow", "CPU time")


def _read(stage: Stage, person: Person, monkeypatch: pytest.MonkeyPatch, *ends: int) -> tuple[Arrived, SlowParser]:
    parser = SlowParser(*ends)
    monkeypatch.setattr(extraction_worker, "read", parser.read)
    file = arrive(stage, person, b"Roses.")
    stage.extract(file.event)
    run_on(stage)
    return file, parser


@pytest.mark.parametrize(
    "case",
    [
        ((25, 45, 65), [1, 21, 41], 65),  # each run gets on: three of them, and no fourth
        ((30,), [1, 21], 30),  # the second comes no further: it is the last
        ((15,), [1], 15),  # not one whole object
        ((38, 25), [1, 21], 25),  # the second comes less far than the first
        ((30, 0), [1, 21], 20),  # a parser that begins at the first page again, and is slower this time
    ],
)
def test_what_was_read_of_a_slow_file_is_kept_and_named(
    stage: Stage,
    ada: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[tuple[int, ...], list[int], int],
) -> None:
    ends, starts, kept = case
    ada.connect("tab")
    file, parser = _read(stage, ada, monkeypatch, *ends)
    assert parser.starts == starts
    row = file.row
    assert (row["status"], row["pages"], row["pages_read"]) == ("ready", kept, kept)
    assert row["error"]["code"] == "too_slow"
    assert f"pages 1 to {kept} " in row["error"]["message"]
    assert len(file.pages()) == kept
    index = file.index(tmp_path / "index")
    assert [hit.number for hit in search(index, f"Rose{kept}")] == [kept]
    assert not search(index, f"Rose{kept + 1}")
    assert not {"token", "lease_until", "continue_at"} & row.keys()
    assert stage.gateway.sent["tab"][-1]["file"]["error"] == row["error"]


def test_a_file_of_which_no_page_was_read_in_time_has_failed(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, parser = _read(stage, ada, monkeypatch, 0)
    assert parser.starts == [1]
    assert (file.row["status"], file.row["error"]["code"]) == ("failed", "too_slow")
    assert stage.objects() == [file.key]


def test_claude_is_told_how_far_a_file_was_read(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = _read(stage, ada, monkeypatch, 15)
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    document = stage.prompts()[-1]["messages"][0]["content"][0]
    assert "Only pages 1 to 15 of it could be read" in document["context"]
    assert len(document["source"]["content"]) == 15


def test_a_page_of_paragraphs_without_end_is_read_for_three_runs_at_most(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction_worker, "Limits", partial(Limits, cpu_s=1))
    file = arrive(stage, ada, b"<p>a" * 4_000_000, "a.html")
    stage.extract(file.event)
    assert run_on(stage) <= 2
    assert (file.row["status"], file.row["error"]["code"]) == ("ready", "too_slow")
    assert file.row["pages"] == len(file.pages()) > 0
