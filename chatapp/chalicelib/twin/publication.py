"""Publishing a draft, or an earlier version once more: as a version with a number of its own, which nobody else has.

The number is taken first and the snapshot stored under it; then one transaction makes it what everybody reads. Whatever
ends a publication before that leaves an object that nothing names. The static page follows by the function `publish`;
a twin whose page is behind is due, so that the sweep has it written again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib import due
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import ConditionFailed, TransactionRefused, transact
from chalicelib.comments import sections
from chalicelib.errors import DraftChanged, NotFound, PublishedMeanwhile
from chalicelib.ids import iso

from . import drafts, removal, rows, versions
from .page import keys
from .page.labels import LABELS
from .rows import Head, Persona
from .versions import Profile, Snapshot

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

_LATER_S = 900
_JSON, _GZIP = "application/json", "application/gzip"
# What the page says of them: changed, it is written anew.
_ON_THE_PAGE = {"noindex", "transcripts"}


def is_changed(head: Head) -> bool:
    """Whether the draft differs from what is published."""
    return head.published_version is None or head.published_revision != head.revision


def page_url(settings: Settings, handle: str) -> str:
    return settings.site_origin + keys.path(handle, None)


def publish(services: Services, handle: str, revision: int, by: str) -> Head:
    """Publish the draft as an owner has read it. by: their `sub`.

    Raises NotFound, DraftChanged, Conflict, and InvalidRequest or PayloadTooLarge for what cannot be shown.
    """
    draft = drafts.read(services, handle)
    if draft.head.revision != revision:
        raise DraftChanged(draft.head.revision)
    snapshot = versions.snapshot(draft)
    versions.check(snapshot)
    # What was changed while the draft was read refuses this.
    number = _number(services, handle, revision)
    return _made_public(services, snapshot, number, revision, by)


def publish_again(services: Services, handle: str, version: int, by: str) -> Head:
    """Publish an earlier version's snapshot; the draft stays as it is. Raises NotFound and Conflict."""
    rows.get(services, handle)
    found = versions.get(services, handle, version)
    snapshot = versions.read(services, handle, version)
    return _made_public(services, snapshot, _number(services, handle, None), found.revision, by)


def preview(services: Services, handle: str) -> tuple[int, Profile]:
    """Keep the draft as a snapshot for an owner to ask; its revision and profile. Raises as `publish`."""
    draft = drafts.read(services, handle)
    snapshot = versions.snapshot(draft)
    versions.check(snapshot)
    revision = draft.head.revision
    key = rows.preview_key(handle, revision)
    services.previews.put(key, versions.packed(snapshot), _GZIP)
    # Whoever deletes it marks the head first, and removes what is there after that.
    if not rows.is_same(services.twins.find(rows.key(handle)), draft.head.created_at):
        removal.remove_objects(services.previews, key)
        raise NotFound("twin", "handle")
    return revision, versions.profile(snapshot, 0, iso(time.time()))


def change(services: Services, handle: str, revision: int, persona: Persona | None, said: Mapping[str, Any]) -> int:
    """Set the persona and what is set of the twin itself, of a draft as it was read; returns its new revision.

    said: attributes of the head. The page is written anew where it tells them. Raises NotFound and DraftChanged.
    """
    writes, more = [], 0
    if persona is not None:
        write, more = drafts.set_persona(services, handle, persona, drafts.find_persona(services, handle))
        writes.append(write)
    rendered = {"page_version": None, **_due(handle)} if _ON_THE_PAGE & said.keys() else {}
    new = drafts.change(services, handle, writes, more_bytes=more, revision=revision, head={**said, **rendered})
    if rendered and rows.get(services, handle).published_version is not None:
        write_page(services, handle)
    return new


def write_page(services: Services, handle: str) -> None:
    """Have the static page written. What AWS does not take now, the sweep orders again."""
    with suppress(NotStarted):
        services.publishing.invoke({"handle": handle})


def see_to_page(services: Services, head: Head, seen: int) -> None:
    """Of a twin that is due since `seen`: have its page written once more where it is behind. Safe to repeat."""
    is_behind = head.published_version is not None and head.page_version != head.published_version
    later = services.twins.change(
        rows.key(head.handle),
        _due(head.handle) if is_behind else due.NEVER,
        condition="#due_at = :seen",
        values={":seen": seen},
    )
    with suppress(ConditionFailed):
        services.twins.write(later)
        if is_behind:
            services.publishing.invoke({"handle": head.handle})


def _due(handle: str) -> dict[str, Any]:
    return due.at(time.time() + _LATER_S, handle)


def _number(services: Services, handle: str, revision: int | None) -> int:
    """A version's number that nobody else gets. revision: that the draft must have. Raises NotFound, DraftChanged."""
    condition = "attribute_exists(#handle) AND attribute_not_exists(#deleted_at)"
    values: dict[str, Any] = {":one": 1}
    if revision is not None:
        condition += " AND #revision = :revision"
        values[":revision"] = revision
    taken = services.twins.update(rows.key(handle), "ADD #next_version :one", values, condition=condition)
    try:
        return int(services.twins.write(taken, returns="ALL_NEW")["next_version"]) - 1
    except ConditionFailed as refused:
        if refused.item is None or "deleted_at" in refused.item:
            raise NotFound("twin", "handle") from refused
        raise DraftChanged(refused.item["revision"]) from refused


def _made_public(services: Services, snapshot: Snapshot, number: int, revision: int, by: str) -> Head:
    handle, at = snapshot["handle"], iso(time.time())
    body = versions.packed({**snapshot, "version": number, "published_at": at})
    services.snapshots.put(rows.snapshot_key(handle, number), body, _GZIP)
    profile = versions.profile(snapshot, number, at)
    table = services.twins
    head = table.change(
        rows.key(handle),
        {"published_version": number, "published_at": at, "published_revision": revision, **_due(handle)},
        condition="attribute_exists(#handle) AND attribute_not_exists(#deleted_at)"
        " AND (attribute_not_exists(#published_version) OR #published_version < :number)",
        values={":number": number},
    )
    version = {"version": number, "published_at": at, "by": by, "revision": revision}
    kept = {**version, "digest": hashlib.sha256(body).hexdigest(), "size": len(body)}
    shown = {"version": number, "published_at": at, "profile": versions.packed(profile)}
    try:
        transact(
            [
                head,
                table.put({**rows.key(handle, versions.item_name(number)), **kept}),
                table.put({**rows.key(handle, rows.PUBLISHED), **shown}),
            ]
        )
    except TransactionRefused as refused:
        row = refused.row(head)
        if not row or "deleted_at" in row:
            removal.remove_objects(services.snapshots, rows.snapshot_key(handle, number))
            raise NotFound("twin", "handle") from refused
        raise PublishedMeanwhile from refused
    _make_sections_known(services, profile)
    write_page(services, handle)
    return rows.get(services, handle)


def _make_sections_known(services: Services, profile: Profile) -> None:
    """For comments beneath each part of the page. One that is known keeps whether it is open."""
    handle, language = profile["handle"], profile["languages"][0]
    url = page_url(services.settings, handle)
    for each in profile["sections"]:
        name = each["section"]
        title = LABELS[language].sections[name]
        sections.make_known(services, keys.comments(handle, name), title=title, url=f"{url}#{name}")
