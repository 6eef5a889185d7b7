"""OLE2 containers: old office documents, and new ones behind a password. Neither is read."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from chalicelib.extraction.failures import ExtractionError

_SCANNED_BYTES = 4 * 1024 * 1024
# Names of streams in the container's directory, which is written in UTF-16.
_STREAMS = (
    ("EncryptedPackage", "encrypted_document", "", ""),
    ("WordDocument", "type_not_supported", "An old Word document (.doc)", "Save it as DOCX or PDF."),
    ("Workbook", "type_not_supported", "An old Excel workbook (.xls)", "Save it as XLSX or CSV."),
    ("PowerPoint Document", "type_not_supported", "An old presentation (.ppt)", "Save it as PPTX or PDF."),
)


def is_message(path: Path) -> bool:
    """An Outlook message: one that has a workbook attached names that stream, too."""
    return _has(_ends(path), "__nameid_version1.0") or _has(_ends(path), "__properties_version1.0")


def refuse(path: Path) -> NoReturn:
    """Raises ExtractionError: encrypted_document or type_not_supported."""
    ends = _ends(path)
    for stream, code, found, advice in _STREAMS:
        if _has(ends, stream):
            raise ExtractionError(code, found=found, advice=advice)
    raise ExtractionError("type_not_supported", found="This type of file", advice="Save it as DOCX, XLSX, PPTX or PDF.")


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        start = file.read(_SCANNED_BYTES)
        file.seek(max(0, path.stat().st_size - _SCANNED_BYTES))
        return start, file.read(_SCANNED_BYTES)


def _has(ends: tuple[bytes, bytes], stream: str) -> bool:
    name = stream.encode("utf-16-le")
    return any(name in end for end in ends)
