"""The files bucket of a test stage: uploads as a browser makes them, S3's events, and what is stored."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from tests.fakes import s3
from tests.fakes.aws import Context, FakeLambda

if TYPE_CHECKING:
    from tests.people import Person

BUCKET = "chatapp-test-files-123456789012-eu-west-1"
SITE = "chatapp-test-site-123456789012-eu-west-1"
BACKUPS = "chatapp-test-backups-123456789012-eu-west-1"


@dataclass(frozen=True)
class Uploaded:
    """An object that was just stored, and the event that S3 sends of it."""

    file_id: str
    key: str
    version_id: str
    event: dict[str, Any]


def make_buckets(client: Any) -> None:
    """Of files and of the site, versioned, and of backups, locked."""
    where = {"LocationConstraint": "eu-west-1"}
    for bucket in (BUCKET, SITE):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    client.create_bucket(Bucket=BACKUPS, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)


class Storage:
    """What a stage does with its buckets. s3: the test's own client, which nothing befalls."""

    app: ModuleType
    lambdas: FakeLambda
    s3: Any

    def use_buckets(self, client: Any) -> None:
        self.s3 = client
        self._sequence = itertools.count(1)

    def upload(
        self, person: Person, data: Path | bytes, name: str = "notes.txt", media_type: str = "text/plain"
    ) -> Uploaded:
        """`POST /files`, and the form that it answers with, sent. S3's event is not delivered yet."""
        body = data if isinstance(data, bytes) else data.read_bytes()
        reply = person.post("/files", {"name": name, "type": media_type, "size": len(body)})
        assert reply.status == 201, reply
        version_id = self.send_form(reply.body["upload"]["fields"], body)
        key = reply.body["upload"]["fields"]["key"]
        return Uploaded(reply.body["file"]["file_id"], key, version_id, self.s3_event(key, version_id))

    def send_form(self, fields: dict[str, str], body: bytes) -> str:
        """What S3 does with a form; returns the new version's id. A form that S3 refuses fails the test."""
        problem = s3.refused(fields, len(body))
        assert problem is None, problem
        return self.store(fields["key"], body, fields["Content-Type"])

    def store(self, key: str, body: bytes, media_type: str = "application/octet-stream") -> str:
        """Put an object behind the app's back; returns its version."""
        reply = self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType=media_type)
        version_id: str = reply["VersionId"]
        return version_id

    def s3_event(self, key: str, version_id: str, sequencer: str | None = None) -> dict[str, Any]:
        """The event of a new version. sequencer: by default later than that of all events before it."""
        stored = {
            "key": quote_plus(key, safe="/"),
            "versionId": version_id,
            "sequencer": sequencer or f"{next(self._sequence):018X}",
        }
        record = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Post",
            "s3": {"bucket": {"name": BUCKET}, "object": stored},
        }
        return {"Records": [record]}

    def extract(self, event: dict[str, Any], seconds: float = 900) -> None:
        """Deliver an S3 event, or what `extract` sent to itself."""
        self.app.extract(event, Context(seconds))

    def ready(self, person: Person, data: Path | bytes, name: str = "notes.txt", media_type: str = "text/plain") -> str:
        """A file that is uploaded and read to its end; returns its id."""
        uploaded = self.upload(person, data, name, media_type)
        self.extract(uploaded.event)
        while pending := self.lambdas.take("extract"):
            for payload in pending:
                self.extract(payload)
        file = person.file(uploaded.file_id)
        assert file["status"] == "ready", file
        return uploaded.file_id

    def objects(self, prefix: str = "", bucket: str = BUCKET) -> list[str]:
        """The keys of all stored versions, in order; a key of several versions is named as often."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        return [
            version["Key"] for page in pages for kind in ("Versions", "DeleteMarkers") for version in page.get(kind, [])
        ]

    def body(self, key: str, version_id: str | None = None, bucket: str = BUCKET) -> bytes:
        which = {"VersionId": version_id} if version_id else {}
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key, **which)["Body"].read()
        return body
