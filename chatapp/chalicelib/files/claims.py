"""Whose work reading a file is: the claim, its lease, and how it ends; each a conditional update of the file's row.

S3 tells of an object twice, late and out of order, and a presigned form can be sent again: the row takes one version
of one key, from one event (its sequencer), once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

from chalicelib.aws.bucket import Version
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.ids import is_id

from . import extracts
from . import row as files
from .row import File

if TYPE_CHECKING:
    from chalicelib.services import Services

# Renewed every second; a renewal may be late by ten of them.
LEASE_S = 10
_PAUSE_S = 0.5

_IS_MINE = "#token = :token AND attribute_not_exists(#purging)"
_IS_NEW = "#status = :uploaded AND attribute_not_exists(#version_id)"
# It was given back, and by the same event: its worker is gone, or it waited for its turn.
_IS_LEFT = (
    "#version_id = :version_id AND #sequencer = :sequencer AND #attempts = :attempts_before"
    " AND (#{state} = :waiting OR (#{state} = :reading AND #lease_until <= :now))"
)


class Lost(Exception):
    """The row is another worker's or reader's by now, or gone."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of an object that S3 says was stored.

    key: uploads/{user_id}/{file_id}/{name}. sequencer: S3's order of what happened to one key.
    event: as it came, to be sent on to the next run.
    """

    key: str
    version_id: str
    sequencer: str
    event: dict[str, Any]

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> Upload:
        """S3 puts one record into an event."""
        stored = event["Records"][0]["s3"]["object"]
        return cls(unquote_plus(stored["key"]), stored["versionId"], stored["sequencer"], event)

    @property
    def owner(self) -> str:
        return self._part(1)

    @property
    def file_id(self) -> str:
        """ "" when the key names none."""
        return self._part(2) if is_id(self._part(2)) else ""

    def _part(self, index: int) -> str:
        parts = self.key.split("/")
        return parts[index] if len(parts) == 4 else ""


def event_of(bucket: str, file: File) -> dict[str, Any]:
    """The event of a file's object once more, as far as it is read."""
    stored = {"key": quote_plus(file.object_key), "versionId": file.version_id, "sequencer": file.sequencer}
    return {"Records": [{"s3": {"bucket": {"name": bucket}, "object": stored}}]}


def claim(services: Services, upload: Upload) -> File | None:
    """Take what is to be read, with a new token; None when there is nothing to do for this event.

    The first version of the key is the one that is read; those sent after it are deleted, and so is an object that
    belongs to no row: its file was purged meanwhile, or the key is not one that was given out.
    """
    if not upload.file_id:
        return None
    row = services.files.find(files.key(upload.file_id))
    if row is None:
        remove_all(services, upload)
        return None
    file = File.from_item(row)
    versions = _versions(services, upload)
    if (file.subject.owner, file.object_key) != (upload.owner, upload.key):
        services.uploads.delete(versions)
        return None
    pinned = file.version_id or next((version.version_id for version in reversed(versions)), None)
    if pinned is None:
        return None
    claimed = _take(services, file, pinned, upload.sequencer)
    services.uploads.delete(version for version in versions if version.version_id != pinned)
    return claimed


def present(services: Services, file_id: str) -> File | None:
    """The file as its row stands; None when it was purged, or is about to be."""
    row = services.files.find(files.key(file_id))
    return File.from_item(row) if row is not None and "purging" not in row else None


def remove_all(services: Services, upload: Upload) -> None:
    """Remove what is left of a file whose row is gone: its object, sent again meanwhile, and what was read of it."""
    services.uploads.delete(_versions(services, upload))
    extracts.remove(services.extracted, upload.file_id)


def _versions(services: Services, upload: Upload) -> list[Version]:
    """Those of the key itself, newest first."""
    found = services.uploads.versions(upload.key)
    return [version for version in found if version.key == upload.key and not version.is_delete_marker]


def _take(services: Services, file: File, version_id: str, sequencer: str) -> File | None:
    """Of several that try, one succeeds. A repeat after a lost reply succeeds too."""
    if file.attempts >= files.MAX_ATTEMPTS:
        return None
    now, token = int(time.time()), secrets.token_hex(8)
    # A file that is ready stays so while it is read again.
    state = "again" if file.status == "ready" else "status"
    is_new = "" if file.status == "ready" else f"({_IS_NEW}) OR "
    uploaded = {} if file.status == "ready" else {":uploaded": "uploaded"}
    claim = services.files.change(
        files.key(file.file_id),
        {
            state: "reading",
            "version_id": version_id,
            "sequencer": sequencer,
            "token": token,
            "lease_until": now + LEASE_S,
            "attempts": file.attempts + 1,
        },
        condition=f"attribute_not_exists(#purging) AND ({is_new}({_IS_LEFT.format(state=state)}) OR #token = :token)",
        values={
            ":reading": "reading",
            ":waiting": "waiting",
            **uploaded,
            ":version_id": version_id,
            ":sequencer": sequencer,
            ":token": token,
            ":now": now,
            ":attempts_before": file.attempts,
        },
    )
    try:
        return File.from_item(services.files.write(claim, returns="ALL_NEW"))
    except ConditionFailed:
        return None


def renew(services: Services, file: File) -> File:
    """Hold the claim for another LEASE_S and tell how far it is. Raises Lost and Busy."""
    held: Item = {"lease_until": int(time.time()) + LEASE_S}
    if not file.is_again:
        held["pages_read"] = file.pages_read
    if file.pages is not None and not file.is_again:
        held["pages"] = file.pages
    renewal = services.files.change(files.key(file.file_id), held, condition=_IS_MINE, values={":token": file.token})
    try:
        return File.from_item(services.files.write(renewal, returns="ALL_NEW"))
    except ConditionFailed as refused:
        raise Lost from refused


def end(services: Services, ended: File, patience_s: float) -> File:
    """Store a file as it ended, ready or failed. Raises Lost, and Busy once patience_s are over."""
    return _leave(services, ended, ("lease_until", "continue_at"), patience_s)


def leave(services: Services, left: File, patience_s: float) -> File:
    """Give the claim back for another run to take at once, at `continue_at`. Raises Lost and Busy."""
    return _leave(services, left.with_changes(lease_until=int(time.time())), (), patience_s)


def pause(services: Services, claimed: File, patience_s: float) -> File:
    """Give the claim back until the file's turn comes. Raises Lost and Busy."""
    state = "again" if claimed.is_again else "status"
    paused = claimed.with_changes(**{state: "waiting"}, attempts=claimed.attempts - 1)
    return _leave(services, paused, ("lease_until",), patience_s)


def _leave(services: Services, file: File, removed: tuple[str, ...], patience_s: float) -> File:
    given = {name: value for name, value in _outcome(file).items() if name not in removed}
    changes = given | dict.fromkeys(("token", *removed))
    end = services.files.change(files.key(file.file_id), changes, condition=_IS_MINE, values={":token": file.token})
    try:
        return File.from_item(_patiently(lambda: services.files.write(end, returns="ALL_NEW"), patience_s))
    except ConditionFailed as refused:
        row = refused.item or {}
        # A repeat after a lost reply finds its own work done.
        if "token" not in row and "purging" not in row and all(row.get(name) == given[name] for name in given):
            return File.from_item(row)
        raise Lost from refused


_ENDS_AS = (
    *("status", "attempts", "runs", "lease_until", "continue_at", "pages_read", "pages", "group", "format"),
    *("media_type", "characters", "tokens", "language", "scanned", "sight", "error", "notes", "index_key"),
    *("reader_version", "reading", "again", "again_error", "again_left"),
)


def _outcome(file: File) -> Item:
    return {name: getattr(file, name) for name in _ENDS_AS}


def _patiently(write: Callable[[], Item], patience_s: float) -> Item:
    until = time.monotonic() + patience_s
    while True:
        try:
            return write()
        except Busy:
            if time.monotonic() + _PAUSE_S > until:
                raise
            time.sleep(_PAUSE_S)
