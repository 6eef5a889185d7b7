"""Where shapes of a slide stand whose place is their layout's, or that layout's master's."""

from __future__ import annotations

from .ooxml import Package
from .shapes import Box, Shape, ShapeTree

_SAME = {"ctrTitle": "title", "subTitle": "body", "obj": "body", "": "body"}
_MOST_CHARACTERS = 1_000_000


class Places:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._known: dict[str, list[Shape]] = {}

    def give(self, slide: str, root: Shape) -> None:
        """Give each placeholder without a place the one that it inherits, and children of groups their own."""
        _place_children(root)
        if not any(shape.placeholder and shape.box is None for shape in root.children):
            return
        layout = self._related(slide, "slideLayout")
        above = self._placeholders(layout)
        _inherit(above, self._placeholders(self._related(layout, "slideMaster")))
        _inherit(root.children, above)

    def _related(self, part: str, kind: str) -> str:
        found = (each.part for each in self._package.relations(part).values() if each.type == kind and each.part)
        return next(found, "")

    def _placeholders(self, part: str) -> list[Shape]:
        if part not in self._known:
            tree = ShapeTree()
            if self._package.has(part):
                for _ in self._package.stream(part, tree.start, tree.end, tree.characters):
                    if tree.size > _MOST_CHARACTERS:
                        break
            self._known[part] = [shape for shape in tree.root.children if shape.placeholder]
            for shape in self._known[part]:
                shape.lines.clear()
        return self._known[part]


def _inherit(shapes: list[Shape], above: list[Shape]) -> None:
    for shape in shapes:
        if shape.placeholder and shape.box is None:
            shape.box = _inherited(shape.placeholder, above)


def _inherited(placeholder: tuple[str, str], above: list[Shape]) -> Box | None:
    """By the same index, or else the first of the same type."""
    kind, index = placeholder
    for shape in above:
        if shape.placeholder and shape.box and index and shape.placeholder[1] == index:
            return shape.box
    for shape in above:
        if (
            shape.placeholder
            and shape.box
            and _SAME.get(shape.placeholder[0], shape.placeholder[0]) == _SAME.get(kind, kind)
        ):
            return shape.box
    return None


def _place_children(group: Shape) -> None:
    """A group's children are placed in coordinates of its own; its place is that of what it holds when it has none."""
    for shape in group.children:
        if shape.kind != "group":
            continue
        _place_children(shape)
        boxes = [child.box for child in shape.children if child.box]
        if shape.box is None and boxes:
            left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
            right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
            shape.box = (left, top, right - left, bottom - top)
