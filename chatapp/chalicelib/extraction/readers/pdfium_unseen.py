"""What of a page's words nobody sees, by PDFium: invisible and white ones, those cut off, and those under a bar.

Invisible words over a picture or over outlines are what it shows, as recognised, and stay. Told by boxes; nothing is
drawn. Where that cannot tell, words stay.
"""

from __future__ import annotations

import ctypes
import struct
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from .pdfium_objects import (
    IMAGE,
    PATH,
    SHADING,
    TEXT,
    Drawing,
    Edges,
    Text,
    address_of,
    bounds_of,
    called,
    clip_of,
    clips_of,
    drawings_of,
)

_FILLED, _INVISIBLE = 0, 3  # text render modes
_WHITE, _OPAQUE = 250, 255
_BLACK = struct.pack("<4I", 0, 0, 0, 1)
_BAR_SEGMENTS, _LEAST_BAR = (4, 5), 4.0
_LINE_SEGMENTS = 3
_MOST_BARS, _MOST_GROUNDS, _MOST_NAME = 500, 2_000, 200
_MOST_COMPARED = 500_000  # boxes with boxes; where there are more, words stay
_NUMBER, _POINTER = ctypes.c_int, ctypes.c_void_p

_mode_of = called(pdfium.FPDFTextObj_GetTextRenderMode, _NUMBER, _POINTER)
_fill_of = called(pdfium.FPDFPageObj_GetFillColor, _NUMBER, _POINTER, *[_POINTER] * 4)
_edges_of = called(pdfium.FPDFPageObj_GetBounds, _NUMBER, _POINTER, *[_POINTER] * 4)
_segments_of = called(pdfium.FPDFPath_CountSegments, _NUMBER, _POINTER)


class Hidden(NamedTuple):
    """Of texts, by their addresses. clips: the boxes that they are cut to. bars: what lies over them. gone: nobody sees
    anything of them. is_recognised: invisible ones say what a picture shows.
    """

    clips: dict[int, Edges]
    bars: dict[int, list[Edges]]
    gone: set[int]
    is_recognised: bool

    def hides(self, address: int, x: float, y: float) -> bool:
        clip = self.clips.get(address)
        if address in self.gone or (clip is not None and not _is_in(clip, x, y)):
            return True
        return any(_is_in(bar, x, y) for bar in self.bars.get(address, ()))


_NOTHING = Hidden({}, {}, set(), False)


def is_suspect(items: Sequence[Any], kinds: Sequence[int]) -> bool:
    """Whether a page without forms may hide words: quick, since most pages do not."""
    texts = [item for item, kind in zip(items, kinds, strict=True) if kind == TEXT]
    if not texts:
        return False
    if _INVISIBLE in map(_mode_of, texts) or _has_pale(texts):
        return True
    first = kinds.index(TEXT)
    paths = [item for item, kind in zip(items[first:], kinds[first:], strict=True) if kind == PATH]
    bars = [item for item, count in zip(paths, map(_segments_of, paths), strict=True) if count in _BAR_SEGMENTS]
    return bool(bars) and _touch([box for box in _boxes(bars[:_MOST_BARS]) if _is_wide(box)], _boxes(texts))


def hidden(drawings: Sequence[Drawing], off: Set[int]) -> Hidden:
    """drawings: all that the page draws, in its order. off: those that are in layers that are not shown."""
    if not drawings:
        return _NOTHING
    drawings = [drawing for drawing in drawings if address_of(drawing[1]) not in off]
    texts = [(at, Text(item, matrix)) for at, (kind, item, matrix) in enumerate(drawings) if kind == TEXT]
    pale = {text.address for _, text in texts if _is_unseen(text)}
    invisible = {text.address for _, text in texts if _mode_of(text.item) == _INVISIBLE}
    grounds = list(_grounds(drawings)) if pale or invisible else []
    unsure = pale | invisible if len(grounds) * len(pale | invisible) <= _MOST_COMPARED else set()
    gone = {
        text.address
        for _, text in texts
        if text.address in unsure and not any(_meet(ground, text.bounds) for ground in grounds)
    }
    clips = clips_of([text for _, text in texts])
    return Hidden(clips, _barred(drawings, texts), gone | off, bool(invisible - gone))


def in_layers(objects: Sequence[Any], names: frozenset[str]) -> set[int]:
    """The addresses of what belongs to one of these layers. objects: of the page itself."""
    found: set[int] = set()
    for item in objects:
        whole = _in_layer(item, names)
        found.update(address_of(part) for _, part, _ in drawings_of([item]) if whole or _in_layer(part, names))
    return found


def _in_layer(item: Any, names: frozenset[str]) -> bool:
    for at in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, at)
        if _said(pdfium.FPDFPageObjMark_GetName, mark) == "OC":
            return _said(pdfium.FPDFPageObjMark_GetParamStringValue, mark, b"Name") in names
    return False


def _said(function: Any, *asked: Any) -> str:
    text, length = ctypes.create_string_buffer(2 * _MOST_NAME), ctypes.c_ulong()
    function(*asked, ctypes.cast(text, ctypes.POINTER(ctypes.c_ushort)), len(text), length)
    return text.raw[: min(length.value, len(text))].decode("utf-16-le", "replace").rstrip("\0")


def _is_pale(fill: tuple[int, ...]) -> bool:
    return fill[3] == 0 or min(fill[:3]) >= _WHITE


def _is_unseen(text: Text) -> bool:
    return _mode_of(text.item) == _FILLED and _is_pale(next(_fills([text.item])))


# --- What lies under words, and over them -----------------------------------------------------------------------------


def _grounds(drawings: Sequence[Drawing]) -> Iterator[Edges]:
    """The boxes of all on which white words could be read, or which invisible ones could repeat."""
    count = 0
    for kind, item, matrix in drawings:
        if kind in {IMAGE, SHADING} or (kind == PATH and _is_ground(item)):
            count += 1
            yield bounds_of(item, matrix)
        if count >= _MOST_GROUNDS:
            yield (-1e9, -1e9, 1e9, 1e9)
            return


def _is_ground(path: Any) -> bool:
    """Filled with another colour than white or with a pattern, or a line, which may be a thick one."""
    is_filled, is_stroked = _drawn_as(path)
    if is_filled and not _is_pale(next(_fills([path]))):
        return True
    return is_stroked and not is_filled and _segments_of(path) <= _LINE_SEGMENTS


def _barred(drawings: Sequence[Drawing], texts: Sequence[tuple[int, Text]]) -> dict[int, list[Edges]]:
    bars: dict[int, list[Edges]] = {}
    boxes = ((at, box) for at, drawing in enumerate(drawings) if (box := _bar(drawing)) is not None)
    found = list(islice(boxes, _MOST_BARS))
    if len(found) * len(texts) > _MOST_COMPARED:
        return bars
    for at, text in texts:
        bounds = text.bounds
        over = [box for later, box in found if later > at and _meet(box, bounds)]
        if over:
            bars[text.address] = over
    return bars


def _bar(drawing: Drawing) -> Edges | None:
    """The box of an upright rectangle through which nothing is seen."""
    kind, path, matrix = drawing
    if kind != PATH or _segments_of(path) not in _BAR_SEGMENTS or not _drawn_as(path)[0]:
        return None
    box = bounds_of(path, matrix)
    if not _is_wide(box):
        return None
    fill = next(_fills([path]))
    if fill[3] != _OPAQUE or pdfium.FPDFPageObj_HasTransparency(path) or not _is_upright(path):
        return None
    clip = pdfium.FPDFPageObj_GetClipPath(path)
    paths = range(max(0, pdfium.FPDFClipPath_CountPaths(clip))) if clip else ()
    if any(pdfium.FPDFClipPath_CountPathSegments(clip, at) not in _BAR_SEGMENTS for at in paths):
        return None
    if paths:
        inside = clip_of(clip, matrix)
        box = (max(box[0], inside[0]), max(box[1], inside[1]), min(box[2], inside[2]), min(box[3], inside[3]))
    return box if _is_wide(box) else None


def _is_upright(path: Any) -> bool:
    """Whether all corners of a path are corners of its box."""
    x, y = ctypes.c_float(), ctypes.c_float()
    xs, ys = set(), set()
    for at in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_BEZIERTO:
            return False
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        xs.add(round(x.value, 1))
        ys.add(round(y.value, 1))
    return len(xs) == 2 and len(ys) == 2


def _drawn_as(path: Any) -> tuple[bool, bool]:
    """Whether it is filled, and whether its lines are drawn."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    return fill.value != 0, stroke.value != 0


# --- Boxes ------------------------------------------------------------------------------------------------------------


def _is_wide(box: Edges) -> bool:
    """Not a rule under words."""
    return box[2] - box[0] >= _LEAST_BAR and box[3] - box[1] >= _LEAST_BAR


def _is_in(box: Edges, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _meet(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _touch(bars: list[Edges], texts: list[Edges]) -> bool:
    """Whether any bar lies over the middle of any line of text."""
    lines = sorted(((box[1] + box[3]) / 2, box[0], box[2]) for box in texts)
    middles = [line[0] for line in lines]
    for left, bottom, right, top in bars:
        near = lines[bisect_left(middles, bottom) : bisect_right(middles, top)]
        if any(line[1] < right and left < line[2] for line in near):
            return True
    return False


# --- Asked of many objects at once ------------------------------------------------------------------------------------


def _fills(items: Sequence[Any]) -> Iterator[tuple[int, ...]]:
    return struct.iter_unpack("<4I", _colours(items))


def _has_pale(items: Sequence[Any]) -> bool:
    """Whether `_is_pale` is true of any: each number is in the first of its four bytes."""
    colours = _colours(items)
    return 0 in colours[12::16] or max(map(min, colours[0::16], colours[4::16], colours[8::16])) >= _WHITE


def _colours(items: Sequence[Any]) -> bytes:
    """Red, green, blue and how opaque; black where there is no such colour, as of a pattern."""
    buffer = ctypes.create_string_buffer(_BLACK * len(items), 16 * len(items))
    _asked(_fill_of, items, buffer)
    return buffer.raw


def _boxes(items: Sequence[Any]) -> list[Edges]:
    buffer = ctypes.create_string_buffer(16 * len(items))
    _asked(_edges_of, items, buffer)
    return list(struct.iter_unpack("4f", buffer.raw))


def _asked(function: Any, items: Sequence[Any], buffer: Any) -> None:
    at = ctypes.addressof(buffer)
    end = at + 16 * len(items)
    places = (range(at + offset, end + offset, 16) for offset in (0, 4, 8, 12))
    deque(map(function, items, *places), maxlen=0)
