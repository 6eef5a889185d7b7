"""A mail a day of what waits for the owner: counts and where to look, nobody's text; none where there is nothing."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib import logs

from .rows import State

if TYPE_CHECKING:
    from chalicelib.services import Services

_DAY_S = 86_400
# More than this is told as that: a mail need not count them.
_MOST = 1_000
_FROM_THE_FIRST = "0"
_STATES: dict[str, tuple[State, ...]] = {"held": ("held",), "reported": ("reported",), "new": ("visible", "reported")}
_SAID = {
    "held": ("{} waiting for you to approve", "/moderation?state=held"),
    "reported": ("{} reported by readers", "/moderation?state=reported"),
    "new": ("{} new since yesterday", "/moderation?state=all"),
}


def send(services: Services) -> None:
    """Tell what the setting names. A run that is repeated after its mail went out sends another. Raises Busy."""
    found = {kind: _count(services, kind) for kind in services.settings.digest}
    told = {kind: count for kind, count in found.items() if count}
    if told:
        subject = ", ".join(f"{_many(count)} {kind}" for kind, count in told.items())
        services.topic.publish(f"Comments: {subject}", _text(services, told))
    logs.line("digest", **found, sent=bool(told))


def _text(services: Services, told: dict[str, int]) -> str:
    lines = [f"{_said(kind, count)}\n{services.settings.site_origin}{_SAID[kind][1]}" for kind, count in told.items()]
    how = "Which of these you are told is the setting `digest`."
    return "\n\n".join([f"Comments on {services.settings.site_origin}", *lines, how]) + "\n"


def _said(kind: str, count: int) -> str:
    return _SAID[kind][0].format(f"{_many(count)} comment{'s' if count > 1 else ''}")


def _many(count: int) -> str:
    return f"{count:,}" if count < _MOST else f"{_MOST:,} or more"


def _count(services: Services, kind: str) -> int:
    since = _first_id(time.time() - _DAY_S) if kind == "new" else _FROM_THE_FIRST
    return sum(_in(services, state, since) for state in _STATES[kind])


def _in(services: Services, state: State, since: str) -> int:
    """Without what owners wrote: nobody is told of that. What waits, or was reported, is none of theirs."""
    values = {":state": state, ":since": since}
    found = services.comments_by_state.rows("#state = :state AND #id > :since", values)
    return sum(1 for _ in islice((each for each in found if not each.get("is_owner")), _MOST))


def _first_id(time_s: float) -> str:
    """What sorts before every id of that time and later: a UUIDv7 begins with its milliseconds."""
    digits = f"{round(time_s * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"
