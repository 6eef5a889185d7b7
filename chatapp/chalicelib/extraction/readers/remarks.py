"""Remarks at cells of a sheet, by their authors: notes of before, and threads of comments with their replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits

from .ooxml import Attributes, Package

_MOST_CHARACTERS = 8_000_000
_MOST_AUTHOR_CHARACTERS = 100


@dataclass
class Remark:
    cell: str  # "B2"
    author: str
    text: str

    def __str__(self) -> str:
        by = f" by {self.author}" if self.author else ""
        return f"[comment at {self.cell}{by}: {' '.join(self.text.split())}]"


@dataclass
class _Gathered:
    limits: Limits
    remarks: list[Remark] = field(default_factory=list)
    characters: int = 0

    def add(self, cell: str, author: str, text: str) -> None:
        text = text.strip()
        self.characters += len(text)
        if self.characters > _MOST_CHARACTERS:
            raise ExtractionError("too_much_text", "comments", limits=self.limits)
        if text:
            self.remarks.append(Remark(cell[:12], " ".join(author.split())[:_MOST_AUTHOR_CHARACTERS], text))


def remarks_of(package: Package, sheet: str, persons: str, limits: Limits) -> list[Remark]:
    """In the order of the file. persons: the part that names the authors of threads, or ""."""
    parts: dict[str, list[str]] = {}
    for relation in package.relations(sheet).values():
        if relation.part and package.has(relation.part):
            parts.setdefault(relation.type, []).append(relation.part)
    threads = _Gathered(limits)
    names = _persons(package, persons) if parts.get("threadedComment") and package.has(persons) else {}
    for part in parts.get("threadedComment", []):
        _threads(package, part, names, threads)
    notes = _Gathered(limits)
    for part in parts.get("comments", []):
        _notes(package, part, notes)
    in_threads = {remark.cell for remark in threads.remarks}  # whose notes only tell older programs of them
    return threads.remarks + [note for note in notes.remarks if note.cell not in in_threads]


def _notes(package: Package, part: str, found: _Gathered) -> None:
    authors: list[str] = []
    cell, author, text = "", "", [""]
    is_in = ""
    skipping = 0

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal cell, author, is_in, skipping
        skipping += tag == "s:rPh"
        if tag == "s:comment":
            cell = attributes.get("ref", "")
            number = attributes.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number[:6]) < len(authors) else ""
            text.clear()
        elif tag in {"s:author", "s:t"} and not skipping:
            is_in = tag
            if tag == "s:author":
                text.clear()

    def end(tag: str) -> None:
        nonlocal is_in, skipping
        skipping -= tag == "s:rPh"
        if tag == "s:author":
            authors.append("".join(text))
        elif tag == "s:comment":
            said = "".join(text).strip()
            found.add(cell, author, said.removeprefix(f"{author}:") if author else said)
        if tag in {"s:author", "s:t"}:
            is_in = ""

    package.parse(part, start, end, _into(text, lambda: bool(is_in)))


def _threads(package: Package, part: str, names: dict[str, str], found: _Gathered) -> None:
    cell, author, text = "", "", [""]

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal cell, author
        if tag == "tc:threadedComment":
            cell, author = attributes.get("ref", ""), names.get(attributes.get("personId", ""), "")
            text.clear()
        elif tag == "tc:text":
            text.clear()

    def end(tag: str) -> None:
        if tag == "tc:text":
            found.add(cell, author, "".join(text))
            text.clear()

    package.parse(part, start, end, _into(text, lambda: True))


def _persons(package: Package, part: str) -> dict[str, str]:
    names: dict[str, str] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "tc:person":
            names[attributes.get("id", "")] = attributes.get("displayName", "")

    package.parse(part, start)
    return names


def _into(text: list[str], is_wanted: Callable[[], bool]) -> Callable[[str], None]:
    def characters(more: str) -> None:
        if is_wanted():
            text.append(more)

    return characters
