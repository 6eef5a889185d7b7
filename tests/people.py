"""People who call the REST API of a test stage, through API Gateway's own event format."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chalicelib import sessions
from chalicelib.subjects import person

from tests.fakes.aws import Context
from tests.stage import ENDPOINT, ORIGIN, Stage


@dataclass(frozen=True)
class Reply:
    """raw: the body as it was sent."""

    status: int
    headers: dict[str, str]
    raw: str

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> str:
        code: str = self.body["error"]["code"]
        return code


class Person:
    """name: becomes the token's `sub`. token_use: `access` to try what must be refused. groups: theirs, by commas.

    claims: of their token, as API Gateway's authorizer hands them on; none for who sends none. identity: what else it
    knows of a caller.

    They have an account, and the stage has just read that no session of theirs has ended.
    """

    def __init__(self, stage: Stage, name: str, token_use: str = "id", groups: str = "members") -> None:
        self.stage = stage
        self.user_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        self.subject = person(self.user_id)
        stage.pool.subs.add(self.user_id)
        for group in groups.split(",") if groups else []:
            stage.pool.groups[group].append(self.user_id)
        self.headers: dict[str, str] = {}
        self.identity: dict[str, str] = {}
        now = int(time.time())
        self.claims: dict[str, str] = {
            "sub": self.user_id,
            "token_use": token_use,
            "email": stage.pool.email(self.user_id),
            **({"cognito:groups": groups} if groups else {}),
            "origin_jti": str(uuid.uuid4()),
            "auth_time": str(now - 60),
            "iat": str(now - 60),
            "exp": str(now + 3600),
        }
        sessions.known[str(self.subject)] = sessions.Ended()

    def call(
        self, method: str, path: str, body: Any = None, raw: str | None = None, *, is_base64: bool = False
    ) -> Reply:
        path, _, query = path.partition("?")
        resource, parameters = self._resource(path)
        event = {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": {"content-type": "application/json", **self.headers},
            "multiValueHeaders": {name: [value] for name, value in self.headers.items()},
            "pathParameters": parameters,
            "multiValueQueryStringParameters": _query(query),
            "body": raw if raw is not None else json.dumps(body) if body is not None else None,
            "isBase64Encoded": is_base64,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "requestId": "test",
                "identity": {"sourceIp": "127.0.0.1", **self.identity},
                **({"authorizer": {"claims": self.claims}} if self.claims else {}),
            },
        }
        reply = self.stage.app.app(event, Context(29))
        return Reply(reply["statusCode"], reply["headers"], reply["body"])

    def _resource(self, path: str) -> tuple[str, dict[str, str]]:
        """The declared route that API Gateway would choose for a path, and its parameters."""
        parts = path.split("/")
        for route in sorted(self.stage.app.app.routes):
            names = route.split("/")
            if len(names) == len(parts) and all(n.startswith("{") or n == p for n, p in zip(names, parts, strict=True)):
                return route, {n[1:-1]: p for n, p in zip(names, parts, strict=True) if n.startswith("{")}
        raise LookupError(path)

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Reply:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any) -> Reply:
        return self.call("PATCH", path, body)

    def put(self, path: str) -> Reply:
        return self.call("PUT", path)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def new_conversation(self, **fields: Any) -> str:
        reply = self.post("/conversations", fields)
        assert reply.status == 201, reply
        conversation_id: str = reply.body["conversation_id"]
        return conversation_id

    def send(self, conversation_id: str, text: str, **fields: Any) -> Reply:
        fields.setdefault("request_id", uuid.uuid4().hex)
        return self.post(f"/conversations/{conversation_id}/messages", {"text": text, **fields})

    def ask(self, conversation_id: str, text: str, **fields: Any) -> dict[str, Any]:
        """Send a message and let its answer be made; returns the answer as it is then stored."""
        sent = self.send(conversation_id, text, **fields)
        assert sent.status == 202, sent
        self.stage.run()
        return self.message(conversation_id, sent.body["answer"]["message_id"])

    def conversation(self, conversation_id: str) -> dict[str, Any]:
        reply = self.get(f"/conversations/{conversation_id}")
        assert reply.status == 200, reply
        shown: dict[str, Any] = reply.body
        return shown

    def queue(self, conversation_id: str, text: str, **fields: Any) -> str:
        """Send a message whose answer nobody makes yet; returns the answer's id."""
        sent = self.send(conversation_id, text, **fields)
        assert sent.status == 202, sent
        message_id: str = sent.body["answer"]["message_id"]
        return message_id

    def stop(self, conversation_id: str, message_id: str) -> Reply:
        return self.post(f"/conversations/{conversation_id}/messages/{message_id}/stop")

    def retry(self, conversation_id: str, message_id: str, body: Any = None) -> Reply:
        return self.post(f"/conversations/{conversation_id}/messages/{message_id}/retry", body)

    def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(f"/conversations/{conversation_id}/messages").body["items"]
        return items

    def message(self, conversation_id: str, message_id: str) -> dict[str, Any]:
        return next(m for m in self.messages(conversation_id) if m["message_id"] == message_id)

    def frames(self, conversation_id: str, message_id: str, after: int = 0) -> Any:
        return self.get(f"/conversations/{conversation_id}/messages/{message_id}/frames?after={after}").body

    def file(self, file_id: str) -> dict[str, Any]:
        reply = self.get(f"/files/{file_id}")
        assert reply.status == 200, reply
        shown: dict[str, Any] = reply.body
        return shown

    def files(self, query: str = "") -> list[dict[str, Any]]:
        """One page of the list; query: such as `name=roses&limit=2`."""
        reply = self.get(f"/files?{query}")
        assert reply.status == 200, reply
        items: list[dict[str, Any]] = reply.body["items"]
        return items

    def connect(self, connection_id: str) -> int:
        """Open a socket with a fresh ticket; returns the status of $connect."""
        return self.connect_with(self.post("/sockets").body["ticket"], connection_id)

    def connect_with(
        self, ticket: str | None, connection_id: str, headers: Mapping[str, str] = MappingProxyType({"Origin": ORIGIN})
    ) -> int:
        """headers: of the handshake; by default a browser's that shows the site."""
        event = socket_event("CONNECT", connection_id) | {"headers": dict(headers)}
        event["queryStringParameters"] = {"ticket": ticket} if ticket is not None else None
        status: int = self.stage.app.connect(event, Context(10))["statusCode"]
        return status

    def ping(self, connection_id: str) -> int:
        event = socket_event("MESSAGE", connection_id) | {"body": '{"type":"ping"}'}
        status: int = self.stage.app.message(event, Context(10))["statusCode"]
        return status

    def disconnect(self, connection_id: str) -> None:
        self.stage.app.disconnect(socket_event("DISCONNECT", connection_id), Context(10))


def socket_event(event_type: str, connection_id: str) -> dict[str, Any]:
    return {
        "requestContext": {
            "connectionId": connection_id,
            "domainName": ENDPOINT.removeprefix("https://").partition("/")[0],
            "stage": ENDPOINT.rpartition("/")[2],
            "apiId": "sockets",
            "eventType": event_type,
            "identity": {"sourceIp": "203.0.113.7"},
        }
    }


def _query(query: str) -> dict[str, list[str]] | None:
    if not query:
        return None
    pairs = [pair.partition("=")[::2] for pair in query.split("&")]
    return {name: [value for other, value in pairs if other == name] for name, _ in pairs}


def text_of(message: dict[str, Any]) -> str:
    """A message's text, as the API shows it."""
    return "".join(block["text"] for block in message["content"] if block["type"] == "text")


def text_in(frames: list[dict[str, Any]]) -> str:
    """What a client that applies the frames shows as the answer's text. A client refuses a gap."""
    shown = ""
    for before, frame in zip([None, *frames], frames, strict=False):
        assert before is None or frame["sequence"] == before["sequence"] + 1, f"a gap before {frame}"
        if frame["type"] == "answer.started":
            shown = ""
        elif frame["type"] == "answer.delta" and frame["kind"] == "text":
            shown += frame["text"]
    return shown
