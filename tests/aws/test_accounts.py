"""Accounts that are found and made, and tables that live for a drill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalicelib.aws import clients
from chalicelib.aws.accounts import Accounts, Missing
from chalicelib.aws.faults import Busy
from chalicelib.aws.grants import Grant, NotGranted
from chalicelib.aws.scratch_tables import ScratchTables
from moto import mock_aws

from tests.aws.conftest import TESTER
from tests.fakes.aws import client_error
from tests.fakes.dynamodb import throttled
from tests.stage import Stage

ALL = (
    *("AdminGetUser", "AdminCreateUser", "AdminDisableUser", "AdminEnableUser", "AdminDeleteUser"),
    *("AdminUserGlobalSignOut", "AdminListGroupsForUser", "AdminAddUserToGroup", "AdminRemoveUserFromGroup"),
    "CreateGroup",
)
ATTRIBUTES = {"sub": "old", "email": "ada@example.com", "email_verified": "true", "cognito:user_status": "CONFIRMED"}


def _accounts(*operations: str) -> Accounts:
    return Accounts(TESTER, Grant("pool", "people", operations or ALL), lambda: clients.client("cognito-idp"), "pool")


def test_an_account_is_found_by_sub_and_by_address(stage: Stage) -> None:
    stage.pool.subs.add("a-sub")
    stage.pool.emails["a-sub"] = "ada@example.com"
    accounts = _accounts()
    found = accounts.find("a-sub")
    assert found is not None
    assert (found.sub, found.email, found.status) == ("a-sub", "ada@example.com", "active")
    assert accounts.find("ada@example.com") == found
    assert accounts.find("nobody") is None


def test_an_account_is_made_once_and_nobody_is_mailed(stage: Stage) -> None:
    made = _accounts().make(ATTRIBUTES)
    assert made.email == "ada@example.com"
    assert made.sub != "old"
    assert _accounts().make(ATTRIBUTES) == made
    assert (stage.pool.mailed, stage.pool.disabled) == ([], set())


def test_who_has_signed_in_since_is_not_invited(stage: Stage) -> None:
    made = _accounts().make(ATTRIBUTES)
    assert _accounts().invite(made.email)
    stage.pool.invited.discard(made.sub)
    assert not _accounts().invite(made.email)
    assert stage.pool.mailed == ["ada@example.com"]


def test_the_end_of_a_days_mails_is_waited_for(stage: Stage) -> None:
    made = _accounts().make(ATTRIBUTES)
    stage.pool.mails_left = 0
    with pytest.raises(Busy):
        _accounts().invite(made.email)


def test_a_group_is_made_once_and_joined_once(stage: Stage) -> None:
    stage.pool.subs.add("a-sub")
    accounts = _accounts()
    stage.pool.groups = {}
    accounts.make_group("owners", "Who may all", 0)
    accounts.make_group("owners", "Others", 7)
    accounts.make_group("readers", "", None)
    assert stage.pool.about == {"owners": {"Description": "Who may all", "Precedence": 0}, "readers": {}}
    accounts.add("a-sub", "owners")
    accounts.add("a-sub", "owners")
    assert stage.pool.groups == {"owners": ["a-sub"], "readers": []}
    stage.pool.failures = [client_error("TooManyRequestsException", "AdminAddUserToGroup", 400) for _ in range(9)]
    with pytest.raises(Busy):
        accounts.add("a-sub", "owners")


@pytest.mark.parametrize(
    ("code", "raised"), [("TooManyRequestsException", Busy), ("NotAuthorizedException", Exception)]
)
def test_an_error_of_cognitos_is_not_taken_for_nobody(stage: Stage, code: str, raised: Any) -> None:
    stage.pool.failures = [client_error(code, "AdminGetUser") for _ in range(9)]
    with pytest.raises(raised):
        _accounts().find("ada@example.com")


def test_what_is_not_granted_is_refused(stage: Stage) -> None:
    with pytest.raises(NotGranted):
        _accounts("AdminCreateUser").find("a")
    with pytest.raises(NotGranted):
        _accounts("AdminGetUser").make(ATTRIBUTES)
    with pytest.raises(NotGranted):
        _accounts("AdminGetUser").invite("a")
    with pytest.raises(NotGranted):
        _accounts("AdminDisableUser").disable("a")
    with pytest.raises(NotGranted):
        _accounts("AdminGetUser").make_group("owners", "", None)
    with pytest.raises(NotGranted):
        _accounts("AdminGetUser").add("a", "owners")


@pytest.fixture
def moto() -> Iterator[tuple[Any, Accounts]]:
    """A pool of moto's, and its accounts."""
    with mock_aws():
        cognito = boto3.client("cognito-idp", region_name="eu-west-1")
        pool_id = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
        for group in ("owners", "members"):
            cognito.create_group(UserPoolId=pool_id, GroupName=group)
        yield cognito, Accounts(TESTER, Grant("pool", "people", ALL), lambda: cognito, pool_id)


def test_an_account_lives_from_its_invitation_to_its_end(moto: tuple[Any, Accounts]) -> None:
    _, accounts = moto
    made = accounts.make({"email": "ada@example.com"})
    for _ in range(2):
        accounts.add(made.sub, "members")
        accounts.add(made.sub, "owners")
    assert accounts.groups(made.sub) == {"members", "owners"}
    for _ in range(2):
        accounts.remove(made.sub, "owners")
    assert accounts.groups(made.sub) == {"members"}
    accounts.disable(made.sub)
    assert _status(accounts, made.sub) == "disabled"
    accounts.enable(made.sub)
    assert _status(accounts, made.sub) == "invited"
    accounts.delete(made.sub)
    assert accounts.find(made.sub) is None


def _status(accounts: Accounts, sub: str) -> str:
    found = accounts.find(sub)
    return found.status if found else ""


def test_of_nobody_nothing_is_changed(moto: tuple[Any, Accounts]) -> None:
    _, accounts = moto
    nobody = "6a1f3d2e-0000-4000-8000-000000000000"
    for change in (accounts.disable, accounts.enable, accounts.delete, accounts.groups):
        with pytest.raises(Missing):
            change(nobody)
    for move in (accounts.add, accounts.remove):
        with pytest.raises(Missing):
            move(nobody, "members")


def test_an_account_may_be_mailed_as_it_is_made_once(stage: Stage) -> None:
    for _ in range(2):
        _accounts().make(ATTRIBUTES, is_mailed=True)
    assert stage.pool.mailed == ["ada@example.com"]


SCRATCH = ("CreateTable", "DescribeTable", "DeleteTable", "PutItem", "BatchGetItem")


def _scratch(*operations: str) -> ScratchTables:
    grant = Grant("table", ".drill.*", operations or SCRATCH)
    return ScratchTables(TESTER, grant, clients.client("dynamodb"), "chatapp-test.drill")


def test_scratch_tables_are_made_filled_and_removed_each_however_often_it_is_asked(stage: Stage) -> None:
    scratch = _scratch()
    keys = {"1-usage": ("subject", "period"), "1-files": ("file_id",)}
    assert scratch.make(keys)
    assert scratch.make(keys)
    table = scratch.table("1-files")
    row = {"file_id": {"S": "f"}, "number": {"N": "0.1234567890123456789012345678901234567"}, "binary": {"B": b"\x00"}}
    table.write(table.put_wire(row))
    assert table.wires([{"file_id": {"S": "f"}}, {"file_id": {"S": "g"}}]) == [row]
    names = sorted(name for name in stage.dynamodb.list_tables()["TableNames"] if "drill" in name)
    assert names == ["chatapp-test.drill.1-files", "chatapp-test.drill.1-usage"]
    assert scratch.remove(list(keys))
    assert scratch.remove(list(keys))
    assert not [name for name in stage.dynamodb.list_tables()["TableNames"] if "drill" in name]


def test_scratch_tables_that_cannot_be_made_now_are_no_error_of_ours(stage: Stage) -> None:
    stage.wire.fail(throttled, lambda call: call.operation == "CreateTable", times=20)
    with pytest.raises(Busy):
        _scratch().make({"1-files": ("file_id",)})
    with pytest.raises(NotGranted):
        _scratch("DescribeTable").make({"1-files": ("file_id",)})


def test_rows_that_a_reply_leaves_out_are_asked_for_again(stage: Stage) -> None:
    from tests.fakes import dynamodb

    scratch = _scratch()
    scratch.make({"1-files": ("file_id",)})
    table = scratch.table("1-files")
    rows = [{"file_id": {"S": str(n)}} for n in range(3)]
    for row in rows:
        table.write(table.put_wire(row))
    left = {"Responses": {table.name: rows[:1]}, "UnprocessedKeys": {table.name: {"Keys": rows[1:]}}}
    stage.wire.fail(lambda call, send: dynamodb.reply(left), lambda call: call.operation == "BatchGetItem")
    assert sorted(row["file_id"]["S"] for row in table.wires(rows)) == ["0", "1", "2"]
