"""The entries of a draft: added, changed, deleted, and brought back for as long as that is possible.

What is deleted is hidden at once and removed by the sweep: nothing of a draft is ever anybody else's to read.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from chalicelib import due, undo
from chalicelib.aws.table import Item, Key, TransactionRefused, Write
from chalicelib.errors import NotFound
from chalicelib.ids import is_id, new_id
from chalicelib.optimistic import Changed, repeated

from . import drafts, rows
from .rows import Entry

if TYPE_CHECKING:
    from chalicelib.services import Services

_WHAT = "This entry is"
# Nobody has changed or deleted it meanwhile.
AS_READ = f"#digest = :was AND {undo.NOT_DELETED}"


def add(services: Services, handle: str, entries: Sequence[Entry]) -> int:
    """Store entries that are new; returns the draft's revision. Safe to repeat with the same ids, but that it counts.

    Raises NotFound, and PayloadTooLarge: of many, what came before is stored then.
    """
    revision = 0
    for start in range(0, len(entries), drafts.MOST_AT_ONCE):
        writes, more = adding(services, handle, entries[start : start + drafts.MOST_AT_ONCE])
        revision = drafts.change(services, handle, writes, more_bytes=more)
    return revision or rows.get(services, handle).revision


def adding(services: Services, handle: str, entries: Sequence[Entry]) -> tuple[list[Write], int]:
    """The writes that store entries, and by how much the draft grows: for a change that does more (`drafts.change`)."""
    items = [item_of(each) for each in entries]
    writes = [services.twins.put({**_key(handle, item["entry_id"]), **item}) for item in items]
    return writes, sum(item["bytes"] for item in items)


def new(**fields: Any) -> Entry:
    return Entry(entry_id=new_id(), **fields)


def item_of(entry: Entry) -> Item:
    """As it is stored. digest: of all that it tells, by which a change sees that another was faster."""
    item = {**asdict(entry), "source_ids": list(entry.source_ids)}
    digest = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
    return {**item, "bytes": rows.size(item), "digest": digest}


def as_read(item: Item) -> Item:
    """The values of `AS_READ`."""
    return {":was": item["digest"]}


def get(services: Services, handle: str, entry_id: str) -> Entry:
    """Raises NotFound."""
    return Entry.from_item(_found(services, handle, entry_id))


def change(services: Services, handle: str, entry_id: str, changes: Mapping[str, Any]) -> tuple[Entry, int]:
    """Set some fields of an entry, the others stay; returns it with the draft's revision. Raises NotFound."""

    def attempt() -> tuple[Entry, int]:
        item = _found(services, handle, entry_id)
        entry = replace(Entry.from_item(item), **changes)
        now = item_of(entry)
        changed = {**changes, "bytes": now["bytes"], "digest": now["digest"]}
        write = services.twins.change(_key(handle, entry_id), changed, condition=AS_READ, values=as_read(item))
        return entry, _counted(services, handle, write, now["bytes"] - item["bytes"])

    return repeated(attempt, _WHAT)


def delete(services: Services, handle: str, entry_id: str) -> tuple[float, int]:
    """Hide an entry; returns the end of the undo time (Unix seconds) and the draft's revision. Raises NotFound."""

    def attempt() -> tuple[float, int]:
        now, item = int(time.time()), _found(services, handle, entry_id)
        write = services.twins.change(
            _key(handle, entry_id),
            {"deleted_at": now, **due.at(now + undo.PURGE_AFTER_S, entry_id)},
            condition=AS_READ,
            values=as_read(item),
        )
        return now + undo.UNDO_S, _counted(services, handle, write, -item["bytes"])

    return repeated(attempt, _WHAT)


def restore(services: Services, handle: str, entry_id: str) -> tuple[Entry, int]:
    """Bring an entry back; one that is there stays. Returns it with the draft's revision. Raises NotFound."""

    def attempt() -> tuple[Entry, int]:
        item = _find(services, handle, entry_id)
        if item is None or item.get("deleted_at", time.time()) < undo.undo_from()[":undo_from"]:
            raise NotFound("entry")
        if "deleted_at" not in item:
            return Entry.from_item(item), rows.get(services, handle).revision
        write = services.twins.change(
            _key(handle, entry_id),
            {"deleted_at": None, **due.NEVER},
            condition="#digest = :was AND #deleted_at >= :undo_from",
            values={**as_read(item), **undo.undo_from()},
        )
        return Entry.from_item(item), _counted(services, handle, write, item["bytes"])

    return repeated(attempt, _WHAT)


def _counted(services: Services, handle: str, write: Write, more: int) -> int:
    """Raises Changed where the entry is no more as it was read."""
    try:
        return drafts.change(services, handle, [write], more_bytes=more)
    except TransactionRefused as refused:
        raise Changed from refused


def _found(services: Services, handle: str, entry_id: str) -> Item:
    item = _find(services, handle, entry_id)
    if item is None or "deleted_at" in item:
        raise NotFound("entry")
    return item


def _find(services: Services, handle: str, entry_id: str) -> Item | None:
    return services.twins.find(_key(handle, entry_id))


def _key(handle: str, entry_id: str) -> Key:
    """Raises NotFound for ids that nothing can have."""
    if not is_id(entry_id):
        raise NotFound("entry")
    return rows.key(handle, rows.ENTRY + entry_id)


def of_source(entries: Sequence[Entry], source_id: str) -> Iterator[Entry]:
    """Those that a source tells, alone or with others."""
    return (each for each in entries if source_id in each.source_ids)
