"""Who is an owner changes alone: whoever makes a change is an owner then, and after it one is left.

Cognito has no conditions, and its lists lag behind. So one change of owners is made at a time, by a row in the table of
usage that its maker holds; and who is one is asked by their name. A request of somebody's whose rights are taken away
while it is under way finds them gone, and cannot give them back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from chalicelib.aws.accounts import Account, Missing
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed
from chalicelib.errors import Conflict, LastOwner

from .rules import OWNERS, Rule, check

if TYPE_CHECKING:
    from chalicelib.services import Services

_CHANGE = {"subject": "owners", "period": "change"}
# Longer than any request of ours lasts: whoever has not let go by then is dead.
_HELD_S = 60


@contextmanager
def changed(services: Services, by: str) -> Iterator[None]:
    """Change who is an owner within it. by: the `sub` of whoever does so.

    Raises Forbidden where they are none any more, and Conflict while another such change is being made.
    """
    holder = _take(services)
    try:
        check(Rule.OWNERS, {OWNERS} if _is_owner(services, by) else ())
        yield
    finally:
        _let_go(services, holder)


@contextmanager
def one_less(services: Services, account: Account, by: str) -> Iterator[None]:
    """Take an owner's rights away within it. Raises LastOwner, and as `changed` does."""
    with changed(services, by):
        if not any(_is_owner(services, each.sub) for each in services.pool.members(OWNERS) if each.sub != account.sub):
            raise LastOwner
        yield


def _take(services: Services) -> str:
    holder, now = secrets.token_hex(8), int(time.time())
    table = services.usage
    taken = table.change(
        _CHANGE,
        {"holder": holder, "until": now + _HELD_S},
        condition="attribute_not_exists(#holder) OR #until < :now",
        values={":now": now},
    )
    try:
        table.write(taken)
    except ConditionFailed as refused:
        # Unless it is this very write that was made, and only its first reply was lost.
        if (refused.item or {}).get("holder") != holder:
            raise Conflict("Another owner is being changed at this moment. Repeat the request.") from refused
    return holder


def _let_go(services: Services, holder: str) -> None:
    """What cannot be let go of now is free within the minute."""
    table = services.usage
    free = table.change(
        _CHANGE, {"holder": None, "until": None}, condition="#holder = :holder", values={":holder": holder}
    )
    with suppress(ConditionFailed, Busy):
        table.write(free)


def _is_owner(services: Services, sub: str) -> bool:
    """Whether somebody can do what owners do: an invitation that was never taken up lets nobody in."""
    found = services.accounts.find(sub)
    with suppress(Missing):
        return found is not None and found.status == "active" and OWNERS in services.accounts.groups(sub)
    return False
