"""Presentations: one page a slide: its title, then all else as it stands from top to bottom; remarks, speaker's notes.

Own reader over expat. Tables, charts and diagrams are rows; a slide that shows pictures alone says so in its locator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.notes import Note
from chalicelib.extraction.pages import Item, Locator, Page, Total

from .ooxml import Attributes, Package, Relation
from .placeholders import Places
from .shapes import Shape, ShapeTree, in_order
from .sheet_drawings import linked_lines
from .slide_remarks import Authors, slide_remarks

_TITLES = {"title", "ctrTitle"}
# Numbers, dates and pictures of the slide repeat on each; a footer is said where it begins.
_REPEATED = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
_HIDDEN_SLIDE = "[This slide is hidden.]"
_CUT = "\n[The rest of this slide is left out: it is longer than {most:,} characters.]"


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "PPTX")
    main = package.main_part("ppt/presentation.xml")
    slides = _slides(package, main)
    if len(slides) > limits.max_pages:
        raise ExtractionError("too_many_pages", limits=limits)
    yield Total(len(slides))
    reading = _Reading(package, limits, Places(package), Authors(package, main))
    for number, part in enumerate(slides, start=1):
        if number >= start_page:
            before = slides[number - 2] if number > 1 else ""
            yield from reading.items(part, number, before)


def _slides(package: Package, main: str) -> list[str]:
    """Parts of the slides, in the order of the presentation, which their names need not follow."""
    relations = package.relations(main)
    parts: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        relation = relations.get(attributes.get("r:id", "")) if tag == "p:sldId" else None
        if relation and relation.part:
            parts.append(relation.part)

    package.parse(main, start)
    return parts


@dataclass
class _Seen:
    """What a slide shows. pictures, objects: how many there are that are not read."""

    titles: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    footer: str = ""
    pictures: int = 0
    objects: int = 0
    has_picture: bool = False
    is_hidden: bool = False


@dataclass
class _Reading:
    package: Package
    limits: Limits
    places: Places
    authors: Authors
    last_footer: tuple[str, str] = ("", "")  # of the part of this name

    def items(self, part: str, number: int, before: str) -> Iterator[Item]:
        seen = self._seen(part)
        remarks = slide_remarks(self.package, part, self.authors)
        notes = self._notes(part)
        footer = seen.footer if seen.footer != self._footer_of(before) else ""
        self.last_footer = (part, seen.footer)
        text = tidy("\n".join((*seen.titles, *seen.lines, *([footer] if footer else []))))
        shown = [text, "\n".join(remarks), f"Notes:\n{notes}" if notes else ""]
        if seen.is_hidden:
            yield Note("hidden_slides", pages=(number,))
            shown = [_HIDDEN_SLIDE, *shown] if any(shown) else shown
        if remarks:
            yield Note("comments", count=len(remarks))
        if seen.objects:
            yield Note("objects_left_out", count=seen.objects)
        is_picture = not text and seen.has_picture
        if seen.pictures and not is_picture:
            yield Note("pictures_left_out", count=seen.pictures)
        yield self._page(number, "\n\n".join(filter(None, shown)), is_picture=is_picture)

    def _page(self, number: int, text: str, *, is_picture: bool) -> Page:
        locator: Locator = {"kind": "slide", "label": f"slide {number}", "slide": number}
        if len(text) > self.limits.max_page_characters:
            text = text[: self.limits.max_page_characters] + _CUT.format(most=self.limits.max_page_characters)
            locator["cut"] = True
        if is_picture:
            locator["picture"] = True
        return Page(number, locator, text)

    def _footer_of(self, part: str) -> str:
        """Of the slide before, which an earlier run may have read."""
        if self.last_footer[0] != part:
            self.last_footer = (part, self._seen(part).footer if self.package.has(part) else "")
        return self.last_footer[1]

    def _tree(self, part: str) -> ShapeTree:
        tree = ShapeTree()
        for _ in self.package.stream(part, tree.start, tree.end, tree.characters):
            if tree.size > self.limits.max_page_characters * 2:  # cut anyway; a slide does not fill the memory
                break
        return tree

    def _seen(self, part: str) -> _Seen:
        tree = self._tree(part)
        self.places.give(part, tree.root)
        seen = _Seen(is_hidden=tree.is_hidden_slide, has_picture=tree.has_background)
        self._gather(tree.root, self.package.relations(part), seen)
        return seen

    def _gather(self, group: Shape, relations: dict[str, Relation], seen: _Seen) -> None:
        for shape in in_order([each for each in group.children if not each.is_hidden]):
            kind = shape.placeholder[0] if shape.placeholder else ""
            seen.has_picture = seen.has_picture or shape.has_blip
            seen.pictures += shape.kind == "picture"
            if shape.kind == "group":
                self._gather(shape, relations, seen)
            elif kind in _TITLES:
                seen.titles += shape.lines
            elif kind == "ftr" or (kind == "dt" and not shape.shows_today):
                seen.footer = " ".join(filter(None, (seen.footer, *shape.lines)))
            elif kind not in _REPEATED:
                lines = linked_lines(self.package, relations, shape) or shape.lines
                seen.objects += shape.kind == "object" or (shape.kind in {"chart", "diagram"} and not lines)
                seen.lines += lines

    def _notes(self, part: str) -> str:
        for relation in self.package.relations(part).values():
            if relation.type == "notesSlide" and relation.part and self.package.has(relation.part):
                seen = _Seen()
                self._gather(self._tree(relation.part).root, {}, seen)
                return tidy("\n".join(seen.titles + seen.lines))
        return ""
