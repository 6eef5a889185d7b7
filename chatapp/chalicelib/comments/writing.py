"""Writing a comment: what is looked at first, and the one transaction that stores it.

One request reads all that is asked about (section, writer, comment that is replied to, what was sent before), one
writes. What was read may change in between: the writes' conditions tell, and all of it is read again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.aws.table import Item, Table, TransactionRefused, Write, batch_get, transact
from chalicelib.aws.table import Key as RowKey
from chalicelib.errors import (
    CommentGone,
    CommentsBanned,
    InvalidRequest,
    NotFound,
    RequestIdReused,
    SectionClosed,
    TooFast,
)
from chalicelib.ids import is_id, new_id
from chalicelib.optimistic import Changed, repeated
from chalicelib.people import rows as people
from chalicelib.people.rows import Person
from chalicelib.subjects import Subject

from . import names, repeats, rows, sections
from .rows import KEY_PREFIX, Comment, WhyHeld
from .states import PATIENCE_S

if TYPE_CHECKING:
    from chalicelib.services import Services

# A person reads, and types, for longer.
LEAST_S = 3


@dataclass(frozen=True, slots=True)
class New:
    """What is sent. website: of a field that people do not see. elapsed_ms: for how long the form was open."""

    section_id: str
    text: str
    request_id: str | None = None
    reply_to: str | None = None
    website: str = ""
    elapsed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, whose name is shown as the author's."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Writer:
    """name: None where their row tells it."""

    user_id: str
    is_owner: bool
    name: str | None = None


def write(services: Services, writer: Writer, new: New) -> Comment:
    """Store a comment, visible or held. The same request_id finds the same one.

    Raises what `_made` and `_answered` do (nothing stored), and Busy (safe to repeat with the same request_id).
    """
    _must_be_typed(new)
    return repeated(lambda: _attempt(services, writer, new), "This section is")


def by_key(services: Services, key: Key, new: New) -> Comment:
    """As `write`, for a script to which the owner gave a key: it is never held. Its limits are its caller's."""
    writer = Writer(KEY_PREFIX + key.id, is_owner=False, name=key.name)
    return repeated(lambda: _attempt(services, writer, new), "This section is")


def _must_be_typed(new: New) -> None:
    if new.website:
        raise InvalidRequest(
            "website", "must stay empty: people do not see this field, only robots fill it in", reason="not_taken"
        )
    if new.elapsed_ms is not None and new.elapsed_ms < LEAST_S * 1000:
        raise TooFast(LEAST_S)


@dataclass(frozen=True, slots=True)
class Place:
    """Of a root: its id, and where it stands."""

    id: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read: rows as they are, None where there is none."""

    section: Item | None
    owners: Item | None
    same: Item | None
    person: Item | None = None
    request: Item | None = None
    root: Item | None = None


def _attempt(services: Services, writer: Writer, new: New) -> Comment:
    known = _read(services, writer, new)
    if answered := _answered(services, known, new):
        return answered
    comment = _made(services, writer, new, known)
    stored = [
        services.commentaires.put(comment.to_item(), condition="attribute_not_exists(#id)"),
        sections.count(services, new.section_id, int(comment.shown), only_open=True),
        *_notes(services, writer, new, known, comment),
    ]
    _noted(services, writer, known, comment)
    try:
        transact(stored, patience_s=PATIENCE_S)
    except TransactionRefused as refused:
        raise Changed from refused
    logs.line("comment", held=comment.state == "held")
    return comment


def _noted(services: Services, writer: Writer, known: _Known, comment: Comment) -> None:
    """Note that a person was here, once an hour, by which one who goes is found; and an owner's name, once.

    Who was an owner has a name kept from others no more: it may have come back after it was let go of, by what they
    wrote in the seconds in which their token was still taken.
    """
    if writer.name is None:
        people.used(services, Person.from_item(writer.user_id, known.person))
    if writer.is_owner and not names.is_kept(known.owners, writer.user_id, comment.name):
        names.keep(services, writer.user_id, comment.name)
    elif not writer.is_owner and names.has_any(known.owners, writer.user_id):
        names.keep(services, writer.user_id, None)


def _read(services: Services, writer: Writer, new: New) -> _Known:
    comments = services.commentaires
    asked: dict[str, tuple[Table, RowKey]] = {
        "section": (services.sections, sections.key(new.section_id)),
        "owners": (comments, names.OWNERS_KEY),
        "same": (comments, _same_key(writer, new)),
    }
    if writer.name is None:
        asked["person"] = (services.people, people.key(Subject.of_owner(writer.user_id)))
    if new.request_id:
        asked["request"] = (comments, repeats.request_key(writer.user_id, new.request_id))
    if new.reply_to and is_id(new.reply_to):
        asked["root"] = (comments, rows.key(new.reply_to))
    return _Known(**dict(zip(asked, batch_get(*asked.values()), strict=True)))


def _answered(services: Services, known: _Known, new: New) -> Comment | None:
    """The comment that this request stored before, if any. Raises RequestIdReused and DuplicateComment."""
    if repeats.is_known(known.request):
        if known.request["digest"] != _digest(new):
            raise RequestIdReused
        return rows.get(services, known.request["comment_id"])
    repeats.must_be_new(services, known.same, new.text)
    return None


def _made(services: Services, writer: Writer, new: New, known: _Known) -> Comment:
    """The comment, once nothing speaks against it.

    Raises NotFound, SectionClosed, CommentsBanned, NameTaken and CommentGone.
    """
    if not sections.existing(known.section).open:
        raise SectionClosed
    name = _name(writer, known)
    root = _root(new, known)
    why_held = None if writer.name else _why_held(services, writer, known.person or {})
    comment_id, now = new_id(after=root.id if root else None), time.time()
    return Comment(
        id=comment_id,
        section=new.section_id,
        user_id=writer.user_id,
        name=name,
        is_owner=writer.is_owner,
        text=new.text,
        timestamp=rows.place(comment_id, now, root.timestamp if root else None),
        created_at=now,
        state="held" if why_held else "visible",
        reply_to=root.id if root else None,
        why_held=why_held,
    )


def _name(writer: Writer, known: _Known) -> str:
    if writer.name:
        return writer.name
    person = Person.from_item(writer.user_id, known.person)
    if person.comments_banned_at is not None:
        raise CommentsBanned
    # Also where it was chosen before an owner chose one like it, or by who was an owner then.
    if not writer.is_owner:
        names.must_be_free(known.owners, writer.user_id, person.display_name)
    return person.display_name


def _root(new: New, known: _Known) -> Place | None:
    """What a reply stands beneath: a reply to a reply stands beside it. Raises NotFound and CommentGone."""
    if new.reply_to is None:
        return None
    comment = Comment.from_item(known.root) if known.root else None
    if comment is None or comment.section != new.section_id or comment.state == "held":
        raise NotFound("comment", "reply_to")
    if not comment.shown:
        raise CommentGone
    return Place(comment.reply_to or comment.id, rows.root_place(comment.timestamp))


def _why_held(services: Services, writer: Writer, person: Item) -> WhyHeld | None:
    mode = services.settings.comments_mode
    if writer.is_owner or mode == "open":
        return None
    if mode == "approve":
        return "every"
    return None if "comments_approved_at" in person else "first"


def _notes(services: Services, writer: Writer, new: New, known: _Known, comment: Comment) -> list[Write]:
    same = repeats.text_noted(services, _same_key(writer, new), known.same, comment.id)
    if new.request_id is None:
        return [same]
    request = repeats.request_key(writer.user_id, new.request_id)
    return [same, repeats.request_noted(services, request, comment.id, _digest(new))]


def _same_key(writer: Writer, new: New) -> RowKey:
    return repeats.text_key(writer.user_id, new.section_id, new.reply_to, new.text)


def _digest(new: New) -> str:
    return repeats.digest(new.section_id, new.reply_to or "", new.text)
