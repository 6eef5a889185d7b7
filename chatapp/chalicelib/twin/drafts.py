"""A twin's draft: what its owners work on, and how every change of it is counted.

Each change is one transaction with the head, whose revision goes up: so nothing is changed of a twin that is deleted,
whoever names a revision is refused where another was faster, and what is published is what its owner has read. Those
that name none, of one entry each, follow one another.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from chalicelib import due, undo
from chalicelib.aws.table import ConditionFailed, Item, TransactionRefused, Write, batch_get, transact
from chalicelib.errors import Conflict, DraftChanged, NotFound, PayloadTooLarge
from chalicelib.ids import iso

from . import rows
from .rows import Entry, Head, Persona, Photo, Source

if TYPE_CHECKING:
    from chalicelib.services import Services

# Of text, with which a reply stays well below what Lambda gives back (6 MB), and a profile can be published.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_BYTES = 2 * 1024 * 1024
_MB = 1024 * 1024
# Of a transaction of 100, beside the head.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
MOST_AT_ONCE = 90
# Of a twin that is deleted, until all that belongs to it is gone.
_GOING = "This twin is being deleted. Make it anew in a minute."


@dataclass(frozen=True, slots=True)
class Draft:
    """entries: as they were made, without those that are deleted. decided: conflicts of which all sides stay, by id."""

    head: Head
    persona: Persona
    photo: Photo | None
    entries: Sequence[Entry]
    sources: Sequence[Source]
    decided: frozenset[str]


def create(services: Services, user_id: str, handle: str) -> tuple[Head, bool]:
    """A twin of that handle, and whether it is new. Raises NotFound for what no twin can be called, and Conflict."""
    key, table = rows.key(handle), services.twins
    made = rows.persona_item(Persona())
    head = {
        **key,
        "user_id": user_id,
        "created_at": iso(time.time()),
        "revision": 1,
        "next_version": 1,
        "draft_bytes": rows.size(made["persona"]),
    }
    new = table.put(head, condition="attribute_not_exists(#handle)")
    listed = table.put({**rows.listed(handle), "user_id": user_id})
    try:
        transact([new, table.put({**rows.key(handle, rows.PERSONA), **made}), listed])
    except TransactionRefused as refused:
        there = Head.from_item(refused.row(new) or {})
        if there.deleted_at is not None:
            raise Conflict(_GOING) from refused
        return there, False
    return Head.from_item(head), True


def everything(services: Services) -> list[tuple[Head, Persona]]:
    """All twins of the stage by handle: a few."""
    handles = handles_of(services)
    found: list[tuple[Head, Persona]] = []
    for start in range(0, len(handles), 50):
        keys = [rows.key(each, item) for each in handles[start : start + 50] for item in (rows.HEAD, rows.PERSONA)]
        read = batch_get(*((services.twins, key) for key in keys))
        for head, persona in zip(read[::2], read[1::2], strict=True):
            if head and persona and "deleted_at" not in head:
                found.append((Head.from_item(head), Persona.from_item(persona["persona"])))
    return found


def handles_of(services: Services, user_id: str = "") -> list[str]:
    """The twins of the stage, those that are being removed included; or those that one person has made."""
    listed = services.twins.rows("#handle = :twins", {":twins": rows.TWINS})
    return [each["item"] for each in listed if user_id in ("", each["user_id"])]


def read(services: Services, handle: str) -> Draft:
    """Raises NotFound. The head is read first: what changed since then has a higher revision than the draft says."""
    head = rows.get(services, handle)
    found = services.twins.rows(
        "#handle = :handle AND begins_with(#item, :draft)", {":handle": handle, ":draft": rows.DRAFT}
    )
    persona, photo = Persona(), None
    entries: list[Entry] = []
    sources: list[Source] = []
    decided: list[str] = []
    for item in found:
        name = item["item"]
        if name == rows.PERSONA:
            persona = Persona.from_item(item["persona"])
        elif name == rows.PHOTO:
            photo = Photo(item["sha"], item["type"])
        elif name.startswith(rows.ENTRY) and "deleted_at" not in item:
            entries.append(Entry.from_item(item))
        elif name.startswith(rows.SOURCE) and "deleted_at" not in item:
            sources.append(Source.from_item(item))
        elif name.startswith(rows.DECISION):
            decided.append(name.removeprefix(rows.DECISION))
    return Draft(head, persona, photo, entries, sources, frozenset(decided))


def change(
    services: Services,
    handle: str,
    writes: Sequence[Write],
    *,
    more_bytes: int = 0,
    room_bytes: int | None = None,
    revision: int | None = None,
    head: Item | None = None,
) -> int:
    """Make writes of a draft and count them, all or none; returns the draft's new revision.

    revision: that it must have. more_bytes: by which it grows. room_bytes: for which there must be room, by
    default for these. head: what else is set of it; None removes.
    Raises NotFound, DraftChanged, PayloadTooLarge, and TransactionRefused where one of the writes was refused.
    """
    values: dict[str, Any] = {":one": 1, ":more": more_bytes}
    condition = "attribute_exists(#handle) AND attribute_not_exists(#deleted_at)"
    if revision is not None:
        condition += " AND #revision = :revision"
        values[":revision"] = revision
    room_bytes = more_bytes if room_bytes is None else room_bytes
    if room_bytes > 0:
        condition += " AND #draft_bytes <= :room"
        values[":room"] = MAX_BYTES - room_bytes
    given = head or {}
    said = {name: value for name, value in given.items() if value is not None}
    parts = ["SET " + ", ".join(f"#{name} = :set_{name}" for name in said)] if said else []
    parts += ["REMOVE " + ", ".join(f"#{name}" for name in given if name not in said)] if len(said) < len(given) else []
    counted = services.twins.update(
        rows.key(handle),
        " ".join(["ADD #revision :one, #draft_bytes :more", *parts]),
        values | {f":set_{name}": value for name, value in said.items()},
        condition=condition,
    )
    try:
        transact([counted, *writes])
    except TransactionRefused as refused:
        row = refused.row(counted)
        if row is None:
            raise
        raise _refusal(row, revision) from refused
    return rows.get(services, handle).revision if revision is None else revision + 1


def _refusal(row: Item, revision: int | None) -> NotFound | DraftChanged | PayloadTooLarge:
    if not row or "deleted_at" in row:
        return NotFound("twin", "handle")
    if revision is not None and row["revision"] != revision:
        return DraftChanged(row["revision"])
    return PayloadTooLarge(
        "text",
        f"the draft would take more than {MAX_BYTES // _MB} MB of text, of which {row['draft_bytes'] / _MB:.1f} MB are"
        " used. Delete entries that nobody needs.",
        MAX_BYTES,
        "bytes",
    )


def hiding(services: Services, handle: str, item: str, condition: str = "", values: Item | None = None) -> Write:
    """The write that takes an entry or a source away for good: hidden at once, removed and remembered by the sweep."""
    gone = {"deleted_at": 1, **due.at(time.time(), item.rpartition("/")[2])}
    conditions = " AND ".join(filter(None, ("attribute_exists(#handle)", undo.NOT_DELETED, condition)))
    return services.twins.change(rows.key(handle, item), gone, condition=conditions, values=values)


def is_over(services: Services, handle: str, item: str) -> bool:
    """Whether an entry or a source is deleted, and nobody can bring it back."""
    found = services.twins.find(rows.key(handle, item))
    return found is not None and found.get("deleted_at", time.time()) < undo.undo_from()[":undo_from"]


def purge(services: Services, handle: str, item: str) -> None:
    """Remove what is deleted, once nobody can bring it back. Safe to repeat."""
    over = services.twins.delete(rows.key(handle, item), condition="#deleted_at < :undo_from", values=undo.undo_from())
    with suppress(ConditionFailed):
        services.twins.write(over)


def set_persona(services: Services, handle: str, persona: Persona, was: Persona) -> tuple[Write, int]:
    """The write of a persona, and by how much the draft grows."""
    made = rows.persona_item(persona)
    put = services.twins.put({**rows.key(handle, rows.PERSONA), **made})
    return put, rows.size(made["persona"]) - rows.size(asdict(was))


def find_persona(services: Services, handle: str) -> Persona:
    item = services.twins.find(rows.key(handle, rows.PERSONA))
    return Persona.from_item(item["persona"]) if item else Persona()
