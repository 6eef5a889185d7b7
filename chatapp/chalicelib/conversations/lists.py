"""A person's conversations, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import cursors
from chalicelib.subjects import Subject

from .rows import Conversation

if TYPE_CHECKING:
    from chalicelib.services import Services


def list_page(
    services: Services, subject: Subject, *, limit: int, cursor: str | None, archived: bool
) -> tuple[list[Conversation], str | None]:
    """Newest first. The index holds archived and deleted rows too: a page may be short, and still have a cursor."""
    names = ("timestamp", "conversation_id")
    start = cursors.read(cursor, names, {"user_id": subject.owner})
    found: list[Conversation] = []
    for _ in range(cursors.MAX_QUERIES):
        page = services.conversations_by_time.query(
            "#user_id = :user_id",
            {":user_id": subject.owner},
            limit=cursors.ROWS_A_QUERY,
            newest_first=True,
            start=start,
        )
        rows = [Conversation.from_item(item) for item in page.items]
        found += [row for row in rows if row.visible() and row.archived == archived]
        start = page.last_key
        if len(found) >= limit or start is None:
            break
    if len(found) > limit:
        last = found[limit - 1]
        return found[:limit], cursors.write([last.timestamp, last.conversation_id])
    return found, cursors.write([start[name] for name in names]) if start else None
