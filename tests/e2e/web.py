"""HTTP as a test needs it: every status is an answer; `*.localhost`, which Python cannot resolve, is this machine."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 40.0


@dataclass(frozen=True)
class Reply:
    """headers: names in lower case. body: parsed where it is JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def error(self) -> dict[str, Any]:
        """The error's code, message and extras; fails for any other body."""
        error = self.body["error"]
        assert set(error) >= {"code", "message"}, self.body
        return dict(error)


def call(method: str, url: str, *, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """Send one request. body: sent as JSON, text and bytes as they are."""
    address = urlsplit(url)
    connection = _connection(address.scheme, address.hostname or "", address.port)
    sent = body if isinstance(body, str | bytes) or body is None else json.dumps(body)
    target = address.path + (f"?{address.query}" if address.query else "")
    try:
        connection.request(method, target, sent, {"Host": address.netloc, **(headers or {})})
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, received, _parsed(response.read()))
    finally:
        connection.close()


def reachable_host(host: str) -> str:
    return "127.0.0.1" if host.endswith("localhost") else host


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S)
    return http.client.HTTPConnection(reachable_host(host), port, timeout=TIMEOUT_S)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")
