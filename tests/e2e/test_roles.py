"""The deployed permissions, as IAM itself tells them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.deployment import FUNCTIONS, Deployment

# https://docs.aws.amazon.com/service-authorization/ : actions that take no resource. None of ours does.
WITHOUT_RESOURCE = {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"}
# What is named otherwise than by its stage; the backups of any stage may be brought back into this one.
_NAMED_OTHERWISE = re.compile(r":execute-api:|:bedrock:|:userpool/|:distribution/[A-Z0-9]+$|:s3:::chatapp-\*-backups-")


def role_of(deployment: Deployment, function: str) -> str:
    """The name of the role that a function runs as."""
    found = deployment.client("lambda").get_function_configuration(FunctionName=deployment.function(function))
    return str(found["Role"].rpartition("/")[2])


def inline_policies(deployment: Deployment, role: str) -> dict[str, dict[str, Any]]:
    iam = deployment.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _statements(deployment: Deployment, role: str) -> list[dict[str, Any]]:
    documents = inline_policies(deployment, role).values()
    return [statement for document in documents for statement in document["Statement"]]


def test_every_function_has_a_role_of_its_own(deployment: Deployment) -> None:
    roles = {function: role_of(deployment, function) for function in FUNCTIONS}
    assert len(set(roles.values())) == len(FUNCTIONS), roles


def test_no_function_was_forgotten(deployment: Deployment) -> None:
    pages = deployment.client("lambda").get_paginator("list_functions").paginate()
    deployed = {item["FunctionName"] for page in pages for item in page["Functions"]}
    ours = {name for name in deployed if name == deployment.prefix or name.startswith(f"{deployment.prefix}-")}
    assert ours == {deployment.function(name) for name in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_permission_names_its_resource(deployment: Deployment, function: str) -> None:
    role = role_of(deployment, function)
    statements = _statements(deployment, role)
    assert statements
    for statement in statements:
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        actions = _listed(statement["Action"])
        assert not any("*" in action for action in actions), statement
        for resource in _listed(statement["Resource"]):
            if resource == "*":
                assert set(actions) <= WITHOUT_RESOURCE, statement
                continue
            assert deployment.stage in resource or _NAMED_OTHERWISE.search(resource), statement
            assert ":userpool/" not in resource or resource.endswith(f":userpool/{deployment.user_pool_id}"), statement


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_allowed_by_the_way(deployment: Deployment, function: str) -> None:
    attached = deployment.client("iam").list_attached_role_policies(RoleName=role_of(deployment, function))
    assert attached["AttachedPolicies"] == []


def test_the_scheduler_may_only_start_what_goes_on_later(deployment: Deployment) -> None:
    statements = _statements(deployment, f"{deployment.prefix}-scheduler-{deployment.region}")
    assert [_listed(statement["Action"]) for statement in statements] == [["lambda:InvokeFunction"]]
    started = {resource.rpartition(":")[2] for resource in _listed(statements[0]["Resource"])}
    assert started == {deployment.function(name) for name in ("purge", "backup", "restore")}


def test_only_lambda_may_take_a_functions_role(deployment: Deployment) -> None:
    for function in FUNCTIONS:
        role = deployment.client("iam").get_role(RoleName=role_of(deployment, function))["Role"]
        principals = [statement["Principal"] for statement in role["AssumeRolePolicyDocument"]["Statement"]]
        assert principals == [{"Service": "lambda.amazonaws.com"}]
