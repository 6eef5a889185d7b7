"""What reviewers left in a Word document: comments by their authors, and changes that are not accepted yet.

They are said behind the paragraph that they are about, in brackets; the paragraph itself reads as if all changes were
accepted, as Word prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits

from .ooxml import Attributes, Package

ChangeKind = Literal["inserted", "deleted", "moved"]
_MOST_QUOTED, MOST_DELETED, _MOST_ANCHOR, _MOST_OPEN = 80, 1_000, 60, 50


@dataclass
class Comment:
    author: str = ""
    text: str = ""
    paragraph: str = ""  # Word's id of its last paragraph, by which replies refer to it
    is_reply: bool = False
    is_resolved: bool = False
    is_said: bool = False

    def said(self, anchor: str) -> str:
        """anchor: what it is about; "" for all of the paragraph."""
        kind = "Reply" if self.is_reply else "Comment"
        by = f" by {self.author}" if self.author else ""
        about = f' on "{quoted(anchor, _MOST_ANCHOR)}"' if anchor and not self.is_reply else ""
        return f"[{kind}{by}{about}{', resolved' if self.is_resolved else ''}: {self.text}]"


def comments_of(package: Package, part: str | None, extended: str | None, limits: Limits) -> dict[str, Comment]:
    """By id. Raises ExtractionError too_much_text: they are needed where they are anchored, so all are held."""
    reader = _CommentsReader(limits)
    if part and package.has(part):
        package.parse(part, reader.start, reader.end, reader.characters)
    if extended and package.has(extended):
        package.parse(extended, reader.extend)
    return reader.comments


class _CommentsReader:
    def __init__(self, limits: Limits) -> None:
        self.comments: dict[str, Comment] = {}
        self._limits = limits
        self._comment = Comment()
        self._characters = 0
        self._texts: list[str] = []
        self._in_text = False
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in {"w:del", "w:moveFrom", "mc:Fallback"}:
            self._skipping += 1
        elif tag == "w:comment":
            self._comment = Comment(attributes.get("w:author", "").strip())
            self.comments[attributes.get("w:id", "")] = self._comment
        elif tag == "w:p":
            self._comment.paragraph = attributes.get("w14:paraId", "")
            self._texts.append(" ")
        elif tag in {"w:t", "m:t"}:
            self._in_text = True
        elif tag in {"w:tab", "w:br"}:
            self._texts.append(" ")

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in {"w:t", "m:t"}:
            self._in_text = False
        elif tag == "w:comment":
            self._comment.text = " ".join("".join(self._texts).split())
            self._texts.clear()

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._characters += len(text)
            if self._characters > self._limits.max_characters:
                raise ExtractionError("too_much_text", limits=self._limits)
            self._texts.append(text)

    def extend(self, tag: str, attributes: Attributes) -> None:
        if tag != "w15:commentEx":
            return
        comment = self._by_paragraph.get(attributes.get("w15:paraId", ""))
        if comment:
            comment.is_reply = "w15:paraIdParent" in attributes
            comment.is_resolved = attributes.get("w15:done") == "1"

    @cached_property
    def _by_paragraph(self) -> dict[str, Comment]:
        return {each.paragraph: each for each in self.comments.values() if each.paragraph}


class Anchors:
    """What open comments are about, as it comes."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._closed: dict[str, str] = {}

    def open(self, name: str) -> None:
        if len(self._open) < _MOST_OPEN:
            self._open[name] = ""

    def close(self, name: str) -> None:
        if name in self._open and len(self._closed) < _MOST_OPEN:
            self._closed[name] = self._open.pop(name)

    def add(self, text: str) -> None:
        for name, known in self._open.items():
            if len(known) <= _MOST_ANCHOR:
                self._open[name] = known + text[: _MOST_ANCHOR + 1]

    def take(self, name: str) -> str:
        self._open.pop(name, None)
        return self._closed.pop(name, "").strip()


class Changes:
    """Of one paragraph, in order; what one author did in one stretch is one."""

    def __init__(self) -> None:
        self._all: list[tuple[ChangeKind, str, list[str]]] = []
        self._is_open = False

    def __len__(self) -> int:
        return len([texts for _, _, texts in self._all if "".join(texts).strip()])

    def add(self, kind: ChangeKind, author: str, text: str) -> None:
        if not text:
            return
        if not self._is_open or self._all[-1][:2] != (kind, author):
            self._all.append((kind, author, []))
            self._is_open = True
        texts = self._all[-1][2]
        if sum(map(len, texts)) < MOST_DELETED + _MOST_QUOTED:
            texts.append(text)

    def break_off(self) -> None:
        """Unchanged text came: what follows is another stretch, though its author be the same."""
        self._is_open = False

    def extend(self, others: Changes) -> None:
        self._all += others._all
        self._is_open = False

    def said(self, paragraph: str) -> str:
        """One line; "" when nothing was changed."""
        parts: list[str] = []
        author = ""
        for kind, by, texts in self._all:
            text = " ".join("".join(texts).split())
            if not text:
                continue
            who = f"{by} " if by and by != author else ""
            author = by or author
            most = MOST_DELETED if kind == "deleted" else _MOST_QUOTED
            what = "this paragraph" if kind != "deleted" and text == paragraph else f'"{quoted(text, most)}"'
            parts.append(f"{who}{kind} {what}")
        return f"[Tracked changes: {'; '.join(parts)}]" if parts else ""


def quoted(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rstrip()} …"
