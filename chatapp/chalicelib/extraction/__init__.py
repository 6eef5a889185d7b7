"""Text of uploaded files, page by page, and its index. Owns no file's row, object or life (`files`): no AWS, no HTTP.

    kind = kind_of(path, name, declared_type)       what the file is, by its own bytes
    for item in read(path, kind, Limits()):         Page …, Note … and Total, from a child process with its limits
    for piece in cut(path, kind, [(3, 6)], …):      pages 3 to 6 of a PDF as a PDF of their own, from another one

Importing this package imports no parser: those are imported by the child alone (`sandbox/child.py`).
"""

from __future__ import annotations

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.kinds.detect import Kind, kind_of
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.names import clean_name
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Locator, Page, Piece, Total
from chalicelib.extraction.sandbox.parent import cut, read

__all__ = [
    "ExtractionError",
    "Kind",
    "Limits",
    "Locator",
    "Note",
    "Page",
    "Piece",
    "Total",
    "clean_name",
    "cut",
    "kind_of",
    "read",
]
