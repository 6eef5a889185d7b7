"""The layout of `extracted/{file_id}/`: what is there while pages come, at the end, and when a later run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw
import pytest
from chalicelib import functions, services
from chalicelib.aws import bucket, clients
from chalicelib.aws.bucket import Bucket
from chalicelib.aws.faults import Busy
from chalicelib.aws.grants import Grant
from chalicelib.errors import NotFound
from chalicelib.extraction import Locator, Page
from chalicelib.extraction.index.outline import outline
from chalicelib.extraction.index.search_index import build, search
from chalicelib.files import extracts
from chalicelib.files.page_writer import PageWriter
from chalicelib.files.row import File
from chalicelib.subjects import person

from tests.stage import Stage
from tests.storage import BUCKET

FILE_ID = "0192f0c1-0000-7000-8000-000000000001"
ALL = ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")


def file(pages: int, run: str = "run") -> File:
    row = File(
        FILE_ID, person("ada"), "2026-11-21T10:00:00.000Z", "a.pdf", "application/pdf", 9, "ready", "", pages=pages
    )
    return row.with_changes(index_key=extracts.index_key(FILE_ID, run))


def page(number: int) -> Page:
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    return Page(number, locator, f"Été {number}\u2028 word{number} " + "and more of it " * 100)


@pytest.fixture
def extracted(stage: Stage) -> Bucket:
    return Bucket("tester", Grant("bucket", "files/extracted", ALL), lambda: clients.client("s3"), BUCKET, "extracted/")


@pytest.fixture
def answer(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> services.Services:
    made = extracts.IndexCache(10**9)
    monkeypatch.setattr(extracts, "index_cache", lambda: made)
    return services.of(functions.ANSWER)


def write(
    extracted: Bucket, path: Path, pages: Iterable[Page], run: str = "run", *, start_page: int = 1, left_key: str = ""
) -> None:
    with PageWriter(extracted, FILE_ID, run, path, start_page=start_page, left_key=left_key) as writer:
        for each in pages:
            writer.add(each)
        writer.close()


def rows(path: Path) -> list[Any]:
    return apsw.Connection(str(path)).execute("SELECT * FROM pages ORDER BY number").fetchall()


def test_pages_stand_twenty_to_an_object(
    stage: Stage, extracted: Bucket, answer: services.Services, tmp_path: Path
) -> None:
    pages = [page(number) for number in range(1, 46)]
    write(extracted, tmp_path / "index", pages)
    names = ("outline.txt", "pages/000001.jsonl", "pages/000021.jsonl", "pages/000041.jsonl", "run/index.sqlite")
    extracts.drop_former(extracted, file(45))
    assert stage.objects() == [f"extracted/{FILE_ID}/{name}" for name in names]
    assert file(45).index_key == f"extracted/{FILE_ID}/run/index.sqlite"
    lines = stage.body(f"extracted/{FILE_ID}/pages/000041.jsonl").split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == [each.__dict__ for each in pages[40:]]
    assert [extracts.read_page(answer, FILE_ID, number) for number in (1, 20, 21, 45)] == [
        pages[number - 1] for number in (1, 20, 21, 45)
    ]
    assert extracts.read_all(answer, file(45)) == pages
    assert extracts.outline(answer, file(45)).startswith("page 1: Été 1 word1 and")
    assert rows(extracts.index(answer, file(45))) == rows(tmp_path / "index")


@pytest.mark.parametrize("number", [0, -1, -19, 46, 60, 61, 1_000_000])
def test_a_page_that_there_is_not(extracted: Bucket, answer: services.Services, tmp_path: Path, number: int) -> None:
    write(extracted, tmp_path / "index", [page(number) for number in range(1, 46)])
    with pytest.raises(NotFound):
        extracts.read_page(answer, FILE_ID, number)


def test_nothing_is_there_of_a_file_that_was_removed(
    stage: Stage, extracted: Bucket, answer: services.Services, tmp_path: Path
) -> None:
    write(extracted, tmp_path / "index", [page(number) for number in range(1, 46)])
    write(extracted, tmp_path / "another", [page(1)], "another run")
    stage.store("extracted/another/pages/000001.jsonl", b"")
    extracts.remove(extracted, FILE_ID)
    assert stage.objects() == ["extracted/another/pages/000001.jsonl"]
    for read in (extracts.read_all, extracts.outline, extracts.index):
        with pytest.raises(NotFound):
            read(answer, file(45))


def test_pages_and_index_are_there_before_the_end(extracted: Bucket, answer: services.Services, tmp_path: Path) -> None:
    with PageWriter(extracted, FILE_ID, "run", tmp_path / "index") as writer:
        for number in range(1, 40):
            writer.add(page(number))
        assert writer.next_page == 21
        assert extracts.read_page(answer, FILE_ID, 20) == page(20)
        with pytest.raises(NotFound):
            extracts.read_page(answer, FILE_ID, 21)
        extracted.download(writer.index_key, tmp_path / "copy")
        assert [hit.number for hit in search(tmp_path / "copy", "word20")] == [20]


def test_the_index_is_stored_ever_more_rarely(
    stage: Stage, extracted: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    put = extracted.put

    def counted(key: str, body: bytes | Path, content_type: str) -> str:
        if isinstance(body, Path):
            sizes.append(body.stat().st_size)
        return put(key, body, content_type)

    monkeypatch.setattr(extracted, "put", counted)
    write(extracted, tmp_path / "index", (page(number) for number in range(1, 501)))
    assert 3 <= len(sizes) <= 5
    assert sum(sizes) <= 2.4 * sizes[-1]
    assert sizes[-1] == (tmp_path / "index").stat().st_size
    assert len(stage.objects()) == 26 + len(sizes)
    extracts.drop_former(extracted, file(500))
    assert len(stage.objects()) == len(set(stage.objects())) == 27  # former versions are gone


def test_another_run_goes_on_where_one_stopped(
    stage: Stage, extracted: Bucket, answer: services.Services, tmp_path: Path
) -> None:
    pages = [page(number) for number in range(1, 100)]
    write(extracted, tmp_path / "whole", pages)
    whole = {key: stage.body(key) for key in stage.objects() if "index" not in key}
    extracts.remove(extracted, FILE_ID)

    with PageWriter(extracted, FILE_ID, "first", tmp_path / "first") as writer:
        for each in pages[:50]:
            writer.add(each)
        writer.pause()
    assert writer.next_page == 41
    write(extracted, tmp_path / "second", pages[40:], start_page=41, left_key=writer.index_key)
    extracts.drop_former(extracted, file(99))

    assert {key: stage.body(key) for key in stage.objects() if "index" not in key} == whole
    index_path = extracts.index(answer, file(99))
    assert rows(index_path) == rows(tmp_path / "whole")
    assert [hit.number for hit in search(index_path, "word45")] == [45]
    assert sorted(set(stage.objects())) == stage.objects()


def fetched_index(kept: extracts.IndexCache, extracted: Bucket, file_id: str) -> Path:
    return kept.path(extracted, file_id, extracts.index_key(file_id, "run"))


def test_indexes_are_kept_within_bounds_and_fetched_once(stage: Stage, extracted: Bucket, tmp_path: Path) -> None:
    build(tmp_path / "index", [page(1)])
    ids = [f"file{number}" for number in range(4)]
    for file_id in ids:
        stage.store(extracts.index_key(file_id, "run"), (tmp_path / "index").read_bytes())
    kept = extracts.IndexCache(most_bytes=(tmp_path / "index").stat().st_size * 2)
    for file_id in (ids[0], ids[1], ids[0], ids[0], ids[2]):
        path = fetched_index(kept, extracted, file_id)
        assert search(path, "word1")
    there = {each.stem for each in path.parent.iterdir()}
    assert there == {"file0-run", "file2-run"}  # the one not asked for lately is gone
    fetched = [call.key.split("/")[-3] for call in stage.s3_wire.calls if call.operation == "GetObject"]
    assert fetched == [ids[0], ids[1], ids[2]]
    assert {path.stem for path in fetched_index(kept, extracted, ids[1]).parent.iterdir()} == {"file1-run", "file2-run"}


def test_room_is_made_before_an_index_is_fetched(
    stage: Stage, extracted: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "index", [page(1)])
    body = (tmp_path / "index").read_bytes()
    for name in "abc":
        stage.store(extracts.index_key(name, "run"), body)
    kept = extracts.IndexCache(most_bytes=len(body) * 2)
    folder = fetched_index(kept, extracted, "a").parent
    fetched_index(kept, extracted, "b")
    there: list[set[str]] = []

    def breaks_off(found: Any) -> Iterable[bytes]:
        yield body[:100]
        there.append({path.stem for path in folder.iterdir()})
        raise Busy

    monkeypatch.setattr(bucket, "chunks", breaks_off)
    with pytest.raises(Busy):
        fetched_index(kept, extracted, "c")
    assert there == [{"b-run", "c-run"}]
    assert {path.stem for path in folder.iterdir()} == {"b-run"}


# The outline


def outlined(tmp_path: Path, pages: Iterable[Page]) -> list[str]:
    build(tmp_path / "index", pages)
    return outline(tmp_path / "index").splitlines()


def section(number: int, name: str, part: int = 1) -> Page:
    return Page(number, {"kind": "section", "label": f"section {name}", "section": name, "part": part}, f"of {number}")


def test_the_outline_of_a_short_file_names_every_page(tmp_path: Path) -> None:
    lines = outlined(tmp_path, [page(number) for number in range(1, 31)])
    assert len(lines) == 30
    assert lines[11].startswith("page 12: Été 12 word12 and more of it")


def test_the_outline_of_a_long_file_names_every_kth_page(tmp_path: Path) -> None:
    lines = outlined(tmp_path, [page(number) for number in range(1, 1_001)])
    assert 50 <= len(lines) <= 60
    assert [line.partition(":")[0] for line in lines[:3]] == ["page 1", "page 18", "page 35"]
    assert max(map(len, lines)) <= 100


def test_the_outline_names_sections_and_sheets_where_they_begin(tmp_path: Path) -> None:
    pages = [section(number, f"Part {number // 100}", number % 100) for number in range(1, 1_001)]
    lines = outlined(tmp_path, pages)
    assert len(lines) <= 60
    for name, first in (("Part 0", 1), ("Part 1", 100), ("Part 9", 900), ("Part 10", 1_000)):
        assert f"page {first} (section {name}): of {first}" in lines


def test_the_outline_of_too_many_sections_names_some(tmp_path: Path) -> None:
    lines = outlined(tmp_path, [section(number, f"{'Part' * 30} {number}") for number in range(1, 501)])
    assert 50 <= len(lines) <= 60
    assert max(map(len, lines)) <= 100
    assert lines[1].startswith("page 10 (section PartPart")
