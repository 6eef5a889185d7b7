"""The numbers that slides put before their paragraphs by themselves: `1.`, `b)`, `(iv)`."""

from __future__ import annotations

from .ooxml import Attributes

_MOST = 10_000
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Numbering:
    """Of one shape's paragraphs."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}  # by level: the scheme, and the last number
        self._level = 0
        self._scheme = ""
        self._first = 1

    def start(self, name: str, attributes: Attributes) -> None:
        """Of a:pPr and what stands in it."""
        if name == "pPr":
            self._level = _whole(attributes.get("lvl"), 0)
            self._scheme = ""
        elif name == "buAutoNum":
            self._scheme = attributes.get("type", "arabicPeriod")
            self._first = _whole(attributes.get("startAt"), 1)
        else:
            self._scheme = ""

    def end(self, *, has_text: bool) -> str:
        """At a paragraph's end: what stands before it, with a blank."""
        scheme, level = self._scheme, self._level
        self._scheme, self._level = "", 0
        if not has_text:
            return ""
        self._counts = {at: count for at, count in self._counts.items() if at < level or (at == level and scheme)}
        if not scheme:
            return ""
        known, last = self._counts.get(level, ("", 0))
        number = last + 1 if known == scheme else self._first
        self._counts[level] = (scheme, number)
        return f"{_written(scheme, number)} "


def _written(scheme: str, number: int) -> str:
    text = str(number)
    if scheme.startswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif scheme.startswith("roman"):
        text = _roman(number)
    text = text[:20].upper() if "Uc" in scheme else text[:20]
    if scheme.endswith("ParenBoth"):
        return f"({text})"
    return text + (")" if scheme.endswith("ParenR") else "." if scheme.endswith("Period") else "")


def _roman(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    fifty = "xc" * (rest >= 90) or "l" * (rest >= 50) or "xl" * (rest >= 40)
    rest -= {"xc": 90, "l": 50, "xl": 40, "": 0}[fifty]
    out = "c" * hundreds + fifty
    for value, letters in _ROMAN:
        while rest >= value:
            out, rest = out + letters, rest - value
    return out


def _whole(text: str | None, default: int) -> int:
    return min(int(text), _MOST) if text and text.isdecimal() and len(text) < 10 else default
