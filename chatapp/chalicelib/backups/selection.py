"""Which rows and objects of a backup come back, and as whose: the one place that knows where an owner stands in them.

A row comes back as it was, but for the `sub` of a person whose account had to be made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.ids import is_id
from chalicelib.spending import rates
from chalicelib.subjects import Subject
from chalicelib.twin import rows as twins

from .archive import Item
from .prefixes import OF_TWINS

# Attributes that hold a `sub` between separators, within their first parts: what follows is a person's own text.
_OWNED: Mapping[str, tuple[str, ...]] = {
    "conversations": ("user_id",),
    "messages": ("conversation",),
    "files": ("user_id", "owner", "object_key"),
    "usage": ("subject",),
    "erasures": ("erased", "user_id"),
    "people": ("user_id",),
    "commentaires": ("user_id",),
    "sections": (),
    "twins": ("user_id", "by"),
}
_SEPARATOR = re.compile("([:#/])")
_FIRST_PARTS = 3
# Of the usage table: the stage's own notes, which say what is known of this pool, of these drills and of this model.
_OF_THE_STAGE = frozenset({"sweep", "drill", "owners", "health", "checkup"})
# Counted anew with each file that comes back (`files.quota`).
_COUNTED = "storage"
# Counted anew with each comment that comes back (`comments.restored`).
_COUNTED_ANEW: Mapping[str, tuple[str, ...]] = {"sections": ("visible",)}


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed for good, by anybody's order: none of it comes back, whatever a backup holds."""

    conversations: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset()
    twins: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    visits: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> Erased:
        """names: `conversation:USER#ID`, `file:ID`, `account:SUB`, `comment:ID`, `twin:HANDLE`, `part:HANDLE#ITEM` and
        `visit:HANDLE#ID`."""
        kinds = ("conversation", "file", "account", "comment", "twin", "part", "visit")
        found: dict[str, set[str]] = {kind: set() for kind in kinds}
        for name in names:
            kind, _, of_kind = name.partition(":")
            if kind in found:
                found[kind].add(of_kind.rpartition("#")[2])
        return cls(*(frozenset(of_kind) for of_kind in found.values()))


@dataclass(frozen=True, slots=True)
class Selection:
    """table: "" for all. person: a `sub`; "" for everybody. conversation: "" for all, or one, with `files` alone.
    twins: of a person, those that they have made. first_day: of the transcripts that would still be kept.

    subs: the new ones by the old ones.
    """

    table: str = ""
    person: str = ""
    conversation: str = ""
    files: frozenset[str] = frozenset()
    twins: frozenset[str] = frozenset()
    first_day: str = ""
    subs: Mapping[str, str] = field(default_factory=dict)
    erased: Erased = field(default_factory=Erased)

    def row(self, table: str, item: Item) -> Item | None:
        """A row as it comes back; None for one that does not."""
        if not self._asked(table, item) or self._is_erased(table, item):
            return None
        if (table == "usage" and _is_passing(item)) or (table == "commentaires" and not _is_comment(item)):
            return None
        item = uncounted(table, item)
        names = [name for name in _OWNED[table] if name in item]
        return item | {name: {"S": self._renamed(item[name]["S"])} for name in names}

    def key(self, key: str) -> str | None:
        """An object's key as it comes back; None for one that does not."""
        prefix, first, *rest = key.split("/", 3)
        if prefix in OF_TWINS:
            is_there = self.twin(first) and first not in self.erased.twins
            return key if is_there and (prefix != "transcripts" or self._is_kept(*rest)) else None
        of_upload = prefix == "uploads"
        file_id = (rest[0] if rest else "") if of_upload else first
        if file_id in self.erased.files or (of_upload and first in self.erased.accounts):
            return None
        if self.table not in ("", "files") or ((self.person or self.conversation) and file_id not in self.files):
            return None
        return self._renamed(key) if of_upload else key

    def _is_kept(self, day: str, name: str = "") -> bool:
        """Of a transcript: stored anew, it is kept for as long as a new one."""
        return day >= self.first_day and name.removesuffix(".jsonl") not in self.erased.visits

    def twin(self, handle: str) -> bool:
        """Whether a twin was asked for."""
        of_all = not self.person and not self.conversation
        return self.table in ("", "twins") and (of_all or handle in self.twins)

    def _asked(self, table: str, item: Item) -> bool:
        if table == "twins":
            return self.twin(twin_of(item))
        if self.table:
            return table == self.table
        if table == "erasures":
            return not self.person and not self.conversation
        if self.person and owner_of(table, item) != self.person:
            return False
        if not self.conversation:
            return True
        is_file, of = table == "files", conversation_of(table, item)
        return item["file_id"]["S"] in self.files if is_file else of == self.conversation

    def _is_erased(self, table: str, item: Item) -> bool:
        if table == "erasures":
            return False
        if owner_of(table, item) in self.erased.accounts:
            return True
        if conversation_of(table, item) in self.erased.conversations | self.erased.visits:
            return True
        if table == "commentaires":
            return item["id"]["S"] in self.erased.comments
        if table == "twins":
            return twin_of(item) in self.erased.twins or item["item"]["S"] in self.erased.parts
        return table == "files" and item["file_id"]["S"] in self.erased.files

    def _renamed(self, text: str) -> str:
        return "".join(self.subs.get(part, part) for part in _SEPARATOR.split(text, maxsplit=_FIRST_PARTS))


def uncounted(table: str, item: Item) -> Item:
    """A row without what is counted anew."""
    return {name: value for name, value in item.items() if name not in _COUNTED_ANEW.get(table, ())}


def _is_passing(item: Item) -> bool:
    """Of the usage table: what was true of that time only. What was missing of a limit by then has come back."""
    period = item["period"]["S"]
    return item["subject"]["S"] in _OF_THE_STAGE or period == _COUNTED or period.startswith(rates.PERIOD)


def _is_comment(item: Item) -> bool:
    """Or a note beside them: what was written within a day, and owners' names as they were, which are noted anew."""
    return is_id(item["id"]["S"])


def owner_of(table: str, item: Item) -> str:
    """The `sub` of the person whose row it is; "" where it is nobody's."""
    if table == "messages":
        return _owner(item["conversation"]["S"].rpartition("#")[0])
    if table == "usage":
        return _owner(item["subject"]["S"])
    found: str = item.get("user_id", item.get("owner", {})).get("S", "")
    return found


def twin_of(item: Item) -> str:
    """The handle of a row of the table of twins."""
    handle = str(item["handle"]["S"])
    return str(item["item"]["S"]) if handle == twins.TWINS else handle


def conversation_of(table: str, item: Item) -> str:
    """The id of the conversation that it is of; "" for what is of none."""
    if table == "conversations":
        return str(item["conversation_id"]["S"])
    return str(item["conversation"]["S"]).rpartition("#")[2] if table == "messages" else ""


def files_of(table: str, item: Item) -> set[str]:
    """The files that a conversation or a message names."""
    if table == "conversations":
        kept = [each["M"] for each in item.get("cut_files", {}).get("L", [])]
        return {*item.get("file_ids", {}).get("SS", []), *(each["file_id"]["S"] for each in kept)}
    return {each["M"]["file_id"]["S"] for each in item.get("files", {}).get("L", [])} if table == "messages" else set()


def _owner(subject: str) -> str:
    try:
        return Subject.parse(subject).owner
    except ValueError:
        return ""
