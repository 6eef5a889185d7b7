"""Twins as visitors see them, on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from .texts import Request, RequestId, Shape, Text

MAX_QUESTION_CHARACTERS = 2_000

Question = Annotated[Text, StringConstraints(max_length=MAX_QUESTION_CHARACTERS)]
Language = Annotated[
    str, StringConstraints(max_length=16), Field(description="As `fr` or `en-GB`; others count as none.")
]


class NewVisit(Request):
    """language: the page's. referrer: the page that led here, of which the host alone is kept.

    remember: the visitor lets the twin know on their next visit what they asked on this one; with `previous_token`, of
    such a visit, it knows now. transcript: false for a visitor who wants none.
    """

    language: Language = ""
    referrer: Annotated[str, StringConstraints(max_length=2_000)] = ""
    remember: bool = False
    previous_token: Annotated[str, StringConstraints(max_length=1_000)] | None = None
    transcript: bool = True


class Visit(Shape):
    visit_id: str
    token: str
    expires_in_s: int
    transcript: bool = Field(description="Whether a transcript of this visit is kept.")


class NewQuestion(Request):
    text: Question
    request_id: RequestId
    language: Language = ""


class Rating(Request):
    rating: Literal["up", "down"] | None


class Rated(Shape):
    message_id: str
    rating: Literal["up", "down"] | None


class TranscriptLine(Shape):
    """cited: ids of the entries that an answer rests on."""

    at: str
    message_id: str
    role: Literal["user", "assistant"]
    status: str
    text: str
    cited: list[str]


class VisitExport(Shape):
    """All that is kept of a visit. earlier: what the visitor had asked on visits before, which they let it know."""

    visit_id: str
    handle: str
    began_at: str
    language: str
    referrer: str
    remember: bool
    transcript: bool
    earlier: list[str]
    lines: list[TranscriptLine]


class VisitErased(Shape):
    erased: Literal[True] = True


class PublicEntry(Shape):
    """start, end: `YYYY`, `YYYY-MM` or empty."""

    entry_id: str
    title: str
    subtitle: str
    start: str
    end: str
    place: str
    text: str
    url: str


class ProfileSection(Shape):
    section: str
    entries: list[PublicEntry]


class ProfileLimits(Shape):
    max_text_characters: int = MAX_QUESTION_CHARACTERS


class Profile(Shape):
    """What anybody may read of a twin. texts: by language, of which the first is the default.

    resting_until: when it answers again; null while it does.
    """

    handle: str
    version: int
    published_at: str
    name: str
    headline: str
    voice: Literal["first", "third"]
    languages: list[str]
    texts: dict[str, dict[str, Any]]
    contact: dict[str, Any] | None
    links: list[dict[str, Any]]
    photo_url: str | None
    sections: list[ProfileSection]
    limits: ProfileLimits = ProfileLimits()
    resting_until: str | None
    transcripts: bool
    transcript_days: int


class Preview(Shape):
    """A visit in which an owner tries the draft; profile: as the draft's page would say it."""

    visit_id: str
    token: str
    expires_in_s: int
    profile: Profile
