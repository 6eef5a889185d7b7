"""Nights of a test stage: its backup as EventBridge begins it and as schedules go on with it, and what comes of it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

from chalicelib.backups import manifest
from chalicelib.backups.canonical import Digest, digest_of

from tests.fakes.aws import Context
from tests.people import Person
from tests.stage import HOUR, Stage
from tests.storage import BACKUPS

TEXT = "Roses are red.\nViolets are blue.\nÜber.\n".encode()
STATE, ASKED = "state/backup.json", "state/backup-asked.json"


@dataclass
class Nights:
    """seconds: that each run has."""

    stage: Stage
    seconds: float = 900

    def begin(self) -> None:
        self.stage.app.nightly_backup(HOUR, Context(60))

    def whole(self) -> manifest.Backup:
        """A backup from its beginning to its end; the newest manifest."""
        self.begin()
        self.finish()
        return self.newest()

    def finish(self) -> int:
        """Let schedules run, each once its time has come, until none is left; returns how many ran."""
        ran = 0
        while self.orders():
            self.next()
            ran += 1
            assert ran < 200, "the backup comes to no end"
        return ran

    def next(self) -> None:
        """Let the next schedule run. Whoever held the backup until then is gone."""
        name = min(self.orders(), key=lambda name: self.stage.scheduler.schedules[name]["ScheduleExpression"])
        order = json.loads(self.stage.scheduler.schedules.pop(name)["Target"]["Input"])
        self.time_passes(ASKED if order["asked"] else STATE)
        self.go_on(order)

    def go_on(self, order: dict[str, Any]) -> None:
        self.stage.app.backup(order, Context(self.seconds))

    def orders(self) -> list[str]:
        return [name for name in self.stage.scheduler.schedules if name.startswith("backup-")]

    def state(self, place: str = STATE) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.body(place))
        return state

    def time_passes(self, place: str = STATE, **changed: Any) -> None:
        """So much that the run that held the backup is over."""
        if place in self.keys("state/"):
            state = self.state(place)
            if state["held_until"] or changed:
                self.put(place, json.dumps({**state, "held_until": 0, **changed}).encode())

    def forget(self) -> None:
        """As if there had never been a backup."""
        pages = self.stage.s3.get_paginator("list_object_versions").paginate(Bucket=BACKUPS)
        for page in pages:
            of_page = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            versions = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in of_page]
            if versions:
                self.stage.s3.delete_objects(
                    Bucket=BACKUPS, Delete={"Objects": versions}, BypassGovernanceRetention=True
                )
        self.stage.scheduler.schedules.clear()

    def keys(self, prefix: str = "") -> list[str]:
        return sorted(set(self.stage.objects(prefix, BACKUPS)))

    def body(self, key: str) -> bytes:
        return self.stage.body(key, bucket=BACKUPS)

    def put(self, key: str, body: bytes) -> None:
        self.stage.s3.put_object(Bucket=BACKUPS, Key=key, Body=body)

    def manifests(self, kept: str = "nightly") -> list[str]:
        return [key for key in self.keys(f"{kept}/") if key.endswith("/manifest.json")]

    def newest(self, kept: str = "nightly") -> manifest.Backup:
        return manifest.read(self.body(self.manifests(kept)[-1]))

    def index(self) -> dict[str, Any]:
        index: dict[str, Any] = json.loads(self.body(manifest.INDEX))
        return index

    def items(self, backup: manifest.Backup, table: str) -> list[dict[str, Any]]:
        """What a table's parts hold, in DynamoDB's JSON."""
        parts = (gzip.decompress(self.body(part.key)).splitlines() for part in backup.tables[table].parts)
        return [json.loads(line)["Item"] for lines in parts for line in lines]

    def copies(self, backup: manifest.Backup) -> list[manifest.Copied]:
        lines = gzip.decompress(self.body(backup.objects.list_key)).splitlines()
        return [manifest.Copied(**json.loads(line)) for line in lines]

    def locked_until(self, key: str) -> float:
        """0 for what is not locked."""
        found = self.stage.s3.head_object(Bucket=BACKUPS, Key=key)
        if "ObjectLockRetainUntilDate" not in found:
            return 0
        assert found["ObjectLockMode"] == "GOVERNANCE"
        until: float = found["ObjectLockRetainUntilDate"].timestamp()
        return until


def life(stage: Stage, person: Person) -> None:
    stage.ready(person, TEXT)
    for title in ("Roses", "Lilies", "Tulips"):
        conversation_id = person.new_conversation(title=title)
    person.ask(conversation_id, "Which?")


def rows_of(stage: Stage, table: str) -> list[dict[str, Any]]:
    """The rows in DynamoDB's JSON."""
    pages = stage.dynamodb.get_paginator("scan").paginate(TableName=f"chatapp-test-{table}")
    return [row for page in pages for row in page["Items"]]


def digest_of_all(items: list[dict[str, Any]]) -> str:
    total = Digest()
    for item in items:
        total += Digest(digest_of(item))
    return total.hex


def next_night(stage: Stage) -> None:
    """A second later is another instant; the month is the same, unless the test runs at its end."""
    before = stage.exports.clock
    stage.exports.clock = lambda: before() + 1
