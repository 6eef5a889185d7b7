"""File names as they may be stored and shown."""

from __future__ import annotations

import re
import unicodedata

from .failures import ExtractionError

# An S3 key has 1,024 bytes for uploads/{user_id}/{file_id}/{name}; a file system's name has 255.
MAX_NAME_BYTES = 255
# Left-to-right and right-to-left marks, embeddings, overrides and isolates: "fdp.exe" can be shown as "exe.pdf".
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# No characters: XML, in which S3 is told what to delete, cannot hold them.
_UNWRITABLE = frozenset("\ufffe\uffff")

# Of a name or a key. "Report v1.2" has none, and ".gitignore" is all name.
_ENDING = re.compile(r"(?<=[^/])\.[A-Za-z][A-Za-z0-9]{0,9}$")


def clean_name(name: str) -> str:
    """Check a file's name and return it as it is stored: NFC, white space as single spaces, none at the ends.

    What could mislead a reader or a program is refused, not repaired, so that the name in the list is the one that the
    person gave. Raises ExtractionError `name_not_allowed`.
    """
    problem = _problem(name)
    if problem:
        raise ExtractionError("name_not_allowed", problem=problem)
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if cleaned in {"", ".", ".."}:
        raise ExtractionError("name_not_allowed", problem="is empty")
    if len(cleaned.encode()) > MAX_NAME_BYTES:
        raise ExtractionError("name_not_allowed", problem=f"is longer than {MAX_NAME_BYTES} bytes")
    return cleaned


def with_ending(name: str, former: str) -> str:
    """The name with the ending of the former one: added where it is missing, and after another one."""
    ending = _ENDING.search(former)
    if ending is None or name.lower().endswith(ending[0].lower()):
        return name
    return name + ending[0]


def _problem(name: str) -> str | None:
    if len(name) > MAX_NAME_BYTES * 2:  # before it is normalised, which costs time by length
        return f"is longer than {MAX_NAME_BYTES} bytes"
    if "/" in name or "\\" in name:
        return "has a path separator (/ or \\)"
    if "${filename}" in name:
        return "has ${filename} in it, which storing it would replace"
    if _BIDI.intersection(name):
        return "has invisible characters that change the direction of writing"
    if _UNWRITABLE.intersection(name) or any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in name):
        return "has control characters"
    return None
