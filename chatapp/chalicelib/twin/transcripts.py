"""Transcripts of visits: JSON lines, one object a visit, under the day on which it began.

An object is written anew at each answer's end, from the rows that a visitor sees: so nothing stands there that they
could not read, and nothing is lost where a writer was. The bucket's lifecycle removes it after `transcript_days`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import batch_get
from chalicelib.conversations import messages
from chalicelib.conversations import rows as conversations
from chalicelib.conversations.messages import Message
from chalicelib.conversations.rows import Conversation
from chalicelib.ids import born_at, day, iso
from chalicelib.subjects import Subject

from . import rows
from .tokens import Visit

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
    services.transcripts.delete(services.transcripts.versions(key(handle, visit_id)))


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


def export(services: Services, visit: Visit) -> dict[str, Any]:
    """All that is kept of a visit. Raises NotFound where it was erased."""
    row = conversations.get(services, visit.subject, visit.visit_id)
    return {
        "visit_id": visit.visit_id,
        "handle": visit.handle,
        "began_at": iso(born_at(visit.visit_id)),
        "language": row.visit.get("language", ""),
        "referrer": row.visit.get("referrer", ""),
        "remember": bool(row.visit.get("remember")),
        "transcript": is_kept(services, row),
        "earlier": list(row.visit.get("earlier", [])),
        "lines": list(lines(services, visit.subject, visit.visit_id)),
    }
