"""Formulas of Word (OMML, ECMA-376 part 1, 22.1), from their events to one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from . import linear_math as linear
from .ooxml import Attributes

_OFF = {"0", "off", "false"}
# Numbers behind it are the formula's own.
OUTERMOST = "m:oMath"


@dataclass
class _Node:
    tag: str
    value: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    def text(self, *tags: str) -> str:
        """Of the children of these names; of all when none is named."""
        return "".join(text for tag, text in self.parts if not tags or tag in tags)

    def is_on(self, name: str) -> bool:
        return name in self.properties and self.properties[name] not in _OFF


class OfficeMath:
    """One formula: events from the outermost m:oMath on; `end` gives its text when that one closes."""

    def __init__(self) -> None:
        self._open = [_Node("")]

    def start(self, tag: str, attributes: Attributes) -> None:
        self._open.append(_Node(tag, attributes.get("m:val", "")))

    def characters(self, text: str) -> None:
        if self._open[-1].tag in {"m:t", "w:t"}:
            self._open[-1].parts.append(("", linear.plain(text)))

    def said(self, text: str) -> None:
        """Text of the open element, where no element of its own holds it: of a property it is the value."""
        node = self._open[-1]
        if len(self._open) > 1 and self._open[-2].tag.endswith("Pr"):
            node.value = node.value + text.strip()
        elif not node.tag.endswith("Pr"):
            node.parts.append(("", linear.plain(text)))

    def end(self, tag: str) -> str | None:
        if len(self._open) < 2:
            return None
        node = self._open.pop()
        parent = self._open[-1]
        if parent.tag.endswith("Pr"):
            parent.properties[tag] = node.value
        elif tag.endswith("Pr"):
            parent.properties |= node.properties
        elif tag == "m:mr":
            parent.rows.append([text for child, text in node.parts if child == "m:e"])
        else:
            parent.parts.append((tag, _LINES[tag](node) if tag in _LINES else node.text()))
        return linear.finished(self._open[0].text()) if len(self._open) == 1 else None


def _fraction(node: _Node) -> str:
    return linear.fraction(node.text("m:num"), node.text("m:den"), node.properties.get("m:type", ""))


def _scripts(node: _Node) -> str:
    return linear.scripts(node.text("m:e"), node.text("m:sub"), node.text("m:sup"))


def _before(node: _Node) -> str:
    return linear.scripts_before(node.text("m:e"), node.text("m:sub"), node.text("m:sup"))


def _root(node: _Node) -> str:
    degree = "" if node.is_on("m:degHide") else node.text("m:deg")
    return linear.root(node.text("m:e"), degree)


def _large_operator(node: _Node) -> str:
    below = "" if node.is_on("m:subHide") else node.text("m:sub")
    above = "" if node.is_on("m:supHide") else node.text("m:sup")
    return linear.large_operator(node.properties.get("m:chr", "∫"), below, above, node.text("m:e"))


def _delimited(node: _Node) -> str:
    parts = [text for tag, text in node.parts if tag == "m:e"]
    given = node.properties
    signs = given.get("m:begChr", "("), given.get("m:endChr", ")"), given.get("m:sepChr", "|")
    return linear.delimited(parts, *signs)


def _matrix(node: _Node) -> str:
    return linear.matrix(node.rows)


def _equations(node: _Node) -> str:
    return "; ".join(text.replace("&", "") for tag, text in node.parts if tag == "m:e")


def _limit(node: _Node) -> str:
    above = node.tag == "m:limUpp"
    return linear.scripts(node.text("m:e"), "" if above else node.text("m:lim"), node.text("m:lim") if above else "")


def _accented(node: _Node) -> str:
    return linear.accented(node.text("m:e"), node.properties.get("m:chr", "\u0302"))


def _bar(node: _Node) -> str:
    return linear.accented(node.text("m:e"), "\u0305" if node.properties.get("m:pos") == "top" else "\u0332")


def _phantom(node: _Node) -> str:
    return "" if node.properties.get("m:show", "1") in _OFF else node.text("m:e")


_LINES: dict[str, Callable[[_Node], str]] = {
    "m:f": _fraction,
    "m:sSup": _scripts,
    "m:sSub": _scripts,
    "m:sSubSup": _scripts,
    "m:sPre": _before,
    "m:rad": _root,
    "m:nary": _large_operator,
    "m:d": _delimited,
    "m:m": _matrix,
    "m:eqArr": _equations,
    "m:limLow": _limit,
    "m:limUpp": _limit,
    "m:func": lambda node: linear.function(node.text("m:fName"), node.text("m:e")),
    "m:acc": _accented,
    "m:bar": _bar,
    "m:phant": _phantom,
}
