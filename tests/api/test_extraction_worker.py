"""Reading a file that has arrived: what is stored of each format, what its owner is told meanwhile, and long ones."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import apsw
import openpyxl
import pptx
import pytest
from chalicelib.extraction.index.search_index import search
from chalicelib.files import extraction_worker
from PIL import Image

from tests.arrivals import arrive, long_text, pdf, run_on
from tests.fakes import s3, wire
from tests.people import Person
from tests.stage import Stage, wait_for
from tests.unit import extraction_files as files

FRENCH = "Le contrat prévoit que les factures de la société sont payées dans un délai de trente jours."
ENGLISH = "The contract says that the invoices of the company are to be paid within thirty days."


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction_worker, "TICK_EVERY_S", 0.01)


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Budget")
    for number in range(1, 301):
        sheet.append([f"item{number}", number])
    book.save(path)
    return path


def slides(path: Path) -> Path:
    presentation = pptx.Presentation()
    for number in (1, 2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Slide about item{number}"
    presentation.save(str(path))
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


MADE: dict[str, tuple[Any, str, str, str, list[str]]] = {
    # name: how it is made, group, format, what to search, labels of all pages
    "a.pdf": (lambda path: files.pdf(path, ["item1", "item2"]), "document", "PDF", "item2", ["page 1", "page 2"]),
    "a.docx": (lambda path: files.word(path, "All about item1."), "document", "DOCX", "item1", ["part 1"]),
    "a.pptx": (slides, "document", "PPTX", "item2", ["slide 1", "slide 2"]),
    "a.xlsx": (workbook, "document", "XLSX", "item250", ["sheet Budget rows 1–200", "sheet Budget rows 201–300"]),
    "a.csv": (lambda path: written(path, "name;price\nitem1;5\n"), "text", "CSV", "item1", ["rows 1–2"]),
    "a.tsv": (lambda path: written(path, "name\tprice\nitem1\t5\n"), "text", "TSV", "item1", ["rows 1–2"]),
    "a.txt": (lambda path: written(path, "one\nitem1\n"), "text", "text", "item1", ["lines 1–2"]),
    "a.md": (lambda path: written(path, "# one\nitem1\n"), "text", "Markdown", "item1", ["lines 1–2"]),
    "a.html": (
        lambda path: written(path, "<h1>Results</h1><p>item1</p><script>item2</script>"),
        "text",
        "HTML",
        "item1",
        ["section Results"],
    ),
    "a.json": (lambda path: written(path, '{"item1": 5}'), "text", "JSON", "item1", ["line 1"]),
    "a.xml": (lambda path: written(path, "<a>\n<b>item1</b></a>"), "text", "XML", "item1", ["lines 1–2"]),
    "a.py": (lambda path: written(path, "item1 = 5\n"), "text", "text", "item1", ["line 1"]),
}


@pytest.mark.parametrize("name", MADE)
def test_each_format_becomes_pages_that_are_found_and_cited(
    stage: Stage, ada: Person, tmp_path: Path, name: str
) -> None:
    make, group, format_name, query, labels = MADE[name]
    file = arrive(stage, ada, make(tmp_path / name))
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["group"], row["format"]) == ("ready", group, format_name), row
    assert (row["pages"], row["pages_read"]) == (len(labels), len(labels))
    assert row["characters"] == sum(map(len, file.pages()))
    assert row["media_type"] != "application/octet-stream"
    hits = search(file.index(tmp_path / "index"), query)
    assert [hit.locator["label"] for hit in hits] == [labels[hit.number - 1] for hit in hits]
    assert query in hits[0].passage
    assert not {"token", "lease_until", "continue_at", "error"} & row.keys()
    assert row["scanned"] is False


@pytest.mark.parametrize(
    ("text", "code"), [(FRENCH * 9, "fr"), (ENGLISH * 9, "en"), ("Ein Vertrag über Rechnungen." * 9, "other")]
)
def test_language_and_tokens_are_estimated(stage: Stage, ada: Person, text: str, code: str) -> None:
    file = arrive(stage, ada, text.encode())
    stage.extract(file.event)
    row = file.row
    assert row["language"] == code
    assert row["characters"] == len(text)
    assert len(text.encode()) < 3 * row["tokens"] < 1.2 * len(text.encode())


@pytest.mark.parametrize(("size", "tokens"), [((750, 100), 100), ((3_136, 1_568), 1_640), ((10, 8_000), 5)])
def test_an_image_is_kept_to_be_seen(
    stage: Stage, ada: Person, tmp_path: Path, size: tuple[int, int], tokens: int
) -> None:
    Image.new("RGB", size).save(tmp_path / "photo.png")
    file = arrive(stage, ada, tmp_path / "photo.png", media_type="image/png")
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["group"], row["format"], row["pages"]) == ("ready", "image", "PNG", 0)
    assert row["tokens"] == tokens
    assert stage.objects() == [file.key]
    assert not [call for call in stage.s3_wire.calls if call.query.get("prefix") == [file.extract]]  # nothing to tidy


def test_a_scan_is_kept_to_be_read_by_sight(stage: Stage, ada: Person, tmp_path: Path) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 12, lambda number: ""))
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["scanned"], row["pages"], row["tokens"]) == ("ready", True, 12, 24_000)


def test_a_scan_that_just_fits_is_sent_as_it_is(stage: Stage, ada: Person, tmp_path: Path) -> None:
    just = arrive(stage, ada, pdf(tmp_path, 60, lambda number: ""))
    stage.extract(just.event)
    assert (just.row["status"], just.row["scanned"], just.row["sight"]) == ("ready", True, [])
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[just.file_id])
    assert [block["type"] for block in stage.prompts()[-1]["messages"][0]["content"]] == ["document", "text"]


# While it is read


def held_at(stage: Stage, first: int) -> threading.Event:
    """Let the worker wait where it stores the object that begins with this page, until the event is set."""
    go_on = threading.Event()

    def wait(call: s3.Call, send: wire.Send) -> Any:
        go_on.wait(20)
        return send()

    stage.s3_wire.fail(wait, lambda call: call.operation == "PutObject" and call.key.endswith(f"{first:06d}.jsonl"))
    return go_on


def reading(stage: Stage, event: dict[str, Any]) -> threading.Thread:
    worker = threading.Thread(target=stage.extract, args=(event,), daemon=True)
    worker.start()
    return worker


def test_its_owner_sees_it_being_read(stage: Stage, ada: Person, grace: Person, tmp_path: Path, quick: None) -> None:
    ada.connect("tab")
    grace.connect("other")
    file = arrive(stage, ada, pdf(tmp_path, 60))
    go_on = held_at(stage, 41)
    worker = reading(stage, file.event)
    wait_for(lambda: file.row["pages_read"] >= 59)
    assert file.row["pages"] == 60
    wait_for(lambda: stage.gateway.sent["tab"][-1]["file"]["pages_read"] >= 59)
    go_on.set()
    worker.join(20)
    frames = stage.gateway.sent["tab"]
    assert {frame["type"] for frame in frames} == {"file.updated"}
    told = [frame["file"] for frame in frames]
    assert [each["pages_read"] for each in told] == sorted(each["pages_read"] for each in told)
    assert (told[0]["status"], told[0]["pages_read"], told[0]["pages"]) == ("reading", 0, None)
    assert {(each["status"], each["pages"]) for each in told[1:-1]} == {("reading", 60)}
    assert (told[-1]["status"], told[-1]["pages_read"], told[-1]["type"]) == ("ready", 60, "application/pdf")
    assert {each["file_id"] for each in told} == {file.file_id}
    assert "other" not in stage.gateway.sent


def test_a_name_that_changes_while_it_is_read_stays_changed(
    stage: Stage, ada: Person, tmp_path: Path, quick: None
) -> None:
    ada.connect("tab")
    file = arrive(stage, ada, pdf(tmp_path, 30))
    go_on = held_at(stage, 21)
    worker = reading(stage, file.event)
    wait_for(lambda: file.row["pages_read"] >= 20)
    stage.edit("files", file.file_id, name="renamed.pdf")
    go_on.set()
    worker.join(20)
    assert file.row["name"] == "renamed.pdf"
    assert stage.gateway.sent["tab"][-1]["file"]["name"] == "renamed.pdf"


def test_its_lease_is_renewed_while_it_is_read(stage: Stage, ada: Person, tmp_path: Path, quick: None) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 30))
    go_on = held_at(stage, 21)
    worker = reading(stage, file.event)
    wait_for(lambda: file.row["pages_read"] >= 20)
    stage.edit("files", file.file_id, lease_until=5)
    wait_for(lambda: file.row["lease_until"] > 5)
    go_on.set()
    worker.join(20)
    assert file.row["status"] == "ready"


# Longer than one run


def rows(path: Path) -> list[Any]:
    return apsw.Connection(str(path)).execute("SELECT * FROM pages ORDER BY number").fetchall()


@pytest.mark.parametrize("kind", ["pdf", "text"])
def test_a_document_too_long_for_one_run_goes_on_in_others(
    stage: Stage, ada: Person, tmp_path: Path, kind: str
) -> None:
    ada.connect("tab")
    content = pdf(tmp_path, 60).read_bytes() if kind == "pdf" else long_text(1_100)
    name = f"a.{kind if kind == 'pdf' else 'txt'}"
    whole, parts = (arrive(stage, ada, content, name) for _ in range(2))
    stage.extract(whole.event)
    pages = whole.row["pages"]
    assert stage.lambdas.pending == []

    stage.extract(parts.event, seconds=1)
    row = parts.row
    assert (row["status"], row["continue_at"], row["attempts"]) == ("reading", 21, 0)
    assert row["pages_read"] < pages
    assert "token" not in row
    # Pages read so far are there, and found.
    early, late = ("Page 7", "Page 45") if kind == "pdf" else ("Line3", "Line700")
    early_index = parts.index(tmp_path / "early")
    assert search(early_index, early)[0].number < 21
    assert parts.pages_before(21) == whole.pages()[:20]

    assert run_on(stage, seconds=1) == (pages - 1) // 20
    same = ("status", "pages", "pages_read", "characters", "tokens", "language", "scanned", "format", "attempts")
    assert {name: parts.row[name] for name in same} == {name: whole.row[name] for name in same}
    assert parts.pages() == whole.pages()
    index_paths = parts.index(tmp_path / "parts"), whole.index(tmp_path / "whole")
    assert rows(index_paths[0]) == rows(index_paths[1])
    for query in ("roses", early, late):
        found, expected = (search(path, query) for path in index_paths)
        assert [hit.number for hit in found] == [hit.number for hit in expected] != []
    stored = sorted(Path(key).name for key in stage.objects(parts.extract))
    assert stored == sorted(Path(key).name for key in stage.objects(whole.extract))
    assert not {"token", "lease_until", "continue_at"} & parts.row.keys()
    told = [frame["file"] for frame in stage.gateway.sent["tab"]]
    read = [each["pages_read"] for each in told if each["file_id"] == parts.file_id]
    assert read == sorted(read)


def test_a_run_whose_time_is_up_at_the_last_page_leaves_the_end_to_another(
    stage: Stage, ada: Person, tmp_path: Path
) -> None:
    for content, name in ((pdf(tmp_path, 40).read_bytes(), "a.pdf"), (b"".join(_lines(40)), "a.txt")):
        file = arrive(stage, ada, content, name)
        stage.extract(file.event, seconds=1)
        assert run_on(stage, seconds=1) == 2
        assert (file.row["status"], file.row["pages"], len(file.pages())) == ("ready", 40, 40)


def test_a_protected_document_whose_last_run_has_no_text_is_no_scan(stage: Stage, ada: Person, tmp_path: Path) -> None:
    texts = ["Roses are red."] * 20 + [""] * 5
    file = arrive(stage, ada, files.pdf(tmp_path / "a.pdf", texts, user_password=""))
    stage.extract(file.event, seconds=1)
    run_on(stage, seconds=1)
    assert (file.row["status"], file.row["pages"], file.row["scanned"]) == ("ready", 25, False)


def _lines(pages: int) -> list[bytes]:
    """Each line too long to share a page with another."""
    return [b"%04d %s\n" % (number, b"word " * 700) for number in range(pages)]


def test_a_document_without_text_that_is_read_in_several_runs_says_so(
    stage: Stage, ada: Person, tmp_path: Path
) -> None:
    presentation = pptx.Presentation()
    for _ in range(25):
        presentation.slides.add_slide(presentation.slide_layouts[6])
    presentation.save(str(tmp_path / "a.pptx"))
    file = arrive(stage, ada, tmp_path / "a.pptx")
    stage.extract(file.event, seconds=1)
    assert file.row["continue_at"] == 21
    run_on(stage)
    assert (file.row["status"], file.row["error"]["code"]) == ("failed", "no_text")
    assert stage.objects() == [file.key]


def test_a_scan_that_is_read_in_several_runs_is_a_scan(stage: Stage, ada: Person, tmp_path: Path) -> None:
    def sparse(number: int) -> str:
        return "A title page with some text." if number <= 3 else ""

    file = arrive(stage, ada, pdf(tmp_path, 50, sparse))
    stage.extract(file.event, seconds=1)
    assert run_on(stage, seconds=1) == 2
    assert (file.row["scanned"], file.row["tokens"]) == (True, 100_000)
    text = arrive(stage, ada, pdf(tmp_path, 50, lambda number: "" if number > 40 else "text"))
    stage.extract(text.event, seconds=1)
    run_on(stage, seconds=1)
    assert (text.row["scanned"], text.row["pages"]) == (False, 50)
