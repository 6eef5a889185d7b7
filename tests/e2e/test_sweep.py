"""The hourly sweep, by its own role: a purge that was lost is made, and of an account that is gone nothing is left."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e import people, rows, uploads
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person
from tests.e2e.waiting import until

TEXT = b"Roses are red.\n"
# What was under way when the account was found to be gone is waited for, 35 s.
REMOVED_WITHIN_S = 150.0
# It finishes what is due of everybody.
pytestmark = pytest.mark.local_only
HOUR = {"id": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []}


@dataclass(frozen=True)
class Swept:
    """stays, gone: people; the account of the second was deleted past the app. lost: a file of the first."""

    stays: Person
    gone: Person
    lost: str


def _sweep(deployment: Deployment) -> dict[str, Any]:
    event = {**HOUR, "version": "0", "account": "000000000000", "region": deployment.region, "time": "2026"}
    payload = json.dumps(event).encode()
    return dict(deployment.client("lambda").invoke(FunctionName=deployment.function("sweep"), Payload=payload))


def _objects(deployment: Deployment, prefix: str) -> list[Any]:
    found = deployment.client("s3").list_object_versions(Bucket=deployment.files_bucket, Prefix=prefix)
    return list(found.get("Versions", []))


def _file(person: Person) -> str:
    file = uploads.read(person, uploads.uploaded(person, "roses.txt", "text/plain", TEXT))
    assert file["status"] == "ready", file
    return str(file["file_id"])


@pytest.fixture(scope="session")
def swept(deployment: Deployment) -> Swept:
    stays, gone = people.create(deployment, "staying"), people.create(deployment, "departed")
    lost, _ = (_file(person) for person in (stays, gone))
    gone.new_conversation(title="Roses")
    # As a deletion leaves it whose schedule is lost.
    overdue = int(time.time()) - 3_600
    (row,) = rows.query(deployment, "files", "file_id", lost)
    rows.put(deployment, "files", row | {"deleted_at": overdue, "due_at": overdue, "due_shard": "0"})
    deployment.client("cognito-idp").admin_delete_user(UserPoolId=deployment.user_pool_id, Username=gone.email)
    assert "FunctionError" not in _sweep(deployment)
    return Swept(stays, gone, lost)


@pytest.mark.early
def test_a_purge_that_was_lost_is_made(deployment: Deployment, swept: Swept) -> None:
    assert rows.query(deployment, "files", "file_id", swept.lost) == []
    assert _objects(deployment, f"uploads/{swept.stays.user_id}/") == []
    assert _objects(deployment, f"extracted/{swept.lost}/") == []


@pytest.mark.late
def test_of_an_account_that_was_deleted_elsewhere_nothing_is_left(deployment: Deployment, swept: Swept) -> None:
    user_id = swept.gone.user_id

    def left() -> list[Any]:
        stored = rows.conversations(deployment, user_id), rows.query(deployment, "usage", "subject", f"user:{user_id}")
        return [*stored[0], *stored[1], *_objects(deployment, f"uploads/{user_id}/")]

    until(lambda: not left(), REMOVED_WITHIN_S, "the removal")
    assert swept.gone.get("/conversations").status == 401
    assert swept.stays.get("/conversations").status == 200
