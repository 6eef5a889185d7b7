"""Pushing frames to all connections of a subject."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.aws.push import Gone
from chalicelib.logs import line, report
from chalicelib.shapes import Frame
from chalicelib.subjects import Subject

from .connections import Connection, connections, forget
from .frames import encoded

if TYPE_CHECKING:
    from chalicelib.services import Services

# $connect stores a connection before API Gateway has finished opening it; until then a push finds it gone.
OPENING_S = 5
# Of a subject's connections the newest so many are pushed to: more pages than anybody reads at once, and however many
# somebody opens, an answer waits for these alone. The others read the frames, as where sockets are blocked.
MOST = 20
_NEVER = float("-inf")


class Channel:
    """Pushes to all connections of one subject; `look`, called often, finds new ones every 2 s."""

    LOOK_AGAIN_S = 2.0

    def __init__(self, services: Services, subject: Subject) -> None:
        self._services = services
        self._subject = subject
        self._known: list[Connection] | None = None
        self._looked_at = _NEVER
        self._looking = threading.Lock()
        # By connection: frames that could not be sent, for the next push to begin with.
        self._missed: dict[str, list[Frame]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def push(self, frames: Sequence[Frame]) -> None:
        """Send frames to every connection, concurrently. A connection that is gone is forgotten, its rows too.

        What cannot be sent goes before the next frames, as long as it fits one message: a connection may still be
        opening, and of the client's own those that idled while Lambda froze the process are dead. Never raises:
        whoever misses a push reads the frames instead, and no answer is lost for it.
        """
        try:
            self._push(frames)
        except Exception as error:
            report(error)

    def _push(self, frames: Sequence[Frame]) -> None:
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
            line("gone", count=len(lost))
            self._known = [connection for connection in self._known or [] if connection.connection_id not in lost]

    def look(self) -> None:
        """Read the connections again, unless that was done just now. Waits for another thread that does it."""
        with self._looking:
            now = time.monotonic()
            if now - self._looked_at >= self.LOOK_AGAIN_S:
                self._looked_at = now
                known = connections(self._services, self._subject)
                self._known = sorted(known, key=lambda each: each.connected_at, reverse=True)[:MOST]

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False)

    def _post(self, connection: Connection, frames: Sequence[Frame]) -> str | None:
        """The connection's id when it is gone. Frames that may have arrived are sent again: readers go by sequence."""
        endpoint, connection_id = connection.endpoint, connection.connection_id
        unsent = [*self._missed.pop(connection_id, []), *frames]
        bodies = list(encoded(unsent))
        try:
            sent = [self._services.pushes.post(endpoint, connection_id, body) for body in bodies]
        except Gone:
            if connection.connected_at + OPENING_S <= time.time():
                forget(self._services, [connection])
                return connection_id
            sent = [False]
        if len(bodies) == 1 and not all(sent):
            self._missed[connection_id] = unsent
        return None
