"""Of a restore: whose things come back, and as whose. Accounts that are missing are made again, with an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .archive import Archive, Item, Unusable
from .manifest import Group
from .selection import conversation_of, files_of, owner_of
from .work import Work


def are_found(work: Work) -> bool:
    """Find the person and the files of what is asked for. Raises Unusable."""
    run, (kind, _, value) = work.run, work.run.only.partition("=")
    if kind == "table" and value not in work.archive.backup.tables:
        names = ", ".join(work.archive.backup.tables)
        raise Unusable(f"the backup has no table {value}: it has {names}")
    if kind == "person":
        run.person = _sub(work.archive, value)
        run.files = sorted(_files_of(work.archive, run.person))
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

    Groups that are missing are made, without a role, and who is made anew is in them again.

    Safe to repeat: who was invited is found by the address.
    """
    run = work.run
    if not run.only:
        for group in work.archive.backup.accounts.groups:
            _make(work, group)
    for account in work.archive.accounts():
        sub, email = account["sub"], account["attributes"].get("email", "")
        if run.person not in ("", sub) or sub in run.subs or sub in work.erased.accounts or not email:
            continue
        if not work.has_time:
            return False
        now = _account(work, account, email)
        if now != sub or run.overwrite:
            _join(work, now, account["groups"])
        if now != sub:
            run.subs[sub] = now
            work.keep()
    return True


def _account(work: Work, account: dict[str, Any], email: str) -> str:
    """The `sub` that a person has now."""
    accounts, sub = work.services.accounts, account["sub"]
    same = accounts.find(sub)
    if same is not None:
        if same.email.lower() != email.lower():
            raise Unusable(
                f"the account {sub} of {email} has the address {same.email} now: nothing of theirs was touched;"
                " give it back its address, or restore the others with --only person=EMAIL"
            )
        return str(same.sub)
    found = accounts.find(email)
    if found is None:
        found = accounts.invite(account["attributes"], is_enabled=account["enabled"])
        work.run.invited += 1
    return found.sub


def _join(work: Work, sub: str, names: list[str]) -> None:
    """Put an account that was made anew into its groups; one that has always been there only where all goes back.

    It leaves none: whatever else it was put into stays.
    """
    groups = {group.name: group for group in work.archive.backup.accounts.groups}
    for name in names:
        if work.run.only or name not in groups:
            _make(work, groups.get(name, Group(name)))
        work.services.accounts.join(sub, name)


def _make(work: Work, group: Group) -> None:
    work.services.accounts.make_group(group.name, group.description, group.precedence)
