"""Removing what a person deleted, once the time for undoing it is over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed, Item, TransactionRefused, transact
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.files import extracts, quota
from chalicelib.files import row as files
from chalicelib.files.row import File
from chalicelib.turns import frame_log as frames

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge(services: Services, user_id: str, conversation_id: str) -> bool:
    """Remove a deleted conversation with its messages and stream logs; False when it is not (or no longer) deleted.

    From its first write on nobody can bring the conversation back. Safe to repeat: the conversation's row goes last,
    so an interrupted purge is found again. An answer that still streams finds its row gone and removes its own log.
    """
    table = services.conversations
    row = conversations.key(user_id, conversation_id)
    begin = table.update(
        row,
        "SET #purging = :yes",
        {":yes": True, ":undo_over": int(time.time()) - conversations.UNDO_S},
        condition="#deleted_at < :undo_over",
    )
    try:
        table.write(begin)
    except ConditionFailed:
        return False
    _remove_messages(services, messages.partition(user_id, conversation_id))
    table.write(table.delete(row))
    return True


def _remove_messages(services: Services, partition: str) -> None:
    start: Item | None = None
    while True:
        page = services.messages.query("#conversation = :partition", {":partition": partition}, start=start)
        for item in page.items:
            if item.get("role") == "assistant":
                frames.delete_log(services, Message.from_item(item))
        services.messages.delete_all(
            {"conversation": partition, "message_id": item["message_id"]} for item in page.items
        )
        start = page.last_key
        if start is None:
            return


def purge_file(services: Services, user_id: str, file_id: str) -> bool:
    """Remove a deleted file with all that was read of it; False when it is not (or no longer) deleted.

    Safe to repeat: the row goes last, together with what it had reserved, so an interrupted purge is found again. A
    worker that still reads finds the row gone and removes what it wrote. Conversations and messages keep its name.
    """
    begin = services.files.update(
        files.key(file_id),
        "SET #purging = :yes",
        {":yes": True, ":user_id": user_id, ":undo_over": int(time.time()) - conversations.UNDO_S},
        condition="#user_id = :user_id AND #deleted_at < :undo_over",
    )
    try:
        file = File.from_item(services.files.write(begin, returns="ALL_NEW"))
    except ConditionFailed:
        return False
    services.uploads.delete(services.uploads.versions(files.upload_prefix(user_id, file_id)))
    extracts.remove(services.extracted, file_id)
    return _remove_row(services, file)


def _remove_row(services: Services, file: File) -> bool:
    """False when another purge was as far, and has released what the file had reserved."""
    removed = services.files.delete(files.key(file.file_id), condition="#purging = :yes", values={":yes": True})
    try:
        transact([removed, quota.release(services, file.user_id, file.size)])
    except TransactionRefused:
        return False
    return True


def purge_extract(services: Services, user_id: str, file_id: str) -> bool:
    """Remove what was read of a file that has failed since; it is never read again. Safe to repeat."""
    extracts.remove(services.extracted, file_id)
    return True


# By the name of what is to be removed in the function's event.
KINDS = {"conversation_id": purge, "file_id": purge_file, "extract_of": purge_extract}
