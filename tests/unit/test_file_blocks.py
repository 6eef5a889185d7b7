"""How files stand in a prompt, by budget and order alone."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.extraction.limits import MAX_SCANNED_PAGES
from chalicelib.files.row import File
from chalicelib.prompts.file_blocks import MAX_IMAGES, MAX_RAW_BYTES, Attached, Placed, place
from chalicelib.settings import Settings
from chalicelib.subjects import person

SETTINGS = Settings(document_tokens=1_000)


def _file(file_id: str, **fields: Any) -> File:
    given: dict[str, Any] = {"size": 10, "status": "ready", "group": "document", "pages": 1, "tokens": 100}
    return File(file_id, person("ada"), "", f"{file_id}.pdf", "application/pdf", object_key="k", **given | fields)


def _placed(*files: File, kept: set[str] | None = None, settings: Settings = SETTINGS) -> list[Placed]:
    attached = [Attached(file.file_id, file.name) for file in files]
    present = {file.file_id: file for file in files}
    return place(settings.document_tokens, attached, present, set(present) if kept is None else kept)


def _forms(*files: File, **more: Any) -> list[str]:
    return [each.form for each in _placed(*files, **more)]


def test_files_are_whole_while_their_tokens_fit_and_smaller_ones_may_follow_a_large_one() -> None:
    files = [_file("a", tokens=500), _file("b", tokens=480), _file("c", tokens=400), _file("d", tokens=10)]
    assert _forms(*files) == ["whole", "outline", "whole", "whole"]
    for count in range(1, 5):
        assert _forms(*files[:count]) == _forms(*files)[:count]


def test_a_page_costs_more_than_its_text() -> None:
    assert _forms(_file("a", tokens=900, pages=8)) == ["whole"]
    assert _forms(_file("a", tokens=900, pages=9)) == ["outline"]


def test_what_the_conversation_no_longer_has_takes_no_room() -> None:
    files = [_file("a", tokens=900), _file("b", tokens=900)]
    assert _forms(*files) == ["whole", "outline"]
    assert _forms(*files, kept={"b"}) == ["note", "whole"]
    missing = place(SETTINGS.document_tokens, [Attached("x", "x.pdf")], {}, {"x"})
    assert (missing[0].form, "was deleted" in missing[0].note) == ("note", True)


def test_pictures_and_scans_have_limits_of_their_own() -> None:
    plenty = Settings(document_tokens=10**7)
    pictures = [_file(str(number), group="image", pages=0) for number in range(MAX_IMAGES + 1)]
    assert _forms(*pictures, settings=plenty) == ["image"] * MAX_IMAGES + ["note"]
    half = MAX_RAW_BYTES // 2
    heavy = [_file(str(number), group="image", size=half) for number in range(3)]
    assert _forms(*heavy, settings=plenty) == ["image", "image", "note"]
    scans = [_file("a", scanned=True, pages=MAX_SCANNED_PAGES), _file("b", scanned=True, pages=1)]
    assert _forms(*scans, settings=plenty) == ["scan", "note"]
    assert _forms(_file("a", scanned=True, pages=1), settings=Settings(document_tokens=1_000)) == ["note"]
    assert _forms(_file("a", group="image")) == ["note"]


@pytest.mark.parametrize("document_tokens", [1_999, 2_000, 120_000, 10**7])
def test_every_scan_that_is_taken_can_be_shown_alone(document_tokens: int) -> None:
    settings = Settings(document_tokens=document_tokens)
    most = settings.max_scan_pages
    assert most <= MAX_SCANNED_PAGES
    if most:
        assert _forms(_file("a", scanned=True, pages=most), settings=settings) == ["scan"]
    assert _forms(_file("a", scanned=True, pages=most + 1), settings=settings) == ["note"]


def test_only_what_has_text_is_searched() -> None:
    plenty = [_file(str(number), tokens=10**6) for number in range(12)]
    assert _forms(*plenty) == ["outline"] * 8 + ["named"] * 4
    assert all(each.is_searched for each in _placed(*plenty))
    others = [_file("a"), _file("b", group="image"), _file("c", scanned=True, pages=500)]
    assert not any(each.is_searched for each in _placed(*others))
