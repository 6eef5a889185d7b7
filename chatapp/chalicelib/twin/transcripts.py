"""Transcripts of visits: JSON lines, one object a visit, under the day on which it began.

An object is written anew at each answer's end, from the rows that a visitor sees: so nothing stands there that they
could not read, and nothing is lost where a writer was. The bucket's lifecycle removes it after `transcript_days`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import Missing, Version
from chalicelib.aws.table import batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import NotFound
from chalicelib.ids import born_at, day, is_id, iso
from chalicelib.subjects import Subject

from . import rows
from .rows import Head

if TYPE_CHECKING:
    from chalicelib.services import Services

# Above every id.
_END = "g"


def key(handle: str, visit_id: str) -> str:
    return f"transcripts/{handle}/{day(born_at(visit_id))}/{visit_id}.jsonl"


def write(services: Services, conversation: Conversation) -> None:
    """Write a visit's transcript, unless none is to be kept. Where visit or twin are deleted meanwhile, nothing stays.

    Whoever deletes marks the row first and removes the object after it: either that comes after this write, or the mark
    is seen here.
    """
    if not is_kept(services, conversation) or not _may_stay(services, conversation):
        return
    name = key(conversation.twin or "", conversation.conversation_id)
    written = lines(services, conversation.subject, conversation.conversation_id)
    body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in written)
    services.transcripts.put(name, body.encode(), "application/x-ndjson")
    if not _may_stay(services, conversation):
        remove(services, conversation.twin or "", conversation.conversation_id)


def _may_stay(services: Services, conversation: Conversation) -> bool:
    """Whether visit and twin are there, and the owner wants transcripts now."""
    row, head = batch_get(
        (services.conversations, conversations.key(conversation.subject, conversation.conversation_id)),
        (services.twins, rows.key(conversation.twin or "")),
    )
    is_there = row is not None and "deleted_at" not in row and rows.is_same(head, conversation.twin_born_at)
    return is_there and head is not None and bool(head.get("transcripts", True))


def is_kept(services: Services, conversation: Conversation) -> bool:
    return bool(
        conversation.twin
        and conversation.preview is None
        and services.settings.transcript_days
        and conversation.visit.get("transcript")
    )


def first_day(services: Services) -> str:
    """Of the transcripts that are kept now."""
    return day(time.time() - services.settings.transcript_days * 86_400)


def remove(services: Services, handle: str, visit_id: str) -> None:
    """Every version of it. Safe to repeat."""
    services.transcripts.delete(_versions(services, handle, visit_id))


def lines(services: Services, subject: Subject, visit_id: str) -> Iterator[dict[str, Any]]:
    """What was asked and answered, oldest first."""
    home = {":home": messages.partition(subject, visit_id), ":end": _END}
    for row in services.messages.rows("#conversation = :home AND #message_id < :end", home):
        message = Message.from_item(row)
        if message.status != "superseded":
            yield _line(message)


def _line(message: Message) -> dict[str, Any]:
    cited = [each["file_id"] for block in message.content for each in block.get("citations") or ()]
    return {
        "at": message.created_at,
        "message_id": message.message_id,
        "role": message.role,
        "status": message.status,
        "text": message.text(),
        "cited": list(dict.fromkeys(cited)),
    }


def export(services: Services, handle: str, visit_id: str) -> dict[str, Any]:
    """All that is kept of a visit: of one that is over by its time, the transcript alone.

    Raises NotFound of the twin, and of the visit where nothing is kept or it was erased.
    """
    row = find(services, handle, visit_id)
    about = row.visit if row else {}
    return {
        "visit_id": visit_id,
        "handle": handle,
        "began_at": iso(born_at(visit_id)),
        "language": about.get("language", ""),
        "referrer": about.get("referrer", ""),
        "remember": bool(about.get("remember")),
        "transcript": row is None or is_kept(services, row),
        "earlier": list(about.get("earlier", [])),
        "lines": list(lines(services, row.subject, visit_id)) if row else _stored(services, handle, visit_id),
    }


def find(services: Services, handle: str, visit_id: str) -> Conversation | None:
    """The row of a visit, None where only its transcript is left. Raises as `export`."""
    if not is_id(visit_id):
        raise NotFound("visit")
    row, item = batch_get(
        (services.conversations, conversations.key(Subject("visit", visit_id), visit_id)),
        (services.twins, rows.key(handle)),
    )
    head = rows.existing(Head.from_item(item) if item else None)
    if row is None:
        if not any(each.is_latest and not each.is_delete_marker for each in _versions(services, handle, visit_id)):
            raise NotFound("visit")
        return None
    # Of one that was erased once its row was gone, the new row says that alone.
    if "deleted_at" in row or row.get("twin") != handle or row.get("twin_born_at") != head.created_at:
        raise NotFound("visit")
    return Conversation.from_item(row)


def _stored(services: Services, handle: str, visit_id: str) -> list[dict[str, Any]]:
    try:
        body = services.transcripts.read(key(handle, visit_id))
    except Missing as gone:
        raise NotFound("visit") from gone
    # Text may hold line ends of Unicode: JSON's are the ones that count.
    return [json.loads(line) for line in body.decode().split("\n") if line]


def _versions(services: Services, handle: str, visit_id: str) -> list[Version]:
    return services.transcripts.versions(key(handle, visit_id))
