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
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib import ids
from chalicelib.aws.table import ConditionFailed, Item, Key

from . import days, rows
from .days import KEPT_DAYS, OTHER

if TYPE_CHECKING:
    from chalicelib.services import Services

MOST_HOSTS = 50
# DynamoDB's names in expressions have at most 255 characters, and a host's dots and hyphens take two each here.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_LONGEST_HOST = 100
# Its last part is no number: of addresses nothing is counted.
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{1,58}[a-z0-9]|[a-z]{2,63})")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_ROOM = "(attribute_not_exists(#hosts) OR size(#hosts) < :most OR contains(#hosts, :host))"


def visited(services: Services, handle: str, *, language: str | None = None, referrer: str | None = None) -> None:
    """Count a visit. language: of the visitor (`fr-CA` is `fr`). referrer: the page that they came from."""
    added = {"visits": 1, days.LANGUAGE + _language(language): 1}
    host = host_of(referrer)
    if host == host_of(services.settings.site_origin):
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


def rated(services: Services, handle: str, message_id: str, *, before: str | None, after: str | None) -> None:
    """Count a visitor's rating of an answer in the place of the one before, on the day of that answer."""
    changed = {name: by for name, by in ((after, 1), (before, -1)) if name}
    _count(services, handle, ids.born_at(message_id), changed)


def read(services: Services, handle: str, first: date, last: date) -> list[days.Day]:
    """Every day from first to last, oldest first, also those on which nothing happened."""
    values = {":handle": handle, ":first": days.item_of(first), ":last": days.item_of(last)}
    kept = services.twins.rows("#handle = :handle AND #item BETWEEN :first AND :last", values)
    # DynamoDB takes its time with what has expired.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    found = {row["item"]: row for row in kept if row["ttl"] > time.time()}
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
