"""Of a restore: whose things come back, and as whose. Accounts that are missing are made again, and invited last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from chalicelib.aws.faults import Busy

from .archive import Archive, Item, Unusable
from .manifest import Group
from .selection import conversation_of, files_of, owner_of, twin_of
from .work import Work


def are_found(work: Work) -> bool:
    """Find the person and the files of what is asked for. Raises Unusable."""
    run, (kind, _, value) = work.run, work.run.only.partition("=")
    if kind == "table" and value not in work.archive.backup.tables:
        names = ", ".join(work.archive.backup.tables)
        raise Unusable(f"the backup has no table {value}: it has {names}")
    if kind == "person":
        run.person = _sub(work.archive, value)
        if run.person in work.erased.accounts:
            raise Unusable(f"{value} was removed for good since: nothing of theirs comes back")
        run.files = sorted(_files_of(work.archive, run.person))
        run.twins = sorted(_twins_of(work.archive, run.person))
    if kind == "conversation":
        run.person, files = _conversation(work.archive, value)
        run.files = sorted(files & _files_of(work.archive, run.person))
    return True


def _sub(archive: Archive, email: str) -> str:
    for account in archive.accounts():
        if account["attributes"].get("email", "").lower() == email.lower():
            return str(account["sub"])
    raise Unusable(f"nobody of that backup has the address {email}")


def _files_of(archive: Archive, sub: str) -> set[str]:
    return {item["file_id"]["S"] for item in _items(archive, "files") if owner_of("files", item) == sub}


def _twins_of(archive: Archive, sub: str) -> set[str]:
    """Of a backup of before there were twins: none."""
    items = _items(archive, "twins") if "twins" in archive.backup.tables else iter(())
    return {twin_of(item) for item in items if owner_of("twins", item) == sub}


def _conversation(archive: Archive, conversation_id: str) -> tuple[str, set[str]]:
    """Whose it is, and the files that it names."""
    rows = (row for row in _items(archive, "conversations") if conversation_of("conversations", row) == conversation_id)
    row = next(rows, None)
    if row is None:
        raise Unusable(f"there is no conversation {conversation_id} in that backup")
    files = files_of("conversations", row)
    for message in _items(archive, "messages"):
        if conversation_of("messages", message) == conversation_id:
            files |= files_of("messages", message)
    return owner_of("conversations", row), files


def _items(archive: Archive, table: str) -> Iterator[Item]:
    for part in archive.backup.tables[table].parts:
        for item, _ in archive.items(part):
            yield item


def are_there(work: Work) -> bool:
    """See that everybody whose things come back has an account; False when the time is over. Raises Unusable.

    No account is made before everybody was looked up. Groups that are missing are made, without a role, and who is
    made anew is in them again: nobody else, such as who has the same address in another stage, unless all is put back.
    """
    return _are_looked_up(work) and _are_made(work)


def _are_looked_up(work: Work) -> bool:
    run = work.run
    for place, account in _theirs(work, run.looked_up):
        if not work.has_time:
            work.keep()
            return False
        sub, now = account["sub"], _account(work, account)
        if now is None:
            run.absent.append(sub)
        elif now != sub:
            run.subs[sub] = now
        run.looked_up = place
    work.keep()
    return True


def _are_made(work: Work) -> bool:
    """Safe to repeat: an account that was made is found by its address."""
    run, accounts, absent = work.run, work.services.accounts, set(work.run.absent)
    for group in () if run.only else work.archive.backup.accounts.groups:
        _make(work, group)
    for place, account in _theirs(work, run.made):
        if not work.has_time:
            work.keep()
            return False
        sub = account["sub"]
        if sub in absent:
            run.subs[sub] = accounts.make(account["attributes"]).sub
            if account["enabled"]:
                run.uninvited.append(run.subs[sub])
            else:
                accounts.disable(run.subs[sub])
        if sub in absent or (run.overwrite and _is_active(work, sub)):
            _join(work, run.subs.get(sub, sub), account["groups"])
        run.made = place
        if sub in absent:
            work.keep()
    work.keep()
    return True


def are_invited(work: Work) -> bool:
    """Mail those whose accounts were made; False while Cognito mails no more today.

    Last, so that nobody's things wait for another's mail. A run that ends in the moment of a mail has it sent twice.
    """
    run, accounts = work.run, work.services.accounts
    run.waiting = 0
    while run.uninvited:
        try:
            invited = accounts.find(run.uninvited[0])
            if invited is not None:
                accounts.invite(invited.email)
        except Busy:
            run.waiting = len(run.uninvited)
            return False
        run.uninvited.pop(0)
        run.invited += 1
        work.keep()
        if not work.has_time:
            return not run.uninvited
    return True


def _theirs(work: Work, done: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The accounts of those whose things come back, each with how many of all are done after it."""
    for place, account in islice(enumerate(work.archive.accounts(), 1), done, None):
        is_asked = work.run.person in ("", account["sub"]) and account["sub"] not in work.erased.accounts
        if is_asked and account["attributes"].get("email"):
            yield place, account


def _account(work: Work, account: dict[str, Any]) -> str | None:
    """The `sub` that a person has now; None for who has no account. Raises Unusable."""
    sub, email = account["sub"], account["attributes"]["email"]
    same = work.services.accounts.find(sub)
    if same is not None and same.email.lower() != email.lower():
        raise Unusable(
            f"the account {sub} of {email} has the address {same.email} now: nothing was touched;"
            " give it back its address, or restore the others with --only person=EMAIL"
        )
    found = same or work.services.accounts.find(email)
    return None if found is None else found.sub


def _is_active(work: Work, sub: str) -> bool:
    """Whether somebody who has always been there can do anything: what they may is nobody's to give who only has been
    invited here, or is kept out."""
    found = work.services.accounts.find(work.run.subs.get(sub, sub))
    return found is not None and found.status == "active"


def _join(work: Work, sub: str, names: list[str]) -> None:
    """Put an account that was made anew into its groups; one that has always been there only where all goes back.

    It leaves none: whatever else it was put into stays.
    """
    groups = {group.name: group for group in work.archive.backup.accounts.groups}
    for name in names:
        if work.run.only or name not in groups:
            _make(work, groups.get(name, Group(name)))
        work.services.accounts.add(sub, name)


def _make(work: Work, group: Group) -> None:
    work.services.accounts.make_group(group.name, group.description, group.precedence)
