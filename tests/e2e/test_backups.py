"""The nightly backup on a deployed stage, by its functions' own roles, and what it brings back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from deploy import backups, restoring
from deploy.environment import DeploymentError, Stage
from tests.e2e import people, rows, uploads
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person
from tests.e2e.waiting import until

pytestmark = pytest.mark.local_only

TEXT = b"Roses are red.\n"
# Exports are looked at after a minute, and the schedules of this machine are as busy as it is.
MADE_WITHIN_S = 300.0
NIGHT = {"id": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []}


@dataclass(frozen=True)
class Saved:
    """What was there when the backup was begun: a person with a conversation and a file."""

    owner: Person
    conversation_id: str
    file_id: str


def _stage(deployment: Deployment) -> Stage:
    return Stage(deployment.stage, deployment.region, os.environ.get("AWS_ENDPOINT_URL"))


def _begin(deployment: Deployment, function: str) -> None:
    event = {**NIGHT, "version": "0", "account": "000000000000", "region": deployment.region, "time": "2026"}
    reply = deployment.client("lambda").invoke(
        FunctionName=deployment.function(function), Payload=json.dumps(event).encode()
    )
    assert "FunctionError" not in reply, reply["Payload"].read()


def _index(deployment: Deployment) -> dict[str, Any]:
    try:
        return dict(backups.read(_stage(deployment)))
    except DeploymentError:
        return {"backups": [], "failures": [], "drills": []}


@pytest.fixture(scope="session")
def saved(deployment: Deployment) -> Saved:
    owner = people.create(deployment, "saved")
    file = uploads.read(owner, uploads.uploaded(owner, "roses.txt", "text/plain", TEXT))
    saved = Saved(owner, owner.new_conversation(title="Roses"), str(file["file_id"]))
    _begin(deployment, "nightly_backup")
    return saved


@pytest.mark.late
def test_a_backup_is_begun_for_the_night(saved: Saved, deployment: Deployment) -> None:
    assert not _index(deployment)["failures"]


@pytest.mark.last
def test_a_backup_is_made_and_brings_back_what_was_lost(deployment: Deployment, saved: Saved) -> None:
    until(lambda: _index(deployment)["backups"], MADE_WITHIN_S, "the backup")
    stage, user_id = _stage(deployment), saved.owner.user_id
    (before,) = rows.query(deployment, "conversations", "user_id", user_id)
    key = {"user_id": {"S": user_id}, "conversation_id": {"S": saved.conversation_id}}
    # Past the app: what a person deletes for good is remembered, and stays away.
    deployment.client("dynamodb").delete_item(TableName=deployment.table("conversations"), Key=key)
    backup_id, kept = restoring.choose(stage, deployment.stage, None)
    asked = restoring.Asked(deployment.stage, backup_id, kept, f"conversation={saved.conversation_id}", False)
    backup = restoring.read(stage, asked)
    said: list[str] = []
    restoring.watch(stage, restoring.begin(stage, asked), backup, said.append)
    assert rows.query(deployment, "conversations", "user_id", user_id) == [before]
    assert saved.owner.get(f"/conversations/{saved.conversation_id}").body["title"] == "Roses"


@pytest.mark.last
def test_a_drill_proves_it(deployment: Deployment, saved: Saved) -> None:
    until(lambda: _index(deployment)["backups"], MADE_WITHIN_S, "the backup")
    _begin(deployment, "restore_drill")
    found: Callable[[], Any] = lambda: _index(deployment)["drills"]  # noqa: E731
    (drill,) = until(found, MADE_WITHIN_S, "the drill")
    assert drill["passed"], drill
    tables = deployment.client("dynamodb").get_paginator("list_tables").paginate()
    assert not [name for page in tables for name in page["TableNames"] if "drill" in name], "nothing of it is left"
