"""What a Word document's styles say of paragraphs and runs: headings, numbering, hidden and raised text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .ooxml import Attributes, Package

_HIGHEST_LEVEL = 9
_OFF = {"0", "false", "off"}
_LONGEST_CHAIN = 50


def is_on(attributes: Attributes) -> bool:
    """Of a property that is there: on, unless it says otherwise."""
    return attributes.get("w:val", "1") not in _OFF


def whole(text: str, default: int = 0) -> int:
    return int(text[:9]) if text.isdecimal() else default


@dataclass(frozen=True)
class Look:
    """Of a run. Each None: as what it is based on says. align: "superscript", "subscript" or "baseline"."""

    hidden: bool | None = None
    struck: bool | None = None
    align: str | None = None
    font: str | None = None

    def over(self, other: Look) -> Look:
        if self is _PLAIN or other is _PLAIN:
            return other if self is _PLAIN else self
        return Look(
            other.hidden if self.hidden is None else self.hidden,
            other.struck if self.struck is None else self.struck,
            other.align if self.align is None else self.align,
            other.font if self.font is None else self.font,
        )


_PLAIN = Look()


def look_with(look: Look, tag: str, attributes: Attributes) -> Look:
    """The look after one more property of a run (a child of w:rPr)."""
    if tag == "w:vanish":
        return replace(look, hidden=is_on(attributes))
    if tag in {"w:strike", "w:dstrike"}:
        return replace(look, struck=is_on(attributes))
    if tag == "w:vertAlign":
        return replace(look, align=attributes.get("w:val", ""))
    if tag == "w:rFonts":
        font = attributes.get("w:ascii") or attributes.get("w:hAnsi")
        return replace(look, font=font) if font else look
    if tag == "w:position" and look.align is None:
        return replace(look, align=_raised(attributes.get("w:val", "")))
    return look


def _raised(half_points: str) -> str | None:
    """Text lifted by hand; a little is a matter of looks."""
    try:
        lifted = int(half_points[:6])
    except ValueError:
        return None
    return None if abs(lifted) < 3 else ("superscript" if lifted > 0 else "subscript")


@dataclass
class Style:
    kind: str = ""
    parent: str = ""
    heading: int | None = None
    outline: int | None = None
    number_id: str | None = None
    level: int | None = None
    look: Look = _PLAIN


@dataclass
class Styles:
    """By style id. Ids are translated ("Titre1"), names and outline levels are not."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: str = ""
    language: str = ""
    _looks: dict[str, Look] = field(default_factory=dict)
    _numberings: dict[str, tuple[str | None, int | None, list[str]]] = field(default_factory=dict)

    def chain(self, style_id: str) -> Iterator[tuple[str, Style]]:
        """The style, what it is based on, and so on."""
        seen: set[str] = set()
        while style_id in self.by_id and style_id not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(style_id)
            yield style_id, self.by_id[style_id]
            style_id = self.by_id[style_id].parent

    def is_heading(self, style_id: str) -> bool:
        for _, style in self.chain(style_id):
            if style.heading is not None:
                return True
            if style.outline is not None:
                return style.outline < _HIGHEST_LEVEL
        return False

    def numbering(self, style_id: str) -> tuple[str | None, int | None, list[str]]:
        """Number id and level, and the styles from this one to the one that has the number id."""
        if style_id not in self._numberings:
            self._numberings[style_id] = self._numbering(style_id)
        return self._numberings[style_id]

    def _numbering(self, style_id: str) -> tuple[str | None, int | None, list[str]]:
        level: int | None = None
        names: list[str] = []
        for name, style in self.chain(style_id):
            names.append(name)
            level = style.level if level is None else level
            if style.number_id is not None:
                return style.number_id, level, names
        return None, level, names

    def look(self, style_id: str) -> Look:
        if style_id not in self._looks:
            look = _PLAIN
            for _, style in self.chain(style_id):
                look = look.over(style.look)
            self._looks[style_id] = look
        return self._looks[style_id]

    def paragraph_look(self, style_id: str) -> Look:
        """Raised or lowered as a whole, a paragraph is a line of its own."""
        look = self.look(style_id)
        return replace(look, align=None) if look.align else look


def is_outlined(attributes: Attributes) -> bool:
    level = attributes.get("w:val", "")
    return level.isdecimal() and int(level[:3]) < _HIGHEST_LEVEL


def styles_of(package: Package, part: str | None) -> Styles:
    reader = _StylesReader()
    if part and package.has(part):
        package.parse(part, reader.start, reader.end)
    return reader.styles


class _StylesReader:
    def __init__(self) -> None:
        self.styles = Styles()
        self._style = Style()
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        value = attributes.get("w:val", "")
        if self._skipping or tag in {"w:tblStylePr", "w:rPrChange", "w:pPrChange"}:
            self._skipping += 1
        elif tag == "w:style":
            self._open(attributes)
        elif tag == "w:name":
            words = value.lower().split()
            if words == ["title"] or (len(words) == 2 and words[0] == "heading" and words[1].isdecimal()):
                self._style.heading = 0 if words == ["title"] else whole(words[1])
        elif tag == "w:basedOn":
            self._style.parent = value
        elif tag == "w:outlineLvl":
            self._style.outline = whole(value, _HIGHEST_LEVEL)
        elif tag == "w:numId":
            self._style.number_id = value
        elif tag == "w:ilvl":
            self._style.level = whole(value)
        elif tag == "w:lang" and not self.styles.language:
            self.styles.language = value
        else:
            self._style.look = look_with(self._style.look, tag, attributes)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "w:style":
            self._style = Style()  # what follows belongs to none

    def _open(self, attributes: Attributes) -> None:
        kind = attributes.get("w:type", "paragraph")
        self._style = Style(kind)
        name = attributes.get("w:styleId", "")
        self.styles.by_id[name] = self._style
        if kind == "paragraph" and attributes.get("w:default") in {"1", "true", "on"}:
            self.styles.default = name
