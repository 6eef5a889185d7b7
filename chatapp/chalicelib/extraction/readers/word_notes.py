"""Foot- and endnotes of a Word document: the marks that stand at place, and the notes behind the text."""

from __future__ import annotations

from dataclasses import dataclass, field

from .numerals import written
from .ooxml import Attributes, Package
from .prose import Block, Prose
from .word_document import Document
from .word_part import Part
from .word_styles import is_on, whole

_TAGS = {"w:footnotePr": "footnote", "w:endnotePr": "endnote"}
_SEPARATORS = {"separator", "continuationSeparator", "continuationNotice"}


@dataclass
class Marks:
    """Numbers of notes, in the order of their references. formats, starts: by kind, as the settings say."""

    formats: dict[str, str] = field(default_factory=lambda: {"footnote": "decimal", "endnote": "lowerRoman"})
    starts: dict[str, int] = field(default_factory=lambda: {"footnote": 1, "endnote": 1})
    has_even_pages: bool = False
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def next(self, kind: str, name: str) -> str:
        """The mark of a reference; the note's own where it was referred to before."""
        if (kind, name) not in self.numbers:
            self._counts[kind] = self._counts.get(kind, self.starts[kind] - 1) + 1
            self.numbers[kind, name] = self._counts[kind]
        return self.of(kind, name)

    def of(self, kind: str, name: str) -> str:
        """ "" for a note that nothing refers to."""
        number = self.numbers.get((kind, name))
        if number is None:
            return ""
        is_same = self.formats["footnote"] == self.formats["endnote"] and kind == "endnote"
        return f"[{'endnote ' if is_same else ''}{written(number, self.formats[kind]) or number}]"


def marks_of(package: Package, settings: str | None) -> Marks:
    marks = Marks()
    kind = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal kind
        value = attributes.get("w:val", "")
        if tag in _TAGS:
            kind = _TAGS[tag]
        elif tag == "w:evenAndOddHeaders":
            marks.has_even_pages = is_on(attributes)
        elif tag == "w:numFmt" and kind:
            marks.formats[kind] = value
        elif tag == "w:numStart" and kind:
            marks.starts[kind] = whole(value, 1)

    def end(tag: str) -> None:
        nonlocal kind
        kind = "" if tag in _TAGS else kind

    if settings:
        package.parse(settings, start, end)
    return marks


class NotesPart(Part):
    """Notes are put in the order of their marks: one that stands too early in the part is held until its turn."""

    def __init__(self, document: Document, prose: Prose, kind: str, title: str, marks: Marks) -> None:
        super().__init__(document, prose)
        self._kind = kind
        self._title = title
        self._marks = marks
        self._name: str | None = None
        self._held: dict[int, list[Block]] = {}
        self._next = marks.starts[kind]
        self._starts[f"w:{kind}"] = self._open_note
        self._ends[f"w:{kind}"] = self._close_note
        self.prose.open_box()

    def _open_note(self, attributes: Attributes) -> None:
        self._flush(self.prose.close_box())
        if attributes.get("w:type") in _SEPARATORS:
            self._skipping += 1
            self.prose.open_box()
            return
        self._name = attributes.get("w:id", "")
        mark = self._marks.of(self._kind, self._name)
        self.label = f"{mark} " if mark else ""
        self.prose.open_box()

    def _close_note(self) -> None:
        self._flush_carried()
        self.label = ""
        blocks, number = self.prose.close_box(), self._marks.numbers.get((self._kind, self._name or ""))
        if number is None:
            self._flush(blocks)
        else:
            self._held[number] = self._held.get(number, []) + blocks
        while self._next in self._held:
            self._flush(self._held.pop(self._next))
            self._next += 1
        self.prose.open_box()

    def finish(self) -> None:
        super().finish()
        self._flush(self.prose.close_box())
        for number in sorted(self._held):
            self._flush(self._held[number])

    def _flush(self, blocks: list[Block]) -> None:
        if not blocks:
            return
        title, self._title = self._title, ""
        self.prose.heading(title)
        self.prose.replay(block if block.kind == "row" else Block("paragraph", block.text) for block in blocks)
