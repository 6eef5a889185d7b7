"""HTML to headings, paragraphs and rows of tables, as a browser shows them. Nothing is fetched or run.

Elements are nested as a browser would: those that end by themselves (`<li>`, `<td>`, `<p>`) do, and an end without a
beginning says nothing. Scripts, links' targets and what is hidden are left out; values of forms stand where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from chalicelib.extraction.flow import SectionPager
from chalicelib.extraction.pages import Page

from . import hypertext_forms as forms
from . import numerals
from .hypertext_tables import Block, Table
from .mathml import MathMl
from .runs import scripted

Attributes = dict[str, str]

_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"
_UNSEEN_TAGS = (
    "script style template noscript iframe object canvas audio video datalist noframes noembed rp desc defs symbol "
    "metadata annotation annotation-xml frameset progress meter applet map"
)
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup hr html legend li main menu nav ol p pre search section summary table tbody tfoot thead "
    "tr ul listing xmp"
)
_VOID, _UNSEEN, _BLOCKS = (frozenset(tags.split()) for tags in (_VOID_TAGS, _UNSEEN_TAGS, _BLOCK_TAGS))
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_KEEPS_LAYOUT = frozenset({"pre", "listing", "xmp"})
_CELLS = frozenset({"td", "th"})
_ROW_PARTS = _CELLS | {"tr"}
_SECTIONS = frozenset({"tbody", "thead", "tfoot"})
# What an element ends when it begins, and where that search stops.
_ENDED_BY: dict[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd"})),
    **dict.fromkeys(_CELLS, _CELLS),
    "tr": _ROW_PARTS | {"caption"},
    **dict.fromkeys(_SECTIONS, _ROW_PARTS | _SECTIONS | {"caption"}),
    "option": frozenset({"option"}),
    "optgroup": frozenset({"option", "optgroup"}),
}
_FENCES = frozenset({"table", "ul", "ol", "dl", "select", "body", "menu", "dir"})
_PARAGRAPH, _ENDING_PARAGRAPHS = frozenset({"p"}), _BLOCKS | _HEADINGS
_TABLE_PARTS = _ROW_PARTS | _SECTIONS | {"table"}
_MOST_DEPTH = 512  # as Chromium has it; deeper elements are one text
_MOST_CHARACTERS = 100_000  # of one block, before it is given out as it is

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:font-size|opacity)\s*:\s*0*\.?0*(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_STRUCK = frozenset({"s", "strike", "del"})
_SCRIPTS = {"sup": "superscript", "sub": "subscript"}
_REWRITTEN = _STRUCK | frozenset(_SCRIPTS) | {"option", "select"}
_BEFORE, _AFTER = {"q": "“", "rt": "("}, {"q": "”", "rt": ")"}  # as browsers show quotations, and readings of signs
_UNLISTED = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x2060, 0x034F), "")
_FORMATS_OF_LISTS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(slots=True)
class _Element:
    """block, text_from: where its text begins in what is gathered. number: of an <ol>'s next item."""

    tag: str
    is_shown: bool
    block: int = 0
    text_from: int = 0
    number: int = 1
    step: int = 1
    style: str = ""
    choice: forms.Choice | None = None
    attributes: Attributes = field(default_factory=dict)


class Hypertext(HTMLParser):
    """feed() it, take() the pages that are ready, and finish(); the pager's last page is the caller's to close."""

    def __init__(self, pager: SectionPager) -> None:
        super().__init__(convert_charrefs=True)
        self._pager = pager
        self._ready: list[Page] = []
        self._text: list[str] = []
        self._open: list[_Element] = []
        self._block = self._gathered = 0
        self._layouts = self._headings = 0  # how many elements are open that keep their layout, or are headings
        self._hidden_at = 0  # the depth of the outermost element that is hidden; 0: none is
        self._counts: dict[str, int] = {}  # of the open elements, by tag
        self._tables: list[Table] = []
        self._marker = ""
        self._is_xml = False
        self._math: MathMl | None = None

    def take(self) -> list[Page]:
        ready, self._ready = self._ready, []
        return ready

    def finish(self) -> None:
        self.close()
        self._end_formula()
        while self._open:
            self._pop()
        self._end_block()

    # --- Elements -----------------------------------------------------------------------------------------------

    def handle_pi(self, data: str) -> None:
        self._is_xml = self._is_xml or data.startswith("xml ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        tag = tag.rpartition(":")[2]
        if self._math:
            self._math.start(tag, attributes)
            return
        self._is_xml = self._is_xml or (tag == "html" and "xhtml" in attributes.get("xmlns", ""))
        if tag == "math" and not self._hidden_at and not _is_hidden(tag, attributes):
            self._math = MathMl()
            self._math.start(tag, attributes)
            return
        self._end_others(tag)
        if tag in _VOID:
            if not self._hidden_at and not _is_hidden(tag, attributes):
                self._void(tag, attributes)
        elif len(self._open) >= _MOST_DEPTH:
            if tag in _BLOCKS and not self._hidden_at:
                self._end_block()
        else:
            self._push(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        depth = len(self._open)
        self.handle_starttag(tag, attrs)
        if self._math:
            self.handle_endtag(tag)
        elif len(self._open) > depth and (self._is_xml or tag in _UNSEEN or tag in {"a", "span", "textarea", "title"}):
            self._pop()

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if self._math:
            self._end_formula() if tag == "math" else self._math.end(tag)
            return
        is_table = tag in _TABLE_PARTS
        for depth in range(len(self._open) - 1, -1, -1) if self._counts.get(tag) else ():
            found = self._open[depth].tag
            if found == tag:
                while len(self._open) > depth:
                    self._pop()
                return
            if found == "table" or (not is_table and found in _CELLS):
                break
        if tag in {"p", "br"} and not self._hidden_at:  # browsers make a paragraph or a break of it
            self._end_block()

    def _end_others(self, tag: str) -> None:
        ended = _ENDED_BY.get(tag, _PARAGRAPH if tag in _ENDING_PARAGRAPHS else None)
        if ended is None:
            return
        if not any(map(self._counts.get, ended)):
            return
        fences = (_FENCES | _CELLS) - ended
        for depth in range(len(self._open) - 1, -1, -1):
            found = self._open[depth].tag
            if found in fences:
                return
            if found in ended:
                while len(self._open) > depth:
                    self._pop()
                if ended is _CELLS or "p" in ended or "li" in ended:
                    return

    def _push(self, tag: str, attributes: Attributes) -> None:
        is_shown = not self._hidden_at and not _is_hidden(tag, attributes)
        if tag == "title" and any(each.tag == "svg" for each in self._open):
            is_shown = False
        element = _Element(tag, is_shown, attributes=attributes if is_shown else {})
        self._open.append(element)
        self._counts[tag] = self._counts.get(tag, 0) + 1
        if not is_shown:
            self._hidden_at = self._hidden_at or len(self._open)
            return
        self._begin(element)
        self._layouts += tag in _KEEPS_LAYOUT
        self._headings += tag in _HEADINGS or tag == "title"
        element.block, element.text_from = self._block, len(self._text)

    def _pop(self) -> None:
        element = self._open.pop()
        self._counts[element.tag] -= 1
        if element.is_shown:
            self._end(element)
            self._layouts -= element.tag in _KEEPS_LAYOUT
            self._headings -= element.tag in _HEADINGS or element.tag == "title"
        elif len(self._open) < self._hidden_at:
            self._hidden_at = 0

    # --- What they mean -----------------------------------------------------------------------------------------

    def _begin(self, element: _Element) -> None:
        tag, attributes = element.tag, element.attributes
        if tag in _CELLS and self._tables:
            self._end_block()
            self._tables[-1].begin_cell(attributes, is_heading=tag == "th")
        elif tag in _HEADINGS or tag == "title":
            self._end_block()
        elif tag in _BLOCKS:
            self._end_block()
            self._begin_block(element)
        elif tag == "select":
            element.choice = forms.Choice(is_multiple="multiple" in attributes)
        elif tag in {"button", "textarea"}:
            self._text.append(" ")
        elif tag in _BEFORE:
            self._text.append(_BEFORE[tag])

    def _begin_block(self, element: _Element) -> None:
        tag, attributes = element.tag, element.attributes
        if tag == "table":
            self._tables.append(Table())
        elif tag == "tr" and self._tables:
            self._give(self._tables[-1].end_row(), len(self._tables) - 1)
        elif tag in _SECTIONS and self._tables:
            self._tables[-1].begin_section(is_head=tag == "thead")
        elif tag == "ol":
            start = forms.number(attributes.get("start", ""))
            element.step = -1 if "reversed" in attributes else 1
            element.number = start if start is not None else 1
            element.style = attributes.get("type", "1")
        elif tag == "li":
            self._marker = self._list_marker(attributes)

    def _end(self, element: _Element) -> None:
        tag = element.tag
        if tag in _CELLS and self._tables:
            self._end_block()
            self._tables[-1].end_cell()
        elif tag in _BLOCKS or tag in _HEADINGS or tag == "title":
            self._end_block()
            if tag == "tr" and self._tables:
                self._give(self._tables[-1].end_row(), len(self._tables) - 1)
            elif tag == "table" and self._tables:
                rest = self._tables.pop().end_row()
                self._give(rest, len(self._tables))
            elif tag == "li":
                self._marker = ""
        else:
            self._end_inline(element)

    def _end_inline(self, element: _Element) -> None:
        tag = element.tag
        if tag in _REWRITTEN:
            start = element.text_from if element.block == self._block else 0
            before, said = "".join(self._text[max(0, start - 8) : start]), "".join(self._text[start:])
            del self._text[start:]
            self._text.append(self._rewritten(element, before, said))
        elif tag in {"button", "textarea", "text"}:  # the text of a drawing, the last one
            self._text.append(" ")
        elif tag in _AFTER:
            self._text.append(_AFTER[tag])

    def _rewritten(self, element: _Element, before: str, text: str) -> str:
        if element.tag in _SCRIPTS:
            return scripted(text, _SCRIPTS[element.tag], before)
        if element.tag == "select":
            return f" {element.choice.chosen()} " if element.choice else ""
        if element.tag == "option":
            choice = next((each.choice for each in reversed(self._open) if each.choice is not None), None)
            if choice is not None:
                choice.add(element.attributes, text)
                return ""
        return f"~~{text.strip()}~~" if element.tag in _STRUCK and text.strip() else text

    def _end_formula(self) -> None:
        math, self._math = self._math, None
        if math:
            text = math.finish()
            before = next((piece[-1] for piece in reversed(self._text) if piece), "")
            self._text.append(f" {text}" if before.isalnum() and text[:1].isalnum() else text)

    def _void(self, tag: str, attributes: Attributes) -> None:
        if tag in {"br", "hr"}:
            if self._headings:
                self._text.append(" ")
            elif self._layouts:
                self._text.append("\n")
            else:
                self._end_block()
        elif tag == "img" and attributes.get("alt"):
            self._text.append(f" {attributes['alt']} ")
        elif tag == "input":
            self._text.append(forms.shown(attributes))

    def _list_marker(self, attributes: Attributes) -> str:
        """Of an item in its list, the nearest one that is open."""
        parents = (element for element in reversed(self._open) if element.tag in {"ul", "ol", "menu", "dir"})
        parent = next(parents, None)
        if parent is None or parent.tag != "ol":
            is_unlisted = parent is not None and _UNLISTED.search(parent.attributes.get("style", ""))
            return "" if is_unlisted or _UNLISTED.search(attributes.get("style", "")) else "- "
        value = forms.number(attributes.get("value", ""))
        current = value if value is not None else parent.number
        parent.number = current + parent.step
        number_format = _FORMATS_OF_LISTS.get(attributes.get("type", parent.style), "decimal")
        return f"{numerals.written(current, number_format)}. "

    # --- Text ---------------------------------------------------------------------------------------------------

    def handle_data(self, data: str) -> None:
        if self._hidden_at:
            return
        if self._math:
            self._math.characters(data)
            return
        self._text.append(data if data.isascii() else data.translate(_INVISIBLE))
        self._gathered += len(data)
        if self._gathered > _MOST_CHARACTERS:
            self._end_block()

    def unknown_decl(self, data: str) -> None:
        if self._is_xml and data.startswith("CDATA["):
            self.handle_data(data[6:])

    def _end_block(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        self._block, self._gathered = self._block + 1, 0
        text = text if self._layouts else " ".join(text.split())
        if not text.strip():
            return
        text, self._marker = self._marker + text, ""
        self._give([Block(text, is_heading=bool(self._headings))], len(self._tables))

    def _give(self, blocks: list[Block], depth: int) -> None:
        """To the table's cell that is open at that depth, or, if there is none, to the pager."""
        for block in blocks:
            for table in reversed(self._tables[:depth]):
                if table.holds(block):
                    break
            else:
                self._show(block)
        if depth and blocks:
            for at, table in enumerate(self._tables[:depth]):
                if table.is_too_long():
                    self._give(table.spread(), at)

    def _show(self, block: Block) -> None:
        if block.is_heading:
            self._ready.extend(self._pager.heading(block.text))
        elif block.is_row:
            self._ready.extend(self._pager.row(block.text, block.header))
        else:
            self._ready.extend(self._pager.paragraph(block.text))


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    if tag in _UNSEEN or "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    style = attributes.get("style")
    return bool(style and _HIDING.search(style))
