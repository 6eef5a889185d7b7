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
    ("__substg1.0_", "type_not_supported", "An Outlook message", "Save it as PDF or as text."),
)


def refuse(path: Path) -> NoReturn:
    """Raises ExtractionError: encrypted_document or type_not_supported."""
    with path.open("rb") as file:
        start = file.read(_SCANNED_BYTES)
        file.seek(max(0, path.stat().st_size - _SCANNED_BYTES))
        end = file.read(_SCANNED_BYTES)
    for stream, code, found, advice in _STREAMS:
        name = stream.encode("utf-16-le")
        if name in start or name in end:
            raise ExtractionError(code, found=found, advice=advice)
    raise ExtractionError("type_not_supported", found="This type of file", advice="Save it as DOCX, XLSX, PPTX or PDF.")
