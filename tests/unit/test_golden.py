"""The golden corpus: every file reads as a person sees it, page by page, and says what was left out."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import Limits, Note, Page, kind_of
from chalicelib.extraction.notes import merged

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = sorted(GOLDEN.glob("*/*.json"))


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("expected_path", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.name[:-5]}")
def test_reads_as_a_person_sees_it(expected_path: Path) -> None:
    expected: dict[str, Any] = json.loads(expected_path.read_text())
    path = expected_path.with_name(expected_path.name[:-5])
    kind = kind_of(path, path.name, expected.get("type", ""))
    items = list(import_module(f"chalicelib.extraction.readers.{kind.reader}").read(path, Limits(), 1))
    assert [folded(item.text) for item in items if isinstance(item, Page)] == [folded(p) for p in expected["pages"]]
    notes = merged(item for item in items if isinstance(item, Note))
    wanted = [
        Note(each["code"], tuple(each.get("pages", ())), tuple(each.get("names", ())), each.get("count", 0))
        for each in expected.get("notes", ())
    ]
    assert notes == merged(wanted)
