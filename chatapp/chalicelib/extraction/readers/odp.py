"""OpenDocument presentations: one page a slide: its title, all else from top to bottom; remarks, speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Locator, Page

from .odp_shapes import SlideReader
from .ooxml import Attributes, Package
from .open_document import CONTENT, opened
from .open_drawings import ObjectLink, object_lines
from .shapes import Shape, in_order

_HIDDEN_SLIDE = "[This slide is hidden.]"
_CUT = "\n[The rest of this slide is left out: it is longer than {most:,} characters.]"
_MOST_STYLES = 10_000


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = opened(path, limits, "ODP")
    reader = _Reader(limits)
    number = 0
    for _ in package.stream(CONTENT, reader.start, reader.end, reader.characters):
        for slide in reader.taken():
            number += 1
            if number > limits.max_pages:
                raise ExtractionError("too_many_pages", limits=limits)
            if number >= start_page:
                yield from _items(package, slide, number, limits)


@dataclass
class _Seen:
    titles: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pictures: int = 0
    objects: int = 0


def _items(package: Package, slide: SlideReader, number: int, limits: Limits) -> Iterator[Item]:
    seen, notes = _Seen(), _Seen()
    _gather(package, slide.root, seen)
    _gather(package, slide.notes, notes)
    text = tidy("\n".join(seen.titles + seen.lines))
    said = tidy("\n".join(notes.titles + notes.lines))
    shown = [text, "\n".join(slide.remarks), f"Notes:\n{said}" if said else ""]
    if slide.is_hidden:
        yield Note("hidden_slides", pages=(number,))
        shown = [_HIDDEN_SLIDE, *shown] if any(shown) else shown
    if slide.remarks:
        yield Note("comments", count=len(slide.remarks))
    if seen.objects:
        yield Note("objects_left_out", count=seen.objects)
    is_picture = not text and seen.pictures > 0
    if seen.pictures and not is_picture:
        yield Note("pictures_left_out", count=seen.pictures)
    whole = "\n\n".join(filter(None, shown))
    locator: Locator = {"kind": "slide", "label": f"slide {number}", "slide": number}
    if len(whole) > limits.max_page_characters:
        whole = whole[: limits.max_page_characters] + _CUT.format(most=limits.max_page_characters)
        locator["cut"] = True
    if is_picture:
        locator["picture"] = True
    yield Page(number, locator, whole)


def _gather(package: Package, group: Shape, seen: _Seen) -> None:
    for shape in in_order(group.children):
        if shape.kind == "group":
            _gather(package, shape, seen)
        elif shape.kind == "picture":
            seen.pictures += 1
        elif shape.kind == "object":
            for line in object_lines(package, ObjectLink(shape.relation)):
                if isinstance(line, Note):
                    seen.objects += 1
                else:
                    seen.lines.append(line)
        elif shape.placeholder and shape.placeholder[0] == "title":
            seen.titles += shape.lines
        else:
            seen.lines += shape.lines


class _Reader:
    """Slides as they end; styles stand before them, and tell which are hidden."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._slide: SlideReader | None = None
        self._ready: list[SlideReader] = []

    def taken(self) -> Iterator[SlideReader]:
        ready, self._ready = self._ready, []
        yield from ready

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._slide is not None:
            self._slide.start(tag, attributes)
        elif tag == "draw:page":
            is_hidden = attributes.get("draw:style-name") in self._hidden_styles
            self._slide = SlideReader(is_hidden=is_hidden, most_characters=self._limits.max_page_characters * 2)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:drawing-page-properties" and len(self._hidden_styles) < _MOST_STYLES:
            is_hidden = attributes.get("presentation:visibility") == "hidden"
            self._hidden_styles |= {self._style} if is_hidden else set()

    def end(self, tag: str) -> None:
        if self._slide is not None and tag == "draw:page":
            self._ready.append(self._slide)
            self._slide = None
        elif self._slide is not None:
            self._slide.end(tag)

    def characters(self, text: str) -> None:
        if self._slide is not None:
            self._slide.characters(text)
