"""What several sources tell of the same thing: where they agree it is one entry, where they differ the owner decides.

Two entries tell the same thing where they are of one section and one organisation (`texts.fold`), of different sources,
and their titles or their times meet; what has no organisation, such as a skill, where it has the same title; and what
is a text, such as a recommendation, where it is the same text. A conflict is computed from the entries each time, so
that it is gone when they agree; only the owner's word that all of them stay is stored, by the conflict's id, which the
values are part of.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from . import dates
from .texts import fold, words

Field = Literal["title", "start", "end", "place"]
_FIELDS: tuple[Field, ...] = get_args(Field)
# Of which an organisation is part.
_ORGANISED = frozenset({"experience", "education", "volunteering", "organizations", "certifications"})
# Of which the title is all.
_NAMED = frozenset({"skills", "languages", "courses", "honors", "publications", "projects", "test_scores", "links"})


class Told(Protocol):
    """What is compared of an entry."""

    @property
    def section(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def end(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def text(self) -> str: ...


class Joined(Told, Protocol):
    @property
    def url(self) -> str: ...


class Entry(Told, Protocol):
    @property
    def entry_id(self) -> str: ...
    @property
    def source_ids(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Value:
    entry_id: str
    source_id: str
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    conflict_id: str
    field: Field
    entries: tuple[Value, ...]


def found(entries: Iterable[Entry], decided: frozenset[str] = frozenset()) -> list[Conflict]:
    """The conflicts between entries, those of one thing together. decided: ids of those that stay as they are."""
    all_of_them = [
        conflict
        for same in _same_things(entries)
        for field in _FIELDS
        if (conflict := _conflict(field, same)) is not None
    ]
    return [each for each in all_of_them if each.conflict_id not in decided]


NOWHERE = ("", "")


def place(entry: Told) -> tuple[str, str]:
    """Where others stand that may tell the same thing; NOWHERE of what is never the same as another."""
    if entry.section in _ORGANISED:
        return entry.section, _organisation(entry)
    if entry.section in _NAMED:
        return entry.section, fold(entry.title)
    return (entry.section, _written(entry)) if _written(entry) else NOWHERE


def is_same(one: Told, other: Told) -> bool:
    """Whether two entries tell the same thing, though perhaps not the same of it."""
    if one.section != other.section:
        return False
    if one.section in _NAMED:
        return fold(one.title) == fold(other.title)
    if one.section not in _ORGANISED:
        return bool(_written(one)) and _written(one) == _written(other)
    if not _organisation(one) or _organisation(one) != _organisation(other):
        return False
    if one.section == "certifications":
        return fold(one.title) == fold(other.title)
    return _titles_meet(one, other) and (_times_meet(one, other) or fold(one.title) == fold(other.title))


def _written(entry: Told) -> str:
    return fold(f"{entry.title}\n{entry.text}") if entry.text.strip() else ""


def agree(one: Told, other: Told) -> bool:
    """Whether two entries of the same thing contradict each other in nothing."""
    return not any(_differ(field, getattr(one, field), getattr(other, field), (one, other)) for field in _FIELDS)


def join(entry: Joined, other: Joined) -> dict[str, str]:
    """What an entry gains by another that tells the same and agrees: what it lacked, or told less exactly."""
    gained = {
        name: getattr(other, name)
        for name in ("subtitle", "start", "end", "place", "url")
        if _is_more(name, getattr(other, name), getattr(entry, name))
    }
    mine, more = fold(entry.text), fold(other.text)
    if more not in mine:
        gained["text"] = other.text if mine in more else f"{entry.text}\n\n{other.text}"
    return gained


def _is_more(name: str, other: str, mine: str) -> bool:
    return bool(other) and (not mine or (name in ("start", "end") and len(other) > len(mine)))


def _same_things(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries of several sources that tell of one thing, as groups of two or more."""
    near: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        near[place(entry)].append(entry)
    near.pop(NOWHERE, None)
    groups: list[list[Entry]] = []
    for candidates in near.values():
        mine: list[list[Entry]] = []
        for entry in candidates:
            group = next((each for each in mine if _belongs(entry, each)), None)
            if group is None:
                mine.append([entry])
            else:
                group.append(entry)
        groups += [each for each in mine if len(each) > 1]
    return groups


def _belongs(entry: Entry, group: list[Entry]) -> bool:
    """One source tells of a thing once: what it tells twice is two things. The owner's own are of one source."""
    return all(is_same(entry, each) and not _sources(entry) & _sources(each) for each in group)


def _sources(entry: Entry) -> set[str]:
    return set(entry.source_ids) or {""}


def _conflict(field: Field, same: list[Entry]) -> Conflict | None:
    values = [getattr(each, field) for each in same]
    if not any(_differ(field, a, b, same) for i, a in enumerate(values) for b in values[i + 1 :]):
        return None
    shown = tuple(
        Value(each.entry_id, each.source_ids[0] if each.source_ids else "", value)
        for each, value in sorted(zip(same, values, strict=True), key=lambda pair: pair[0].entry_id)
    )
    told = "\n".join([field, *(f"{each.entry_id} {each.value}" for each in shown)])
    return Conflict(hashlib.sha256(told.encode()).hexdigest()[:32], field, shown)


def _differ(field: Field, one: str, other: str, entries: Iterable[Told]) -> bool:
    if field in ("start", "end") and one and other:
        return dates.differ(one, other)
    if field == "end" and one != other:
        # It goes on by one of them, and has ended by the other: a source without any dates says neither.
        return all(each.start for each in entries)
    if not one or not other:
        return False
    if field == "place":
        return not (words(one) <= words(other) or words(other) <= words(one))
    return fold(one) != fold(other)


def _organisation(entry: Told) -> str:
    return fold(entry.subtitle or entry.title)


def _titles_meet(one: Told, other: Told) -> bool:
    """Two posts that one has had at the same time in one place have no word in common; dates alone would not tell."""
    if _times_meet(one, other) and _times_are_close(one, other):
        return True
    return bool(_telling(one.title) & _telling(other.title))


def _telling(title: str) -> frozenset[str]:
    return frozenset(word for word in words(title) if len(word) > 3)


def _times_meet(one: Told, other: Told) -> bool:
    if not one.start or not other.start:
        return True
    # A year reaches to its end.
    last = "9999"
    return one.start[:4] <= (other.end or last)[:4] and other.start[:4] <= (one.end or last)[:4]


def _times_are_close(one: Told, other: Told) -> bool:
    """Whether both begin or both end within a year: one of them has another title for it, or a date wrong."""
    pairs = ((one.start, other.start), (one.end, other.end))
    return any(a and b and abs(int(a[:4]) - int(b[:4])) <= 1 for a, b in pairs)
