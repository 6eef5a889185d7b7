"""A stage's API as a script calls it for one person: REST, the form that uploads a file, the socket.

On the local AWS `*.localhost`, which Python cannot resolve, is this machine. Owns no meaning of what is answered.
"""

from __future__ import annotations

import json
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from deploy.environment import DeploymentError

_TIMEOUT_S = 35.0  # the API answers within 29 s or not at all
_PAUSE_S = 2.0
# What AWS answers while a new API, a new role or a new permission is not yet known everywhere.
_NOT_READY_YET = {403, 404, 429, 500, 502, 503, 504}
_UNREACHABLE = 503


class BudgetSpentError(Exception):
    """The budget of a person or of the stage does not cover the call; the message is the API's own."""


class UnexpectedError(DeploymentError):
    """status: answered in place of what was wanted."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Reply:
    """body: {} where it is no JSON object; text: as it came. headers: names in lower case."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def error(self) -> Mapping[str, Any]:
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}

    @property
    def said(self) -> str:
        return said(self.error) or " ".join(self.text.split())[:300] or "nothing"


def said(error: Mapping[str, Any] | None) -> str:
    return f"{error.get('code')}: {error.get('message')}" if error else ""


@dataclass
class Api:
    """One person's calls. ready_by (of time.monotonic): until then, what a new stage may answer is asked again."""

    url: str
    token: str
    ready_by: float
    pause_s: float = _PAUSE_S

    def expect(self, wanted: int, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The reply's body. Raises BudgetSpentError, and UnexpectedError with what was answered instead."""
        while True:
            reply = self.call(method, path, body)
            if reply.status == wanted and reply.body:
                return reply.body
            if reply.error.get("code") == "budget_spent":
                raise BudgetSpentError(str(reply.error.get("message")))
            if not self.may_wait(reply.status):
                raise UnexpectedError(f"{method} {path} answered {reply.status}, {reply.said}", reply.status)

    def may_wait(self, status: int) -> bool:
        """Pause, where it may be that the stage is only not ready yet."""
        if status not in _NOT_READY_YET or time.monotonic() > self.ready_by:
            return False
        time.sleep(self.pause_s)
        return True

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        return send(method, self.url + path, None if body is None else json.dumps(body).encode(), headers)


def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    """One request; every status is a reply, and no reply at all is a 503."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 (our own)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
            return _reply(response.status, response)
    except urllib.error.HTTPError as error:
        return _reply(error.code, error)
    except OSError as error:  # URLError and timeouts are among them
        return Reply(_UNREACHABLE, f"no answer: {error}")


def _reply(status: int, response: Any) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status, response.read().decode(errors="replace"), headers)


def form(fields: Mapping[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    """A multipart form as a browser sends it, the file last; returns it with its content type."""
    boundary = f"----chatapp{secrets.token_hex(12)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    opening = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join([*parts, opening]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


@contextmanager
def opened(socket_url: str, ticket: str, origin: str | None = None) -> Iterator[ClientConnection]:
    """A socket, as a page of `origin` opens it. Raises websockets' InvalidStatus where the server refuses it, its other
    errors, and OSError.

    No pings of the protocol's own: API Gateway's sockets know none.
    """
    options: dict[str, Any] = {"open_timeout": 20, "close_timeout": 2, "ping_interval": None, "origin": origin}
    address = urlsplit(socket_url)
    if (address.hostname or "").endswith("localhost"):
        options |= {"sock": socket.create_connection(("127.0.0.1", address.port or 80), timeout=20), "proxy": None}
    with connect(f"{socket_url}?ticket={ticket}", **options) as connection:
        yield connection
