"""Owners' names, which nobody else bears: what they look like stands on one row beside the comments.

So whoever writes is held against them by the request that reads all else, also where they chose their name first. A
comment keeps the name that it was written under; a name that is changed is that of the comments to come.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.errors import NameTaken
from chalicelib.people.names import has_role, is_default_of_another, looks

if TYPE_CHECKING:
    from chalicelib.services import Services

OWNERS_KEY = {"id": "owner-names"}
_PREFIX = "owner_"


def keep(services: Services, user_id: str, name: str | None) -> None:
    """Keep an owner's name from others, or no longer (None). Safe to repeat."""
    table, attribute = services.commentaires, _attribute(user_id)
    if name is not None:
        table.write(table.change(OWNERS_KEY, {attribute: looks(name)}))
        return
    with suppress(ConditionFailed):
        table.write(table.change(OWNERS_KEY, {attribute: None}, condition=f"attribute_exists(#{attribute})"))


def is_owners(row: Item | None, user_id: str, name: str) -> bool:
    """Whether a name looks like that of somebody else in the row: who was an owner once keeps what they are called."""
    look, own = looks(name), _attribute(user_id)
    return any(look == kept for each, kept in (row or {}).items() if each.startswith(_PREFIX) and each != own)


def must_be_free(row: Item | None, user_id: str, name: str) -> None:
    """Raises NameTaken for a name that makes somebody who is no owner look like one, or like somebody else."""
    if is_owners(row, user_id, name):
        raise NameTaken("looks like the name of the owner of this page")
    if has_role(name):
        raise NameTaken("has a word that stands for the owner of this page")
    if is_default_of_another(name, user_id):
        raise NameTaken("looks like what somebody else is called who has chosen no name")


def is_kept(row: Item | None, user_id: str, name: str) -> bool:
    """Whether an owner's name is kept from others already."""
    return (row or {}).get(_attribute(user_id)) == looks(name)


def has_any(row: Item | None, user_id: str) -> bool:
    return _attribute(user_id) in (row or {})


def _attribute(user_id: str) -> str:
    return _PREFIX + user_id.replace("-", "_")
