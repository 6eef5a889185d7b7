"""The pieces of one section of a number format's code: places for digits, literals, what scales or groups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal[
    "literal",
    "digit",  # 0, # or ?; of a fraction's denominator its own digits too
    "point",
    "group",  # a comma between digits
    "scale",  # a comma after the last digit: by a thousand
    "percent",
    "exponent",  # E+ or E-
    "over",  # of a fraction
    "text",  # @
    "general",
    "date",  # a letter of a date or a time
]


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str


_TOKEN = re.compile(
    r'(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|(?P<bracket>\[[^\]]*\]?)|(?P<general>general)'
    r"|(?P<half>am/pm|a/p)|(?P<exponent>e[+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<over>/)"
    r"|(?P<text>@)|(?P<date>[ymdhsbge]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_LITERALS = {"quoted", "escaped", "space", "fill", "other"}
_KINDS: dict[str, Kind] = {"half": "date", "comma": "group"}  # the other groups' names are those of kinds
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([^\]]*))?\]?")


def tokens(code: str) -> list[Token]:
    """code: one section, without its condition."""
    found = [token for match in _TOKEN.finditer(code) for token in _of(match)]
    return _fractions(_commas(found))


def locale_of(code: str) -> str | None:
    """The locale that a section names: "40C", "fr-FR"; None: the reader's own."""
    return next((found[2] for found in _CURRENCY.finditer(code) if found[2]), None)


def _of(match: re.Match[str]) -> list[Token]:
    kind, text = match.lastgroup or "", match[0]
    if kind in _LITERALS:
        literal = {"quoted": text.strip('"'), "escaped": text[1:], "space": " ", "other": text}.get(kind, "")
        if kind == "fill":  # the cell is filled up with it; a blank stands for itself
            literal = " " if text[1:] == " " else ""
        return [Token("literal", literal)] if literal else []
    if kind == "bracket":
        if ELAPSED.fullmatch(text):
            return [Token("date", text)]
        currency = _CURRENCY.match(text)
        return [Token("literal", currency[1])] if currency and currency[1] else []
    return [Token(_KINDS.get(kind) or cast("Kind", kind), text)]


def _commas(found: list[Token]) -> list[Token]:
    """Tell commas that group from those that scale, and both from literals."""
    out = list(found)
    digits = [at for at, token in enumerate(found) if token.kind == "digit"]
    point = next((at for at, token in enumerate(found) if token.kind == "point"), len(found))
    has_point = False
    for at, token in enumerate(found):
        if token.kind == "point":
            out[at] = token if digits and not has_point else Token("literal", ".")
            has_point = True
        if token.kind != "group":
            continue
        before = at - 1
        while before >= 0 and found[before].kind == "group":
            before -= 1
        if before < 0 or found[before].kind != "digit":
            out[at] = Token("literal", ",")
        elif not any(place > at and (place < point or at > point) for place in digits):
            out[at] = Token("scale", ",")
        elif at > point:
            out[at] = Token("literal", "")
    return out


def _fractions(found: list[Token]) -> list[Token]:
    """A slash between digits is a fraction's; the denominator may be a number of its own: `# ?/8`."""
    out = list(found)
    for at, token in enumerate(found):
        if token.kind != "over":
            continue
        after = found[at + 1] if at + 1 < len(found) else Token("literal", "")
        is_number = after.kind == "literal" and after.text.isdecimal() and after.text.isascii()
        if not at or found[at - 1].kind != "digit" or not (after.kind == "digit" or is_number):
            out[at] = Token("literal", "/")
            continue
        place = at + 1
        while place < len(found) and (
            found[place].kind == "digit" or (found[place].kind == "literal" and found[place].text.isdecimal())
        ):
            out[place] = Token("digit", found[place].text)
            place += 1
    return out
