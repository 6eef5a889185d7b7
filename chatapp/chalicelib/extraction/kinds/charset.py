"""The encoding of a text: byte order marks, then UTF-8, then a guess among the older ones."""

from __future__ import annotations

import codecs
import string
from pathlib import Path
from typing import BinaryIO

_SAMPLE_BYTES = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Controls that no text has; escape (0x1B) is in logs, form feed and the end mark 0x1A in old texts.
_BINARY_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b\x08\x07")
_MOST_BINARY_SHARE = 0.01
# In western texts accents are few among plain letters; in Cyrillic, Greek or Asian ones most bytes are above ASCII.
# Guessers go by frequencies, and take a few accents in a short text for Korean.
_MOST_ACCENTS = 0.3
_FEWEST_TO_GUESS_BY = 8
_NOT_GUESSED = ["utf_8", "utf_16", "utf_32", "utf_7", "ascii", "cp037", "cp424", "cp500", "cp875", "cp1026", "cp1140"]
WESTERN = ("cp1252", "latin-1")
_ABOVE_ASCII = bytes(range(0x80, 0x100))
_LETTERS = string.ascii_letters.encode()
_UNDEFINED_IN_1252 = (0x81, 0x8D, 0x8F, 0x90, 0x9D)


OLDER = "older"  # a text, in an encoding that only `of_file` finds out


def sniff(head: bytes, *, is_whole: bool) -> str | None:
    """A codec's name, or OLDER, for a text that begins with `head`; None when it is no text.

    is_whole: nothing follows.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if _decodes(head, encoding, is_whole) else None
    if b"\x00" in head:
        return _wide(head)
    if not _is_texty(head):
        return None
    return "utf-8" if _decodes(head, "utf-8", is_whole) else OLDER


def of_file(path: Path) -> str:
    """The codec to read the whole file with, where bytes that it does not know are to be replaced."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        encoding = sniff(head, is_whole=len(head) < _SAMPLE_BYTES)
        if encoding not in {"utf-8", OLDER}:
            return encoding or "utf-8"
        file.seek(0)
        sample = _first_not_utf8(file)
    return "utf-8" if sample is None or _is_mostly_utf8(sample) else _older(sample)


def is_known(encoding: str) -> bool:
    """Whether a declared encoding is one of texts; Python's codecs know others ("zip", "rot13")."""
    try:
        return codecs.lookup(encoding)._is_text_encoding  # what bytes.decode asks, too
    except (LookupError, ValueError):
        return False


def _first_not_utf8(file: BinaryIO) -> bytes | None:
    """The stretch of the file that begins with the chunk in which UTF-8 fails; None when all of it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(_SAMPLE_BYTES):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return chunk
    return None


def _is_mostly_utf8(sample: bytes) -> bool:
    """One damaged letter in a UTF-8 text does not make it another encoding."""
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return damaged * 10 < sum(not character.isascii() for character in text)


def _decodes(head: bytes, encoding: str, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, is_whole)
    except UnicodeError:
        return False
    return True


def _is_texty(head: bytes) -> bool:
    binary = len(head) - len(head.translate(None, _BINARY_BYTES))
    return binary <= len(head) * _MOST_BINARY_SHARE


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: western text in it has a NUL at every second byte, or three of four."""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = head[: len(head) // 4 * 4].decode(encoding)
        except UnicodeDecodeError as error:
            if error.end < len(head) - 8:
                continue
            text = head[: error.start].decode(encoding)
        if text and "\x00" not in text and _looks_written(text):
            return encoding
    return None


def _looks_written(text: str) -> bool:
    """Mostly letters, digits, punctuation and blanks of the first 0x250 code points: bytes read two by two are not."""
    common = sum(character.isspace() or " " <= character < "\u0250" for character in text)
    return common >= len(text) * 0.7


def _older(sample: bytes) -> str:
    """Western languages are read as Windows-1252, which differs from the other western encodings in few characters."""
    accents = len(sample) - len(sample.translate(None, _ABOVE_ASCII))
    letters = sum(sample.count(letter) for letter in _LETTERS)
    if accents >= _FEWEST_TO_GUESS_BY and accents > (accents + letters) * _MOST_ACCENTS:
        from charset_normalizer import from_bytes  # noqa: PLC0415 - import it where a text needs it

        guess = from_bytes(sample, cp_exclusion=_NOT_GUESSED).best()
        if guess is not None:
            return guess.encoding
    return WESTERN[any(byte in sample for byte in _UNDEFINED_IN_1252)]
