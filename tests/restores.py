"""Restores of a test stage: backups made by hand in AWS's format, runs as schedules make them, and what they leave."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from chalicelib.backups import manifest, tables
from chalicelib.backups.canonical import Digest, digest_of
from chalicelib.backups.manifest import Accounts, Backup, Copied, Objects, Part, Table

from tests.fakes.aws import Context
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET

ID = "2026-11-28T02-00-00Z"
TEXT = b"Roses are red.\nViolets are blue.\n"
Wire = dict[str, Any]


@dataclass
class Restores:
    """seconds: that each run has. items_a_part: of the backups that it makes."""

    stage: Stage
    seconds: float = 900
    items_a_part: int = 3
    source: str = "test"
    accounts: list[dict[str, Any]] = field(default_factory=list)

    # Backups

    def back_up(self, backup_id: str = ID, **changed: Any) -> Backup:
        """A backup of all that the stage has now. changed: of its manifest."""
        folder = manifest.folder(backup_id)
        found = {name: self._table(folder, name) for name in tables.BACKED_UP}
        objects = self._objects(f"{folder}objects.jsonl.gz")
        accounts = [self._account(sub) for sub in sorted(self.stage.pool.subs)]
        key = f"{folder}accounts.jsonl.gz"
        groups = tuple(
            manifest.Group(name, about.get("Description", ""), about.get("Precedence"))
            for name in self.stage.pool.groups
            for about in [self.stage.pool.about.get(name, {})]
        )
        kept = Accounts(len(accounts), key, self._put_lines(key, accounts), groups)
        made = Backup(backup_id, "test", "1", 1, 1, 1, 1, found, objects, kept, f"{folder}settings.json", ())
        self.put(manifest.key_of(backup_id), json.dumps({**asdict(made), **changed}).encode())
        self.put(manifest.INDEX, json.dumps({"backups": [{"id": backup_id, "kept": "nightly"}]}).encode())
        return made

    def _table(self, folder: str, name: str) -> Table:
        items = self.wires(name)
        size = self.items_a_part
        pieces = [items[start : start + size] for start in range(0, max(len(items), 1), size)]
        parts = []
        for number, piece in enumerate(pieces):
            key = f"{folder}tables/{name}/AWSDynamoDB/01-a/data/{number:026d}.json.gz"
            sha256 = self._put_lines(key, [{"Item": exported(item)} for item in piece])
            parts.append(Part(key, len(piece), len(self.body(key)), sha256))
        digest = sum((Digest(digest_of(item)) for item in items), Digest())
        return Table(len(items), sum(part.bytes for part in parts), digest.hex, tuple(parts))

    def _objects(self, list_key: str) -> Objects:
        copies = []
        for prefix in ("extracted/", "transcripts/", "twins/", "uploads/"):
            found = self.stage.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix).get("Versions", [])
            for version in found:
                key, version_id = version["Key"], version["VersionId"]
                body = self.stage.body(key, version_id)
                copy = manifest.copy_key(key, version_id)
                self.put(copy, body)
                sha256 = hashlib.sha256(body).hexdigest()
                copies.append(Copied(key, version_id, len(body), sha256, "text/plain", copy, 1, 1))
        sha256 = self._put_lines(list_key, map(asdict, copies))
        return Objects(len(copies), sum(copied.size for copied in copies), list_key, sha256)

    def _account(self, sub: str) -> dict[str, Any]:
        email = self.stage.pool.email(sub)
        attributes = {"sub": sub, "email": email, "email_verified": "true"}
        enabled = email not in self.stage.pool.disabled
        return {
            "sub": sub,
            "username": sub,
            "attributes": attributes,
            "groups": sorted(name for name, subs in self.stage.pool.groups.items() if sub in subs),
            "status": "CONFIRMED",
            "enabled": enabled,
        }

    def _put_lines(self, key: str, lines: Iterable[Any]) -> str:
        body = gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode(), mtime=0)
        self.put(key, body)
        return hashlib.sha256(body).hexdigest()

    # Restores

    def restore(self, run_id: str = "r", backup_id: str = ID, **order: Any) -> dict[str, Any]:
        """A restore from its beginning to its end; where it stands then."""
        self.go_on({"restore": run_id, "source": self.source, "backup": backup_id, **order})
        return self.finish(run_id)

    def go_on(self, order: dict[str, Any]) -> None:
        self.stage.app.restore(order, Context(self.seconds))

    def finish(self, run_id: str = "r") -> dict[str, Any]:
        """Let schedules run, each once its time has come, until none is left."""
        ran = 0
        while names := [name for name in self.stage.scheduler.schedules if name.startswith("restore-")]:
            self.next(min(names, key=lambda name: self.stage.scheduler.schedules[name]["ScheduleExpression"]))
            ran += 1
            assert ran < 200, "the restore comes to no end"
        return self.state(run_id)

    def next(self, name: str) -> None:
        """Let a schedule run. Whoever held the restore until then is gone."""
        order = json.loads(self.stage.scheduler.schedules.pop(name)["Target"]["Input"])
        self.time_passes(order["restore"])
        self.go_on(order)

    def is_begun(self, run_id: str) -> bool:
        """Whether its place is kept."""
        found = self.stage.s3.list_objects_v2(Bucket=BACKUPS, Prefix=f"state/restore-{run_id}.json")
        return bool(found["KeyCount"])

    def time_passes(self, run_id: str = "r") -> None:
        """So much that the run that held it is over."""
        key = f"state/restore-{run_id}.json"
        if self.is_begun(run_id):
            self.put(key, json.dumps({**self.state(run_id), "held_until": 0}).encode())

    def state(self, run_id: str = "r") -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.body(f"state/restore-{run_id}.json"))
        return state

    # What there is

    def wires(self, table: str) -> list[Wire]:
        pages = self.stage.dynamodb.get_paginator("scan").paginate(TableName=f"chatapp-test-{table}")
        return [row for page in pages for row in page["Items"]]

    def digests(self) -> dict[str, str]:
        """Of all rows of each table, but for the stage's own notes."""
        return {
            name: sum((Digest(digest_of(row)) for row in self.wires(name)), Digest()).hex for name in tables.BACKED_UP
        }

    def everything(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """All rows, in order, and all objects of the files bucket."""
        rows = {name: sorted(self.wires(name), key=str) for name in tables.BACKED_UP}
        return rows, {key: self.stage.body(key) for key in self.stage.objects()}

    def empty(self) -> None:
        """Another stage in this one's place: no rows, no objects, and a pool without anybody."""
        for name, keys in tables.BACKED_UP.items():
            for row in self.wires(name):
                key = {attribute: row[attribute] for attribute in keys}
                self.stage.dynamodb.delete_item(TableName=f"chatapp-test-{name}", Key=key)
        for version in self.stage.s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
            self.stage.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
        self.stage.scheduler.schedules.clear()

    def nobody(self) -> None:
        self.stage.pool.subs.clear()
        self.stage.pool.emails.clear()

    def body(self, key: str) -> bytes:
        return self.stage.body(key, bucket=BACKUPS)

    def put(self, key: str, body: bytes) -> None:
        self.stage.s3.put_object(Bucket=BACKUPS, Key=key, Body=body)


def lived(stage: Stage, person: Person, title: str = "Roses") -> tuple[str, str]:
    """A conversation about a file, and an answer. Returns the ids of both."""
    file_id = stage.ready(person, TEXT)
    conversation_id = person.new_conversation(title=title)
    person.ask(conversation_id, "Which?", file_ids=[file_id])
    stage.lambdas.pending.clear()
    stage.scheduler.schedules.clear()
    return conversation_id, file_id


def storage(stage: Stage, person: Person) -> dict[str, Any]:
    """The count of a person's files."""
    (row,) = [row for row in stage.rows("usage") if row["period"] == "storage" and person.user_id in row["subject"]]
    return row


def exported(value: Any) -> Any:
    """DynamoDB's JSON of what boto3 gives: bytes as base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {name: exported(each) for name, each in value.items()}
    return [exported(each) for each in value] if isinstance(value, list) else value
