"""Pages by sight: a PDF of which some pages cannot be read goes to Claude page by page, as text and as it is."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from chalicelib.extraction import Locator, Page
from chalicelib.files import extraction_worker, sight
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader

from tests.api.test_files_notes import reads, told
from tests.arrivals import Arrived, arrive, pdf, run_on
from tests.papers import blocks, is_continued, notes, where
from tests.people import Person
from tests.stage import Stage
from tests.unit import extraction_files as files


def marked(number: int, text: str, how: str = "") -> Page:
    locator: Locator = {"kind": "page", "label": f"page {number}", "page": number}
    if how:
        locator[how] = True  # type: ignore[literal-required]
    return Page(number, locator, text)


def letter(stage: Stage, ada: Person, path: Path, monkeypatch: pytest.MonkeyPatch, marks: str, **more: Any) -> Arrived:
    """A PDF of as many pages as there are marks: t(ext), p(icture), s(tamped picture), g(arbled), blank."""
    hows = {"p": ("", "picture"), "s": ("Scanned 1/5", "picture"), "g": ("", "garbled"), "-": ("", "")}
    pages = [
        marked(number, *hows.get(each, (f"Roses cost {number} euros.", ""))) for number, each in enumerate(marks, 1)
    ]
    reads(monkeypatch, *pages)
    real = files.pdf(path / "letter.pdf", [f"Page {number}" for number in range(1, len(marks) + 1)], **more)
    return arrive(stage, ada, real)


def of_pages(code: str, *runs: Sequence[int]) -> dict[str, Any]:
    return told(code, pages=[list(run) for run in runs], count=sum(last - first + 1 for first, last in runs))


def seen(block: dict[str, Any]) -> list[str]:
    """The texts of a PDF's pages, as a person would see them."""
    assert block["source"]["media_type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(base64.b64decode(block["source"]["data"])))
    return [page.extract_text().strip() for page in reader.pages]


def test_annexes_behind_a_letter_are_shown_in_their_place(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = letter(stage, ada, tmp_path, monkeypatch, "ttpspgt-tg")
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["scanned"], row["pages"]) == ("ready", False, 10)
    assert [each[:2] for each in row["sight"]] == [[3, 5], [6, 6], [10, 10]]
    assert row["notes"] == [of_pages("by_sight", (3, 6), (10, 10))]
    assert 10_000 < row["tokens"] < 10_100
    for first, _, size in row["sight"]:
        assert len(stage.body(f"{file.extract}sight/{first:06d}.pdf")) == size

    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "What do the annexes say?", file_ids=[file.file_id])
    prompt = stage.prompts()[-1]
    assert where(prompt)[0] == ["document"] * 5 + ["text"]
    first, annexes, garbled, middle, last = blocks(prompt, "document")
    assert [each["text"].split("\n")[0] for each in first["source"]["content"]] == ["[page 1]", "[page 2]"]
    assert seen(annexes) == ["Page 3", "Page 4", "Page 5"]
    assert seen(garbled) == ["Page 6"]
    labels = [each["text"].split("\n")[0] for each in middle["source"]["content"]]
    assert labels == ["[page 7]", "[page 8]", "[page 9]"], "a blank page is a page"
    assert seen(last) == ["Page 10"]
    assert [each["title"] for each in (first, annexes, last)] == [
        "letter.pdf",
        "letter.pdf, pages 3–5",
        "letter.pdf, page 10",
    ]
    assert "Pages 3–6, 10 have no text that can be read: they are shown as they are" in first["context"]
    assert all(each["citations"] == {"enabled": True} for each in blocks(prompt, "document"))
    ada.ask(conversation_id, "And then?")
    assert is_continued(*stage.prompts()[-2:])

    shown = {number: ada.get(f"/files/{file.file_id}/pages/{number}").body for number in (1, 3, 6, 7)}
    assert {number: page["by_sight"] for number, page in shown.items()} == {1: False, 3: True, 6: True, 7: False}


def test_what_is_cited_of_a_seen_page_has_the_files_own_number(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = letter(stage, ada, tmp_path, monkeypatch, "ttpppg")
    stage.extract(file.event)
    cited = {"type": "page_location", "cited_text": "two roses", "document_title": "letter.pdf, pages 3–5"}
    stage.script(
        None,
        text="Two.",
        citations=[cited | {"document_index": 1, "start_page_number": 2, "end_page_number": 3}],
    )
    answer = ada.ask(ada.new_conversation(title="T"), "How many?", file_ids=[file.file_id])
    (citation,) = [each for block in answer["content"] for each in block.get("citations") or ()]
    assert (citation["page"], citation["last_page"], citation["locator"]["label"]) == (4, 4, "page 4")
    assert (citation["file_id"], citation["name"]) == (file.file_id, "letter.pdf")


@pytest.mark.parametrize("most_bytes", [sight.MAX_SIGHT_BYTES, 1_500])
def test_what_exceeds_a_prompt_is_named_on_the_file_and_in_the_prompt(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(sight, "MAX_SIGHT_BYTES", most_bytes)
    stage.configure(document_tokens=12_000)
    file = letter(stage, ada, tmp_path, monkeypatch, "tt" + "p" * 5 + "ggg" + "pp")
    stage.extract(file.event)
    unseen = [of_pages("pictures", (11, 12)), of_pages("by_sight", (3, 8)), of_pages("garbled", (9, 10))]
    if most_bytes == 1_500:
        (first, last, size), *_ = file.row["sight"]
        assert (len(file.row["sight"]), size < 1_500) == (1, True)
        unseen = [of_pages("pictures", (last + 1, 7), (11, 12)), of_pages("by_sight", (first, last))]
        unseen.append(of_pages("garbled", (8, 10)))
    assert file.row["notes"] == unseen
    ada.ask(ada.new_conversation(title="T"), "What do the annexes say?", file_ids=[file.file_id])
    prompt = stage.prompts()[-1]
    beside = blocks(prompt, "document")[0]["context"] if most_bytes == 1_500 else notes(prompt)[0]
    assert "11–12 are pictures and were not read." in beside


def test_stamped_annexes_of_a_real_letter_are_seen(stage: Stage, ada: Person, tmp_path: Path) -> None:
    document = FPDF()
    document.set_font("helvetica", size=11)
    for number in range(1, 8):
        document.add_page()
        if number in (3, 4, 5, 7):
            document.image(Image.frombytes("L", (100, 140), os.urandom(14_000)), x=0, y=0, w=210, h=297)
            document.cell(text=f"Scanned with Roses {number}/7")
        else:
            document.multi_cell(0, 6, f"Page {number} of the letter is about roses and what they cost. " * 20)
    document.output(str(tmp_path / "letter.pdf"))
    file = arrive(stage, ada, tmp_path / "letter.pdf")
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["scanned"]) == ("ready", False)
    assert row["notes"] == [of_pages("by_sight", (3, 5), (7, 7))]
    ada.ask(ada.new_conversation(title="T"), "What do the annexes say?", file_ids=[file.file_id])
    kinds = [block["source"]["type"] for block in blocks(stage.prompts()[-1], "document")]
    assert kinds == ["content", "base64", "content", "base64"]


def test_a_scan_too_long_for_a_prompt_shows_its_first_pages(stage: Stage, ada: Person, tmp_path: Path) -> None:
    file = arrive(stage, ada, pdf(tmp_path, 61, lambda number: "A title page." if number == 1 else ""))
    stage.extract(file.event)
    row = file.row
    assert (row["status"], row["scanned"], row["pages"]) == ("ready", False, 61)
    assert row["notes"] == [of_pages("pictures", (60, 61)), of_pages("by_sight", (2, 59))]
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    shown = blocks(stage.prompts()[-1], "document")
    assert sum(len(seen(each)) for each in shown[1:]) == 58
    assert "Pages 60–61 are pictures and were not read." in shown[0]["context"]
    assert len(shown[0]["source"]["content"]) == 1


def test_a_scan_of_more_pages_than_the_api_takes_shows_a_hundred(stage: Stage, ada: Person, tmp_path: Path) -> None:
    stage.configure(document_tokens=300_000, context_tokens=1_000_000)
    file = arrive(stage, ada, pdf(tmp_path, 103, lambda number: ""))
    stage.extract(file.event)
    assert file.row["notes"] == [of_pages("pictures", (101, 103)), of_pages("by_sight", (1, 100))]
    assert file.row["tokens"] == 200_000


def test_a_scan_that_is_protected_from_editing_only_is_seen(stage: Stage, ada: Person, tmp_path: Path) -> None:
    file = arrive(stage, ada, files.pdf(tmp_path / "a.pdf", ["", "", ""], user_password=""))
    stage.extract(file.event)
    assert (file.row["status"], file.row["scanned"]) == ("ready", False)
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    (block,) = blocks(stage.prompts()[-1], "document")
    assert seen(block) == ["", "", ""]


def test_a_page_of_more_bytes_than_can_be_sent_says_so(stage: Stage, ada: Person, tmp_path: Path) -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /A 4 0 R >> >> >>",
        files.stream(os.urandom(10 * 2**20)).replace(b"<<", b"<< /Subtype /Image /Width 9 /Height 9", 1),
        files.stream(b"/A Do"),
    ]
    file = arrive(stage, ada, files.raw_pdf(tmp_path / "a.pdf", objects))
    stage.extract(file.event)
    assert file.row["error"]["code"] == "scan_too_large"
    assert "10 MB" in file.row["error"]["message"]


def test_pages_that_cannot_be_cut_are_told_as_not_read(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, marked(1, "Red roses."), marked(2, "", "picture"), marked(3, "", "garbled"))
    file = arrive(stage, ada, b"%PDF-1.7 and nothing of the kind", "a.pdf")
    stage.extract(file.event)
    assert (file.row["status"], file.row["sight"]) == ("ready", [])
    assert file.row["notes"] == [of_pages("pictures", (2, 2)), of_pages("garbled", (3, 3))]
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[file.file_id])
    (shown,) = blocks(stage.prompts()[-1], "document")
    assert len(shown["source"]["content"]) == 1


def test_a_long_file_is_marked_in_one_run_and_cut_in_the_last(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = letter(stage, ada, tmp_path, monkeypatch, "t" * 10 + "p" + "t" * 14)
    stage.extract(file.event, seconds=1)
    assert (file.row["status"], file.row["continue_at"]) == ("reading", 21)
    run_on(stage)
    assert [each[:2] for each in file.row["sight"]] == [[11, 11]]
    assert file.row["notes"] == [of_pages("by_sight", (11, 11))]
    assert extraction_worker.TICK_EVERY_S  # the module that was patched


def test_seen_pages_go_with_their_file(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = letter(stage, ada, tmp_path, monkeypatch, "tp")
    stage.extract(file.event)
    assert f"{file.extract}sight/000002.pdf" in stage.objects(file.extract)
    from chalicelib import functions, services
    from chalicelib.files import removal

    removal.remove_objects(services.of(functions.PURGE), ada.subject, file.file_id)
    assert stage.objects(file.extract) == []


# Long files


def calls(answer: dict[str, Any]) -> list[str]:
    return [block["name"] for block in answer["content"] if block["type"] == "tool_use"]


def test_a_long_file_shows_its_seen_pages_when_they_are_asked_for(
    stage: Stage, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import functions, services
    from chalicelib.files.row import File
    from chalicelib.prompts.citations import Citer
    from chalicelib.prompts.file_blocks import Attached, Placed, Source
    from chalicelib.prompts.file_tools import Tools

    file = letter(stage, ada, tmp_path, monkeypatch, "ttpppptpt")
    stage.extract(file.event)
    attached = Attached(file.file_id, "letter.pdf")
    placed = Placed(attached, "outline", 9, File.from_item(file.row))
    tools = Tools(services.of(functions.ANSWER), [placed], seen_pages=94)

    def read(first: int, last: int) -> Any:
        given = {"file_id": file.file_id, "first_page": first, "last_page": last}
        return tools.use("read_pages", given)

    result = read(2, 9)
    assert [block["type"] for block in result.content] == ["search_result", "document", "text"]
    assert seen(result.content[1]) == ["Page 3", "Page 4", "Page 5"]
    assert "these are pages 2 to 5" in result.content[2]["text"]
    assert 6_000 < result.tokens < 6_300
    result = read(6, 9)
    kinds = [block["type"] for block in result.content]
    assert kinds == ["document", "search_result", "document", "search_result"]
    assert seen(result.content[2]) == ["Page 8"]
    result = read(6, 7)
    assert [block["type"] for block in result.content] == ["document", "search_result"], "the hundredth page"
    result = read(8, 9)
    assert "no more of those can be shown" in result.content[0]["text"]
    assert result.content[1]["type"] == "search_result"

    first = Source(Attached("f0", "other.pdf"), ())
    citer = Citer([first], tools.found, tools.seen)
    cited = {"type": "page_location", "cited_text": "roses", "start_page_number": 1, "end_page_number": 3}
    by_number = citer.cite(cited | {"document_index": 1, "document_title": None}, "roses")
    assert by_number is not None
    assert (by_number["file_id"], by_number["page"], by_number["last_page"]) == (file.file_id, 3, 4)
    by_title = citer.cite(cited | {"document_index": 0, "document_title": "letter.pdf, page 8"}, "roses")
    assert by_title is not None
    assert by_title["page"] == 8
