"""Pushing to WebSocket connections, through the endpoint that API Gateway named when each one opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .faults import passes
from .grants import Adapter, Grant


class Gone(Exception):
    """The connection is closed."""


class Push(Adapter):
    """clients: makes the API client of one endpoint."""

    def __init__(self, function: str, grant: Grant, clients: Callable[[str], Any]) -> None:
        super().__init__(function, grant)
        self._clients = clients

    def post(self, endpoint: str, connection_id: str, body: bytes) -> bool:
        """Send one message (128 KB at most). False when it could not be sent now; raises Gone."""
        self._allow("PostToConnection")
        client = self._clients(endpoint)
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=body)
        except client.exceptions.GoneException as error:
            raise Gone(connection_id) from error
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            return False  # the reader sees the gap and reads the frames instead
        return True
