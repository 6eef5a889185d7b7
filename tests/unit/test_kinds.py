from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest
from chalicelib.extraction import ExtractionError, Limits, clean_name, kind_of

from tests.unit import extraction_files as files

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 512


@pytest.mark.parametrize("name", ["contract.pdf", "contract", "contract.PDF", "contract.v2"])
@pytest.mark.parametrize("declared", ["application/pdf", "", "application/octet-stream", "application/pdf; charset=x"])
def test_a_pdf_is_known_by_its_bytes_with_or_without_ending_and_type(tmp_path: Path, name: str, declared: str) -> None:
    kind = kind_of(files.pdf(tmp_path / "file", ["Hello"]), name, declared)
    assert (kind.media_type, kind.format, kind.group) == ("application/pdf", "PDF", "document")


@pytest.mark.parametrize(
    ("content", "name", "declared", "media_type"),
    [
        (b"a;b\n1;2\n", "a.csv", "application/vnd.ms-excel", "text/csv"),
        (b"a\tb\n", "a.tsv", "", "text/tab-separated-values"),
        (b"# Title\n", "a.md", "", "text/markdown"),
        (b"<p>x", "a.html", "text/html", "text/html"),
        (b"<p>x", "", "text/html", "text/html"),
        (b"{}", "a.json", "application/json", "application/json"),
        (b"<a/>", "a.xml", "text/xml", "application/xml"),
        (b"export const a = 1\n", "a.ts", "video/mp2t", "text/plain"),
        (b"#!/bin/sh\necho\n", "run.sh", "", "text/plain"),
        (b"MZ-80 manual, in words", "manual.txt", "", "text/plain"),
        (b"BMW, BZh and ID3", "cars", "", "text/plain"),
        (b"A PDF begins with %PDF-1.7", "about.txt", "text/plain", "text/plain"),
        ("été".encode("utf-16"), "a.txt", "text/plain", "text/plain"),
        (b"\x89PNG\r\n\x1a\n\x00", "photo.jpg", "image/jpeg", "image/png"),
    ],
)
def test_texts_and_images(tmp_path: Path, content: bytes, name: str, declared: str, media_type: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    kind = kind_of(path, name, declared)
    assert kind.media_type == media_type
    assert kind.group == ("image" if media_type == "image/png" else "text")


@pytest.mark.parametrize("start", [b"MZ\x90\x00\x03", b"\x7fELF\x02\x01", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\x00"])
@pytest.mark.parametrize("name", ["invoice.pdf", "notes.txt", "setup.exe", "photo.png"])
def test_a_program_is_refused_whatever_its_name(tmp_path: Path, start: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(start + b"\x00" * 1_000)
    assert files.failure(path, "application/pdf").code == "executable"


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("a.docx", "application/msword"),
        ("a.docx", "application/octet-stream"),
        ("a.docx", "application/zip"),
        ("a.docx", "text/plain"),
        ("a.doc", "application/msword"),
        ("a.dotx", f"{DOCX[:-8]}template"),
        ("a.docm", "application/vnd.ms-word.document.macroEnabled.12"),
        ("a.pdf", "application/pdf"),
        ("a.xlsx", ""),
        ("a.png", "image/png"),
        ("a.txt", ""),
        ("download", "application/force-download"),
    ],
)
def test_the_content_decides_whatever_name_and_type_say(tmp_path: Path, name: str, declared: str) -> None:
    pages, _ = files.extract(files.word(tmp_path / name, "Hello"), declared)
    assert pages[0].text == "Hello"
    assert kind_of(tmp_path / name, name, declared).media_type == DOCX


@pytest.mark.parametrize(
    "declared",
    ["text/pdf", "application/x-pdf", "application/force-download", "application/x-download", "application/msword", ""],
)
def test_a_pdf_is_one_by_any_type(tmp_path: Path, declared: str) -> None:
    path = files.pdf(tmp_path / "scan.png", ["Hello"])
    assert kind_of(path, path.name, declared).format == "PDF"


@pytest.mark.parametrize(
    ("name", "folder", "part", "reader"),
    [
        ("a.ppsx", "ppt/", "presentation.xml", "pptx"),
        ("a.potm", "ppt/", "presentation.xml", "pptx"),
        ("a.xltx", "xl/", "workbook.xml", "xlsx"),
        ("a.xlsm", "xl/", "workbook.xml", "xlsx"),
        ("a.xls", "xl/", "workbook.xml", "xlsx"),
        ("a.dotm", "word/", "document.xml", "docx"),
    ],
)
def test_templates_shows_and_macros_are_read(tmp_path: Path, name: str, folder: str, part: str, reader: str) -> None:
    path = files.package(tmp_path / name, {"[Content_Types].xml": b"<Types/>", f"{folder}{part}": b"<a/>"})
    for declared in (
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    ):
        assert kind_of(path, name, declared).reader == reader


@pytest.mark.parametrize(
    ("content", "name", "declared", "reader"),
    [
        (b"<html><table><tr><td>1</table>", "export.xls", "application/vnd.ms-excel", "web_page"),
        (b"<!DOCTYPE html>\n<p>Log in first", "thesis.pdf", "application/pdf", "web_page"),
        (b"\xef\xbb\xbf<html><p>x", "letter.doc", "application/msword", "web_page"),
        (b"a\tb\n1\t2\n", "export.xls", "application/vnd.ms-excel", "delimited"),
        (b"a;b\n1;2\n", "export.xlsx", "", "delimited"),
        (b"a;b\n1;2\n", "export", "application/vnd.ms-excel", "delimited"),
        (b"only words", "thesis.pdf", "application/pdf", "plain_text"),
        (b"only words", "photo.png", "image/png", "plain_text"),
        (b"<html>", "page.txt", "text/plain", "plain_text"),
        (b"From: a@b.example\r\nSubject: x\r\n\r\nhello", "mail", "", "message"),
        (b"From: a@b.example\r\nSubject: x\r\n\r\nhello", "mail.txt", "message/rfc822", "message"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=b\n\n--b", "letter.doc", "", "message"),
        (b"From: a\nSubject: b\n\nin a text", "notes.txt", "text/plain", "plain_text"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "photo.png", "image/pjpeg", "image"),
        (b"GIF89a" + bytes(99), "photo.jpg", "image/jpg", "image"),
    ],
)
def test_how_a_file_of_another_name_is_read(
    tmp_path: Path, content: bytes, name: str, declared: str, reader: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert kind_of(path, name, declared).reader == reader


@pytest.mark.parametrize("name", ["a.exe", "a.dll", "a.jar", "a.wasm"])
def test_a_program_by_its_name_is_one_whatever_it_holds(tmp_path: Path, name: str) -> None:
    assert files.failure(files.word(tmp_path / name, "Hello"), DOCX).code == "executable"


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "file_empty", "empty"),
        (b"\x00" * 100, "file_empty", "empty"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted_document", "password"),
        (OLE + "WordDocument".encode("utf-16-le"), "type_not_supported", "DOCX"),
        (OLE + "Workbook".encode("utf-16-le"), "broken_file", "XLS"),
        (b"\x1f\x8b\x08\x00\x00", "type_not_supported", "Unpack"),
        (b"\x00\x00\x00\x18ftypheic\x00", "type_not_supported", "PNG"),
        (b"\x00\x00\x00\x18ftyphevc\x00", "type_not_supported", "PNG"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "type_not_supported", "PNG"),
        (b"\x00\x00\x00\x18ftypmp42\x00", "type_not_supported", "images"),
        (bytes(range(256)) * 4, "type_not_supported", "PDF"),
    ],
)
def test_what_is_not_read_says_what_to_do(tmp_path: Path, content: bytes, code: str, word: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    error = files.failure(path)
    assert error.code == code
    assert word in error.message


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"a.txt": b"a", "inner.zip": b"PK\x03\x04"}, "Unpack"),
        ({"mimetype": b"application/vnd.oasis.opendocument.graphics"}, "PDF"),
        ({"META-INF/MANIFEST.MF": b"Main-Class: A"}, "Programs"),
        ({"Index/Document.iwa": b"\x00", "preview.jpg": b"\xff\xd8\xff"}, "Keynote"),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, parts: dict[str, bytes | list[bytes]], word: str) -> None:
    error = files.failure(files.package(tmp_path / "file", {**parts}))
    assert error.code == "type_not_supported"
    assert word in error.message


@pytest.mark.parametrize("ending", ["dot", "pot", "pub", "key", "msg", "ps", "com"])
def test_an_ending_that_texts_have_as_well_says_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"file.{ending}"
    path.write_text("-----BEGIN PRIVATE KEY-----\n")
    pages, _ = files.extract(path)
    assert pages[0].text == "-----BEGIN PRIVATE KEY-----"
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le"))
    assert files.failure(path).code == "type_not_supported"
    path.write_bytes(b"MZ\x90\x00\x03" + bytes(99))
    assert files.failure(path).code == "executable"
    assert "Keynote" in files.failure(files.package(path, {"Index/Document.iwa": b"\x00"})).message


def test_a_file_larger_than_the_limit_names_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    error = files.failure(path, limits=Limits())
    assert error.code == "file_too_large"
    assert "50 MB" in error.message


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("contrat été.pdf", "contrat été.pdf"),
        ("contrat e\u0301te\u0301.pdf", "contrat été.pdf"),
        ("  two   words .txt ", "two words .txt"),
        ("報告書 🙂.docx", "報告書 🙂.docx"),
        (".gitignore", ".gitignore"),
    ],
)
def test_a_name_is_normalised(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        ".",
        "..",
        "../../etc/passwd",
        "a/b.pdf",
        "C:\\a.pdf",
        "a\x00.pdf",
        "a\nb.pdf",
        "a\u2028b.pdf",
        "a\u202efdp.exe",
        "a\u2066b.pdf",
        "a\ud800.pdf",
        "x" * 1_000,
        "é" * 128,
    ],
)
def test_a_name_that_misleads_is_refused(name: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        clean_name(name)
    assert raised.value.code == "name_not_allowed"


@pytest.mark.parametrize(
    ("parts", "name", "declared", "reader"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "a.odt", "", "odt"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text-template\n"}, "a.ott", "application/zip", "odt"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "a", "", "ods"),
        ({"mimetype": b"application/vnd.oasis.opendocument.presentation"}, "a.odp", "", "odp"),
        (
            {"META-INF/manifest.xml": b'<x full-path="/" media-type="application/vnd.oasis.opendocument.text"/>'},
            "packed.odt",
            "",
            "odt",
        ),
        ({"mimetype": b"application/epub+zip"}, "a.epub", "application/epub+zip", "epub"),
        ({"META-INF/container.xml": b"<container/>"}, "a.epub", "", "epub"),
    ],
)
def test_open_documents_and_books_are_told_by_their_media_type(
    tmp_path: Path, parts: dict[str, bytes | list[bytes]], name: str, declared: str, reader: str
) -> None:
    assert kind_of(files.package(tmp_path / "file", {**parts}), name, declared).reader == reader


@pytest.mark.parametrize("declared", ["", "application/rtf", "text/rtf"])
def test_rich_text_is_told_by_its_first_bytes(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "letter.rtf"
    path.write_bytes(b"{\\rtf1\\ansi hello}")
    assert kind_of(path, path.name, declared).format == "RTF"


def test_comments_before_a_text_are_passed_over_once(tmp_path: Path) -> None:
    """Of two hundred, a pattern may make groups in more ways than anybody can wait for."""
    path = tmp_path / "file"
    path.write_bytes(b"<!---->" * 200 + b"x")
    assert kind_of(path, "a.xls", "").reader == "delimited"
    path.write_bytes(b"<!---->\n" * 200 + b"<table>")
    assert kind_of(path, "a.xls", "").reader == "web_page"


@pytest.mark.parametrize("part", ["[Content_Types].xml", "mimetype"])
def test_what_an_archive_says_of_itself_is_not_unpacked_at_once(tmp_path: Path, part: str) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(part, bytes(32 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(ExtractionError, match="type_not_supported"):
        kind_of(tmp_path / "file", "a.docx", "")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8 * 1024 * 1024
