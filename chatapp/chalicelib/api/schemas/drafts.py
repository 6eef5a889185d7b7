"""An owner's twin on the wire: the draft with all that is set of it, and what is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from chalicelib.twin.rows import Kind, Language, Section, Status

from .people import Budget
from .texts import CONTACT, NO_WEB_ADDRESS, TWIN_DATE, WEB_ADDRESS, Request, Shape, Storable, boolean

MAX_ENTRY_CHARACTERS = 8_000
Line = Annotated[str, StringConstraints(max_length=300), Storable]
Short = Annotated[str, StringConstraints(max_length=1_000), Storable]
Date = Annotated[str, StringConstraints(pattern=TWIN_DATE)]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=NO_WEB_ADDRESS)]
Flag = Annotated[bool, BeforeValidator(boolean)]
Revision = Annotated[
    int,
    Field(ge=1, description="Of the draft that was read; where it is another one by now, nothing is changed (409)."),
]


def _once(languages: list[Language]) -> list[Language]:
    if len({*languages}) < len(languages):
        raise ValueError("names a language twice")
    return languages


class Link(Request):
    label: Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=WEB_ADDRESS)]


class Contact(Request):
    """url: a web address, or mailto:"""

    label: Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=CONTACT)]


class Texts(Request):
    """Of one language. off_limits: of what the twin does not speak; nobody else reads it."""

    greeting: Short
    suggested_questions: Annotated[list[Line], Field(max_length=6)]
    topics: Short
    off_limits: Annotated[list[Line], Field(max_length=20)]


class Persona(Request):
    """tone is told the twin alone. languages: the first where a visitor's is none of them."""

    name: Annotated[str, StringConstraints(max_length=100), Storable]
    headline: Line
    languages: Annotated[list[Language], Field(min_length=1, max_length=2), AfterValidator(_once)]
    texts: dict[Language, Texts]
    voice: Literal["first", "third"]
    tone: Short
    contact: Contact | None
    links: Annotated[list[Link], Field(max_length=10)]


class NewEntry(Request):
    """start, end: `2019-05`, `2019` or "". is_hidden: kept in the draft, and never published."""

    section: Section
    title: Line = ""
    subtitle: Line = ""
    start: Date = ""
    end: Date = ""
    place: Line = ""
    text: Annotated[str, StringConstraints(max_length=MAX_ENTRY_CHARACTERS), Storable] = ""
    url: Url = ""
    is_hidden: Flag = False


class EntryChange(Request):
    """What is left out stays."""

    section: Section | None = None
    title: Line | None = None
    subtitle: Line | None = None
    start: Date | None = None
    end: Date | None = None
    place: Line | None = None
    text: Annotated[str, StringConstraints(max_length=MAX_ENTRY_CHARACTERS), Storable] | None = None
    url: Url | None = None
    is_hidden: Flag | None = None


class Entry(Shape):
    entry_id: str
    section: Section
    source_ids: list[str]
    title: str
    subtitle: str
    start: str
    end: str
    place: str
    text: str
    url: str
    is_hidden: bool


class ChangedEntry(Entry):
    """revision: of the draft, now."""

    revision: int


class EntryDeleted(Shape):
    entry_id: str
    undo_until: str
    revision: int


class SourceError(Shape):
    code: str
    message: str


class Suggesting(Shape):
    """How it goes with the questions that were asked for last."""

    language: Language
    status: Literal["writing", "failed"]
    error: SourceError | None


class Source(Shape):
    """entries: how many of the draft's come from it."""

    source_id: str
    kind: Kind
    name: str
    status: Status
    error: SourceError | None
    added_at: str
    file_id: str | None
    entries: int


class ConflictingEntry(Shape):
    entry_id: str
    source_id: str
    value: str


class Conflict(Shape):
    """Where sources tell one thing differently."""

    conflict_id: str
    field: Literal["title", "start", "end", "place"]
    entries: list[ConflictingEntry]


class Page(Shape):
    """rendered_version: the version that the static page shows by now."""

    url: str
    rendered_version: int | None


class Version(Shape):
    version: int
    published_at: str
    is_current: bool


class Draft(Shape):
    """is_changed: whether it differs from what is published. photo_url: good for an hour."""

    handle: str
    revision: int
    persona: Persona
    sources: list[Source]
    entries: list[Entry]
    conflicts: list[Conflict]
    photo_url: str | None
    published_version: int | None
    published_at: str | None
    is_changed: bool
    page: Page
    daily_budget_usd: float
    monthly_budget_usd: float
    noindex: bool
    transcripts: bool
    suggesting: Suggesting | None
    versions: list[Version]


class TwinSummary(Shape):
    handle: str
    name: str
    revision: int
    published_version: int | None
    published_at: str | None
    is_changed: bool
    page: Page


class Twins(Shape):
    twins: list[TwinSummary]


class DraftChange(Request):
    """What is left out stays. daily_, monthly_budget_usd: null for the stage's own. persona: all of it."""

    revision: Revision
    persona: Persona | None = None
    daily_budget_usd: Budget | None = None
    monthly_budget_usd: Budget | None = None
    noindex: Flag | None = None
    transcripts: Flag | None = None


class TwinDeletion(Request):
    """handle: typed by whoever deletes the twin."""

    handle: str


class TwinDeleted(Shape):
    handle: str
    deleted: Literal[True] = True


class NewPhoto(Request):
    """data: a JPEG, PNG or WebP in Base64, of 512 KB at most."""

    data: str


class ChangedPhoto(Shape):
    photo_url: str | None
    revision: int


class Publication(Request):
    revision: Revision


class PublicationReply(Shape):
    version: int
    page: Page
