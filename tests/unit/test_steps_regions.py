"""Where a stage is: its region, that AWS itself is asked there, and that names and deletions keep to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.session import get_session
from chalicelib.functions import FUNCTIONS
from moto import mock_aws

from deploy import arguments, commands, destruction, results
from deploy.account import cloudformation, regions, roles
from deploy.environment import DeploymentError, Stage
from deploy.functions import chalice_app, chalice_client
from deploy.progress import Progress

LONGEST_STAGE = "s" * 16
MOST_CHARACTERS_OF_A_ROLE = 64
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A shell without anything of AWS in it, in which nothing was deployed, and an empty account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(results, "BUILD", tmp_path / "build")
    with mock_aws():
        yield


def configure(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)


# --- Region -----------------------------------------------------------------------------------------------------------


def test_one_rule_for_the_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert regions.choose(None, None) == regions.Region("eu-west-1", "the default")
    configure(tmp_path, "[default]\nregion = us-west-1\n[profile work]\nregion = us-west-2\n")
    assert regions.choose(None, None) == regions.Region("us-west-1", "profile default")
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert regions.choose(None, None) == regions.Region("us-west-2", "profile work")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert regions.choose(None, None) == regions.Region("eu-west-2", "AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert regions.choose(None, None) == regions.Region("eu-west-3", "AWS_REGION")
    assert regions.choose(None, "eu-central-1").name == "eu-central-1"
    assert regions.choose("eu-north-1", "eu-central-1") == regions.Region("eu-north-1", "--region")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("europe", "no region europe"),
        ("eu-west-11", "no region eu-west-11"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ],
)
def test_a_region_that_is_not_served_is_named(name: str, said: str) -> None:
    with pytest.raises(DeploymentError, match=said):
        regions.choose(name, None)


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_stray_endpoint_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:4566")
    for words in (["prod"], ["destroy", "prod", "--yes"], ["outputs", "prod"]):
        assert commands.main(words) == 1
        assert f"error: {variable} sends calls to an endpoint of its own" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "[default]\nendpoint_url = http://127.0.0.1:4566\n",
        "[default]\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = http://127.0.0.1:4566\n",
    ],
)
def test_an_endpoint_of_the_profile_is_refused_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    configure(tmp_path, "[default]\nregion = eu-west-1\n")
    regions.refuse_other_endpoints("prod")
    configure(tmp_path, text)
    with pytest.raises(DeploymentError, match="endpoint_url of"):
        regions.refuse_other_endpoints("prod")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    regions.refuse_other_endpoints("prod")


def test_outputs_of_one_region_are_not_given_for_another(capsys: pytest.CaptureFixture[str]) -> None:
    results.write(Stage("prod", "eu-west-1"), {"region": "eu-west-1"})
    assert commands.main(["outputs", "prod"]) == 0
    assert commands.main(["outputs", "prod", "--region", "us-east-1"]) == 1
    assert "prod is not deployed in region us-east-1 (--region)" in capsys.readouterr().err


# --- Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", boto3.Session().get_available_regions("lambda"))
def test_every_role_has_a_name_of_its_own_in_every_region(region: str) -> None:
    names = {Stage(LONGEST_STAGE, region).role_name(of) for of in [*FUNCTIONS, "scheduler"]}
    assert len(names) == len(FUNCTIONS) + 1
    assert all(name.endswith(f"-{region}") and len(name) <= MOST_CHARACTERS_OF_A_ROLE for name in names)


def test_the_scheduler_role_is_called_the_same_everywhere() -> None:
    name = Stage("${Stage}", "${AWS::Region}").role_name("scheduler")
    assert f"RoleName: !Sub {name}\n" in cloudformation.template(Stage("prod", "eu-west-1"), "foundation.yaml")


# --- Roles of before they were called by the region -------------------------------------------------------------------


def a_role(name: str, region: str) -> None:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": f"arn:aws:lambda:{region}:1:f"}
    iam = boto3.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(document))


def role_names() -> set[str]:
    return {role["RoleName"] for role in boto3.client("iam").list_roles()["Roles"]}


def chalices_client(region: str) -> chalice_client.Client:
    session = get_session()
    session.set_config_variable("region", region)
    return chalice_client.Client(session, {})


def test_a_role_of_another_name_is_set_aside_for_chalice_to_delete_however_often() -> None:
    stage = Stage("prod", "eu-west-1")
    record: dict[str, Any] = {
        "resources": [
            {"name": "answer_role", "resource_type": "iam_role", "role_name": "chatapp-prod-answer", "role_arn": "old"},
            {"name": "purge_role", "resource_type": "iam_role", "role_name": "chatapp-prod-purge-eu-west-1"},
            {"name": "answer", "resource_type": "lambda_function"},
        ]
    }
    for now in (1_000.0, 1_800.0):
        (in_use,) = chalice_app.set_aside_other_roles(stage, record, now)
        assert [resource["name"] for resource in record["resources"]] == ["purge_role", "answer"]
        record["resources"].insert(0, in_use)
    # Whatever ran as it has ended by now.
    assert chalice_app.set_aside_other_roles(stage, record, 1_901.0) == []
    assert [resource["name"] for resource in record["resources"]] == ["replaced_answer_role", "purge_role", "answer"]


def test_a_model_that_is_asked_in_another_region_is_not_the_stage_s_region() -> None:
    a_role("chatapp-prod-answer", "eu-west-1")
    models = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:eu-central-1::model/m"}
    iam, name = boto3.client("iam"), "chatapp-prod-answer"
    document = {"Version": "2012-10-17", "Statement": [models]}
    iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=json.dumps(document))
    assert roles.serves(iam, name, "eu-west-1")
    assert not roles.serves(iam, name, "eu-central-1")


def test_a_role_that_serves_the_stage_elsewhere_is_left_to_it() -> None:
    a_role("chatapp-prod-answer", "us-east-1")
    client = chalices_client("eu-west-1")
    client.delete_role("chatapp-prod-answer")
    client.delete_role("chatapp-prod-never-made")
    assert (role_names(), client.changes) == ({"chatapp-prod-answer"}, [])
    chalices_client("us-east-1").delete_role("chatapp-prod-answer")
    assert role_names() == set()


def test_the_former_scheduler_role_goes_once_no_schedule_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("prod", "eu-west-1")
    assert not roles.remove_former_scheduler_role(stage, print)
    a_role("chatapp-prod-scheduler", "eu-west-1")
    a_role("chatapp-prod-scheduler-eu-west-1", "eu-west-1")
    scheduler = boto3.client("scheduler", "eu-west-1")
    scheduler.create_schedule_group(Name="chatapp-prod")
    iam = boto3.client("iam")
    for name, role in (("under-way", "chatapp-prod-scheduler"), ("newer", "chatapp-prod-scheduler-eu-west-1")):
        scheduler.create_schedule(
            Name=name,
            GroupName="chatapp-prod",
            ScheduleExpression="at(2030-01-01T00:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:eu-west-1:1:f", "RoleArn": iam.get_role(RoleName=role)["Role"]["Arn"]},
        )
    waited: list[float] = []

    def end_of_the_schedule(seconds: float) -> None:
        assert "chatapp-prod-scheduler" in role_names()
        waited.append(seconds)
        scheduler.delete_schedule(Name="under-way", GroupName="chatapp-prod")

    monkeypatch.setattr("deploy.account.roles.time.sleep", end_of_the_schedule)
    assert roles.remove_former_scheduler_role(stage, print)
    assert len(waited) == 1
    assert role_names() == {"chatapp-prod-scheduler-eu-west-1"}


# --- Taking down ------------------------------------------------------------------------------------------------------


def destroyed(monkeypatch: pytest.MonkeyPatch) -> list[Stage]:
    stages: list[Stage] = []

    def destroy(stage: Stage, progress: Progress) -> str:
        stages.append(stage)
        return "kept"

    monkeypatch.setattr(destruction, "destroy", destroy)
    return stages


def test_where_no_stage_is_nothing_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    stages = destroyed(monkeypatch)
    bucket = Stage("prod", "eu-west-1").artifacts_bucket
    there = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", "eu-west-1").create_bucket(Bucket=bucket, CreateBucketConfiguration=there)
    elsewhere = arguments.parse(["destroy", "prod", "--yes", "--region", "us-east-1"])
    with pytest.raises(DeploymentError, match="no stage prod in account 123456789012, region us-east-1"):
        commands.destroy(elsewhere, Progress())
    assert stages == []
    commands.destroy(arguments.parse(["destroy", "prod", "--yes", "--region", "eu-west-1"]), Progress())
    assert [stage.region for stage in stages] == ["eu-west-1"]


def test_destroying_asks_for_the_stages_name_after_saying_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stages = destroyed(monkeypatch)
    monkeypatch.setattr(destruction, "is_there", lambda stage: True)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    questions: list[str] = []

    def read(question: str) -> str:
        questions.append(question)
        return "yes"

    def nobody(question: str) -> str:
        raise EOFError

    with pytest.raises(DeploymentError, match="nothing was destroyed"):
        commands.destroy(arguments.parse(["destroy", "prod"]), Progress(), read=nobody)
    with pytest.raises(DeploymentError, match="nothing was destroyed"):
        commands.destroy(arguments.parse(["destroy", "prod"]), Progress(), read=read)
    assert stages == []
    assert questions == ["Type prod to destroy it in account 123456789012, region eu-west-3 (AWS_REGION): "]
