"""What lies over a sheet's cells: charts, text boxes, diagrams; pictures and embedded files are counted."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.notes import Note

from .charts import chart_lines
from .diagrams import diagram_lines
from .ooxml import Package, Relation
from .shapes import Shape, ShapeTree

_MOST_CHARACTERS = 500_000


def drawn(package: Package, sheet: str) -> Iterator[str | Note]:
    """Lines of text, in the order of the file, and notes of what is not read."""
    relations = package.relations(sheet).values()
    objects = sum(relation.type in {"oleObject", "package"} for relation in relations)
    if objects:
        yield Note("objects_left_out", count=objects)
    for relation in relations:
        if relation.type == "drawing" and relation.part and package.has(relation.part):
            yield from _drawing(package, relation.part)


def _drawing(package: Package, part: str) -> Iterator[str | Note]:
    tree = ShapeTree()
    for _ in package.stream(part, tree.start, tree.end, tree.characters):
        if tree.size > _MOST_CHARACTERS:
            break
    relations = package.relations(part)
    for shape in _seen(tree.root):
        if shape.kind == "picture":
            yield Note("pictures_left_out", count=1)
        elif shape.kind == "object":
            yield Note("objects_left_out", count=1)
        else:
            yield from filter(None, (tidy(line) for line in linked_lines(package, relations, shape) or shape.lines))


def linked_lines(package: Package, relations: dict[str, Relation], shape: Shape) -> list[str]:
    """Of the chart or diagram that a shape shows."""
    relation = relations.get(shape.relation)
    if shape.kind not in {"chart", "diagram"} or not relation or not relation.part or not package.has(relation.part):
        return []
    read = chart_lines if shape.kind == "chart" else diagram_lines
    return read(package, relation.part)


def _seen(shape: Shape) -> Iterator[Shape]:
    """Shapes of groups too; not the hidden ones."""
    for child in shape.children:
        if child.is_hidden:
            continue
        if child.kind == "group":
            yield from _seen(child)
        else:
            yield child
