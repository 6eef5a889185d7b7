"""Bad files: each fails with a reason that its owner can act on, and the function goes on."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.arrivals import arrive
from tests.people import Person
from tests.stage import Stage
from tests.unit import extraction_files as files
from tests.unit.test_readers_hostile import ENTITIES

MB = 1024 * 1024
pytestmark = pytest.mark.usefixtures("clean_folder")


def _zeros(size: int) -> Iterator[bytes]:
    yield from (bytes(MB) for _ in range(size // MB))


def _million_rows(path: Path) -> Path:
    """As many as Excel has, each with a value of its own."""
    row = b"<row><c><v>%d</v></c></row>"
    numbers = (range(start, start + 1_024) for start in range(0, 1_048_576, 1_024))
    return files.xlsx_of(path, (b"".join(row % (number * 7_919 % 1_000_003) for number in some) for some in numbers))


def _bytes(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


Make = Callable[[Path], Path]
BAD: dict[str, tuple[str, str, Make, str, str]] = {
    # what: name, declared type, how it is made, code, a word of what to do
    "broken PDF of another name": ("a.png", "image/png", _bytes(b"%PDF-1.7 x"), "broken_file", "PDF file is damaged"),
    "image cut to garbage": ("a.png", "application/pdf", _bytes(bytes(range(256)) * 9), "broken_file", "PNG file"),
    "unknown type": ("a.dat", "", _bytes(os.urandom(999)), "type_not_supported", "Save it as"),
    "program": ("invoice.pdf", "application/pdf", _bytes(b"MZ\x90\x00\x03" + bytes(99)), "executable", "not accepted"),
    "encrypted PDF": (
        "a.pdf",
        "application/pdf",
        lambda path: files.pdf(path, ["text"], user_password="secret"),
        "encrypted_pdf",
        "password",
    ),
    "broken PDF": (
        "a.pdf",
        "application/pdf",
        _bytes(b"%PDF-1.7\n" + b"garbage " * 999),
        "broken_file",
        "save it anew",
    ),
    "empty": ("a.txt", "text/plain", _bytes(b""), "file_empty", "empty"),
    "no text": ("a.txt", "text/plain", _bytes(b" \n" * 99), "no_text", "no text"),
    "DOCX bomb": ("a.docx", "", lambda path: files.docx_of(path, _zeros(300 * MB)), "archive_bomb", "400 MB"),
    "XLSX bomb": ("a.xlsx", "", lambda path: files.xlsx_of(path, _zeros(300 * MB)), "archive_bomb", "400 MB"),
    "million rows": ("a.xlsx", "", _million_rows, "too_many_rows", "500,000"),
    "XML entities": (
        "a.docx",
        "",
        lambda path: files.package(
            path,
            {"[Content_Types].xml": b"<Types/>", "word/document.xml": ENTITIES},
        ),
        "xml_entities",
        "entities",
    ),
    "PDF bomb": ("a.pdf", "", lambda path: files.pdf_of_stream(path, b" " * (300 * MB)), "broken_file", "damaged"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_fails_with_a_reason_that_a_person_can_act_on(
    stage: Stage, ada: Person, tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name, media_type, make, code, word = BAD[what]
    ada.connect("tab")
    file = arrive(stage, ada, make(tmp_path / name), media_type=media_type)
    capfd.readouterr()
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["error"]["code"]) == ("failed", code), row
    assert word in row["error"]["message"]
    assert not {"token", "lease_until", "continue_at"} & row.keys()
    assert stage.objects() == [file.key]  # what was read of it is gone, what its owner sent is not
    pushed = stage.gateway.sent["tab"][-1]["file"]
    assert (pushed["status"], pushed["error"]) == ("failed", row["error"])
    (logged,) = (json.loads(line) for line in capfd.readouterr().out.splitlines())
    assert (logged["status"], logged["code"]) == ("failed", code)
    assert logged["child_peak_mb"] < 300
    assert logged["child_cpu_s"] < 30
    # The function is alive.
    after = arrive(stage, ada, b"Red roses.")
    stage.extract(after.event)
    assert after.row["status"] == "ready"


def test_a_file_larger_than_the_setting_allows_is_not_read(stage: Stage, ada: Person) -> None:
    stage.configure(max_file_mb=1)
    file = arrive(stage, ada, b"a" * (MB + 1))
    stage.extract(file.event)
    assert file.row["error"]["code"] == "file_too_large"
    assert "1 MB" in file.row["error"]["message"]


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Where no file can have more than 1.5 MB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MB // 2, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("announced", [5, 3 * MB])
@pytest.mark.usefixtures("small_disk")
def test_a_file_of_another_size_than_announced_is_not_read(stage: Stage, ada: Person, announced: int) -> None:
    """The quota counts what was announced, and the disk has room for it: of a larger object no more is fetched."""
    body = b"text " * 500_000 if announced == 5 else b"text"
    file = arrive(stage, ada, body, size=announced)
    stage.extract(file.event)
    assert file.row["error"]["code"] == "size_mismatch"
