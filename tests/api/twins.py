"""Twins of a test stage: an owner's draft, what is published of it, and what time and the sweep do with them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from tests.fakes import dynamodb, wire
from tests.people import Person, Reply
from tests.stage import Stage

JPEG = b"\xff\xd8\xff\xe0" + b"roses" * 20
PERSONA: dict[str, Any] = {
    "name": "Ada Rose",
    "headline": "Gardener",
    "languages": ["en", "fr"],
    "texts": {
        "en": {
            "greeting": "Hello!",
            "suggested_questions": ["Which roses?"],
            "topics": "Gardens.",
            "off_limits": ["SALARY-IS-PRIVATE"],
        }
    },
    "voice": "first",
    "tone": "TONE-IS-PRIVATE",
    "contact": {"label": "Write", "url": "mailto:ada@example.org"},
    "links": [{"label": "Garden", "url": "https://garden.example.org"}],
}
ENTRY: dict[str, Any] = {"section": "experience", "title": "Gardener", "start": "2019-05", "text": "Roses and lilies."}


def draft(person: Person, handle: str = "me") -> Any:
    reply = person.get(f"/drafts/{handle}")
    assert reply.status == 200, reply
    return reply.body


def add(person: Person, handle: str = "me", **fields: Any) -> str:
    """Add an entry; returns its id."""
    reply = person.post(f"/drafts/{handle}/entries", {**ENTRY, **fields})
    assert reply.status == 201, reply
    entry_id: str = reply.body["entry_id"]
    return entry_id


def entry(person: Person, entry_id: str, handle: str = "me") -> Any:
    return next((each for each in draft(person, handle)["entries"] if each["entry_id"] == entry_id), None)


def made(person: Person, handle: str = "me", **persona: Any) -> str:
    """A twin with a persona and one entry; returns the entry's id."""
    assert person.call("PUT", f"/drafts/{handle}", {}).status == 201
    said = {"revision": draft(person, handle)["revision"], "persona": {**PERSONA, **persona}}
    reply = person.patch(f"/drafts/{handle}", said)
    assert reply.status == 200, reply
    return add(person, handle)


def photo(person: Person, body: bytes = JPEG, handle: str = "me") -> Reply:
    return person.call("PUT", f"/drafts/{handle}/photo", {"data": base64.b64encode(body).decode()})


def publish(person: Person, handle: str = "me", revision: int | None = None) -> Reply:
    """revision: by default the draft's."""
    if revision is None:
        revision = draft(person, handle)["revision"]
    return person.post(f"/drafts/{handle}/publications", {"revision": revision})


def published(stage: Stage, handle: str = "me") -> Any:
    """What everybody reads; None where nobody can."""
    row = next((row for row in stage.rows("twins") if (row["handle"], row["item"]) == (handle, "published")), None)
    return json.loads(gzip.decompress(bytes(row["profile"]))) if row else None


def snapshot(stage: Stage, version: int, handle: str = "me") -> Any:
    return json.loads(gzip.decompress(stage.body(f"twins/{handle}/versions/{version:06}.json.gz")))


def row(stage: Stage, item: str = "twin", handle: str = "me") -> dict[str, Any]:
    (found,) = [row for row in stage.rows("twins") if (row["handle"], row["item"]) == (handle, item)]
    return found


def of(stage: Stage, handle: str = "me") -> list[str]:
    """All that is there of a twin: items of its rows, and keys of its objects."""
    rows = [each["item"] for each in stage.rows("twins") if handle in (each["handle"], each["item"])]
    keys = [key for prefix in ("twins", "transcripts") for key in stage.objects(f"{prefix}/{handle}/")]
    return sorted([*rows, *keys])


def meanwhile(stage: Stage, operation: str, act: Callable[[], object], nth: int = 1) -> None:
    """Let somebody else do something just before the nth such request to the table of twins is carried out."""

    def fault(call: dynamodb.Call, send: wire.Send) -> AWSResponse:
        act()
        return send()

    stage.wire.fail(fault, lambda call: call.operation == operation and "twins" in call.tables, nth=nth)
