"""Months and years as LinkedIn and CVs write them, in English and French: `2019-05`, `2019`, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .texts import fold

_MONTHS = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NAMED = rf"(?P<month>[^\W\d_]{{3,10}})\.?,?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{_YEAR}(?!\d)"
_FORMS = (
    re.compile(rf"(?<!\d){_YEAR}[-/.](?P<month>0[1-9]|1[0-2])(?:[-/.]\d\d)?(?!\d)"),
    re.compile(_NAMED),
    re.compile(rf"(?<!\d)(?:\d\d?/)?(?P<month>0?[1-9]|1[0-2])[/.-]{_YEAR}(?!\d)"),
)
# Of recommendations: 11/20/19, 10:30 AM.
_AMERICAN = re.compile(r"^(?P<month>0?[1-9]|1[0-2])/\d{1,2}/(?P<year>\d\d)\b")
_YEAR_ALONE = re.compile(rf"(?<!\d){_YEAR}(?!\d)")


def parsed(text: str) -> str:
    """The month or year that a text begins its date with; "" where there is none."""
    american = _AMERICAN.match(text.strip())
    if american:
        return f"20{american['year']}-{int(american['month']):02}"
    return next(_in_form(text), "") or next((found["year"] for found in _YEAR_ALONE.finditer(text)), "")


def told(text: str) -> frozenset[str]:
    """All months and years of a text."""
    years = {found["year"] for found in _YEAR_ALONE.finditer(text)}
    return frozenset(_in_form(text)) | years


def what_is_told(date: str, dates: frozenset[str]) -> str:
    """Of a date, as much as a text tells (`told`): the month, the year alone, or nothing."""
    return next((each for each in (date, date[:4]) if each in dates), "")


def differ(one: str, other: str) -> bool:
    """Whether two dates contradict each other: a year holds each of its months."""
    return not (one.startswith(other) or other.startswith(one))


def _in_form(text: str) -> Iterator[str]:
    for form in _FORMS:
        for found in form.finditer(text):
            month = _number(found["month"])
            if month:
                yield f"{found['year']}-{month:02}"


def _number(month: str) -> int:
    """1 to 12 of a month's number, its name or what is left of it (`févr`, `Sept`); 0 of none."""
    if month.isdigit():
        return int(month)
    folded = fold(month)
    for number, names in enumerate(_MONTHS, 1):
        if len(folded) >= 3 and any(name.startswith(folded) for name in names):
            return number
    return {"juil": 7, "jui": 6, "fev": 2, "dec": 12}.get(folded, 0)
