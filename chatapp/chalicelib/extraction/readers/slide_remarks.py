"""Remarks on slides, by their authors: those of before, and threads of comments with their replies."""

from __future__ import annotations

from .ooxml import Attributes, Package

_MOST_CHARACTERS = 200_000
_MOST_AUTHOR_CHARACTERS = 100


class Authors:
    """By their number; read when a slide has a remark."""

    def __init__(self, package: Package, main: str) -> None:
        self._package, self._main = package, main
        self._names: dict[str, str] | None = None

    def name(self, number: str) -> str:
        if self._names is None:
            self._names = {}
            for relation in self._package.relations(self._main).values():
                if (
                    relation.type in {"commentAuthors", "authors"}
                    and relation.part
                    and self._package.has(relation.part)
                ):
                    self._package.parse(relation.part, self._start)
        return self._names.get(number, "")

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag in {"p:cmAuthor", "p188:author"} and self._names is not None:
            name = " ".join(attributes.get("name", "").split())
            self._names[attributes.get("id", "")] = name[:_MOST_AUTHOR_CHARACTERS]


def slide_remarks(package: Package, slide: str, authors: Authors) -> list[str]:
    found: list[str] = []
    for relation in package.relations(slide).values():
        if relation.type == "comments" and relation.part and package.has(relation.part):
            reader = _Reader(authors, found)
            for _ in package.stream(relation.part, reader.start, reader.end, reader.characters):
                if reader.size > _MOST_CHARACTERS:
                    break
    return found


class _Reader:
    """Of "p:" the text is a tag's own; of "p188:" it is paragraphs, and replies stand inside of what they answer."""

    def __init__(self, authors: Authors, found: list[str]) -> None:
        self.size = 0
        self._authors, self._found = authors, found
        self._open: list[str] = []
        self._text: list[str] = []
        self._in_text = False
        self._place = 0  # where the remark goes that is open: its replies are told before it

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in {"p:cm", "p188:cm"}:
            self._place = len(self._found)
        if tag in {"p:cm", "p188:cm", "p188:reply"}:
            self._open.append(attributes.get("authorId", ""))
            self._text.clear()
        elif tag in {"p:text", "a:t"}:
            self._in_text = True

    def end(self, tag: str) -> None:
        if tag in {"p:text", "a:t"}:
            self._in_text = False
        elif tag in {"a:p", "a:br"}:
            self._text.append(" ")
        elif tag in {"p:text", "p188:txBody"}:
            self._said()
        if tag in {"p:cm", "p188:cm", "p188:reply"} and self._open:
            self._said()
            self._open.pop()

    def characters(self, text: str) -> None:
        if self._in_text:
            self._text.append(text)
            self.size += len(text)

    def _said(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if text and self._open:
            author = self._authors.name(self._open[-1])
            at = self._place if len(self._open) == 1 else len(self._found)
            self._found.insert(at, f"[comment{f' by {author}' if author else ''}: {text}]")
