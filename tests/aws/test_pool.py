"""The stage's people, as moto's Cognito tells them, and what each of its errors becomes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from chalicelib.aws.faults import Busy
from chalicelib.aws.grants import Grant
from chalicelib.aws.people import People
from moto import mock_aws

from tests.aws.conftest import TESTER
from tests.fakes import clients
from tests.fakes.aws import FakePool, client_error

GRANT = Grant("pool", "people", ("DescribeUserPool", "ListUsers", "AdminGetUser"))


@pytest.fixture
def cognito() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("cognito-idp", region_name="eu-west-1")


def _invited(cognito: Any, pool_id: str, number: int) -> str:
    email = f"person-{number}@example.com"
    user = cognito.admin_create_user(
        UserPoolId=pool_id, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )
    return next(str(each["Value"]) for each in user["User"]["Attributes"] if each["Name"] == "sub")


def test_everybody_is_listed_over_all_pages_and_found_by_their_sub(cognito: Any) -> None:
    pool_id = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
    subs = {_invited(cognito, pool_id, number) for number in range(65)}
    people = People(TESTER, GRANT, lambda: cognito, pool_id)
    assert abs(people.since() - time.time()) < 3_600
    assert people.ids() == subs
    gone = subs.pop()
    assert people.has(gone)
    cognito.admin_delete_user(UserPoolId=pool_id, Username=gone)
    assert not people.has(gone)
    assert people.ids() == subs


@pytest.mark.parametrize("missing", [True, False])
def test_a_pool_that_is_not_there_is_no_pool_without_people(cognito: Any, missing: bool) -> None:
    """A throttled one neither."""
    fault = "ResourceNotFoundException" if missing else "TooManyRequestsException"
    fake = clients.client("cognito-idp", FakePool(failures=[client_error(fault, "ListUsers")]))
    people = People(TESTER, GRANT, lambda: fake, "eu-west-1_none")
    with pytest.raises(ClientError if missing else Busy):
        people.ids()
