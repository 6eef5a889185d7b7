"""Twins that were published behind the app's back, and who visits them."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

from tests.people import Person, Reply
from tests.stage import ORIGIN, Stage

SECRET = "the figure that she would not name"  # private: stands in the persona, and in no document
HIDDEN = "a project that is hidden, called Nightshade"
DRAFT = "an entry of the draft, called Moonflower"

PERSONA: dict[str, Any] = {
    "name": "Camille Orsini",
    "headline": "Ingénieure de données",
    "languages": ["fr", "en"],
    "texts": {
        "fr": {
            "greeting": "Bonjour !",
            "suggested_questions": ["Où avez-vous travaillé ?"],
            "topics": "parcours",
            "off_limits": ["salaire"],
        },
        "en": {
            "greeting": "Hello!",
            "suggested_questions": ["Where did you work?"],
            "topics": "career",
            "off_limits": ["salary"],
        },
    },
    "voice": "first",
    "tone": f"warm; never says {SECRET}",
    "contact": {"label": "Write to me", "url": "https://camille.example/contact"},
    "links": [{"label": "Site", "url": "https://camille.example/"}],
}


def entry(section: str, title: str, text: str = "", **more: Any) -> dict[str, Any]:
    given = {"subtitle": "", "start": "", "end": "", "place": "", "url": "", "source_ids": [], "is_hidden": False}
    return {
        "entry_id": str(uuid.uuid5(uuid.NAMESPACE_URL, title)),
        "section": section,
        "title": title,
        "text": text,
    } | (given | more)


ENTRIES = [
    entry(
        "experience", "Data engineer at Velloria", "Built the pipelines of the tram network in Kotlin.", start="2019"
    ),
    entry("experience", "Intern at Brumeux", "Measured fog with lidar.", start="2017", end="2018"),
    entry(
        "education", "Master of statistics, Nantes", "Thesis on sparse matrices.", url="https://nantes.example/thesis"
    ),
    entry("notes", "Langues parlées", "Je parle français, anglais et un peu de breton."),
    entry("projects", HIDDEN, is_hidden=True),
]


def publish(
    stage: Stage, handle: str = "me", version: int = 1, entries: list[dict[str, Any]] | None = None, **head: Any
) -> None:
    """What publishing leaves: the head, the row that everybody reads, and the version's object."""
    shown = ENTRIES if entries is None else entries
    row = {"user_id": "owner", "created_at": "2026-11-01T00:00:00.000Z", "revision": 3, "next_version": version + 1}
    at = f"2026-11-{version:02}T00:00:00.000Z"
    published = {"published_version": version, "published_at": at}
    stage.put("twins", {"handle": handle, "item": "twin", **row, **published, **head})
    public = {name: PERSONA[name] for name in ("name", "headline", "voice", "languages", "contact", "links")}
    texts = {
        language: {name: value for name, value in of.items() if name != "off_limits"}
        for language, of in PERSONA["texts"].items()
    }
    sections: dict[str, list[dict[str, Any]]] = {}
    for each in shown:
        if not each["is_hidden"]:
            known = {name: value for name, value in each.items() if name not in ("section", "source_ids", "is_hidden")}
            sections.setdefault(each["section"], []).append(known)
    profile = {
        **public,
        "texts": texts,
        "handle": handle,
        "photo_url": None,
        "sections": [{"section": name, "entries": of} for name, of in sections.items()],
    }
    packed = gzip.compress(json.dumps(profile).encode())
    stage.put(
        "twins", {"handle": handle, "item": "published", "version": version, "published_at": at, "profile": packed}
    )
    stage.store(f"twins/{handle}/versions/{version:06}.json.gz", snapshot(entries))
    # What nobody is to see.
    stage.put("twins", {"handle": handle, "item": "draft/entry/1", "entry": {"title": DRAFT}})


def snapshot(entries: list[dict[str, Any]] | None = None) -> bytes:
    content = {"persona": PERSONA, "entries": ENTRIES if entries is None else entries, "sources": []}
    return gzip.compress(json.dumps(content).encode())


class Visitor:
    """Who has opened a page with a twin on it. origin: the page's. wishes: as `POST …/visits` takes them."""

    def __init__(
        self, stage: Stage, handle: str = "me", origin: str | None = ORIGIN, ip: str = "203.0.113.7", **wishes: Any
    ) -> None:
        self.stage, self.handle = stage, handle
        self.browser = Person(stage, "visitor", groups="")
        self.browser.claims = {}
        self.browser.identity = {"sourceIp": ip}
        self.browser.headers = {"origin": origin} if origin else {}
        self.begun = self.browser.post(f"/twins/{handle}/visits", wishes)
        self.token = ""
        if self.begun.status == 201:
            self.visit_id: str = self.begun.body["visit_id"]
            self.show(self.begun.body["token"])

    def show(self, token: str) -> None:
        self.token = token
        self.browser.headers["authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        return self.browser.call(method, f"/twins/{self.handle}/{path}", body)

    def send(self, text: str, **fields: Any) -> Reply:
        return self.call("POST", "messages", {"text": text, "request_id": uuid.uuid4().hex, **fields})

    def ask(self, text: str, **fields: Any) -> dict[str, Any]:
        """Send a question and let its answer be made; returns the answer as it is then shown."""
        sent = self.send(text, **fields)
        assert sent.status == 202, sent
        self.stage.run()
        return self.message(sent.body["answer"]["message_id"])

    def messages(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("GET", "messages").body["items"]
        return items

    def message(self, message_id: str) -> dict[str, Any]:
        return next(each for each in self.messages() if each["message_id"] == message_id)


def said(answer: dict[str, Any]) -> str:
    return "".join(block["text"] for block in answer["content"] if block["type"] == "text")


def cited(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for block in answer["content"] for each in block.get("citations") or ()]
