"""Removing a deleted conversation with its messages and stream logs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.conversations import changes as conversation_changes
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.subjects import Subject
from chalicelib.turns import frame_log

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge(services: Services, subject: Subject, conversation_id: str) -> bool:
    """Remove a deleted conversation with its messages and stream logs; False when it is not (or no longer) deleted.

    From its first write on nobody can bring the conversation back. Safe to repeat: the conversation's row goes last,
    so an interrupted purge is found again. An answer that still streams finds its row gone and removes its own log.
    """
    table = services.conversations
    row = conversations.key(subject, conversation_id)
    begin = table.update(
        row,
        "SET #purging = :yes",
        {":yes": True, ":undo_over": int(time.time()) - conversation_changes.UNDO_S},
        condition="#deleted_at < :undo_over",
    )
    try:
        table.write(begin)
    except ConditionFailed:
        return False
    _remove_messages(services, messages.partition(subject, conversation_id))
    table.write(table.delete(row))
    return True


def _remove_messages(services: Services, partition: str) -> None:
    start: Item | None = None
    while True:
        page = services.messages.query("#conversation = :partition", {":partition": partition}, start=start)
        for item in page.items:
            if item.get("role") == "assistant":
                frame_log.delete_log(services, Message.from_item(item))
        services.messages.delete_all(
            {"conversation": partition, "message_id": item["message_id"]} for item in page.items
        )
        start = page.last_key
        if start is None:
            return
