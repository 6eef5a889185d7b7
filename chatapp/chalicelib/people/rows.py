"""A person's own row, by their `sub`. Who has none has all as it is by default.

Times are Unix seconds. `comments_banned_at` is written by whoever moderates.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item, Key
from chalicelib.subjects import Subject

from . import names

if TYPE_CHECKING:
    from chalicelib.services import Services

# A person who writes all day is written down this often.
USED_STEP_S = 3_600


@dataclass(frozen=True, slots=True)
class Person:
    """budget_micro_usd: of a month, where an owner has set one. last_used_at: to the hour."""

    user_id: str
    chosen_name: str = ""
    budget_micro_usd: int | None = None
    last_used_at: int | None = None
    comments_banned_at: int | None = None

    @classmethod
    def from_item(cls, user_id: str, item: Item | None) -> Person:
        row = item or {}
        return cls(
            user_id,
            row.get("display_name", ""),
            row.get("budget_micro_usd"),
            row.get("last_used_at"),
            row.get("comments_banned_at"),
        )

    @property
    def display_name(self) -> str:
        return self.chosen_name or names.default(self.user_id)


def key(subject: Subject) -> Key:
    return {"user_id": subject.owner}


def find(services: Services, subject: Subject) -> Person:
    return Person.from_item(subject.owner, services.people.find(key(subject)))


def change(services: Services, subject: Subject, **attributes: str | int | None) -> Person:
    """Set attributes; those given as None are removed. Safe to repeat."""
    table = services.people
    return Person.from_item(subject.owner, table.write(table.change(key(subject), attributes), returns="ALL_NEW"))


def trusted(services: Services, subject: Subject) -> None:
    """Their next comment is not held for being their first. Who has no row is gone, and gets none by this."""
    table, now = services.people, int(time.time())
    with suppress(ConditionFailed):
        table.write(table.change(key(subject), {"comments_approved_at": now}, condition="attribute_exists(#user_id)"))


def used(services: Services, person: Person) -> None:
    """Note that a person is here, unless that was noted within the hour."""
    now = int(time.time())
    if person.last_used_at is not None and person.last_used_at > now - USED_STEP_S:
        return
    table = services.people
    noted = table.change(
        {"user_id": person.user_id},
        {"last_used_at": now},
        condition="attribute_not_exists(#last_used_at) OR #last_used_at < :now",
        values={":now": now},
    )
    # Another request of theirs has noted it, or it is not worth a refusal.
    with suppress(ConditionFailed, Busy):
        table.write(noted)
