"""What the parts of one Word document share, and what is counted over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chalicelib.extraction.notes import Code, Note

from .prose import Block
from .runs import RunText
from .word_numbering import Numbering
from .word_remarks import Changes, Comment
from .word_styles import Look, Styles

_PLAIN = Look()


@dataclass
class Counts:
    """Of one document, over all of its parts."""

    comments: int = 0
    changes: int = 0
    form_fields: int = 0
    pictures: int = 0
    objects: int = 0

    def add(self, other: Counts) -> None:
        """Of a document inside of this one."""
        self.comments += other.comments
        self.changes += other.changes
        self.form_fields += other.form_fields
        self.pictures += other.pictures
        self.objects += other.objects


def notes_of(counts: Counts) -> Iterator[Note]:
    """What the text holds in another way, and what it does not hold."""
    said: tuple[tuple[Code, int], ...] = (
        ("comments", counts.comments),
        ("changes", counts.changes),
        ("form_fields", counts.form_fields),
        ("pictures_left_out", counts.pictures),
        ("objects_left_out", counts.objects),
    )
    yield from (Note(code, count=count) for code, count in said if count)


@dataclass
class Document:
    """What the parts of one document share. mark: of a note, by kind and id, in the order of their references."""

    styles: Styles
    numbering: Numbering
    comments: dict[str, Comment]
    mark: Callable[[str, str], str]
    counts: Counts = field(default_factory=Counts)


@dataclass
class Paragraph:
    """number_id, level, outlined: as it says itself. has_hidden_mark: the next one goes on in its line."""

    style: str = ""
    text: RunText = field(default_factory=RunText)
    look: Look = _PLAIN
    number_id: str | None = None
    level: int | None = None
    outlined: bool | None = None
    has_hidden_mark: bool = False
    has_lost_text: bool = False
    ends_section: bool = False
    beside: list[Block] = field(default_factory=list)
    comments: list[tuple[Comment, str]] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
