"""Reading a backup: by its manifest, each file only once its hash was found right, and a few lines at a time.

Owns no way back (`restoring`) and nothing of what a row means.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from chalicelib.aws.bucket import Bucket, Missing
from chalicelib.schema import SCHEMA_VERSION

from . import manifest
from .manifest import Backup, Copied, NotReadable, Part
from .streams import Hashed, lines

Item = dict[str, dict[str, Any]]


class Unusable(Exception):
    """What the backup holds is not what its manifest says; the message names the file, and what to do."""


class Archive:
    """One backup in the bucket that it lies in."""

    def __init__(self, bucket: Bucket, backup: Backup) -> None:
        self.bucket = bucket
        self.backup = backup

    @classmethod
    def of(cls, bucket: Bucket, backup_id: str, kept: str = "nightly") -> Archive:
        """Raises Unusable for a backup that there is not, or one of a newer app."""
        try:
            raw = bucket.read(manifest.key_of(backup_id, kept))
        except Missing as missing:
            raise Unusable(
                f"there is no backup {backup_id}: ./deploy.sh backups lists those that there are"
            ) from missing
        version = _schema_version(raw)
        if version > SCHEMA_VERSION:
            raise Unusable(
                f"backup {backup_id} is of a newer app (schema {version}; this one knows {SCHEMA_VERSION}):"
                " deploy that version first"
            )
        try:
            return cls(bucket, manifest.read(raw))
        except NotReadable as error:
            raise Unusable(f"backup {backup_id}: {error}") from error

    def files(self) -> list[str]:
        """The keys of all that is read as a file: not the copies of objects."""
        parts = [part.key for table in self.backup.tables.values() for part in table.parts]
        return [self.backup.accounts.key, self.backup.objects.list_key, *parts]

    def items(self, part: Part) -> Iterator[tuple[Item, int]]:
        """The items of a part, binary values as bytes, and how long each was. Raises Unusable before the first."""
        for line in self._lines(part.key, part.sha256):
            try:
                item = {name: _value(value) for name, value in json.loads(line)["Item"].items()}
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise Unusable(f"{part.key} has a line that is no item: take another backup") from error
            yield item, len(line)

    def accounts(self) -> Iterator[dict[str, Any]]:
        """`sub`, `username`, `attributes`, `groups`, `status`, `enabled` of everybody."""
        yield from map(json.loads, self._lines(self.backup.accounts.key, self.backup.accounts.sha256))

    def objects(self) -> Iterator[Copied]:
        """In the order of keys, the newest version of each first."""
        found = self._lines(self.backup.objects.list_key, self.backup.objects.sha256)
        return (Copied(**json.loads(line)) for line in found)

    def check_settings(self) -> None:
        """Raises Unusable where they are not as they were written; of manifests that state no hash nothing is known."""
        if self.backup.settings_sha256:
            try:
                self._check(self.backup.settings_key, self.backup.settings_sha256)
            except Missing as missing:
                raise Unusable(f"{self.backup.settings_key} is missing: take another backup") from missing

    def _lines(self, key: str, sha256: str) -> Iterator[bytes]:
        """The lines of a gzipped file. It is read twice: to hash it, and once that is right."""
        try:
            self._check(key, sha256)
            yield from lines(Hashed(self.bucket.stream(key)))
        except Missing as missing:
            raise Unusable(f"{key} is missing: take another backup") from missing
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Unusable(f"{key} cannot be unpacked: take another backup") from error

    def _check(self, key: str, sha256: str) -> None:
        if self.bucket.sha256(key) != sha256:
            raise Unusable(f"{key} is not what was written (its SHA-256 differs): take another backup")


def thaw(archive: Archive) -> list[str]:
    """Ask for those of a backup's files that lie in a cold storage class; their keys, while they are not readable."""
    frozen = []
    for key in archive.files():
        try:
            if not archive.bucket.thaw(key):
                frozen.append(key)
        except Missing as missing:
            raise Unusable(f"{key} is missing: take another backup") from missing
    return frozen


def _schema_version(raw: bytes) -> int:
    """Of a manifest that may say more than this version knows."""
    try:
        return int(json.loads(raw)["schema_version"])
    except (ValueError, KeyError, TypeError):
        return 0  # `manifest.read` says what is wrong


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """A value as boto3 takes it: an export has base64 where that has bytes."""
    [(kind, held)] = value.items()
    if kind == "B":
        return {kind: b64decode(held, validate=True)}
    if kind == "BS":
        return {kind: [b64decode(each, validate=True) for each in held]}
    if kind == "L":
        return {kind: [_value(each) for each in held]}
    if kind == "M":
        return {kind: {name: _value(each) for name, each in held.items()}}
    return value
