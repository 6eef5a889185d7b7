"""Texts of sources: how they are compared, what is masked in them, and what of one stands in another."""

from __future__ import annotations

import re
import unicodedata

MASK = "•••"

_AT = r"(?:[@＠]|\s?[\[({]\s?(?:at|arobase|chez|@)\s?[\])}]\s?|\s(?-i:AT|AROBASE)\s)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|point)\s?[\])}]\s?|\s(?-i:DOT|POINT)\s)"
_ADDRESS = re.compile(
    rf"(?:mailto:)?[^\s@＠<>()\[\]{{}},;:\"']{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,6}}{_DOT}[^\W\d_]{{2,63}}",
    re.IGNORECASE,
)
# Between the digits of a number: blanks, dots, hyphens and brackets, but no slash, which dates are written with.
_GAP = r"[ \t\u00a0\u2000-\u200b\u202f.()‐-–-]{0,3}"
_NUMBERS = (
    # International: +33 6 12 34 56 78, 0044 (0) 20 7946 0958.
    re.compile(rf"(?<![\w/=])(?:tel:)?(?:[+＋]|00{_GAP})(?:{_GAP}\d){{8,15}}(?!\w)"),
    # National, with the digit that stands for the country's own: 06 12 34 56 78, 020 7946 0958.
    re.compile(rf"(?<![\w/=+.,-])(?:tel:|\()?0(?:{_GAP}\d){{8,10}}(?!\w)"),
    # North America's: (555) 010-4477, 555-010-4477, 555.010.4477.
    re.compile(r"(?<![\w/=+.,-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .\u00a0-])\d{3}[ .\u00a0-]\d{4}(?!\w)"),
    # Whatever is said to be one.
    re.compile(
        rf"(?<=\b)(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable|cell|whatsapp|fax)\b\.?\s{{0,2}}[:°]?\s{{0,2}}"
        rf"[+(]?\d(?:{_GAP}\d){{5,14}}(?!\w)",
        re.IGNORECASE,
    ),
)
# Of what else begins with a nought: a month and a year, as in "03.2019 - 05.2021".
_MONTH_AND_YEAR = re.compile(r"0[1-9][.\- ]{1,3}(?:19|20)\d\d\b")


def fold(text: str) -> str:
    """A text without what a reader overlooks: case, accents, spaces and signs."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in folded if each.isalnum())


def words(text: str) -> frozenset[str]:
    """The words of a name, each folded."""
    return frozenset(filter(None, map(fold, re.split(r"[\s,./'’‐-―-]+", text))))


def masked(text: str) -> str:
    """The text with every e-mail address and phone number in it covered."""
    text = _ADDRESS.sub(MASK, text)
    for number in _NUMBERS:
        text = number.sub(lambda found: found[0] if _MONTH_AND_YEAR.match(found[0]) else MASK, text)
    return text


class Source:
    """A text that others must stand in."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)

    def has(self, text: str) -> bool:
        """Whether a text stands in it, however its lines were broken. False for one without letters and digits."""
        folded = fold(text)
        return bool(folded) and folded in self._folded

    def what_stands(self, text: str) -> str:
        """Of a text, the lines that stand in it; of a line that does not, the sentences."""
        kept = (self._of_line(line) for line in text.splitlines())
        return "\n".join(line for line in kept if line)

    def _of_line(self, line: str) -> str:
        if self.has(line):
            return line
        return " ".join(each for each in re.split(r"(?<=[.!?;•])\s+", line) if self.has(each))
