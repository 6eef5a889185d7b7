"""Twins that a test makes, and visitors who ask them over HTTP without a sign-in."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.e2e import web
from tests.e2e.deployment import Deployment
from tests.e2e.people import ANSWERED_WITHIN_S, IN_PROGRESS, Person
from tests.e2e.waiting import until

WRITTEN_WITHIN_S = 60.0
_TEXTS = {"greeting": "Hello.", "suggested_questions": [], "topics": "", "off_limits": ["salary"]}


@dataclass
class Twin:
    owner: Person
    handle: str

    def call(self, method: str, path: str = "", body: Any = None) -> web.Reply:
        return self.owner.call(method, f"/drafts/{self.handle}{path}", body)

    def draft(self) -> dict[str, Any]:
        reply = self.call("GET")
        assert reply.status == 200, reply
        return dict(reply.body)

    def change(self, **fields: Any) -> None:
        reply = self.call("PATCH", "", {"revision": self.draft()["revision"], **fields})
        assert reply.status == 200, reply

    def add(self, section: str, title: str, text: str) -> str:
        reply = self.call("POST", "/entries", {"section": section, "title": title, "text": text})
        assert reply.status == 201, reply
        return str(reply.body["entry_id"])

    def publish(self) -> int:
        """Returns the version, whose page is written by now."""
        reply = self.call("POST", "/publications", {"revision": self.draft()["revision"]})
        assert reply.status == 201, reply
        version = int(reply.body["version"])
        what = f"the page of {self.handle}"
        until(lambda: self.draft()["page"]["rendered_version"] == version, WRITTEN_WITHIN_S, what)
        return version


@contextmanager
def made(owner: Person, name: str = "Noor Delacroix-Ito") -> Iterator[Twin]:
    """An empty draft of somebody who has a name, gone in the end."""
    twin = Twin(owner, f"e2e-{secrets.token_hex(5)}")
    created = twin.call("PUT", "", {})
    assert created.status == 201, created
    try:
        twin.change(persona={**created.body["persona"], "name": name, "languages": ["en"], "texts": {"en": _TEXTS}})
        yield twin
    finally:
        twin.call("DELETE", "", {"handle": twin.handle})


@dataclass
class Visit:
    deployment: Deployment
    handle: str
    visit_id: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def begin(cls, deployment: Deployment, handle: str, **wishes: Any) -> Visit:
        visit = cls(deployment, handle)
        reply = visit.call("POST", "/visits", wishes)
        assert reply.status == 201, reply
        visit.visit_id, visit.token = reply.body["visit_id"], reply.body["token"]
        return visit

    def call(self, method: str, path: str = "", body: Any = None, **headers: str) -> web.Reply:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self.deployment.api_url}/twins/{self.handle}{path}"
        return web.call(method, url, body=body, headers={"Content-Type": "application/json", **shown, **headers})

    def send(self, text: str) -> web.Reply:
        return self.call("POST", "/messages", {"text": text, "request_id": str(uuid.uuid4())})

    def begun(self, text: str) -> dict[str, Any]:
        """A question that must be taken; returns its answer, not waiting for the end."""
        sent = self.send(text)
        assert sent.status == 202, sent
        return dict(sent.body["answer"])

    def ask(self, text: str) -> dict[str, Any]:
        return self.settled(self.begun(text))

    def settled(self, answer: dict[str, Any]) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            items = self.call("GET", "/messages").body["items"]
            now: dict[str, Any] = next(each for each in items if each["message_id"] == answer["message_id"])
            return None if now["status"] in IN_PROGRESS else now

        return until(find, ANSWERED_WITHIN_S, "the end of a twin's answer")
