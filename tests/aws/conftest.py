from __future__ import annotations

from typing import Any

import pytest
from chalicelib.aws import clients
from chalicelib.aws.grants import Grant
from chalicelib.aws.table import Index, Table

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
