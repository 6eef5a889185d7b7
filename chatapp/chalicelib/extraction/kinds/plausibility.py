"""How likely a short text is in an encoding: by a detector's word, how usual the encoding is, how it would look."""

from __future__ import annotations

import math
import unicodedata

_USUAL = {"cp1252": 1.0, "gb18030": 0.9, "cp932": 0.9, "cp949": 0.9, "cp950": 0.9, "cp1251": 0.9, "cp1250": 0.8}
_USUAL |= {"iso8859-15": 0.8, "cp1253": 0.8, "cp1254": 0.8, "cp1255": 0.8, "cp1256": 0.8, "cp1257": 0.8, "cp874": 0.8}
_USUAL |= {"mac-roman": 0.7, "koi8-r": 0.7, "iso8859-2": 0.7, "iso8859-5": 0.6, "iso8859-7": 0.6, "koi8-u": 0.6}
_USUAL |= {"euc_jp": 0.6, "cp850": 0.4, "cp437": 0.4, "cp866": 0.5, "mac-cyrillic": 0.5, "iso8859-6": 0.5}
_USUAL |= {"iso8859-13": 0.5, "cp1258": 0.5, "cp852": 0.3}
_RARE = 0.05
_ALIKE = 6  # so many letters of the text weigh as much as how usual its encoding is
_LOOKS = 4
_LEAST_CONFIDENCE = 1e-3

_QUOTES = "\u2018\u201a\u201c\u201d\u201e"
_OPENING = "\xa1\xbf"
_UNITS = ("\xb0C", "\xb0F")
# The currency sign, the broken bar, boxes and blocks.
_NEVER = {"\ufffd", "\xa4", "\xa6", *map(chr, range(0x2500, 0x25A0))}
_MARKS = "\u2013\u2014\u2026\xb7\xad\xa0"
# Words of one letter, in languages from French to Greek.
_WORDS = (
    "\xe0\xe9\xe8\xe1\xf3\xed\xfa\xf6\xe5\xe6\u0438\u0430\u0432\u0441\u043a\u043e\u0443\u0456\u044f\u0439\u03bf\u03b7"
)
_WITH_DIGITS = "\u20ac\xa3\xb0\xb1\xa7\xa9"


def score(sample: bytes, codec: str, confidence: float) -> float:
    """Of the candidates for one text, the highest is the likeliest. confidence: the detector's, from 0 to 1."""
    text = f"  {sample.decode(codec, 'replace')}  "
    looks = [_look(text, at) for at, character in enumerate(text) if not character.isascii()]
    letters = max(1, len(looks))
    usual = min(1.0, _ALIKE / letters) * math.log(_USUAL.get(codec, _RARE))
    return math.log(max(confidence, _LEAST_CONFIDENCE)) + usual + _LOOKS * sum(looks) / letters


def _look(text: str, at: int) -> float:
    """Below 0 for a character where nobody writes it, above for a sign where people do."""
    before, character, after = text[at - 1], text[at], text[at + 1]
    if character in _NEVER or unicodedata.category(character) in {"Cc", "Co", "Cn"}:
        return -1
    if not character.isalpha():
        return _look_of_sign(character, before, after)
    if "\u3000" <= character <= "\ud7ff":
        return 0
    if character >= "\u0370":  # no word mixes scripts
        is_mixed = any(each.isascii() and each.isalnum() for each in (before, after))
        return -1 if is_mixed or _is_alone(character, before, after) else 0
    is_capital_inside = character.isupper() and before.islower()
    is_capital_too_many = character.isupper() and after.isupper() and text[at + 2].islower()
    if (
        (before.isdigit() and character not in "\xaa\xba")
        or is_capital_inside
        or is_capital_too_many
        or _is_alone(character, before, after)
    ):
        return -1
    return 0


def _is_alone(character: str, before: str, after: str) -> bool:
    return not before.isalnum() and not after.isalnum() and character.lower() not in _WORDS


def _look_of_sign(character: str, before: str, after: str) -> float:
    is_inside = before.isalpha() and after.isalpha()
    if character in _OPENING:
        return -1 if before.isalpha() else 0.5
    if character == "\u2019" or (character in _QUOTES and not is_inside):
        return 0.5
    if character in _WITH_DIGITS and not before.isalpha() and (not after.isalpha() or character + after in _UNITS):
        return 0.5
    if character in _MARKS or unicodedata.category(character)[0] == "M":
        return 0
    return -1 if before.isalpha() or after.isalpha() else 0
