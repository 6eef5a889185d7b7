"""Keeping a person from commenting, with all that they wrote: by many transitions, which have a function's time.

The ban stands on the person's row, and refuses what is written from then on. What was under way when it was set, and
what the index did not show yet, is found by going through everything again until nothing more may come.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import Item
from chalicelib.errors import InvalidRequest, NotFound, Unavailable
from chalicelib.ids import is_id
from chalicelib.people import rows as people
from chalicelib.subjects import Subject

from . import states
from .reading import OF_AUTHOR
from .rows import Comment, State

if TYPE_CHECKING:
    from chalicelib.services import Services

What = Literal["hide", "show"]
# A request that was let in just before may still store something; the API's time-out is 29 s.
UNDER_WAY_S = 35
PAUSE_S = 5.0
# Of a run: what is begun by then has time to end.
_LAST_S = 30.0
_BY = "ban"


def ban(services: Services, user_id: str, by: str) -> int:
    """Take no more comments of a person, and have all hidden that they wrote. Returns since when (Unix seconds).

    Safe to repeat. Raises NotFound where nobody is called so, or no more, InvalidRequest for oneself, and Unavailable:
    then it is to be repeated.
    """
    if user_id == by:
        raise InvalidRequest("user_id", "is yours: nobody bans themselves", reason="not_taken")
    now = int(time.time())
    # Once the ban is lifted, their first comment is held anew.
    people.change(services, _person(services, user_id), comments_banned_at=now, comments_approved_at=None)
    _have_done(services, user_id, "hide")
    return now


def lift(services: Services, user_id: str) -> None:
    """Take comments of a person again, and have those shown that went with the ban. As `ban`."""
    people.change(services, _person(services, user_id), comments_banned_at=None)
    _have_done(services, user_id, "show")


def _person(services: Services, user_id: str) -> Subject:
    """Somebody who has an account: of who has none there is to be no row."""
    if not is_id(user_id) or services.accounts.find(user_id) is None:
        raise NotFound("person", "user_id")
    return Subject.of_owner(user_id)


def _have_done(services: Services, user_id: str, what: What) -> None:
    try:
        services.purgings.invoke({"user_id": user_id, "comments": what})
    except NotStarted as error:
        raise Unavailable("The comments could not be changed now. Repeat the request as it was.") from error


def carry_out(services: Services, payload: dict[str, Any], remaining_s: float) -> dict[str, Any]:
    """Hide or show all comments of a person, unless somebody has decided otherwise meanwhile. Safe to repeat.

    A run that has no more time raises TimeoutError, and so is repeated by Lambda: it finds what is left.
    """
    user_id, what = payload["user_id"], payload["comments"]
    until = time.monotonic() + remaining_s - _LAST_S
    changed = 0
    while True:
        banned_at = people.find(services, Subject.of_owner(user_id)).comments_banned_at
        if (banned_at is None) == (what == "hide"):
            break
        begun_at = time.time()
        changed += _pass(services, user_id, what, until)
        if banned_at is None or banned_at + UNDER_WAY_S < begun_at:
            break
        time.sleep(PAUSE_S)
    logs.line("comments of a person", order=what, changed=changed)
    return {"done": True}


def _pass(services: Services, user_id: str, what: What, until: float) -> int:
    changed = 0
    for item in services.comments_by_author.rows(OF_AUTHOR, {":user_id": user_id}):
        if time.monotonic() > until:
            raise TimeoutError("more comments than one run changes")
        decide = _hide if what == "hide" else _show
        if decide(Comment.from_item(item)) is not None:
            with suppress(NotFound):  # its writer deleted it, and it was purged
                states.change(services, item["id"], decide)
                changed += 1
    return changed


def _hide(seen: Comment) -> tuple[State | None, Item] | None:
    if seen.deleted_at is not None or seen.state == "hidden":
        return None
    return "hidden", {"hidden_by": _BY, "before_ban": seen.state}


def _show(seen: Comment) -> tuple[State | None, Item] | None:
    if seen.deleted_at is not None or seen.state != "hidden" or seen.hidden_by != _BY:
        return None
    return seen.before_ban or "held", {"hidden_by": None, "before_ban": None}
