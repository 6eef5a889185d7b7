"""The function `publish`: the site is brought to what is published of a twin, or freed of it.

Invoked when something is published, changed about that or removed, and by every deployment. It reads what it writes, so
that it may run twice, late or beside itself: whoever comes last has seen the last state. Everything under a page's keys
is this function's; former versions of them go at once, since what was taken off a page is nowhere to be found again.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.aws.bucket import Bucket, Missing
from chalicelib.aws.table import ConditionFailed
from chalicelib.errors import NotFound
from chalicelib.twin import rows

from . import keys, rendering
from .rendering import Asset, Page, Profile

if TYPE_CHECKING:
    from chalicelib.services import Services

_HTML = "text/html; charset=utf-8"
# Browsers ask each time, CloudFront once a day, or when it is told to forget.
_FRESH = "public, max-age=0, s-maxage=86400"
_FOREVER = "public, max-age=31536000, immutable"
_PHOTO = re.compile(r"/(photo-[0-9a-f]{16}(?:\.[a-z]+)?)$")
_PICTURES = {"image/jpeg", "image/png", "image/webp"}


@dataclass(frozen=True, slots=True)
class _State:
    """What a page is made of. profile: None where nothing is published."""

    version: int | None
    profile: Profile | None
    is_noindex: bool
    has_transcripts: bool


def publish(services: Services, handle: str) -> int | None:
    """Bring the site to what is published of this twin, and return its version. Raises Busy; repeating it goes on."""
    state = _state(services, handle)
    while True:
        _bring(services, handle, state)
        latest = _state(services, handle)
        if latest == state:
            return state.version
        state = latest  # published once more meanwhile: the slower of two must not have the last word


def _state(services: Services, handle: str) -> _State:
    """From the rows, of which the published one is read first: a twin is never shown longer than it has a head."""
    try:
        published = rows.published(services, handle)
        head = rows.get(services, handle)
    except NotFound:
        return _State(None, None, is_noindex=False, has_transcripts=False)
    profile = json.loads(gzip.decompress(published.profile))
    return _State(published.version, profile, head.noindex, head.transcripts)


def _bring(services: Services, handle: str, state: _State) -> None:
    wanted = _objects(services, handle, state)
    for asset in wanted:
        _bucket(services, asset.key).put(asset.key, asset.body, asset.content_type, _kept_for(asset.key))
    _clear(services, handle, {asset.key for asset in wanted})
    services.distribution.invalidate(keys.invalidated(handle))
    _note(services, handle, state.version)
    logs.line("page", handle=handle, version=state.version, objects=len(wanted))


def _objects(services: Services, handle: str, state: _State) -> list[Asset]:
    """In the order of writing: what a page names before the page, and the root last."""
    assets = [rendering.style(), rendering.script(), rendering.card()]
    if state.profile is None:
        nothing = Asset(keys.ROOT_KEY, rendering.unpublished(), _HTML)
        return [*assets, nothing] if handle == keys.ROOT_HANDLE else []
    photo = _photo(services, handle, state.profile)
    settings = services.settings
    page = Page(
        state.profile,
        settings.site_origin,
        photo.key if photo else None,
        state.is_noindex,
        settings.transcript_days if state.has_transcripts else 0,
    )
    pages = [Asset(key, body, _HTML) for key, body in rendering.rendered(page).items()]
    return [*assets, *([photo] if photo else []), *pages]


def _photo(services: Services, handle: str, profile: Profile) -> Asset | None:
    """The published photo; None where there is none, or its object is none that a browser shows as a picture."""
    found = _PHOTO.search(profile.get("photo_url") or "")
    if found is None:
        return None
    name = found[1]
    stored = f"twins/{handle}/{name.partition('.')[0]}"
    try:
        body, kind = services.snapshots.read(stored), services.snapshots.stored(stored).content_type
    except Missing:
        return None
    return Asset(f"{keys.folder(handle)}{name}", body, kind) if kind in _PICTURES else None


def _clear(services: Services, handle: str, wanted: set[str]) -> None:
    """Remove what is under this twin's keys and no more wanted, and the former versions of what is."""
    for prefix in keys.owned(handle):
        bucket = _bucket(services, prefix)
        found = bucket.versions(prefix)
        bucket.delete(each for each in found if each.key not in wanted or not each.is_latest)


def _bucket(services: Services, key: str) -> Bucket:
    return services.pages[keys.place(key)]


def _kept_for(key: str) -> str:
    """Names of photos and assets change with what they hold; those of pages stay."""
    return _FOREVER if key.rpartition("/")[2].startswith(("photo-", "page-", "card-")) else _FRESH


def _note(services: Services, handle: str, version: int | None) -> None:
    """On the head, which version the page shows: while it is the one that is published."""
    condition = "#published_version = :version" if version else "attribute_exists(#handle)"
    values = {":version": version} if version else {}
    change = services.twins.change(rows.key(handle), {"page_version": version}, condition=condition, values=values)
    try:
        services.twins.write(change)
    except ConditionFailed:  # another one is by now, or the twin is gone
        return
