"""The files of a conversation: attached by a message, taken out, put back. How they stand in a prompt: `prompts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib import retention
from chalicelib.aws.table import ConditionFailed, Item, Key, Table, TransactionRefused, Write, batch_get, transact
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import FileNotReady, InvalidRequest, NotFound
from chalicelib.optimistic import Changed, repeated
from chalicelib.push.channel import Channel
from chalicelib.shapes import AttachedFile, ConversationUpdated
from chalicelib.subjects import Subject

from . import lifecycle
from . import row as files
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

# What one request reads, and what a person can still oversee.
MAX_IN_CONVERSATION = 100
# What keeps a row within DynamoDB's 400 KB: the ids of a conversation's former files, and of a file's conversations.
_MOST_REMOVED = 1_000
_MOST_CONVERSATIONS = 1_000
HAS_ROOM = "(attribute_not_exists(#file_ids) OR size(#file_ids) <= :room)"
_STILL_GOOD = "#user_id = :user_id AND #status = :ready AND attribute_not_exists(#deleted_at)"


def keys(services: Services, file_ids: Sequence[str]) -> list[tuple[Table, Key]]:
    """What to read of the files that a message names. Raises InvalidRequest, and NotFound for no possible id."""
    if len(set(file_ids)) < len(file_ids):
        raise InvalidRequest("file_ids", "a file is named twice", reason="twice")
    return [(services.files, _key(file_id)) for file_id in file_ids]


def _key(file_id: str) -> Key:
    try:
        return files.key(file_id)
    except NotFound as missing:
        raise NotFound("file", "file_ids", file_id) from missing


def checked(
    services: Services, conversation: Conversation, file_ids: Sequence[str], rows: Sequence[Item | None]
) -> list[File]:
    """The files of a message, all of them ready. rows: what was read of them.

    Raises NotFound that names the id (of another's and a deleted one, too), FileNotReady, and InvalidRequest with a
    failed file's reason.
    """
    named = zip(file_ids, rows, strict=True)
    return _counted(conversation, [_ready(services, file_id, row, conversation.subject) for file_id, row in named])


def _ready(services: Services, file_id: str, row: Item | None, subject: Subject) -> File:
    try:
        file = lifecycle.settled(services, files.existing(row, subject))
    except NotFound as missing:
        raise NotFound("file", "file_ids", file_id) from missing
    if file.status == "failed":
        reason = file.error["message"] if file.error else "It could not be read."
        problem = f"“{file.name}” cannot be used. {reason}"
        raise InvalidRequest("file_ids", problem, reason="file_failed", file_id=file.file_id)
    if file.status != "ready":
        raise FileNotReady(file.file_id, file.name)
    return file


def _counted(conversation: Conversation, attached: list[File]) -> list[File]:
    count = len(conversation.file_ids | {file.file_id for file in attached})
    if count > MAX_IN_CONVERSATION:
        problem = f"a conversation holds {MAX_IN_CONVERSATION} files at most; take some out"
        raise InvalidRequest("file_ids", problem, reason="too_many", limit=MAX_IN_CONVERSATION, actual=count)
    return attached


def snapshots(attached: Sequence[File]) -> list[AttachedFile]:
    """What a message keeps of its files."""
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


def room(conversation: Conversation, file_ids: Sequence[str]) -> int:
    """How many files the conversation may have at most for these to join them: the value of HAS_ROOM."""
    return MAX_IN_CONVERSATION - len(set(file_ids) - conversation.file_ids)


def uses(services: Services, conversation: Conversation, attached: Sequence[File]) -> list[Write]:
    """The writes by which files say that a conversation uses them; refused for one that is no longer ready.

    attached: as they were read. Sending and the files' being ready are one: a file that is deleted at this moment
    refuses the message.
    """
    return [_use(services, conversation, file) for file in attached]


def _use(services: Services, conversation: Conversation, file: File) -> Write:
    values: dict[str, Any] = {":user_id": conversation.subject.owner, ":ready": "ready"}
    ttl = retention.until(services.settings)
    # The sweep finds it where it stands in its index, and puts it off to this date.
    change = "SET #status = :ready, #ttl = :ttl" if ttl else "SET #status = :ready REMOVE #ttl"
    if ttl:
        values[":ttl"] = ttl
    if len(file.conversations) < _MOST_CONVERSATIONS:
        change += " ADD #conversations :conversation"
        values[":conversation"] = {conversation.conversation_id}
    return services.files.update(files.key(file.file_id), change, values, condition=_STILL_GOOD)


def listed(services: Services, subject: Subject, conversation_id: str) -> list[File]:
    """The files that stay with a conversation, oldest first; without those that were deleted."""
    conversation = conversations.get(services, subject, conversation_id)
    wanted = sorted(conversation.file_ids)[:MAX_IN_CONVERSATION]
    rows = batch_get(*((services.files, files.key(file_id)) for file_id in wanted)) if wanted else []
    found = [File.from_item(row) for row in rows if row]
    return [file for file in found if file.visible_to(subject)]


def remove(services: Services, subject: Subject, conversation_id: str, file_id: str) -> Conversation:
    """Take a file out of later prompts; messages keep its name. Repeating it changes nothing. Raises NotFound."""

    def attempt() -> Conversation:
        conversation, row = _read(services, subject, conversation_id, file_id)
        if file_id in conversation.removed_file_ids:
            return conversation
        if file_id not in conversation.file_ids:
            raise NotFound("file")
        try:
            _forget_oldest(services, conversation)
            transact(_parting(services, conversation, file_id, row))
        except (TransactionRefused, ConditionFailed) as refused:
            raise Changed from refused
        return _told(services, subject, conversation_id)

    return repeated(attempt, "This conversation is")


def _forget_oldest(services: Services, conversation: Conversation) -> None:
    """Make room for one more among those that were taken out; what is forgotten cannot be put back, only sent again."""
    count = len(conversation.removed_file_ids) - _MOST_REMOVED + 1
    if count > 0:
        oldest = {":oldest": set(sorted(conversation.removed_file_ids)[:count])}
        change = "DELETE #removed_file_ids :oldest"
        row = conversations.key(conversation.subject, conversation.conversation_id)
        services.conversations.write(
            services.conversations.update(row, change, oldest, condition=conversations.NOT_DELETED)
        )


def _parting(services: Services, conversation: Conversation, file_id: str, row: Item | None) -> list[Write]:
    """The writes that take a file out. row: the file's, if there is one."""
    writes = [_out(services, conversation, file_id)]
    if row is not None and row["user_id"] == conversation.subject.owner:
        change, values = "DELETE #conversations :conversation", {":conversation": {conversation.conversation_id}}
        exists = "attribute_exists(#file_id)"
        writes.append(services.files.update(files.key(file_id), change, values, condition=exists))
    return writes


def restore(services: Services, subject: Subject, conversation_id: str, file_id: str) -> Conversation:
    """Put a file back that was taken out. Repeating it changes nothing.

    Raises NotFound, also for one that was deleted meanwhile, and InvalidRequest where the conversation is full.
    """

    def attempt() -> Conversation:
        conversation, row = _read(services, subject, conversation_id, file_id)
        if file_id in conversation.file_ids:
            return conversation
        if file_id not in conversation.removed_file_ids:
            raise NotFound("file")
        attached = _counted(conversation, [files.existing(row, subject)])
        try:
            transact([_back(services, conversation, file_id), *uses(services, conversation, attached)])
        except TransactionRefused as refused:
            raise Changed from refused
        return _told(services, subject, conversation_id)

    return repeated(attempt, "This conversation is")


def frame(conversation_id: str, file_ids: Iterable[str]) -> ConversationUpdated:
    """What is pushed when other files stay with a conversation than before."""
    return {"type": "conversation.updated", "conversation_id": conversation_id, "file_ids": sorted(file_ids)}


def _told(services: Services, subject: Subject, conversation_id: str) -> Conversation:
    """The conversation as it is now, with what another device changed meanwhile; the person's devices are told."""
    now = conversations.get(services, subject, conversation_id)
    channel = Channel(services, subject)
    channel.push([frame(conversation_id, now.file_ids)])
    # To whom it could not be sent, once more: no later frames follow for it to go with, and where the API has not
    # pushed for a while it is the first attempt that finds the client's own connection dead.
    channel.push([])
    channel.close()
    return now


def _read(services: Services, subject: Subject, conversation_id: str, file_id: str) -> tuple[Conversation, Item | None]:
    conversation, file = batch_get(
        (services.conversations, conversations.key(subject, conversation_id)),
        (services.files, files.key(file_id)),
    )
    return conversations.existing(conversation), file


def _out(services: Services, conversation: Conversation, file_id: str) -> Write:
    """What was too much together may fit without it: the others have their whole room again."""
    change = "DELETE #file_ids :file ADD #removed_file_ids :file REMOVE #document_tokens"
    row = conversations.key(conversation.subject, conversation.conversation_id)
    return services.conversations.update(row, change, {":file": {file_id}}, condition=conversations.NOT_DELETED)


def _back(services: Services, conversation: Conversation, file_id: str) -> Write:
    change = "ADD #file_ids :file DELETE #removed_file_ids :file"
    values = {":file": {file_id}, ":room": room(conversation, [file_id])}
    row = conversations.key(conversation.subject, conversation.conversation_id)
    return services.conversations.update(row, change, values, condition=f"{conversations.NOT_DELETED} AND {HAS_ROOM}")
