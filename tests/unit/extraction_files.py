"""Files for the tests of extraction, made here: sound ones by common libraries, hostile ones byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import docx
from chalicelib.extraction import ExtractionError, Limits, Page, Total, kind_of, read
from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAST = Limits(cpu_s=5, silence_s=20)


def extract(
    path: Path, declared_type: str = "", limits: Limits = FAST, start_page: int = 1
) -> tuple[list[Page], Total]:
    """Kind and content, as the function finds them."""
    kind = kind_of(path, path.name, declared_type, limits)
    items = list(read(path, kind, limits, start_page))
    assert isinstance(items[-1], Total)
    assert items[-1].final
    return [item for item in items if isinstance(item, Page)], items[-1]


def failure(path: Path, declared_type: str = "", limits: Limits = FAST) -> ExtractionError:
    """The error by which a file is refused, wherever it is noticed."""
    try:
        extract(path, declared_type, limits)
    except ExtractionError as error:
        return error
    raise AssertionError("the file was read")


# --- PDF ------------------------------------------------------------------------------------------------------------


def pdf(path: Path, texts: Iterable[str], *, user_password: str | None = None, aes: bool = True) -> Path:
    """user_password: "" protects from editing only."""
    document = FPDF()
    document.set_font("helvetica", size=11)
    if user_password is not None:
        method = EncryptionMethod.AES_256 if aes else EncryptionMethod.RC4
        document.set_encryption("owner", user_password, method, AccessPermission.none())
    for text in texts:
        document.add_page()
        if text:
            document.multi_cell(0, 6, text)
    document.output(str(path))
    return path


def raw_pdf(path: Path, objects: list[bytes], *, with_table: bool = True) -> Path:
    """A PDF of objects 1, 2, …; object 1 is the catalog."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, 2)
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    table_at = out.tell()
    if with_table:
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
        out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
        out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at))
    path.write_bytes(out.getvalue())
    return path


def stream(content: bytes) -> bytes:
    """An unpacked stream given packed."""
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


def pdf_of_stream(path: Path, content: bytes) -> Path:
    """One page whose content is this stream."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return raw_pdf(path, objects)


# --- Office files ---------------------------------------------------------------------------------------------------


def word(path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def package(path: Path, parts: dict[str, bytes | Iterable[bytes]]) -> Path:
    """A zip of parts, each written in chunks, so that the test need not hold what the file unpacks to."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=False) as part:
                for chunk in [content] if isinstance(content, bytes) else content:
                    part.write(chunk)
    return path


def docx_of(path: Path, body: bytes | Iterable[bytes], more: dict[str, bytes] | None = None) -> Path:
    """A DOCX of this body, without the parts that it can do without."""
    chunks = [body] if isinstance(body, bytes) else body
    opening, closing = f'<w:document xmlns:w="{WORD}"><w:body>'.encode(), b"</w:body></w:document>"
    types = b"<Types/>"
    return package(
        path, {"[Content_Types].xml": types, "word/document.xml": _around(opening, chunks, closing), **(more or {})}
    )


def xlsx_of(path: Path, rows: bytes | Iterable[bytes], shared: bytes | Iterable[bytes] | None = None) -> Path:
    """An XLSX of one sheet, "S"."""
    chunks = [rows] if isinstance(rows, bytes) else rows
    opening, closing = f'<worksheet xmlns="{SHEET}"><sheetData>'.encode(), b"</sheetData></worksheet>"
    parts: dict[str, bytes | Iterable[bytes]] = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" r:id="r1"/></sheets>'
        "</workbook>".encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": _around(opening, chunks, closing),
    }
    if shared is not None:
        texts = [shared] if isinstance(shared, bytes) else shared
        parts["xl/sharedStrings.xml"] = _around(f'<sst xmlns="{SHEET}">'.encode(), texts, b"</sst>")
    return package(path, parts)


def _around(opening: bytes, chunks: Iterable[bytes], closing: bytes) -> Iterable[bytes]:
    yield opening
    yield from chunks
    yield closing


def with_declared_size(path: Path, part: str, size: int) -> Path:
    """The same archive, whose headers say that a part unpacks to `size` bytes."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(part)
    struct.pack_into("<L", content, entry.header_offset + 22, size)
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(part)] != part.encode():
        at = content.index(b"PK\x01\x02", at + 1)
    struct.pack_into("<L", content, at + 24, size)
    path.write_bytes(content)
    return path
