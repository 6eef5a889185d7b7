"""What a file's row says once it was read, or why it could not be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.extraction import ExtractionError, Note, Total
from chalicelib.extraction.index.search_index import heads
from chalicelib.extraction.language import language
from chalicelib.extraction.version import READER_VERSION

# https://platform.claude.com/docs/en/build-with-claude/vision: width × height / 750, once the longer side is brought
# down to 1,568 pixels.
_PIXELS_A_TOKEN = 750
_LONGEST_SIDE_PX = 1_568
_LANGUAGE_PAGES, _LANGUAGE_CHARACTERS = 20, 3_000

_FAILURES = {
    "scan_too_large": "The PDF is a scan without text, which Claude reads by sight: at most {mb} MB of it. "
    "Split it, or have its text recognised (OCR) and upload that.",
    "too_slow": "Only pages 1 to {pages} were read: the rest took too long. Split the file to have all of it read.",
    "size_mismatch": "The file that arrived is not of the size that was announced. Upload it again.",
}


class Refused(Exception):
    """The file is refused, for one of our own reasons."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = _FAILURES[code].format(**values)


def ready(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "ready", **found, "pages_read": more["pages"], **more}


def failed(refused: ExtractionError | Refused) -> dict[str, Any]:
    return {"status": "failed", "error": {"code": refused.code, "message": refused.message}}


def again(outcome: dict[str, Any], reading: int) -> dict[str, Any]:
    """The same of a file that was read again: what was read before stays where that came to nothing."""
    over = {"again": None, "again_error": None, "again_left": None}
    if outcome["status"] == "failed":
        return over | {"again": "failed", "again_error": outcome["error"]}
    return {"error": None, "index_key": None} | over | outcome | {"reading": reading, "reader_version": READER_VERSION}


def image_tokens(total: Total) -> int:
    """An estimate of what Claude counts for an image."""
    image = total.image or {}
    width, height = image.get("width", 0), image.get("height", 0)
    scale = min(1.0, _LONGEST_SIDE_PX / max(width, height, 1))
    return math.ceil(width * scale * height * scale / _PIXELS_A_TOKEN)


def of_locators(index_path: Path) -> Iterator[Note]:
    """What the pages say of themselves."""
    for page in heads(index_path, 0):
        if page.locator.get("unreadable"):
            yield Note("unreadable", pages=(page.number,))
        if page.locator.get("cut"):
            yield Note("cut", pages=(page.number,))


def language_of(index_path: Path) -> str:
    first = [
        page.text for page, _ in zip(heads(index_path, _LANGUAGE_CHARACTERS), range(_LANGUAGE_PAGES), strict=False)
    ]
    return language("\n".join(first))
