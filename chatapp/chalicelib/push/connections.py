"""The connections of a subject.

A connection has two rows: one under its subject, read when something is pushed, and one under its own id, the way back
from a disconnect to the subject.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.sessions import Session
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

NO_ITEM = "-"


@dataclass(frozen=True, slots=True)
class Connection:
    """session: whose ticket opened it; None where an earlier version of the app took it in."""

    subject: Subject
    connection_id: str
    endpoint: str
    expires_at: int
    connected_at: int
    session: str | None = None


def disconnect(services: Services, connection_id: str) -> None:
    """Forget a connection; one that is not known is no error (API Gateway's $disconnect is best effort)."""
    table = services.sockets
    way_back = {"subject": connection_item(connection_id), "item": NO_ITEM}
    row = table.write(table.delete(way_back), returns="ALL_OLD")
    if row:
        table.write(table.delete({"subject": row["for"], "item": connection_item(connection_id)}))


def connections(services: Services, subject: Subject) -> list[Connection]:
    page = services.sockets.query(
        "#subject = :subject AND begins_with(#item, :prefix)",
        {":subject": str(subject), ":prefix": connection_item("")},
    )
    now = time.time()
    return [
        Connection(
            subject,
            row["item"].removeprefix(connection_item("")),
            row["endpoint"],
            row["ttl"],
            row["connected_at"],
            row.get("session"),
        )
        for row in page.items
        if row["ttl"] > now
    ]


def forget(services: Services, gone: Iterable[Connection]) -> None:
    """Remove the rows of connections: whoever pushes sees it when it looks again."""
    ids = [(str(each.subject), connection_item(each.connection_id)) for each in gone]
    rows = [key for subject, item in ids for key in ((subject, item), (item, NO_ITEM))]
    services.sockets.delete_all([{"subject": subject, "item": item} for subject, item in rows])


def forget_session(services: Services, session: Session) -> None:
    """Forget the connections of a session that has ended, and those of which nobody knows whose they are."""
    known = connections(services, session.subject)
    forget(services, [each for each in known if each.session in (session.id, None)])


def connection_item(connection_id: str) -> str:
    return f"connection:{connection_id}"
