"""Formulas in one line: `(a+1)/b`, `x^12`, `√(2)`, `∑_(i=1)^n i`: what is built up, by signs and brackets.

Owns the notation only; `office_math.py` and `mathml.py` know the formats. Functions take and give texts in which EDGE
stands where two parts must not grow together: `1` before `1/2` is no `11/2`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

EDGE = "\x01"
_ATOM = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*['′″°%!]*|.")
_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|.")
_SIGNED = re.compile(r"[-+−±][^\W_]+|[*'′†°+\-−]+")
_PAIRS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉"}
# Signs that stand above by themselves: degrees and primes.
_RAISED_SIGNS = {"∘": "°", "°": "°", "′": "′", "″": "″", "'": "′"}
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065), "")
_MATH_LETTERS = re.compile("[\U0001d400-\U0001d7ff\u2102-\u2124\u210b-\u2131]")
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0305": "bar", "\u0304": "bar", "\u20d7": "vec", "\u0307": "dot"}
_ACCENTS |= {"\u0308": "ddot", "\u030c": "check", "\u0306": "breve", "\u0301": "acute", "\u0300": "grave"}
_ACCENTS |= {"\u0332": "underline", "\u20d6": "vec", "\u20db": "dddot"}
# What MathML writes above a letter, as the accent that Word puts there.
_SPACING = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0305", "‾": "\u0305", "→": "\u20d7"}
_SPACING |= {
    "˙": "\u0307",
    ".": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "_": "\u0332",
    "\u0331": "\u0332",
    "―": "\u0305",
}
# Between what ends in a letter, figure or bracket and what begins with one.
_GAP = re.compile(rf"(?<=[\w)\]}}.%]){EDGE}+(?=[\w(√∑∫∏])")


def plain(text: str) -> str:
    """Letters of the mathematical alphabets as the usual ones, which people search."""
    text = text.translate(_INVISIBLE)
    return _MATH_LETTERS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def finished(text: str) -> str:
    """Without EDGEs: a blank where one keeps two parts from being read as one."""
    return " ".join(_GAP.sub(" ", text).replace(EDGE, "").split())


def fraction(numerator: str, denominator: str, kind: str = "") -> str:
    """kind: "noBar" for one above the other, as binomials have it."""
    if kind == "noBar":
        return f"{finished(numerator)} choose {finished(denominator)}"
    return f"{EDGE}{grouped(numerator)}/{grouped(denominator, _WORD_OR_NUMBER)}{EDGE}"


def scripts(base: str, below: str = "", above: str = "") -> str:
    text = f"({finished(base)})" if "/" in base and not _is_enclosed(finished(base)) else base.removesuffix(EDGE)
    text += f"_{_script(below)}" if finished(below) else ""
    if finished(above) in _RAISED_SIGNS:
        return text + _RAISED_SIGNS[finished(above)]
    text += f"^{_script(above)}" if finished(above) else ""
    return text + EDGE


def scripts_before(base: str, below: str, above: str) -> str:
    text = f"_{_script(below)}" if finished(below) else ""
    text += f"^{_script(above)}" if finished(above) else ""
    return f"{EDGE}{text} {base}"


def root(radicand: str, degree: str = "") -> str:
    sign = f"√[{finished(degree)}]" if finished(degree) else "√"
    inner = finished(radicand)
    return f"{EDGE}{sign}{inner if inner.startswith('(') and _is_enclosed(inner) else f'({inner})'}{EDGE}"


def large_operator(sign: str, below: str, above: str, of: str) -> str:
    return f"{scripts(sign, below, above).removesuffix(EDGE)} {of}"


def function(name: str, argument: str) -> str:
    bare = finished(argument)
    if not bare:
        return name
    if "/" in bare and not _is_enclosed(bare):
        bare = f"({bare})"
    return f"{EDGE}{name.removesuffix(EDGE)}{'' if _is_enclosed(bare) else ' '}{bare}{EDGE}"


def accented(base: str, accent: str) -> str:
    bare = finished(base)
    accent = _SPACING.get(accent, accent)
    if accent in _ACCENTS and len(bare) == 1:
        return bare + accent
    name = _ACCENTS.get(accent)
    return f"{name}({bare})" if name else base


def delimited(parts: Sequence[str], opening: str, closing: str, separator: str) -> str:
    return f"{opening}{separator.join(finished(part) for part in parts)}{closing}"


def matrix(rows: Iterable[Sequence[str]]) -> str:
    return "; ".join(", ".join(finished(cell) for cell in row) for row in rows)


def grouped(text: str, atom: re.Pattern[str] = _ATOM) -> str:
    """In brackets, unless it is one word, one number, or in brackets already."""
    bare = finished(text)
    if not bare or atom.fullmatch(bare) or _is_enclosed(bare) or _is_root(bare):
        return bare
    return f"({bare})"


def _script(text: str) -> str:
    bare = finished(text)
    return bare if _SIGNED.fullmatch(bare) else grouped(text)


def _is_root(text: str) -> bool:
    return text.startswith("√(") and _is_enclosed(text[1:])


def _is_enclosed(text: str) -> bool:
    """Whether its first bracket closes at its end."""
    if not text or _PAIRS.get(text[0]) != text[-1]:
        return False
    depth = 0
    for at, character in enumerate(text):
        depth += (character == text[0]) - (character == text[-1])
        if depth == 0:
            return at == len(text) - 1
    return False
