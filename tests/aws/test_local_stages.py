"""Two stages' foundations on one real MiniStack: one goes, the other and the backups stay, and are taken up again."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy import destruction, results, steps
from deploy.account import cloudformation
from deploy.edge import firewall
from deploy.environment import ApiIds, DeploymentError, Settings, Stage
from deploy.functions import app_modules
from deploy.local.aws import LocalAws
from deploy.progress import Progress
from tests.unit.test_steps import BACKUPS

LOCK = """      VersioningConfiguration: { Status: Enabled }
      ObjectLockEnabled: true
"""
UNTIL = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def stages(local: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Stage, Stage]]:
    """`local-a` and `local-b`, nothing deployed; each foundation has a locked bucket that outlives it."""
    monkeypatch.setattr("deploy.environment.BUILD", tmp_path)
    monkeypatch.setattr(results, "BUILD", tmp_path)
    for name, value in local.environment().items():
        monkeypatch.setitem(os.environ, name, value)
    text = cloudformation.template

    def with_backups(stage: Stage, name: str, more: Any = None) -> str:
        body = text(stage, name, more)
        if name != "foundation.yaml" or "  BackupsBucket:\n" in body:
            return body
        return body.replace("Resources:\n", f"Resources:\n{BACKUPS}{LOCK}", 1)

    monkeypatch.setattr(cloudformation, "template", with_backups)
    a, b = (Stage(name, local.region, local.endpoint_url) for name in ("local-a", "local-b"))
    yield a, b
    for stage in (a, b):
        destruction.destroy(stage, Progress())


def lay_foundation(stage: Stage) -> None:
    deployment = steps.Deployment(stage, Settings(app={}), Progress(), app_modules.functions(), Path())
    deployment.lay_foundation()


def make_function(stage: Stage) -> None:
    """A function with its role, and an API, called as Chalice calls them."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = stage.client("iam").create_role(
        RoleName=stage.role_name("answer"), AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    function = {"FunctionName": f"{stage.prefix}-answer", "Runtime": "python3.12", "Handler": "app.answer"}
    stage.client("lambda").create_function(**function, Role=role, Code={"ZipFile": code.getvalue()})
    stage.client("apigateway").create_rest_api(name=stage.prefix)


def deployed(stage: Stage) -> tuple[list[str], list[str], list[str]]:
    """The functions, roles and APIs that are called as the stage is."""
    functions = [each["FunctionName"] for each in stage.client("lambda").list_functions()["Functions"]]
    roles = [each["RoleName"] for each in stage.client("iam").list_roles()["Roles"]]
    apis = [each["name"] for each in stage.client("apigateway").get_rest_apis()["items"]]
    functions, roles, apis = ([name for name in names if stage.prefix in name] for names in (functions, roles, apis))
    return functions, roles, apis


def backups_bucket(stage: Stage) -> str:
    return f"{stage.prefix}-backups-{stage.account_id}-{stage.region}"


def tables(stage: Stage) -> set[str]:
    listed = stage.client("dynamodb").list_tables()["TableNames"]
    return {name for name in listed if name.startswith(f"{stage.prefix}-")}


def test_one_stage_goes_and_comes_again_beside_another(stages: tuple[Stage, Stage]) -> None:
    a, b = stages
    for stage in stages:
        lay_foundation(stage)
        make_function(stage)
        lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": UNTIL}
        stage.client("s3").put_object(Bucket=backups_bucket(stage), Key="nightly/1", Body=b"kept", **lock)
        stage.client("s3").put_object(Bucket=stage.files_bucket, Key="uploads/1", Body=b"gone")
        key = {"subject": {"S": "USER#1"}, "period": {"S": "2026-11"}}
        stage.client("dynamodb").put_item(TableName=f"{stage.prefix}-usage", Item=key)
        for name in tables(stage):
            backups = stage.client("dynamodb").describe_continuous_backups(TableName=name)
            recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            assert recovery["PointInTimeRecoveryStatus"] == "ENABLED", name
    before = tables(b), deployed(b)
    assert all(map(len, before[1]))

    said = destruction.destroy(a, Progress())
    assert f"bucket {backups_bucket(a)}" in said
    assert tables(a) == set()
    assert not destruction.is_there(a)
    s3 = a.client("s3")
    left = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if bucket["Name"].startswith(f"{a.prefix}-")}
    assert left == {backups_bucket(a)}
    assert deployed(a) == ([], [], [])
    assert (tables(b), deployed(b)) == before
    assert b.client("dynamodb").scan(TableName=f"{b.prefix}-usage")["Count"] == 1
    assert s3.get_object(Bucket=b.files_bucket, Key="uploads/1")["Body"].read() == b"gone"
    assert not destruction.is_empty(b)

    with pytest.raises(DeploymentError, match=r"cannot be emptied: nightly/1: .*object lock"):
        destruction._empty(s3, backups_bucket(a))

    lay_foundation(a)
    assert s3.get_object(Bucket=backups_bucket(a), Key="nightly/1")["Body"].read() == b"kept"
    assert s3.head_object(Bucket=backups_bucket(a), Key="nightly/1")["ObjectLockRetainUntilDate"] == UNTIL
    s3.put_object_retention(
        Bucket=backups_bucket(a), Key="nightly/1", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL}
    )
    assert "Versions" not in s3.list_object_versions(Bucket=a.files_bucket)
    assert a.client("dynamodb").scan(TableName=f"{a.prefix}-usage")["Count"] == 0


def test_a_firewall_is_put_before_an_api_and_goes_again(stages: tuple[Stage, Stage]) -> None:
    """By the stacks and calls of AWS. It knows no logging of it, and evaluates no rule: settings refuse it there."""
    stage, _ = stages
    gateway, settings = stage.client("apigateway"), Settings(app={}, firewall=True)
    rest = gateway.create_rest_api(name="behind")["id"]
    gateway.create_deployment(restApiId=rest, stageName="api")
    arn = f"arn:aws:apigateway:{stage.region}::/restapis/{rest}/stages/api"
    logging = re.compile(r"^  Logging:\n(    .*\n)+", re.MULTILINE)
    templates = {name: logging.sub("", body) for name, body in steps.templates(stage).items()}
    said = list[str]().append
    ids, waf = ApiIds(rest), stage.client("wafv2")
    try:
        raised = [firewall.raise_before_api(stage, ids, settings, templates, said) for _ in range(2)]
        assert raised == [True, False]
        stands = waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]
        assert stands["Name"] == f"{stage.prefix}-api"
        site = firewall.raise_before_site(stage, settings, templates, said)
        assert ":global/webacl/" in site.outputs["FirewallArn"]
        assert firewall.lower_before_site(stage, said)
        assert firewall.lower_before_api(stage, ids, said)
        with pytest.raises(waf.exceptions.WAFNonexistentItemException):
            waf.get_web_acl_for_resource(ResourceArn=arn)
    finally:
        gateway.delete_rest_api(restApiId=rest)
