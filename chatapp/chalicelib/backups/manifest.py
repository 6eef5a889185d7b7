"""What a backup consists of, as `manifest.json` says it, and where everything lies in the backups bucket.

The manifest is written last, when all that it names is there: without it a backup does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

# The list of what there is, with the drills' results.
INDEX = "index.json"
OBJECTS, ERASURES = "objects/", "erasures/"


class NotReadable(Exception):
    """A manifest that is none, or of a form that this version does not know; the message says which."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table's export: gzipped lines, each `{"Item": {…}}` in DynamoDB's JSON.

    sha256: in hexadecimal, of the bytes as they lie in the bucket. bytes: of these.
    """

    key: str
    items: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """digest: of all items in any order (`canonical.Digest`), in hexadecimal. bytes: of its parts."""

    items: int
    bytes: int
    digest: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Objects:
    """list_key: of gzipped JSON lines, one for each object: see `Copied`. sha256: of the list as it lies there."""

    count: int
    bytes: int
    list_key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the pool; who is in it, each account's line says."""

    name: str
    description: str = ""
    precedence: int | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """key: of gzipped JSON lines: `sub`, `username`, `attributes`, `groups`, `status`, `enabled`."""

    count: int
    key: str
    sha256: str
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """One version of an object of the files bucket, and its copy in this one; a line of a backup's list.

    copy: the copy's key. copied_at, locked_until: in Unix seconds; after them the copy is made again, or locked anew.
    """

    key: str
    version_id: str
    size: int
    sha256: str
    content_type: str
    copy: str
    copied_at: int
    locked_until: int


@dataclass(frozen=True, slots=True)
class Backup:
    """export_time, started_at: Unix seconds. notes: what the reader of a backup has to know of it."""

    id: str
    stage: str
    app_version: str
    schema_version: int
    export_time: int
    started_at: int
    duration_s: int
    tables: Mapping[str, Table]
    objects: Objects
    accounts: Accounts
    settings_key: str
    notes: tuple[str, ...] = field(default=())
    settings_sha256: str = ""

    @property
    def items(self) -> int:
        return sum(table.items for table in self.tables.values())

    @property
    def bytes(self) -> int:
        """Of the tables and the objects together."""
        return sum(table.bytes for table in self.tables.values()) + self.objects.bytes


def id_of(export_time: int) -> str:
    """`2026-11-28T02-00-00Z`: in the order of time, and fit for a key."""
    return datetime.fromtimestamp(export_time, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")


def time_of(backup_id: str) -> int:
    """Raises ValueError for what is no backup's id."""
    return int(datetime.strptime(backup_id, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC).timestamp())


def folder(backup_id: str, kept: str = "nightly") -> str:
    """kept: `nightly` or `monthly`. The keys that a monthly manifest names are under `monthly/`, too."""
    return f"{kept}/{backup_id}/"


def key_of(backup_id: str, kept: str = "nightly") -> str:
    return folder(backup_id, kept) + "manifest.json"


def copy_key(key: str, version_id: str) -> str:
    return f"{OBJECTS}{key}/{version_id}"


def written(backup: Backup) -> bytes:
    return json.dumps(asdict(backup), ensure_ascii=False, indent=1).encode()


def read(raw: bytes) -> Backup:
    """Raises NotReadable."""
    try:
        found: dict[str, Any] = json.loads(raw)
        tables = {name: _table(table) for name, table in found.pop("tables").items()}
        objects, accounts = Objects(**found.pop("objects")), _accounts(found.pop("accounts"))
        return Backup(tables=tables, objects=objects, accounts=accounts, notes=tuple(found.pop("notes")), **found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotReadable(
            f"the manifest is not of the form that this version writes ({type(error).__name__})"
        ) from error


def _accounts(found: dict[str, Any]) -> Accounts:
    groups = tuple(Group(**group) for group in found.pop("groups", ()))
    return Accounts(groups=groups, **found)


def _table(found: dict[str, Any]) -> Table:
    parts = tuple(Part(**part) for part in found.pop("parts"))
    return Table(parts=parts, **found)
