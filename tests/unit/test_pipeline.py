"""The pipeline's role: whom it trusts, what it may never do, and that IAM knows what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from deploy import pipeline
from deploy.account import cloudformation
from deploy.check import permissions
from deploy.environment import Stage
from tests import calls, iam_tables, resolved
from tests.fakes import clients
from tests.fakes.aws import client_error

PARAMETERS = {"Stage": "prod", "Repository": "ada/chat", "Environment": "prod"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    body = cloudformation.template(Stage("prod", "eu-west-1"), "pipeline.yaml")
    return dict(resolved.Template(body, PARAMETERS).resources)


def test_one_repository_and_environment_has_the_role(resources: dict[str, Any]) -> None:
    (trust,) = resources["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:ada/chat:environment:prod",
        }
    }


@pytest.mark.parametrize("name", ["Boundary", "Stacks", "Functions", "Edge"])
def test_a_policy_is_as_long_as_iam_takes(resources: dict[str, Any], name: str) -> None:
    """6,144 characters, white space aside: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    assert len("".join(str(resources[name]["Properties"]["PolicyDocument"]).split())) < 6144


@pytest.mark.parametrize("name", ["Stacks", "Functions", "Edge"])
def test_iam_knows_its_actions_and_their_resources(resources: dict[str, Any], name: str) -> None:
    wrong = {"RESOURCE_MISMATCH", "UNKNOWN_ACTION", "INVALID_ARN", "MALFORMED", "INVALID_ACTION", "EXCEPTION"}
    document = resources[name]["Properties"]["PolicyDocument"]
    found = [each for each in iam_tables._lint(document) if each[0] in wrong and each != _NEWER_THAN_THE_TABLES]
    assert found == []


def test_rows_and_files_are_out_of_its_reach(resources: dict[str, Any]) -> None:
    denied = {
        action
        for statement in resources["Boundary"]["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        for action in statement["Action"]
    }
    assert {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "s3:GetObject"} <= denied
    of_rows = {each for each in allowed_by(resources) if each.startswith("dynamodb:") and "Item" in each}
    assert of_rows == {"dynamodb:UpdateItem"}, "of a migration, as which a row that was read may be changed"


# What a deployment is not: commands of their own, and what a person does.
_NOT_OF_DEPLOYMENTS = (
    *("deploy/backups.py", "deploy/deleted.py", "deploy/destruction.py", "deploy/keys.py", "deploy/pipeline.py"),
    *("deploy/recovery.py", "deploy/redrive.py", "deploy/restoring.py", "deploy/check/", "deploy/account/adoption.py"),
    *("deploy/people/access.py", "deploy/account/replica.py", "deploy/account/bedrock.py"),
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
_NEWER_THAN_THE_TABLES = ("UNKNOWN_ACTION", "Unknown action cloudformation:DescribeEvents")
_NEEDS_NO_RIGHT = {
    ("deploy/account/cloudformation.py", "switch_expiry"),  # of the local AWS alone
    ("deploy/account/model_access.py", "delete_keys"),  # of a destruction
    ("deploy/people/api.py", "opened"),  # a socket, which is no service's of AWS
    ("deploy/people/srp.py", "sign_in"),  # Cognito asks nobody's rights: whoever signs in has none yet
}
# Where IAM's action is called otherwise than the operation: of S3 and API Gateway, and of what Chalice deletes by name.
_OTHERWISE = {"s3", "apigateway", "apigatewayv2"}
_SERVICES = (
    *("acm", "budgets", "cloudformation", "cloudfront", "cloudwatch", "cognito-idp", "dynamodb", "events", "iam"),
    *("lambda", "logs", "route53", "scheduler", "sns", "sqs", "ssm", "wafv2", *_OTHERWISE),
)


def test_whatever_a_deployment_calls_is_allowed(resources: dict[str, Any]) -> None:
    """By the sources: each operation that they name is some service's that the role may ask for it."""
    allowed = allowed_by(resources)
    missing = set()
    for call in calls.inventory():
        if not call.file.startswith("deploy/") or call.file.startswith(_NOT_OF_DEPLOYMENTS):
            continue
        if (call.file, call.function) in _NEEDS_NO_RIGHT:
            continue
        actions = actions_of(call.operation)
        if actions and not any(fnmatch(action, pattern) for action in actions for pattern in allowed):
            missing.add(f"{call.file} {call.function}: {' or '.join(sorted(actions))}")
    assert sorted(missing) == []


# Where the settings ask for them alone: a firewall, names, access logs, a budget of the account, an alias.
_OF_SETTINGS = (
    *("acm:*", "budgets:*", "route53:*", "wafv2:*", "apigateway:SetWebACL"),
    *("iam:AttachRolePolicy", "logs:*Delivery", "logs:*ResourcePolic*"),
    *("lambda:CreateAlias", "lambda:UpdateAlias", "lambda:DeleteAlias", "lambda:*ProvisionedConcurrency*"),
    *("lambda:PublishVersion", "lambda:ListVersionsByFunction"),
)
# What CloudFormation may ask of whoever sends it change sets, and a step does after a failure at the most.
_OF_CHANGE_SETS = (
    *("cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:ContinueUpdateRollback"),
    *("cloudformation:DescribeStackResources", "cloudformation:GetTemplateSummary"),
    "cloudformation:DescribeEvents",
)
# Of a first deployment, which is a person's, and of what `check` itself looks at.
_NOT_OF_THE_PIPELINE = {"cognito-idp:CreateUserPool", "dynamodb:GetItem", "dynamodb:PutItem", "sqs:GetQueueUrl"}


def test_check_asks_for_what_the_pipelines_role_may_and_for_no_less(resources: dict[str, Any]) -> None:
    allowed, asked = allowed_by(resources), {name for each in permissions.NEEDED for name in each.names()}
    refused = {name for name in asked if not any(fnmatch(name, pattern) for pattern in allowed)}
    assert refused == _NOT_OF_THE_PIPELINE
    left_out = [*_OF_SETTINGS, *_OF_CHANGE_SETS]
    assert (
        sorted(
            name
            for name in allowed - asked
            if not any(fnmatch(name, pattern) for pattern in left_out)
            and not any(fnmatch(each, name) for each in asked)
        )
        == []
    )


def allowed_by(resources: dict[str, Any]) -> set[str]:
    statements = [
        each
        for name in ("Stacks", "Functions", "Edge")
        for each in resources[name]["Properties"]["PolicyDocument"]["Statement"]
    ]
    listed = ([each["Action"]] if isinstance(each["Action"], str) else each["Action"] for each in statements)
    return {action for actions in listed for action in actions}


@cache
def _operations() -> dict[str, dict[str, list[str]]]:
    """Of each service, its operations by a client's methods."""
    session, found = Session(), dict[str, dict[str, list[str]]]()
    for service in _SERVICES:
        found[service] = {}
        for name in session.get_service_model(service).operation_names:
            found[service].setdefault(xform_name(name), []).append(name)
    return found


@cache
def actions_of(operation: str) -> frozenset[str]:
    """Of a client's method, by the services that have it; nothing of one whose actions are called otherwise."""
    found = set()
    for service, named_by in _operations().items():
        named = named_by.get(operation, [])
        if named and service in _OTHERWISE:
            return frozenset()
        found |= {"lambda:InvokeFunction" if name == "Invoke" else f"{service}:{name}" for name in named}
    return frozenset(found)


@dataclass
class Account:
    """IAM's providers, and the stack where it stands, made with `given` as the provider."""

    providers: list[str]
    given: str | None = None

    def list_open_id_connect_providers(self) -> dict[str, Any]:
        return {"OpenIDConnectProviderList": [{"Arn": each} for each in self.providers]}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if self.given is None:
            raise client_error("ValidationError", "DescribeStacks", said=f"Stack with id {StackName} does not exist")
        parameters = [{"ParameterKey": "ProviderArn", "ParameterValue": self.given}]
        stack = {"StackName": StackName, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Parameters": parameters}
        return {"Stacks": [stack]}


@dataclass(frozen=True)
class StageOf(Stage):
    account: Account = field(default_factory=lambda: Account([]))

    def client(self, service: str) -> Any:
        return clients.client(service, self.account)


GITHUBS = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("account", "taken"),
    [
        (Account([]), ""),
        (Account(["arn:aws:iam::123456789012:oidc-provider/example.com", GITHUBS]), GITHUBS),
        (Account([GITHUBS], given=""), ""),  # which this stack made: left out now, it would be removed
        (Account([GITHUBS], given=GITHUBS), GITHUBS),
    ],
)
def test_githubs_provider_is_taken_where_the_account_has_it_of_somebody_else(account: Account, taken: str) -> None:
    assert pipeline.provider(StageOf("prod", "eu-west-1", account=account), "chatapp-prod-pipeline") == taken
