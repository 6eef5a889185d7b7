"""The connections of a subject.

A connection has two rows: one under its subject, read when something is pushed, and one under its own id, the way back
from a disconnect to the subject.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

NO_ITEM = "-"


@dataclass(frozen=True, slots=True)
class Connection:
    subject: Subject
    connection_id: str
    endpoint: str
    expires_at: int
    connected_at: int


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
            subject, row["item"].removeprefix(connection_item("")), row["endpoint"], row["ttl"], row["connected_at"]
        )
        for row in page.items
        if row["ttl"] > now
    ]


def connection_item(connection_id: str) -> str:
    return f"connection:{connection_id}"
