"""How many tokens a text has, roughly: good enough to plan with and to show as an estimate."""

from __future__ import annotations

import string
from bisect import bisect_right

# Tokens of six bytes (UTF-8) of each sort. Meant to be too many rather than too few: what is over the model's context
# is refused, what is over our budget is only searched.
# - Letters and spaces: Claude's glossary says 3.5 English characters a token, and newer tokenizers take up to a third
#   more; so 3 bytes a token.
# - Digits: some tokenizers take them one by one, others up to three at a time; so 1 byte.
# - Punctuation stands alone about as often as it is part of a token; so 2 bytes.
# - All else: an accented or a Cyrillic letter (2 bytes) is one token, a Chinese or Japanese character (3 bytes) 1 to 2,
#   one of Arabic, Korean or Thai about 1; so 2 bytes.
# Times what the one tokenizer counts that Anthropic has published (Claude 2's; its bytes a token in brackets): English
# 1.3 (3.6), French 1.2 (3.4), Python 1.3 (3.7), JSON 1.2 to 1.7 (2.5 to 4.8), decimal CSV 1.5 (1.7), rows of a sheet
# 1.55 (2.0), Chinese 1.5 (3.1), Japanese 1.3 (2.7), Korean 1.1 (2.2), Arabic 1.0 (2.1), Thai 0.9 (1.7), Polish 0.8.
_BYTES = 6
_OF_LETTERS, _OF_DIGITS, _OF_PUNCTUATION, _OF_OTHERS = 2, 6, 3, 3
_DIGITS, _PUNCTUATION = string.digits.encode(), string.punctuation.encode()
_OTHERS = bytes(range(128, 256))


def estimate_tokens(text: str) -> int:
    """Roughly what Claude counts for a text, rather too many than too few. Not checked against a model of today."""
    raw = text.encode("utf-8", "replace")
    digits, punctuation, others = (_count(raw, sort) for sort in (_DIGITS, _PUNCTUATION, _OTHERS))
    letters = len(raw) - digits - punctuation - others
    weight = _OF_LETTERS * letters + _OF_DIGITS * digits + _OF_PUNCTUATION * punctuation + _OF_OTHERS * others
    return -(-weight // _BYTES)


def _count(raw: bytes, sort: bytes) -> int:
    return len(raw) - len(raw.translate(None, sort))


def beginning(text: str, tokens: int) -> str:
    """The longest beginning of a text that is estimated at no more than so many tokens."""
    if estimate_tokens(text) <= tokens:
        return text
    return text[: bisect_right(range(len(text)), tokens, key=lambda end: estimate_tokens(text[:end])) - 1]
