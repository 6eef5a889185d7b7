"""A draft's sources: added with what they tell, taken away with it, and where several tell one thing, joined.

What a source tells that another has told already, without contradiction, becomes no second entry: the first names both
as its sources, and gains what it lacked. Where they contradict each other both stand, until the owner decides
(`conflicts`).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib import undo
from chalicelib.aws.table import TransactionRefused, Write
from chalicelib.errors import AnotherPerson, DraftChanged, InvalidRequest, NotFound, PayloadTooLarge
from chalicelib.functions import STUDY, events_of
from chalicelib.ids import is_id, iso, new_id, seconds
from chalicelib.optimistic import Changed, repeated
from chalicelib.shapes import ErrorInfo

from . import conflicts, drafts, entries, linkedin, rows
from .conflicts import Conflict
from .drafts import Draft
from .found import Found, short
from .rows import Entry, Kind, Source

if TYPE_CHECKING:
    from chalicelib.services import Services

_WHAT = "This draft is"
# Of an entry that was joined of two, as long as one may be.
_MOST_CHARACTERS = 8_000
# By then its order was given up, and the last run of it is over.
_LOST_S = events_of(STUDY).max_age_s + 3_600
LOST: ErrorInfo = {
    "code": "reading_failed",
    "message": "It could not be read, for a reason on our side. Delete it and add it again.",
}


@dataclass
class _Change:
    """Writes of a draft that belong together, and by how much it grows by each."""

    services: Services
    handle: str
    writes: list[tuple[Write, int]] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        (write,), more = entries.adding(self.services, self.handle, [entry])
        self.writes.append((write, more))

    def change(self, entry: Entry, changes: dict[str, Any]) -> None:
        """On condition that nobody has changed it meanwhile."""
        was, now = entries.item_of(entry), entries.item_of(replace(entry, **changes))
        stored = {name: now[name] for name in (*changes, "source_ids", "bytes", "digest")}
        key = rows.key(self.handle, rows.ENTRY + entry.entry_id)
        write = self.services.twins.change(key, stored, condition=entries.AS_READ, values=entries.as_read(was))
        self.writes.append((write, now["bytes"] - was["bytes"]))

    def remove(self, entry: Entry) -> None:
        was = entries.item_of(entry)
        item = rows.ENTRY + entry.entry_id
        gone = drafts.hiding(self.services, self.handle, item, "#digest = :was", entries.as_read(was))
        self.writes.append((gone, -was["bytes"]))

    def make(self, *last: Write) -> int:
        """Make them, in transactions that count as they come; `last` with the last. Returns the draft's revision.

        The first wants room for them all, so that of what does not fit nothing is stored; each counts its own.
        Raises NotFound, PayloadTooLarge, and Changed where something is no more as it was read.
        """
        writes, revision = [*self.writes, *((write, 0) for write in last)], 0
        wanted = sum(more for _, more in writes)
        for start in range(0, len(writes), drafts.MOST_AT_ONCE):
            part = writes[start : start + drafts.MOST_AT_ONCE]
            more = sum(more for _, more in part)
            try:
                revision = drafts.change(
                    self.services, self.handle, [write for write, _ in part], more_bytes=more, room_bytes=wanted
                )
            except TransactionRefused as refused:
                raise Changed from refused
            wanted -= more
        return revision


def add(services: Services, handle: str, kind: Kind, name: str, told: Iterable[Found]) -> Source:
    """Store a source with what it tells. Raises NotFound and PayloadTooLarge, with nothing stored."""
    source = Source(new_id(), kind, short(name), "ready", iso(time.time()))
    found = list(told)
    _store(services, handle, source, found)
    return source


def begin(services: Services, handle: str, kind: Kind, name: str, file_id: str) -> Source:
    """Note a source that is to be read by `study`. Raises NotFound."""
    source = Source(new_id(), kind, short(name), "reading", iso(time.time()), file_id)
    drafts.change(services, handle, [_put(services, handle, source)])
    return source


def finish(services: Services, handle: str, source: Source, told: Sequence[Found]) -> None:
    """Store what was read of a source. Safe to repeat. Raises NotFound where it was deleted, and PayloadTooLarge."""
    _store(services, handle, replace(source, status="ready", error=None), told, is_new=False)


def fail(services: Services, handle: str, source: Source, error: ErrorInfo) -> None:
    """Note why a source could not be read; nothing where it was deleted."""
    failed = replace(source, status="failed", error={"code": error["code"], "message": error["message"]})
    with suppress(NotFound, TransactionRefused):
        drafts.change(services, handle, [_put(services, handle, failed, is_new=False)])


def find(services: Services, handle: str, source_id: str) -> Source:
    """Raises NotFound."""
    item = services.twins.find(_key(handle, source_id))
    if item is None or "deleted_at" in item:
        raise NotFound("source")
    return Source.from_item(item)


def settled(source: Source) -> Source:
    """The source, which has failed if nobody reads it any more."""
    if source.status != "reading" or seconds(source.added_at) > time.time() - _LOST_S:
        return source
    return replace(source, status="failed", error={"code": LOST["code"], "message": LOST["message"]})


def add_archive(
    services: Services, handle: str, owner_name: str, files: linkedin.Files, *, is_confirmed: bool
) -> Source:
    """Store what a LinkedIn archive tells. Raises what `linkedin.checked` does, NotFound, and AnotherPerson."""
    rows.get(services, handle)
    taken = linkedin.checked(files)
    name, persona = linkedin.owner_of(taken, owner_name), drafts.find_persona(services, handle)
    if persona.name and not is_confirmed and not linkedin.is_same_person(name, persona.name):
        raise AnotherPerson()
    told = linkedin.found(taken)
    if not told:
        raise InvalidRequest(
            "files", "tell nothing of a career: is it the whole archive that LinkedIn sent?", reason="nothing_found"
        )
    source = add(services, handle, "linkedin", "LinkedIn", told)
    if not persona.name:
        _introduce(services, handle, name, linkedin.headline_of(taken))
    return source


def _introduce(services: Services, handle: str, name: str, headline: str) -> None:
    """Name a twin that has no name yet. Where its owner is faster it is theirs to write: the archive is stored."""
    draft = drafts.read(services, handle)
    if draft.persona.name:
        return
    named = replace(draft.persona, name=name, headline=draft.persona.headline or headline)
    write, more = drafts.set_persona(services, handle, named, draft.persona)
    with suppress(NotFound, DraftChanged, PayloadTooLarge):
        drafts.change(services, handle, [write], more_bytes=more, revision=draft.head.revision)


def remove(services: Services, handle: str, source_id: str) -> int:
    """Take a source away, with the entries that none but it tells. Returns the draft's revision. Raises NotFound."""
    _key(handle, source_id)

    def attempt() -> int:
        draft = drafts.read(services, handle)
        if source_id not in [each.source_id for each in draft.sources]:
            raise NotFound("source")
        change = _Change(services, handle)
        for entry in entries.of_source(draft.entries, source_id):
            others = tuple(each for each in entry.source_ids if each != source_id)
            if others:
                change.change(entry, {"source_ids": others})
            else:
                change.remove(entry)
        return change.make(drafts.hiding(services, handle, rows.SOURCE + source_id))

    return repeated(attempt, _WHAT)


def decide(services: Services, handle: str, conflict_id: str, entry_id: str | None) -> None:
    """Settle a conflict: what one of its entries says holds for all of them, or all stay as they are (None).

    Entries that contradict each other no more become one. Raises NotFound and InvalidRequest.
    """

    def attempt() -> None:
        draft = drafts.read(services, handle)
        conflict = next((each for each in found_conflicts(draft) if each.conflict_id == conflict_id), None)
        if conflict is None:
            raise NotFound("conflict")
        change = _Change(services, handle)
        if entry_id is None:
            change.writes.append((services.twins.put(dict(rows.key(handle, rows.DECISION + conflict_id))), 0))
        else:
            _hold(change, draft, conflict, entry_id)
        change.make()

    repeated(attempt, _WHAT)


def found_conflicts(draft: Draft) -> list[Conflict]:
    return conflicts.found(draft.entries, draft.decided)


def _hold(change: _Change, draft: Draft, conflict: Conflict, entry_id: str) -> None:
    told = {each.entry_id: each.value for each in conflict.entries}
    if entry_id not in told:
        raise InvalidRequest("entry_id", "is none of this conflict's entries", reason="not_taken")
    by_id = {each.entry_id: each for each in draft.entries}
    chosen = kept = by_id[entry_id]
    held: dict[str, Any] = {conflict.field: told[entry_id]}
    for other in (by_id[each] for each in told if each != entry_id):
        mended = replace(other, **held)
        if conflicts.is_same(kept, mended) and conflicts.agree(kept, mended) and _fits(kept, mended):
            kept = _joined(kept, mended, mended.source_ids)
            change.remove(other)
        else:
            change.change(other, held)
    if kept != chosen:
        change.change(chosen, _differences(chosen, kept))


def _store(services: Services, handle: str, source: Source, told: Sequence[Found], *, is_new: bool = True) -> None:
    source_id = source.source_id

    def attempt() -> None:
        draft = drafts.read(services, handle)
        change = _Change(services, handle)
        present = []
        for entry in draft.entries:
            # What a run that broke off has left.
            if entry.source_ids == (source_id,):
                change.remove(entry)
            else:
                present.append(entry)
        if not is_new and source_id not in [each.source_id for each in draft.sources]:
            change.make()
            raise NotFound("source")
        _place(change, present, told, source_id)
        change.make(_put(services, handle, source, is_new=is_new))

    repeated(attempt, _WHAT)


def _place(change: _Change, present: Sequence[Entry], told: Sequence[Found], source_id: str) -> None:
    """Join each to an entry of another source that tells the same, or add it.

    What a run that broke off has joined already comes first, and stays as it is.
    """
    free: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in sorted(present, key=lambda entry: source_id not in entry.source_ids):
        free[conflicts.place(entry)].append(entry)
    for each in told:
        near = free.get(conflicts.place(each), [])
        same = next((entry for entry in near if _joins(entry, each)), None)
        if same is None:
            change.add(Entry(entry_id=new_id(), source_ids=(source_id,), **asdict(each)))
        else:
            near.remove(same)
            if differences := _differences(same, _joined(same, each, (source_id,))):
                change.change(same, differences)


def _joins(entry: Entry, other: Found) -> bool:
    return conflicts.is_same(entry, other) and conflicts.agree(entry, other) and _fits(entry, other)


def _fits(entry: Entry, other: Entry | Found) -> bool:
    return len(conflicts.join(entry, other).get("text", "")) <= _MOST_CHARACTERS


def _joined(entry: Entry, other: Entry | Found, source_ids: tuple[str, ...]) -> Entry:
    named = tuple(dict.fromkeys((*entry.source_ids, *source_ids)))
    changes: dict[str, Any] = {**conflicts.join(entry, other), "source_ids": named}
    return replace(entry, **changes)


def _differences(entry: Entry, changed: Entry) -> dict[str, Any]:
    was, now = asdict(entry), asdict(changed)
    return {name: now[name] for name in now if now[name] != was[name]}


def _put(services: Services, handle: str, source: Source, *, is_new: bool = True) -> Write:
    item = {name: value for name, value in asdict(source).items() if value is not None}
    condition = None if is_new else f"attribute_exists(#handle) AND {undo.NOT_DELETED}"
    return services.twins.put({**_key(handle, source.source_id), **item}, condition=condition)


def _key(handle: str, source_id: str) -> dict[str, Any]:
    """Raises NotFound for ids that nothing can have."""
    if not is_id(source_id):
        raise NotFound("source")
    return dict(rows.key(handle, rows.SOURCE + source_id))
