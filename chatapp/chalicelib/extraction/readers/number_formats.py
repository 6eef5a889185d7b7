"""Cell values as Excel shows them, near enough: dates as ISO 8601, percentages, numbers without binary noise."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Literal

Shape = Literal["number", "percent", "date", "time", "datetime", "duration"]

# ECMA-376, 18.8.30: formats that are known by number alone; 27 to 36 and 50 to 58 are East Asian dates.
_BUILT_IN: dict[int, Shape] = {9: "percent", 10: "percent", 22: "datetime", 46: "duration"}
_BUILT_IN |= dict.fromkeys((14, 15, 16, 17, *range(27, 32), *range(34, 37), *range(50, 59)), "date")
_BUILT_IN |= dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), "time")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_LEAP_BUG_DAY = 60  # Excel counts a 29 February 1900; days before it are one off
_LAST_DAY = 2_958_466  # 1 January 10000
_DAY_S = 86_400


def shape_of(format_id: int, code: str | None) -> Shape:
    """What a number format makes of a number. code: None for the built-in ones."""
    if code is None:
        return _BUILT_IN.get(format_id, "number")
    bare = _QUOTED.sub("", code[:500].split(";")[0])
    if _ELAPSED.search(bare):
        return "duration"
    bare = _BRACKETS.sub("", bare).lower().replace("general", "")
    has_time = "h" in bare or "s" in bare
    has_date = "y" in bare or "d" in bare or ("m" in bare and not has_time)
    if has_date:
        return "datetime" if has_time else "date"
    if has_time:
        return "time"
    return "percent" if "%" in bare else "number"


def shown(text: str, shape: Shape, *, is_1904: bool) -> str:
    """A stored number, as text. What is no number, or no date, is left as it is."""
    try:
        number = float(text)
    except ValueError:
        return text
    if shape == "number" or not math.isfinite(number):
        return _number(text, number)
    if shape == "percent":
        return f"{number * 100:.6g}%"
    if shape == "duration":
        return _duration(number)
    return _moment(number, shape, is_1904) or _number(text, number)


def _number(text: str, number: float) -> str:
    """Excel stores 0.3 as 0.30000000000000004 and shows 15 digits."""
    if not math.isfinite(number):
        return text
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def _moment(days: float, shape: Shape, is_1904: bool) -> str | None:
    if not 0 <= days < _LAST_DAY:
        return None
    if not is_1904 and 1 <= days < _LEAP_BUG_DAY:
        days += 1
    try:
        moment = (_EPOCH_1904 if is_1904 else _EPOCH_1900) + timedelta(seconds=round(days * _DAY_S))
    except OverflowError:
        return None
    if shape == "time" and days < 1:
        return moment.strftime("%H:%M:%S")
    if shape == "date" and not moment.hour and not moment.minute:
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")


def _duration(days: float) -> str:
    if abs(days) > _LAST_DAY:
        return f"{days:.15g}"
    seconds = round(abs(days) * _DAY_S)
    sign = "-" if days < 0 else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
