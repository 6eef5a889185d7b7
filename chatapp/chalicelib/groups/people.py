"""What an owner does with the people of a stage: lists them, lets them in, makes them owners, keeps them out.

An account and its groups are Cognito's, what is counted stands in the table of usage, the rest in the person's own row.

Each operation is safe to repeat: whatever ends it half-way, the same one again goes on. So rights are given before
others are taken away, and after anything is taken away, whether it had been taken before or not, the person's sessions
are ended: tokens that were issued meanwhile still say what was.

by: the `sub` of the owner who does it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import ids, logs
from chalicelib.aws.accounts import Account, Missing, NoAddress
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.pool import NoPage
from chalicelib.aws.table import batch_get
from chalicelib.comments import names as owner_names
from chalicelib.deletion import people as removal
from chalicelib.errors import AlreadyThere, HasPassword, InvalidCursor, InvalidRequest, KeptOut, NotFound
from chalicelib.files import quota
from chalicelib.people import names, rows
from chalicelib.spending import rates, usage
from chalicelib.subjects import Subject, person

from . import owners
from .rules import GROUPS, OWNERS

if TYPE_CHECKING:
    from chalicelib.services import Services

# Cognito tells a person's groups by one request each, 50 a second for a pool.
# https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html ("UserResourceRead")
_AT_ONCE = 5
# For so long each sign-up lasts: Cognito makes an account, and has it mailed, within a second.
_SIGN_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Member:
    """An account with all that an owner sees of it. spent_micro_usd: this month, reservations included."""

    account: Account
    groups: frozenset[str]
    row: rows.Person
    spent_micro_usd: int
    storage_bytes: int


def list_page(services: Services, *, limit: int, cursor: str | None, email: str) -> tuple[list[Member], str | None]:
    """Of all accounts, or those whose address begins so, in Cognito's order, which is by no attribute.

    However many people there are: a request to Cognito, and one for each of the page; one to DynamoDB.
    """
    try:
        found, token = services.pool.page(limit=limit, start=cursor, prefix=email.lower())
    except NoPage as error:
        raise InvalidCursor from error
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        groups = list(pool.map(lambda each: _groups(services, each.sub), found))
    return _members(services, found, groups), token


def get(services: Services, user_id: str) -> Member:
    """Raises NotFound."""
    account = _account(services, user_id)
    (found,) = _members(services, [account], [_groups(services, account.sub)])
    return found


def _members(services: Services, accounts: Sequence[Account], groups: Iterable[frozenset[str]]) -> list[Member]:
    """Three rows a person: 33 people are what one request takes."""
    month = ids.month(time.time())
    keys = [
        each
        for subject in (person(account.sub) for account in accounts)
        for each in (
            (services.people, rows.key(subject)),
            (services.usage, usage.key(subject, month)),
            (services.usage, quota.key(subject)),
        )
    ]
    found = iter(batch_get(*keys) if keys else [])
    return [
        Member(
            account,
            of_account,
            rows.Person.from_item(account.sub, next(found)),
            int((next(found) or {}).get("cost_micro_usd", 0)),
            quota.used_bytes(next(found)),
        )
        for account, of_account in zip(accounts, groups, strict=True)
    ]


def _groups(services: Services, sub: str) -> frozenset[str]:
    """Of the groups that mean something here; none of an account that goes at this moment."""
    with suppress(Missing):
        return services.accounts.groups(sub) & frozenset(GROUPS)
    return frozenset()


def _account(services: Services, user_id: str) -> Account:
    """By `sub` alone: Cognito would take an address, too."""
    found = services.accounts.find(user_id) if ids.is_id(user_id) else None
    if found is None:
        raise NotFound("person", "user_id")
    return found


@contextmanager
def _there() -> Iterator[None]:
    """Somebody who was deleted meanwhile is missing as anybody else."""
    try:
        yield
    except Missing as error:
        raise NotFound("person", "user_id") from error


def invite(services: Services, by: str, email: str, groups: Collection[str]) -> Member:
    """Make an account, put it into groups, and have it mailed its invitation.

    Raises AlreadyThere; for an owner's, as `owners.changed` does. An invited person in no group was left so by a
    request that ended half-way: that one is gone on with.
    """
    found = services.accounts.find(email)
    if found and (found.status != "invited" or _groups(services, found.sub)):
        raise AlreadyThere(found.sub)
    with _there(), owners.changed(services, by) if OWNERS in groups else nullcontext():
        account = found or _invited(services, email, {})
        for group in groups:
            services.accounts.add(account.sub, group)
    return get(services, account.sub)


def _invited(services: Services, email: str, more: Mapping[str, str]) -> Account:
    """Its password goes to that address alone: whoever signs in with it has read mail there. Raises InvalidRequest."""
    try:
        return services.accounts.make({"email": email, "email_verified": "true", **more}, is_mailed=True)
    except NoAddress as error:
        raise InvalidRequest("email", "is no address that mail can be sent to", reason="wrong_form") from error


def invite_again(services: Services, user_id: str) -> Account:
    """Mail an invitation with a new password. Raises NotFound, and Conflict for who has signed in already."""
    account = _account(services, user_id)
    if account.status == "disabled":
        raise KeptOut
    if account.status != "invited" or not services.accounts.invite(account.email):
        raise HasPassword
    return account


def sign_up(services: Services, email: str, language: str) -> None:
    """Make an account in no group, and have it mailed its invitation; nothing for who has signed in, or is kept out.

    A mailbox is mailed so often in a day, whoever asks for it and however its address is written.

    Neither the reply nor its time says whether an address was known. So what Cognito refuses, such as more mails than
    the 50 that it sends in a day by itself, is told in the log alone; and who is mailed nothing waits for as long.
    https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html

    Raises InvalidRequest for what is no address, and so not known.
    """
    until = time.monotonic() + _SIGN_UP_S
    if rates.may_mail(services, "signups", email):
        try:
            _signed_up(services, email, language)
        except InvalidRequest:
            raise
        except Exception as error:
            logs.report(error)
    time.sleep(max(0.0, until - time.monotonic()))


def _signed_up(services: Services, email: str, language: str) -> None:
    """Mailed again is who has never signed in: that mail was lost, or its password, good for a week, is over."""
    found = services.accounts.find(email)
    if found is None:
        _invited(services, email, {"locale": language})
    elif found.status == "invited":
        services.accounts.invite(email)


def choose_name(services: Services, subject: Subject, groups: Collection[str], text: str) -> rows.Person:
    """What a person is to be called; "" for what they are called by default. Raises InvalidRequest.

    Nobody else is called what an owner is, or nearly so, nor by a word for one, nor what somebody else is by default:
    raises NameTaken. An owner's is kept from who writes comments, too.
    """
    name = names.chosen(text)
    if OWNERS in groups:
        owner_names.keep(services, subject.owner, name or None)
    elif name:
        owner_names.must_be_free(services.commentaires.find(owner_names.OWNERS_KEY), subject.owner, name)
    return rows.change(services, subject, display_name=name or None)


def keep_name(services: Services, owner: rows.Person) -> None:
    """Have an owner's name kept from others, also where they were one already, or were made one by other ways."""
    if not owner.chosen_name:
        return
    kept = services.commentaires.find(owner_names.OWNERS_KEY)
    if not owner_names.is_kept(kept, owner.user_id, owner.chosen_name):
        owner_names.keep(services, owner.user_id, owner.chosen_name)


def set_groups(services: Services, by: str, user_id: str, groups: Collection[str]) -> None:
    """Put a person into these groups and no others. What is taken away counts within 5 s.

    Raises NotFound; where who is an owner changes, LastOwner, Forbidden, and Conflict while another changes, too.
    """
    account = _account(services, user_id)
    now, wanted = _groups(services, account.sub), frozenset(groups)
    alone: AbstractContextManager[None] = nullcontext()
    if OWNERS in now - wanted:
        alone = owners.one_less(services, account, by)
    elif OWNERS in wanted - now:
        alone = owners.changed(services, by)
    with _there(), alone:
        _move(services, account, now, wanted)


def _move(services: Services, account: Account, now: frozenset[str], wanted: frozenset[str]) -> None:
    """Sessions are ended unless something is only given.

    Before anything is taken, too: of a request that breaks off nothing is left open to whatever is asked next.
    """
    for group in sorted(wanted - now):
        services.accounts.add(account.sub, group)
    if OWNERS in wanted:
        keep_name(services, rows.find(services, person(account.sub)))
    if now - wanted:
        removal.cut_off(services, person(account.sub))
    for group in sorted(now - wanted):
        services.accounts.remove(account.sub, group)
    if OWNERS not in wanted:
        owner_names.keep(services, account.sub, None)
    if now - wanted or now == wanted != frozenset(GROUPS):
        _cut_off(services, account)


def set_budget(services: Services, user_id: str, budget_usd: float | None) -> None:
    """Of a month, from the next message on; None for what everybody has."""
    micro_usd = None if budget_usd is None else round(budget_usd * 1_000_000)
    rows.change(services, person(_account(services, user_id).sub), budget_micro_usd=micro_usd)


def disable(services: Services, by: str, user_id: str) -> None:
    """Keep a person out, within 5 s. Raises NotFound, and of an owner what `owners.one_less` does."""
    account = _account(services, user_id)
    with _there(), _one_less(services, account, by):
        if account.status != "disabled":
            services.accounts.disable(account.sub)
        _cut_off(services, account)


def enable(services: Services, by: str, user_id: str) -> None:
    """Let a person sign in again; the tokens of before stay refused.

    Raises NotFound, and of an owner what `owners.changed` does.
    """
    account = _account(services, user_id)
    is_owner = OWNERS in _groups(services, account.sub)
    with _there(), owners.changed(services, by) if is_owner else nullcontext():
        services.accounts.enable(account.sub)


def delete(services: Services, by: str, user_id: str) -> None:
    """Remove a person with all that is theirs, which goes on after the reply.

    The account goes last: by it a repeated request finds whose things are left. What is left when it is gone is found
    by the sweep (`deletion.departures`). Raises NotFound, and of an owner what `owners.one_less` does.
    """
    account = _account(services, user_id)
    with _there(), _one_less(services, account, by):
        if account.status != "disabled":
            services.accounts.disable(account.sub)
        _cut_off(services, account)
        with suppress(NotStarted):
            services.purgings.invoke(removal.order(person(account.sub), "gone"))
        services.accounts.delete(account.sub)


@contextmanager
def _one_less(services: Services, account: Account, by: str) -> Iterator[None]:
    """Of owners, where it is one who can still do anything."""
    if account.status != "disabled" and OWNERS in _groups(services, account.sub):
        with owners.one_less(services, account, by):
            yield
    else:
        yield


def _cut_off(services: Services, account: Account) -> None:
    """What was let in within the last 5 s may still begin an answer: it is looked for once more when they are over."""
    subject: Subject = person(account.sub)
    removal.cut_off(services, subject)
    with suppress(NotStarted):
        services.purgings.invoke(removal.stop_order(subject))
