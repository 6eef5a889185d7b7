"""What a twin is made of, on the wire: sources as they are added, and what an owner decides where they differ."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints

from chalicelib.twin.rows import Language

from .drafts import MAX_ENTRY_CHARACTERS, Flag, Line
from .texts import WEB_ADDRESS, Request, Shape, Storable


class FileSource(Request):
    """A CV, or LinkedIn's profile PDF: a file of the person who adds it, which is read by the model at their cost."""

    kind: Literal["cv", "linkedin_pdf"]
    file_id: Annotated[str, StringConstraints(max_length=64)]


class ArchiveSource(Request):
    """What LinkedIn's archive has of the files and columns of `linkedin.json`, by their names there: rows of values.

    owner_name: as its profile says. confirmed_name: that the archive is the right one although the name is another's.
    """

    kind: Literal["linkedin"]
    owner_name: Line = ""
    files: Annotated[dict[str, list[dict[str, str]]], Field(max_length=50)]
    confirmed_name: Flag = False


class NoteSource(Request):
    """text: Markdown, shown as text."""

    kind: Literal["note"]
    title: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ENTRY_CHARACTERS), Storable]


class LinkSource(Request):
    kind: Literal["link"]
    label: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=WEB_ADDRESS)]


class NewSource(RootModel[FileSource | ArchiveSource | NoteSource | LinkSource]):
    """A source of one of its kinds."""

    root: Annotated[FileSource | ArchiveSource | NoteSource | LinkSource, Field(discriminator="kind")]


class SourceDeleted(Shape):
    source_id: str
    revision: int


class Decision(Request):
    """entry_id: whose value holds for all; null where all stay as they are."""

    entry_id: Annotated[str, StringConstraints(max_length=64)] | None


class QuestionsRequest(Request):
    language: Language


class QuestionsAsked(Shape):
    """They are in the draft's persona once they are written."""

    language: Language
