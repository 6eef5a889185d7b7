"""Formulas that stand for results which nobody stored: as they would be typed into their cell."""

from __future__ import annotations

import re

_MOST_CHARACTERS = 2_000
_MOST_SHARED = 10_000
# Texts, names of sheets and functions are left alone; what is left are cells, and runs of columns or rows.
_PIECE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!?)|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})(?![\w(.!])"""
    r"""|(?<![\w.$])(\$?)([A-Z]{1,3}):(\$?)([A-Z]{1,3})(?![\w(.!])|(?<![\w.$:])(\$?)(\d{1,7}):(\$?)(\d{1,7})(?![\w.])"""
)
_HIDDEN_PREFIX = re.compile(r"\b_xl(?:fn|ws|udf|pm)\.")


class SharedFormulas:
    """Formulas that are stored at one cell and hold for others, by their number; of one sheet."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int, int]] = {}

    def keep(self, number: str, formula: str, row: int, column: int) -> None:
        if len(self._known) < _MOST_SHARED and len(formula) <= _MOST_CHARACTERS:
            self._known[number] = (formula, row, column)

    def at(self, number: str, row: int, column: int) -> str:
        """ "" when there is no such formula."""
        formula, first_row, first_column = self._known.get(number, ("", row, column))
        return shifted(formula, row - first_row, column - first_column)


def shown_formula(formula: str) -> str:
    return "=" + _HIDDEN_PREFIX.sub("", formula)[:_MOST_CHARACTERS]


def shifted(formula: str, rows: int, columns: int) -> str:
    """The same formula some rows below and columns to the right; references with a dollar stay."""

    def moved(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        if found[3]:
            return _column(found[2], found[3], columns) + _row(found[4], found[5], rows)
        if found[7]:
            return f"{_column(found[6], found[7], columns)}:{_column(found[8], found[9], columns)}"
        return f"{_row(found[10], found[11], rows)}:{_row(found[12], found[13], rows)}"

    return _PIECE.sub(moved, formula)


def _row(fixed: str, row: str, by: int) -> str:
    return f"{fixed}{row if fixed else int(row) + by}"


def _column(fixed: str, letters: str, by: int) -> str:
    if fixed:
        return fixed + letters
    index = by
    place = 1
    for letter in reversed(letters):
        index += (ord(letter) - 64) * place
        place *= 26
    name = ""
    while index > 0:
        index, letter_index = divmod(index - 1, 26)
        name = chr(65 + letter_index) + name
    return name
