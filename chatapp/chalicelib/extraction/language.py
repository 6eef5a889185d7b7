"""A text's language, and its stop words."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["fr", "en", "other"]

_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 5_000
_FEWEST_SHARE = 0.08
# Only words of one of the two: "on", "a", "or" are both.
_FRENCH = """
    le la les des du de un une et est sont dans pour que qui par sur pas avec ce cette ces
    ne se il elle nous vous ils au aux leur mais ou où plus être été sa son ses je
"""
_ENGLISH = """
    the of and to in is are that for it with as was be by this which from at not have has
    an were they their you we he she his her its will can would there been if
"""
_STOP_WORDS: dict[Language, frozenset[str]] = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
STOP_WORDS = _STOP_WORDS["fr"] | _STOP_WORDS["en"]
# Two characters or more of Thai, Lao, Burmese, Khmer, Chinese or Japanese, which are written without spaces, or of
# Korean, which has none before its particles: no word, but a clause perhaps.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,}")


def language(text: str) -> Language:
    """By the share of stop words among the first 5,000 words; "other" when neither language has its due."""
    words = [match[0].lower() for _, match in zip(range(_MOST_WORDS), _WORD.finditer(text), strict=False)]
    shares = {code: sum(word in stop for word in words) for code, stop in _STOP_WORDS.items()}
    best = max(shares, key=lambda code: shares[code])
    return best if words and shares[best] >= len(words) * _FEWEST_SHARE else "other"
