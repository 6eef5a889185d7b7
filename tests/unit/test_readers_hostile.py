"""Files made to hurt: each is refused by name, and the process that met it stayed within its limits."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from chalicelib.extraction import ExtractionError, Limits, Page, kind_of, read

from tests.unit import extraction_files as files

MB = 1024 * 1024
PEAK_BYTES = 300 * MB


def _refused(path: Path, code: str, limits: Limits = files.FAST) -> ExtractionError:
    error = files.failure(path, limits=limits)
    assert error.code == code, error.detail
    assert error.peak_memory_bytes < PEAK_BYTES
    assert error.cpu_s < 30
    return error


# --- Archives -------------------------------------------------------------------------------------------------------


def _zeros(size: int) -> Iterator[bytes]:
    yield from (b"\x00" * MB for _ in range(size // MB))


@pytest.mark.parametrize("make", [files.docx_of, files.xlsx_of])
def test_an_archive_that_unpacks_to_gigabytes(tmp_path: Path, make: object) -> None:
    assert callable(make)
    path = make(tmp_path / f"bomb.{'docx' if make is files.docx_of else 'xlsx'}", _zeros(300 * MB))
    assert path.stat().st_size < MB
    error = _refused(path, "archive_bomb")
    assert "400 MB" in error.message
    assert error.peak_memory_bytes < 40 * MB


def test_the_sum_of_entries_is_limited_whatever_the_ratio_of_each(tmp_path: Path) -> None:
    noise = os.urandom(MB)
    path = files.docx_of(tmp_path / "a.docx", b"", {f"word/media/{number}.bin": noise for number in range(9)})
    _refused(path, "archive_bomb", Limits(max_unpacked_bytes=8 * MB))
    # Nothing else is wrong with it: it has no text.
    _refused(path, "no_text")


@pytest.mark.parametrize("declared", [10, 1_000, 2**32 - 2])
def test_declared_sizes_are_not_believed(tmp_path: Path, declared: int) -> None:
    path = files.docx_of(tmp_path / "a.docx", (b"<w:p/>" * 10_000 for _ in range(400)))
    files.with_declared_size(path, "word/document.xml", declared)
    error = files.failure(path)
    assert error.code in {"broken_file", "archive_bomb"}
    assert error.peak_memory_bytes < 40 * MB


def test_a_larger_declared_size_does_not_hide_what_is_there(tmp_path: Path) -> None:
    path = files.with_declared_size(files.docx_of(tmp_path / "a.docx", _zeros(50 * MB)), "word/document.xml", 2**31)
    _refused(path, "archive_bomb")


def test_a_directory_of_a_hundred_thousand_entries_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        for number in range(100_000):
            archive.writestr(str(number), b"")
    _refused(path, "too_many_entries")


@pytest.mark.parametrize("name", ["../../outside.xml", "/etc/passwd", "word\\..\\..\\x", "C:/x"])
def test_paths_that_lead_out_of_an_archive(tmp_path: Path, name: str) -> None:
    _refused(files.docx_of(tmp_path / "a.docx", b"<w:p/>", {name: b"x"}), "unsafe_archive")


def test_two_parts_of_the_same_name(tmp_path: Path) -> None:
    path = files.docx_of(tmp_path / "a.docx", b"<w:p/>")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "<other/>")
    _refused(path, "unsafe_archive")


def test_a_compression_that_unpacks_all_at_once(tmp_path: Path) -> None:
    path = files.docx_of(tmp_path / "a.docx", b"")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/media/image1.bin", bytes(1024))
    _refused(path, "unsafe_archive")


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = files.docx_of(tmp_path / "inner.docx", _zeros(50 * MB)).read_bytes()
    text = b"<w:p><w:r><w:t>outer</w:t></w:r></w:p>"
    pages, total = files.extract(files.docx_of(tmp_path / "a.docx", text, {"word/embeddings/a.docx": inner}))
    assert [page.text for page in pages] == ["outer"]
    assert total.peak_memory_bytes < 40 * MB


@pytest.mark.parametrize("kept", [0.95, 0.5, 0.02])
def test_an_office_file_cut_short(tmp_path: Path, kept: float) -> None:
    path = files.word(tmp_path / "a.docx", "text")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    _refused(path, "broken_file")


# --- XML ------------------------------------------------------------------------------------------------------------

ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><x>&d;</x>"""
OUTSIDE = b'<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><x/>'


@pytest.mark.parametrize("xml", [ENTITIES, OUTSIDE])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels"])
def test_entities_and_document_types_are_refused_in_every_part(tmp_path: Path, xml: bytes, part: str) -> None:
    parts: dict[str, bytes | Iterable[bytes]] = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}
    _refused(files.package(tmp_path / "a.docx", {**parts, part: xml}), "xml_entities")


def test_deep_nesting(tmp_path: Path) -> None:
    error = _refused(files.docx_of(tmp_path / "a.docx", (b"<w:p>" * 1_000 for _ in range(1_000))), "xml_too_deep")
    assert "256" in error.message


@pytest.mark.parametrize("body", [b"<w:p>", b"<w:p></w:r></w:p>", b"\xff\xfe", b"<w:p>&undeclared;</w:p>"])
def test_malformed_xml(tmp_path: Path, body: bytes) -> None:
    _refused(files.docx_of(tmp_path / "a.docx", body), "broken_file")


def test_an_attribute_of_many_megabytes(tmp_path: Path) -> None:
    noise = [os.urandom(MB // 2).hex().encode()] * 30
    path = files.docx_of(tmp_path / "a.docx", [b'<w:p a="', *noise, b'"/>'])
    _refused(path, "xml_tag_too_long", Limits(cpu_s=5))


# --- Sheets ---------------------------------------------------------------------------------------------------------


def test_a_million_empty_rows_in_a_few_kilobytes(tmp_path: Path) -> None:
    path = files.xlsx_of(tmp_path / "a.xlsx", (b"<row/>" * 1_024 for _ in range(1_024)))
    assert path.stat().st_size < 20_000
    assert _refused(path, "no_text").peak_memory_bytes < 40 * MB


def test_a_million_filled_rows(tmp_path: Path) -> None:
    rows = (
        b"".join(b"<row><c><v>%d</v></c></row>" % (at * 7_919 % 1_000_003) for at in range(start, start + 1_000))
        for start in range(0, 1_048_000, 1_000)
    )
    path = files.xlsx_of(tmp_path / "a.xlsx", rows)
    limits = Limits(max_rows=100_000)
    kind = kind_of(path, "a.xlsx", "", limits)
    pages = 0
    with pytest.raises(ExtractionError) as raised:  # noqa: PT012 - pages come before the error, and are counted
        for item in read(path, kind, limits):
            pages += isinstance(item, Page)
    assert raised.value.code == "too_many_rows"
    assert "100,000" in raised.value.message
    assert raised.value.peak_memory_bytes < 40 * MB
    assert 450 < pages < 500  # what came before stays good


def test_wide_rows_and_false_references(tmp_path: Path) -> None:
    row = (
        b'<row r="1"><c r="XFD1"><v>1</v></c><c r="AAAA1"><v>2</v></c><c r="7"><v>3</v></c><c r="A1"><v>4</v></c></row>'
    )
    again = (
        b'<row r="99999999999999"><c t="s"><v>-5</v></c><c t="s" s="77"><v>9999999999</v></c><c><v>nan</v></c></row>'
    )
    pages, _ = files.extract(files.xlsx_of(tmp_path / "a.xlsx", row + again))
    assert pages[0].text == "4 | … XFD: 1\n |  | nan"


def test_dates_beyond_the_calendar_are_shown_as_numbers(tmp_path: Path) -> None:
    from chalicelib.extraction.readers.number_formats import NumberFormat

    date, general = NumberFormat("yyyy-mm-dd"), NumberFormat("General")
    for text in ("1e300", "-1", "99999999"):
        assert date.number(text, is_1904=False) == general.number(text, is_1904=False)
    assert NumberFormat("[h]:mm").number("inf", is_1904=False) == "inf"
    assert NumberFormat("0%").number("nan", is_1904=False) == "nan"


def test_shared_texts_fill_no_memory(tmp_path: Path) -> None:
    texts = [b"<si><t>" + os.urandom(MB // 4).hex().encode() + b"</t></si>"] * 40
    path = files.xlsx_of(tmp_path / "a.xlsx", b'<row><c t="s"><v>7</v></c></row>', texts)
    pages, total = files.extract(path)
    assert len(pages[0].text) == 32_767  # as many as Excel lets a cell have
    assert total.peak_memory_bytes < 80 * MB
    _refused(path, "too_much_text", Limits(memory_bytes=64 * MB))


# --- PDF ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aes", [True, False])
def test_a_pdf_with_a_password(tmp_path: Path, aes: bool) -> None:
    path = files.pdf(tmp_path / "a.pdf", ["secret"], user_password="secret", aes=aes)
    _refused(path, "encrypted_pdf")


@pytest.mark.parametrize("aes", [True, False])
def test_a_pdf_that_is_protected_from_editing_only_is_read_and_says_so(tmp_path: Path, aes: bool) -> None:
    pages, total = files.extract(files.pdf(tmp_path / "text.pdf", ["open"], user_password="", aes=aes))
    assert (pages[0].text, total.scanned, total.encrypted) == ("open", False, True)
    _, total = files.extract(files.pdf(tmp_path / "scan.pdf", ["", ""], user_password="", aes=aes))
    assert (total.scanned, total.encrypted) == (True, True)  # which is refused once all pages are known


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"garbage " * 1_000, b"%PDF-1.4\nxref\n0 99999999\n"]
)
def test_a_broken_pdf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    _refused(path, "broken_file")


def test_a_pdf_cut_short(tmp_path: Path) -> None:
    path = files.pdf(tmp_path / "a.pdf", [f"page {number} " * 50 for number in range(30)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    _refused(path, "broken_file")


def test_a_pdf_whose_table_is_wrong_is_read_all_the_same(tmp_path: Path) -> None:
    """Something put a header before it or changed its line ends: pypdf finds the objects again."""
    path = files.pdf(tmp_path / "a.pdf", ["whole text"])
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.3\n", b"%PDF-1.3\n% a remark\n", 1))
    assert files.extract(path)[0][0].text == "whole text"


def test_a_pdf_stream_that_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    path = files.pdf_of_stream(tmp_path / "a.pdf", b" " * (400 * MB))
    assert path.stat().st_size < MB
    _refused(path, "broken_file")


def test_a_pdf_page_that_never_ends(tmp_path: Path) -> None:
    path = files.pdf_of_stream(tmp_path / "a.pdf", b"BT /F 1 Tf " + b"(a) Tj 1 0 0 1 0 0 Tm " * 1_500_000 + b"ET")
    error = files.failure(path, limits=Limits(cpu_s=2))
    assert error.code in {"too_slow", "broken_file", "too_much_memory"}
    assert error.peak_memory_bytes < PEAK_BYTES


def test_page_trees_that_loop_or_lie(tmp_path: Path) -> None:
    loop = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>"]
    _refused(files.raw_pdf(tmp_path / "loop.pdf", loop), "broken_file")
    none = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 5 >>"]
    _refused(files.raw_pdf(tmp_path / "none.pdf", none), "broken_file")
    itself = [b"<< /Type /Catalog /Pages 1 0 R >>"]
    _refused(files.raw_pdf(tmp_path / "itself.pdf", itself), "broken_file")


def test_one_unreadable_page_does_not_cost_the_others(tmp_path: Path) -> None:
    pages = b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>"
    resources = b"/Resources << /Font << /F 7 0 R >> >>"
    good = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R %b >>" % resources
    bad = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 6 0 R %b >>" % resources
    path = files.raw_pdf(
        tmp_path / "a.pdf",
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            pages,
            good,
            bad,
            files.stream(b"BT /F 1 Tf (good) Tj ET"),
            files.stream(b" " * (300 * MB)),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ],
    )
    found, total = files.extract(path)
    assert found[0].text == "good"
    assert found[1].locator.get("unreadable")
    assert total.pages == 2
    (last,), _ = files.extract(path, start_page=2)
    assert last.locator.get("unreadable")


# --- Texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [b"<", b"<!", b"<!--", b"<a ", b"&", b"<![CDATA[", b"</", b"<div>"])
def test_html_made_to_be_slow_ends(tmp_path: Path, unit: bytes) -> None:
    """Found text, or refused: within the CPU time that it may take either way."""
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>text</p>" + unit * (2 * MB // len(unit)))
    try:
        _, total = files.extract(path, limits=Limits(cpu_s=1))
    except ExtractionError as error:
        assert error.code in {"too_slow", "too_much_memory", "broken_file"}  # noqa: PT017 - a good end
        assert error.peak_memory_bytes < PEAK_BYTES  # noqa: PT017
    else:
        assert total.peak_memory_bytes < PEAK_BYTES


def test_combining_marks_that_take_long_to_order(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a" + "\u0301\u0316" * 500_000)
    _, total = files.extract(path)
    assert total.peak_memory_bytes < PEAK_BYTES


def test_messages_never_quote_the_file(tmp_path: Path) -> None:
    path = files.docx_of(tmp_path / "a.docx", b"<w:p><w:r><w:t>SECRET</w:t></SECRET>")
    error = _refused(path, "broken_file")
    assert "SECRET" not in f"{error} {error.message} {error.detail} {error.args}"
