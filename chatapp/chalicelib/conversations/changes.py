"""What is changed of a conversation: its title, model and marks, its deletion and the undoing of that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from chalicelib import retention, undo
from chalicelib.aws.table import ConditionFailed
from chalicelib.errors import NotFound
from chalicelib.subjects import Subject
from chalicelib.undo import PurgeOrder

from .rows import NOT_DELETED, NOT_DELETED_NOR_OVER, RESTORABLE, Conversation, existing, get, key

if TYPE_CHECKING:
    from chalicelib.services import Services


def change(services: Services, subject: Subject, conversation_id: str, changes: dict[str, Any]) -> Conversation:
    """Set attributes (None removes one). `deleted: False` brings a conversation back within the undo time.

    Any change is a use, from which on it is kept anew; `kept: True` is nothing but that.
    """
    restore, row = "deleted" in changes, key(subject, conversation_id)
    if not changes:
        return get(services, subject, conversation_id)
    attributes = {name: value for name, value in changes.items() if name not in ("deleted", "kept")}
    attributes |= retention.used(services.settings, conversation_id)
    table = services.conversations
    if restore:
        attributes["deleted_at"] = None
        write = table.change(row, attributes, condition=RESTORABLE, values=undo.undo_from())
    else:
        write = table.change(row, attributes, condition=NOT_DELETED_NOR_OVER, values={":now": int(time.time())})
    try:
        return existing(table.write(write, returns="ALL_NEW"))
    except ConditionFailed as refused:
        raise NotFound("conversation") from refused


def delete(services: Services, subject: Subject, conversation_id: str) -> float:
    """Hide a conversation at once; it is purged once the undo time is over, whose end (Unix seconds) is returned.

    Raises NotFound for one that is deleted, and has it purged now should that be overdue.
    """
    order = PurgeOrder("conversation_id", subject, conversation_id)
    row = key(subject, conversation_id)
    item = services.conversations.find(row)
    if item:
        undo.purge_again(services, order, item.get("deleted_at"))
    existing(item)
    return undo.hide(services, services.conversations, row, order, condition=NOT_DELETED, values={})
