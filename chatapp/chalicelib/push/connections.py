"""The push channel: one-time tickets, the connections of a subject, and pushing frames to them.

A connection has two rows: one under its subject, read when something is pushed, and one under its own id, the way
back from a disconnect to the subject. A ticket is stored as its SHA-256 only.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.push import Gone
from chalicelib.aws.table import ConditionFailed, transact
from chalicelib.logs import report
from chalicelib.turns.frame_log import Frame, encoded

if TYPE_CHECKING:
    from chalicelib.services import Services

TICKET_S = 30
# API Gateway closes a connection after two hours.
_CONNECTION_S = 7_200
NO_ITEM = "-"
# $connect stores a connection before API Gateway has finished opening it; until then a push finds it gone.
OPENING_S = 5
_NEVER = float("-inf")


class Refused(Exception):
    """The ticket is unknown, used or expired. Deliberately without saying which."""


@dataclass(frozen=True, slots=True)
class Connection:
    subject: str
    connection_id: str
    endpoint: str
    expires_at: int
    connected_at: int


def issue_ticket(services: Services, subject: str, token_expires_at: int) -> str:
    """A ticket for one connection within 30 s; the connection lives no longer than the token that asked for it."""
    ticket = secrets.token_urlsafe(32)
    now = int(time.time())
    table = services.sockets
    table.write(
        table.put(
            {
                "subject": _ticket_subject(ticket),
                "item": NO_ITEM,
                "for": subject,
                "ttl": now + TICKET_S,
                "connection_expires_at": min(token_expires_at, now + _CONNECTION_S),
            }
        )
    )
    return ticket


def connect(services: Services, ticket: str | None, connection_id: str, endpoint: str) -> None:
    """Take a connection in. Raises Refused; deleting the ticket's row is what makes it good for one use."""
    table = services.sockets
    key = {"subject": _ticket_subject(ticket or ""), "item": NO_ITEM}
    try:
        row = table.write(table.delete(key, condition="attribute_exists(#subject)"), returns="ALL_OLD")
    except ConditionFailed as missing:
        raise Refused from missing
    if row["ttl"] < time.time():
        raise Refused
    expires_at = row["connection_expires_at"]
    transact(
        [
            table.put(
                {
                    "subject": row["for"],
                    "item": connection_item(connection_id),
                    "endpoint": endpoint,
                    "ttl": expires_at,
                    "connected_at": int(time.time()),
                }
            ),
            table.put(
                {
                    "subject": connection_item(connection_id),
                    "item": NO_ITEM,
                    "for": row["for"],
                    "ttl": expires_at,
                }
            ),
        ]
    )


def disconnect(services: Services, connection_id: str) -> None:
    """Forget a connection; one that is not known is no error (API Gateway's $disconnect is best effort)."""
    table = services.sockets
    way_back = {"subject": connection_item(connection_id), "item": NO_ITEM}
    row = table.write(table.delete(way_back), returns="ALL_OLD")
    if row:
        table.write(table.delete({"subject": row["for"], "item": connection_item(connection_id)}))


def connections(services: Services, subject: str) -> list[Connection]:
    page = services.sockets.query(
        "#subject = :subject AND begins_with(#item, :prefix)",
        {":subject": subject, ":prefix": connection_item("")},
    )
    now = time.time()
    return [
        Connection(
            subject, row["item"].removeprefix(connection_item("")), row["endpoint"], row["ttl"], row["connected_at"]
        )
        for row in page.items
        if row["ttl"] > now
    ]


class Channel:
    """Pushes to all connections of one subject; `look`, called often, finds new ones every 2 s."""

    LOOK_AGAIN_S = 2.0

    def __init__(self, services: Services, subject: str) -> None:
        self._services = services
        self._subject = subject
        self._known: list[Connection] | None = None
        self._looked_at = _NEVER
        self._looking = threading.Lock()
        # By connection: frames that could not be sent, for the next push to begin with.
        self._missed: dict[str, list[Frame]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def push(self, frames: list[Frame]) -> None:
        """Send frames to every connection, concurrently. A connection that is gone is forgotten, its rows too.

        What cannot be sent goes before the next frames, as long as it fits one message: a connection may still be
        opening, and of the client's own those that idled while Lambda froze the process are dead. Never raises:
        whoever misses a push reads the frames instead, and no answer is lost for it.
        """
        try:
            self._push(frames)
        except Exception as error:
            report(error)

    def _push(self, frames: list[Frame]) -> None:
        if self._known is None:
            self.look()
        known = self._known
        if not known:
            return
        if len(known) == 1:
            gone = [self._post(known[0], frames)]
        else:
            self._pool = self._pool or ThreadPoolExecutor(max_workers=8)
            gone = list(self._pool.map(lambda connection: self._post(connection, frames), known))
        if lost := {connection_id for connection_id in gone if connection_id}:
            self._known = [connection for connection in self._known or [] if connection.connection_id not in lost]

    def look(self) -> None:
        """Read the connections again, unless that was done just now. Waits for another thread that does it."""
        with self._looking:
            now = time.monotonic()
            if now - self._looked_at >= self.LOOK_AGAIN_S:
                self._looked_at = now
                self._known = connections(self._services, self._subject)

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False)

    def _post(self, connection: Connection, frames: list[Frame]) -> str | None:
        """The connection's id when it is gone. Frames that may have arrived are sent again: readers go by sequence."""
        endpoint, connection_id = connection.endpoint, connection.connection_id
        unsent = [*self._missed.pop(connection_id, []), *frames]
        bodies = list(encoded(unsent))
        try:
            sent = [self._services.pushes.post(endpoint, connection_id, body) for body in bodies]
        except Gone:
            if connection.connected_at + OPENING_S <= time.time():
                self._forget(connection)
                return connection_id
            sent = [False]
        if len(bodies) == 1 and not all(sent):
            self._missed[connection_id] = unsent
        return None

    def _forget(self, connection: Connection) -> None:
        self._services.sockets.delete_all(
            [
                {"subject": self._subject, "item": connection_item(connection.connection_id)},
                {"subject": connection_item(connection.connection_id), "item": NO_ITEM},
            ]
        )


def _ticket_subject(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"


def connection_item(connection_id: str) -> str:
    return f"connection:{connection_id}"


def endpoint_of(request_context: dict[str, Any], endpoint_url: str | None) -> str:
    """Where to push to a connection: the API's own address, or the emulator's path form of it."""
    if endpoint_url:
        return f"{endpoint_url}/_aws/execute-api/{request_context['apiId']}/{request_context['stage']}"
    return f"https://{request_context['domainName']}/{request_context['stage']}"


def on_connect(services: Services, event: dict[str, Any]) -> dict[str, int]:
    """API Gateway's $connect: the browser sees a refusal as close code 1006, whatever the reason."""
    context = event["requestContext"]
    ticket = (event.get("queryStringParameters") or {}).get("ticket")
    endpoint = endpoint_of(context, services.settings.endpoint_url)
    try:
        connect(services, ticket, context["connectionId"], endpoint)
    except Refused:
        return {"statusCode": 403}
    return {"statusCode": 200}
