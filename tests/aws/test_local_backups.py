"""A backup on a real MiniStack, proven and brought back into another stage; each function with its policy alone."""

from __future__ import annotations

import gzip
import io
import json
import os
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalicelib import services
from chalicelib.aws import clients
from chalicelib.backups import index, manifest, nightly, places, restoring, runs
from chalicelib.settings import Settings

from deploy import destruction, recovery, steps
from deploy.environment import DeploymentError, Stage, load_settings
from deploy.functions import app_modules, policies
from deploy.local.aws import LocalAws
from deploy.progress import Progress
from tests.aws.emulator_probe import eventually
from tests.aws.test_emulator_bucket import client as owner

REMAINING_S = 900.0
ROWS = 60


class Laid:
    """A stage whose foundation stands, without functions; `services` of one are built with its policy and no more."""

    def __init__(self, local: LocalAws, name: str, folder: Path) -> None:
        self.stage = Stage(name, local.region, local.endpoint_url, "http://127.0.0.1:9")
        self.local = local
        self._deployment = steps.Deployment(
            self.stage, load_settings(name), Progress(), app_modules.functions(), folder
        )
        self._deployment.lay_foundation()
        self.foundation: Mapping[str, str] = self._deployment.foundation or {}
        self._make_function("backup")
        self._make_function("restore")

    def client(self, service: str) -> Any:
        return owner(self.local, service)

    def services(self, function: str) -> services.Services:
        place = policies.Place(
            self.stage.name, self.stage.region, self.stage.account_id, user_pool_arn=self.foundation["UserPoolArn"]
        )
        document = policies.document(function, app_modules.functions()[function].allowed, place)
        iam, name = self.client("iam"), f"{self.stage.prefix}-{secrets.token_hex(4)}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=self.stage.region)
        made: dict[str, Any] = {}

        def client(service: str, endpoint_url: str | None = None) -> Any:
            config = clients._CONFIGS.get(service, clients._CONFIG)
            return made.setdefault(
                service, session.client(service, endpoint_url=self.stage.endpoint_url, config=config)
            )

        return services.build(function, Settings.read({**os.environ, **self._deployment.variables()}), client)

    def rows(self) -> dict[str, list[str]]:
        """Of the tables that are backed up, by their logical names: each row as text."""
        dynamodb = self.client("dynamodb")
        return {
            name: sorted(json.dumps(row, sort_keys=True, default=repr) for row in _scanned(dynamodb, self._table(name)))
            for name in ("conversations", "messages", "files")
        }

    def settings(self) -> dict[str, Any]:
        """Of all tables, what is set beside their rows."""
        dynamodb = self.client("dynamodb")
        names = [name for name in dynamodb.list_tables()["TableNames"] if name.startswith(f"{self.stage.prefix}-")]
        return {name: _settings(dynamodb, name) for name in names}

    def fill(self) -> None:
        dynamodb, s3 = self.client("dynamodb"), self.client("s3")
        for name in ("conversations", "messages", "files"):
            described = dynamodb.describe_table(TableName=self._table(name))["Table"]
            keys = [each["AttributeName"] for each in described["KeySchema"]]
            for number in range(ROWS):
                row = {key: {"S": f"{number:03}"} for key in keys}
                dynamodb.put_item(TableName=self._table(name), Item=row | {"n": {"N": "1.5"}, "text": {"S": "é\u2028"}})
        for number in range(5):
            s3.put_object(Bucket=self.stage.files_bucket, Key=f"extracted/{number}/page 1.txt", Body=b"x" * number)

    def _table(self, name: str) -> str:
        return f"{self.stage.prefix}-{name}"

    def _make_function(self, name: str) -> None:
        """One for the schedules to name; nothing waits for what it does."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "def f(event, context): pass")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(
            RoleName=self.stage.role_name(name), AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )["Role"]["Arn"]
        self.client("lambda").create_function(
            FunctionName=f"{self.stage.prefix}-{name}",
            Runtime="python3.12",
            Handler="app.f",
            Role=role,
            Code={"ZipFile": code.getvalue()},
        )


def _scanned(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return [row for page in dynamodb.get_paginator("scan").paginate(TableName=table) for row in page["Items"]]


def _settings(dynamodb: Any, name: str) -> list[Any]:
    table = dynamodb.describe_table(TableName=name)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return [
        table.get("DeletionProtectionEnabled"),
        recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
        sorted(index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])),
    ]


@pytest.fixture
def lay(local: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], Laid]]:
    monkeypatch.setattr("deploy.environment.BUILD", tmp_path)
    monkeypatch.setattr(steps, "BUILD", tmp_path)
    for name, value in local.environment().items():
        monkeypatch.setitem(os.environ, name, value)
    laid: list[Laid] = []

    def make(name: str) -> Laid:
        laid.append(Laid(local, name, tmp_path))
        return laid[-1]

    yield make
    for each in laid:
        destruction.destroy(each.stage, Progress())


def backed_up(laid: Laid) -> str:
    """Make a backup to its end; returns its id."""
    begins, goes_on = laid.services("nightly_backup"), laid.services("backup")

    def has_begun() -> bool:
        # Tables are too young for it in their first two seconds.
        try:
            nightly.begin(begins)
        except nightly.Failed:
            return False
        return True

    eventually(has_begun)
    eventually(lambda: _is_over(goes_on, asked=False))
    return str(runs.read(goes_on)[0].id)  # type: ignore[union-attr]


def brought_back(laid: Laid, **order: Any) -> places.Run:
    restores = laid.services("restore")

    def is_over() -> bool:
        restoring.go_on(restores, order, REMAINING_S)
        found = places.find(restores, order["restore"])
        return bool(found and found.ended)

    eventually(is_over)
    found = places.find(restores, order["restore"])
    assert found
    return found


def test_a_stage_is_backed_up_destroyed_and_brought_back_into_another(lay: Callable[[str], Laid]) -> None:
    before = lay("local-c")
    before.fill()
    rows = before.rows()
    backup = backed_up(before)
    after = lay("local-d")
    destruction.destroy(before.stage, Progress())
    assert before.client("dynamodb").list_tables()["TableNames"]

    done = brought_back(after, restore="1", source="local-c", backup=backup)
    assert (done.step, done.problem, done.missing) == ("done", "", [])
    assert after.rows() == rows
    s3 = after.client("s3")
    listed = s3.list_objects_v2(Bucket=after.stage.files_bucket)["Contents"]
    assert {each["Key"]: each["Size"] for each in listed} == {f"extracted/{n}/page 1.txt": n for n in range(5)}


def test_a_stage_is_as_it_was_at_a_second_and_its_tables_keep_what_they_have(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-f")
    laid.fill()
    rows, settings = laid.rows(), laid.settings()
    pool, cognito = laid.foundation["UserPoolArn"].rpartition("/")[2], laid.client("cognito-idp")
    cognito.create_group(UserPoolId=pool, GroupName="owners", Description="Who may all", Precedence=1)
    at = int(time.time()) + 1
    eventually(lambda: _can_be_told(laid.stage, at))
    dynamodb = laid.client("dynamodb")
    for row in _scanned(dynamodb, f"{laid.stage.prefix}-files"):
        dynamodb.delete_item(TableName=f"{laid.stage.prefix}-files", Key={"file_id": row["file_id"]})
    changed = {"conversation": {"S": "000"}, "message_id": {"S": "000"}, "n": {"N": "2"}}
    dynamodb.put_item(TableName=f"{laid.stage.prefix}-messages", Item=changed)

    goes_on = laid.services("backup")
    nightly.go_on(goes_on, {"at": at}, REMAINING_S)
    eventually(lambda: _is_over(goes_on, asked=True))
    cognito.delete_group(UserPoolId=pool, GroupName="owners")
    done = brought_back(laid, restore="1", source="local-f", backup=manifest.id_of(at), overwrite=True)
    assert (done.step, done.problem, done.missing) == ("done", "", [])
    assert laid.rows() == rows
    assert laid.settings() == settings
    group = cognito.get_group(UserPoolId=pool, GroupName="owners")["Group"]
    assert (group["Description"], group["Precedence"]) == ("Who may all", 1)


def _can_be_told(stage: Stage, at: int) -> bool:
    try:
        recovery.check(stage, stage.name, at)
    except DeploymentError:
        return False
    return True


def _is_over(goes_on: services.Services, *, asked: bool) -> bool:
    run, _ = runs.read(goes_on, asked=asked)
    assert run
    nightly.go_on(goes_on, run.order(), REMAINING_S)
    return runs.read(goes_on, asked=asked)[0].ended  # type: ignore[union-attr]


def test_a_drill_passes_and_after_one_byte_has_changed_names_the_part(lay: Callable[[str], Laid]) -> None:
    laid = lay("local-e")
    laid.fill()
    backup = backed_up(laid)
    order = {"source": "local-e", "backup": backup, "drill": True}
    assert brought_back(laid, restore="drill-1", **order).step == "done"

    s3, bucket = laid.client("s3"), f"{laid.stage.prefix}-backups-{laid.stage.account_id}-{laid.stage.region}"
    made = manifest.read(s3.get_object(Bucket=bucket, Key=manifest.key_of(backup))["Body"].read())
    part = next(part for part in made.tables["messages"].parts if part.items)
    items = gzip.decompress(s3.get_object(Bucket=bucket, Key=part.key)["Body"].read())
    s3.put_object(Bucket=bucket, Key=part.key, Body=gzip.compress(items.replace(b'"1.5"', b'"1.6"', 1)))
    failed = brought_back(laid, restore="drill-2", **order)
    assert failed.step == "failed"
    assert part.key in failed.problem
    told = index.read(laid.services("restore"))
    assert [each["passed"] for each in told["drills"]].count(False) == 1
