"""Turns a worksheet's events into rows of texts, as the cells show them."""

from __future__ import annotations

from collections.abc import Iterator

from .formulas import SharedFormulas, shown_formula
from .ooxml import Attributes
from .runs import RunText
from .sheet_layout import Layout
from .workbook import Look, Workbook, column_index, whole

_LAST_COLUMN = 16_383
_MOST_CELL_CHARACTERS = 32_767  # Excel's own limit


class SheetRows:
    """uncalculated: how many formulas stand without a result that anybody stored."""

    def __init__(self, book: Workbook, layout: Layout) -> None:
        self.uncalculated = 0
        self._book = book
        self._layout = layout
        self._shared = SharedFormulas()
        self._ready: list[tuple[int, list[str], bool]] = []
        self._row = 0
        self._is_hidden = False
        self._values: list[str] = []
        self._column = -1
        self._type = ""
        self._style = 0
        self._text: list[str] = []
        self._formula: list[str] = []
        self._formula_attributes: Attributes | None = None
        self._has_value = False
        self._in_value = self._in_formula = False
        self._skipping = 0
        self._look = Look()
        self._runs: RunText | None = None  # of an inline text

    def taken(self) -> Iterator[tuple[int, list[str], bool]]:
        """Rows that are whole: number, values, whether it is hidden."""
        yield from self._ready
        self._ready.clear()

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "s:c":
            self._start_cell(attributes)
        elif tag in {"s:v", "s:t"}:
            self._in_value = not self._skipping
            self._has_value = True
            self._runs = self._runs or (RunText() if tag == "s:t" else None)
        elif tag == "s:f":
            self._in_formula, self._formula_attributes = True, attributes
        elif tag == "s:row":
            self._row = whole(attributes.get("r")) or self._row + 1
            self._values, self._column = [], -1
            self._is_hidden = self._layout.is_row_hidden(attributes)
        elif tag in {"s:is", "s:r", "s:vertAlign", "s:strike"}:
            self._look.start(tag, attributes)
        elif tag == "s:rPh":
            self._skipping += 1
        elif tag == "s:col":
            self._layout.column(attributes)
        elif tag == "s:sheetFormatPr":
            self._layout.hides_rows = attributes.get("zeroHeight") in {"1", "true"}

    def end(self, tag: str) -> None:
        if tag == "s:c":
            self._end_cell()
        elif tag in {"s:v", "s:t"}:
            self._in_value = False
        elif tag == "s:f":
            self._in_formula = False
        elif tag == "s:rPh":
            self._skipping -= 1
        elif tag == "s:row" and self._values:
            if self._layout.hidden_columns:
                self._layout.seen(self._values)
            self._ready.append((self._row, self._values, self._is_hidden))
            self._values = []

    def characters(self, text: str) -> None:
        if self._in_value and self._runs:
            self._runs.add(text, self._look.align, is_struck=self._look.is_struck)
        elif self._in_value:
            self._text.append(text)
        elif self._in_formula:
            self._formula.append(text)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = column_index(reference) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = whole(attributes.get("s"))
        self._has_value = False
        self._formula_attributes = None

    def _end_cell(self) -> None:
        text = "".join(self._text) or (self._runs.text() if self._runs else "")
        self._text.clear()
        self._runs = None
        if not 0 <= self._column <= _LAST_COLUMN:
            self._formula.clear()
            return
        formula = self._formula_of() if self._formula_attributes is not None else ""
        if formula and self._is_uncalculated(text):
            self.uncalculated += 1
            self._put(shown_formula(formula))
        elif text:
            self._put(self._shown(text)[:_MOST_CELL_CHARACTERS])

    def _put(self, value: str) -> None:
        gap = self._column - len(self._values)
        if gap >= 0:
            self._values += [""] * gap + [value]
        else:  # out of order, or twice: no program writes that
            self._values[self._column] = value

    def _formula_of(self) -> str:
        """The cell's own, or the one that it shares with others."""
        formula = "".join(self._formula).strip()
        self._formula.clear()
        attributes = self._formula_attributes or {}
        if attributes.get("t") == "shared":
            number = attributes.get("si", "")
            if formula:
                self._shared.keep(number, formula, self._row, self._column)
            else:
                formula = self._shared.at(number, self._row, self._column)
        return formula

    def _is_uncalculated(self, text: str) -> bool:
        """A result may be an empty text; a 0 may stand for what the next program is to compute."""
        if not text:
            return not (self._type == "str" and self._has_value)
        return self._book.recalculates and text == "0" and self._type == "n"

    def _shown(self, text: str) -> str:
        if self._type == "n":
            return self._book.shown(text, self._style)
        if self._type == "b":
            return "TRUE" if text.strip() in {"1", "true"} else "FALSE"
        if self._type == "s":
            text = self._book.texts.get(whole(text.strip()))
        if self._type in {"s", "str", "inlineStr"}:
            return self._book.shown_text(text, self._style)
        return self._book.shown_date(text, self._style) if self._type == "d" else text  # e: #DIV/0!
