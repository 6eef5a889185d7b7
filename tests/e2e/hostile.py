"""Files that must be refused with a reason, while the function goes on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod

from tests.e2e.files import CONTRACT, REPORT

PDF, WORD = REPORT.type, CONTRACT.type
_WORD_XML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Hostile:
    name: str
    type: str
    make: Callable[[], bytes]
    code: str
    """The error's code on the file's row."""


def _executable() -> bytes:
    return b"MZ\x90\x00\x03" + b"\0" * 60 + b"This program cannot be run in DOS mode." + b"\0" * 4_000


def _encrypted() -> bytes:
    document = FPDF()
    document.set_encryption("owner", "secret", EncryptionMethod.RC4, AccessPermission.none())
    document.set_font("helvetica", size=11)
    document.add_page()
    document.cell(0, 5, "Nobody reads this.")
    return bytes(document.output())


def _broken() -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\n" + b"\xff\x00garbage" * 200


def _bomb() -> bytes:
    """Unpacks to 100 MB, a thousand times its size."""
    opening = f'<w:document xmlns:w="{_WORD_XML}"><w:body>'.encode()
    paragraph = b"<w:p><w:r><w:t>" + b"0" * 1_000_000 + b"</w:t></w:r></w:p>"
    body = (paragraph for _ in range(100))
    return _package({"[Content_Types].xml": [b"<Types/>"], "word/document.xml": (opening, *body)})


def _package(parts: dict[str, Iterable[bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in parts.items():
            with archive.open(name, "w") as part:
                for chunk in chunks:
                    part.write(chunk)
    return packed.getvalue()


HOSTILE = (
    Hostile("invoice.pdf", PDF, _executable, "executable"),
    Hostile("locked.pdf", PDF, _encrypted, "encrypted_pdf"),
    Hostile("torn.pdf", PDF, _broken, "broken_file"),
    Hostile("bomb.docx", WORD, _bomb, "archive_bomb"),
)
