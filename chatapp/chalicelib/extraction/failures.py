"""Why a file cannot be read, in words that its owner can act on."""

from __future__ import annotations

import traceback
from typing import Any

from .limits import MB, Limits


class ExtractionError(Exception):
    """A file that is refused or cannot be read. Nothing in it is text of the file, so that it may be stored and logged.

    code: one of MESSAGES. message: what a person can do about it. detail: where our code or a parser gave up, for the
    log ("PdfReadError at pypdf/_reader.py:412"), or "".
    peak_memory_bytes, cpu_s: what the parser's process had taken, when it could still say so.
    """

    def __init__(self, code: str, detail: str = "", *, limits: Limits | None = None, **values: Any) -> None:
        self.code = code
        self.message = MESSAGES[code].format(**_shown(limits or Limits()), **values)
        self.detail = detail
        self.peak_memory_bytes = 0
        self.cpu_s = 0.0
        super().__init__(f"{code}: {self.message}")


MESSAGES = {
    "name_not_allowed": "The file's name {problem}. Rename it and upload it again.",
    "file_empty": "The file is empty. If it is on a cloud drive, download it first, then upload it again.",
    "file_too_large": "The file is larger than {max_file_mb} MB. Split it, or upload the part that matters.",
    "type_not_supported": "{found} cannot be read. {advice}",
    "executable": "The file is a program, not a document, whatever its name says. Programs are not accepted.",
    "encrypted_pdf": "The PDF is protected by a password. "
    "Save a copy without one (print to PDF does it) and upload that.",
    "encrypted_document": "The document asks for a password. Save a copy without one and upload that.",
    "broken_file": "The {format} file is damaged or incomplete and cannot be read. "
    "Open it in the program that made it, save it anew and upload that.",
    "archive_bomb": "The file unpacks to far more than a document should hold (limits: {max_unpacked_mb} MB in all, "
    "{max_ratio} times its packed size). Save it anew, without embedded objects or formatted empty rows.",
    "too_many_entries": "The file is an archive of more than {max_entries} parts. Save it anew with less in it.",
    "unsafe_archive": "The file is an archive with {problem}, which no office program writes. Save it anew.",
    "xml_entities": "The document's XML declares a document type or entities, which no office program writes. "
    "Save it anew in the program that made it.",
    "xml_too_deep": "The document's parts are nested more than {max_xml_depth} levels deep. Save it anew, simplified.",
    "xml_tag_too_long": "The document's XML has a tag of megabytes, which no office program writes. Save it anew.",
    "too_many_pages": "The file has more than {max_pages} pages. Split it.",
    "too_many_rows": "The tables have more than {max_rows} filled rows. Export the sheets or the period that matter.",
    "too_much_text": "The file holds more than {max_millions} million characters of text. Split it.",
    "too_slow": "Reading the file took too long (limit: {page_cpu_s} s a page). Split it, or simplify it.",
    "too_much_memory": "Reading the file took too much memory (limit: {memory_mb} MB). Split it, or simplify it.",
    "no_text": "There is no text in the file. If it shows pictures of text, save it as a PDF or as images.",
    "image_too_large": "The image is larger than what Claude takes: {max_image_side} pixels a side, {max_image_mb} MB. "
    "Make it smaller.",
}


def _shown(limits: Limits) -> dict[str, Any]:
    return {
        "max_file_mb": limits.max_file_bytes // MB,
        "max_unpacked_mb": limits.max_unpacked_bytes // MB,
        "max_ratio": limits.max_ratio,
        "max_entries": f"{limits.max_entries:,}",
        "max_pages": f"{limits.max_pages:,}",
        "max_rows": f"{limits.max_rows:,}",
        "max_xml_depth": limits.max_xml_depth,
        "max_millions": f"{limits.max_characters / 1e6:.3g}",
        "page_cpu_s": limits.page_cpu_s,
        "memory_mb": limits.memory_bytes // MB,
        "max_image_side": f"{limits.max_image_side_px:,}",
        "max_image_mb": f"{limits.max_image_bytes / MB:.2f}",
    }


def where(error: BaseException) -> str:
    """The error's class and the innermost line of code it came from; never its message, which may quote the file."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    filename = "/".join(frames[-1].filename.rsplit("/", 2)[-2:])
    return f"{type(error).__name__} at {filename}:{frames[-1].lineno}"
