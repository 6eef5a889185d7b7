"""LinkedIn's archives come in whole, and of their private parts nothing is stored: in no table, object or log."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import linkedin_archives as archives
from tests.e2e import rows, twins
from tests.e2e.deployment import Deployment
from tests.e2e.faults import log_text
from tests.e2e.people import Person
from tests.e2e.twins import Twin, Visit
from tests.e2e.waiting import until
from tests.linkedin_rows import CANARIES, COLUMNS, OWNER, PROFILE

pytestmark = [pytest.mark.local_only, pytest.mark.exclusive]

# What each archive tells of in its own words, so that a scan that finds nothing is known to look.
KNOWN = "Rivière"


def _sections(twin: Twin) -> Counter[str]:
    return Counter(entry["section"] for entry in twin.draft()["entries"])


def _add(twin: Twin, files: Any) -> Any:
    return twin.call("POST", "/sources", {"kind": "linkedin", "owner_name": OWNER, "files": files})


def _everything_of(language: str) -> dict[str, list[dict[str, str]]]:
    """What a browser would send that keeps to no list: private columns, and private tables."""
    columns = [each.removeprefix("*") for each in COLUMNS["Profile"][0]]
    whole = dict(zip(columns, PROFILE[language], strict=True))
    return {"Profile": [whole], "messages": [{"CONTENT": "canary"}], "Connections": [{"Email Address": "canary"}]}


def test_archives_come_in_whole_and_their_private_parts_are_stored_nowhere(
    deployment: Deployment, owner: Person
) -> None:
    with ExitStack() as made:
        for year, kind, language in archives.ALL:
            twin = made.enter_context(twins.made(owner, OWNER))
            added = _add(twin, archives.sent(year, kind, language))
            assert added.status == 201, (year, kind, language, added)
            assert _sections(twin) == archives.ENTRIES[kind], (year, kind, language)
            refused = _add(twin, _everything_of(language))
            assert refused.status == 400, refused
            assert not _private(json.dumps(refused.body)), "nor is it said back"
            if kind == "complete":
                twin.publish()
                visit = Visit.begin(deployment, twin.handle)
                visit.ask("Where do you work, and how do I reach you by phone?")
        until(lambda: '"event":"answer"' in log_text(deployment), 30, "log lines")
        seen, known, private = set[str](), set[str](), dict[str, set[str]]()
        for place, text in _stored(deployment):
            kind = place.partition("/")[0]
            seen.add(kind)
            known |= {kind} if KNOWN in text else set()
            private |= {place: found} if (found := _private(text)) else {}
        assert private == {}
        assert seen == {"tables", "objects", "logs"}
        assert known >= {"tables", "objects"}, "the scan reads what is stored"


def _private(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


def _stored(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Texts by where they are: each table, each version of each object, each log."""
    names = deployment.client("dynamodb").get_paginator("list_tables").paginate()
    own = [name for page in names for name in page["TableNames"] if name.startswith(f"{deployment.prefix}-")]
    for name in own:
        table = name.removeprefix(f"{deployment.prefix}-")
        yield f"tables/{table}", "\n".join(_text(item) for item in rows.scan(deployment, table))
    yield from _objects(deployment)
    yield "logs/cloudwatch", log_text(deployment)
    for file in sorted((Path(deployment.state_dir or "") / "logs").glob("*.log")):
        yield f"logs/{file.name}", file.read_text(errors="replace")


def _objects(deployment: Deployment) -> Iterator[tuple[str, str]]:
    client = deployment.client("s3")
    buckets = [each["Name"] for each in client.list_buckets()["Buckets"] if each["Name"].startswith(deployment.prefix)]
    for bucket in buckets:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in page.get("Versions", []):
                body = client.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"]
                yield f"objects/{bucket}/{version['Key']}@{version['VersionId']}", _read(body.read())


def _read(raw: bytes) -> str:
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8", "replace")


def _text(value: Any) -> str:
    """All of an item, with what is packed in it."""
    if isinstance(value, dict):
        return "\n".join(f"{name} {_text(each)}" for name, each in value.items())
    if isinstance(value, list | set | tuple):
        return "\n".join(map(_text, value))
    if hasattr(value, "value") and isinstance(value.value, bytes | bytearray):  # boto3's Binary
        return _read(bytes(value.value))
    return str(value)
