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
from chalicelib.aws.pool import NoPage, Pool
from moto import mock_aws

from tests.aws.conftest import TESTER
from tests.fakes import clients
from tests.fakes.aws import FakePool, client_error

GRANT = Grant("pool", "people", ("DescribeUserPool", "ListUsers", "ListUsersInGroup", "AdminGetUser"))


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
    people = Pool(TESTER, GRANT, lambda: cognito, pool_id)
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
    people = Pool(TESTER, GRANT, lambda: fake, "eu-west-1_none")
    with pytest.raises(ClientError if missing else Busy):
        people.ids()


def test_a_page_is_of_those_whose_address_begins_so(cognito: Any) -> None:
    pool_id = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
    subs = [_invited(cognito, pool_id, number) for number in range(25)]
    pool = Pool(TESTER, GRANT, lambda: cognito, pool_id)
    first, start = pool.page(limit=20, start=None, prefix="")
    rest, end = pool.page(limit=20, start=start, prefix="")
    assert [each.sub for each in (*first, *rest)] == subs
    assert (len(first), end) == (20, None)
    found, _ = pool.page(limit=20, start=None, prefix="person-1")
    assert {each.email for each in found} == {f"person-{number}@example.com" for number in (1, *range(10, 20))}
    assert {(each.status, abs(each.created_at - time.time()) < 3_600) for each in found} == {("invited", True)}
    with pytest.raises(NoPage):
        pool.page(limit=20, start="", prefix="")


def test_a_prefix_cannot_end_the_filter(cognito: Any) -> None:
    asked: list[str] = []
    fake = FakePool()
    fake.subs = {"a"}
    fake.emails = {"a": 'x\\"y'}
    client = clients.client("cognito-idp", fake)
    client.meta.events.register_first(
        "provide-client-params.cognito-identity-provider.ListUsers", lambda params, **_: asked.append(params["Filter"])
    )
    Pool(TESTER, GRANT, lambda: client, "eu-west-1_p").page(limit=1, start=None, prefix='a" or "\\')
    assert asked == ['email ^= "a\\" or \\"\\\\"']


def test_a_groups_members_are_told_over_all_pages(cognito: Any) -> None:
    pool_id = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
    cognito.create_group(UserPoolId=pool_id, GroupName="owners")
    subs = [_invited(cognito, pool_id, number) for number in range(3)]
    for sub in subs[:2]:
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=sub, GroupName="owners")
    pool = Pool(TESTER, GRANT, lambda: cognito, pool_id)
    assert {each.sub for each in pool.members("owners")} == set(subs[:2])
