"""What is laid over a PDF's pages: filled fields, typed remarks, comments. By pypdf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from .pdf_objects import Marks, Struck
from .pdf_runs import Run
from .pdfium import Box
from .pdfium_objects import Edges

_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_PASSWORD, _RADIO, _BUTTON, _MULTILINE = 1 << 13, 1 << 15, 1 << 16, 1 << 12
_LINE_HEIGHT, _MOST_ANCESTORS, _MOST_ANNOTATIONS, _MOST_POINTS = 14.0, 16, 5_000, 800
_LINES = re.compile(r"\r\n?|\n")
_DIGIT = re.compile(r"\d")
_SIZE = re.compile(r"([\d.]+)\s+Tf")
# What draws nothing that is to be read.
_SILENT = frozenset({"/Link", "/Popup", "/Text", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Caret"})
_BY_HAND = frozenset({"/Ink", "/Stamp"})


def marks_of(page: PageObject, box: Box) -> Marks:
    """A broken annotation costs the others nothing."""
    marks = Marks()
    found = _resolved(page.get("/Annots"))
    for entry in found[:_MOST_ANNOTATIONS] if isinstance(found, ArrayObject) else ():
        try:
            annotation = _resolved(entry)
            if isinstance(annotation, DictionaryObject):
                _add(marks, page, annotation, box)
        except MemoryError:
            raise
        except Exception:  # noqa: S112 - on broken files pypdf raises KeyError, TypeError and more besides its own
            continue
    return marks


def _add(marks: Marks, page: PageObject, annotation: DictionaryObject, box: Box) -> None:
    subtype = _resolved(annotation.get("/Subtype"))
    if _integer(annotation.get("/F")) & (_HIDDEN | _NO_VIEW):
        return
    contents = _text(annotation.get("/Contents")).strip()
    shown, is_filled = "", False
    if subtype == "/Widget":
        shown, is_filled = _field(page, annotation)
    elif subtype == "/FreeText":
        shown = contents
    elif subtype == "/StrikeOut":
        marks.struck.append(
            Struck(_author(annotation), tuple(_quads(annotation, box)), " ".join(_LINES.split(contents)))
        )
    elif contents and subtype not in {"/Link", "/Popup"} and "/StateModel" not in annotation:
        marks.comments.append(_comment(contents, _author(annotation)))
    if not shown and subtype not in _SILENT:
        shown = _drawn(page, annotation)
        marks.drawings += subtype in _BY_HAND and not shown.strip()
    if subtype == "/FileAttachment":
        file = _dictionary(annotation.get("/FS"))
        marks.attached.append(_text(file.get("/UF")) or _text(file.get("/F")))
    runs = _lines_in(shown, annotation, box) if shown.strip() else []
    marks.runs.extend(runs)
    marks.fields += bool(is_filled and runs)


def _drawn(page: PageObject, annotation: DictionaryObject) -> str:
    """The text of what is drawn for it: a stamp, a signature, a button."""
    picture = _resolved(_dictionary(annotation.get("/AP")).get("/N"))
    if isinstance(picture, DictionaryObject) and not isinstance(picture, StreamObject):
        picture = _resolved(picture.get(_resolved(annotation.get("/AS"))))
    if not isinstance(picture, StreamObject):
        return ""
    return page.extract_xform_text(picture)  # type: ignore[arg-type]  # decoded ones will do


def _author(annotation: DictionaryObject) -> str:
    return _text(annotation.get("/T")).strip()


def _quads(annotation: DictionaryObject, box: Box) -> Iterator[Edges]:
    """The lines that an annotation marks; without any, its rectangle."""
    found = _resolved(annotation.get("/QuadPoints"))
    points = [float(_resolved(each)) for each in (found or _resolved(annotation["/Rect"]))[:_MOST_POINTS]]
    size = 8 if found else 4
    for at in range(0, len(points) - size + 1, size):
        xs, ys = points[at : at + size : 2], points[at + 1 : at + size : 2]
        yield box.seen(min(xs), min(ys), max(xs), max(ys))


def _comment(contents: str, author: str) -> str:
    said = " ".join(_LINES.split(contents))
    return f"[Comment by {author}: {said}]" if author else f"[Comment: {said}]"


# --- Fields ---------------------------------------------------------------------------------------------------------


def _field(page: PageObject, widget: DictionaryObject) -> tuple[str, bool]:
    """What a field shows, and whether it holds a value. What a signature and a button show is only drawn."""
    kind, flags = _inherited(widget, "/FT"), _integer(_inherited(widget, "/Ff"))
    if kind == "/Btn" and not flags & _BUTTON:
        is_ticked = _is_ticked(widget, is_radio=bool(flags & _RADIO))
        return "[x]" if is_ticked else "[ ]", is_ticked
    value = ""
    if kind == "/Ch":
        value = ", ".join(_chosen(widget))
    elif kind == "/Tx":
        value = _text(_inherited(widget, "/V"))
        value = "*" * len(value) if flags & _PASSWORD else _formatted(value, page, widget)
    return value, bool(value.strip())


def _formatted(value: str, page: PageObject, widget: DictionaryObject) -> str:
    """A number or a date as it is drawn: 1234.5 is shown as 1,234.50 €. Its words are better told by the value."""
    if not _DIGIT.search(value) or _is_drawn_anew(page):
        return value
    drawn = " ".join(_drawn(page, widget).split())
    is_told = drawn.isprintable() and "\ufffd" not in drawn and _DIGIT.search(drawn)
    is_same = "".join(drawn.split()) == "".join(value.split())
    return drawn if is_told and not is_same else value


def _is_drawn_anew(page: PageObject) -> bool:
    """By each viewer, whatever was drawn before."""
    root = getattr(page.pdf, "root_object", {})
    return bool(_resolved(_dictionary(root.get("/AcroForm")).get("/NeedAppearances")))


def _is_ticked(widget: DictionaryObject, *, is_radio: bool) -> bool:
    state = _resolved(widget.get("/AS"))
    if state is None:
        value = _resolved(_inherited(widget, "/V"))
        states = set(_dictionary(_dictionary(widget.get("/AP")).get("/N"))) - {"/Off"}
        if value is None or value == "/Off":
            return False
        return str(value) in states if states or is_radio else True
    return bool(state != "/Off")


def _chosen(widget: DictionaryObject) -> Iterator[str]:
    """As they are shown, not as they are sent."""
    options = _resolved(_inherited(widget, "/Opt"))
    shown: list[tuple[str, str]] = []
    for option in options if isinstance(options, ArrayObject) else ():
        entry = _resolved(option)
        pair = [_text(part) for part in entry] if isinstance(entry, ArrayObject) else [_text(entry)]
        if pair:
            shown.append((pair[0], pair[-1]))
    names = dict(shown)
    value = _inherited(widget, "/V")
    if value is None:
        places = _resolved(_inherited(widget, "/I"))
        for place in places if isinstance(places, ArrayObject) else ():
            if 0 <= _integer(place) < len(shown):
                yield shown[_integer(place)][1]
        return
    chosen = [_text(each) for each in (value if isinstance(value, ArrayObject) else [value])]
    yield from (names.get(each, each) for each in chosen if each)


def _inherited(widget: DictionaryObject, key: str) -> Any:
    """A field's entry, which stands at the field itself or at one above it."""
    node: Any = widget
    for _ in range(_MOST_ANCESTORS):
        if not isinstance(node, DictionaryObject):
            return None
        if key in node:
            return _resolved(node[key])
        node = _resolved(node.get("/Parent"))
    return None


# --- Places ---------------------------------------------------------------------------------------------------------


def _lines_in(text: str, annotation: DictionaryObject, box: Box) -> list[Run]:
    """Lines of text from the top of an annotation's rectangle; a single one in its middle."""
    edges = [float(edge) for edge in _resolved(annotation["/Rect"])]
    xs, ys = sorted((edges[0], edges[2])), sorted((edges[1], edges[3]))
    left, top, right, bottom = box.seen(xs[0], ys[0], xs[1], ys[1])
    width, height = box.size
    if right <= left or bottom <= top or left > width or right < 0 or top > height or bottom < 0:
        return []
    lines = [line.strip() for line in _LINES.split(text)]
    lines = [line for line in lines if line]
    size = _SIZE.search(_text(_inherited(annotation, "/DA")))
    tall = 1.2 * float(size[1]) if size and float(size[1]) > 0 else _LINE_HEIGHT
    is_one = len(lines) == 1 and not _integer(_inherited(annotation, "/Ff")) & _MULTILINE
    if is_one and bottom - top < 3 * tall:
        middle, half = (top + bottom) / 2, min(tall, bottom - top) / 2
        return [Run(lines[0], left, middle - half, right, middle + half, True)]
    tall = min(tall, (bottom - top) / max(1, len(lines)))
    return [Run(line, left, top + at * tall, right, top + (at + 1) * tall, True) for at, line in enumerate(lines)]


# --- pypdf's objects ------------------------------------------------------------------------------------------------


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _integer(value: Any) -> int:
    found = _resolved(value)
    return int(found) if isinstance(found, int | float) else 0


def _text(value: Any) -> str:
    """Of a string or of a stream, which long values are kept in."""
    found = _resolved(value)
    if found is None or isinstance(found, NullObject):
        return ""
    if hasattr(found, "get_data"):
        return bytes(found.get_data()).decode("utf-8", "replace")
    if isinstance(found, bytes):
        return found.decode("latin-1")
    return str(found)
