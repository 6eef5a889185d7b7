"""What stands where on a PDF's pages, by PDFium through pypdfium2's bare bindings (0.1 s to import).

Words come with their boxes as a person sees the page: turned as the page says, from its upper left corner, in points.
Nothing is drawn and no picture is unpacked. PDFium never raises: a page that it cannot load is None.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from .pdfium_objects import FORM, IMAGE, TEXT, Drawing, Edges, Text, called, drawings_of
from .pdfium_unseen import Hidden, hidden, in_layers, is_suspect

_WORDS = re.compile("[^\\s\x02\ufffe]+[\x02\ufffe]?|\n")
# PDFium's sign for a hyphen at the end of a line; it leaves the line's end out.
_HYPHENS = "\x02\ufffe"
_NOTHING = "\ufffe\ufffe"  # what it says for characters without a meaning too
_HALVES = re.compile("[\ud800-\udfff]")
_IS_PASSWORD = 4  # FPDF_ERR_PASSWORD
_MOST_OBJECTS, _MOST_NAME = 20_000, 500
_LEAST_SIGN = 8.0
# A glyph's box may stick out of the page by its side bearings.
_TOLERANCE = 1.0

LINK, POPUP, WIDGET = 2, 16, 20  # annotations' subtypes


_new = tuple.__new__  # a third of the time of the class's own

# What is asked for each word or object is called without Python's own loop or a check of types: it is most of the time.
_NUMBER, _POINTER = ctypes.c_int, ctypes.c_void_p

_box_at = called(pdfium.FPDFText_GetLooseCharBox, _NUMBER, _POINTER, _NUMBER, _POINTER)
_is_unmapped = called(pdfium.FPDFText_HasUnicodeMapError, _NUMBER, _POINTER, _NUMBER)
_object_of = called(pdfium.FPDFText_GetTextObject, _POINTER, _POINTER, _NUMBER)
_object_at = called(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, _NUMBER)
_kind_of = called(pdfium.FPDFPageObj_GetType, _NUMBER, _POINTER)
_clip_of = called(pdfium.FPDFPageObj_GetClipPath, _POINTER, _POINTER)
_count_of_paths = called(pdfium.FPDFClipPath_CountPaths, _NUMBER, _POINTER)


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
        # A form that only Acrobat builds, of which pages hold nothing but a word to wait.
        self.is_built_elsewhere: bool = pdfium.FPDF_GetFormType(self._handle) == pdfium.FORMTYPE_XFA_FULL
        self.is_encrypted: bool = pdfium.FPDF_GetSecurityHandlerRevision(self._handle) >= 0

    def close(self) -> None:
        pdfium.FPDF_CloseDocument(self._handle)

    def attached(self, most: int) -> tuple[int, list[str]]:
        """How many files are inside it, and the names of the first."""
        count = max(0, pdfium.FPDFDoc_GetAttachmentCount(self._handle))
        return count, [_name(pdfium.FPDFDoc_GetAttachment(self._handle, at)) for at in range(min(count, most))]

    @contextmanager
    def page(self, number: int, layers_off: frozenset[str] = frozenset()) -> Iterator[Sheet]:
        """layers_off: the names of those that nobody sees. Raises UnreadableError."""
        handle = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            raise UnreadableError
        sheet = Sheet(handle, layers_off)
        try:
            yield sheet
        finally:
            sheet.close()


class Sheet:
    """One page, open."""

    def __init__(self, handle: Any, layers_off: frozenset[str]) -> None:
        self._handle, self._layers_off = handle, layers_off
        # Where signs of private codes stand: PDFium draws them, and leaves those that stand alone out of the text.
        self.signs: list[Edges] = []
        # Told with its words. partial: some of what is drawn may have no character. recognised: invisible ones lie over
        # a picture and say what it shows.
        self.has_pictures = self.is_partial = self.is_recognised = False
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
            drawings = self._unusual(text)
            texts = [Text(item, matrix) for kind, item, matrix in drawings if kind == TEXT]
            self.signs = [self.box.seen(*bounds) for bounds in _left_out(text, texts)]
            off = in_layers(self.objects(), self._layers_off) if self._layers_off else set()
            unseen = hidden(drawings, off)
            self.is_recognised = unseen.is_recognised
            return _words(text, _text(text, most_characters), self.box, unseen)
        finally:
            pdfium.FPDFText_ClosePage(text)

    def _unusual(self, text: Any) -> list[Drawing]:
        """All that is drawn, where words may be hidden, stand in forms or have no character; of most pages nothing."""
        handle = ctypes.cast(self._handle, ctypes.c_void_p).value
        items = list(
            map(_object_at, repeat(handle), range(min(pdfium.FPDFPage_CountObjects(self._handle), _MOST_OBJECTS)))
        )
        kinds = list(map(_kind_of, items))
        cut = max(map(_count_of_paths, map(_clip_of, items)), default=0) > 0
        lone = kinds.count(TEXT) > pdfium.FPDFText_CountRects(text, 0, -1)
        self.has_pictures, self.is_partial = IMAGE in kinds or FORM in kinds, lone
        is_plain = not (cut or lone or FORM in kinds or self._layers_off or is_suspect(items, kinds))
        return [] if is_plain else drawings_of(self.objects())

    def annotations(self) -> list[int]:
        """Their subtypes, in the page's order."""
        found = []
        for at in range(pdfium.FPDFPage_GetAnnotCount(self._handle)):
            annotation = pdfium.FPDFPage_GetAnnot(self._handle, at)
            found.append(pdfium.FPDFAnnot_GetSubtype(annotation) if annotation else 0)
            if annotation:
                pdfium.FPDFPage_CloseAnnot(annotation)
        return found

    def objects(self) -> list[Any]:
        """What the page draws; forms among it hold more."""
        count = min(pdfium.FPDFPage_CountObjects(self._handle), _MOST_OBJECTS)
        return [pdfium.FPDFPage_GetObject(self._handle, at) for at in range(count)]


def _name(attachment: Any) -> str:
    text = ctypes.create_string_buffer(2 * _MOST_NAME)
    if not attachment:
        return ""
    length = pdfium.FPDFAttachment_GetName(attachment, ctypes.cast(text, ctypes.POINTER(ctypes.c_ushort)), len(text))
    return text.raw[: min(length, len(text))].decode("utf-16-le", "replace").rstrip("\0")


# --- Words ----------------------------------------------------------------------------------------------------------


def _text(text: Any, most: int) -> str:
    """One character of the string for each that PDFium counts, so that its boxes can be asked for by place."""
    count = min(pdfium.FPDFText_CountChars(text), most)
    if count <= 0:
        return ""
    buffer = ctypes.create_string_buffer(2 * count + 2)
    units = pdfium.FPDFText_GetText(text, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))) - 1
    found = buffer.raw[: 2 * units].decode("utf-16-le", "replace")
    if len(found) == count and _NOTHING not in found:
        return found
    # It leaves control characters out; what is beyond the first plane is counted as two (`_whole`).
    codes = (pdfium.FPDFText_GetUnicode(text, at) for at in range(count))
    return "".join(chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes)


def _words(text: Any, characters: str, box: Box, unseen: Hidden) -> list[Word]:
    found = [(match[0], match.start(), match.end() - 1) for match in _WORDS.finditer(characters)]
    starts, ends = [start for _, start, _ in found], [end for _, _, end in found]
    width, height = box.size[0] + _TOLERANCE, box.size[1] + _TOLERANCE
    is_upright, x, y = box.quarters == 0, box.left, box.top
    may_hide, handle = any(unseen), ctypes.cast(text, ctypes.c_void_p).value
    has_halves = _HALVES.search(characters) is not None
    words: list[Word] = []
    breaks = True
    for (word, start, _), is_unmapped, (a, b, c, d, p, q, r, s) in zip(
        found, _unmapped(text, starts), _boxes(text, starts, ends), strict=True
    ):
        if word == "\n":
            breaks = True
            continue
        if may_hide and unseen.hides(_object_of(handle, start), (a + r) / 2, (b + d) / 2):
            continue
        ends_line = word[-1] in _HYPHENS
        shown = word[:-1] + "-" if ends_line else word
        if has_halves:
            shown = _whole(shown)
        # The common case first: a line of glyphs of one height, inside a page that is not turned.
        left, right = (a if a < p else p) - x, (c if c > r else r) - x
        is_plain = is_upright and b == q and d == s and left >= -_TOLERANCE and right <= width
        if is_plain and y - b >= -_TOLERANCE and y - d <= height:
            words.append(_new(Word, (shown, left, y - b, right, y - d, breaks, is_unmapped != 1, 0)))
            breaks = ends_line
            continue
        for piece in _pieces(text, start, shown, box):
            words.append(piece._replace(breaks=breaks or piece.breaks, reliable=is_unmapped != 1))
            breaks = ends_line
    return words


def _left_out(text: Any, texts: list[Text]) -> Iterator[Edges]:
    """The places of what is drawn and has no character."""
    if len(texts) <= pdfium.FPDFText_CountRects(text, 0, -1):
        return
    handle, count = ctypes.cast(text, ctypes.c_void_p).value, min(pdfium.FPDFText_CountChars(text), _MOST_OBJECTS)
    seen = set(map(_object_of, repeat(handle), range(count)))
    for item in texts if count < _MOST_OBJECTS else ():
        if item.address not in seen and item.is_of_symbols:
            left, bottom, right, top = item.bounds
            # A font that is not in the file may have no such glyph, and the glyph no size.
            yield left, bottom, max(right, left + _LEAST_SIGN), max(top, bottom + _LEAST_SIGN)


def _whole(word: str) -> str:
    """Characters beyond the first plane, of their two halves."""
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


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


# --- Words that are not simply a line of glyphs of one height -------------------------------------------------------

RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
SMALL, RAISED_BY, _NEXT_LINE = 0.8, 0.1, 0.6  # of the tallest glyph's height
_SLANTED = 0.05  # of a quarter turn


class _Glyph(NamedTuple):
    character: str
    left: float
    top: float
    right: float
    bottom: float


def _pieces(text: Any, start: int, word: str, box: Box) -> Iterator[Word]:
    """A word that sticks out of the page, is written up or down, has raised figures, or is really of two lines."""
    glyphs = _glyphs(text, start, word, box)
    if not glyphs:
        return
    direction, is_slanted = _direction(text, start, box)
    tallest = max(glyph.bottom - glyph.top for glyph in glyphs)
    lines: list[list[_Glyph]] = []
    for glyph in glyphs:
        is_next = (
            lines
            and not direction
            and not is_slanted
            and abs(glyph.bottom - lines[-1][-1].bottom) > _NEXT_LINE * tallest
        )
        if is_next or not lines:
            lines.append([])
        lines[-1].append(glyph)
    for at, line in enumerate(lines):
        shown = _with_raised(line) if not direction and not is_slanted else "".join(glyph.character for glyph in line)
        _, lefts, tops, rights, bottoms = zip(*line, strict=True)
        yield Word(shown, min(lefts), min(tops), max(rights), max(bottoms), at > 0, True, direction)


def _glyphs(text: Any, start: int, word: str, box: Box) -> list[_Glyph]:
    """Those of a word whose middle lies inside the page."""
    one = pdfium.FS_RECTF()
    width, height = box.size
    found = []
    for at, character in enumerate(word):
        if pdfium.FPDFText_GetLooseCharBox(text, start + at, one):
            left, top, right, bottom = box.seen(one.left, one.bottom, one.right, one.top)
            if 0 <= (left + right) / 2 <= width and 0 <= (top + bottom) / 2 <= height:
                found.append(_Glyph(character, left, top, right, bottom))
    return found


def _with_raised(glyphs: list[_Glyph]) -> str:
    """10 with a small raised 6 is 10⁶, not 106."""
    tall = max(glyphs, key=lambda glyph: glyph.bottom - glyph.top)
    height = tall.bottom - tall.top
    shown = ""
    for glyph in glyphs:
        is_small = glyph.bottom - glyph.top < SMALL * height
        is_raised = is_small and tall.bottom - glyph.bottom > RAISED_BY * height
        shown += glyph.character.translate(RAISED) if is_raised else glyph.character
    return shown


def _direction(text: Any, start: int, box: Box) -> tuple[int, bool]:
    """Whether a glyph is written along the line as the page is seen, down it or up it; and whether it is slanted."""
    angle = pdfium.FPDFText_GetCharAngle(text, start) / (math.pi / 2)
    turned = round(angle) + box.quarters
    return {0: 0, 1: 1, 2: 0, 3: -1}[turned % 4], abs(angle - round(angle)) > _SLANTED
