"""A socket of a person, as the site opens one: a ticket first, then frames."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection

from deploy.people import api
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def frames_until_end(self, message_id: str, timeout_s: float = 30.0) -> list[dict[str, Any]]:
        """The frames of one answer, to the one that ends it, as they came."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + timeout_s
        while not (found and found[-1]["type"] in {"answer.done", "answer.failed"}):
            raw = self.connection.recv(timeout=max(0.0, deadline - time.monotonic()))
            found += [frame for frame in json.loads(raw)["frames"] if frame.get("message_id") == message_id]
        return found

    def files_told(self, timeout_s: float = 30.0) -> dict[str, Any]:
        """The next frame that says which files stay with a conversation."""
        deadline = time.monotonic() + timeout_s
        while True:
            raw = self.connection.recv(timeout=max(0.0, deadline - time.monotonic()))
            for frame in json.loads(raw)["frames"]:
                if "file_ids" in frame:
                    return dict(frame)


def ticket(person: Person) -> str:
    reply = person.post("/sockets")
    assert reply.status == 200, reply
    return str(reply.body["ticket"])


@contextmanager
def opened(deployment: Deployment, ticket_text: str, origin: str | None = None) -> Iterator[Socket]:
    """origin: of a browser's page; a script has none. Raises InvalidStatus where the server refuses the connection."""
    with api.opened(deployment.socket_url, ticket_text, origin) as connection:
        yield Socket(connection)
