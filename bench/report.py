"""How a bench shows what it measured: a table, and as the last line one JSON object with the same figures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Value = float | int | bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. name: its unit included; also its key in the JSON. bound: the most it should be, if any."""

    name: str
    value: Value
    bound: Value | None = None
    note: str = ""

    @property
    def within(self) -> bool:
        return self.bound is None or self.value <= self.bound


def load_average() -> Figure:
    """What else the machine was doing: timings on a busy machine say little."""
    return Figure("load_average_1m", round(os.getloadavg()[0], 2), note=f"{os.cpu_count()} cores, when the bench ended")


def show(title: str, figures: Sequence[Figure]) -> None:
    print(f"\n{title}\n")
    rows = [("figure", "value", "bound", ""), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, value, bound, note in rows:
        print(f"{name:<{widths[0]}}  {value:>{widths[1]}}  {bound:>{widths[2]}}  {note}".rstrip())
    print(f"\n{json.dumps({figure.name: figure.value for figure in figures})}")


def _row(figure: Figure) -> tuple[str, str, str, str]:
    bound = "" if figure.bound is None else f"{'' if figure.within else 'OVER '}{_text(figure.bound)}"
    return figure.name, _text(figure.value), bound, figure.note


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}"
