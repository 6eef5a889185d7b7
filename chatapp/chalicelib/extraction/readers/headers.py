"""Which row of a table is its header: found by what it holds and what stands below it, not assumed to be the first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

ROWS_LOOKED_AT = 30
_MOST_HEADER_ROWS = 3
_ENOUGH_FILLED = 0.6
_NUMBER = re.compile(r"[-+(]?\W{0,3}\d[\d\s.,'’]*(?:E[-+]?\d+)?\s?(?:%|\)|[^\W\d]{1,3}|[€$£¥])?\)?", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20|21)\d\d(?:[-/–](?:(?:19|20|21)?\d\d))?")
_TIME = re.compile(r"\d{1,2}[:h]\d\d(?::\d\d)?(?: ?[AP]M)?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[ T]\d.*)?")


def header_rows(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """First and last of the rows that are the header, by their places among these; None: there is none to be seen."""
    filled = [_filled(row) for row in rows]
    usual = _usual_width(filled)
    if usual < 2:
        return None
    for at, values in enumerate(filled):
        if len(values) < max(2, usual * _ENOUGH_FILLED) and not _is_group_row(rows, filled, at):
            continue
        if len(values) < usual and _is_title_over(filled, at, usual):
            continue
        last = _last_of(filled, at, usual)
        if last is not None:
            return (at, last) if last + 1 < len(filled) else None
        if len(values) >= usual:  # the table begins without one
            return None
    return None


def is_amount(text: str) -> bool:
    """A number that is no year: what is counted, and not what is counted by."""
    text = text.strip()
    return bool(_NUMBER.fullmatch(text)) and not _YEAR.fullmatch(text) and not _DATE.fullmatch(text)


def _filled(row: Sequence[str]) -> dict[int, str]:
    return {column: text for column, value in enumerate(row[:500]) if (text := value.strip())}


def _usual_width(filled: list[dict[int, str]]) -> int:
    """The commonest number of filled cells among rows that have several; the larger of two as common."""
    counts = Counter(len(values) for values in filled if len(values) > 1)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _last_of(filled: list[dict[int, str]], first: int, usual: int) -> int | None:
    """The header's last row, when it begins at this one; None when this is no header."""
    if not _is_label_row(filled[first], filled[first + 1 :]):
        return None
    last = first
    while last + 1 < len(filled) and last - first + 1 < _MOST_HEADER_ROWS:
        above, below = filled[last], filled[last + 1]
        has_groups = len(set(above.values())) < len(above) or len(above) < usual or min(above, default=0) > 0
        is_label = _is_label_row(below, filled[last + 2 :]) and any(map(_is_value, _next(filled, last + 2).values()))
        if not has_groups or not is_label or len(below) < len(above) or any(map(_is_value, below.values())):
            break
        last += 1
    return last


def _next(filled: list[dict[int, str]], at: int) -> dict[int, str]:
    return filled[at] if at < len(filled) else {}


def _is_title_over(filled: list[dict[int, str]], at: int, usual: int) -> bool:
    """A row that begins where the table does and is narrower than the header that follows it: "Source: …, 2021"."""
    values, below = filled[at], _next(filled, at + 1)
    is_grouped = len(set(values.values())) < len(values) or min(values, default=0) > 0
    return not is_grouped and len(below) >= usual and _is_label_row(below, filled[at + 2 :])


def _is_group_row(rows: Sequence[Sequence[str]], filled: list[dict[int, str]], at: int) -> bool:
    """A row of few words over the columns of the next, which is a row of labels: `| 2023 | | 2024 |`."""
    values, below = filled[at], _next(filled, at + 1)
    if len(values) < 2 or min(values) == 0 or len(below) <= len(values):
        return False
    return set(values) <= set(range(max(below) + 1)) and _is_label_row(below, filled[at + 2 :])


def _is_label_row(values: dict[int, str], below: list[dict[int, str]]) -> bool:
    """Words, and years or dates over what are none: `Country | 2019 | 2020`, `Site | 01/2026 | 02/2026`."""
    if len(values) < 2 or any(_is_value(value) and not _is_period(value) for value in values.values()):
        return False
    for column in (column for column, value in values.items() if _is_period(value)):
        under = [row[column] for row in below[:5] if column in row]
        if any(map(_is_period, under)) or (not under and not _YEAR.fullmatch(values[column])):
            return False
    return True


def _is_period(text: str) -> bool:
    return bool(_YEAR.fullmatch(text) or _DATE.fullmatch(text))


def _is_value(text: str) -> bool:
    """A number, a date or a time: what stands below a header."""
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text) or _TIME.fullmatch(text))
