"""The demo twin's profile, as `GET /twins/{handle}` answers it once it is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_PERSON = Path(__file__).resolve().parent.parent / "deploy" / "local" / "demo_person.json"
_PRIVATE = {"off_limits"}
_ENTRY = ("title", "subtitle", "start", "end", "place", "text", "url")


def profile(**changes: Any) -> dict[str, Any]:
    """changes: of it, such as another handle."""
    person = json.loads(_PERSON.read_text())
    persona = person["persona"]
    sections: dict[str, list[dict[str, str]]] = {}
    for number, entry in enumerate(person["entries"]):
        entry_id = f"0190f8c0-0000-7000-8000-{number:012x}"
        public = {"entry_id": entry_id, **{name: entry.get(name, "") for name in _ENTRY}}
        sections.setdefault(entry["section"], []).append(public)
    texts = {
        language: {name: value for name, value in of.items() if name not in _PRIVATE}
        for language, of in persona["texts"].items()
    }
    shown = {name: persona[name] for name in ("name", "headline", "voice", "languages", "contact", "links")}
    return {
        "handle": "me",
        "version": 1,
        "published_at": "2026-11-28T20:00:00.000Z",
        **shown,
        "texts": texts,
        "photo_url": None,
        "sections": [{"section": name, "entries": entries} for name, entries in sections.items()],
        "limits": {"max_text_characters": 2_000},
        "resting_until": None,
        "transcripts": True,
        "transcript_days": 90,
        **changes,
    }
