"""Deleting with a time to undo it: a row is hidden at once, and what it names is purged once that time is over.

Owns the one rule and its times, and what may be purged: what was deleted, and what is kept no longer (`retention`).
How that is done is in `deletion`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from . import due
from .aws.functions import NotStarted
from .aws.table import ConditionFailed, Item, Key, Table
from .errors import NotFound
from .subjects import Subject

if TYPE_CHECKING:
    from .services import Services

UNDO_S = 30
# A purge that comes at the last second of the undo time would race with it.
PURGE_AFTER_S = UNDO_S + 5

NOT_DELETED = "attribute_not_exists(#deleted_at)"
# With `undo_from()` among the values.
RESTORABLE = "attribute_not_exists(#purging) AND (attribute_not_exists(#deleted_at) OR #deleted_at >= :undo_from)"

Kind = Literal["conversation_id", "file_id", "extract_of", "comment_id"]


@dataclass(frozen=True, slots=True)
class PurgeOrder:
    """What is to be removed for good, as a schedule or a queue carries it.

    kind: `extract_of` is only what was read of a file. id: of the conversation, the file or the comment.
    """

    kind: Kind
    subject: Subject
    id: str

    def payload(self) -> dict[str, Any]:
        return {"user_id": self.subject.owner, self.kind: self.id}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> PurgeOrder:
        kind: Kind = next(kind for kind in get_args(Kind) if kind in payload)
        return cls(kind, Subject.of_owner(payload["user_id"]), payload[kind])


def undo_from() -> dict[str, Any]:
    """The value of RESTORABLE: what was deleted before it stays deleted."""
    return {":undo_from": int(time.time()) - UNDO_S}


def purging(order: PurgeOrder, now: int) -> tuple[str, int, dict[str, Any]]:
    """What arranges the purge of something that is deleted now: a schedule's name, its time, and the order."""
    return f"purge-{order.id}-{now}", now + PURGE_AFTER_S, order.payload()


def hide(services: Services, table: Table, row: Key, order: PurgeOrder, *, condition: str, values: Item) -> float:
    """Hide a row at once and have it purged later. Returns the end of the undo time (Unix seconds).

    condition: under which the row is the caller's, and not deleted. The purge is arranged first: should the process end
    in between, it finds a row that was not deleted and leaves it alone. Should it be lost, the row is due to be swept.
    Raises NotFound.
    """
    now = int(time.time())
    services.purges.once(*purging(order, now))
    hidden = {"deleted_at": now, **due.at(now + PURGE_AFTER_S, order.id)}
    try:
        table.write(table.change(row, hidden, condition=condition, values=values))
    except ConditionFailed as refused:
        # Unless it is this very write that deleted it, and only its first reply was lost.
        if refused.item is None or refused.item.get("deleted_at") != now:
            raise NotFound(order.kind.removesuffix("_id")) from refused
    return now + UNDO_S


def purge_again(services: Services, order: PurgeOrder, deleted_at: float | None) -> None:
    """Purge what is deleted once more: its purge may have been lost. Nothing while it can still be brought back."""
    if deleted_at is not None and deleted_at + PURGE_AFTER_S <= time.time():
        with suppress(NotStarted):  # the sweep finds it
            services.purgings.invoke(order.payload())


def hide_for_good(table: Table, row: Key, key_name: str) -> None:
    """Delete a row without a time to undo it, due at once; one that is gone stays gone. key_name: of the row's key."""
    with suppress(ConditionFailed):
        gone = {"deleted_at": 1, **due.at(time.time(), str(row[key_name]))}
        table.write(table.change(row, gone, condition=f"attribute_exists(#{key_name})"))


def begin_purge(
    services: Services, table: Table, row: Key, *, condition: str = "", values: Item | None = None
) -> Item | None:
    """Mark a row that is deleted, or kept no longer, so that nobody can bring it back; None when it is neither.

    Safe to repeat. condition: under which it may be purged, beside that.
    """
    now = int(time.time())
    over = "#purging = :yes OR #deleted_at < :undo_over"
    # A visit's row has a time of its own, whatever the stage keeps.
    if services.settings.retention_days or str(row.get("user_id", "")).startswith("visit:"):
        over += " OR (attribute_not_exists(#deleted_at) AND #ttl < :now)"
    mark = table.update(
        row,
        "SET #purging = :yes, #deleted_at = if_not_exists(#deleted_at, :now)",
        {":yes": True, ":now": now, ":undo_over": now - UNDO_S} | (values or {}),
        condition=f"({over})" + (f" AND {condition}" if condition else ""),
    )
    try:
        return table.write(mark, returns="ALL_NEW")
    except ConditionFailed:
        return None
