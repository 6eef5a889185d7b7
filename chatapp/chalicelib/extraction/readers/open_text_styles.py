"""Styles and lists of OpenDocument texts: what they say of a run's look and of the numbers that are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from . import symbols
from .numerals import written
from .ooxml import Attributes
from .word_styles import Look, whole

_PLAIN = Look()
_LONGEST_CHAIN = 50
_MOST_LEVELS = 10
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_FORMATS |= {"1st": "ordinal", "One": "cardinalText", "First": "ordinalText", "01, 02, 03, ...": "decimalZero"}
_FORMATS |= {"①, ②, ③, ...": "decimalEnclosedCircle", "一, 二, 三, ...": "chineseCounting"}
_FORMATS |= {"α, β, γ, ...": "lowerGreek", "Α, Β, Γ, ...": "upperGreek", "а, б, .., аа, бб, ...": "russianLower"}
_PATTERN = re.compile(r"%(\d{1,2})%")
_LEVEL_TAGS = {"text:list-level-style-number", "text:list-level-style-bullet", "text:outline-level-style"}
_LEVEL_TAGS |= {"text:list-level-style-image"}


@dataclass(frozen=True)
class ListLevel:
    """pattern: LibreOffice's own, "%1%.%2%)"; shown_levels: how many numbers, where there is no pattern."""

    number_format: str = "none"
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown_levels: int = 1
    bullet: str = ""
    pattern: str = ""
    font: str = ""


@dataclass
class TextStyle:
    parent: str = ""
    list_style: str | None = None
    master_page: str = ""
    look: Look = _PLAIN


@dataclass
class OpenStyles:
    """styles: by family and name. lists: levels by list style; "" is the outline of headings."""

    styles: dict[tuple[str, str], TextStyle] = field(default_factory=dict)
    lists: dict[str, dict[int, ListLevel]] = field(default_factory=dict)
    fonts: dict[str, str] = field(default_factory=dict)
    language: str = ""
    _style: TextStyle = field(default_factory=TextStyle)
    _list: str = ""
    _level: int | None = None

    def chain(self, family: str, name: str) -> list[TextStyle]:
        found: list[TextStyle] = []
        while (family, name) in self.styles and len(found) < _LONGEST_CHAIN:
            found.append(self.styles[family, name])
            name = found[-1].parent
        return found

    def look(self, family: str, name: str) -> Look:
        look = _PLAIN
        for style in self.chain(family, name):
            look = look.over(style.look)
        return look

    def list_style(self, paragraph_style: str) -> str | None:
        named = (style.list_style for style in self.chain("paragraph", paragraph_style))
        return next((name for name in named if name is not None), None)

    def start(self, tag: str, attributes: Attributes) -> None:
        """An event of styles.xml or of a content's automatic styles."""
        if tag in {"style:style", "style:default-style"}:
            self._open_style(attributes)
        elif tag == "style:font-face":
            family = attributes.get("svg:font-family", "").strip("'\"")
            self.fonts[attributes.get("style:name", "")] = family
        elif tag in {"text:list-style", "text:outline-style"}:
            self._list = attributes.get("style:name", "") if tag == "text:list-style" else ""
            self.lists[self._list] = {}
        elif tag in _LEVEL_TAGS:
            self._open_level(attributes)
        elif tag == "style:text-properties":
            self._set_look(attributes)

    def end(self, tag: str) -> None:
        if tag in _LEVEL_TAGS:
            self._level = None

    def _open_style(self, attributes: Attributes) -> None:
        self._style = TextStyle(
            attributes.get("style:parent-style-name", ""),
            attributes.get("style:list-style-name"),
            attributes.get("style:master-page-name", ""),
        )
        self.styles[attributes.get("style:family", ""), attributes.get("style:name", "")] = self._style

    def _open_level(self, attributes: Attributes) -> None:
        self._level = whole(attributes.get("text:level", "1"), 1) - 1
        self.lists.setdefault(self._list, {})[self._level] = ListLevel(
            _FORMATS.get(attributes.get("style:num-format", ""), "decimal"),
            attributes.get("style:num-prefix", ""),
            attributes.get("style:num-suffix", ""),
            whole(attributes.get("text:start-value", "1"), 1),
            whole(attributes.get("text:display-levels", "1"), 1),
            attributes.get("text:bullet-char", "•" if "xlink:href" in attributes else ""),
            attributes.get("loext:num-list-format", ""),
        )

    def _set_look(self, attributes: Attributes) -> None:
        font = attributes.get("style:font-name") or attributes.get("fo:font-family", "").strip("'\"")
        font = self.fonts.get(font, font)
        if self._level is not None:
            levels = self.lists[self._list]
            levels[self._level] = replace(levels[self._level], font=font)
            return
        look = self._style.look
        if "text:display" in attributes:
            look = replace(look, hidden=attributes["text:display"] == "none")
        line = attributes.get("style:text-line-through-style") or attributes.get("style:text-line-through-type")
        if line:
            look = replace(look, struck=line != "none")
        if "style:text-position" in attributes:
            look = replace(look, align=_align(attributes["style:text-position"]))
        self._style.look = replace(look, font=font) if font else look
        language = attributes.get("fo:language", "none")
        self.language = self.language or (language if language != "none" else "")


def _align(position: str) -> str | None:
    """ "super 58%", "-33% 58%"; no more than a hint of it is none."""
    first = position.split(maxsplit=1)[0] if position.split() else ""
    if first in {"super", "sub"}:
        return "superscript" if first == "super" else "subscript"
    if not re.fullmatch(r"-?\d{1,3}(\.\d+)?%", first) or abs(float(first[:-1])) < 5:
        return None
    return "subscript" if first.startswith("-") else "superscript"


class Lists:
    """Numbers of lists and headings, counted as their paragraphs come."""

    def __init__(self, styles: OpenStyles) -> None:
        self._styles = styles

    def next(self, style: str, counters: dict[int, int], level: int, start: int | None = None) -> str:
        """The number that an item shows; counters: of its list, by level."""
        levels = self._styles.lists.get(style, {})
        shown = levels.get(level, ListLevel())
        if start is None:
            start = counters[level] + 1 if level in counters else shown.start
        counters[level] = start
        for below in [each for each in counters if each > level]:
            del counters[below]
        if shown.bullet:
            return f"{symbols.bullet(shown.bullet, shown.font)} "
        if shown.number_format == "none" and not shown.pattern:
            return ""
        if shown.pattern:
            text = _PATTERN.sub(lambda match: self._figure(levels, counters, int(match[1]) - 1, level), shown.pattern)
        else:
            first = max(0, level + 1 - min(shown.shown_levels, _MOST_LEVELS))
            figures = [self._figure(levels, counters, at, level) for at in range(first, level + 1)]
            text = shown.prefix + ".".join(figure for figure in figures if figure) + shown.suffix
        return f"{text.strip()} " if text.strip() else ""

    def _figure(self, levels: dict[int, ListLevel], counters: dict[int, int], at: int, level: int) -> str:
        if at > level:
            return ""
        other = levels.get(at, ListLevel())
        return written(counters.get(at, other.start), other.number_format, self._styles.language)
