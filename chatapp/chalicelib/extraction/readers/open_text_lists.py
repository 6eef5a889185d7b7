"""The lists of an OpenDocument text that are open, and the number that a paragraph shows in them."""

from __future__ import annotations

from dataclasses import dataclass

from .ooxml import Attributes
from .open_text_styles import Lists, OpenStyles
from .word_styles import whole


@dataclass
class OpenList:
    style: str
    counters: dict[int, int]
    level: int
    start: int | None = None
    is_numbered: bool = True  # whether the open item has its number already


class OpenLists:
    def __init__(self, styles: OpenStyles) -> None:
        self.open: list[OpenList] = []
        self._styles = styles
        self._numbers = Lists(styles)
        self._by_id: dict[str, dict[int, int]] = {}
        self._by_style: dict[str, dict[int, int]] = {}
        self._outline: dict[int, int] = {}

    def number(self, style: str, attributes: Attributes, *, is_heading: bool, in_cell: bool) -> str:
        if self.open:
            each = self.open[-1]
            if each.is_numbered:
                return ""
            each.is_numbered = True
            named = each.style or self._styles.list_style(style) or ""
            number = self._numbers.next(named, each.counters, each.level, each.start)
            each.start = None
            return "• " if number == "- " and in_cell else number
        if not is_heading or attributes.get("text:is-list-header") == "true":
            return ""
        level = whole(attributes.get("text:outline-level", "1"), 1) - 1
        restarts = attributes.get("text:restart-numbering") == "true"
        start = whole(attributes.get("text:start-value", "1"), 1) if restarts else None
        return self._numbers.next("", self._outline, level, start)

    def open_list(self, attributes: Attributes) -> None:
        outer = self.open[-1] if self.open else None
        style = attributes.get("text:style-name", outer.style if outer else "")
        continues = attributes.get("text:continue-numbering") == "true"
        if outer:
            counters, level = outer.counters, outer.level + 1
            if not continues:
                for each in [each for each in counters if each >= level]:
                    del counters[each]
        else:
            level = 0
            named = self._by_id.get(attributes.get("text:continue-list", ""))
            counters = named if named is not None else self._by_style.get(style, {}) if continues else {}
        self._by_style[style] = counters
        if "xml:id" in attributes:
            self._by_id[attributes["xml:id"]] = counters
        self.open.append(OpenList(style, counters, level))

    def open_numbered_item(self, attributes: Attributes) -> None:
        value = attributes.get("text:start-value")
        self.open_item(None if value is None else whole(value))

    def open_item(self, start: int | None, *, is_numbered: bool = False) -> None:
        if self.open:
            self.open[-1].start, self.open[-1].is_numbered = start, is_numbered

    def close_list(self) -> None:
        if self.open:
            self.open.pop()
