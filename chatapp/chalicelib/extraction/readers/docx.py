"""Word documents: body, tables, text boxes, foot- and endnotes; pages are the sections between headings.

Own reader over expat (see `ooxml.py`). Left out: deleted text of tracked changes, field codes, comments; headers and
footers too, since they repeat.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.limits import Limits
from chalicelib.extraction.pages import Item, Page

from .ooxml import Attributes, Package

_BREAKS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-", "w:ptab": "\t"}
# Alternatives for old readers repeat what was said; deleted text and field codes are no text.
_SKIPPED = {"mc:Fallback", "w:del", "w:moveFrom", "w:instrText", "w:pPrChange", "w:rPrChange"}
_HIGHEST_LEVEL = 9
_NOTES = (("word/footnotes.xml", "Footnotes"), ("word/endnotes.xml", "Endnotes"))


def read(path: Path, limits: Limits, start_page: int) -> Iterator[Item]:
    package = Package(path, limits, "DOCX")
    body = package.main_part("word/document.xml")
    pager = SectionPager(start_page)
    reader = _Body(pager, _heading_styles(package))
    yield from reader.pages(package, body)
    for part, title in _NOTES:
        if package.has(part):
            notes = _Body(pager, {}, title)
            yield from notes.pages(package, part)
    yield from pager.close()


def _heading_styles(package: Package) -> dict[str, int]:
    """Style ids of headings. Ids are translated ("Titre1"), names and outline levels are not."""
    levels: dict[str, int] = {}
    parents: dict[str, str] = {}
    style = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal style
        value = attributes.get("w:val", "")
        if tag == "w:style":
            style = attributes.get("w:styleId", "") if attributes.get("w:type") == "paragraph" else ""
        elif tag == "w:name" and style:
            words = value.lower().split()
            if words == ["title"] or (len(words) == 2 and words[0] == "heading" and words[1].isdecimal()):
                levels[style] = 0 if words == ["title"] else int(words[1])
        elif tag == "w:basedOn" and style:
            parents[style] = value
        elif tag == "w:outlineLvl" and style and value.isdecimal() and int(value) < _HIGHEST_LEVEL:
            levels.setdefault(style, int(value) + 1)

    if package.has("word/styles.xml"):
        package.parse("word/styles.xml", start)
    for style in list(parents):
        _inherit(style, parents, levels)
    return levels


def _inherit(style: str, parents: dict[str, str], levels: dict[str, int]) -> None:
    seen = [style]
    while seen[-1] not in levels and seen[-1] in parents and parents[seen[-1]] not in seen:
        seen.append(parents[seen[-1]])
    if seen[-1] in levels:
        levels.update(dict.fromkeys(seen, levels[seen[-1]]))


class _Body:
    """Turns a part's events into paragraphs, table rows and headings."""

    def __init__(self, pager: SectionPager, headings: dict[str, int], title: str | None = None) -> None:
        self._pager = pager
        self._headings = headings
        self._title = title
        self._ready: list[Page] = []
        self._text: list[str] = []
        self._cells: list[list[str]] = []  # of the rows that are open, the outermost first
        self._skipping = 0
        self._in_text = False
        self._is_heading = False
        self._is_item = False

    def pages(self, package: Package, part: str) -> Iterator[Page]:
        for _ in package.stream(part, self._start, self._end, self._characters):
            yield from self._ready
            self._ready.clear()

    def _start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif tag in {"w:t", "m:t"}:
            self._in_text = True
        elif tag in _BREAKS:
            self._text.append(_BREAKS[tag])
        elif tag == "w:p":
            self._is_heading = self._is_item = False
        elif tag == "w:pStyle":
            self._is_heading = attributes.get("w:val", "") in self._headings
        elif tag == "w:outlineLvl":
            level = attributes.get("w:val", "")
            self._is_heading = level.isdecimal() and int(level) < _HIGHEST_LEVEL
        elif tag == "w:numPr":
            self._is_item = True
        elif tag == "w:tr":
            self._cells.append([])
        elif tag == "w:tc" and self._cells:
            self._cells[-1].append("")

    def _end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in {"w:t", "m:t"}:
            self._in_text = False
        elif tag == "w:p":
            self._end_paragraph()
        elif tag == "w:tr" and self._cells:
            row = " | ".join(self._cells.pop()).strip()
            self._put(row) if row.strip("| ") else None

    def _characters(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._text.append(text)

    def _end_paragraph(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not text.strip():
            return
        if self._is_heading and not self._cells:
            self._ready.extend(self._pager.heading(text))
        else:
            self._put(f"- {text}" if self._is_item and not self._cells else text)
        self._is_heading = self._is_item = False

    def _put(self, text: str) -> None:
        """Into the innermost open table cell, or onto the page."""
        if self._cells and self._cells[-1]:
            cell = self._cells[-1][-1]
            self._cells[-1][-1] = f"{cell} {text}" if cell else text
            return
        if self._title:
            self._ready.extend(self._pager.heading(self._title))
            self._title = None
        self._ready.extend(self._pager.paragraph(text))
