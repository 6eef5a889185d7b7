from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chalicelib.aws import clients
from chalicelib.aws.grants import Grant
from chalicelib.aws.table import Index, Table

from deploy import destruction, results
from deploy.local.aws import LocalAws, start, stop
from deploy.progress import Progress
from tests.aws import emulator_exports
from tests.aws.emulator_probe import ENVIRON, ROOT, Probe
from tests.aws.local_stage import Laid
from tests.aws.test_emulator_bucket import client
from tests.stage import Stage

# Not a function of the app's, so that what these tests use counts for nobody's grants.
TESTER = "tester"
EVERYTHING = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
)


def table(name: str, *operations: str) -> Table:
    """The stage's table of that name, with all operations or only those given."""
    grant = Grant("table", name, operations or EVERYTHING)
    return Table(TESTER, grant, clients.client("dynamodb"), f"chatapp-test-{name}")


@pytest.fixture
def messages(stage: Stage) -> Table:
    return table("messages")


@pytest.fixture
def usage(stage: Stage) -> Table:
    return table("usage")


@pytest.fixture
def conversations_by_time(stage: Stage) -> Index:
    grant = Grant("index", "conversations/timestamp-index", ("Query",))
    return Index(TESTER, grant, clients.client("dynamodb"), "chatapp-test-conversations", "timestamp-index")


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"conversation": "c", "message_id": f"{number:04}", **more}


@pytest.fixture(scope="package")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="package")
def local(state_dir: Path) -> Iterator[LocalAws]:
    """A MiniStack for all tests of this package: one that changes it puts it back."""
    yield start(ROOT, state_dir=state_dir, port=0, environ=ENVIRON)
    stop(ROOT, state_dir=state_dir, environ=ENVIRON)


@pytest.fixture(scope="package")
def probe(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Probe:
    probe = Probe(local, tmp_path_factory.mktemp("app"))
    probe.set_up()
    probe.deploy()
    return probe


@pytest.fixture(scope="package")
def export_bucket(local: LocalAws) -> str:
    client(local, "s3").create_bucket(
        Bucket=emulator_exports.BUCKET, CreateBucketConfiguration={"LocationConstraint": local.region}
    )
    return emulator_exports.BUCKET


@pytest.fixture
def export_table(local: LocalAws) -> Iterator[str]:
    """The ARN of a table with the items."""
    dynamodb, name = client(local, "dynamodb"), f"export-{secrets.token_hex(4)}"
    arn = emulator_exports.make_table(dynamodb, name)
    for item in emulator_exports.ITEMS:
        dynamodb.put_item(TableName=name, Item=item)
    yield arn
    dynamodb.delete_table(TableName=name)


@pytest.fixture
def lay(local: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], Laid]]:
    """Makes stages that are removed when the test ends."""
    monkeypatch.setattr("deploy.environment.BUILD", tmp_path)
    monkeypatch.setattr(results, "BUILD", tmp_path)
    for name, value in local.environment().items():
        monkeypatch.setitem(os.environ, name, value)
    laid: list[Laid] = []

    def make(name: str) -> Laid:
        laid.append(Laid(local, name, tmp_path))
        return laid[-1]

    yield make
    for each in laid:
        destruction.destroy(each.stage, Progress())
