"""Guesses about a text that are good enough to show and to plan with; neither is exact, and both say so where shown."""

from __future__ import annotations

import math
import re
from typing import Literal

Language = Literal["fr", "en", "other"]

# https://docs.claude.com/en/docs/about-claude/glossary: about 3.5 English characters a token. Accents (2 bytes) and
# other scripts (3 bytes) take more tokens a character, which counting UTF-8 bytes follows.
_BYTES_A_TOKEN = 3.5
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


def estimate_tokens(text: str) -> int:
    """Roughly what Claude counts for a text; tables and code take more than this says. Not checked against a model."""
    return tokens_of(len(text.encode("utf-8", "replace")))


def tokens_of(text_bytes: int) -> int:
    """The same for a text of that many bytes of UTF-8."""
    return math.ceil(text_bytes / _BYTES_A_TOKEN)


def language(text: str) -> Language:
    """By the share of stop words among the first 5,000 words; "other" when neither language has its due."""
    words = [match[0].lower() for _, match in zip(range(_MOST_WORDS), _WORD.finditer(text), strict=False)]
    shares = {code: sum(word in stop for word in words) for code, stop in _STOP_WORDS.items()}
    best = max(shares, key=lambda code: shares[code])
    return best if words and shares[best] >= len(words) * _FEWEST_SHARE else "other"
