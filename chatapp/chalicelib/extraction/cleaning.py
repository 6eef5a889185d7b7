"""Text as it may be stored and sent on: valid Unicode, NFC, no control characters."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and line feed, surrogates, non-characters, byte order marks inside, and the invisible tag
# characters, in which instructions to a model can be hidden from the reader.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
# What TeX's fonts and others print for two or three letters, and nobody types: "ﬁnd" is to be found by "find".
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_LONG_RUN = re.compile("[^\x00-\x7f]{200}")
_STRETCH = re.compile("[\x00-\x7f]?[^\x00-\x7f]{1,200}")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Keep line breaks as "\\n"; form feeds count as line breaks."""
    if text.isascii() and text.isprintable():
        return text  # most cells and lines
    text = _LINE_ENDS.sub("\n", text).replace("\f", "\n").replace("\v", "\n")
    text = _UNWANTED.sub("", text)
    return text if text.isascii() else _composed(text.translate(_LIGATURES))


def _composed(text: str) -> str:
    """NFC. Ordering a run of combining marks takes time by the square of its length: long runs go in stretches."""
    if not _LONG_RUN.search(text):
        return unicodedata.normalize("NFC", text)
    return _STRETCH.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def tidy(text: str) -> str:
    """`clean`, and no blanks at line ends nor more than one empty line: for text whose layout is not its own."""
    lines = "\n".join(line.rstrip() for line in clean(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()
