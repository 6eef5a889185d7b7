"""Whether what fonts say of their letters can be what is drawn. Text alone; no PDF in here."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from operator import itemgetter

from .pdfium import Word

_TEXT, _RELIABLE = itemgetter(0), itemgetter(6)

_NO_LETTERS = bytes(set(range(256)) - set(string.ascii_letters.encode()))
# How often each letter stands in 1,000 of eleven European languages together. Of 30 letters in a row of any of them the
# angle's cosine to it is 0.66 or more (of 60: 0.76); of all alphabets shifted, 95 of 100 stay below 0.63 (0.66).
_USUAL = (105, 12, 25, 51, 131, 9, 17, 16, 88, 8, 23, 43, 28, 76, 66, 21, 3, 65, 57, 57, 34, 20, 13, 1, 11, 20)
_LEAST_LIKE, _LEAST_LIKE_UNMAPPED = 0.58, 0.62
# Of fewer sorts of letters than words have nothing is told: "Test test test", OA + OB.
_LEAST_LETTERS, _LEAST_SORTS, _LEAST_UNMAPPED, _LEAST_PRIVATE = 60, 12, 12, 20
_MOST_STRANGE, _MOST_STRANGE_UNMAPPED = 0.15, 0.05
_MOST_UNMAPPED, _MOSTLY = 0.05, 0.6
# Letters that were given the codes from 33 on, in the order of their use, as signs between words.
_MOST_ODD, _LEAST_ODD_SORTS = 0.5, 8
_ODD = re.compile(r"[!\"#$%&'()*+,;<=>?@\[\\\]^`{|}~]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Fonts of symbols keep signs and digits at their own codes in a private range, and letters where their drawings are.
_PUNCTUATION = {
    code: chr(code - 0xF000) for code in (*range(0xF020, 0xF041), *range(0xF05B, 0xF061), *range(0xF07B, 0xF07F))
}
_LETTERS = {code: chr(code - 0xF000) for code in (*range(0xF041, 0xF05B), *range(0xF061, 0xF07B))}
# Where symbol fonts have their signs, by the codes that Word writes: Symbol's and Wingdings'.
_SIGNS = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "◻", 0xF06F: "□", 0xF071: "❑", 0xF076: "❖", 0xF0D8: "➢", 0xF0E0: "→", 0xF0E8: "➔",
    0xF0FC: "✓", 0xF0FB: "✗", 0xF0FD: "☒", 0xF0FE: "☑", 0xF078: "☒", 0xF06E: "■", 0xF06C: "●", 0xF0AE: "→", 0xF0B0: "°",
    0xF0B1: "±", 0xF0B3: "≥", 0xF0A3: "≤", 0xF0B4: "×", 0xF02D: "-",
}  # fmt: skip


def legible(words: list[Word]) -> list[Word] | None:
    """The words with signs in the place of symbol fonts' codes, or None where they cannot be what is drawn."""
    text = "".join(map(_TEXT, words))
    if _PRIVATE.search(text):
        signs = _signs_of(text)
        words = [word._replace(text=word.text.translate(signs)) for word in words]
        text = text.translate(signs)
    unmapped = "" if all(map(_RELIABLE, words)) else "".join([word.text for word in words if not word.reliable])
    if unmapped and not _is_plausible_unmapped(unmapped):
        if len(unmapped) > _MOST_UNMAPPED * len(text):
            return None
        words = [word if word.reliable else word._replace(text="\ufffd") for word in words]
    elif not _is_plausible(text, _MOST_STRANGE, _LEAST_LIKE, _LEAST_LETTERS):
        return None
    return words


def _signs_of(text: str) -> dict[int, str]:
    """What private codes mean: letters too, where so many of them read as letters do."""
    signs = {**_PUNCTUATION, **_SIGNS}
    letters = "".join(_LETTERS[ord(character)] for character in text if ord(character) in _LETTERS)
    is_written = len(letters) >= _LEAST_PRIVATE and _is_plausible(letters, 0, _LEAST_LIKE_UNMAPPED, 1)
    return {**_LETTERS, **_PUNCTUATION} if is_written else signs


def _is_plausible_unmapped(text: str) -> bool:
    """Codes are the letters themselves in what TeX made of its bitmap fonts; of few letters none can tell."""
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    if len(letters) < _LEAST_UNMAPPED or len(letters) < _MOSTLY * len(text):
        return False
    return _is_plausible(text, _MOST_STRANGE_UNMAPPED, _LEAST_LIKE_UNMAPPED, 1, least_sorts=1)


def _is_plausible(
    text: str, most_strange: float, least_like: float, least_letters: int, least_sorts: int = _LEAST_SORTS
) -> bool:
    has_strange = not text.isprintable() or "\ufffd" in text
    if has_strange and sum(map(_is_strange, text)) > most_strange * len(text):
        return False
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS).lower()
    if len(letters) < _MOSTLY * len(text) and len(text) >= least_letters:
        odd = _ODD.findall(text)
        return len(odd) <= _MOST_ODD * len(text) or len(set(odd)) < _LEAST_ODD_SORTS
    if len(letters) < least_letters or len(set(letters)) < least_sorts:
        return True
    return _likeness(letters) >= least_like


def _likeness(letters: bytes) -> float:
    """How much the letters are mixed as they are in words: 1 as in the languages together."""
    counts = [letters.count(letter) for letter in range(97, 123)]
    product = sum(count * usual for count, usual in zip(counts, _USUAL, strict=True))
    return product / (math.hypot(*counts) * math.hypot(*_USUAL))


def _is_strange(character: str) -> bool:
    """What nobody reads: controls, private codes, nothing at all."""
    return character == "\ufffd" or unicodedata.category(character) in {"Cc", "Co", "Cn", "Cs"}
