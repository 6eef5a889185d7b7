"""The rows of a twin, all under its handle, and where its objects lie.

    twin                    the head: whose it is, the draft's revision, what is published, what its owner has set
    draft/persona           draft/photo         draft/entry/ID      draft/source/ID     draft/decision/ID
    version/000001          one that was published; its snapshot is an object
    published               what everybody reads: one row, so that one request answers
    question/ID             what a visitor asked and the sources do not hold
    day/2026-11-28          what is counted of a day

Each thing that changes by itself is a row of its own: two owners who work on two entries are not in each other's way.
One more partition, whose name no handle can have, lists the twins of the stage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.aws.table import Item, Key
from chalicelib.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.services import Services

Section = Literal[
    "about",
    "experience",
    "education",
    "skills",
    "certifications",
    "projects",
    "publications",
    "languages",
    "volunteering",
    "honors",
    "courses",
    "organizations",
    "test_scores",
    "recommendations",
    "posts",
    "notes",
    "links",
]
Language = Literal["fr", "en"]
Kind = Literal["cv", "linkedin", "linkedin_pdf", "note", "link"]
Status = Literal["reading", "ready", "failed"]

# Of the owner's page at the site's root.
ROOT = "me"
HANDLE = r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$"
TWINS = ".twins"
HEAD, PUBLISHED, PERSONA, PHOTO = "twin", "published", "draft/persona", "draft/photo"
DRAFT, ENTRY, SOURCE, DECISION = "draft/", "draft/entry/", "draft/source/", "draft/decision/"
VERSION, QUESTION, DAY = "version/", "question/", "day/"


@dataclass(frozen=True, slots=True)
class Head:
    """user_id: of whoever made the twin, with whom it goes. revision: goes up with each change of the draft.

    published_revision: the draft's as it was published. next_version: none has this number or a higher one.
    draft_bytes: what persona and entries take. page_version: that the static page shows.
    daily_, monthly_budget_micro_usd: where an owner has set one. suggesting: see there.
    """

    handle: str
    user_id: str
    created_at: str
    revision: int
    next_version: int = 1
    published_version: int | None = None
    published_revision: int | None = None
    published_at: str | None = None
    page_version: int | None = None
    daily_budget_micro_usd: int | None = None
    monthly_budget_micro_usd: int | None = None
    noindex: bool = False
    transcripts: bool = True
    suggesting: Mapping[str, Any] | None = None
    draft_bytes: int = 0
    deleted_at: int | None = None

    @classmethod
    def from_item(cls, item: Item) -> Head:
        return cls(**{name: item[name] for name in cls.__slots__ if name in item})


@dataclass(frozen=True, slots=True)
class Texts:
    """What the twin says and is told in one language. off_limits: of which it does not speak; private."""

    greeting: str = ""
    suggested_questions: tuple[str, ...] = ()
    topics: str = ""
    off_limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Persona:
    """Whom the twin speaks for. languages: the first where a visitor's is none of them. tone: private."""

    name: str = ""
    headline: str = ""
    languages: tuple[Language, ...] = ("fr", "en")
    texts: Mapping[Language, Texts] = field(default_factory=dict)
    voice: Literal["first", "third"] = "first"
    tone: str = ""
    contact: Link | None = None
    links: tuple[Link, ...] = ()

    @classmethod
    def from_item(cls, item: Item) -> Persona:
        """item: a row's `persona`, or a snapshot's."""
        contact = item["contact"]
        return cls(
            name=item["name"],
            headline=item["headline"],
            languages=tuple(item["languages"]),
            texts={
                language: Texts(of["greeting"], tuple(of["suggested_questions"]), of["topics"], tuple(of["off_limits"]))
                for language, of in item["texts"].items()
            },
            voice=item["voice"],
            tone=item["tone"],
            contact=Link(contact["label"], contact["url"]) if contact else None,
            links=tuple(Link(each["label"], each["url"]) for each in item["links"]),
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is told of the owner. start, end: `2019-05`, `2019` or ""."""

    entry_id: str
    section: Section
    title: str = ""
    subtitle: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    text: str = ""
    url: str = ""
    source_ids: tuple[str, ...] = ()
    is_hidden: bool = False

    @classmethod
    def from_item(cls, item: Item) -> Entry:
        """item: a row, or of a snapshot."""
        given = {name: item[name] for name in cls.__slots__ if name in item}
        return cls(**{**given, "source_ids": tuple(item.get("source_ids", ()))})


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from. error: why it could not be read. file_id: of a CV, the file that was read."""

    source_id: str
    kind: Kind
    name: str
    status: Status
    added_at: str
    file_id: str | None = None
    error: Mapping[str, str] | None = None

    @classmethod
    def from_item(cls, item: Item) -> Source:
        return cls(**{name: item[name] for name in cls.__slots__ if name in item})


@dataclass(frozen=True, slots=True)
class Photo:
    """sha: of its bytes, SHA-256 in hexadecimal. type: JPEG, PNG or WebP, as the bytes say."""

    sha: str
    type: str


@dataclass(frozen=True, slots=True)
class Version:
    """digest: of the snapshot's object, SHA-256 in hexadecimal. revision: of the draft that it was made of."""

    version: int
    published_at: str
    by: str
    digest: str
    size: int
    revision: int


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody reads. profile: gzipped JSON (`publication.profile`), which no setting changes."""

    version: int
    published_at: str
    profile: bytes


def key(handle: str, item: str = HEAD) -> Key:
    """Raises NotFound for what no twin is called."""
    if not re.fullmatch(HANDLE, handle):
        raise NotFound("twin", "handle")
    return {"handle": handle, "item": item}


def persona_item(persona: Persona) -> Item:
    """The attribute of its row."""
    return {"persona": json.loads(json.dumps(asdict(persona)))}


def listed(handle: str) -> Key:
    """Of the row by which a list of twins finds this one."""
    return {"handle": TWINS, "item": handle}


def find(services: Services, handle: str) -> Head | None:
    """The head of a twin, also of one that is being removed. Raises NotFound for what no twin is called."""
    item = services.twins.find(key(handle))
    return Head.from_item(item) if item else None


def get(services: Services, handle: str) -> Head:
    """Raises NotFound, also for a twin that is deleted."""
    return existing(find(services, handle))


def is_same(item: Item | None, born_at: str) -> bool:
    """Whether a head is that of the twin made then, and it is not deleted."""
    return item is not None and "deleted_at" not in item and item["created_at"] == born_at


def existing(head: Head | None) -> Head:
    if head is None or head.deleted_at is not None:
        raise NotFound("twin", "handle")
    return head


def published(services: Services, handle: str) -> Published:
    """What everybody reads of a twin, by one request. Raises NotFound alike for whatever nobody can read."""
    item = services.twins.find(key(handle, PUBLISHED))
    if item is None:
        raise NotFound("twin", "handle")
    return Published(item["version"], item["published_at"], bytes(item["profile"]))


def snapshot_key(handle: str, version: int) -> str:
    return f"twins/{handle}/versions/{version:06}.json.gz"


def preview_key(handle: str, revision: int) -> str:
    return f"previews/{handle}/{revision}.json.gz"


def photo_key(handle: str, sha: str) -> str:
    return f"twins/{handle}/photo-{sha[:16]}"


def size(values: Mapping[str, Any] | Sequence[Any]) -> int:
    """What something of a draft counts for: its text, and a little for being there."""
    return len(json.dumps(values, ensure_ascii=False).encode()) + 100
