"""Reading comments: a page of a section as everybody sees it, and what a writer has written there.

A page is one query of an index that holds what is visible, and nothing else. Replies come after their root; a page
ends between two threads where it can, and within one only where a thread is longer than a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib import cursors
from chalicelib.aws.table import Item
from chalicelib.errors import InvalidCursor

from . import rows, sections
from .rows import Comment
from .sections import Section

if TYPE_CHECKING:
    from chalicelib.services import Services

_PLACE = ("sectionId", "timestamp", "id")
# Of a page of one's own, which is read whenever a section is looked at: what is older comes by the cursor.
_QUERIES = 2
# Of `author-index`: comments, by their ids.
OF_AUTHOR = "#user_id = :user_id"


@dataclass(slots=True)
class Thread:
    """root: the row of what stands above, None where it is gone; or a reply that goes on from the page before.

    place: of the root.
    """

    place: str
    root: Item | None
    replies: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    section: Section
    threads: list[Thread]
    next_cursor: str | None


def page(services: Services, section_id: str, *, limit: int, cursor: str | None) -> Page:
    """At most `limit` comments, newest threads first. Raises NotFound and InvalidCursor."""
    section = sections.get(services, section_id)
    start = cursors.read(cursor, _PLACE, {})
    if start is not None and (start["sectionId"] != section_id or start["timestamp"].count("#") not in (1, 2)):
        raise InvalidCursor
    # One more tells whether anything follows.
    found = services.comments_by_section.query(
        "#sectionId = :section", {":section": section_id}, limit=limit + 1, start=start
    )
    items = _whole_threads(found.items, limit)
    more = len(items) < len(found.items) or found.last_key is not None
    next_cursor = cursors.write([items[-1][name] for name in _PLACE]) if more and items else None
    return Page(section, _threads(items, rows.root_place(start["timestamp"]) if start else ""), next_cursor)


def _whole_threads(items: list[Item], limit: int) -> list[Item]:
    """The first `limit` rows; fewer, so that the last thread is begun on the page that holds all of it."""
    if len(items) <= limit:
        return items
    cut = rows.root_place(items[limit]["timestamp"])
    end = limit
    while end and rows.root_place(items[end - 1]["timestamp"]) == cut:
        end -= 1
    return items[: end or limit]


def _threads(items: Iterable[Item], under_way: str) -> list[Thread]:
    """under_way: the place of the root whose replies the page before had begun."""
    threads: list[Thread] = []
    for item in items:
        place = rows.root_place(item["timestamp"])
        if "reply_to" not in item or place == under_way:
            threads.append(Thread(place, item))
        elif threads and threads[-1].place == place:
            threads[-1].replies.append(item)
        else:
            threads.append(Thread(place, None, [item]))
    return threads


def mine(
    services: Services, user_id: str, section_id: str, *, limit: int, cursor: str | None
) -> tuple[list[Comment], str | None]:
    """What a person wrote in a section, newest first, held or hidden, but not what they deleted."""
    found: list[Comment] = []
    start = cursors.read(cursor, ("id",), {"user_id": user_id})
    for _ in range(_QUERIES):
        page = services.comments_by_author.query(
            OF_AUTHOR, {":user_id": user_id}, limit=cursors.ROWS_A_QUERY, newest_first=True, start=start
        )
        written = [Comment.from_item(item) for item in page.items]
        found += [each for each in written if each.section == section_id and each.deleted_at is None]
        start = page.last_key
        if len(found) > limit or start is None:
            break
    if len(found) > limit:
        return found[:limit], cursors.write([found[limit - 1].id])
    return found, cursors.write([start["id"]]) if start else None
