"""What is published of a draft: the snapshot, which answers are made of, and the profile, which everybody reads.

Neither holds anything that is hidden or deleted. The snapshot, an object, has what the twin alone is told (`tone`,
`off_limits`); the profile has not.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from chalicelib.aws.bucket import Missing
from chalicelib.aws.table import Item
from chalicelib.errors import InvalidRequest, NotFound, PayloadTooLarge

from . import photos, rows
from .drafts import Draft
from .page import keys
from .rows import Entry, Section, Version

if TYPE_CHECKING:
    from chalicelib.services import Services

Snapshot = dict[str, Any]
Profile = dict[str, Any]

# The row of it holds little more, and DynamoDB's rows 400 KB.
MAX_PROFILE_BYTES = 300_000
_SECTIONS: tuple[Section, ...] = get_args(Section)
_PUBLIC = ("name", "headline", "voice", "languages", "contact", "links")
_PUBLIC_TEXTS = ("greeting", "suggested_questions", "topics")
_PUBLIC_OF_ENTRY = ("entry_id", "title", "subtitle", "start", "end", "place", "text", "url")
_PRIVATE_OF_ENTRY = ("is_hidden",)
_LISTED = 50
_NAMED = 3


def snapshot(draft: Draft) -> Snapshot:
    """A draft as its twin would know it."""
    shown = ordered(each for each in draft.entries if not each.is_hidden)
    told_by = {source_id for each in shown for source_id in each.source_ids}
    return {
        "handle": draft.head.handle,
        "persona": rows.persona_item(draft.persona)["persona"],
        "photo": asdict(draft.photo) if draft.photo else None,
        "sources": [
            {"source_id": each.source_id, "kind": each.kind, "name": each.name}
            for each in draft.sources
            if each.source_id in told_by
        ],
        "entries": [
            {name: value for name, value in asdict(each).items() if name not in _PRIVATE_OF_ENTRY} for each in shown
        ],
    }


def check(of: Snapshot) -> None:
    """Raises InvalidRequest where there is nothing to show, and PayloadTooLarge, which names what is long."""
    if not of["persona"]["name"].strip():
        raise InvalidRequest("persona.name", "is empty: give the twin the name that its page has", reason="blank")
    if not of["entries"]:
        raise InvalidRequest("entries", "none is shown: add a source or an entry, then publish", reason="nothing_shown")
    size = len(packed(profile(of, 999_999, "")))
    if size > MAX_PROFILE_BYTES:
        longest = sorted(of["entries"], key=lambda each: -len(each["text"]))[:_NAMED]
        names = ", ".join(f"“{each['title'] or each['section']}”" for each in longest)
        raise PayloadTooLarge(
            "entries",
            f"the profile takes {size // 1_000:,} KB once packed, {MAX_PROFILE_BYTES // 1_000} KB at most;"
            f" shorten or hide what is long, such as {names}",
            MAX_PROFILE_BYTES,
            "bytes",
            actual=size,
        )


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """By section; in each what goes on, then what ended last; what has no time as it came."""
    by_time = sorted(entries, key=lambda each: (_until(each), each.start), reverse=True)
    return sorted(by_time, key=lambda each: _SECTIONS.index(each.section))


def _until(entry: Entry) -> str:
    return entry.end or ("9999" if entry.start else "")


def profile(of: Snapshot, version: int, published_at: str) -> Profile:
    """What everybody reads of a snapshot."""
    persona = of["persona"]
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for entry in of["entries"]:
        public = {name: entry[name] for name in _PUBLIC_OF_ENTRY}
        sections.setdefault(entry["section"], []).append(public)
    texts = {
        language: {name: each[name] for name in _PUBLIC_TEXTS}
        for language, each in persona["texts"].items()
        if language in persona["languages"]
    }
    return {
        "handle": of["handle"],
        "version": version,
        "published_at": published_at,
        **{name: persona[name] for name in _PUBLIC},
        "texts": texts,
        "photo_url": _photo_path(of),
        "sections": [{"section": name, "entries": found} for name, found in sections.items()],
    }


def _photo_path(of: Snapshot) -> str | None:
    """On the site, beside the page."""
    photo = of["photo"]
    return f"/{keys.photo(of['handle'], photo['sha'], photos.SUFFIXES[photo['type']])}" if photo else None


def packed(what: Mapping[str, Any]) -> bytes:
    """The same bytes for the same content."""
    return gzip.compress(json.dumps(what, ensure_ascii=False).encode(), mtime=0)


def unpacked(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(body))
    return found


def item_name(version: int) -> str:
    return f"{rows.VERSION}{version:06}"


def everything(services: Services, handle: str) -> list[Version]:
    """The newest versions, newest first."""
    page = services.twins.query(
        "#handle = :handle AND begins_with(#item, :version)",
        {":handle": handle, ":version": rows.VERSION},
        limit=_LISTED,
        newest_first=True,
    )
    return [_version(item) for item in page.items]


def get(services: Services, handle: str, version: int) -> Version:
    """Raises NotFound."""
    item = services.twins.find(rows.key(handle, item_name(version)))
    if item is None:
        raise NotFound("version", "version")
    return _version(item)


def read(services: Services, handle: str, version: int) -> Snapshot:
    """The snapshot of a version. Raises NotFound where it is gone."""
    try:
        return unpacked(services.snapshots.read(rows.snapshot_key(handle, version)))
    except Missing as error:
        raise NotFound("version", "version") from error


def _version(item: Item) -> Version:
    return Version(**{name: item[name] for name in Version.__slots__})
