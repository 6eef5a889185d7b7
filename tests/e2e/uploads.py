"""Files of a person: uploaded as the site does it, waited for, and looked at past the app."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

from deploy.people import api
from tests.e2e import rows, web
from tests.e2e.deployment import Deployment
from tests.e2e.files import Fixture
from tests.e2e.people import Person
from tests.e2e.waiting import until

READ_WITHIN_S = 90.0
_UNREAD = {"uploaded", "waiting", "reading"}

File = dict[str, Any]


def declared(person: Person, name: str, media_type: str, size: int) -> dict[str, Any]:
    """A new file's row, and the form with which its content is sent: {file, upload: {url, fields}}."""
    reply = person.post("/files", {"name": name, "type": media_type, "size": size})
    assert reply.status == 201, reply
    return dict(reply.body)


def send(upload: dict[str, Any], content: bytes, **fields: str) -> web.Reply:
    """Send a form to S3. fields: in place of what was signed."""
    body, content_type = api.form({**upload["fields"], **fields}, "file", content)
    return web.call("POST", upload["url"], body=body, headers={"Content-Type": content_type})


def uploaded(person: Person, name: str, media_type: str, content: bytes) -> File:
    made = declared(person, name, media_type, len(content))
    sent = send(made["upload"], content)
    assert sent.status in {200, 201, 204}, sent
    return dict(made["file"])


def shown(person: Person, file: File) -> File:
    reply = person.get(f"/files/{file['file_id']}")
    assert reply.status == 200, reply
    return dict(reply.body)


def read(person: Person, file: File, timeout_s: float = READ_WITHIN_S) -> File:
    """The file once it is ready or failed."""

    def find() -> File | None:
        now = shown(person, file)
        return None if now["status"] in _UNREAD else now

    return until(find, timeout_s, f"the end of reading {file['name']}")


def ready(person: Person, fixture: Fixture) -> File:
    """Upload a fixture and wait until it is ready."""
    file = read(person, uploaded(person, fixture.name, fixture.type, fixture.content()))
    assert file["status"] == "ready", file
    return file


def page_text(person: Person, file: File, number: int) -> str:
    reply = person.get(f"/files/{file['file_id']}/pages/{number}")
    assert reply.status == 200, reply
    return str(reply.body["text"])


def citations(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for block in message["content"] if block["type"] == "text" for each in block.get("citations", [])]


def tools(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in message["content"] if block["type"] == "tool_use"]


def one_line(text: str) -> str:
    return " ".join(text.split())


# Past the app


def row(deployment: Deployment, file: File) -> dict[str, Any] | None:
    return next(iter(rows.query(deployment, "files", "file_id", file["file_id"])), None)


def versions(deployment: Deployment, prefix: str) -> list[dict[str, Any]]:
    """Every version of every object under a prefix, newest first of each, delete markers included."""
    pages = deployment.client("s3").get_paginator("list_object_versions")
    found = pages.paginate(Bucket=deployment.files_bucket, Prefix=prefix)
    return [each for page in found for each in (*page.get("Versions", []), *page.get("DeleteMarkers", []))]


def key_of(person: Person, file: File) -> str:
    (key,) = {each["Key"] for each in versions(person.deployment, f"uploads/{person.user_id}/{file['file_id']}/")}
    return str(key)


def event(deployment: Deployment, version: dict[str, Any], sequencer: str) -> dict[str, Any]:
    """What S3 sends for a version of an object."""
    stored = {
        "key": quote_plus(version["Key"], safe="/"),
        "size": version["Size"],
        "eTag": version["ETag"].strip('"'),
        "versionId": version["VersionId"],
        "sequencer": sequencer,
    }
    bucket = {"name": deployment.files_bucket, "arn": f"arn:aws:s3:::{deployment.files_bucket}"}
    record = {
        "eventVersion": "2.6",
        "eventSource": "aws:s3",
        "awsRegion": deployment.region,
        "eventName": "ObjectCreated:Post",
        "s3": {"s3SchemaVersion": "1.0", "bucket": bucket, "object": stored},
    }
    return {"Records": [record]}


def deliver(deployment: Deployment, sent: dict[str, Any]) -> None:
    """Have the function take an event, and wait until it has; once more when AWS was too busy, as Lambda does."""
    for is_last in (False, True):
        reply = deployment.client("lambda").invoke(
            FunctionName=deployment.function("extract"), Payload=json.dumps(sent).encode()
        )
        if "FunctionError" not in reply:
            return
        error = json.loads(reply["Payload"].read())
        assert error["errorMessage"] == "Busy", error
        assert not is_last, error
