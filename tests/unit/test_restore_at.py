"""`./deploy.sh restore --at`: a time that DynamoDB can still tell is archived, and comes back."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from chalicelib.aws import clients as app_clients
from chalicelib.backups import manifest
from chalicelib.logs import Failed

from deploy import arguments, commands, recovery, restoring
from deploy.account import regions
from deploy.arguments import UsageError
from deploy.environment import DeploymentError
from deploy.environment import Stage as Deployed
from deploy.progress import Progress
from tests.backups import ASKED, Nights
from tests.fakes import clients
from tests.fakes.aws import client_error
from tests.people import Person
from tests.restores import Restores, lived
from tests.stage import Stage, table_definitions

SETTINGS = ("TableStatus", "KeySchema", "GlobalSecondaryIndexes", "DeletionProtectionEnabled", "TableArn")


class _Functions:
    """Lambda, with the app's own functions, which have done their work before the command looks."""

    def __init__(self, stage: Stage) -> None:
        self.nights, self.restores = Nights(stage), Restores(stage)
        self.invoked: list[tuple[str, Any]] = []
        self.runs = True
        self.missing = False

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:
        assert InvocationType == "Event"
        if self.missing:
            raise client_error("ResourceNotFoundException", "Invoke", 404)
        order, name = json.loads(Payload), FunctionName.removeprefix("chatapp-test-")
        self.invoked.append((name, order))
        if name == "restore":
            self.restores.go_on(order)
            self.restores.finish(order["restore"])
        elif self.runs:
            self.nights.go_on(order)
            self.nights.finish()
        return {"StatusCode": 202}


@pytest.fixture
def functions(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> _Functions:
    made, client = _Functions(stage), Deployed.client

    def with_stand_ins(self: Deployed, service: str) -> Any:
        if service == "dynamodb":
            return app_clients.client("dynamodb")
        return clients.client("lambda", made) if service == "lambda" else client(self, service)

    monkeypatch.setattr(Deployed, "client", with_stand_ins)
    monkeypatch.setattr(Deployed, "account_id", "123456789012")
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda name: None)
    return made


def _said(at: float) -> str:
    return recovery.said(int(at))


def _command(at: float, *words: str, typed: str = "test") -> int:
    asked = arguments.parse(["restore", "test", "--region", "eu-west-1", "--at", _said(at), *words])
    return commands.restore(asked, Progress(), read=lambda question: typed)


def _settings(stage: Stage, table: str) -> dict[str, Any]:
    """What a table that `RestoreTableToPointInTime` makes has not."""
    name = f"chatapp-test-{table}"
    found = stage.dynamodb.describe_table(TableName=name)["Table"]
    recovered = stage.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return {
        **{each: found.get(each) for each in SETTINGS},
        "ttl": stage.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        "recovery": recovered["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "tags": stage.dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"],
    }


def _protect(stage: Stage, table: str) -> None:
    name = f"chatapp-test-{table}"
    arn = stage.dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    stage.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=True)
    stage.dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    stage.dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "ada"}])
    spec = {"Enabled": True, "AttributeName": "ttl"}
    if stage.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"] != "ENABLED":
        stage.dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=spec)


def test_a_stage_is_as_it_was_and_its_tables_keep_what_recovery_loses(
    stage: Stage, ada: Person, functions: _Functions, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation_id, _ = lived(stage, ada)
    for table in ("conversations", "usage"):
        _protect(stage, table)
    at = int(time.time()) - 600
    stage.exports.remember(at)
    assert ada.patch(f"/conversations/{conversation_id}", {"title": "Broken"}).status == 200
    before = {table: _settings(stage, table) for table in ("conversations", "usage")}
    with pytest.raises(DeploymentError, match="nothing was restored"):
        _command(at, typed="yes")
    assert functions.invoked == []
    capsys.readouterr()
    assert _command(at, "--overwrite") == 0
    said = capsys.readouterr().out
    assert f"test as it was at {_said(at)}, by DynamoDB's point-in-time recovery" in said
    assert "comes back into test, where people have conversations already: everything." in said
    assert re.search(r"messages +\d+ items", said)
    assert "proven against the manifest" in said
    assert [row["title"] for row in stage.rows("conversations")] == ["Roses"]
    assert {table: _settings(stage, table) for table in before} == before
    for each in before.values():
        assert each["DeletionProtectionEnabled"] is True
        assert each["ttl"]["TimeToLiveStatus"] == "ENABLED"
        assert each["recovery"] == "ENABLED"
        assert each["tags"] == [{"Key": "owner", "Value": "ada"}]
    names = {definition["TableName"] for definition in table_definitions()}
    assert set(stage.dynamodb.list_tables()["TableNames"]) == names, "no table is left over"


def test_what_is_asked_is_what_the_functions_are_told(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    assert _command(at, "--only", "table=usage", "--yes") == 0
    (backup, first), (restore, second) = functions.invoked
    assert (backup, first, restore) == ("backup", {"at": at}, "restore")
    assert second.pop("restore").startswith(manifest.id_of(at))
    assert second == {
        "source": "test",
        "backup": manifest.id_of(at),
        "kept": "nightly",
        "only": "table=usage",
        "overwrite": False,
    }


def test_what_is_archived_is_not_archived_again_whatever_dynamodb_can_tell(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    assert _command(at, "--yes") == 0
    stage.exports.earliest["usage"] = time.time()
    assert _command(at, "--yes") == 0
    assert [name for name, _ in functions.invoked] == ["backup", "restore", "restore"]


def test_one_that_is_under_way_is_waited_for(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    functions.nights.go_on({"at": at})
    asked = restoring.Asked("test", manifest.id_of(at), "nightly")
    said: list[str] = []
    recovery.archive(Deployed("test", "eu-west-1"), asked, at, said.append, lambda seconds: _finish(functions))
    assert functions.invoked == []
    assert said == ["DynamoDB writes the tables as they were: some minutes, however large they are"]
    functions.nights.go_on({"at": at - 60})
    with pytest.raises(DeploymentError, match=f"an archive of {manifest.id_of(at - 60)} is being made: one at a time"):
        _command(at - 120, "--yes")


def _finish(functions: _Functions) -> None:
    functions.nights.finish()


def test_one_that_another_has_come_before_says_so(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    functions.runs = False
    asked = restoring.Asked("test", manifest.id_of(at), "nightly")
    with pytest.raises(DeploymentError, match=f"an archive of {manifest.id_of(at - 60)} is being made"):
        recovery.archive(
            Deployed("test", "eu-west-1"), asked, at, print, lambda seconds: functions.nights.go_on({"at": at - 60})
        )


def test_one_that_does_not_begin_is_not_waited_for_without_an_end(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    functions.runs = False
    asked = restoring.Asked("test", manifest.id_of(at), "nightly")
    paused: list[float] = []
    with pytest.raises(DeploymentError, match="it has not begun: look at the log of chatapp-test-backup"):
        recovery.archive(Deployed("test", "eu-west-1"), asked, at, print, paused.append)
    assert len(paused) == 60


def test_one_that_failed_says_why_and_can_be_asked_for_again(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    stage.exports.failing = {"messages"}
    functions.nights.go_on({"at": at})
    with pytest.raises(Failed):
        functions.nights.finish()
    functions.nights.time_passes(ASKED, started_at=1)
    functions.runs = False
    asked = restoring.Asked("test", manifest.id_of(at), "nightly")
    paused = 0

    def pause(seconds: float) -> None:
        nonlocal paused
        paused += 1
        if paused == 1:
            functions.nights.go_on({"at": at})
        else:
            with pytest.raises(Failed):
                functions.nights.finish()

    with pytest.raises(DeploymentError, match="could not export messages: S3AccessDenied; nothing was restored"):
        recovery.archive(Deployed("test", "eu-west-1"), asked, at, print, pause)
    assert paused == 2, "what the one before came to is not taken for this one's"


@pytest.mark.parametrize("at", [-40 * 86_400, -1, 3_600])
def test_a_time_that_dynamodb_cannot_tell_is_refused_with_those_that_it_can(
    stage: Stage, functions: _Functions, at: int
) -> None:
    now = time.time()
    stage.exports.clock = lambda: now
    stage.exports.earliest["usage"] = now - 3_600
    window = f"from {_said(now - 3_600 + 1)} \\(table usage\\) to {_said(now - 300)}, not at {_said(now + at)}"
    with pytest.raises(DeploymentError, match=window):
        _command(now + at, "--yes")
    assert functions.invoked == []


def test_tables_and_functions_that_are_not_there_are_named(stage: Stage, functions: _Functions) -> None:
    at = int(time.time()) - 600
    functions.missing = True
    with pytest.raises(DeploymentError, match=r"test has no function chatapp-test-backup: ./deploy\.sh test first"):
        _command(at, "--yes")
    stage.exports.without.add("files")
    with pytest.raises(DeploymentError, match="chatapp-test-files has no point-in-time recovery"):
        _command(at, "--yes")
    stage.wire.fail(_no_table, lambda call: call.operation == "DescribeContinuousBackups")
    with pytest.raises(DeploymentError, match="there is no table chatapp-test-conversations"):
        _command(at, "--yes")


def _no_table(call: object, send: object) -> Any:
    from tests.fakes import dynamodb

    return dynamodb.refusal("TableNotFoundException")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore", "test", "--at", "yesterday"], "--at takes a time with its zone"),
        (["restore", "test", "--at", "2026-11-28"], "the zone is missing"),
        (["restore", "test", "--at", "2026-11-28T10:15"], "the zone is missing"),
        (["restore", "test", "--at", ""], "--at takes a time with its zone"),
        (["restore", "test", "--at", "2026-11-28T10:15Z", "--from", "2026-11-28"], "give one of them"),
        (["test", "--at", "2026-11-28T10:15Z"], "--at is for `restore`"),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        arguments.parse(words)


def test_a_time_is_of_its_zone() -> None:
    assert recovery.time_of("2026-11-28T11:15+01:00") == recovery.time_of("2026-11-28T10:15Z") == 1_795_860_900
