"""A permission that is missing is named, with the statement that gives it."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from deploy import commands
from deploy.account import rights
from deploy.environment import DeploymentError

ROLE = "arn:aws:sts::123456789012:assumed-role/chatapp-pipeline/run"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/chatapp-prod-messages"
BECAUSE = "because no identity-based policy allows the {} action"


def refused(code: str, message: str, operation: str = "DescribeTable") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def words(action: str, resource: str | None, because: str = BECAUSE) -> str:
    on = f" on resource: {resource}" if resource else ""
    return f"User: {ROLE} is not authorized to perform: {action}{on} {because.format(action)}"


@pytest.mark.parametrize(
    ("error", "action", "resource"),
    [
        (refused("AccessDeniedException", words("dynamodb:DescribeTable", TABLE)), "dynamodb:DescribeTable", TABLE),
        (refused("AccessDenied", words("iam:CreateRole", None)), "iam:CreateRole", "*"),
        (
            refused("AccessDenied", words("s3:PutObject", '"arn:aws:s3:::b/k.json"').replace('"', "")),
            "s3:PutObject",
            "arn:aws:s3:::b/k.json",
        ),
        (
            DeploymentError(f"the stack failed: MessagesTable: {words('dynamodb:CreateTable', TABLE)} (Service: Db)"),
            "dynamodb:CreateTable",
            TABLE,
        ),
        (refused("403", "Forbidden", "HeadObject"), "s3:GetObject", "*"),
        (refused("AccessDenied", "Access Denied", "ListObjectsV2"), "s3:ListBucket", "*"),
    ],
)
def test_what_is_missing_is_named_with_its_statement(error: Exception, action: str, resource: str) -> None:
    said = rights.advice(error)
    assert said
    statement = json.loads(said.splitlines()[-1])
    assert statement == {"Effect": "Allow", "Action": action, "Resource": resource}
    assert "then repeat" in said


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("because no permissions boundary allows the {} action", "boundary must allow"),
        ("with an explicit deny in a service control policy", "service control policies refuse it"),
        ("with an explicit deny in an identity-based policy", "take that one away"),
    ],
)
def test_where_another_policy_refuses_it_that_one_is_named(because: str, said: str) -> None:
    found = rights.advice(refused("AccessDenied", words("iam:CreateRole", None, because)))
    assert found
    assert said in found


def test_of_an_operation_that_aws_does_not_explain_its_words_stay() -> None:
    said = rights.advice(refused("AccessDenied", "no", "ListStacks"))
    assert said
    assert "ListStacks" in said


def test_other_errors_are_none_of_its_business() -> None:
    assert rights.advice(refused("ValidationError", "no")) is None
    assert rights.advice(DeploymentError("npm is not installed")) is None


def test_what_a_stack_says_of_it_stays() -> None:
    error = DeploymentError(f"the stack failed: MessagesTable: {words('dynamodb:CreateTable', TABLE)}")
    said = commands._with_rights(error)
    assert said.startswith("the stack failed: MessagesTable")
    assert json.loads(said.splitlines()[-1])["Resource"] == TABLE
