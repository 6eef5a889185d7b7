"""A whole deployment's control plane against moto's server, over HTTP: a second opinion beside the local AWS.

What moto lacks is lent to it, behind real clients: CloudFormation (`tests/fakes/stacks.py`), API Gateway's imports and
sockets (`tests/fakes/gateways.py`), and which functions may call themselves (`_Recursion`). Packing, building the site
and proving the stage have tests of their own.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from moto.server import ThreadedMotoServer

from deploy import commands, results, site, steps
from deploy.account import adoption, cloudformation, regions
from deploy.environment import DeploymentError, Settings, Stage
from deploy.functions import app_modules, package, runtime
from deploy.progress import Progress
from tests.fakes.clients import serve
from tests.fakes.gateways import RestApis, SocketApis
from tests.fakes.stacks import CloudFormation

FUNCTIONS = app_modules.functions()
_PARAMETERS = ["/chatapp/prod/address-key", "/chatapp/prod/anthropic-api-key", "/chatapp/prod/visit-key"]
NEW_ACCOUNT = (
    "Access denied for operation 'AWS::CloudFront::Distribution: Your account must be verified before you can add new "
    "CloudFront resources. To verify your account, please contact AWS Support'"
)


class _Recursion:
    """By function: whether it may go on calling itself."""

    def __init__(self) -> None:
        self.allowed: set[str] = set()

    def get_function_recursion_config(self, FunctionName: str) -> dict[str, Any]:
        return {"RecursiveLoop": "Allow" if FunctionName in self.allowed else "Terminate"}

    def put_function_recursion_config(self, FunctionName: str, RecursiveLoop: str) -> dict[str, Any]:
        assert RecursiveLoop == "Allow"
        self.allowed.add(FunctionName)
        return {"RecursiveLoop": RecursiveLoop}


@dataclass
class Account:
    """An empty account. stand_ins: by service and region, of what moto lacks; lends: whether they are used."""

    folder: Path
    lends: bool = True
    settings: Settings = field(default_factory=lambda: Settings(app={}))
    stand_ins: dict[tuple[str, str], Any] = field(default_factory=dict)
    recursion: _Recursion = field(default_factory=_Recursion)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(service, region_name=region)
        return self._clients[service, region]

    def stand_in(self, service: str, region: str) -> Any:
        make: dict[str, Callable[[], Any]] = {
            "cloudformation": lambda: CloudFormation(region, lambda other: self.client(other, region)),
            "apigateway": RestApis,
            "apigatewayv2": SocketApis,
        }
        if service in make and (service, region) not in self.stand_ins:
            self.stand_ins[service, region] = make[service]()
        return self.stand_ins.get((service, region)) if self.lends else None

    def deploy(self, region: str = "eu-west-1", name: str = "prod", python: str | None = None) -> dict[str, Any]:
        return self.deployment(region, name, python).run()

    def deployment(self, region: str = "eu-west-1", name: str = "prod", python: str | None = None) -> steps.Deployment:
        stage = self.stage(region, name)
        return steps.Deployment(stage, self.settings, Progress(), FUNCTIONS, self.folder, python)

    def stage(self, region: str = "eu-west-1", name: str = "prod") -> Stage:
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = region
        return Stage(name, region)

    def destroy(self, *words: str) -> int:
        return commands.main(["destroy", *words, "--yes"])

    def objects(self, bucket: str) -> list[str]:
        found = self.client("s3").list_objects_v2(Bucket=f"chatapp-prod-{bucket}-123456789012-eu-west-1")
        return [each["Key"] for each in found["Contents"]]

    def table(self, name: str) -> dict[str, Any]:
        return dict(self.client("dynamodb").describe_table(TableName=f"chatapp-prod-{name}")["Table"])

    def roles(self) -> set[str]:
        return {role["RoleName"] for role in self.client("iam").list_roles()["Roles"]}

    def functions(self, region: str = "eu-west-1") -> dict[str, str]:
        found = self.client("lambda", region).list_functions()["Functions"]
        return {function["FunctionName"]: function["Role"] for function in found}

    def runtimes(self) -> set[str]:
        return {function["Runtime"] for function in self.client("lambda").list_functions()["Functions"]}

    def has(self, *pythons: str) -> None:
        """Have the machine that deploys have these alone, besides the one that runs this."""
        folder = self.folder / "bin"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for version in pythons:
            python = folder / f"python{version}"
            python.write_text(f"#!/bin/sh\necho {version}\n")
            python.chmod(0o755)
        os.environ["PATH"] = str(folder)

    def holdings(self, region: str = "eu-west-1") -> dict[str, Any]:
        """What a stage is made of there."""
        tables = self.client("dynamodb", region).list_tables()["TableNames"]
        pools = self.client("cognito-idp", region).list_user_pools(MaxResults=60)["UserPools"]
        buckets = [each["Name"] for each in self.client("s3").list_buckets()["Buckets"] if region in each["Name"]]
        return {
            "tables": sorted(tables),
            "pools": {pool["Name"]: pool["Id"] for pool in pools},
            "buckets": sorted(buckets),
            "functions": self.functions(region),
            "roles": sorted(role for role in self.roles() if role.endswith(region)),
            "queues": self.client("sqs", region).list_queues().get("QueueUrls", []),
            "parameters": [each["Name"] for each in self.client("ssm", region).describe_parameters()["Parameters"]],
            "apis": sorted(self.stand_in("apigateway", region).apis),
            "plans": {
                plan["name"]: [each["apiId"] for each in plan["apiStages"]]
                for plan in self.stand_in("apigateway", region).plans.values()
            },
            "keys": sorted(key["name"] for key in self.stand_in("apigateway", region).keys.values()),
            "sockets": sorted(self.stand_in("apigatewayv2", region).apis),
        }


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def account(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Account]:
    """A shell that has keys of an empty account, in which nothing was deployed."""
    _post(f"{server}/moto-api/reset")
    _post(f"{server}/moto-api/config", {"lambda": {"use_docker": False}})  # S3 tries a function that it shall call
    before = dict(os.environ), list(sys.path)
    for name in [name for name in os.environ if name.startswith(("AWS_", "CHATAPP_"))]:
        del os.environ[name]
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "ANTHROPIC_API_KEY": "sk-1"}
    os.environ |= {"AWS_ENDPOINT_URL": server, "AWS_CONFIG_FILE": str(tmp_path / "none")}
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda stage: None)  # that is what moto is
    made = Account(tmp_path)
    made.has("3.13")
    _lend(monkeypatch, made)
    _leave_out(monkeypatch, tmp_path)
    yield made
    _post(f"{server}/moto-api/config", {"lambda": {"use_docker": True}})  # it is every moto's of this process
    os.environ.clear()
    os.environ.update(before[0])
    sys.path[:] = before[1]


def _lend(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    """Have every client, Chalice's too, served by what stands in for its service."""
    create_client = Session.create_client

    def lent(self: Session, service_name: str, *arguments: Any, **named: Any) -> Any:
        client = create_client(self, service_name, *arguments, **named)
        client.meta.events.register("before-parameter-build.s3.PutBucketNotificationConfiguration", _in_small_letters)
        if service_name == "lambda":
            serve(client, account.recursion, "GetFunctionRecursionConfig", "PutFunctionRecursionConfig")
        stand_in = account.stand_in(service_name, client.meta.region_name)
        return serve(client, stand_in) if stand_in else client

    monkeypatch.setattr(Session, "create_client", lent)


def _in_small_letters(params: dict[str, Any], **_: Any) -> None:
    """Rules as moto takes them; S3 takes Chalice's `Prefix`, too."""
    for each in params["NotificationConfiguration"].get("LambdaFunctionConfigurations", []):
        for rule in each.get("Filter", {}).get("Key", {}).get("FilterRules", []):
            rule["Name"] = rule["Name"].lower()


def _leave_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package of one line and a site of two files."""
    monkeypatch.setattr("deploy.environment.BUILD", tmp_path / "build")
    monkeypatch.setattr(results, "BUILD", tmp_path / "build")

    def build(stage: Stage, chosen: runtime.Runtime, clients: Any, say: Any) -> package.Package:
        stage.build.mkdir(parents=True, exist_ok=True)
        shutil.copy(package.APP_FOLDER / "app.py", stage.build)
        sys.modules.pop("app", None)  # its decorators read the stage's variables
        path = stage.build / "package.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("app.py"), "VERSION = 1\n")
        return package.Package(path, chosen, "1", changed=True, layer=path, layer_digest="1")

    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<script src=assets/a.js>")
    (dist / "assets" / "a.js").write_text("")
    monkeypatch.setattr(package, "build", build)
    monkeypatch.setattr(site, "DIST", dist)
    monkeypatch.setattr(site, "build", lambda say: False)
    monkeypatch.setitem(sys.modules, "app", None)  # so that what is imported here is gone afterwards


def _post(url: str, body: Any = None) -> None:
    data = json.dumps(body).encode() if body else b""
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method="POST")  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310


# --- One stage --------------------------------------------------------------------------------------------------------


def test_a_stage_is_made_of_all_that_it_declares(account: Account) -> None:
    outputs = account.deploy()
    held = account.holdings()
    assert len(held["tables"]) == 11
    assert account.recursion.allowed == {"chatapp-prod-extract"}
    assert held["pools"].keys() == {"chatapp-prod"}
    assert len(held["buckets"]) == 4
    assert sorted(held["parameters"]) == _PARAMETERS
    role = "arn:aws:iam::123456789012:role/chatapp-prod"
    names = {"chatapp-prod" if name == "api_handler" else f"chatapp-prod-{name}": name for name in FUNCTIONS}
    assert held["functions"] == {full: f"{role}-{name}-eu-west-1" for full, name in names.items()}
    assert held["roles"] == sorted(f"chatapp-prod-{name}-eu-west-1" for name in [*FUNCTIONS, "scheduler"])
    assert outputs["api_url"] == f"https://{held['apis'][0]}.execute-api.eu-west-1.amazonaws.com/api"
    assert held["plans"] == {"chatapp-prod": held["apis"]}
    sockets = account.stand_in("apigatewayv2", "eu-west-1")
    assert sockets.served(held["sockets"][0]) == ["$connect", "$default", "$disconnect"]
    assert account.objects("site") == ["app.html", "assets/a.js", "config.json"]
    deployment = account.deployment()
    assert deployment.run() == outputs
    assert account.holdings() == held
    for name in ("b.js", "c.js"):
        (asset,) = (site.DIST / "assets").iterdir()
        asset.rename(asset.with_name(name))
        deployment.publish_site()
    assert account.objects("site") == ["app.html", "assets/b.js", "assets/c.js", "config.json"]


def test_what_is_kept_is_taken_up_again(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.deploy()
    before = account.holdings()
    _invite(account, "owner@example.com", "owners")
    row = {"subject": {"S": "user:ada"}, "period": {"S": "2026-11"}}
    account.client("dynamodb").put_item(TableName="chatapp-prod-usage", Item=row)
    account.client("apigateway").create_api_key(name="chatapp-prod/importer", enabled=True)
    capsys.readouterr()
    assert account.destroy("prod") == 0
    said = capsys.readouterr().out
    assert "table chatapp-prod-usage" in said
    assert f"user pool {before['pools']['chatapp-prod']}" in said
    assert "group members" not in said, "it goes with its pool"
    left = account.holdings()
    kept = {name: before[name] for name in ("tables", "pools", "buckets")}
    gone: dict[str, Any] = {name: [] for name in ("queues", "parameters", "roles", "apis", "sockets", "keys")}
    assert left == {**before, **gone, "functions": {}, "plans": {}} | kept
    account.deploy()
    again = account.holdings()
    assert {name: again[name] for name in kept} == kept
    assert again["roles"] == before["roles"]
    assert account.client("dynamodb").scan(TableName="chatapp-prod-usage")["Items"] == [row]
    assert _in_group(account, "owners") == ["owner@example.com"]
    assert _in_group(account, "members") == [], "who is in no other group was not let in"


def test_people_of_before_there_were_groups_are_members_once_these_are_made(account: Account) -> None:
    account.deploy()
    _invite(account, "ada@example.com", None)
    stacks = account.stand_in("cloudformation", "eu-west-1").stacks.values()
    foundation = next(stack for stack in stacks if stack.name == "chatapp-prod-foundation")
    foundation.body = re.sub(r"\n  (Owners|Members)Group:\n(    .*\n)+", "\n", foundation.body)
    for logical_id, group in (("OwnersGroup", "owners"), ("MembersGroup", "members")):
        del foundation.resources[logical_id]
        account.client("cognito-idp").delete_group(UserPoolId=_pool(account), GroupName=group)
    account.deploy()
    assert (_in_group(account, "members"), _in_group(account, "owners")) == (["ada@example.com"], [])
    _invite(account, "commenter@example.com", None)
    account.deploy()
    assert _in_group(account, "members") == ["ada@example.com"]
    assert sorted(account.holdings()["parameters"]) == _PARAMETERS


def _pool(account: Account) -> str:
    return str(account.holdings()["pools"]["chatapp-prod"])


def _invite(account: Account, email: str, group: str | None) -> None:
    cognito, pool = account.client("cognito-idp"), _pool(account)
    cognito.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}])
    if group:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)


def _in_group(account: Account, group: str) -> list[str]:
    users = account.client("cognito-idp").list_users_in_group(UserPoolId=_pool(account), GroupName=group)["Users"]
    return [each["Value"] for user in users for each in user["Attributes"] if each["Name"] == "email"]


# --- Python -----------------------------------------------------------------------------------------------------------


def test_a_stage_keeps_its_python_whoever_deploys_it_until_it_is_moved(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = [version for version in runtime.ON_AWS if version != runtime.running().version][:2]
    account.has(first)
    account.deploy(python=first)
    account.has(*runtime.ON_AWS)
    account.deploy()
    assert account.runtimes() == {f"python{first}"}
    account.has(second)
    with pytest.raises(DeploymentError, match=f"run on Python {re.escape(first)}, which is not on this machine"):
        account.deploy()
    account.deploy(python=second)
    assert account.runtimes() == {f"python{second}"}
    assert f"moved from {first}" in capsys.readouterr().out


def test_a_stage_of_a_python_that_is_too_old_is_moved_wherever_an_earlier_move_broke_off(account: Account) -> None:
    account.deploy()
    before = account.runtimes()
    for name in ["chatapp-prod", "chatapp-prod-answer", "chatapp-prod-purge"]:
        account.client("lambda").update_function_configuration(FunctionName=name, Runtime="python3.11")
    account.deploy()
    assert account.runtimes() == before <= {f"python{version}" for version in runtime.ON_AWS}


# --- Regions ----------------------------------------------------------------------------------------------------------


def test_a_stage_is_not_destroyed_from_a_region_where_it_is_not(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.deploy("eu-west-1")
    before, roles = account.holdings(), account.roles()
    assert account.destroy("prod", "--region", "us-east-1") == 1
    assert "no stage prod in account 123456789012, region us-east-1" in capsys.readouterr().err
    assert (account.holdings(), account.roles()) == (before, roles)


def test_a_stage_of_one_name_stands_in_two_regions_and_one_goes_alone(account: Account) -> None:
    account.deploy("eu-west-1")
    before = account.holdings("eu-west-1")
    account.deploy("us-east-1")
    other = account.holdings("us-east-1")
    assert len(set(before["roles"]) | set(other["roles"])) == 2 * (len(FUNCTIONS) + 1)
    assert all(role.endswith("-us-east-1") for role in other["functions"].values())
    outputs = account.deploy("eu-west-1")
    assert account.holdings("eu-west-1") == before
    assert account.destroy("prod", "--region", "us-east-1") == 0
    assert results.read("prod") == outputs, "where it was deployed from here last is still known"
    assert account.holdings("us-east-1")["roles"] == []
    assert account.holdings("us-east-1")["functions"] == {}
    assert account.holdings("eu-west-1") == before
    account.deploy("eu-west-1")
    assert account.holdings("eu-west-1") == before


def test_roles_of_before_they_were_called_by_the_region_are_replaced(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Stage, "role_name", lambda stage, of: f"{stage.prefix}-{of}")
        account.deploy()
    ours = {f"chatapp-prod-{name}-eu-west-1" for name in [*FUNCTIONS, "scheduler"]}
    account.deploy()
    assert {role.rpartition("/")[2] for role in account.functions().values()} <= ours
    assert account.roles() > ours, "an answer may still run as the former one"
    ended = time.time() + 901
    monkeypatch.setattr("deploy.functions.chalice_app.time.time", lambda: ended)
    account.deploy()
    assert account.roles() == ours


def test_a_stage_whose_roles_were_being_replaced_is_destroyed_whole(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Stage, "role_name", lambda stage, of: f"{stage.prefix}-{of}")
        account.deploy()
    for name in FUNCTIONS:
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        account.client("iam").create_role(RoleName=f"chatapp-prod-{name}-eu-west-1", AssumeRolePolicyDocument=trust)
    assert account.destroy("prod") == 0
    assert account.roles() == set()


def test_a_stage_whose_backups_are_copied_to_a_second_region_and_are_again_after_it_was_destroyed(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    source, copy = (f"chatapp-prod-backups-123456789012-{region}" for region in ("eu-west-1", "us-east-1"))
    account.settings = Settings(app={}, backup_replica_region="us-east-1")
    for _ in range(2):
        account.deploy()
        found = account.client("s3").get_bucket_replication(Bucket=source)["ReplicationConfiguration"]
        assert [rule["Destination"]["Bucket"] for rule in found["Rules"]] == [f"arn:aws:s3:::{copy}"]
        assert found["Role"].rpartition("/")[2] in account.roles()
        assert account.holdings("us-east-1")["buckets"] == [copy]
        assert account.destroy("prod") == 0
        assert f"bucket {copy} in us-east-1" in capsys.readouterr().out
        assert account.roles() == set()
        with pytest.raises(ClientError, match="ReplicationConfigurationNotFound"):
            account.client("s3").get_bucket_replication(Bucket=source)
    assert account.holdings("us-east-1")["buckets"] == [copy]


def test_no_stage_stands_where_the_copy_of_its_name_is(account: Account) -> None:
    account.settings = Settings(app={}, backup_replica_region="us-east-1")
    account.deploy()
    account.settings = Settings(app={})
    with pytest.raises(DeploymentError, match="us-east-1 has the copy of the backups of prod"):
        account.deploy("us-east-1")
    account.settings = Settings(app={}, backup_replica_region="eu-west-1")
    with pytest.raises(DeploymentError, match="eu-west-1 has a stage prod of its own"):
        account.deploy("us-west-2")
    assert account.holdings("us-west-2")["buckets"] == []


# --- A new account ----------------------------------------------------------------------------------------------------


def test_a_first_creation_that_fails_leaves_nothing_and_the_next_goes_through(account: Account) -> None:
    nothing = account.holdings()
    stacks = account.stand_in("cloudformation", "eu-west-1")
    stacks.refuses["AWS::CloudFront::Distribution"] = NEW_ACCOUNT
    for _ in range(2):  # whoever does not read it tries once more
        with pytest.raises(DeploymentError, match="Your account must be verified") as raised:
            account.deploy()
        assert "Support Center" in str(raised.value)
        # The key of the model may be stored by then: the next run uses it.
        assert {**account.holdings(), "parameters": []} == nothing
    stacks.refuses.clear()
    account.deploy()
    dynamodb, cognito = account.client("dynamodb"), account.client("cognito-idp")
    held = account.holdings()
    for name in held["tables"]:
        assert dynamodb.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"], name
    pool = cognito.describe_user_pool(UserPoolId=held["pools"]["chatapp-prod"])["UserPool"]
    assert pool["DeletionProtection"] == "ACTIVE"


# --- moto's own CloudFormation ----------------------------------------------------------------------------------------

# What it does not have. Whatever refers to them is left out, too.
MISSING = {
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::ScheduleGroup",
}


def test_motos_own_cloudformation_takes_what_it_knows_of_the_foundation(account: Account) -> None:
    account.lends = False
    stage = account.stage()
    parameters = {"Stage": "prod", "ConnectSources": "https://a", "LogRetentionDays": "30", "Protected": "false"}
    body, name = _known_to_moto(steps.templates(stage)["foundation.yaml"]), "chatapp-prod-foundation"
    assert not cloudformation.exists(stage, name)
    assert cloudformation.deploy(stage, name, body, parameters, print).changed
    assert not cloudformation.deploy(stage, name, body, parameters, print).changed
    assert len(account.client("s3").list_buckets()["Buckets"]) == 4
    assert len(account.client("dynamodb").list_tables()["TableNames"]) == 11
    indexes = account.table("conversations")["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in indexes} == {"timestamp-index", "due-index"}
    assert account.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    assert cloudformation.delete(stage, name, print)
    assert not cloudformation.exists(stage, name)


def _known_to_moto(body: str) -> str:
    """The template without what moto has not, and without what names it."""
    parts = {match[1]: match[0] for match in adoption.RESOURCE.finditer(body)}
    gone = {name for name, text in parts.items() if any(f"    Type: {kind}\n" in text for kind in MISSING)}
    named = re.compile(rf"(?:!Ref |!GetAtt |\$\{{)(?:{'|'.join(gone)})\b")
    kept = [line for line in body[body.index("\nOutputs:\n") :].splitlines(keepends=True) if not named.search(line)]
    text = body[: body.index("\nOutputs:\n")]
    for name, part in parts.items():
        own = adoption._OF_OTHERS.sub("", part)
        text = text.replace(part, "" if name in gone or named.search(own) else own)
    return text + "".join(kept)
