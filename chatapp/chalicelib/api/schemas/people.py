"""People on the wire: as an owner sees them, and as each sees themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .texts import ADDRESS, ListQuery, Request, Shape

Group = Literal["owners", "members"]
Groups = Annotated[list[Group], Field(max_length=2)]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=ADDRESS),
    AfterValidator(str.lower),
    Field(description="An e-mail address; people sign in by it, in whatever case."),
]
Budget = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Person(Shape):
    """groups: none for who comments only. budget_usd: of a calendar month (UTC), as it holds; own_budget_usd: where an
    owner has set one. spent_usd: of this month, what is reserved for answers in progress included."""

    user_id: str
    email: str
    display_name: str
    groups: list[Group]
    status: Literal["invited", "active", "disabled"]
    created_at: str
    last_used_at: str | None
    spent_usd: float
    budget_usd: float
    own_budget_usd: float | None
    storage_bytes: int
    storage_quota_bytes: int
    comments_banned_at: str | None
    is_me: bool


class People(Shape):
    people: list[Person]
    next_cursor: str | None


class PeopleQuery(ListQuery):
    """email: what the address begins with."""

    limit: Annotated[int, Field(ge=1, le=30)] = 30
    email: Annotated[str, StringConstraints(max_length=254)] = ""


def _members() -> list[Group]:
    return ["members"]


class Invitation(Request):
    email: Email
    groups: Groups = Field(default_factory=_members)


class PersonChange(Request):
    """What is left out stays. groups: all of them. budget_usd: null for the stage's own."""

    groups: Groups | None = None
    budget_usd: Budget | None = None
    disabled: bool | None = None


class PersonDeletion(Request):
    """email: theirs, typed by whoever deletes them."""

    email: Email


class PersonDeleted(Shape):
    user_id: str
    deleted: Literal[True] = True


class InvitationSent(Shape):
    user_id: str
    email: str


class Me(Shape):
    """is_name_chosen: by themselves; else the name is one that tells nothing of them."""

    user_id: str
    email: str
    display_name: str
    is_name_chosen: bool
    groups: list[Group]


class MeChange(Request):
    """display_name: "" for the one of whoever has chosen none, which tells nothing of them."""

    display_name: Annotated[str, StringConstraints(max_length=200)]


class Signup(Request):
    """language: of the person, for the mail."""

    email: Email
    language: Literal["en", "fr"] = "en"


class SignedUp(Shape):
    """Says nothing: it is the same for an address that is known."""
