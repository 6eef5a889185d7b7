"""How often something may be done: metered before anything expensive, exactly, by GCRA (`gcra`) on rows of counts.

A row (`rate:<what>` of whoever is counted, in the table of `usage`) keeps one time, and is moved by plain updates, each
conditional on where it starts; so that everybody's requests may meet at the stage's row, where transactions would
refuse each other:

    idle    tat = now + interval     where nothing is missing any more: the usual request ends here
    busy    tat = tat + interval     where `tat` lies between now and the limit

Idle is tried first. A row is not idle again for an interval, so whoever loses that race is sent on to `busy` with the
row at hand: two requests a row at most, one where the limit is reached, and what passes is exactly the quota. Where a
unit is given back between the two, the row may be idle again, and whoever meets that waits a second for nothing.

Several rows are taken one after the other, the caller's own first. Where a later one refuses, or cannot be asked, the
earlier ones are given back. What a crash between two of them has taken comes back by itself, one interval later; and so
does a unit that was taken twice since a reply was lost.

Now is by the clock of the function that serves the request. AWS keeps those within milliseconds of each other: one that
is ahead lets through what a caller would have had that much later, at most.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html

A repeat of a request is a request: it costs the database as much, and whoever repeats one without end is to be stopped.
What it would have got is not lost: it gets the same a moment later.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Key
from chalicelib.errors import RateLimited
from chalicelib.settings import Limit
from chalicelib.subjects import Subject

from . import addresses, gcra, usage

if TYPE_CHECKING:
    from chalicelib.services import Services

What = Literal["sends", "uploads", "sockets", "connects", "comments", "visits", "signups"]

# Of a row of rates: it is followed by what is done.
PERIOD = "rate:"
# Rows outlive their limit's window by so much, whatever the clock by which DynamoDB removes them.
_KEPT_S = 3_600
# As a refusal names them.
_NAMED: Mapping[What, str] = {
    "sends": "messages",
    "uploads": "files",
    "sockets": "connections",
    "connects": "connections",
    "comments": "comments",
    "visits": "visits",
    "signups": "sign-ups",
}
_FROM = {
    "person": "from you",
    "visit": "from this visit",
    "key": "with this key",
    "ip": "from your address",
    "twin": "to this twin",
    usage.STAGE: "on this site",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, as API Gateway saw them.

    subject: a person or a visit; None for nobody in particular. ip: of the other end of the connection. key_id: of the
    API key that was shown; "" for none. group: of a person (`owners`, `members` or `none`). twin: the handle of the one
    that is asked; "" where none is, or its owner tries it.
    """

    subject: Subject | None
    ip: str
    key_id: str = ""
    group: str = "none"
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of one limit. policy: its name. more_in_s: until one unit more is there; 0 where none is missing."""

    policy: str
    limit: Limit
    left: int
    more_in_s: int


@dataclass(frozen=True, slots=True)
class _Row:
    """scope: who is counted there, as the policy's name says it."""

    counted: str
    scope: str
    limit: Limit


class _Refused(Exception):
    def __init__(self, tat_us: int) -> None:
        super().__init__("refused")
        self.tat_us = tat_us


def take(services: Services, what: What, caller: Caller, *, own: Limit | None = None) -> list[Remaining]:
    """Take one unit of each limit that holds for a caller; what is left of the caller's own ones.

    own: the limit of an API key, where its row has one. Raises RateLimited and Busy, with nothing taken.
    """
    now_us = time.time_ns() // 1_000
    taken: list[_Row] = []
    remaining: list[Remaining] = []
    for row in _rows(services, what, caller, own, now_us):
        try:
            tat_us = _take(services, row, what, now_us)
        except _Refused as refused:
            _give_back(services, taken, what)
            raise _refusal(what, row, refused.tat_us, now_us) from refused
        except Busy:
            _give_back(services, taken, what)
            raise
        taken.append(row)
        # How busy everybody is together is nobody's business.
        if row.scope not in (usage.STAGE, "twin"):
            remaining.append(_remaining(what, row, tat_us, now_us))
    return remaining


def may_mail(services: Services, what: What, email: str) -> bool:
    """Take one mail of those that an address may get for something; False where none is left. Raises Busy.

    Nobody is told: it would say of an address that somebody has given it.
    """
    limit = services.settings.rates["recipients"].get(what)
    if limit is None:
        return True
    now_us = time.time_ns() // 1_000
    counted = addresses.recipient(email, services.address_key.value(), now_us // 1_000_000)
    try:
        _take(services, _Row(counted, "recipient", limit), what, now_us)
    except _Refused:
        return False
    return True


def headers(remaining: Sequence[Remaining]) -> dict[str, str]:
    """What is left, as HTTP says it: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11

    Structured fields (RFC 9651), lists of strings with parameters: `q` units come back within `w` seconds; `r` are
    left, and in `t` seconds there will be one more.
    """
    if not remaining:
        return {}
    policies = (f'"{each.policy}";q={each.limit.quota};w={each.limit.window_s}' for each in remaining)
    left = (f'"{each.policy}";r={each.left};t={each.more_in_s}' for each in remaining)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}


def _rows(services: Services, what: What, caller: Caller, own: Limit | None, now_us: int) -> Iterable[_Row]:
    """Whom a request is counted for: the address of whoever is not known otherwise, the caller, and the stage."""
    rates = services.settings.rates
    of_address = rates["ips"].get(what)
    if of_address and not caller.key_id and (caller.subject is None or caller.subject.kind == "visit"):
        yield _Row(addresses.counted(caller.ip, services.address_key.value(), now_us // 1_000_000), "ip", of_address)
    if caller.key_id:
        of_caller, counted, scope = own or rates["keys"].get(what), f"key:{caller.key_id}", "key"
    elif caller.subject is not None:
        is_visit = caller.subject.kind == "visit"
        of_caller = rates["visits" if is_visit else caller.group].get(what)
        counted, scope = str(caller.subject), "visit" if is_visit else "person"
    else:
        of_caller, counted, scope = None, "", ""
    if of_caller:
        yield _Row(counted, scope, of_caller)
    of_twin = rates["twins"].get(what)
    if of_twin and caller.twin:
        yield _Row(usage.of_twin(caller.twin), "twin", of_twin)
    of_stage = rates["stage"].get(what)
    if of_stage:
        yield _Row(usage.STAGE, usage.STAGE, of_stage)


def _take(services: Services, row: _Row, what: What, now_us: int) -> int:
    """The row's new `tat`. Raises _Refused and Busy."""
    try:
        return _idle(services, row, what, now_us)
    except ConditionFailed as busy:
        tat_us = int((busy.item or {}).get("tat", now_us))
    if tat_us > gcra.latest(row.limit, now_us):
        raise _Refused(tat_us)
    try:
        return _busy(services, row, what, now_us)
    except ConditionFailed as refused:
        raise _Refused(int((refused.item or {}).get("tat", now_us))) from refused


def _idle(services: Services, row: _Row, what: What, now_us: int) -> int:
    table, tat_us = services.usage, gcra.idle(row.limit, now_us)
    update = table.update(
        _key(row, what),
        "SET #tat = :tat, #ttl = :ttl",
        {":tat": tat_us, ":now": now_us, ":ttl": _ttl(row.limit, now_us)},
        condition="attribute_not_exists(#tat) OR #tat <= :now",
    )
    table.write(update)
    return tat_us


def _busy(services: Services, row: _Row, what: What, now_us: int) -> int:
    table = services.usage
    values = {
        ":interval": gcra.interval_us(row.limit),
        ":now": now_us,
        ":latest": gcra.latest(row.limit, now_us),
        ":ttl": _ttl(row.limit, now_us),
    }
    update = table.update(
        _key(row, what),
        "SET #tat = #tat + :interval, #ttl = :ttl",
        values,
        condition="#tat BETWEEN :now AND :latest",
    )
    return int(table.write(update, returns="ALL_NEW")["tat"])


def _give_back(services: Services, taken: Sequence[_Row], what: What) -> None:
    """Where that cannot be done now, the unit comes back by itself. Of a row that is idle by now it already has."""
    table, now_us = services.usage, time.time_ns() // 1_000
    for row in reversed(taken):
        update = table.update(
            _key(row, what),
            "SET #tat = #tat - :interval",
            {":interval": gcra.interval_us(row.limit), ":now": now_us},
            condition="#tat > :now",
        )
        with suppress(ConditionFailed, Busy):
            table.write(update)


def _key(row: _Row, what: What) -> Key:
    return usage.key(row.counted, f"{PERIOD}{what}")


def _ttl(limit: Limit, now_us: int) -> int:
    return now_us // 1_000_000 + limit.window_s + _KEPT_S


def _remaining(what: What, row: _Row, tat_us: int, now_us: int) -> Remaining:
    more_in_s = gcra.whole_seconds(gcra.more_in_us(row.limit, tat_us, now_us))
    return Remaining(_policy(what, row), row.limit, gcra.left(row.limit, tat_us, now_us), more_in_s)


def _policy(what: What, row: _Row) -> str:
    return f"{what}-{row.scope}"


def _refusal(what: What, row: _Row, tat_us: int, now_us: int) -> RateLimited:
    """By the draft, `t` and Retry-After name the same moment."""
    wait_s = max(1, gcra.whole_seconds(gcra.more_in_us(row.limit, tat_us, now_us)))
    limit = f"{row.limit.quota} in {_duration(row.limit.window_s)}"
    message = f"Too many {_NAMED[what]} {_FROM[row.scope]}: at most {limit}. Try again in {_duration(wait_s)}."
    return RateLimited(message, wait_s, headers([Remaining(_policy(what, row), row.limit, 0, wait_s)]))


def _duration(seconds: int) -> str:
    """Rounded up, in the largest unit of which it has two."""
    size, unit = next(
        ((size, unit) for size, unit in ((3_600, "hour"), (60, "minute")) if seconds >= 2 * size), (1, "second")
    )
    count = -(-seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'}"
