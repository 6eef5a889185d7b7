"""The rows of a restore: written where they are not, and then read again beside the archive.

A row that is there stays, unless it is older by its own time. Conversations have one, of their last prompt; messages,
files and counts have none that changes, so that those that are there stay. `overwrite` puts all back as they were.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from chalicelib import ids, migrations
from chalicelib.aws.bucket import Missing
from chalicelib.aws.table import ConditionFailed, TransactionRefused, Wire, transact
from chalicelib.comments import restored
from chalicelib.files import quota
from chalicelib.subjects import Subject

from .archive import Item, Unusable
from .canonical import Digest, canonical, digest_of
from .selection import Selection, uncounted
from .tables import BACKED_UP
from .work import Work

if TYPE_CHECKING:
    from chalicelib.services import Services

STAMPS: Mapping[str, str] = {"conversations": "timestamp"}
PARTS_AT_ONCE = 4
# As many as the client has connections.
_WRITERS = 16
# Of one part, between two notes of the place; and in one request that reads.
_PIECE = 500
_PIECE_BYTES = 4 * 1024 * 1024
_KEYS_A_REQUEST = 100
_PATIENCE_S = 20
ALL = -1
Handle = Callable[[str, list[Item]], dict[str, int]]


class PutBack(Protocol):
    def __call__(self, services: Services, row: Wire, *, overwrite: bool) -> None: ...


def are_written(work: Work) -> bool:
    """Write what is not there; False when the time is over."""
    with ThreadPoolExecutor(_WRITERS) as pool:
        selection = work.selection

        def write(table: str, items: list[Item]) -> dict[str, int]:
            list(pool.map(partial(_write, work, selection, table), items))
            return {}

        return _through(work, "rows", write)


def are_compared(work: Work) -> bool:
    """Read each row again, and hold it against the archive; False when the time is over. Raises Unusable."""
    selection = work.selection
    if not _through(work, "compared", partial(_compare, work, selection)):
        return False
    for name, table in work.archive.backup.tables.items():
        if selection.table in ("", name) and table.parts and work.run.digests.get(name) != table.digest:
            raise Unusable(f"the items of table {name} are not those that the manifest counts: take another backup")
    return True


def _through(work: Work, step: str, handle: Handle) -> bool:
    """Give the items of all parts to `handle`, several parts at once; the place is kept after each round of pieces."""
    run = work.run
    waiting = [each for each in work.parts() if run.places.get(f"{step}/{each[1]}") != ALL]
    readers: dict[str, Iterator[tuple[Item, int]]] = {}
    with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
        while waiting:
            if not work.has_time:
                return False
            at_once = waiting[:PARTS_AT_ONCE]
            for _, name, part in at_once:
                if name not in readers:
                    readers[name] = islice(work.archive.items(part), run.places.get(f"{step}/{name}", 0), None)
            pieces = [(table, readers[name], handle) for table, name, _ in at_once]
            done = list(pool.map(_piece, *zip(*pieces, strict=True)))
            for (table, name, _), (items, counts, digest) in zip(at_once, done, strict=True):
                place = f"{step}/{name}"
                run.places[place] = run.places.get(place, 0) + items if items else ALL
                if step == "compared":
                    _count(work, table, counts, digest)
            work.keep()
            waiting = [each for each in waiting if run.places.get(f"{step}/{each[1]}") != ALL]
    return True


def _piece(table: str, reader: Iterator[tuple[Item, int]], handle: Handle) -> tuple[int, dict[str, int], Digest]:
    """Handle the next items of a part: how many, what became of them, and the digest of what was read."""
    items: list[Item] = []
    size = 0
    while len(items) < _PIECE and size < _PIECE_BYTES and (found := next(reader, None)) is not None:
        items.append(found[0])
        size += found[1]
    counts = handle(table, items) if items else {}
    return len(items), counts, sum((Digest(digest_of(item)) for item in items), Digest())


def _count(work: Work, table: str, counts: dict[str, int], digest: Digest) -> None:
    so_far = work.run.counts.setdefault(table, {})
    for what, count in counts.items():
        so_far[what] = so_far.get(what, 0) + count
    work.run.digests[table] = (Digest(int(work.run.digests.get(table, "0"), 16)) + digest).hex


# Tables whose rows are counted, or count.
_COUNTED: Mapping[str, PutBack] = {"commentaires": restored.put_comment, "sections": restored.put_section}


def _write(work: Work, selection: Selection, table: str, item: Item) -> None:
    row = _prepared(work, selection, table, item)
    if row is None:
        return
    target, overwrite = work.tables[table], work.run.overwrite or work.run.drill
    if table in _COUNTED and not work.run.drill:
        _COUNTED[table](work.services, row, overwrite=overwrite)
        return
    is_counted = table == "files" and "size" in row and not work.run.drill
    if is_counted and (_counted(work, row) or not overwrite):
        return
    replaces = work.run.drill or (work.run.overwrite and not _is_running(table, row))
    condition, values = (None, {}) if replaces else _unless_newer(table, row)
    with suppress(ConditionFailed):
        target.write(target.put_wire(row, condition=condition, values=values), patience_s=_PATIENCE_S)


def _is_running(table: str, row: Item) -> bool:
    """Whether it counts this month: what was spent since the backup stays spent."""
    return table == "usage" and row["period"]["S"] == ids.month(time.time())


def _unless_newer(table: str, row: Item) -> tuple[str, dict[str, str]]:
    absent, stamp = f"attribute_not_exists(#{BACKED_UP[table][0]})", STAMPS.get(table)
    if stamp is None or stamp not in row:
        return absent, {}
    return f"{absent} OR #{stamp} < :stamp", {":stamp": row[stamp]["S"]}


def _counted(work: Work, row: Item) -> bool:
    """Put a file's row back that is not there, and count it, in one transaction; False where it is there.

    So whoever deletes the file releases what it holds, and a row that is put twice is counted once.
    """
    services, owner = work.services, Subject.of_owner(row["user_id"]["S"])
    absent = services.files.put_wire(row, condition="attribute_not_exists(#file_id)")
    try:
        transact([absent, quota.returned(services, owner, int(row["size"]["N"]))], patience_s=_PATIENCE_S)
    except TransactionRefused:
        return False
    return True


def _prepared(work: Work, selection: Selection, table: str, item: Item) -> Item | None:
    """A row as it comes back, of today's schema; a file's with the version of its object that is there now."""
    item = dict(migrations.migrated(table, item))
    if work.run.drill:
        return item
    row = selection.row(table, item)
    if row is None or _is_over(table, row):
        return None
    if table != "files" or "version_id" not in row:
        return row
    key, version_id = row["object_key"]["S"], row["version_id"]["S"]
    uploads = work.services.uploads
    try:
        uploads.stored(key, version_id)
    except Missing:
        with suppress(Missing):
            return row | {"version_id": {"S": uploads.stored(key).version_id}}
    return row


def _is_over(table: str, row: Item) -> bool:
    """Whether DynamoDB removes it any moment, so that nobody can tell whether it came back."""
    return table == "usage" and "ttl" in row and float(row["ttl"]["N"]) <= time.time()


def _compare(work: Work, selection: Selection, table: str, items: list[Item]) -> dict[str, int]:
    """How many are there as they were (`equal`), as others (`kept`), not at all (`lost`), or were not asked for."""
    rows = [row for item in items if (row := _prepared(work, selection, table, item)) is not None]
    counts = {"equal": 0, "kept": 0, "lost": 0, "left_out": len(items) - len(rows)}
    for start in range(0, len(rows), _KEYS_A_REQUEST):
        asked = rows[start : start + _KEYS_A_REQUEST]
        there_now = work.tables[table].wires([_key_of(table, row) for row in asked])
        found = {_key(table, row): row if work.run.drill else uncounted(table, dict(row)) for row in there_now}
        for row in asked:
            there = found.get(_key(table, row))
            counts["lost" if there is None else "equal" if canonical(there) == canonical(row) else "kept"] += 1
    return counts


def _key_of(table: str, row: Wire) -> Wire:
    return {name: row[name] for name in BACKED_UP[table]}


def _key(table: str, row: Wire) -> bytes:
    return canonical(_key_of(table, row))
