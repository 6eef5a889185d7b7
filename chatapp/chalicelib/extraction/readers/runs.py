"""The text of one paragraph from its runs: raised and lowered ones keep their value (`10⁶`, `H2O`, `x^n`, `1st`)."""

from __future__ import annotations

import re

UNSTRUCK = {"0", "false", "noStrike"}
_ABOVE = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")  # marks of notes stay
_BELOW = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_FIGURES = re.compile(r"(?=.*\d)[0-9+\-−–=()*†‡§,]+|[+\-−–*†‡§]")
# Endings that are raised for looks behind a number (1st, XXe), and whole abbreviations whose end is (Mme, No).
_ENDINGS = "st nd rd th er re e es ère ere ème eme nde o os º ª ter bis"
_ORDINALS = frozenset(_ENDINGS.split())
_ABBREVIATIONS = (
    "mme mmes mlle mlles mgr dr dre drs me mes no nos nr sr sra cie sté st ste jr pr prof mr mrs ms fig bd av"
)
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())
_MARKS = {"tm": "™", "sm": "℠", "r": "®", "(r)": "®"}
_VALUE = re.compile(r"(?![\[°'’′,.;:!?©®]).*[^\W_]")  # no mark of a note, no unit, not how a sentence goes on
_WORD = re.compile(r"[^\W_]+")
_ENCLOSED = re.compile(r"[^\W_]+|\([^()]*\)")
_LAST_WORD = re.compile(r"[^\W_]+$")
_ROMAN = re.compile("[IVXLC]+")
_LONGEST_SCRIPT = 40
_EDGES = re.compile(r"[^\W_]|[)\]]")


class RunText:
    """Runs in order; those that are raised or lowered alike are taken together."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._held: list[str] = []
        self._align = ""
        self._is_struck = False
        self._after_formula = False

    def add(self, text: str, align: str = "", *, is_struck: bool = False) -> None:
        if not text:
            return
        if align != self._align or is_struck != self._is_struck:
            self._settle()
            self._align, self._is_struck = align, is_struck
        self._held.append(text)

    def add_formula(self, text: str) -> None:
        """What is built up must not grow together with the text beside it: 1 and 1/2 are no 11/2."""
        self._settle()
        self._align, self._is_struck = "", False
        if not text:
            return
        is_built = not _WORD.fullmatch(text)
        before = self._last()
        if is_built and before and _EDGES.match(before) and (_EDGES.match(text) or text[0] in "(√∑∫∏"):
            self._pieces.append(" ")
        self._pieces.append(text)
        self._after_formula = is_built

    def prepend(self, text: str) -> None:
        self._pieces.insert(0, text)

    def text(self) -> str:
        self._settle()
        self._align, self._is_struck = "", False
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def is_empty(self) -> bool:
        return not any(piece.strip() for piece in (*self._pieces, *self._held))

    def _last(self) -> str:
        return next((piece[-1] for piece in reversed(self._pieces) if piece), "")

    def _settle(self) -> None:
        if not self._held:
            return
        text = "".join(self._held)
        self._held.clear()
        if self._align in {"superscript", "subscript"}:
            text = scripted(text, self._align, self._last_word())
        if self._is_struck and text.strip():
            text = f"~~{text}~~"
        if self._after_formula and _EDGES.match(text) and _EDGES.match(self._last()):
            text = f" {text}"
        self._after_formula = False
        self._pieces.append(text)

    def _last_word(self) -> str:
        """The end of what is there so far."""
        return "".join(self._pieces[-3:])[-_LONGEST_SCRIPT:]


def scripted(text: str, align: str, before: str) -> str:
    """A raised or lowered text so that its value is kept: by Unicode's own figures where there are some."""
    core = text.strip()
    if not core or len(core) > _LONGEST_SCRIPT or "\n" in core:
        return text  # a whole sentence set small is a matter of looks
    start = text[: text.index(core[0])]
    end = text[len(start) + len(core) :]
    return start + _script(core, align, before if not start else " ") + end


def _script(core: str, align: str, before: str) -> str:
    is_above = align == "superscript"
    last = before[-1:]
    if not is_above and core.isdecimal() and (last.isalpha() or last in ")]"):
        return core  # as everybody writes and looks for H2O; behind a figure it would be another number
    if _FIGURES.fullmatch(core):
        return core.translate(_ABOVE if is_above else _BELOW)
    if not last or not (last.isalnum() or last in ")]}%'′") or not _VALUE.match(core):
        return core
    return _value(core, next(iter(_LAST_WORD.findall(before)), ""), is_above=is_above)


def _value(core: str, word: str, *, is_above: bool) -> str:
    """What is raised or lowered behind a word, unless it is an ending of it that is raised for looks."""
    if is_above and core.lower() in _ORDINALS and (word.isdecimal() or _ROMAN.fullmatch(word)):
        return core
    if is_above and f"{word}{core}".lower() in _ABBREVIATED:
        return core
    if is_above and len(word) > 2 and core.lower() in _MARKS:
        return _MARKS[core.lower()]
    sign = "^" if is_above else "_"
    return f"{sign}{core}" if _ENCLOSED.fullmatch(core) else f"{sign}({core})"
