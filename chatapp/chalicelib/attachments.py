"""The files of a conversation: attached by a message, taken out, put back. How they stand in a prompt: `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import conversations, files
from .aws.table import Item, Key, Table, TransactionRefused, Write, batch_get, transact
from .conversations import Conversation
from .errors import Conflict, FileNotReady, InvalidRequest, NotFound
from .files import File

if TYPE_CHECKING:
    from .services import Services

# What one request reads, and what a person can still oversee.
MAX_IN_CONVERSATION = 100
_ATTEMPTS = 4
_STILL_GOOD = "#user_id = :user_id AND #status = :ready AND attribute_not_exists(#deleted_at)"


def keys(services: Services, file_ids: Sequence[str]) -> list[tuple[Table, Key]]:
    """What to read of the files that a message names. Raises InvalidRequest, and NotFound for no possible id."""
    if len(set(file_ids)) < len(file_ids):
        raise InvalidRequest("file_ids", "a file is named twice")
    try:
        return [(services.files, files.key(file_id)) for file_id in file_ids]
    except NotFound as missing:
        raise NotFound("file", "file_ids") from missing


def checked(services: Services, conversation: Conversation, rows: Sequence[Item | None]) -> list[File]:
    """The files of a message, all of them ready. rows: what was read of them.

    Raises NotFound (another's and a deleted one, too), FileNotReady, and InvalidRequest with a failed file's reason.
    """
    return _counted(conversation, [_ready(services, row, conversation.user_id) for row in rows])


def _ready(services: Services, row: Item | None, user_id: str) -> File:
    try:
        file = files.settled(services, files.existing(row, user_id))
    except NotFound as missing:
        raise NotFound("file", "file_ids") from missing
    if file.status == "failed":
        reason = (file.error or {}).get("message", "It could not be read.")
        raise InvalidRequest("file_ids", f"“{file.name}” cannot be used. {reason}")
    if file.status != "ready":
        raise FileNotReady(file.file_id, file.name)
    return file


def _counted(conversation: Conversation, attached: list[File]) -> list[File]:
    if len(conversation.file_ids | {file.file_id for file in attached}) > MAX_IN_CONVERSATION:
        raise InvalidRequest("file_ids", f"a conversation holds {MAX_IN_CONVERSATION} files at most; take some out")
    return attached


def snapshots(attached: Sequence[File]) -> list[dict[str, Any]]:
    """What a message keeps of its files (`AttachedFile` on the wire)."""
    return [
        {
            "file_id": file.file_id,
            "name": file.name,
            "type": file.media_type,
            "size": file.size,
            "group": file.group or "document",
            "format": file.format or "",
            "pages": file.pages or 0,
        }
        for file in attached
    ]


def joined(conversation: Conversation, file_ids: Sequence[str]) -> Conversation:
    """The conversation with these files in it."""
    return replace(
        conversation,
        file_ids=conversation.file_ids | set(file_ids),
        removed_file_ids=conversation.removed_file_ids - set(file_ids),
    )


def uses(services: Services, conversation: Conversation, file_ids: Sequence[str]) -> list[Write]:
    """The writes by which files say that a conversation uses them; refused for one that is no longer ready."""
    values = {
        ":conversation": {conversation.conversation_id},
        ":user_id": conversation.user_id,
        ":ready": "ready",
    }
    return [
        services.files.update(files.key(file_id), "ADD #conversations :conversation", values, condition=_STILL_GOOD)
        for file_id in file_ids
    ]


def listed(services: Services, user_id: str, conversation_id: str) -> list[File]:
    """The files that stay with a conversation, oldest first; without those that were deleted."""
    conversation = conversations.get(services, user_id, conversation_id)
    wanted = sorted(conversation.file_ids)[:MAX_IN_CONVERSATION]
    rows = batch_get(*((services.files, files.key(file_id)) for file_id in wanted)) if wanted else []
    found = [File.from_item(row) for row in rows if row]
    return [file for file in found if file.visible_to(user_id)]


def remove(services: Services, user_id: str, conversation_id: str, file_id: str) -> Conversation:
    """Take a file out of later prompts; messages keep its name. Repeating it changes nothing. Raises NotFound."""
    for _ in range(_ATTEMPTS):
        conversation, row = _read(services, user_id, conversation_id, file_id)
        if file_id in conversation.removed_file_ids:
            return conversation
        if file_id not in conversation.file_ids:
            raise NotFound("file")
        writes = [_move(services, conversation, file_id, "DELETE #file_ids :file ADD #removed_file_ids :file")]
        if row is not None and row["user_id"] == user_id:
            writes.append(
                services.files.update(
                    files.key(file_id),
                    "DELETE #conversations :conversation",
                    {":conversation": {conversation_id}},
                    condition="attribute_exists(#file_id)",
                )
            )
        try:
            transact(writes)
        except TransactionRefused:
            continue  # one of the two has changed since it was read
        return replace(
            conversation,
            file_ids=conversation.file_ids - {file_id},
            removed_file_ids=conversation.removed_file_ids | {file_id},
        )
    raise Conflict("This conversation is changing too fast; try again.")


def restore(services: Services, user_id: str, conversation_id: str, file_id: str) -> Conversation:
    """Put a file back that was taken out. Repeating it changes nothing.

    Raises NotFound, also for one that was deleted meanwhile, and InvalidRequest where the conversation is full.
    """
    for _ in range(_ATTEMPTS):
        conversation, row = _read(services, user_id, conversation_id, file_id)
        if file_id in conversation.file_ids:
            return conversation
        if file_id not in conversation.removed_file_ids:
            raise NotFound("file")
        _counted(conversation, [files.existing(row, user_id)])
        back = _move(services, conversation, file_id, "ADD #file_ids :file DELETE #removed_file_ids :file")
        try:
            transact([back, *uses(services, conversation, [file_id])])
        except TransactionRefused:
            continue
        return joined(conversation, [file_id])
    raise Conflict("This conversation is changing too fast; try again.")


def _read(services: Services, user_id: str, conversation_id: str, file_id: str) -> tuple[Conversation, Item | None]:
    conversation, file = batch_get(
        (services.conversations, conversations.key(user_id, conversation_id)),
        (services.files, files.key(file_id)),
    )
    return conversations.existing(conversation), file


def _move(services: Services, conversation: Conversation, file_id: str, change: str) -> Write:
    return services.conversations.update(
        conversations.key(conversation.user_id, conversation.conversation_id),
        change,
        {":file": {file_id}},
        condition=conversations.NOT_DELETED,
    )
