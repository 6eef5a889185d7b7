"""Word processors' files made to hurt: each is refused by name or read, within the limits of the child."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from chalicelib.extraction import ExtractionError, Limits, Note, Total, kind_of
from chalicelib.extraction.readers import rtf as rtf_reader

from tests.golden.make_word import archive, docx, epub, odt, rtf
from tests.golden.word_xml import item, level, lists, p, r
from tests.unit import extraction_files as files

MB = 1024 * 1024
PEAK_BYTES = 300 * MB
GOLDEN = Path(__file__).parents[1] / "golden"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SMALL = Limits(cpu_s=5, silence_s=20, max_characters=2_000_000)


def _read_or_refused(path: Path, limits: Limits = SMALL) -> str:
    """The code of the error, or ""; no other end is a good one."""
    try:
        ended: Total | ExtractionError = files.extract(path, limits=limits)[1]
        code = ""
    except ExtractionError as error:
        ended, code = error, error.code
    assert ended.peak_memory_bytes < PEAK_BYTES
    return code


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# --- Archives: ODT and EPUB -----------------------------------------------------------------------------------------


def _zeros(size: int) -> Iterator[bytes]:
    yield from (b"\x00" * MB for _ in range(size // MB))


@pytest.mark.parametrize(
    ("name", "media_type", "part"),
    [
        ("a.odt", b"application/vnd.oasis.opendocument.text", "content.xml"),
        ("a.epub", b"application/epub+zip", "OEBPS/a.xhtml"),
    ],
)
def test_an_archive_that_unpacks_to_gigabytes(tmp_path: Path, name: str, media_type: bytes, part: str) -> None:
    parts: dict[str, bytes | Iterable[bytes]] = {"mimetype": media_type, part: _zeros(20 * MB)}
    assert files.failure(files.package(tmp_path / name, parts)).code == "archive_bomb"


@pytest.mark.parametrize("part", ["content.xml", "styles.xml"])
def test_entities_in_an_open_document(tmp_path: Path, part: str) -> None:
    content = f"{ENTITIES}<x>&b;</x>".encode()
    parts: dict[str, bytes | Iterable[bytes]] = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": b"<a/>",
        part: content,
    }
    assert files.failure(files.package(tmp_path / "a.odt", parts)).code == "xml_entities"


def test_entities_in_a_books_list_of_parts(tmp_path: Path) -> None:
    content = epub({"a.xhtml": "<p>text</p>"})
    assert files.extract(_written(tmp_path / "a.epub", content))[0][0].text == "text"
    parts: dict[str, bytes | Iterable[bytes]] = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": b'<container><rootfile full-path="a.opf"/></container>',
        "a.opf": f"{ENTITIES}<package><title>&b;</title></package>".encode(),
    }
    assert files.failure(files.package(tmp_path / "b.epub", parts)).code == "xml_entities"
    parts["a.opf"] = b'<!DOCTYPE package SYSTEM "http://evil.example/x.dtd"><package/>'
    assert files.failure(files.package(tmp_path / "c.epub", parts)).code == "no_text"


def test_a_book_reads_nothing_outside_of_itself(tmp_path: Path) -> None:
    parts: dict[str, bytes | Iterable[bytes]] = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": b'<container><rootfile full-path="a.opf"/></container>',
        "a.opf": b'<package><manifest><item id="a" href="../../etc/passwd" media-type="text/html"/>'
        b'<item id="b" href="file:///etc/passwd" media-type="text/html"/></manifest>'
        b'<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
    }
    assert files.failure(files.package(tmp_path / "a.epub", parts)).code == "no_text"


def test_a_letter_that_is_longer_in_lower_case_moves_no_text(tmp_path: Path) -> None:
    page = f"<html><head><title>{chr(0x130)}stanbul</title></head><body><p>text</p></body></html>"
    content = epub({"a.xhtml": page})
    assert files.extract(_written(tmp_path / "a.epub", content))[0][0].text == f"{chr(0x130)}stanbul\ntext"


def test_an_open_document_with_a_password_says_so(tmp_path: Path) -> None:
    parts: dict[str, bytes | Iterable[bytes]] = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": b"\x9d\x00\xff",
        "META-INF/manifest.xml": b"<m:manifest><m:encryption-data/></m:manifest>",
    }
    assert files.failure(files.package(tmp_path / "a.odt", parts)).code == "encrypted_document"


def test_blanks_and_cells_that_a_few_bytes_repeat_a_billion_times(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="999999999"><text:p>x</text:p></table:table-cell>'
    body = '<text:p>a<text:s text:c="999999999"/>b</text:p>'
    body += f"<table:table><table:table-row>{cell * 5}</table:table-row></table:table>"
    pages, total = files.extract(_written(tmp_path / "a.odt", odt(body)))
    assert sum(len(page.text) for page in pages) < 50_000
    assert total.peak_memory_bytes < 60 * MB


# --- DOCX -----------------------------------------------------------------------------------------------------------


def test_styles_and_lists_that_lead_in_circles(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="S{at}"><w:basedOn w:val="S{1 - at}"/></w:style>' for at in (0, 1)
    )
    styles += (
        '<w:style w:type="numbering" w:styleId="N"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="N"/></w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    body = p("circle", '<w:pStyle w:val="S0"/>') + item("linked", 1)
    content = docx(body, styles=styles, numbering=numbering)
    assert files.extract(_written(tmp_path / "a.docx", content))[0][0].text == "circle\nlinked"


@pytest.mark.parametrize("form", ["upperRoman", "lowerLetter", "cardinalText", "chicago", "hebrew1", "chineseCounting"])
def test_numbers_beyond_what_their_signs_can_say(tmp_path: Path, form: str) -> None:
    start = "9" * 500
    numbering = lists(level(0, form, "%1.%1.%9%0%%").replace('w:start w:val="1"', f'w:start w:val="{start}"'))
    pages, _ = files.extract(_written(tmp_path / "a.docx", docx(item("x", 1, 99), numbering=numbering)))
    assert pages[0].text.endswith("x")
    pages, _ = files.extract(_written(tmp_path / "a.docx", docx(item("x", 1), numbering=numbering)))
    assert len(pages[0].text) < 300


def test_a_list_inside_of_another_ones_level(tmp_path: Path) -> None:
    numbering = lists(level(0, "decimal", "%1.", more='<w:num w:numId="9"/>'))
    path = _written(tmp_path / "a.docx", docx(item("one", 1), numbering=numbering))
    assert "one" in files.extract(path)[0][0].text


def test_spans_of_a_billion_columns(tmp_path: Path) -> None:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{p("wide " * 100)}</w:tc>'
    row = f'<w:tr><w:trPr><w:gridBefore w:val="999999999"/></w:trPr>{cell * 3}</w:tr>'
    assert _read_or_refused(_written(tmp_path / "a.docx", docx(f"<w:tbl>{row * 20}</w:tbl>"))) in {"", "no_text"}


def test_fields_that_never_end_hide_a_part_of_the_text_at_most(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    pages, _ = files.extract(_written(tmp_path / "a.docx", docx(p(begin) + p("text") * 300)))
    assert sum(page.text.count("text") for page in pages) > 200
    assert _read_or_refused(_written(tmp_path / "b.docx", docx(p(begin * 20_000 + r("end"))))) in {"", "no_text"}


@pytest.mark.parametrize(
    "closed", ["m:f", "m:e", "w:txbxContent", "w:tbl", "w:tc", "w:ins", "w:del", "w:sdt", "w:ruby"]
)
def test_elements_in_places_where_they_make_no_sense(tmp_path: Path, closed: str) -> None:
    body = f"<{closed}>{p('inside')}</{closed}><m:oMath><{closed}/></m:oMath>" + p(
        f"<{closed}>{r('in a run')}</{closed}>"
    )
    assert _read_or_refused(_written(tmp_path / "a.docx", docx(body + p("after")))) in {"", "no_text"}


def test_a_formula_of_many_levels(tmp_path: Path) -> None:
    deep = (
        "<m:sSup><m:e>" * 100
        + "<m:r><m:t>x</m:t></m:r>"
        + "</m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>" * 100
    )
    pages, _ = files.extract(_written(tmp_path / "a.docx", docx(p(f"<m:oMath>{deep}</m:oMath>"))))
    assert len(pages[0].text) < 2_000


def test_a_pasted_part_that_unpacks_to_much_is_cut_and_no_name_leads_out(tmp_path: Path) -> None:
    chunk = '<w:altChunk r:id="chunk1"/><w:altChunk r:id="chunk9"/>'
    assert _read_or_refused(_written(tmp_path / "a.docx", docx(chunk, chunk1="<p>" + "x " * 5_000_000))) in {
        "too_much_text",
        "archive_bomb",
    }


def test_a_pasted_document_is_checked_like_one_of_its_own(tmp_path: Path) -> None:
    inner = docx(p("x"), header1="<!-- " + "0" * (20 * MB) + " -->")
    content = docx('<w:altChunk r:id="pasted"/>' + p("outer"), pasted=inner)
    assert files.failure(_written(tmp_path / "a.docx", content)).code == "archive_bomb"
    entities = archive({"word/document.xml": f"{ENTITIES}<x>&b;</x>"})
    content = docx('<w:altChunk r:id="pasted"/>' + p("outer"), pasted=entities)
    assert files.failure(_written(tmp_path / "b.docx", content)).code == "xml_entities"
    content = docx('<w:altChunk r:id="pasted"/>' + p("outer"), pasted=b"PK\x03\x04 no archive")
    assert files.extract(_written(tmp_path / "c.docx", content))[0][0].text == "outer"


# --- RTF ------------------------------------------------------------------------------------------------------------


def test_rich_text_nested_without_end(tmp_path: Path) -> None:
    assert files.failure(_written(tmp_path / "a.rtf", b"{\\rtf1 " + b"{" * 5_000_000)).code == "xml_too_deep"


@pytest.mark.parametrize(
    "unit",
    [
        rb"\u",
        rb"\'4",
        rb"\bin999999999 ",
        rb"{\field",
        rb"\cell",
        rb"\trowd\cellx9",
        rb"\row ",
        rb"\*",
        rb"\footnote ",
        rb"}",
    ],
)
def test_rich_text_of_one_thing_fifty_thousand_times(tmp_path: Path, unit: bytes) -> None:
    path = _written(tmp_path / "a.rtf", rb"{\rtf1 begins\par " + unit * 50_000 + b" ends}")
    assert _read_or_refused(path) in {"", "broken_file", "xml_too_deep", "too_slow", "too_much_memory"}


def test_fewer_than_no_replacements(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.rtf", rb"{\rtf1 \uc-3 \u233 abcdef}")
    assert files.extract(path)[0][0].text == "\u00e9abcdef"


def test_rich_text_cut_short_says_so(tmp_path: Path) -> None:
    whole = rtf(r"\pard First.\par {\b Second} is {\i longer}.\par Third.\par")
    cut_inside = _written(tmp_path / "a.rtf", whole[: whole.index(b"longer") + 3])
    assert files.failure(cut_inside).code == "broken_file"
    cut_between = _written(tmp_path / "b.rtf", whole[: whole.index(b"Third")])
    items = list(rtf_reader.read(cut_between, Limits(), 1))
    assert items[-1] == Note("cut", pages=(1,))


# --- Damaged files --------------------------------------------------------------------------------------------------


def _damaged(content: bytes, name: str, at: int) -> bytes:
    """A variant: cut, or bits flipped; the same each time."""
    seed = zlib.crc32(f"{name}{at}".encode())
    damaged = bytearray(content[: seed % len(content)] if at % 3 == 0 else content)
    for _ in range(1 + at % 5):
        seed = zlib.crc32(seed.to_bytes(4, "big"))
        if damaged:
            damaged[seed % len(damaged)] ^= 1 << (seed >> 16) % 8
    return bytes(damaged)


def _repacked(content: bytes, part: str, name: str, at: int) -> bytes:
    """The damage inside of one part, whose archive is sound."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts: dict[str, str | bytes] = {each: package.read(each) for each in package.namelist()}
    whole = parts[part]
    assert isinstance(whole, bytes)
    return archive({**parts, part: _damaged(whole, name, at)})


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("docx/legal-outline.docx", "word/numbering.xml"),
        ("docx/merged-both-ways.docx", "word/document.xml"),
        ("docx/pasted-parts.docx", "word/chunk2.mht"),
        ("odt/lists.odt", "content.xml"),
        ("epub/spine.epub", "OEBPS/book.opf"),
        ("rtf/notes-headers-remarks.rtf", ""),
        ("rtf/merged-cells.rtf", ""),
    ],
)
def test_damaged_variants_end_in_a_named_error_or_in_what_can_be_read(tmp_path: Path, name: str, part: str) -> None:
    """In this process, since a child for each of them would take long; its limits have tests of their own."""
    content = (GOLDEN / name).read_bytes()
    path = tmp_path / Path(name).name
    for at in range(80):
        in_part = part and at % 2
        path.write_bytes(_repacked(content, part, name, at) if in_part else _damaged(content, name, at))
        try:
            kind = kind_of(path, path.name, "")
            list(import_module(f"chalicelib.extraction.readers.{kind.reader}").read(path, Limits(), 1))
        except ExtractionError:
            continue
