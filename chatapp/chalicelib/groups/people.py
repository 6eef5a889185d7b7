"""What an owner does with the people of a stage: lists them, lets them in, makes them owners, keeps them out.

An account and its groups are Cognito's, what is counted stands in the table of usage, the rest in the person's own row.
Each operation is safe to repeat: whatever ends it half-way, the same one again goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.aws.accounts import Account
from chalicelib.people import rows
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services


@dataclass(frozen=True, slots=True)
class Member:
    """An account with all that an owner sees of it. spent_micro_usd: this month, reservations included."""

    account: Account
    groups: frozenset[str]
    row: rows.Person
    spent_micro_usd: int
    storage_bytes: int

    @property
    def subject(self) -> Subject:
        return Subject("user", self.account.sub)


def list_page(services: Services, *, limit: int, cursor: str | None, email: str) -> tuple[list[Member], str | None]:
    """Of all accounts, or those whose address begins so. In Cognito's order, which is by no attribute."""
    raise NotImplementedError


def get(services: Services, user_id: str) -> Member:
    """Raises NotFound."""
    raise NotImplementedError


def invite(services: Services, email: str, groups: Iterable[str]) -> Member:
    """Make an account, put it into groups, and have it mailed its invitation. Raises AlreadyThere."""
    raise NotImplementedError


def invite_again(services: Services, user_id: str) -> Account:
    """Raises NotFound, and Conflict for who has signed in already."""
    raise NotImplementedError


def sign_up(services: Services, email: str, language: str) -> None:
    """Make an account in no group, and mail it its invitation; nothing for an address that is known."""
    raise NotImplementedError


def set_groups(services: Services, user_id: str, groups: Iterable[str]) -> None:
    """Put a person into these groups and no others. What is taken away counts within 5 s. Raises LastOwner."""
    raise NotImplementedError


def set_budget(services: Services, user_id: str, budget_usd: float | None) -> None:
    raise NotImplementedError


def disable(services: Services, user_id: str) -> None:
    """Keep a person out, within 5 s. Raises LastOwner."""
    raise NotImplementedError


def enable(services: Services, user_id: str) -> None:
    raise NotImplementedError


def delete(services: Services, user_id: str) -> None:
    """Remove a person with all that is theirs. Raises LastOwner and NotFound."""
    raise NotImplementedError
