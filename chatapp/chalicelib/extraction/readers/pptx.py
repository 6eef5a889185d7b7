"""Presentations: one page a slide, its title first, tables by rows, then the speaker's notes. Own reader over expat."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.cleaning import tidy
from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Locator, Page, Total

from .ooxml import Attributes, Package

_TITLES = {"title", "ctrTitle"}
# Slide numbers, dates and footers repeat on each slide.
_REPEATED = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
_CUT = "\n[The rest of this slide is left out: it is longer than {most:,} characters.]"


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "PPTX")
    slides = _slides(package)
    if len(slides) > limits.max_pages:
        raise ExtractionError("too_many_pages", limits=limits)
    yield Total(len(slides))
    for number, part in enumerate(slides, start=1):
        if number >= start_page:
            yield _page(package, part, number, limits)


def _slides(package: Package) -> list[str]:
    """Parts of the slides, in the order of the presentation, which their names need not follow."""
    main = package.main_part("ppt/presentation.xml")
    relations = package.relations(main)
    parts: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        relation = relations.get(attributes.get("r:id", "")) if tag == "p:sldId" else None
        if relation and relation.part:
            parts.append(relation.part)

    package.parse(main, start)
    return parts


def _page(package: Package, part: str, number: int, limits: Limits) -> Page:
    texts = [_text(package, part, limits)]
    for relation in package.relations(part).values():
        if relation.type == "notesSlide" and relation.part and package.has(relation.part):
            notes = _text(package, relation.part, limits)
            texts += [f"Notes:\n{notes}"] if notes else []
        elif relation.type == "diagramData" and relation.part and package.has(relation.part):
            texts.append(_text(package, relation.part, limits))
    text = "\n\n".join(text for text in texts if text)
    locator: Locator = {"kind": "slide", "label": f"slide {number}", "slide": number}
    if len(text) > limits.max_page_characters:
        text = text[: limits.max_page_characters] + _CUT.format(most=limits.max_page_characters)
        locator["cut"] = True
    return Page(number, locator, text)


def _text(package: Package, part: str, limits: Limits) -> str:
    if posixpath.splitext(part)[1] != ".xml":
        return ""
    slide = _Slide()
    for _ in package.stream(part, slide.start, slide.end, slide.characters):
        if slide.size > limits.max_page_characters * 2:  # cut anyway; a slide does not fill the memory
            break
    return tidy("\n".join(slide.titles + slide.lines))


class _Slide:
    """Turns events into lines; a table's row is one line."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.lines: list[str] = []
        self.size = 0
        self._shape = ""
        self._text: list[str] = []
        self._cells: list[str] | None = None
        self._in_text = False
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag == "mc:Fallback":
            self._skipping += 1
        elif tag == "p:sp":
            self._shape = ""
        elif tag == "p:ph":
            self._shape = attributes.get("type", "body")
        elif tag == "a:t":
            self._in_text = True
        elif tag == "a:br":
            self._text.append("\n")
        elif tag == "a:tr":
            self._cells = []
        elif tag == "a:tc" and self._cells is not None:
            self._cells.append("")

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "a:t":
            self._in_text = False
        elif tag == "a:p":
            self._end_paragraph()
        elif tag == "a:tr" and self._cells is not None:
            if any(self._cells):
                self.lines.append(" | ".join(self._cells))
            self._cells = None
        elif tag == "p:sp":
            self._shape = ""

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._text.append(text)
            self.size += len(text)

    def _end_paragraph(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if not text or self._shape in _REPEATED:
            return
        if self._cells:
            self._cells[-1] = f"{self._cells[-1]} {text}".strip()
        else:
            (self.titles if self._shape in _TITLES else self.lines).append(text)
