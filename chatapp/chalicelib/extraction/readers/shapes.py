"""Shapes of slides and of sheets' drawings: texts, tables, charts, diagrams and pictures, with where they stand."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .merged_cells import Grid
from .numbering import Numbering
from .office_math import OUTERMOST, OfficeMath
from .ooxml import Attributes
from .runs import UNSTRUCK, RunText

Box = tuple[float, float, float, float]  # left, top, width, height

_SHAPES = {"sp", "cxnSp", "pic", "graphicFrame", "grpSp"}
_MOST_SHAPES = 20_000
_MOST_IN_ROWS = 2_000


@dataclass
class Shape:
    """One thing on a slide or a sheet. placeholder: its type and index. relation: of a chart's or a diagram's part."""

    kind: str  # text, table, chart, diagram, group, picture, object
    placeholder: tuple[str, str] | None = None
    shows_today: bool = False
    box: Box | None = None
    lines: list[str] = field(default_factory=list)
    relation: str = ""
    children: list[Shape] = field(default_factory=list)
    is_hidden: bool = False
    has_blip: bool = False
    child_box: Box | None = None  # of a group: the coordinates that its children are placed by


class ShapeTree:
    """Turns events of a slide, a layout, notes or a drawing into shapes. `size`: characters so far."""

    def __init__(self) -> None:
        self.root = Shape("group")
        self.size = self.count = 0
        self.has_background = self.is_hidden_slide = False
        self._open: list[Shape] = []
        self._skipping = 0
        self._corner: dict[str, tuple[float, float]] = {}
        self._text = RunText()
        self._align, self._is_struck = "", False
        self._in_text = self._in_place = self._in_object = False
        self._numbering = Numbering()
        self._grid: Grid | None = None
        self._math: OfficeMath | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag == "mc:Fallback":
            self._skipping += 1
            return
        prefix, _, name = tag.partition(":")
        if self._math or tag == OUTERMOST:
            self._math = self._math or OfficeMath()
            self._math.start(tag, attributes)
        elif prefix in {"p", "xdr"}:
            self._start_shape(name, attributes)
        elif prefix == "a":
            self._start_drawing(name, attributes)
        elif name == "chart" and prefix in {"c", "cx"} and self._open:
            self._open[-1].kind, self._open[-1].relation = "chart", attributes.get("r:id", "")
        elif tag == "dgm:relIds" and self._open:
            self._open[-1].kind, self._open[-1].relation = "diagram", attributes.get("r:dm", "")

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        prefix, _, name = tag.partition(":")
        if self._math:
            self._end_math(tag)
        elif tag == "a:t":
            self._in_text = False
        elif tag == "a:p":
            self._end_paragraph()
        elif tag == "a:tc" and self._grid:
            self._grid.end_cell()
        elif tag == "a:tr" and self._grid and self._open:
            self._grid.end_row()
        elif tag == "a:tbl" and self._grid and self._open:
            self._open[-1].lines += self._grid.lines()
            self._grid = None
        elif prefix in {"p", "xdr"} and name in {"spPr", "grpSpPr", "xfrm"}:
            self._end_place()
        elif prefix in {"p", "xdr"} and name in _SHAPES and self._open and not (self._in_object and name == "pic"):
            self._open.pop()
        elif tag == "p:oleObj":
            self._in_object = False

    def characters(self, text: str) -> None:
        if self._math and not self._skipping:
            self._math.characters(text)
            self.size += len(text)
        elif self._in_text and not self._skipping:
            self._text.add(text, self._align, is_struck=self._is_struck)
            self.size += len(text)

    # --- Shapes -----------------------------------------------------------------------------------------------------

    def _start_shape(self, name: str, attributes: Attributes) -> None:
        if name in _SHAPES and not (self._in_object and name == "pic"):
            self._push(Shape({"grpSp": "group", "pic": "picture"}.get(name, "text")))
        elif not self._open:
            self._start_slide(name, attributes)
        elif name == "cNvPr":
            self._open[-1].is_hidden = attributes.get("hidden") in {"1", "true"}
        elif name == "ph":
            self._open[-1].placeholder = (attributes.get("type", "body"), attributes.get("idx", ""))
        elif name in {"spPr", "grpSpPr", "xfrm"}:
            self._in_place, self._corner = True, {}
        elif name == "oleObj":
            self._open[-1].kind, self._in_object = "object", True

    def _start_slide(self, name: str, attributes: Attributes) -> None:
        if name == "sld":
            self.is_hidden_slide = attributes.get("show") in {"0", "false"}

    def _push(self, shape: Shape) -> None:
        self.count += 1
        if self.count > _MOST_SHAPES:
            shape = Shape("text", is_hidden=True)
        else:
            (self._open[-1] if self._open else self.root).children.append(shape)
        self._open.append(shape)
        self._numbering = Numbering()

    def _end_place(self) -> None:
        self._in_place = False
        if not self._open:
            return
        shape, corner = self._open[-1], self._corner
        if "off" in corner and "ext" in corner:
            shape.box = (*corner["off"], *corner["ext"])
        if "chOff" in corner and "chExt" in corner:
            shape.child_box = (*corner["chOff"], *corner["chExt"])

    # --- Their texts ------------------------------------------------------------------------------------------------

    def _start_drawing(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self._in_text = True
        elif name in {"off", "chOff"} and self._in_place:
            self._corner[name] = (_number(attributes.get("x")), _number(attributes.get("y")))
        elif name in {"ext", "chExt"} and self._in_place and "cx" in attributes:
            self._corner[name] = (_number(attributes["cx"]), _number(attributes.get("cy")))
        elif name in {"br", "r", "fld", "rPr"}:
            self._start_run(name, attributes)
        elif name in {"p", "pPr", "buAutoNum", "buNone", "buChar"} or name.startswith("lvl"):
            self._numbering.start(name, attributes)
        elif name == "tbl":
            self._grid = Grid()
            if self._open:
                self._open[-1].kind = "table"
        elif name == "tc" and self._grid:
            is_continued = attributes.get("hMerge") in {"1", "true"} or attributes.get("vMerge") in {"1", "true"}
            columns, rows = _number(attributes.get("gridSpan", "1")), _number(attributes.get("rowSpan", "1"))
            self._grid.start_cell(int(columns), int(rows), is_continued=is_continued)
        elif name == "blip":
            if self._open:
                self._open[-1].has_blip = True
            else:
                self.has_background = True

    def _start_run(self, name: str, attributes: Attributes) -> None:
        if name == "br":
            self._text.add("\n")
        elif name in {"r", "fld"}:
            self._align, self._is_struck = "", False
            if self._open and attributes.get("type", "").startswith("datetime"):
                self._open[-1].shows_today = True
        else:
            raised = _number(attributes.get("baseline", "0").rstrip("%"))
            self._align = "superscript" if raised > 0 else "subscript" if raised < 0 else ""
            self._is_struck = attributes.get("strike", "noStrike") not in UNSTRUCK

    def _end_math(self, tag: str) -> None:
        text = self._math.end(tag) if self._math else None
        if text is not None:
            self._math = None
            self._text.add_formula(text)

    def _end_paragraph(self) -> None:
        text = self._text.text().strip()
        self._text = RunText()
        self._align, self._is_struck = "", False
        mark = self._numbering.end(has_text=bool(text))
        if not text:
            return
        if self._grid:
            self._grid.add(mark + text)
        elif self._open:
            self._open[-1].lines.append(mark + text)


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return max(-1e12, min(value, 1e12)) if math.isfinite(value) else 0.0


# --- Order ----------------------------------------------------------------------------------------------------------


def in_order(shapes: list[Shape]) -> list[Shape]:
    """From top to bottom; what stands side by side from left to right. What has no place follows what is before it."""
    placed: list[tuple[Box, Shape]] = []
    last: Box = (0.0, 0.0, 0.0, 0.0)
    for shape in shapes:
        last = shape.box or last
        placed.append((last, shape))
    placed.sort(key=lambda each: each[0][1])
    if len(placed) > _MOST_IN_ROWS:
        return [shape for _, shape in placed]
    out: list[Shape] = []
    while placed:
        (_, top, _, height), _ = placed[0]
        row: list[tuple[Box, Shape]] = []
        below: list[tuple[Box, Shape]] = []
        for each in placed:
            near = max(0.0, min(height, each[0][3]) / 2)  # a shape's size may be said to be negative
            (row if each[0][1] - top <= near else below).append(each)
        out += [shape for _, shape in sorted(row, key=lambda each: (each[0][0], each[0][1]))]
        placed = below
    return out
