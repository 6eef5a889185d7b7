"""Comments, sections and their moderation on the wire.

What everybody may read names nobody: an author is a name of their own choice, and whether they own the page.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from chalicelib.comments import texts

from .texts import SECTION_ID, WEB_ADDRESS, ListQuery, Request, RequestId, Shape, boolean

MAX_COUNTED_SECTIONS = 100
# Of a request's text, before it is cleaned.
_MAX_RAW_CHARACTERS = 20_000

SectionId = Annotated[str, StringConstraints(pattern=SECTION_ID)]
CommentText = Annotated[
    str,
    StringConstraints(max_length=_MAX_RAW_CHARACTERS),
    AfterValidator(texts.cleaned),
    Field(description=f"Plain text, at most {texts.MAX_CHARACTERS:,} characters once what is invisible is taken out."),
]
Status = Literal["held", "visible", "hidden", "deleted"]
WhyHeld = Literal["first", "every", "edited"]


def _section_ids(text: object) -> object:
    """`a,b,c` as a list without what is said twice."""
    if not isinstance(text, str):
        raise ValueError("must be names of sections with commas between them")  # noqa: TRY004
    found = list(dict.fromkeys(part for part in text.split(",") if part))
    if not 1 <= len(found) <= MAX_COUNTED_SECTIONS:
        raise ValueError(f"takes 1 to {MAX_COUNTED_SECTIONS} sections, not {len(found)}")
    if unknown := [each for each in found if not is_section_id(each)]:
        raise ValueError(f"“{unknown[0][:40]}” is no name of a section")
    return found


def is_section_id(text: str) -> bool:
    return re.fullmatch(SECTION_ID, text) is not None


class Author(Shape):
    name: str
    is_owner: bool


class Comment(Shape):
    """As everybody reads it. A comment that is gone, but has replies, keeps its place: without text and author.

    replies: of a comment that is no reply, oldest first. Where they are more than a page holds, they go on at the
    beginning of the next: as comments of their own, whose `reply_to` names the comment of the page before.
    """

    id: str
    sectionId: str
    text: str
    author: Author | None
    timestamp: str
    edited_at: str | None
    reply_to: str | None
    replies: list[Comment] = Field(default=[])
    status: Literal["visible", "deleted"]


class MyComment(Shape):
    """As its writer reads it. why_held: until it is looked at; `first` of theirs, since `every` one is, or `edited`."""

    id: str
    sectionId: str
    text: str
    author: Author
    timestamp: str
    edited_at: str | None
    reply_to: str | None
    status: Status
    editable_until: str | None
    why_held: WhyHeld | None


class ModeratedComment(MyComment):
    """As an owner reads it. user_id: of its writer, `key:ID` for a script; reports: how many people reported it.

    revision: of its text, which a decision about it names.
    """

    user_id: str
    reports: int
    revision: int


class NewComment(Request):
    """website: a field that people do not see. elapsed_ms: for how long the form was open."""

    sectionId: SectionId
    text: CommentText
    request_id: RequestId | None = None
    reply_to: str | None = None
    website: str = ""
    elapsed_ms: Annotated[int, Field(ge=0)] | None = None


class CommentChange(Request):
    text: CommentText


class CommentsQuery(ListQuery):
    """Shorter pages than elsewhere: anybody may ask, as often as the gateway lets them."""

    limit: Annotated[int, Field(ge=1, le=50)] = 30
    sectionId: SectionId


class OwnCommentsQuery(ListQuery):
    sectionId: SectionId


class CountsQuery(Shape):
    model_config = ConfigDict(extra="forbid")
    sectionIds: Annotated[list[str], BeforeValidator(_section_ids)]


class Section(Shape):
    """url: of the page on which it stands. open: whether it takes new comments."""

    section_id: str
    title: str
    url: str
    open: bool


class CountedSection(Section):
    """visible: how many comments everybody sees."""

    visible: int


class Sections(Shape):
    sections: list[CountedSection]


class SectionChange(Request):
    title: Annotated[str, StringConstraints(max_length=1_000), AfterValidator(texts.line)]
    url: Annotated[str, StringConstraints(max_length=1_000, pattern=WEB_ADDRESS)]
    open: Annotated[bool, BeforeValidator(boolean)] = True


class Comments(Shape):
    section: Section
    comments: list[Comment]
    next_cursor: str | None


class Counts(Shape):
    """By section. Those that are not known are left out, so that there may be fewer than were asked for."""

    counts: dict[str, int]


class MyComments(Shape):
    comments: list[MyComment]
    next_cursor: str | None


class CommentDeleted(Shape):
    id: str
    undo_until: str


class Reported(Shape):
    id: str
    reported: Literal[True] = True


class ModerationQuery(ListQuery):
    """user_id: of one writer alone."""

    state: Literal["held", "reported", "all"] = "held"
    user_id: Annotated[str, StringConstraints(max_length=64)] | None = None


class ModeratedComments(Shape):
    comments: list[ModeratedComment]
    next_cursor: str | None


class Moderation(Request):
    """revision: of the text that was looked at: where it is another one by now, the comment is not shown (409)."""

    action: Literal["approve", "hide", "restore", "delete"]
    revision: Annotated[int, Field(ge=0)]


class Ban(Shape):
    """comments_banned_at: since when they may not write; null: they may. Their comments follow within a minute."""

    user_id: str
    comments_banned_at: str | None
