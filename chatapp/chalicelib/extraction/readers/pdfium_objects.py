"""What a PDF's page draws besides words, and what of its words is cut off, by PDFium."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5
_GRID = 24  # squares a side, by which a page's share under pictures is told
_MOST_DEPTH, _MOST_OF_A_FORM, _MOST_PATHS = 4, 5_000, 2_000
_MOST_CLIPPED = 1_000
_SIMPLE_SEGMENTS = 5  # of a line, a rectangle
_SEGMENTS_OF_WORDS = 100  # a line of letters drawn at once
_LARGE = 0.04  # of the page; a logo is smaller

_SYMBOLS = re.compile(rb"symbol|dings|dingbats|webdings", re.IGNORECASE)
Edges = tuple[float, float, float, float]  # left, bottom, right, top, in the page's own coordinates
Matrix = tuple[float, float, float, float, float, float]
Drawing = tuple[int, Any, Matrix]  # an object's kind, itself, and how its coordinates become the page's
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def called(function: Any, result: Any, *arguments: Any) -> Any:
    """PDFium's function without Python's own check of types."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


def address_of(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


class Drawn(NamedTuple):
    """pictures, outlines: the page's shares under pictures, and under what has many corners, as letters have. images,
    paths, corners: how many there are, to a few hundred. large: the boxes of pictures larger than a logo.
    """

    pictures: float = 0.0
    outlines: float = 0.0
    images: int = 0
    paths: int = 0
    corners: int = 0
    large: tuple[Edges, ...] = ()


def drawn(objects: Iterable[Any], page: Edges) -> Drawn:
    covered: set[tuple[int, int]] = set()
    outlined: set[tuple[int, int]] = set()
    images = paths = corners = 0
    large: list[Edges] = []
    for kind, item, matrix in _flat(objects, _AS_IT_IS, 0):
        if kind in {PATH, SHADING}:
            paths += 1
            segments = pdfium.FPDFPath_CountSegments(item) if kind == PATH else 0
            if segments > _SIMPLE_SEGMENTS:
                corners += segments
                box = bounds_of(item, matrix)
                outlined.add(_square(box, page))
                outlined.update(_squares(box, page) if segments >= _SEGMENTS_OF_WORDS else ())
        elif kind == IMAGE:
            images += 1
            box = bounds_of(item, matrix)
            squares = list(_squares(box, page))
            covered.update(squares)
            if len(squares) >= _LARGE * _GRID**2:
                large.append((round(box[0]), round(box[1]), round(box[2]), round(box[3])))
        if images + paths >= _MOST_PATHS:
            break
    return Drawn(len(covered) / _GRID**2, len(outlined) / _GRID**2, images, paths, corners, tuple(large))


def _squares(picture: Edges, page: Edges) -> Iterator[tuple[int, int]]:
    """Those of the page's grid whose middle lies under a picture."""
    left, bottom, right, top = picture
    width, height = page[2] - page[0], page[3] - page[1]
    rows = [row for row in range(_GRID) if bottom <= page[1] + height * (row + 0.5) / _GRID <= top]
    for column in range(_GRID):
        if left <= page[0] + width * (column + 0.5) / _GRID <= right:
            yield from ((column, row) for row in rows)


def _square(shape: Edges, page: Edges) -> tuple[int, int]:
    """The one in which its middle lies, be it on the page."""
    left, bottom, right, top = page
    x, y = (shape[0] + shape[2]) / 2 - left, (shape[1] + shape[3]) / 2 - bottom
    return int(_GRID * x / max(1.0, right - left)), int(_GRID * y / max(1.0, top - bottom))


class Text(NamedTuple):
    """What one operator writes. matrix: from its coordinates, those of a form, to the page's."""

    item: Any
    matrix: Matrix

    @property
    def address(self) -> int:
        return address_of(self.item)

    @property
    def bounds(self) -> Edges:
        return bounds_of(self.item, self.matrix)

    @property
    def is_of_symbols(self) -> bool:
        """Whether its font is one whose codes are signs of its own."""
        font, name = pdfium.FPDFTextObj_GetFont(self.item), ctypes.create_string_buffer(100)
        return bool(font and pdfium.FPDFFont_GetBaseFontName(font, name, len(name)) and _SYMBOLS.search(name.value))


def drawings_of(objects: Iterable[Any]) -> list[Drawing]:
    """All that is drawn, in forms too, in the page's order."""
    return list(_flat(objects, _AS_IT_IS, 0))


def clips_of(texts: list[Text]) -> dict[int, Edges]:
    """The boxes that texts are cut to, by the texts' addresses; those that lie inside theirs have none."""
    clips: dict[int, Edges] = {}
    for text in texts:
        clip = pdfium.FPDFPageObj_GetClipPath(text.item)
        if clip and pdfium.FPDFClipPath_CountPaths(clip) > 0:
            clips[text.address] = clip_of(clip, text.matrix)
            if len(clips) >= _MOST_CLIPPED:
                break
    return clips


def clip_of(clip: Any, matrix: Matrix) -> Edges:
    """The box that is inside all of a clip's paths."""
    x, y = ctypes.c_float(), ctypes.c_float()
    inside = (-1e9, -1e9, 1e9, 1e9)
    for path in range(pdfium.FPDFClipPath_CountPaths(clip)):
        xs, ys = [], []
        for at in range(min(pdfium.FPDFClipPath_CountPathSegments(clip, path), 50)):
            if pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, path, at), x, y):
                xs.append(x.value)
                ys.append(y.value)
        if xs:
            left, bottom, right, top = inside
            inside = (max(left, min(xs)), max(bottom, min(ys)), min(right, max(xs)), min(top, max(ys)))
    return _moved(inside, matrix)


# --- Objects, those in forms too --------------------------------------------------------------------------------------


def _flat(objects: Iterable[Any], matrix: Matrix, depth: int) -> Iterator[Drawing]:
    """Each object's kind, itself, and how its coordinates become the page's."""
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind != FORM:
            yield kind, item, matrix
        elif depth < _MOST_DEPTH:
            count = min(pdfium.FPDFFormObj_CountObjects(item), _MOST_OF_A_FORM)
            inner = (pdfium.FPDFFormObj_GetObject(item, at) for at in range(count))
            yield from _flat(inner, _times(_matrix(item), matrix), depth + 1)


def bounds_of(item: Any, matrix: Matrix) -> Edges:
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *edges):
        return (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = (edge.value for edge in edges)
    return _moved((left, bottom, right, top), matrix)


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return _AS_IT_IS
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    k, m, n, o, p, q = then
    return (a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q)


def _moved(edges: Edges, matrix: Matrix) -> Edges:
    a, b, c, d, e, f = matrix
    left, bottom, right, top = edges
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)
