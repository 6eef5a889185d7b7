"""The first making of the foundation: unprotected until it stands, and what is said when AWS refuses a part of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy import steps
from deploy.account import adoption, cloudformation
from deploy.environment import DeploymentError, Settings, Stage
from deploy.people import groups
from deploy.progress import Progress
from tests import resolved
from tests.fakes import clients
from tests.fakes.aws import client_error

# https://github.com/sst/sst/issues/3704 and https://github.com/aws-samples/aws-cdk-examples/issues/279
UNVERIFIED = (
    "Access denied for operation 'AWS::CloudFront::Distribution: Your account must be verified before you can add new "
    "CloudFront resources. To verify your account, please contact AWS Support'"
)
PROTECTED = "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection."


@dataclass
class CloudFormation:
    """One stack that fails: `status` now, `next` after whatever is asked for, and why."""

    status: str | None
    next: str
    reason: str
    asked: list[str] = field(default_factory=list)

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if self.status is None:
            raise client_error("ValidationError", "DescribeStacks", said="it does not exist")
        stack = {"StackName": "chatapp-prod-foundation", "StackId": "arn", "StackStatus": self.status}
        tags = [{"Key": "owner", "Value": "ada"}]
        return {"Stacks": [{**stack, "CreationTime": datetime.now(UTC), "Tags": tags}]}

    def delete_stack(self, StackName: str) -> None:
        self.asked.append("delete")
        self.status = self.next

    def create_change_set(self, ChangeSetType: str, **_: Any) -> dict[str, Any]:
        self.asked.append(ChangeSetType)
        return {"Id": "change"}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Status": "CREATE_COMPLETE"}

    def execute_change_set(self, **_: Any) -> None:
        self.status = self.next

    def describe_events(self, StackName: str) -> dict[str, Any]:
        return {"OperationEvents": []}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        failed = {"LogicalResourceId": "Part", "ResourceType": "AWS::A::B", "ResourceStatusReason": self.reason}
        cancelled = {"LogicalResourceId": "Other", "ResourceType": "AWS::A::C", "ResourceStatusReason": "cancelled"}
        stack = {"StackName": StackName, "StackId": "arn", "Timestamp": datetime.now(UTC)}
        events = [
            {**stack, **event, "EventId": event["LogicalResourceId"], "ResourceStatus": "CREATE_FAILED"}
            for event in (cancelled, failed)
        ]
        return {"StackEvents": events}


@dataclass(frozen=True)
class StageOf(Stage):
    cloudformation: Any = None

    def client(self, service: str) -> Any:
        return self.cloudformation


def stage_of(client: CloudFormation) -> Stage:
    return StageOf("prod", "eu-west-1", cloudformation=clients.client("cloudformation", client))


def test_an_account_that_is_not_verified_is_told_what_to_do() -> None:
    client = CloudFormation(None, "ROLLBACK_COMPLETE", UNVERIFIED)
    with pytest.raises(DeploymentError) as raised:
        cloudformation.deploy(stage_of(client), "chatapp-prod-foundation", "body", {}, print)
    said = str(raised.value)
    assert "Part: " in said
    assert "Other" not in said
    assert "open a case in the Support Center" in said
    assert "What this attempt had made is rolled back" in said


def test_the_tags_of_a_stack_are_those_that_it_gives_to_what_it_makes() -> None:
    standing = CloudFormation("CREATE_COMPLETE", "", "")
    assert cloudformation.tags(stage_of(standing), "chatapp-prod-foundation") == {"owner": "ada"}
    assert cloudformation.tags(stage_of(CloudFormation(None, "", "")), "chatapp-prod-foundation") == {}


@pytest.mark.parametrize("status", ["ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])
def test_what_cannot_be_cleared_away_ends_the_deployment_with_the_reason(status: str) -> None:
    client = CloudFormation(status, "DELETE_FAILED", PROTECTED)
    for act in (
        lambda: cloudformation.stands(stage_of(client), "chatapp-prod-foundation", print),
        lambda: cloudformation.deploy(stage_of(client), "chatapp-prod-foundation", "body", {}, print),
    ):
        with pytest.raises(DeploymentError, match=r"could not be deleted: .*deletion protection") as raised:
            act()
        assert "--no-deletion-protection-enabled" in str(raised.value)
    assert client.asked == ["delete", "delete"], "nothing is made in its place"


@pytest.mark.parametrize(
    ("under_way", "status", "stands", "asked"),
    [
        (None, "UPDATE_COMPLETE", True, []),
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", True, []),
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", True, []),
        ("CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE", False, ["delete"]),
        ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", False, ["delete"]),
        ("DELETE_IN_PROGRESS", None, False, []),
        (None, "ROLLBACK_COMPLETE", False, ["delete"]),
    ],
)
def test_whether_a_stack_stands_is_known_once_whatever_is_under_way_has_ended(
    monkeypatch: pytest.MonkeyPatch, under_way: str | None, status: str | None, stands: bool, asked: list[str]
) -> None:
    client = CloudFormation(under_way or status, "", "")

    def wait(_: float) -> None:
        client.status = status

    def delete(StackName: str) -> None:
        client.asked.append("delete")
        client.status = None

    monkeypatch.setattr("deploy.account.cloudformation.time.sleep", wait)
    monkeypatch.setattr(client, "delete_stack", delete)
    assert cloudformation.stands(stage_of(client), "chatapp-prod-foundation", print) is stands
    assert client.asked == asked


@pytest.mark.parametrize(
    ("stage", "stands", "kept", "done"),
    [
        ("prod", False, False, ["adopted, protected false", "protected false", "protected true"]),
        ("prod", False, True, ["adopted, protected false", "protected true"]),
        ("prod", True, False, ["protected true"]),
        ("local-a", False, False, ["adopted, protected false", "protected false", "protected false"]),
        ("local-a", False, True, ["adopted, protected false", "protected false"]),
        ("local-a", True, False, ["protected false"]),
    ],
)
def test_the_foundation_is_protected_once_it_stands(
    monkeypatch: pytest.MonkeyPatch, stage: str, stands: bool, kept: bool, done: list[str]
) -> None:
    seen: list[str] = []

    def deploy(of: Stage, name: str, body: str, parameters: Mapping[str, str], say: object) -> cloudformation.Stack:
        seen.append(f"protected {parameters['Protected']}")
        assert parameters["Local"] == ("true" if of.name == "local-a" else "false")
        return cloudformation.Stack({"UserPoolId": "pool"}, changed=True)

    def adopt(of: Stage, name: str, body: str, parameters: Mapping[str, str], say: object) -> bool:
        seen.append(f"adopted, protected {parameters['Protected']}")
        return kept

    monkeypatch.setattr(cloudformation, "stands", lambda *_: stands)
    monkeypatch.setattr(cloudformation, "deploy", deploy)
    monkeypatch.setattr(cloudformation, "switch_expiry", lambda _: False)
    monkeypatch.setattr(adoption, "adopt", adopt)
    monkeypatch.setattr(groups, "note_people", lambda _: None)
    monkeypatch.setattr(groups, "let_in", lambda *_: False)
    deployed = Stage(stage, "eu-west-1", "http://127.0.0.1:1" if stage == "local-a" else None)
    deployed.__dict__["account_id"] = "123456789012"
    steps.Deployment(deployed, Settings(app={}), Progress(), {}, Path()).lay_foundation()
    assert seen == done


def test_every_protection_waits_for_the_parameter() -> None:
    template = cloudformation.template(Stage("prod", "eu-west-1"), "foundation.yaml")
    protections = re.findall(r"DeletionProtection(?:Enabled)?: (.+)", template)
    assert set(protections) == {"!If [IsProtected, ACTIVE, INACTIVE]", "!If [IsProtected, true, false]"}
    assert len(protections) == len(re.findall(r"Type: AWS::(?:DynamoDB::Table|Cognito::UserPool)\n", template))


@pytest.mark.parametrize(("app", "days"), [({}, "90"), ({"transcript_days": 7}, "7"), ({"transcript_days": 0}, "1")])
def test_transcripts_are_kept_as_long_as_the_setting_says(
    monkeypatch: pytest.MonkeyPatch, app: dict[str, Any], days: str
) -> None:
    """S3 knows no 0 days: where none are to be kept, what there is goes tomorrow."""
    given: list[Mapping[str, str]] = []

    def deploy(of: Stage, name: str, body: str, parameters: Mapping[str, str], say: object) -> cloudformation.Stack:
        given.append(parameters)
        return cloudformation.Stack({"UserPoolId": "pool"}, changed=True)

    monkeypatch.setattr(cloudformation, "stands", lambda *_: True)
    monkeypatch.setattr(cloudformation, "deploy", deploy)
    monkeypatch.setattr(groups, "note_people", lambda _: None)
    monkeypatch.setattr(groups, "let_in", lambda *_: False)
    deployed = Stage("prod", "eu-west-1")
    deployed.__dict__["account_id"] = "123456789012"
    steps.Deployment(deployed, Settings(app=app), Progress(), {}, Path()).lay_foundation()
    assert given[-1]["TranscriptDays"] == days
    values = {"Stage": "prod", "ConnectSources": "https://a", "TranscriptDays": days}
    bucket = resolved.Template(steps.templates(deployed)["foundation.yaml"], values).resources["FilesBucket"]
    rules = {rule["Id"]: rule for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]}
    rule = rules["transcripts"]
    assert (rule["Prefix"], str(rule["ExpirationInDays"])) == ("transcripts/", days)
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert not [each for each in rules.values() if each.get("Prefix", "").startswith("twins")]
