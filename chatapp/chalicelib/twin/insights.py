"""What happens at a twin, counted by day (UTC): numbers, languages and names of hosts, nobody's text.

One row a day in the twin's partition, `day/2026-11-28`. A visit, an answer's end and a thumb are one plain ADD each, so
that however many come together none is lost. ADD changes attributes at the top of a row alone, so every counter is one:
`language_fr`, `host_example_dcom`, `first_word_le_750`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html

A row stays small whoever calls: languages have two letters, and of hosts a day has the first fifty by name. It is kept
for 400 days, and goes with the twin: no counter makes a row again once that is deleted.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from chalicelib import ids
from chalicelib.aws.table import ConditionFailed, Item, Key
from chalicelib.conversations import messages
from chalicelib.errors import AnswerInProgress, NotFound
from chalicelib.subjects import Subject

from . import days, rows
from .days import KEPT_DAYS, OTHER

if TYPE_CHECKING:
    from chalicelib.services import Services

Rating = Literal["up", "down"]
MOST_HOSTS = 50
# DynamoDB's names in expressions have at most 255 characters, and a host's dots and hyphens take two each here.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_LONGEST_HOST = 100
# Its last part is no number: of addresses nothing is counted.
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{1,58}[a-z0-9]|[a-z]{2,63})")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_IS_ANSWER = "#role = :assistant AND NOT #status IN (:queued, :streaming)"
_OF_ANSWER = {":assistant": "assistant", ":queued": "queued", ":streaming": "streaming"}
_ROOM = "(attribute_not_exists(#hosts) OR size(#hosts) < :most OR contains(#hosts, :host))"


def visited(services: Services, handle: str, *, language: str | None = None, referrer: str | None = None) -> None:
    """Count a visit. language: of the visitor (`fr-CA` is `fr`). referrer: the page that they came from."""
    added = {"visits": 1, days.LANGUAGE + _language(language): 1}
    host = host_of(referrer)
    if host == _host(services.settings.site_origin):
        host = None
    _count(services, handle, time.time(), added, host)


def answered(
    services: Services,
    handle: str,
    *,
    is_answered: bool,
    has_source: bool = False,
    cost_micro_usd: int = 0,
    first_word_ms: int | None = None,
) -> None:
    """Count a question at the end of its answer, whatever that was.

    is_answered: it has an answer. has_source: one that cites something.
    """
    added = {"questions": 1, "answers": int(is_answered), "unsourced": int(is_answered and not has_source)}
    added["cost_micro_usd"] = cost_micro_usd
    if first_word_ms is not None:
        ms = max(first_word_ms, 0)
        added |= {"first_words": 1, "first_words_ms": ms, days.bucket(ms): 1}
    _count(services, handle, time.time(), {name: by for name, by in added.items() if by})


def rated(
    services: Services, handle: str, subject: Subject, conversation_id: str, message_id: str, *, rating: Rating | None
) -> None:
    """Set what a visitor thinks of an answer, and count it on the day of that answer. Safe to repeat.

    What it replaces comes with the very write that replaces it, so that two at once are counted once each. Raises
    NotFound, and AnswerInProgress.
    """
    other = "attribute_exists(#rating)" if rating is None else "NOT #rating = :rating"
    write = services.messages.change(
        messages.key(subject, conversation_id, message_id),
        {"rating": rating},
        condition=f"{_IS_ANSWER} AND {other}",
        values=_OF_ANSWER | ({} if rating is None else {":rating": rating}),
    )
    try:
        before = services.messages.write(write, returns="UPDATED_OLD").get("rating")
    except ConditionFailed as refused:
        row = refused.item
        if row is None or row["role"] != "assistant":
            raise NotFound("message") from refused
        if row["status"] in messages.IN_PROGRESS:
            raise AnswerInProgress(message_id) from refused
        return  # it was so already
    _count(services, handle, ids.made_at(message_id), {name: by for name, by in ((rating, 1), (before, -1)) if name})


def read(services: Services, handle: str, first: date, last: date) -> list[days.Day]:
    """Every day from first to last, oldest first, also those on which nothing happened."""
    values = {":handle": handle, ":first": days.item_of(first), ":last": days.item_of(last)}
    kept = services.twins.rows("#handle = :handle AND #item BETWEEN :first AND :last", values)
    found = {row["item"]: row for row in kept}
    wanted = (first + timedelta(number) for number in range((last - first).days + 1))
    return [days.Day.from_item(day, found.get(days.item_of(day), {})) for day in wanted]


def host_of(referrer: str | None) -> str | None:
    """The host of a page's address, without `www.`; None for what is none, or names none that everybody may know."""
    host = _host(referrer or "").removeprefix("www.")
    return host if len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) else None


def _host(address: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(address if "://" in address else f"https://{address}")
        if parts.scheme in ("http", "https"):
            return (parts.hostname or "").rstrip(".")
    return ""


def _language(tag: str | None) -> str:
    found = _LANGUAGE.fullmatch(tag or "")
    return found[1].lower() if found else OTHER


def _count(services: Services, handle: str, time_s: float, added: dict[str, int], host: str | None = None) -> None:
    """One update. On the first of a day, and for a host too many, another one."""
    day = datetime.fromtimestamp(time_s, UTC).date()
    key = rows.key(handle, days.item_of(day))
    ttl = int(time_s) + KEPT_DAYS * 86_400
    try:
        _add(services, key, ttl, added, host, is_there=True)
    except ConditionFailed as refused:
        if refused.item is not None:
            _add(services, key, ttl, added | {days.HOST + OTHER: 1}, None, is_there=True)
        elif _is_twin(services, handle):
            _add(services, key, ttl, added, host, is_there=False)


def _add(services: Services, key: Key, ttl: int, added: dict[str, int], host: str | None, *, is_there: bool) -> None:
    counts = added | ({days.host_name(host): 1} if host else {})
    values: Item = {":ttl": ttl, **{f":{name}": by for name, by in counts.items()}}
    change = "SET #ttl = if_not_exists(#ttl, :ttl) ADD " + ", ".join(f"#{name} :{name}" for name in counts)
    conditions = ["attribute_exists(#handle)"] if is_there else []
    if host:
        change += ", #hosts :hosts"
        values |= {":hosts": {host}, ":host": host, ":most": MOST_HOSTS}
        conditions.append(_ROOM)
    services.twins.write(services.twins.update(key, change, values, condition=" AND ".join(conditions) or None))


def _is_twin(services: Services, handle: str) -> bool:
    head = rows.find(services, handle)
    return head is not None and head.deleted_at is None
