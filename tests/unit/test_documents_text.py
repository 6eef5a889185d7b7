from __future__ import annotations

import base64
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from chalicelib.extraction import ExtractionError, Limits, Note, Page, kind_of, read
from chalicelib.extraction.notes import merged
from chalicelib.extraction.readers import outlook, plain_text, web_page

from tests.unit import extraction_files as files

GOLDEN = Path(__file__).parents[1] / "golden"
HEAD = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Offer\r\nMIME-Version: 1.0\r\n"


def _read(path: Path, declared: str = "", limits: Limits = files.FAST) -> tuple[list[Page], list[Note]]:
    items = list(read(path, kind_of(path, path.name, declared, limits), limits))
    return [each for each in items if isinstance(each, Page)], merged(each for each in items if isinstance(each, Note))


def _text(path: Path) -> str:
    return "\n".join(page.text for page in _read(path)[0])


def _written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- The cases, through the child -----------------------------------------------------------------------------------


def test_28_polish_1250() -> None:
    assert "świadczenie usług" in _text(GOLDEN / "text" / "28-polish-1250.txt")


def test_29_turkish_1254() -> None:
    assert "İstanbul’da yapılan" in _text(GOLDEN / "text" / "29-turkish-1254.txt")


def test_30_mac_roman() -> None:
    assert "délai est prévu" in _text(GOLDEN / "text" / "30-mac-roman.txt")


def test_31_xml_says_its_encoding() -> None:
    pages, notes = _read(GOLDEN / "text" / "31-xml-says-its-encoding.xml")
    assert "Анна Петрова" in pages[0].text
    assert notes == []


def test_32_stray_nul() -> None:
    for name in ("a.csv", "a.txt"):
        path = GOLDEN / "text" / "32-stray-nul.csv"
        pages = list(read(path, kind_of(path, name, ""), files.FAST))
        assert isinstance(pages[0], Page)
        assert len(pages[0].text.split("\n")) == 4


def test_33_utf16_chinese_no_mark() -> None:
    assert "合同期限为两年，通知期为九十天。" in _text(GOLDEN / "text" / "33-utf16-chinese-no-mark.txt")


def test_34_message() -> None:
    pages, notes = _read(GOLDEN / "mail" / "34-message.eml")
    assert pages[0].text.startswith("Résiliation du bail\n")
    assert "le préavis est de trois mois" in pages[0].text
    assert "ACVKb5S5" not in "".join(page.text for page in pages)
    assert notes == [Note("attachments_left_out", names=("logo.png",))]


def test_35_table_cells() -> None:
    rows = _text(GOLDEN / "html" / "35-table-cells.html").split("\n")
    assert rows == ["Region | Product | Sold", "North | Contracts | 1.5", "North | H2O | 12", "Total |  | 22"]


def test_36_filled_form() -> None:
    assert _text(GOLDEN / "html" / "36-filled-form.html") == "Name Ann Smith Country Belgium ☒ newsletter"


@pytest.mark.parametrize("ending", ["ppsx", "ppsm", "potx", "pptx"])
def test_24_slide_show(tmp_path: Path, ending: str) -> None:
    slide = b"<p:presentation xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main'/>"
    path = files.package(tmp_path / f"a.{ending}", {"[Content_Types].xml": b"<T/>", "ppt/presentation.xml": slide})
    kind = kind_of(path, path.name, "application/vnd.openxmlformats-officedocument.presentationml.slideshow")
    assert kind.format == "PPTX"


# --- Messages ----------------------------------------------------------------------------------------------------


def _attached(name: str, content: bytes, media_type: str = "application/octet-stream") -> str:
    encoded = base64.encodebytes(content).decode()
    return (
        f'Content-Type: {media_type}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}"
    )


def _mixed(*parts: str, boundary: str = "b") -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"{HEAD}Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{body}--{boundary}--\r\n"


PLAIN = "Content-Type: text/plain\r\n\r\nSee below."


def test_attachments_are_read_as_what_they_are_and_say_whose_page_it_is(tmp_path: Path) -> None:
    pdf = files.pdf(tmp_path / "terms", ["First page", "Second page"]).read_bytes()
    docx = files.word(tmp_path / "letter", "A letter").read_bytes()
    content = _mixed(PLAIN, _attached("terms.pdf", pdf, "application/pdf"), _attached("letter.doc", docx))
    pages, notes = _read(_written(tmp_path, "a.eml", content))
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert [page.text for page in pages[1:]] == ["First page", "Second page", "A letter"]
    assert [page.locator.get("attachment") for page in pages] == [None, "terms.pdf", "terms.pdf", "letter.doc"]
    assert pages[2].locator["label"] == "terms.pdf, page 2"
    assert pages[2].locator["kind"] == "page"
    assert notes == [Note("attachments", names=("terms.pdf", "letter.doc"))]


def test_a_message_goes_on_at_any_page(tmp_path: Path) -> None:
    pdf = files.pdf(tmp_path / "terms", ["First page", "Second page"]).read_bytes()
    path = _written(tmp_path, "a.eml", _mixed(PLAIN, _attached("terms.pdf", pdf)))
    all_pages, _ = files.extract(path)
    assert files.extract(path, start_page=2)[0] == all_pages[1:]


def test_an_attachment_that_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    bomb = files.package(tmp_path / "bomb", {"[Content_Types].xml": b"<T/>", "word/document.xml": b" " * 20_000_000})
    parts = [
        PLAIN,
        _attached("bomb.docx", bomb.read_bytes()),
        _attached("setup.exe", b"MZ\x90\x00\x03" + bytes(99)),
        _attached("renamed.pdf", b"\x7fELF" + bytes(99)),
        _attached("cut.pdf", b"%PDF-1.7\n" + b"garbage " * 99),
        _attached("empty.txt", b""),
        _attached("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        _attached("good.txt", b"Good words."),
    ]
    pages, notes = _read(_written(tmp_path, "a.eml", _mixed(*parts)))
    assert pages[-1].text == "Good words."
    assert [note.code for note in notes] == ["attachments", "attachments_left_out"]
    assert set(notes[1].names) == {"bomb.docx", "setup.exe", "renamed.pdf", "cut.pdf", "empty.txt", "photo.png"}


def test_messages_in_messages_are_read_to_a_depth(tmp_path: Path) -> None:
    content = HEAD + "Content-Type: text/plain\r\n\r\nThe innermost."
    for level in range(12):
        content = _mixed(PLAIN, f"Content-Type: message/rfc822\r\n\r\n{content}", boundary=f"b{level}")
    pages, notes = _read(_written(tmp_path, "a.eml", content))
    assert len(pages) == 6
    assert "innermost" not in pages[-1].text
    assert [note.code for note in notes] == ["attachments", "attachments_left_out"]


def test_a_message_with_a_thousand_attachments_reads_fifty(tmp_path: Path) -> None:
    content = _mixed(PLAIN, *(_attached(f"{number}.txt", b"words") for number in range(1_000)))
    pages, notes = _read(_written(tmp_path, "a.eml", content))
    assert len(pages) == 51
    assert notes[1].code == "attachments_left_out"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n" * 50_000,
        HEAD + "Content-Type: multipart/mixed\r\n\r\nno boundary at all",
        HEAD + "Content-Type: text/plain; charset=no-such\r\n\r\nwords",
        HEAD + "Content-Type: text/plain; charset=zip\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64",
        HEAD + f"X: {'=?utf-8?B?4pyT?= ' * 5_000}\r\n\r\nwords",
        f"Subject: {'=?utf-8?Q?a?= ' * 50_000}\r\nFrom: a\r\n\r\nwords",
        HEAD + "Content-Type: text/plain; name*0*=x''%; name*9=\r\n\r\nwords",
        HEAD + "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n",
    ],
    ids=range(8),
)
def test_a_malformed_message_is_read_as_far_as_it_goes(tmp_path: Path, content: str) -> None:
    pages, _ = _read(_written(tmp_path, "a.eml", content))
    assert "From:" in pages[0].text


@pytest.mark.parametrize("levels", [30, 900])
def test_multiparts_nested_without_end_have_a_named_error_or_text(tmp_path: Path, levels: int) -> None:
    content = HEAD
    for level in range(levels):
        content += f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
    path = _written(tmp_path, "a.eml", content)
    try:
        assert "From:" in _text(path)
    except ExtractionError as error:
        refused = error.code
        assert refused in {"broken_file", "too_slow", "too_much_memory"}


def test_a_text_named_as_a_message_is_shown_as_it_is(tmp_path: Path) -> None:
    assert files.failure(_written(tmp_path, "a.eml", "\r\nno headers here")).code == "broken_file"


def test_an_outlook_message_is_known_by_its_content(tmp_path: Path) -> None:
    content = (GOLDEN / "mail" / "outlook.msg").read_bytes()
    for name in ("a.msg", "a", "a.doc", "a.xls"):
        path = _written(tmp_path, name, content)
        assert kind_of(path, name, "application/octet-stream").format == "MSG"
    pages, _ = _read(path)
    assert pages[1].locator["label"] == "prices.csv, rows 1–2"


def test_a_damaged_outlook_message_has_a_named_error_or_what_is_readable(tmp_path: Path) -> None:
    whole = (GOLDEN / "mail" / "outlook.msg").read_bytes()
    for at in range(0, len(whole), len(whole) // 60):
        for damaged in (whole[: at + 1], whole[:at] + b"\xff\xff\x00\x07" + whole[at + 4 :]):
            path = _written(tmp_path, "a.msg", damaged)
            with suppress(ExtractionError, OSError, ValueError):  # what the child names "broken_file"
                list(outlook.read(path, Limits(), 1))


def test_an_outlook_message_whose_directory_goes_in_circles_ends(tmp_path: Path) -> None:
    whole = bytearray((GOLDEN / "mail" / "outlook.msg").read_bytes())
    at = whole.index("__attach_version1.0_#00000002".encode("utf-16-le"))
    whole[at + 76 : at + 80] = bytes(4)  # the root is what is inside of it
    path = _written(tmp_path, "a.msg", bytes(whole))
    with suppress(ExtractionError):
        assert _read(path)[0]


@pytest.mark.parametrize("end", ["--b--\r\n", ""])
def test_a_message_that_ends_inside_of_a_part_says_so(tmp_path: Path, end: str) -> None:
    parts = "--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\na,b\r\n1,2\r\n"
    head = f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    pages, notes = _read(_written(tmp_path, "a.eml", head + parts + end))
    assert len(pages) == 2
    assert [note.pages for note in notes if note.code == "cut"] == ([] if end else [(2,)])


@pytest.mark.parametrize(
    "inside",
    [
        "".join(f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(30)) + "\r\nlost",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\nshown\r\n" * 1_001 + "--b--",
    ],
    ids=["deep", "many"],
)
def test_parts_of_a_message_that_are_passed_over_are_told_of(tmp_path: Path, inside: str) -> None:
    _, notes = _read(_written(tmp_path, "a.eml", HEAD + inside))
    assert [note.names for note in notes if note.code == "attachments_left_out"] == [("attachment 1",)]


# --- Web pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 100_000 + "words",
        "<table><tr><td>" * 20_000 + "words",
        "<b>" * 100_000 + "</p>" * 10_000 + "words",
        "<table><tr>" + "<td rowspan=99999 colspan=99999>a" * 2_000 + "<tr><td>words",
        "<table><tr>" + "<td colspan=1000>" * 60_000 + "<tr><td>words",
        "<select>" + "<option>a" * 50_000 + "</select>words",
        "<select multiple>" + "<option selected>a" * 100_000 + "</select>words",
        "<ol start=99999999999999999999 type=I>" + "<li value=-5>words" * 100,
        "<p style='" + "display:" * 100_000 + "'>words",
        "<sup>" * 10_000 + "words",
        "&#x110000;&#99999999999;&nosuch;" * 10_000 + "words",
    ],
    ids=range(11),
)
def test_a_hostile_page_is_read_within_its_limits(tmp_path: Path, content: str) -> None:
    assert "words" in _text(_written(tmp_path, "a.html", content))


def test_an_items_own_form_of_number(tmp_path: Path) -> None:
    page = "<ol start=4><li type=I>a<li type=a>b<li>c</ol>"
    assert _text(_written(tmp_path, "a.html", page)) == "IV. a\ne. b\n6. c"


@pytest.mark.parametrize("name", ["quarters.html", "order.html", "minutes.html", "newsletter.html", "inline.html"])
def test_a_page_reads_alike_wherever_its_chunks_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = GOLDEN / "html" / name
    expected = [item for item in web_page.read(path, Limits(), 1) if isinstance(item, Page)]
    monkeypatch.setattr(plain_text, "_CHUNK_BYTES", 7)
    assert [item for item in web_page.read(path, Limits(), 1) if isinstance(item, Page)] == expected


@pytest.mark.parametrize("folder", ["html", "mail", "text"])
def test_damaged_files_have_a_named_error_or_what_is_readable(tmp_path: Path, folder: str) -> None:
    """In this process, for speed: what the readers raise, the child would name."""
    random = int.from_bytes(b"seed") + len(folder)
    for golden in sorted((GOLDEN / folder).glob("*.json")):
        content = bytearray(golden.with_name(golden.name[:-5]).read_bytes())
        for _ in range(4):
            random = (random * 6364136223846793005 + 1442695040888963407) % 2**64
            at = random % len(content)
            content[at] ^= 1 << (random >> 33) % 8
        path = _written(tmp_path, golden.name[:-5], bytes(content[: len(content) - random % 40]))
        with suppress(ExtractionError):
            kind = kind_of(path, path.name, "")
            list(import_module(f"chalicelib.extraction.readers.{kind.reader}").read(path, Limits(), 1))
