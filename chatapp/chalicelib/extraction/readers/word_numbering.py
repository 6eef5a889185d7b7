"""Automatic numbers of Word as they are shown: `1.2`, `(a)`, `Article 3.` (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from . import symbols
from .numerals import custom, written
from .ooxml import Attributes, Package
from .word_styles import Styles, is_on, whole

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_SUFFIXES = {"nothing": "", "space": " ", "tab": " "}


@dataclass(frozen=True)
class Level:
    """restart: the number of the level behind which it begins anew; 0 for never, None for any above."""

    start: int = 0
    number_format: str = "decimal"
    text: str = ""
    suffix: str = " "
    restart: int | None = None
    style: str = ""
    font: str = ""
    is_legal: bool = False
    is_hidden: bool = False
    pattern: str = ""


@dataclass
class _Abstract:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str = ""  # the numbering style whose levels these are
    linked_style: str = ""  # the numbering style that has the levels in its stead
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass
class _Number:
    abstract: str = ""
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)
    restarted: set[int] = field(default_factory=set)


class Numbering:
    """The lists of one document. Numbers are asked for in the order of its paragraphs, since asking counts."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.abstracts: dict[str, _Abstract] = {}
        self.numbers: dict[str, _Number] = {}

    def find(self, style_id: str, number_id: str | None, level: int | None) -> tuple[str, int] | None:
        """The list and level of a paragraph, by what it says itself and what its style says; None for no list."""
        by_style, style_level, names = self._styles.numbering(style_id)
        number_id = by_style if number_id is None else number_id
        if number_id is None or number_id not in self.numbers:  # "0" takes a style's number away
            return None
        if level is None:
            level = self._level_linked(number_id, names or [style_id], style_level or 0)
        return number_id, min(level, _LEVELS - 1)

    def next(self, number_id: str, level: int) -> str:
        """The number that a paragraph shows, with what parts it from the text; "" when it shows none."""
        number = self.numbers[number_id]
        abstract = self._abstract(number)
        self._count(number, abstract, level)
        shown = self._level(number, abstract, level)
        if shown.is_hidden:
            return ""
        if shown.number_format == "bullet":
            return f"{symbols.bullet(shown.text, shown.font)} " if shown.text else ""
        text = _PLACE.sub(lambda match: self._figure(number, abstract, shown, level, int(match[1]) - 1), shown.text)
        text = symbols.drawn(text, shown.font) if symbols.is_symbol_font(shown.font) else text
        return text.strip() + shown.suffix if text.strip() else ""

    def _figure(self, number: _Number, abstract: _Abstract, shown: Level, level: int, at: int) -> str:
        if at > level:
            return ""
        other = self._level(number, abstract, at)
        counted = abstract.counters[at]
        value = number.starts.get(at, other.start) if counted is None else counted
        if shown.is_legal and other.number_format not in _FIGURES_OF_LAW:
            return str(value)
        return custom(value, other.pattern) if other.pattern else written(value, other.number_format, self._language)

    def _count(self, number: _Number, abstract: _Abstract, level: int) -> None:
        """Levels above that were left out count as having begun: after `2.a.I` comes `2.b`."""
        counters = abstract.counters
        for at in range(level + 1):
            if at in number.starts and at not in number.restarted:
                number.restarted.add(at)
                counters[at] = None
            if at < level and counters[at] is None:
                counters[at] = number.starts.get(at, self._level(number, abstract, at).start)
        counted = counters[level]
        start = number.starts.get(level, self._level(number, abstract, level).start)
        counters[level] = start if counted is None else counted + 1
        for below in range(level + 1, _LEVELS):
            restart = self._level(number, abstract, below).restart
            if restart is None or level < restart:
                counters[below] = None

    def _level(self, number: _Number, abstract: _Abstract, level: int) -> Level:
        return number.levels.get(level) or abstract.levels.get(level) or _NO_LEVEL

    def _level_linked(self, number_id: str, styles: list[str], default: int) -> int:
        """The level that names the paragraph's style, or the nearest that this one is based on."""
        number = self.numbers[number_id]
        levels = {**self._abstract(number).levels, **number.levels}
        linked = {level.style: at for at, level in levels.items() if level.style}
        return next((linked[style] for style in styles if style in linked), default)

    def _abstract(self, number: _Number) -> _Abstract:
        """The list's levels, which a numbering style may have in another list."""
        abstract = self.abstracts.get(number.abstract, _NO_ABSTRACT)
        for _ in range(_LEVELS):
            if abstract.levels or not abstract.linked_style:
                break
            style = self._styles.by_id.get(abstract.linked_style)
            other = self.numbers.get((style and style.number_id) or "")
            linked = self.abstracts.get(other.abstract) if other else self._linked(abstract.linked_style)
            if linked is None:
                break
            abstract = linked
        return abstract

    def _linked(self, style: str) -> _Abstract | None:
        return next((each for each in self.abstracts.values() if each.style_link == style), None)

    @property
    def _language(self) -> str:
        return self._styles.language


# What "legal" numbering leaves as it is: Word's own list of articles has its sections as 1.01.
_FIGURES_OF_LAW = frozenset({"none", "bullet", "decimalZero"})
_NO_LEVEL = Level()
_NO_ABSTRACT = _Abstract()


def numbering_of(package: Package, part: str | None, styles: Styles) -> Numbering:
    numbering = Numbering(styles)
    if part and package.has(part):
        reader = _NumberingReader(numbering)
        package.parse(part, reader.start, reader.end)
    return numbering


class _NumberingReader:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._abstract = _Abstract()
        self._number: _Number | None = None
        self._levels: dict[int, Level] = {}
        self._at = 0
        self._is_level = False
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        value = attributes.get("w:val", "")
        if self._skipping or tag == "mc:Fallback":
            self._skipping += 1
        elif tag == "w:abstractNum":
            self._abstract, self._number = _Abstract(), None
            self._levels = self._abstract.levels
            self._numbering.abstracts[attributes.get("w:abstractNumId", "")] = self._abstract
        elif tag == "w:num":
            self._number = _Number()
            self._levels = self._number.levels
            self._numbering.numbers[attributes.get("w:numId", "")] = self._number
        elif tag == "w:lvlOverride":
            self._at = whole(attributes.get("w:ilvl", ""))
        elif tag == "w:lvl":
            self._at, self._is_level = whole(attributes.get("w:ilvl", "")), True
            self._levels[self._at] = Level()
        elif self._is_level and self._at in self._levels:
            self._levels[self._at] = _level_with(self._levels[self._at], tag, attributes)
        elif tag == "w:numStyleLink":
            self._abstract.linked_style = value
        elif tag == "w:styleLink":
            self._abstract.style_link = value
        elif tag == "w:abstractNumId" and self._number:
            self._number.abstract = value
        elif tag == "w:startOverride" and self._number:
            self._number.starts[self._at] = whole(value)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "w:lvl":
            self._is_level = False


def _level_with(level: Level, tag: str, attributes: Attributes) -> Level:
    """The level after one more of its properties."""
    value = attributes.get("w:val", "")
    given: dict[str, dict[str, Any]] = {
        "w:start": {"start": whole(value)},
        "w:numFmt": {"number_format": value, "pattern": attributes.get("w:format", "")},
        "w:lvlText": {"text": value},
        "w:suff": {"suffix": _SUFFIXES.get(value, " ")},
        "w:lvlRestart": {"restart": whole(value)},
        "w:pStyle": {"style": value},
        "w:isLgl": {"is_legal": is_on(attributes)},
        "w:vanish": {"is_hidden": is_on(attributes)},
        "w:rFonts": {"font": attributes.get("w:ascii") or attributes.get("w:hAnsi") or ""},
        "w:lvlPicBulletId": {"text": level.text or "•"},
    }
    return replace(level, **given.get(tag, {}))
