"""The hourly sweep: finishes what is due and was lost, whatever lost it.

Finds rows by the `due-index` of their tables: what was deleted and never purged or is kept no longer, uploads that
never came or were never read, files whose turn to be read was missed, what was stored of a file after it was removed,
comments and twins that were deleted, pages of twins that were not written, reservations of money that nobody settled.
What a file had reserved of its owner's room goes with its row, in one transaction. Each row is done by itself, safely
to repeat, and stays due until it is; so a run may end anywhere, and the next one goes on. People whose accounts are
gone are found beside it (`departures`).
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from chalicelib import due, logs, retention
from chalicelib.aws.table import ConditionFailed, Index, Item, Key, Table
from chalicelib.comments import rows as comment_rows
from chalicelib.conversations import rows as conversations
from chalicelib.files import changes, lifecycle, reading_queue, removal
from chalicelib.files.row import ABANDONED_S, File
from chalicelib.spending import reservations
from chalicelib.subjects import Subject

from . import dating, departures, twins
from .comments import purge_comment
from .conversations import purge_conversation
from .files import purge_extract, purge_file

if TYPE_CHECKING:
    from chalicelib.services import Services

_ROWS_A_PAGE = 100
# Of each partition of an index in one run: what is left is found first by the next.
_MOST_PAGES = 50
# What is begun by then has time to end.
_LAST_S = 60.0
_UNTIL_DELETED: Item = {"ttl": None, **due.NEVER}

Finish = Callable[["Services", Item], None]


class Unfinished(Exception):
    """Some rows could not be finished; the log says why. They are still due."""


def sweep(services: Services, remaining_s: float) -> None:
    """Finish what is due, for as long as there is time. Raises Unfinished once all else is done."""
    until = time.monotonic() + remaining_s - _LAST_S

    def has_time() -> bool:
        return time.monotonic() < until

    sources: list[tuple[str, Index, Finish]] = [
        ("conversations", services.conversations_due, _conversation),
        ("files", services.files_due, _file),
        ("usage", services.usage_due, _usage),
        ("comments", services.comments_due, _comment),
        ("twins", services.twins_due, twins.sweep),
    ]
    # In turn, so that much of one kind does not keep all others waiting.
    waiting = deque((kind, finish, _pages(index, shard)) for shard in due.SHARDS for kind, index, finish in sources)
    done, failed = Counter[str](), 0
    failed += not _succeeds(dating.go_on, services)
    while waiting and has_time():
        kind, finish, pages = waiting.popleft()
        try:
            rows = next(pages, None)
        except Exception as error:  # a table's index that cannot be read keeps no other from it
            logs.report(error)
            failed += 1
            continue
        if rows is None:
            continue
        waiting.append((kind, finish, pages))
        for row in takewhile(lambda _: has_time(), rows):
            if _succeeds(finish, services, row):
                done[kind] += 1
            else:
                failed += 1
    failed += not _succeeds(departures.find, services, has_time)
    logs.line("sweep", **done, failed=failed, out_of_time=bool(waiting))
    if failed:
        raise Unfinished


def _pages(index: Index, shard: str) -> Iterator[list[Item]]:
    """What is due in one partition, the longest due first."""
    start: Item | None = None
    now = {":shard": shard, ":now": int(time.time())}
    for _ in range(_MOST_PAGES):
        page = index.query("#due_shard = :shard AND #due_at <= :now", now, limit=_ROWS_A_PAGE, start=start)
        yield page.items
        start = page.last_key
        if start is None:
            return


def _succeeds(job: Callable[..., None], *of: Any) -> bool:
    """Do one job, or finish one row: what fails must not keep the others from it."""
    try:
        job(*of)
    except Exception as error:
        logs.report(error)
        return False
    return True


def _conversation(services: Services, row: Item) -> None:
    subject, conversation_id = Subject.of_owner(row["user_id"]), row["conversation_id"]
    purged = purge_conversation(services, subject, conversation_id)
    # Otherwise it was brought back or used since; or its date is of a time when there were dates.
    if not purged and not services.settings.retention_days and subject.kind == "user":
        _put_off(services.conversations, row, conversations.key(subject, conversation_id), _UNTIL_DELETED)


def _file(services: Services, row: Item) -> None:
    item = services.files.find({"file_id": row["file_id"]})
    if item is None or item.get("due_at") != row["due_at"]:
        return  # the index is behind
    if removal.is_note(item):
        removal.remove_remains(services, item)
    elif "deleted_at" in item:
        purge_file(services, Subject.of_owner(item["user_id"]), item["file_id"])
    else:
        _come_and_read(services, item)


def _come_and_read(services: Services, item: Item) -> None:
    """See that an upload came, was read, and left nothing where it failed; look again later at one that still may."""
    file = File.from_item(item)
    if (lifecycle.sweep(services, file) if file.abandoned() else lifecycle.settled(services, file)) is None:
        return
    later = due.at(time.time() + ABANDONED_S, file.file_id)
    if file.work == "waiting":
        reading_queue.mend(services, file.subject, [file.file_id])
    if file.status == "failed":
        purge_extract(services, file.subject, file.file_id)
    if file.status in ("ready", "failed"):
        kept = _kept(services, file)
        if kept is None:
            purge_file(services, file.subject, file.file_id)
            return
        later = kept
    _put_off(services.files, item, {"file_id": file.file_id}, later)


def _kept(services: Services, file: File) -> Item | None:
    """Until when a file is kept and when it is looked at next; None when its time is over.

    A conversation that it stays with keeps it for as long as itself: no message need write the files' rows.
    """
    settings = services.settings
    if not settings.retention_days:
        return _UNTIL_DELETED
    dates = [row.expires_at for page in changes.pages_used_in(services, file) for row in page]
    if file.ttl is None or None in dates:
        ttl = retention.until(settings)  # of a version before, or from when files were kept until they are deleted
    else:
        ttl = max([file.ttl, *(each for each in dates if each)])
    if retention.is_over(ttl):
        return None
    return {"ttl": ttl, **retention.file_look(settings, ttl, file.file_id)}


def _put_off(table: Table, seen: Item, key: Key, later: Item) -> None:
    """Unless the row was deleted, or put off, meanwhile."""
    condition = "#due_at = :seen AND attribute_not_exists(#deleted_at)"
    with suppress(ConditionFailed):
        table.write(table.change(key, later, condition=condition, values={":seen": seen["due_at"]}))


def _comment(services: Services, row: Item) -> None:
    """One that was deleted, and never purged. Its index names no owner."""
    comment = comment_rows.find(services, row["id"])
    if comment is not None and comment.deleted_at is not None:
        purge_comment(services, Subject.of_owner(comment.user_id), comment.id)


def _usage(services: Services, row: Item) -> None:
    item = services.usage.find({"subject": row["subject"], "period": row["period"]})
    if item is not None and item.get("due_at") == row["due_at"]:
        reservations.release_stale(services, item)
