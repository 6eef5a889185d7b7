"""What ODT, ODS and ODP files have in common: an archive with its text in content.xml, read as streams of events."""

from __future__ import annotations

from pathlib import Path

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import MB, Limits

from .ooxml import Attributes, Package

CONTENT, STYLES = "content.xml", "styles.xml"
_MANIFEST = "META-INF/manifest.xml"
_MANIFEST_BYTES = MB
_MOST_BLANKS = 1_000


def opened(path: Path, limits: Limits, format_name: str) -> Package:
    """The package, unless it asks for a password: then its parts are no XML, and its manifest says so.

    Raises ExtractionError: encrypted_document, and what Package raises.
    """
    package = Package(path, limits, format_name)
    # Searched and not parsed: OpenOffice gave it a document type.
    if b"encryption-data" in package.content(_MANIFEST, _MANIFEST_BYTES) or package.has("encrypted-package"):
        raise ExtractionError("encrypted_document")
    return package


def blanks(attributes: Attributes) -> str:
    """What a text:s stands for; runs of blanks are folded in XML."""
    count = attributes.get("text:c", "1")
    return " " * (min(int(count), _MOST_BLANKS) if count.isdecimal() else 1)


def repeated(attributes: Attributes, name: str, most: int) -> int:
    """How often a cell, row or column is there: a few bytes may say a million times."""
    count = attributes.get(name, "1")
    return max(1, min(int(count[:9]), most)) if count.isdecimal() else 1
