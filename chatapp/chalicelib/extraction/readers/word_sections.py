"""Headers and footers of a Word document, each text once: the first section's before the body, footers behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .ooxml import Attributes, Package, Relation
from .prose import Block
from .word_styles import is_on

_KINDS = {"w:headerReference": "header", "w:footerReference": "footer"}
_ORDER = ("first", "default", "even")


@dataclass
class Section:
    """parts: of its own headers and footers, by kind ("header") and pages ("first")."""

    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    has_title_page: bool = False


def sections_of(package: Package, body: str, relations: dict[str, Relation]) -> list[Section]:
    """In order. They stand behind their text, their headers before it: the body is looked through for them alone."""
    reader = _SectionsReader(relations)
    if any(relation.type in {"header", "footer"} for relation in relations.values()):
        package.parse(body, reader.start, reader.end)
    return reader.sections


class _SectionsReader:
    def __init__(self, relations: dict[str, Relation]) -> None:
        self.sections: list[Section] = []
        self._relations = relations
        self._is_open = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "w:sectPr":
            self.sections.append(Section())
            self._is_open = True
        elif not self._is_open:
            return
        elif tag in _KINDS:
            relation = self._relations.get(attributes.get("r:id", ""))
            if relation and relation.part:
                pages = attributes.get("w:type", "default")
                self.sections[-1].parts[_KINDS[tag], pages] = relation.part
        elif tag == "w:titlePg":
            self.sections[-1].has_title_page = is_on(attributes)

    def end(self, tag: str) -> None:
        if tag == "w:sectPr":
            self._is_open = False


class Letterheads:
    """Which headers and footers are still to be said. A section without its own has those of the section before."""

    def __init__(self, sections: list[Section], *, has_even: bool) -> None:
        self._sections = sections
        self._has_even = has_even
        self._read: set[str] = set()
        self._said: set[str] = set()

    def parts(self, kind: str, number: int) -> list[str]:
        """Of a section, in the order of its pages, those that were not asked for before."""
        if number >= len(self._sections):
            return []
        section = self._sections[number]
        found = []
        for pages in _ORDER:
            part = section.parts.get((kind, pages))
            is_shown = pages == "default" or (section.has_title_page if pages == "first" else self._has_even)
            if part and is_shown and part not in self._read:
                self._read.add(part)
                found.append(part)
        return found

    def new(self, blocks: list[Block]) -> list[Block]:
        """The blocks, unless another part said the same."""
        text = " ".join(" ".join(block.text for block in blocks).split())
        if not text or text in self._said:
            return []
        self._said.add(text)
        return blocks

    def __len__(self) -> int:
        return len(self._sections)
