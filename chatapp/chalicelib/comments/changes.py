"""What a writer does with a comment of their own, and what a reader does with another's: report it.

Another person's comment answers exactly like one that is not there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib import due, undo
from chalicelib.aws.table import ConditionFailed, Item, Write
from chalicelib.errors import CommentsBanned, Moderated, NotFound, TooLate
from chalicelib.ids import iso
from chalicelib.people import rows as people
from chalicelib.subjects import Subject
from chalicelib.undo import PurgeOrder

from . import repeats, rows, states
from .rows import EDIT_S, SHOWN, Comment, State

if TYPE_CHECKING:
    from chalicelib.services import Services

_IS_SHOWN = "#state IN (:visible, :reported)"
_NOT_YET = "(attribute_not_exists(#reporters) OR (NOT contains(#reporters, :me) AND size(#reporters) < :most))"
# Whoever comes later is heard, but not counted: a row holds 400 KB.
_MOST_REPORTERS = 500


def edit(services: Services, user_id: str, comment_id: str, text: str, *, is_owner: bool) -> Comment:
    """Change the text within 15 minutes; where every comment is looked at, this one is looked at again.

    Raises NotFound, TooLate, Moderated, DuplicateComment and CommentsBanned.
    """

    def decide(seen: Comment) -> tuple[State | None, Item]:
        _must_be(seen, user_id)
        if seen.state == "hidden" or seen.state is None:
            raise Moderated("The owner of this page has hidden this comment: it cannot be changed.")
        if seen.editable_until < time.time():
            raise TooLate(EDIT_S // 60)
        changed: Item = {"text": text, "edited_at": iso(time.time()), "revision": seen.revision + 1}
        if seen.shown and services.settings.comments_mode == "approve" and not is_owner:
            return "held", {**changed, "why_held": "edited"}
        return seen.state, changed

    def noted(seen: Comment) -> Write:
        key = repeats.text_key(user_id, seen.section, seen.reply_to, text)
        known = services.commentaires.find(key)
        repeats.must_be_new(services, known, text, seen.id)
        return repeats.text_noted(services, key, known, seen.id)

    if people.find(services, Subject.of_owner(user_id)).comments_banned_at is not None:
        raise CommentsBanned
    return states.change(services, comment_id, decide, noted)


def delete(services: Services, user_id: str, comment_id: str) -> float:
    """Hide a comment at once; it is purged once the undo time is over, whose end (Unix seconds) is returned."""

    def may(seen: Comment) -> None:
        _must_be(seen, user_id)

    return _deleted(services, comment_id, "author", may)


def delete_as_owner(services: Services, comment_id: str) -> float:
    return _deleted(services, comment_id, "owner", lambda seen: None)


def _deleted(services: Services, comment_id: str, by: str, may: Callable[[Comment], None]) -> float:
    """The purge is arranged first: should the process end in between, it finds a comment that was not deleted."""
    seen = rows.get(services, comment_id)
    may(seen)
    now = int(time.time())
    services.purges.once(*undo.purging(PurgeOrder("comment_id", Subject.of_owner(seen.user_id), comment_id), now))

    def decide(seen: Comment) -> tuple[State | None, Item] | None:
        if seen.deleted_at is not None:
            # Unless it is this very request that deleted it, and only its first reply was lost.
            if (seen.deleted_at, seen.deleted_by) == (now, by):
                return None
            raise NotFound("comment")
        may(seen)
        return None, {
            "was": seen.state,
            "deleted_at": now,
            "deleted_by": by,
            **due.at(now + undo.PURGE_AFTER_S, comment_id),
        }

    states.change(services, comment_id, decide)
    return now + undo.UNDO_S


def restore(services: Services, user_id: str, comment_id: str) -> Comment:
    """Bring back what its writer deleted, as it was, within the undo time. Raises NotFound."""

    def decide(seen: Comment) -> tuple[State | None, Item] | None:
        if seen.user_id != user_id or (seen.deleted_at is not None and seen.deleted_by != "author"):
            raise NotFound("comment")
        return undeleted(seen)

    return states.change(services, comment_id, decide)


def undeleted(seen: Comment) -> tuple[State | None, Item] | None:
    """The transition that brings back a deleted comment; None for one that is there. Raises NotFound once too late."""
    if seen.deleted_at is None:
        return None
    if seen.purging or seen.deleted_at < time.time() - undo.UNDO_S:
        raise NotFound("comment")
    return seen.was, {"was": None, "deleted_at": None, "deleted_by": None, **due.NEVER}


def report(services: Services, user_id: str, comment_id: str) -> None:
    """Count a report, once a person, and show it to the owner. Raises NotFound for what is not to be seen."""
    me = _reporter(user_id, comment_id)
    shown = {":visible": "visible", ":reported": "reported"}
    write = services.commentaires.update(
        rows.key(comment_id),
        "SET #state = :reported, #reports = if_not_exists(#reports, :none) + :one ADD #reporters :mine",
        {**shown, ":none": 0, ":one": 1, ":me": me, ":mine": {me}, ":most": _MOST_REPORTERS},
        condition=f"{_IS_SHOWN} AND {_NOT_YET}",
    )
    try:
        services.commentaires.write(write)
    except ConditionFailed as refused:
        if refused.item is None or refused.item.get("state") not in SHOWN:
            raise NotFound("comment") from refused


def _reporter(user_id: str, comment_id: str) -> str:
    """Who reported, for this comment alone: nothing of a person is left where they are deleted."""
    return hashlib.sha256(f"{comment_id}/{user_id}".encode()).hexdigest()[:24]


def _must_be(seen: Comment, user_id: str) -> None:
    if seen.user_id != user_id or seen.deleted_at is not None:
        raise NotFound("comment")
