"""The nightly backup on a deployed stage, by its functions' own roles, and what it brings back."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from deploy import backups, restoring
from deploy.environment import DeploymentError, Stage
from tests.e2e import files, moving, people, rows, uploads
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person
from tests.e2e.waiting import until

pytestmark = pytest.mark.local_only

TEXT = b"Roses are red.\n"
# The night comes within two minutes, and exports are looked at after one; this machine may be busy.
MADE_WITHIN_S = 420.0
NIGHT = {"id": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []}


@dataclass(frozen=True)
class Saved:
    """What was there when the backup was begun: a person with a conversation and its file."""

    owner: Person
    conversation_id: str


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


def _next_minute(deployment: Deployment) -> None:
    """Have the night come: the rule's own schedule begins the backup, once, in a minute or two."""
    at = time.gmtime(time.time() + 90)
    cron = f"cron({at.tm_min} {at.tm_hour} {at.tm_mday} {at.tm_mon} ? {at.tm_year})"
    rule = f"{deployment.function('nightly_backup')}-event"
    assert deployment.client("events").describe_rule(Name=rule)["ScheduleExpression"] == "cron(0 2 * * ? *)"
    deployment.client("events").put_rule(Name=rule, ScheduleExpression=cron)


@pytest.fixture(scope="session")
def saved(deployment: Deployment) -> Saved:
    owner = people.create(deployment, "saved")
    kept, deleted = (owner.new_conversation(title=title) for title in ("Stock", "Roses"))
    file = uploads.ready(owner, files.REPORT)
    answer = owner.ask(kept, files.REPORT.question, file_ids=[file["file_id"]])
    assert uploads.citations(answer)
    assert owner.call("PATCH", f"/conversations/{kept}", {"title": "Crates of vanilla"}).status == 200
    thrown = uploads.read(owner, uploads.uploaded(owner, "roses.txt", "text/plain", TEXT))
    for path in (f"/conversations/{deleted}", f"/files/{thrown['file_id']}"):
        assert owner.call("DELETE", path).status == 200
    stays, gone = {"title": "Crates of vanilla", "file": file["name"]}, {"title": "Roses", "file": "roses.txt"}
    moving.note(owner.email, stays=stays, gone=gone)
    _next_minute(deployment)
    return Saved(owner, kept)


@pytest.mark.early
def test_a_backup_is_begun_for_the_night(saved: Saved, deployment: Deployment) -> None:
    assert not _index(deployment)["failures"]


def _row(deployment: Deployment, saved: Saved) -> dict[str, Any] | None:
    stored = rows.conversations(deployment, saved.owner.user_id)
    return next((row for row in stored if row["conversation_id"] == saved.conversation_id), None)


@pytest.mark.last
def test_a_backup_is_made_and_brings_back_what_was_lost(deployment: Deployment, saved: Saved) -> None:
    until(lambda: _index(deployment)["backups"], MADE_WITHIN_S, "the backup")
    stage, user_id = _stage(deployment), saved.owner.user_id
    before = _row(deployment, saved)
    key = {"user_id": {"S": user_id}, "conversation_id": {"S": saved.conversation_id}}
    # Past the app: what a person deletes for good is remembered, and stays away.
    deployment.client("dynamodb").delete_item(TableName=deployment.table("conversations"), Key=key)
    backup_id, kept = restoring.choose(stage, deployment.stage, None)
    asked = restoring.Asked(deployment.stage, backup_id, kept, f"conversation={saved.conversation_id}", False)
    backup = restoring.read(stage, asked)
    said: list[str] = []
    restoring.watch(stage, restoring.begin(stage, asked), backup, said.append)
    assert before
    assert _row(deployment, saved) == before
    assert saved.owner.get(f"/conversations/{saved.conversation_id}").body["title"] == "Crates of vanilla"


@pytest.mark.last
def test_a_drill_proves_it(deployment: Deployment, saved: Saved) -> None:
    until(lambda: _index(deployment)["backups"], MADE_WITHIN_S, "the backup")
    _begin(deployment, "restore_drill")
    # On a Sunday the stage's own schedule may have begun one before there was anything to prove.
    found: Callable[[], Any] = lambda: [each for each in _index(deployment)["drills"] if each["id"]]  # noqa: E731
    (drill,) = until(found, MADE_WITHIN_S, "the drill")
    assert drill["passed"], drill
    tables = deployment.client("dynamodb").get_paginator("list_tables").paginate()
    assert not [name for page in tables for name in page["TableNames"] if "drill" in name], "nothing of it is left"
