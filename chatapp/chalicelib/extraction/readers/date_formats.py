"""Dates, times and durations as a number format's code writes them, in the language that the code names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

from .format_tokens import Token, locale_of

_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_LEAP_BUG_DAY = 60  # Excel counts a 29 February 1900; days before it are one off
_LAST_DAY = 2_958_466  # 1 January 10000
_DAY_S = 86_400
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*.|(?P<elapsed>\[(?:h+|m+|s+)\])|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<half>am/pm|a/p)|(?P<part>y+|m+|d+|h+|s+|e+|g+|b+)|(?P<fraction>\.0+)|@|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = {"quoted": "", "escaped": "", "other": "", "half": "half", "elapsed": "elapsed", "fraction": "f"}
_ENGLISH = (
    "January February March April May June July August September October November December",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "Mon Tue Wed Thu Fri Sat Sun",
)
# By the last byte of a Windows locale's number (its language), or by the tag.
_NAMES = {
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lun. mar. mer. jeu. ven. sam. dim.",
    ),
    "de": (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Mo Di Mi Do Fr Sa So",
    ),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lun mar mié jue vie sáb dom",
    ),
    "it": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "lun mar mer gio ven sab dom",
    ),
    "nl": (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "ma di wo do vr za zo",
    ),
    "pt": (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan fev mar abr mai jun jul ago set out nov dez",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "seg ter qua qui sex sáb dom",
    ),
}
_LANGUAGES = {0x0C: "fr", 0x07: "de", 0x0A: "es", 0x10: "it", 0x13: "nl", 0x16: "pt"}
# Codes are stored in English; some programs store them as their user typed them: jj/mm/aaaa, TT.MM.JJJJ, gg/mm/aaaa.
_FOREIGN = (
    (re.compile(r"t{1,4}[^a-z]m+[^a-z]j{2,4}", re.IGNORECASE), str.maketrans("tTjJ", "ddyy")),
    (re.compile(r"j{1,4}[^a-z]m+[^a-z]a{2,4}", re.IGNORECASE), str.maketrans("jJaA", "ddyy")),
    (re.compile(r"g{1,4}[^a-z]m+[^a-z]a{2,4}", re.IGNORECASE), str.maketrans("gGaA", "ddyy")),
    (re.compile(r"d{1,4}[^a-z]m+[^a-z]a{2,4}", re.IGNORECASE), str.maketrans("aA", "yy")),
    (re.compile(r"d{1,4}[^a-z]m+[^a-z]j{2,4}", re.IGNORECASE), str.maketrans("jJ", "yy")),
)


def is_date(found: list[Token]) -> bool:
    """Whether a section shows a date or a time: a letter of one, and no place for a digit before the seconds' own."""
    letters = [token.text.lower() for token in found if token.kind == "date"]
    return any(letter[0] in "ymdhsa[" for letter in letters)


def english(code: str) -> str:
    """The code in English letters, where a program stored those of its user's language."""
    for pattern, letters in _FOREIGN:
        if pattern.search(code):
            return code.translate(letters)
    return code


@dataclass(frozen=True, slots=True)
class _Part:
    """kind: y, m (month), d, h, n (minute), s, f (fraction of a second), half, elapsed, "" (literal)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DateSection:
    parts: tuple[_Part, ...]
    language: str
    is_short_time: bool  # of twelve hours

    def shown(self, days: float, *, is_1904: bool) -> str | None:
        """None for what is no day of the calendar."""
        is_elapsed = any(part.kind == "elapsed" for part in self.parts)
        if not math.isfinite(days) or abs(days) >= _LAST_DAY or (days < 0 and not is_elapsed):
            return None
        digits = next((len(part.text) - 1 for part in self.parts if part.kind == "f"), 0)
        seconds = round(abs(days) * _DAY_S, min(digits, 6))
        return ("-" if days < 0 else "") + self._written(seconds, is_1904)

    def _written(self, seconds: float, is_1904: bool) -> str:
        whole = int(seconds)
        days = whole // _DAY_S
        leap = 0 if is_1904 or not 1 <= days < _LEAP_BUG_DAY else 1
        try:
            moment = (_EPOCH_1904 if is_1904 else _EPOCH_1900) + timedelta(days=leap, seconds=whole)
        except OverflowError:
            return ""
        out = []
        for part in self.parts:
            if part.kind == "":
                out.append(part.text)
            elif part.kind == "elapsed":
                unit = {"h": 3600, "m": 60, "s": 1}[part.text[1].lower()]
                out.append(str(whole // unit).zfill(len(part.text) - 2))
            elif part.kind == "f":
                out.append(f"{seconds - whole:.{min(len(part.text) - 1, 6)}f}"[1:])
            else:
                out.append(self._part(part, moment))
        return "".join(out)

    def _part(self, part: _Part, moment: datetime) -> str:
        size = len(part.text)
        if part.kind == "y":
            return f"{moment.year:04}" if size > 2 else f"{moment.year % 100:02}"
        if part.kind == "m" and size > 2:
            name = _names(self.language)[1 if size == 3 else 0][moment.month - 1]
            return name[0].upper() if size == 5 else name
        if part.kind == "d" and size > 2:
            return _names(self.language)[3 if size == 3 else 2][moment.weekday()]
        if part.kind == "half":
            half = "AM" if moment.hour < 12 else "PM"
            return half if size > 3 else half[0].lower() if part.text[0].islower() else half[0]
        hour = (moment.hour % 12 or 12) if self.is_short_time else moment.hour
        values = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}
        return str(values[part.kind]).zfill(min(size, 2))


@cache
def _names(language: str) -> tuple[list[str], ...]:
    """Of months and of days, each long and short."""
    return tuple(names.split() for names in _NAMES.get(language, _ENGLISH))


def date_section(code: str) -> DateSection:
    parts = _elapsed_too([part for match in _TOKEN.finditer(code) if (part := _part_of(match))])
    return DateSection(_minutes(parts), _language(locale_of(code)), any(part.kind == "half" for part in parts))


def _elapsed_too(parts: list[_Part]) -> list[_Part]:
    """Hours or seconds beside elapsed ones are elapsed as well: `[h]" (or "h")"`."""
    units = {part.text[1].lower() for part in parts if part.kind == "elapsed"} & {"h", "s"}
    return [_Part("elapsed", f"[{part.text}]") if part.kind in units else part for part in parts]


def serial(text: str) -> str:
    """Days since 1900 of a date or time in ISO 8601; "" for what is none."""
    try:
        if re.match(r"\d\d:", text):
            moment = datetime.combine(_EPOCH_1900.date(), time.fromisoformat(text))
        else:
            moment = datetime.fromisoformat(text)
        days = (moment.replace(tzinfo=None) - _EPOCH_1900) / timedelta(days=1)
    except ValueError:
        return ""
    return repr(days if days > _LEAP_BUG_DAY or days < 1 else days - 1)


def _part_of(match: re.Match[str]) -> _Part | None:
    kind, text = match.lastgroup or "", match[0]
    if kind == "part":
        letter = text[0].lower()
        part = {"e": "y", "g": "", "b": ""}.get(letter, letter)  # eras, and years of the Buddhist calendar
        return _Part(part, "yyyy" if letter == "e" else text) if part else None
    if kind == "bracket":
        return _Part("", text[2:].rstrip("]").partition("-")[0]) if text.startswith("[$") else None
    if kind == "space":
        return _Part("", " ")
    if kind in _PLAIN:
        return _Part(_PLAIN[kind], match[kind])
    return None


def _minutes(parts: list[_Part]) -> tuple[_Part, ...]:
    """An m is minutes after hours or before seconds, and months elsewhere."""
    timed = [at for at, part in enumerate(parts) if part.kind not in {"", "half"}]
    out = list(parts)
    for place, at in enumerate(timed):
        if parts[at].kind != "m" or len(parts[at].text) > 2:
            continue
        before = parts[timed[place - 1]] if place else _Part("", "")
        after = parts[timed[place + 1]] if place + 1 < len(timed) else _Part("", "")
        is_after_hours = before.kind in {"h", "s"} or (before.kind == "elapsed" and "h" in before.text.lower())
        if is_after_hours or after.kind == "s" or (after.kind == "elapsed" and "s" in after.text.lower()):
            out[at] = _Part("n", parts[at].text)
    return tuple(out)


def _language(locale: str | None) -> str:
    if locale is None:
        return "en"
    if re.fullmatch(r"[0-9a-fA-F]{1,8}", locale):
        return _LANGUAGES.get(int(locale, 16) & 0x3FF, "en")
    return locale[:2].lower()
