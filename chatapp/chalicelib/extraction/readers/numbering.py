"""The numbers that slides put before their paragraphs by themselves: `1.`, `b)`, `(iv)`."""

from __future__ import annotations

from . import numerals
from .ooxml import Attributes

_MOST = 10_000


class Numbering:
    """Of one shape's paragraphs: by their own marks, or by those of its style at their level."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}  # by level: the scheme, and the last number
        self._styles: dict[int, tuple[str, int]] = {}  # by level: the scheme, and the first number
        self._level = 0
        self._own: tuple[str, int] | None = None
        self._style_level: int | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Of a:p, a:pPr, a:lvl1pPr and the marks that stand in them."""
        if name == "p":
            self._level, self._own, self._style_level = 0, None, None
        elif name == "pPr":
            self._level = _whole(attributes.get("lvl"), 0)
        elif name.startswith("lvl"):
            self._style_level = _whole(name[3:4], 1) - 1
        else:
            scheme = attributes.get("type", "arabicPeriod") if name == "buAutoNum" else ""
            mark = (scheme, _whole(attributes.get("startAt"), 1))
            if self._style_level is None:
                self._own = mark
            else:
                self._styles[self._style_level] = mark

    def end(self, *, has_text: bool) -> str:
        """At a paragraph's end: what stands before it, with a blank."""
        level = self._level
        scheme, first = self._own or self._styles.get(level, ("", 1))
        if not has_text:
            return ""
        self._counts = {at: count for at, count in self._counts.items() if at < level or (at == level and scheme)}
        if not scheme:
            return ""
        known, last = self._counts.get(level, ("", 0))
        number = last + 1 if known == scheme else first
        self._counts[level] = (scheme, number)
        return f"{_written(scheme, number)} "


def _written(scheme: str, number: int) -> str:
    forms = {"alpha": "lowerLetter", "roman": "lowerRoman"}
    text = numerals.written(number, forms.get(scheme[:5], "decimal"))
    text = text[:20].upper() if "Uc" in scheme else text[:20]
    if scheme.endswith("ParenBoth"):
        return f"({text})"
    return text + (")" if scheme.endswith("ParenR") else "." if scheme.endswith("Period") else "")


def _whole(text: str | None, default: int) -> int:
    return min(int(text), _MOST) if text and text.isdecimal() and len(text) < 10 else default
