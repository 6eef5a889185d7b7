"""What stands where on a PDF's pages, by PDFium through pypdfium2's bare bindings (0.1 s to import).

Words come with their boxes as a person sees the page: turned as the page says, from its upper left corner, in points.
Nothing is drawn and no picture is unpacked. PDFium never raises: a page that it cannot load is None.
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

_WORDS = re.compile("[^\\s\x02\ufffe]+[\x02\ufffe]?|\n")
# PDFium's sign for a hyphen at the end of a line; it leaves the line's end out.
_HYPHENS = "\x02\ufffe"
_IS_PASSWORD = 4  # FPDF_ERR_PASSWORD
_MOST_DEPTH = 4
_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5
_GRID = 24  # squares a side, by which a page's share under pictures is told
# A glyph's box may stick out of the page by its side bearings.
_TOLERANCE = 1.0

LINK, POPUP, WIDGET = 2, 16, 20  # annotations' subtypes


Edges = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]


class Word(NamedTuple):
    """A word as it is drawn. breaks: a line begins before it in the page's own order. reliable: its font tells its
    letters. direction: of its letters on the page as seen: 0 along the line, 1 downwards, -1 upwards.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    breaks: bool = False
    reliable: bool = True
    direction: int = 0


class Drawn(NamedTuple):
    """pictures: the page's share that lies under pictures. images, paths: how many there are, to a few hundred."""

    pictures: float = 0.0
    images: int = 0
    paths: int = 0


class EncryptedError(Exception):
    pass


class UnreadableError(Exception):
    pass


class Box(NamedTuple):
    """A page's own box in its own coordinates, and how it is turned: quarters to the right."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.quarters % 2 else (width, height)

    def seen(self, left: float, bottom: float, right: float, top: float) -> Edges:
        """Left, top, right and bottom on the page as it is seen."""
        if self.quarters == 0:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if self.quarters == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.quarters == 2:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left


class Document:
    """Raises EncryptedError (a password is asked for), UnreadableError."""

    def __init__(self, path: Path) -> None:
        pdfium.FPDF_InitLibrary()
        self._handle = pdfium.FPDF_LoadDocument(str(path).encode(), None)
        if not self._handle:
            raise EncryptedError if pdfium.FPDF_GetLastError() == _IS_PASSWORD else UnreadableError
        self.count: int = pdfium.FPDF_GetPageCount(self._handle)
        self.is_encrypted: bool = pdfium.FPDF_GetSecurityHandlerRevision(self._handle) >= 0

    def close(self) -> None:
        pdfium.FPDF_CloseDocument(self._handle)

    @contextmanager
    def page(self, number: int) -> Iterator[Sheet]:
        """Raises UnreadableError."""
        handle = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            raise UnreadableError
        sheet = Sheet(handle)
        try:
            yield sheet
        finally:
            sheet.close()


class Sheet:
    """One page, open."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        box = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(handle, box):
            raise UnreadableError
        quarters = pdfium.FPDFPage_GetRotation(handle) % 4
        self.box = Box(box.left, box.bottom, box.right, box.top, quarters)

    def close(self) -> None:
        pdfium.FPDF_ClosePage(self._handle)

    def words(self, most_characters: int) -> list[Word]:
        """Those inside the page's box, in the page's own order."""
        text = pdfium.FPDFText_LoadPage(self._handle)
        if not text:
            return []
        try:
            return _words(text, _text(text, most_characters), self.box)
        finally:
            pdfium.FPDFText_ClosePage(text)

    def annotations(self) -> list[int]:
        """Their subtypes, in the page's order."""
        found = []
        for at in range(pdfium.FPDFPage_GetAnnotCount(self._handle)):
            annotation = pdfium.FPDFPage_GetAnnot(self._handle, at)
            found.append(pdfium.FPDFAnnot_GetSubtype(annotation) if annotation else 0)
            if annotation:
                pdfium.FPDFPage_CloseAnnot(annotation)
        return found

    def drawn(self) -> Drawn:
        covered: set[tuple[int, int]] = set()
        counts = {_IMAGE: 0, _PATH: 0}
        count = pdfium.FPDFPage_CountObjects(self._handle)
        objects = (pdfium.FPDFPage_GetObject(self._handle, at) for at in range(min(count, 2_000)))
        for kind, corners in _objects(objects, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0):
            counts[kind] += 1
            if kind == _IMAGE:
                covered.update(self._squares(corners))
        return Drawn(len(covered) / _GRID**2, counts[_IMAGE], counts[_PATH])

    def _squares(self, corners: Edges) -> Iterator[tuple[int, int]]:
        """Those of the grid whose middle lies under a picture."""
        left, bottom, right, top = corners
        width, height = self.box.right - self.box.left, self.box.top - self.box.bottom
        for column in range(_GRID):
            x = self.box.left + width * (column + 0.5) / _GRID
            if left <= x <= right:
                for row in range(_GRID):
                    if bottom <= self.box.bottom + height * (row + 0.5) / _GRID <= top:
                        yield column, row


def _objects(objects: Iterator[Any], matrix: Matrix, depth: int) -> Iterator[tuple[int, Edges]]:
    """Pictures and paths, those in forms too, with their boxes on the page."""
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == _FORM and depth < _MOST_DEPTH:
            count = min(pdfium.FPDFFormObj_CountObjects(item), 500)
            inner = (pdfium.FPDFFormObj_GetObject(item, at) for at in range(count))
            yield from _objects(inner, _times(_matrix(item), matrix), depth + 1)
        elif kind in {_IMAGE, _PATH, _SHADING}:
            edges = [ctypes.c_float() for _ in range(4)]
            if pdfium.FPDFPageObj_GetBounds(item, *edges):
                yield (_PATH if kind == _SHADING else kind), _moved([edge.value for edge in edges], matrix)


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    k, m, n, o, p, q = then
    return (a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q)


def _moved(edges: list[float], matrix: Matrix) -> Edges:
    a, b, c, d, e, f = matrix
    left, bottom, right, top = edges
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)


# --- Words ----------------------------------------------------------------------------------------------------------


def _text(text: Any, most: int) -> str:
    """One character of the string for each that PDFium counts, so that its boxes can be asked for by place."""
    count = min(pdfium.FPDFText_CountChars(text), most)
    if count <= 0:
        return ""
    buffer = ctypes.create_string_buffer(2 * count + 2)
    units = pdfium.FPDFText_GetText(text, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))) - 1
    found = buffer.raw[: 2 * units].decode("utf-16-le", "replace")
    if len(found) == count:
        return found
    # It leaves control characters out; what is beyond the first plane is counted as two (`_whole`).
    codes = (pdfium.FPDFText_GetUnicode(text, at) for at in range(count))
    return "".join(chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes)


def _words(text: Any, characters: str, box: Box) -> list[Word]:
    found = [(match[0], match.start(), match.end() - 1) for match in _WORDS.finditer(characters)]
    starts, ends = [start for _, start, _ in found], [end for _, _, end in found]
    width, height = box.size[0] + _TOLERANCE, box.size[1] + _TOLERANCE
    words: list[Word] = []
    breaks = True
    for (found_word, start, end), is_unmapped, (a, b, c, d, p, q, r, s) in zip(
        found, _unmapped(text, starts), _boxes(text, starts, ends), strict=True
    ):
        if found_word == "\n":
            breaks = True
            continue
        ends_line = found_word[-1] in _HYPHENS
        word = _whole(found_word[:-1] + "-" if ends_line else found_word)
        first, last = box.seen(a, d, c, b), box.seen(p, s, r, q)
        left, top, right, bottom = (
            first[0] if first[0] < last[0] else last[0],
            first[1] if first[1] < last[1] else last[1],
            first[2] if first[2] > last[2] else last[2],
            first[3] if first[3] > last[3] else last[3],
        )
        if left < -_TOLERANCE or top < -_TOLERANCE or right > width or bottom > height:
            word, left, top, right, bottom = _inside(text, start, word, box)
        direction = _direction(first, last) if end > start and first[1] != last[1] else 0
        if word:
            words.append(Word(word, left, top, right, bottom, breaks, is_unmapped != 1, direction))
            breaks = ends_line
    return words


def _whole(word: str) -> str:
    """Characters beyond the first plane, of their two halves."""
    if word.isascii() or not any("\ud800" <= half <= "\udfff" for half in word):
        return word
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# What is asked for each word is called without Python's own loop or a check of types: it is most of the time.
_box_at = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)
_is_unmapped = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_void_p).value or 0
)


def _boxes(text: Any, starts: list[int], ends: list[int]) -> list[tuple[float, ...]]:
    """Left, top, right and bottom of each word's first glyph and of its last."""
    size = 2 * ctypes.sizeof(pdfium.FS_RECTF)
    buffer = ctypes.create_string_buffer(size * len(starts))
    at, handle = ctypes.addressof(buffer), ctypes.cast(text, ctypes.c_void_p).value
    end = at + size * len(starts)
    deque(map(_box_at, repeat(handle), starts, range(at, end, size)), maxlen=0)
    deque(map(_box_at, repeat(handle), ends, range(at + size // 2, end, size)), maxlen=0)
    return list(struct.iter_unpack("8f", buffer.raw[: size * len(starts)]))


def _unmapped(text: Any, starts: list[int]) -> list[int]:
    return list(map(_is_unmapped, repeat(ctypes.cast(text, ctypes.c_void_p).value), starts))


def _direction(first: tuple[float, ...], last: tuple[float, ...]) -> int:
    """Whether a word runs along the line, downwards or upwards."""
    along = abs(first[0] + first[2] - last[0] - last[2])
    down = last[1] + last[3] - first[1] - first[3]
    return 0 if abs(down) <= along else (1 if down > 0 else -1)


def _inside(text: Any, start: int, word: str, box: Box) -> tuple[str, float, float, float, float]:
    """What of a word lies inside the page, "" for nothing: the glyphs whose middle does."""
    one = pdfium.FS_RECTF()
    width, height = box.size
    kept, edges = "", []
    for at, character in enumerate(word):
        if pdfium.FPDFText_GetLooseCharBox(text, start + at, one):
            left, top, right, bottom = box.seen(one.left, one.bottom, one.right, one.top)
            if 0 <= (left + right) / 2 <= width and 0 <= (top + bottom) / 2 <= height:
                kept += character
                edges.append((left, top, right, bottom))
    if not edges:
        return "", 0.0, 0.0, 0.0, 0.0
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    return kept, min(lefts), min(tops), max(rights), max(bottoms)
