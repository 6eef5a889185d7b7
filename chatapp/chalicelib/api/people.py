"""Views of people: what an owner sees and does, and what each does of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from chalicelib.errors import InvalidRequest, SignupClosed
from chalicelib.files import quota
from chalicelib.groups import people
from chalicelib.groups.people import Member
from chalicelib.groups.rules import OWNERS
from chalicelib.ids import iso
from chalicelib.people import rows

from .schemas import people as s

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

    from .rest import User


def me(services: Services, user: User) -> s.Me:
    row = rows.find(services, user.subject)
    rows.used(services, row)
    if OWNERS in user.groups:
        people.keep_name(services, row)
    return _me(user, row)


def change_me(services: Services, user: User, body: s.MeChange) -> s.Me:
    return _me(user, people.choose_name(services, user.subject, user.groups, body.display_name))


def _me(user: User, row: rows.Person) -> s.Me:
    return s.Me(
        user_id=user.subject.owner,
        email=user.email,
        display_name=row.display_name,
        is_name_chosen=bool(row.chosen_name),
        groups=_ordered(user.groups),
    )


def sign_up(services: Services, body: s.Signup) -> s.SignedUp:
    if services.settings.signup != "open":
        raise SignupClosed
    people.sign_up(services, body.email, body.language)
    return s.SignedUp()


def list_people(services: Services, user: User, query: s.PeopleQuery) -> s.People:
    found, cursor = people.list_page(services, limit=query.limit, cursor=query.cursor, email=query.email)
    return s.People(people=[_person(services.settings, each, user) for each in found], next_cursor=cursor)


def get(services: Services, user: User, user_id: str) -> s.Person:
    return _person(services.settings, people.get(services, user_id), user)


def invite(services: Services, user: User, body: s.Invitation) -> s.Person:
    return _person(services.settings, people.invite(services, user.subject.owner, body.email, body.groups), user)


def invite_again(services: Services, user_id: str) -> s.InvitationSent:
    account = people.invite_again(services, user_id)
    return s.InvitationSent(user_id=account.sub, email=account.email)


def change(services: Services, user: User, user_id: str, body: s.PersonChange) -> s.Person:
    """What takes rights away comes first: whatever fails after it, that is done."""
    by = user.subject.owner
    people.get(services, user_id)
    if body.disabled:
        people.disable(services, by, user_id)
    if body.groups is not None:
        people.set_groups(services, by, user_id, body.groups)
    if "budget_usd" in body.model_fields_set:
        people.set_budget(services, user_id, body.budget_usd)
    if body.disabled is False:
        people.enable(services, by, user_id)
    return get(services, user, user_id)


def delete(services: Services, user: User, user_id: str, body: s.PersonDeletion) -> s.PersonDeleted:
    if people.get(services, user_id).account.email.lower() != body.email:
        raise InvalidRequest("email", "is not this person's address; nobody was deleted", reason="not_confirmed")
    people.delete(services, user.subject.owner, user_id)
    return s.PersonDeleted(user_id=user_id)


def _person(settings: Settings, member: Member, user: User) -> s.Person:
    account, row = member.account, member.row
    own = None if row.budget_micro_usd is None else row.budget_micro_usd / 1e6
    return s.Person(
        user_id=account.sub,
        email=account.email,
        display_name=row.display_name,
        groups=_ordered(member.groups),
        status=account.status,
        created_at=iso(account.created_at),
        last_used_at=_iso(row.last_used_at),
        spent_usd=member.spent_micro_usd / 1e6,
        budget_usd=settings.user_budget_usd if own is None else own,
        own_budget_usd=own,
        storage_bytes=member.storage_bytes,
        storage_quota_bytes=quota.limit_bytes(settings),
        comments_banned_at=_iso(row.comments_banned_at),
        is_me=account.sub == user.subject.owner,
    )


def _iso(time_s: int | None) -> str | None:
    return None if time_s is None else iso(time_s)


def _ordered(groups: frozenset[str]) -> list[s.Group]:
    return [group for group in get_args(s.Group) if group in groups]
