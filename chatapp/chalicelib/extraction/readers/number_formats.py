"""Cell values as their number format shows them: a code such as `#,##0.00 [$€-40C];[Red]-0` parsed once, and applied.

Numbers, fractions and literals are here; dates and times in `date_formats.py`. Separators are those of English, in
which the codes are written; what is shown by the reader's own country (the built-in short date) is ISO 8601 instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from .date_formats import DateSection, date_section, english, is_date
from .format_tokens import Token, tokens

_MOST_CODE_CHARACTERS = 500
_MOST_SECTIONS = 4
_MOST_NUMBER_CHARACTERS = 400
_PIECES = re.compile(r'"[^"]*"?|\[[^\]]*\]?|[\\_*].|.', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
_SIGN = set("-−(")
_GENERAL_CHARACTERS = 11
_LARGEST_WHOLE = 1e15
# ECMA-376, 18.8.30: formats that are known by number alone. Currencies are the reader's own there: none is named.
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    32: "h:mm",
    33: "h:mm:ss",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
_BUILT_IN |= dict.fromkeys((5, 6, 37, 38, 41, 42), "#,##0_);(#,##0)")
_BUILT_IN |= dict.fromkeys((7, 8, 39, 40, 43, 44), "#,##0.00_);(#,##0.00)")
_BUILT_IN |= dict.fromkeys((*range(27, 32), *range(34, 37), *range(50, 59)), "yyyy-mm-dd")  # East Asian dates


@dataclass(frozen=True)
class _Section:
    """A part of a code between semicolons. shows: the tokens, or how a date is written."""

    shows: list[Token] | DateSection
    condition: tuple[str, Decimal] | None
    plain: _Plain | None

    @property
    def takes_text(self) -> bool:
        return isinstance(self.shows, list) and any(token.kind == "text" for token in self.shows)


@dataclass(frozen=True)
class _Plain:
    """What most formats are: digits in one run, with a text before and one after; written by Python itself."""

    before: str
    after: str
    decimals: int
    is_grouped: bool
    exponent: int

    def shown(self, value: Decimal) -> str:
        rounded = _rounded(value.scaleb(self.exponent), self.decimals)
        return f"{self.before}{rounded:,f}{self.after}" if self.is_grouped else f"{self.before}{rounded:f}{self.after}"


class NumberFormat:
    """How cells of one style are shown."""

    def __init__(self, code: str) -> None:
        self._sections = [_section(each) for each in _split(code[:_MOST_CODE_CHARACTERS])[:_MOST_SECTIONS]]
        self.is_general = code.strip().lower() in {"", "general"}

    @property
    def is_date(self) -> bool:
        return any(isinstance(section.shows, DateSection) for section in self._sections)

    def number(self, text: str, *, is_1904: bool) -> str:
        """A stored number, as text. What is no number, or no date, is shown as it is stored."""
        return text if len(text) > _MOST_NUMBER_CHARACTERS else self._number(text, is_1904)

    @lru_cache(maxsize=4_096)  # noqa: B019 - formats are few, and live as long as the process
    def _number(self, text: str, is_1904: bool) -> str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return text
        if not value.is_finite() or abs(value.adjusted()) > 308:
            return text
        if self.is_general:
            return general(value)
        at = self._chosen(value)
        if at is None:
            return general(value)
        shows = self._sections[at].shows
        if isinstance(shows, DateSection):
            return shows.shown(float(value), is_1904=is_1904) or general(value)
        is_negative = value < 0 and not self._says_sign(at)
        plain = self._sections[at].plain
        return ("-" if is_negative else "") + (plain.shown(abs(value)) if plain else _filled(shows, abs(value)))

    def text(self, text: str) -> str:
        """A text, which some formats surround or hide."""
        for at, section in enumerate(self._sections):
            if isinstance(section.shows, list) and (section.takes_text or at == _MOST_SECTIONS - 1):
                return "".join(text if token.kind == "text" else _literal(token) for token in section.shows)
        return text

    def _chosen(self, value: Decimal) -> int | None:
        """None: a number that no section is for."""
        sections = self._sections[: _MOST_SECTIONS - 1]
        if len(sections) > 1 and sections[-1].takes_text and not sections[-1].condition:
            sections = sections[:-1]
        if any(section.condition for section in sections):
            for at, section in enumerate(sections):
                if section.condition and _meets(value, *section.condition):
                    return at
            rest = [at for at, section in enumerate(sections) if not section.condition]
            if len(rest) > 1 and value >= 0:
                return rest[-1]
            return rest[0] if rest else None
        if value < 0 and len(sections) > 1:
            return 1
        return 2 if value == 0 and len(sections) > 2 else 0

    def _says_sign(self, at: int) -> bool:
        """Whether a section is for negative numbers and writes their sign itself, or brackets them, or leaves it out.

        The second one does of itself; one that a condition makes negative shows it by a sign or brackets of its own.
        """
        first, condition = self._sections[0].condition, self._sections[at].condition
        if not first and not condition:
            return at == 1
        is_rest = at == 1 and not condition and first is not None and first[0] in {">", ">="} and first[1] == 0
        is_negative = condition is not None and condition[0] in {"<", "<="} and condition[1] <= 0
        shows = self._sections[at].shows
        return (
            (is_rest or is_negative) and isinstance(shows, list) and any(_SIGN & set(_literal(each)) for each in shows)
        )


def format_of(format_id: int, code: str | None) -> NumberFormat:
    """code: None for the built-in ones."""
    return NumberFormat(_BUILT_IN.get(format_id, "") if code is None else code)


def general(value: Decimal) -> str:
    """As the format General shows a number; whole ones with all their digits, since those are often references."""
    if value == value.to_integral_value() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    if Decimal("1e-4") <= abs(value) < Decimal("1e10"):
        whole = len(str(abs(int(value))))
        rounded = _rounded(value, _GENERAL_CHARACTERS - 1 - whole)
        return f"{rounded:f}".rstrip("0").rstrip(".")
    if abs(value) < _LARGEST_WHOLE and abs(value) >= 1:
        return f"{_rounded(value, 2):f}".rstrip("0").rstrip(".")
    short = f"{_rounded(value, 12):f}".rstrip("0").rstrip(".") if abs(value) >= Decimal("1e-9") else ""
    if abs(value) < 1 and short and len(short.lstrip("-")) <= _GENERAL_CHARACTERS:
        return short
    digits, _, exponent = f"{float(value):.5E}".partition("E")
    return f"{digits.rstrip('0').rstrip('.')}E{exponent}"


def _split(code: str) -> list[str]:
    """The sections: semicolons in quotes, brackets and behind a backslash separate nothing."""
    sections = [""]
    for piece in _PIECES.findall(english(code)):
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return sections


def _section(code: str) -> _Section:
    found = _CONDITION.search(code)
    condition = (found[1], Decimal(found[2])) if found else None
    bare = _CONDITION.sub("", code)
    parsed = tokens(bare)
    if is_date(parsed):
        return _Section(date_section(bare), condition, None)
    return _Section(parsed, condition, _plain(parsed))


def _plain(parsed: list[Token]) -> _Plain | None:
    """None for places that take no digit or a blank, several runs of digits, fractions and powers."""
    digits = [at for at, token in enumerate(parsed) if token.kind in {"digit", "point", "group"}]
    kinds = {token.kind for token in parsed}
    if not digits or kinds & {"exponent", "over", "general", "text", "date"}:
        return None
    inner = parsed[digits[0] : digits[-1] + 1]
    whole, point, decimals = "".join(token.text for token in inner).partition(".")
    is_grouped = "," in whole
    if point and not decimals:
        return None
    if len(inner) != len(digits) or whole not in {"0", "#,##0", "##0", "#0"} or decimals.strip("0"):
        return None
    exponent = sum({"percent": 2, "scale": -3}.get(token.kind, 0) for token in parsed)
    before, after = parsed[: digits[0]], parsed[digits[-1] + 1 :]
    return _Plain("".join(map(_literal, before)), "".join(map(_literal, after)), len(decimals), is_grouped, exponent)


def _meets(value: Decimal, operator: str, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[operator]


# --- Numbers --------------------------------------------------------------------------------------------------------


def _literal(token: Token) -> str:
    return token.text if token.kind in {"literal", "percent", "point"} else ""


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)


def _filled(shows: list[Token], value: Decimal) -> str:
    """A section's text for a number without its sign."""
    kinds = {token.kind for token in shows}
    if "general" in kinds:
        return "".join(general(value) if token.kind == "general" else _literal(token) for token in shows)
    if "digit" not in kinds:
        return "".join(general(value) if token.kind == "text" else _literal(token) for token in shows)
    value *= Decimal(100) ** sum(token.kind == "percent" for token in shows)
    value = value.scaleb(-3 * sum(token.kind == "scale" for token in shows))
    if "over" in kinds:
        return _fraction(shows, value)
    if "exponent" in kinds:
        return _scientific(shows, value)
    return _decimal(shows, value)


def _decimal(shows: list[Token], value: Decimal) -> str:
    """Digits put where the code has places for them, whatever stands in between: `00 00 00`, `(000) 000-0000`."""
    point = next((at for at, token in enumerate(shows) if token.kind == "point"), len(shows))
    places = [token.text for token in shows[point:] if token.kind == "digit"]
    number = f"{_rounded(value, len(places)):f}"
    whole, _, decimals = number.partition(".")
    return _whole(shows[:point], whole) + _decimals(shows[point:], decimals)


def _whole(shows: list[Token], digits: str) -> str:
    """From the right: digits beyond the first place stand before it."""
    places = [at for at, token in enumerate(shows) if token.kind == "digit"]
    is_grouped = any(token.kind == "group" for token in shows)
    digits = digits.lstrip("0")
    out: list[str] = []
    used = 0
    for at in range(len(shows) - 1, -1, -1):
        token = shows[at]
        if token.kind != "digit":
            out.append(_literal(token))
            continue
        taken = digits[-1:] if at != places[0] else digits[::-1]
        digits = digits[: len(digits) - len(taken)]
        for digit in taken or {"0": "0", "?": " "}.get(token.text, ""):
            if is_grouped and used and used % 3 == 0:
                out.append("," if digit != " " else " ")
            out.append(digit)
            used += 1
    # Pieces were gathered from the right; those of more than one character are literals.
    return "".join(reversed(out))


def _decimals(shows: list[Token], digits: str) -> str:
    meant = digits.rstrip("0")
    out: list[str] = []
    at = 0
    for token in shows:
        if token.kind != "digit":
            out.append(_literal(token))
            continue
        if at < len(meant) or token.text == "0":
            out.append(digits[at : at + 1])
        elif token.text == "?":
            out.append(" ")
        at += 1
    return "".join(out)


def _scientific(shows: list[Token], value: Decimal) -> str:
    at = next(index for index, token in enumerate(shows) if token.kind == "exponent")
    mantissa, exponent_shows = shows[:at], shows[at + 1 :]
    point = next((index for index, token in enumerate(mantissa) if token.kind == "point"), len(mantissa))
    step = max(1, sum(token.kind == "digit" for token in mantissa[:point]))
    decimals = sum(token.kind == "digit" for token in mantissa[point:])
    exponent = value.adjusted() // step * step if value else 0
    if value and _rounded(value.scaleb(-exponent), decimals).adjusted() >= step:
        exponent += step
    sign = "-" if exponent < 0 else "+" if "+" in shows[at].text else ""
    shown = _decimal(mantissa, value.scaleb(-exponent, context=_CONTEXT))
    power = _whole(exponent_shows, str(abs(exponent))).strip() or "0"
    return f"{shown}{shows[at].text[0]}{sign}{power}"


def _fraction(shows: list[Token], value: Decimal) -> str:
    at = next(index for index, token in enumerate(shows) if token.kind == "over")
    first = at
    while first and shows[first - 1].kind == "digit":
        first -= 1
    below = next((index for index in range(at + 1, len(shows)) if shows[index].kind == "literal"), len(shows))
    fixed = "".join(token.text for token in shows[at + 1 : below])
    exact = Fraction(value)
    has_whole = any(token.kind == "digit" for token in shows[:first])
    whole = int(exact) if has_whole else 0
    if fixed.isdecimal() and int(fixed):
        under = int(fixed)
        over = int((exact - whole) * under + Fraction(1, 2))
    else:
        over, under = _near(exact - whole, 10 ** min(len(fixed), 9) - 1)
    if has_whole and over >= under:
        whole, over = whole + 1, 0
    before = _whole(shows[:first], str(whole)) if has_whole else "".join(_literal(each) for each in shows[:first])
    after = "".join(_literal(each) for each in shows[below:])
    if has_whole and not over:
        return f"{before.strip() or '0'}{after}"
    return f"{before}{over}/{under}{after}"


def _near(exact: Fraction, most: int) -> tuple[int, int]:
    """The last of its continued fraction whose denominator has so few digits: what Excel shows, if not the nearest."""
    over, under, last_over, last_under = int(exact), 1, 1, 0
    rest = exact - int(exact)
    while rest:
        rest = 1 / rest
        step = int(rest)
        if step * under + last_under > most:
            break
        over, last_over = step * over + last_over, over
        under, last_under = step * under + last_under, under
        rest -= step
    return over, under
