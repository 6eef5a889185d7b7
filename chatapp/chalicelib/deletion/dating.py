"""Once, after an update from a version whose rows were not due: gives those that nobody uses any more their date.

Rows that are used get it then. Of the others, DynamoDB's own expiry took conversations (without what lies beneath),
and nothing took files. Each run of the sweep goes on where the one before stopped, which a row of its own says; once
all are dated, that row alone is read.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib import due, retention
from chalicelib.aws.table import ConditionFailed, Item, Table
from chalicelib.files.row import ABANDONED_S

if TYPE_CHECKING:
    from chalicelib.services import Services

# Of each table in one run: 4 MB at most are read, and 1,000 rows written.
_ROWS_A_PAGE = 250
_MOST_PAGES = 4
_STATE = {"subject": "sweep", "period": "dating"}
_DONE = "done"
_UNDATED = "attribute_not_exists(#due_at)"


def go_on(services: Services) -> None:
    """Date some more rows, if there may be any. Safe to repeat."""
    state = services.usage.find(_STATE) or {}
    for name, table, id_ in (
        ("conversations", services.conversations, "conversation_id"),
        ("files", services.files, "file_id"),
    ):
        position = state.get(name)
        for _ in range(_MOST_PAGES if position != _DONE else 0):
            page = table.scan(limit=_ROWS_A_PAGE, start=position)
            for row in page.items:
                _date(services, table, row, id_)
            position = page.last_key or _DONE
            services.usage.write(services.usage.change(_STATE, {name: position}))
            if position == _DONE:
                break


def _date(services: Services, table: Table, row: Item, id_: str) -> None:
    """A row that is deleted is due; a file is looked at; a conversation keeps the date that it has."""
    if "due_at" in row:
        return
    now, of = time.time(), row[id_]
    given: Item = retention.used(services.settings, of)
    if "deleted_at" in row:
        given = due.at(now, of)
    elif id_ == "file_id":
        given = due.at(now + ABANDONED_S, of)
    elif given["ttl"] is not None and "ttl" in row:
        given = due.at(row["ttl"] + 1, of)
    if given["due_at"] is None and "ttl" not in row:
        return
    key = {name: row[name] for name in ("user_id", id_) if name != "user_id" or id_ == "conversation_id"}
    with suppress(ConditionFailed):
        table.write(table.change(key, given, condition=f"attribute_exists(#{id_}) AND {_UNDATED}"))
