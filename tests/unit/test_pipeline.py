"""The pipeline's role: whom it trusts, what it may never do, and that IAM knows what it says."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.account import cloudformation
from deploy.environment import Stage
from tests import iam_tables, resolved

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
    assert [found for found in iam_tables._lint(document) if found[0] in wrong] == []


def test_rows_and_files_are_out_of_its_reach(resources: dict[str, Any]) -> None:
    denied = {
        action
        for statement in resources["Boundary"]["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        for action in statement["Action"]
    }
    assert {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "s3:GetObject"} <= denied
    allowed = resources["Stacks"]["Properties"]["PolicyDocument"]["Statement"]
    (scan,) = (each for each in allowed if each["Action"] == "dynamodb:Scan")
    assert str(scan["Resource"]).endswith("table/chatapp-prod-twins")
