"""Formulas in MathML, as ODT files embed them and web pages hold them, from their events to one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from . import linear_math as linear
from .ooxml import Attributes

_TOKENS = {"mi", "mn", "mo", "mtext", "ms"}
_LARGE = set("∑∏∫∬∭∮⋃⋂⋁⋀∐") | {"lim", "max", "min", "sup", "inf"}
_SCALED = {"lim", "max", "min", "sup", "inf", "log", "ln", "sin", "cos", "tan", "exp"}


@dataclass
class _Node:
    tag: str
    attributes: Attributes
    children: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    text: str = ""

    def child(self, at: int) -> str:
        return self.children[at] if at < len(self.children) else ""


class MathMl:
    """Events of one math:math; `text` once it closed."""

    def __init__(self) -> None:
        self.text: str | None = None
        self._open = [_Node("", {})]
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        name = tag.removeprefix("math:")
        if self._skipping or name in {"annotation", "annotation-xml"}:
            self._skipping += 1
        else:
            self._open.append(_Node(name, attributes))

    def characters(self, text: str) -> None:
        if not self._skipping and self._open[-1].tag in _TOKENS:
            self._open[-1].text += text

    def end(self, _tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        if len(self._open) < 2:
            return
        node, parent = self._open.pop(), self._open[-1]
        if node.tag in {"mtr", "mlabeledtr"}:
            parent.rows.append(node.children)
        else:
            parent.children.append(_line(node))
        if len(self._open) == 1:
            self.text = linear.finished("".join(parent.children))

    def finish(self) -> str:
        """What is there of it, though not all of its elements were ended."""
        self._skipping = 0
        while self.text is None:
            self.end("")
        return self.text


def _line(node: _Node) -> str:
    if node.tag in _TOKENS:
        text = linear.plain(" ".join(node.text.split()))
        return f"{text} " if node.tag == "mi" and text in _SCALED else text
    return _LINES[node.tag](node) if node.tag in _LINES else "".join(node.children)


def _scripts(node: _Node, below: int, above: int) -> str:
    base = node.child(0).rstrip()
    text = linear.scripts(base, node.child(below) if below else "", node.child(above) if above else "")
    return f"{text.removesuffix(linear.EDGE)} " if base in _LARGE else text


def _over(node: _Node) -> str:
    accent = linear.accented(node.child(0), node.child(1).strip())
    return accent if accent != node.child(0) else _scripts(node, 0, 1)


def _fenced(node: _Node) -> str:
    given = node.attributes
    return linear.delimited(
        node.children, given.get("open", "("), given.get("close", ")"), given.get("separators", ",")
    )


def _fraction(node: _Node) -> str:
    is_stack = node.attributes.get("linethickness", "1") in {"0", "0pt", "0px", "0em"}
    return linear.fraction(node.child(0), node.child(1), "noBar" if is_stack else "")


_LINES: dict[str, Callable[[_Node], str]] = {
    "mfrac": _fraction,
    "msup": lambda node: _scripts(node, 0, 1),
    "msub": lambda node: _scripts(node, 1, 0),
    "msubsup": lambda node: _scripts(node, 1, 2),
    "munder": lambda node: _scripts(node, 1, 0),
    "munderover": lambda node: _scripts(node, 1, 2),
    "mover": _over,
    "msqrt": lambda node: linear.root("".join(node.children)),
    "mroot": lambda node: linear.root(node.child(0), node.child(1)),
    "mfenced": _fenced,
    "mtable": lambda node: linear.matrix(node.rows),
    "mphantom": lambda _node: "",
    "mspace": lambda _node: " ",
}
