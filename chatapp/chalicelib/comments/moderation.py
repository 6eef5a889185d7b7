"""What an owner does with others' comments: lists of them, and one transition at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Literal

from chalicelib import cursors
from chalicelib.aws.table import Item
from chalicelib.errors import CommentChanged, Moderated, NotFound
from chalicelib.people import rows as people
from chalicelib.subjects import Subject

from . import changes, rows, states
from .rows import KEY_PREFIX, SHOWN, STATES, Comment, State

if TYPE_CHECKING:
    from chalicelib.services import Services

Action = Literal["approve", "hide", "restore", "delete"]
Queue = Literal["held", "reported", "all"]
_OF_STATE: dict[Queue, tuple[State, ...]] = {"held": ("held",), "reported": ("reported",), "all": STATES}
# After every id.
_FROM_THE_NEWEST = "~"


def queue(
    services: Services, state: Queue, user_id: str | None, *, limit: int, cursor: str | None
) -> tuple[list[Comment], str | None]:
    """Newest first, deleted ones left out; of one writer where a user_id is given: then a page may be short."""
    start = cursors.read(cursor, ("id",), {})
    before = start["id"] if start else _FROM_THE_NEWEST
    wanted = _OF_STATE[state]
    if user_id:
        return _of_author(services, user_id, wanted, before, limit)
    lists = [_of_state(services, each, before, limit) for each in wanted]
    found = list(islice(heapq.merge(*lists, key=lambda each: each.id, reverse=True), limit + 1))
    return found[:limit], cursors.write([found[limit - 1].id]) if len(found) > limit else None


def _of_state(services: Services, state: State, before: str, limit: int) -> Iterator[Comment]:
    page = services.comments_by_state.query(
        "#state = :state AND #id < :before", {":state": state, ":before": before}, limit=limit + 1, newest_first=True
    )
    return map(Comment.from_item, page.items)


def _of_author(
    services: Services, user_id: str, wanted: tuple[State, ...], before: str, limit: int
) -> tuple[list[Comment], str | None]:
    found: list[Comment] = []
    for _ in range(cursors.MAX_QUERIES):
        page = services.comments_by_author.query(
            "#user_id = :user_id AND #id < :before",
            {":user_id": user_id, ":before": before},
            limit=cursors.ROWS_A_QUERY,
            newest_first=True,
        )
        written = [Comment.from_item(item) for item in page.items]
        found += [each for each in written if each.state in wanted]
        if len(found) > limit:
            return found[:limit], cursors.write([found[limit - 1].id])
        if page.last_key is None:
            return found, None
        before = page.last_key["id"]
    return found, cursors.write([before])


def act(services: Services, comment_id: str, action: Action, revision: int) -> Comment:
    """One transition. Where somebody else has made it already, nothing more happens.

    revision: of the text that was looked at; no other one is shown. Raises NotFound, CommentChanged, and Moderated
    where somebody else has decided otherwise meanwhile.
    """
    if action == "delete":
        # Twice is once: what is deleted, and not purged yet, is shown as it is.
        with suppress(NotFound):
            changes.delete_as_owner(services, comment_id)
        comment = rows.find(services, comment_id)
        if comment is None:
            raise NotFound("comment")
        return comment
    decided = {"approve": _approve, "hide": _hide, "restore": _restore}[action]

    def decide(seen: Comment) -> tuple[State | None, Item] | None:
        transition = decided(seen)
        if transition is not None and transition[0] in SHOWN and seen.revision != revision:
            raise CommentChanged
        return transition

    after = states.change(services, comment_id, decide)
    if action in ("approve", "restore") and after.shown and not after.user_id.startswith(KEY_PREFIX):
        people.trusted(services, Subject.of_owner(after.user_id))
    return after


def _approve(seen: Comment) -> tuple[State | None, Item] | None:
    _must_be_there(seen)
    if seen.state == "hidden":
        raise Moderated("Somebody else has hidden this comment meanwhile; restore it if it is to be seen.")
    return None if seen.state == "visible" else ("visible", {"why_held": None, "reports": None})


def _hide(seen: Comment) -> tuple[State | None, Item] | None:
    """What a ban has hidden stays so after it."""
    _must_be_there(seen)
    if seen.state == "hidden" and seen.hidden_by == "owner":
        return None
    return "hidden", {"hidden_by": "owner", "before_ban": None}


def _restore(seen: Comment) -> tuple[State | None, Item] | None:
    """What is hidden, or was deleted by an owner within the undo time."""
    if seen.deleted_at is not None and seen.deleted_by == "owner":
        return changes.undeleted(seen)
    _must_be_there(seen)
    if seen.state == "held":
        raise Moderated("This comment was never seen; approve it if it is to be.")
    if seen.state != "hidden":
        return None
    return "visible", {"hidden_by": None, "before_ban": None, "why_held": None, "reports": None}


def _must_be_there(seen: Comment) -> None:
    if seen.deleted_at is not None:
        raise NotFound("comment")
