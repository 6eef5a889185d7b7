"""Names by which writers are shown: each person's own choice, but for the look of an owner's.

An owner's names are kept as skeletons, one of each owner, on one row beside the comments: whoever writes or chooses a
name is held against them. A comment keeps the name that it was written under; a name that is changed is that of the
comments to come.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.errors import InvalidRequest, NameTaken

from . import texts

if TYPE_CHECKING:
    from chalicelib.services import Services

MAX_CHARACTERS = 40
OWNERS_KEY = {"id": "owner-names"}
# One letter may come as several characters: what is written of a name is bounded by what is seen of it.
_UNSEEN = ("M", "Cf")
# Small letters that look like a Latin one, and what a capital looks like where that differs.
_CYRILLIC = dict(zip("авекмнорстухгіїјѕԁԛԝһьӏѵүө", "abekmhopctyxriijsdqwhblvyo", strict=True))
_GREEK_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True))
_GREEK = dict(zip("αβγεηικμνορσςτυχω", "abyenikuvopoctuxw", strict=True))
_LATIN = {"ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ƅ": "b", "ʟ": "l"}
_LOOK = {**_CYRILLIC, **_GREEK, **_LATIN}
# Of the letters that remain: what hardly differs in most type.
_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "3": "e", "4": "a", "@": "a", "$": "s"}
)


def cleaned(name: str) -> str:
    """A name as it is shown. Raises InvalidRequest for what is blank, or longer than 40 visible characters."""
    try:
        name = texts.line(name, most=MAX_CHARACTERS * (1 + texts.MAX_MARKS))
    except ValueError as error:
        raise InvalidRequest("display_name", str(error)) from error
    seen = sum(not unicodedata.category(each).startswith(_UNSEEN) for each in name)
    if seen > MAX_CHARACTERS:
        raise InvalidRequest("display_name", f"takes at most {MAX_CHARACTERS} visible characters, not {seen}")
    if not any(unicodedata.category(each)[0] in "LNS" for each in name):
        raise InvalidRequest("display_name", "must hold a letter, a number or a symbol")
    return name


def skeleton(name: str) -> str:
    """What a name looks like: equal for two that a reader takes for one.

    After Unicode's UTS 39 in little, with a table of our own: compatibility forms, case, accents, spaces and signs are
    folded, and Cyrillic, Greek and digits become the Latin letters that they resemble. It does not see look-alikes of
    other scripts (Cherokee, Armenian…), pairs such as `rn` for `m`, nor a name that only resembles another by its
    sense (`Ada L.` for `Ada Lovelace`).
    """
    folded = "".join(_GREEK_CAPITALS.get(each, each) for each in unicodedata.normalize("NFKC", name))
    folded = unicodedata.normalize("NFKD", folded.casefold())
    latin = "".join(_LOOK.get(each, each) for each in folded).translate(_ALIKE)
    return "".join(each for each in latin if unicodedata.category(each)[0] in "LNS")


def choose(services: Services, user_id: str, name: str, *, is_owner: bool) -> str | None:
    """A name as a person may bear it, None for a blank one: it is the caller's to store.

    An owner's is kept from others from now on. Raises InvalidRequest and NameTaken.
    """
    chosen = cleaned(name) if name.strip() else None
    if is_owner:
        keep(services, user_id, chosen)
    elif chosen is None:
        return None
    elif is_owners(services.commentaires.find(OWNERS_KEY), chosen):
        raise NameTaken
    return chosen


def keep(services: Services, user_id: str, name: str | None) -> None:
    """Keep an owner's name from others, or no longer (None). Safe to repeat."""
    table, attribute = services.commentaires, _attribute(user_id)
    if name is not None:
        table.write(table.change(OWNERS_KEY, {attribute: skeleton(name)}))
        return
    with suppress(ConditionFailed):
        table.write(table.change(OWNERS_KEY, {attribute: None}, condition=f"attribute_exists(#{attribute})"))


def is_owners(row: Item | None, name: str) -> bool:
    """Whether a name looks like one of the row's."""
    look = skeleton(name)
    return any(look == kept for attribute, kept in (row or {}).items() if attribute.startswith("owner_"))


def is_kept(row: Item | None, user_id: str, name: str) -> bool:
    """Whether an owner's name is kept from others already."""
    return (row or {}).get(_attribute(user_id)) == skeleton(name)


def _attribute(user_id: str) -> str:
    return "owner_" + user_id.replace("-", "_")
