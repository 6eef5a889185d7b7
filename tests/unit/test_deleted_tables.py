"""`./deploy.sh restore --at deletion`: tables that were deleted, back with all that recovery loses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from deploy import arguments, commands, deleted, steps
from deploy.account import cloudformation, regions
from deploy.arguments import UsageError
from deploy.environment import DeploymentError
from deploy.environment import Stage as Deployed
from deploy.progress import Progress
from tests.fakes import dynamodb, wire
from tests.stage import Stage

STAGE = Deployed("test", "eu-west-1")
TTL = {"frames", "usage", "sockets", "erasures"}
NAMES = {"conversations", "messages", "files", *TTL}
CHANGES = ("RestoreTableFromBackup", "UpdateContinuousBackups", "UpdateTimeToLive", "TagResource", "UpdateTable")
TAGS = {"owner": "ada"}


@pytest.fixture
def client(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Any:
    """DynamoDB's, of the command."""
    made = boto3.client("dynamodb", region_name="eu-west-1")
    monkeypatch.setattr(Deployed, "client", lambda self, service: made)
    monkeypatch.setattr(Deployed, "account_id", "123456789012")
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda name: None)
    monkeypatch.setattr(cloudformation, "tags", lambda stage, name: TAGS)
    return made


def _delete(stage: Stage, *tables: str) -> None:
    """As DynamoDB does: of a table with recovery, it keeps what the table held last."""
    for table in tables:
        name = f"chatapp-test-{table}"
        stage.dynamodb.create_backup(TableName=name, BackupName=f"{name}$DeletedTableBackup")
        stage.dynamodb.delete_table(TableName=name)


def _command(*words: str, typed: str = "test") -> int:
    asked = arguments.parse(["restore", "test", "--region", "eu-west-1", "--at", "deletion", *words])
    return commands.restore(asked, Progress(), read=lambda question: typed)


def _bring_back(pause: Callable[[float], None] = lambda seconds: None) -> list[str]:
    tables = deleted.find(STAGE, steps.templates(STAGE)["foundation.yaml"])
    return deleted.bring_back(STAGE, tables, TAGS, lambda said: None, pause)


def _set_on(stage: Stage, table: str) -> tuple[bool, str, str, list[dict[str, str]]]:
    """Protection, recovery, the attribute by which rows expire, and tags."""
    name = f"chatapp-test-{table}"
    found = stage.dynamodb.describe_table(TableName=name)["Table"]
    recovery = boto3.client("dynamodb", region_name="eu-west-1").describe_continuous_backups(TableName=name)
    status = recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    ttl = stage.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    expires = ttl["AttributeName"] if ttl["TimeToLiveStatus"] == "ENABLED" else ""
    tags = stage.dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]
    return found["DeletionProtectionEnabled"], status, expires, tags


def _is_set(stage: Stage) -> None:
    for table in NAMES:
        expected = (True, "ENABLED", "ttl" if table in TTL else "", [{"Key": "owner", "Value": "ada"}])
        assert _set_on(stage, table) == expected, table


def test_a_table_that_is_gone_is_back_with_its_rows_and_all_that_was_set(
    stage: Stage, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.put("usage", {"subject": "user:ada", "period": "2026-11", "turns": 3})
    rows = stage.rows("usage")
    _delete(stage, "usage", "files")
    with pytest.raises(DeploymentError, match="nothing was restored"):
        _command(typed="yes")
    assert "chatapp-test-usage" not in stage.dynamodb.list_tables()["TableNames"]
    capsys.readouterr()
    assert _command() == 0
    said = capsys.readouterr().out
    assert "these tables are gone: chatapp-test-files, chatapp-test-usage." in said
    assert "chatapp-test-usage: TTL; " in said
    assert stage.rows("usage") == rows
    _is_set(stage)
    assert _bring_back() == [], "all is there and set"


def test_one_that_was_killed_anywhere_is_finished_by_the_next(stage: Stage, client: Any) -> None:
    stage.put("usage", {"subject": "user:ada", "period": "2026-11", "turns": 3})
    rows = stage.rows("usage")
    for nth in range(100):
        for table in NAMES:
            stage.dynamodb.update_table(TableName=f"chatapp-test-{table}", DeletionProtectionEnabled=False)
        _delete(stage, "usage", "files")
        count = itertools.count()
        struck: list[int] = []

        def kill(*, nth: int = nth, count: Any = count, struck: list[int] = struck, **_: Any) -> None:
            if next(count) == nth:
                struck.append(nth)
                raise wire.Killed

        for each in CHANGES:
            client.meta.events.register(f"before-call.dynamodb.{each}", kill, unique_id=each)
        try:
            _bring_back()
        except wire.Killed:
            _bring_back()
        for each in CHANGES:
            client.meta.events.unregister(f"before-call.dynamodb.{each}", unique_id=each)
        _is_set(stage)
        assert stage.rows("usage") == rows
        if not struck:
            break
    assert 10 < nth < 99


@pytest.mark.parametrize(
    ("operation", "code"),
    [("UpdateContinuousBackups", "ContinuousBackupsUnavailableException"), ("UpdateTable", "ResourceInUseException")],
)
def test_a_table_that_dynamodb_is_still_at_work_on_is_waited_for(
    stage: Stage, client: Any, operation: str, code: str
) -> None:
    _delete(stage, "usage")
    answers = [dynamodb.refusal(code), dynamodb.refusal(code)]
    client.meta.events.register_first(
        f"before-send.dynamodb.{operation}", lambda **_: answers.pop() if answers else None
    )
    paused: list[float] = []
    _bring_back(paused.append)
    assert len(paused) == 2
    _is_set(stage)
    client.meta.events.register_first(f"before-send.dynamodb.{operation}", lambda **_: dynamodb.refusal("Other"))
    stage.dynamodb.update_table(TableName="chatapp-test-usage", DeletionProtectionEnabled=False)
    _delete(stage, "usage")
    with pytest.raises(Exception, match="Other"):
        _bring_back()


def test_a_table_that_is_not_back_yet_is_waited_for(stage: Stage, client: Any) -> None:
    _delete(stage, "usage")
    tables = deleted.find(STAGE, steps.templates(STAGE)["foundation.yaml"])
    creating = [dynamodb.reply({"Table": {"TableStatus": "CREATING"}}) for _ in range(3)]
    client.meta.events.register_first(
        "before-send.dynamodb.DescribeTable", lambda **_: creating.pop() if creating else None
    )
    said: list[str] = []
    paused: list[float] = []
    deleted.bring_back(STAGE, tables, TAGS, said.append, paused.append)
    assert said == ["DynamoDB restores chatapp-test-conversations: that takes some minutes, or hours for a large table"]
    assert len(paused) == 2
    _is_set(stage)


def test_a_table_without_such_a_backup_is_named_and_nothing_is_done(stage: Stage, client: Any) -> None:
    _delete(stage, "usage")
    stage.dynamodb.delete_table(TableName="chatapp-test-files")
    with pytest.raises(DeploymentError, match="chatapp-test-files is gone, and DynamoDB has no backup of it"):
        _command("--yes")
    assert "chatapp-test-usage" not in stage.dynamodb.list_tables()["TableNames"]


def test_a_table_that_is_going_is_not_taken_for_one_that_is_there(stage: Stage, client: Any) -> None:
    going = [dynamodb.reply({"Table": {"TableStatus": "DELETING"}})]
    client.meta.events.register_first("before-send.dynamodb.DescribeTable", lambda **_: going.pop() if going else None)
    with pytest.raises(DeploymentError, match="chatapp-test-conversations is being deleted at this moment"):
        _bring_back()


def test_dynamodbs_own_backups_alone_are_asked_for(stage: Stage, client: Any) -> None:
    """One that somebody made by hand may be of any time."""
    _delete(stage, "usage")
    kinds: list[str] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.ListBackups", lambda params, **_: kinds.append(params["BackupType"])
    )
    _bring_back()
    assert set(kinds) == {"SYSTEM"}


def test_what_makes_no_sense_is_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--at deletion brings back the tables that are gone"):
        arguments.parse(["restore", "test", "--at", "deletion", "--only", "table=usage"])
    monkeypatch.setattr(Deployed, "is_local", True)
    with pytest.raises(DeploymentError, match="on this machine nothing keeps"):
        _command("--yes")
