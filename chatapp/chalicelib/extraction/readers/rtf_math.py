"""Formulas of RTF: the words of Word's own format with an m before them (`\\mf`, `\\mnum`), a group an element."""

from __future__ import annotations

from .office_math import OUTERMOST, OfficeMath


class RtfMath:
    """One formula, from its \\moMath on; depth: of the group that a token stands in."""

    def __init__(self, depth: int) -> None:
        self._math = OfficeMath()
        self._math.start(OUTERMOST, {})
        self._open: list[tuple[int, str]] = [(depth, OUTERMOST)]

    def word(self, word: str, number: int | None, depth: int) -> None:
        """The first one of a group says what the group is; others are looks of its letters."""
        if word.startswith("m") and depth > self._open[-1][0]:
            tag = f"m:{word[1:]}"
            self._math.start(tag, {} if number is None else {"m:val": str(number)})
            self._open.append((depth, tag))

    def text(self, text: str) -> None:
        self._math.said(text)

    def close(self, depth: int) -> str | None:
        """The formula's line when its own group closes."""
        if self._open[-1][0] != depth:
            return None
        return self._math.end(self._open.pop()[1])
