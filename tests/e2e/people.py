"""Throw-away people of a stage, and what they do through the REST API."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from deploy.people import srp
from tests.e2e import web
from tests.e2e.deployment import Deployment
from tests.e2e.waiting import until

IN_PROGRESS = {"queued", "streaming"}
ANSWERED_WITHIN_S = 60.0


@dataclass
class Person:
    """A signed-in user. Tokens are Cognito's, got by SRP."""

    deployment: Deployment
    email: str
    password: str = field(repr=False)
    id_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    user_id: str = ""

    def sign_in(self) -> None:
        client = _Recording(self.deployment.client("cognito-idp"))
        here = self.deployment
        self.id_token = srp.sign_in(client, here.user_pool_id, here.client_id, self.email, self.password)
        self.access_token = str(client.result["AccessToken"])

    def call(self, method: str, path: str, body: Any = None) -> web.Reply:
        headers = {"Authorization": self.id_token, "Content-Type": "application/json"}
        return web.call(method, self.deployment.api_url + path, body=body, headers=headers)

    def get(self, path: str) -> web.Reply:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> web.Reply:
        return self.call("POST", path, body)

    def new_conversation(self, **fields: Any) -> str:
        reply = self.post("/conversations", fields)
        assert reply.status == 201, reply
        return str(reply.body["conversation_id"])

    def send(self, conversation_id: str, text: str, **fields: Any) -> web.Reply:
        body = {"text": text, "request_id": str(uuid.uuid4()), **fields}
        return self.post(f"/conversations/{conversation_id}/messages", body)

    def begin(self, conversation_id: str, text: str, **fields: Any) -> dict[str, Any]:
        """Send a message that must be accepted; returns its answer, not waiting for the end."""
        sent = self.send(conversation_id, text, **fields)
        assert sent.status == 202, sent
        return dict(sent.body["answer"])

    def ask(self, conversation_id: str, text: str, **fields: Any) -> dict[str, Any]:
        """Send a message and wait for its answer's end."""
        return self.settled(self.begin(conversation_id, text, **fields))

    def settled(self, answer: dict[str, Any], timeout_s: float = ANSWERED_WITHIN_S) -> dict[str, Any]:
        """The answer once it is no longer in progress."""

        def find() -> dict[str, Any] | None:
            now = self.message(answer["conversation_id"], answer["message_id"])
            return None if now["status"] in IN_PROGRESS else now

        return until(find, timeout_s, "the end of an answer")

    def begun(self, answer: dict[str, Any], characters: int = 1) -> str:
        """Wait until so many characters of an answer have come; returns them."""

        def find() -> str | None:
            text = text_of_frames(self.frames(answer))
            return text if len(text) >= characters else None

        return until(find, ANSWERED_WITHIN_S, f"{characters} characters of an answer")

    def frames(self, answer: dict[str, Any], after: int = 0) -> list[dict[str, Any]]:
        path = f"/conversations/{answer['conversation_id']}/messages/{answer['message_id']}/frames?after={after}"
        reply = self.get(path)
        assert reply.status == 200, reply
        return list(reply.body["items"])

    def message(self, conversation_id: str, message_id: str) -> dict[str, Any]:
        return next(item for item in self.messages(conversation_id) if item["message_id"] == message_id)

    def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        """The newest page, newest first."""
        reply = self.get(f"/conversations/{conversation_id}/messages")
        assert reply.status == 200, reply
        return list(reply.body["items"])


class _Recording:
    """Cognito's client, keeping what a sign-in returned: the SRP client hands out the ID token alone."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.result: dict[str, Any] = {}

    def initiate_auth(self, **arguments: Any) -> dict[str, Any]:
        return dict(self._client.initiate_auth(**arguments))

    def respond_to_auth_challenge(self, **arguments: Any) -> dict[str, Any]:
        reply = dict(self._client.respond_to_auth_challenge(**arguments))
        self.result = reply.get("AuthenticationResult", {})
        return reply


def text_of(message: dict[str, Any]) -> str:
    return "".join(block["text"] for block in message["content"] if block["type"] == "text")


def text_of_frames(frames: list[dict[str, Any]]) -> str:
    """What a reader of these frames shows: `answer.started` begins the answer afresh."""
    text = ""
    for frame in frames:
        if frame["type"] == "answer.started":
            text = ""
        elif frame["type"] == "answer.delta" and frame["kind"] == "text":
            text += frame["text"]
    return text


def random_password() -> str:
    return secrets.token_urlsafe(15)


def create(
    deployment: Deployment, name: str, *, temporary: bool = False, groups: tuple[str, ...] = ("members",)
) -> Person:
    """A new user; no mail is sent. temporary: the password has to be changed at the first sign-in."""
    person = Person(deployment, f"e2e-{name}-{secrets.token_hex(5)}@example.com", random_password())
    cognito, pool = deployment.client("cognito-idp"), deployment.user_pool_id
    created = cognito.admin_create_user(
        UserPoolId=pool,
        Username=person.email,
        TemporaryPassword=person.password,
        UserAttributes=[{"Name": "email", "Value": person.email}, {"Name": "email_verified", "Value": "true"}],
        MessageAction="SUPPRESS",
    )
    attributes = {item["Name"]: item["Value"] for item in created["User"]["Attributes"]}
    person.user_id = attributes["sub"]
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=person.email, GroupName=group)
    if not temporary:
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=person.email, Password=person.password, Permanent=True
        )
        person.sign_in()
    return person


def delete(person: Person) -> None:
    """Unless the test has done so."""
    cognito = person.deployment.client("cognito-idp")
    with suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=person.deployment.user_pool_id, Username=person.email)


@contextmanager
def signed_in(deployment: Deployment, name: str, *, groups: tuple[str, ...] = ("members",)) -> Iterator[Person]:
    person = create(deployment, name, groups=groups)
    try:
        yield person
    finally:
        delete(person)
