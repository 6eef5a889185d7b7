"""What is changed of a conversation: its title, model and marks, its deletion and the undoing of that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import ConditionFailed
from chalicelib.errors import NotFound
from chalicelib.subjects import Subject

from .rows import EXISTS, NOT_DELETED, Conversation, existing, get, key

if TYPE_CHECKING:
    from chalicelib.services import Services

UNDO_S = 30
# A purge that comes at the last second of the undo time would race with it.
_PURGE_AFTER_S = UNDO_S + 5


def change(services: Services, subject: Subject, conversation_id: str, changes: dict[str, Any]) -> Conversation:
    """Set attributes (None removes one). `deleted: False` brings a conversation back within the undo time."""
    restore = "deleted" in changes
    fields = {name: value for name, value in changes.items() if name != "deleted"}
    row = key(subject, conversation_id)
    if not fields and not restore:
        return get(services, subject, conversation_id)
    removed = [f"#{name}" for name, value in fields.items() if value is None]
    kept = {name: value for name, value in fields.items() if value is not None}
    values: dict[str, Any] = {f":{name}": value for name, value in kept.items()}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
    if restore:
        removed.append("#deleted_at")
        values[":undo_from"] = int(time.time()) - UNDO_S
        condition = (
            f"{EXISTS} AND attribute_not_exists(#purging)"
            " AND (attribute_not_exists(#deleted_at) OR #deleted_at >= :undo_from)"
        )
    else:
        condition = NOT_DELETED
    if removed:
        expression += " REMOVE " + ", ".join(removed)
    table = services.conversations
    try:
        item = table.write(table.update(row, expression, values, condition=condition), returns="ALL_NEW")
    except ConditionFailed as refused:
        raise NotFound("conversation") from refused
    return existing(item)


def delete(services: Services, subject: Subject, conversation_id: str) -> float:
    """Hide a conversation at once and have it purged once the undo time is over.

    Returns the end of the undo time (Unix seconds). The purge is arranged first: should the process end in
    between, it finds a conversation that was not deleted and leaves it alone.
    """
    now = int(time.time())
    row = key(subject, conversation_id)
    get(services, subject, conversation_id)
    payload = {"user_id": subject.owner, "conversation_id": conversation_id}
    services.purges.once(f"purge-{conversation_id}-{now}", now + _PURGE_AFTER_S, payload)
    table = services.conversations
    update = table.update(row, "SET #deleted_at = :now", {":now": now}, condition=NOT_DELETED)
    try:
        table.write(update)
    except ConditionFailed as refused:
        # Unless it is this very write that deleted it, and only its first reply was lost.
        if refused.item is None or refused.item.get("deleted_at") != now:
            raise NotFound("conversation") from refused
    return now + UNDO_S
