"""Diagrams (SmartArt) by their data: each point's text, those below it after it and further in."""

from __future__ import annotations

from .ooxml import Attributes, Package

_MOST_POINTS = 5_000
_MOST_DEPTH = 20
_UNSEEN = {"parTrans", "sibTrans", "pres"}


def diagram_lines(package: Package, part: str) -> list[str]:
    reader = _Reader()
    for _ in package.stream(part, reader.start, reader.end, reader.characters):
        if len(reader.texts) > _MOST_POINTS:
            break
    return reader.lines()


class _Reader:
    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}  # paragraphs of each point, by its id, in the order of the file
        self._root = ""
        self._below: dict[str, list[tuple[int, str]]] = {}
        self._point = ""
        self._text: list[str] = []
        self._in_text = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "dgm:pt":
            kind = attributes.get("type", "node")
            self._point = "" if kind in _UNSEEN else attributes.get("modelId", "")
            if kind == "doc":
                self._root = self._point
            elif self._point:
                self.texts[self._point] = []
        elif tag == "dgm:cxn" and attributes.get("type", "parOf") == "parOf":
            order = attributes.get("srcOrd", "0")
            place = int(order) if order.isdecimal() and len(order) < 10 else 0
            self._below.setdefault(attributes.get("srcId", ""), []).append((place, attributes.get("destId", "")))
        elif tag == "a:t":
            self._in_text = True
        elif tag == "a:br":
            self._text.append(" ")

    def end(self, tag: str) -> None:
        if tag == "a:t":
            self._in_text = False
        elif tag == "a:p":
            text = "".join(self._text).strip()
            self._text.clear()
            if text and self._point in self.texts:
                self.texts[self._point].append(text)
        elif tag == "dgm:pt":
            self._point = ""

    def characters(self, text: str) -> None:
        if self._in_text:
            self._text.append(text)

    def lines(self) -> list[str]:
        """Points that nothing leads to come last, as the file has them."""
        out: list[str] = []
        left = dict(self.texts)
        open_points = [(point, 0) for _, point in sorted(self._below.get(self._root, []), reverse=True)]
        while open_points:
            point, depth = open_points.pop()
            if point not in left:  # seen, or a loop
                continue
            texts = left.pop(point)
            out += [f"{'  ' * min(depth, _MOST_DEPTH)}- {text}" for text in texts]
            further = depth + bool(texts)
            open_points += [(below, further) for _, below in sorted(self._below.get(point, []), reverse=True)]
        return out + [f"- {text}" for texts in left.values() for text in texts]
