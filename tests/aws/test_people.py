"""People of a stage, on moto's Cognito: the demo user, and the throw-away one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from deploy.environment import Stage
from deploy.people import access, accounts, groups
from tests.stage import password_policy


@dataclass(frozen=True)
class Pool:
    """A stage with a pool, as the foundation declares it: people sign in by their e-mail."""

    stage: Stage
    pool_id: str

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """By e-mail."""
        users = self.stage.client("cognito-idp").list_users(UserPoolId=self.pool_id)["Users"]
        return {next(each["Value"] for each in user["Attributes"] if each["Name"] == "email"): user for user in users}

    def members(self, group: str) -> set[str]:
        """Addresses of who is in a group."""
        users = self.stage.client("cognito-idp").list_users_in_group(UserPoolId=self.pool_id, GroupName=group)["Users"]
        return {next(each["Value"] for each in user["Attributes"] if each["Name"] == "email") for user in users}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.delenv("CHATAPP_DEMO_EMAIL", raising=False)
    with mock_aws():
        stage = Stage("local", "eu-west-1")
        made = stage.client("cognito-idp").create_user_pool(
            PoolName="chatapp-local",
            UsernameAttributes=["email"],
            Policies={"PasswordPolicy": password_policy()},
        )
        for group in ("owners", "members"):
            stage.client("cognito-idp").create_group(UserPoolId=made["UserPool"]["Id"], GroupName=group)
        yield Pool(stage, made["UserPool"]["Id"])


def test_the_demo_user_is_made_once_and_keeps_its_password(pool: Pool, tmp_path: Path) -> None:
    account, changed = accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path)
    assert (account.email, changed) == (accounts.DEMO_EMAIL, True)
    assert pool.people[account.email]["UserStatus"] == "CONFIRMED", "a password of its own, not one to be changed"
    assert pool.members("owners") == {account.email}
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
    assert accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path) == (account, False)
    (tmp_path / "demo.json").unlink()
    again, changed = accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path)
    assert changed
    assert again.password != account.password
    assert pool.people.keys() == {account.email}


def test_a_throw_away_user_goes_whatever_happens_and_takes_those_left_over_along(pool: Pool) -> None:
    cognito = pool.stage.client("cognito-idp")
    for email in ("smoke-killed@example.com", "smoke-signals@real.example"):
        cognito.admin_create_user(
            UserPoolId=pool.pool_id, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
        )

    def fail() -> None:
        with accounts.temporary(pool.stage, pool.pool_id) as account:
            assert pool.people.keys() == {"smoke-signals@real.example", account.email}
            assert pool.members("members") == {account.email}
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert pool.people.keys() == {"smoke-signals@real.example"}


def test_a_demo_user_of_before_groups_becomes_an_owner(pool: Pool, tmp_path: Path) -> None:
    account, _ = accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path)
    cognito = pool.stage.client("cognito-idp")
    cognito.admin_remove_user_from_group(UserPoolId=pool.pool_id, Username=account.email, GroupName="owners")
    assert accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path) == (account, False)
    assert pool.members("owners") == {account.email}


def test_an_owner_is_invited_by_mail_once_or_made_of_whoever_is_there(pool: Pool) -> None:
    cognito = pool.stage.client("cognito-idp")
    assert access.make_owner(pool.stage, pool.pool_id, "me@example.com")
    (user,) = pool.people.values()
    assert {each["Name"]: each["Value"] for each in user["Attributes"]}["email_verified"] == "true"
    assert not access.make_owner(pool.stage, pool.pool_id, "me@example.com")
    cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="ada@example.com",
        UserAttributes=[{"Name": "email", "Value": "ada@example.com"}],
    )
    assert not access.make_owner(pool.stage, pool.pool_id, "ada@example.com")
    assert pool.members("owners") == {"me@example.com", "ada@example.com"}


@pytest.mark.parametrize("other", ["", "invited", "disabled", "active", "a member"])
def test_the_last_owner_is_known(pool: Pool, other: str) -> None:
    """By the commands, which keep anybody out who is named."""
    cognito = pool.stage.client("cognito-idp")

    def make(email: str, group: str, *, invited: bool = False) -> access.Account:
        _add(pool, email)
        groups.add(cognito, pool.pool_id, email, group)
        if not invited:
            cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username=email, Password="x" * 20, Permanent=True)
        return access.find(pool.stage, pool.pool_id, email)

    me = make("me@example.com", groups.OWNERS)
    if other:
        group = groups.MEMBERS if other == "a member" else groups.OWNERS
        second = make("second@example.com", group, invited=other == "invited")
        assert not access.is_last_owner(pool.stage, pool.pool_id, second)
    if other == "disabled":
        cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="second@example.com")
    assert access.is_last_owner(pool.stage, pool.pool_id, me) is (other != "active")


# --- Who was there before there were groups ---------------------------------------------------------------------------


@pytest.fixture
def older() -> Iterator[Pool]:
    """A stage of the version before: people, and no groups."""
    with mock_aws():
        stage = Stage("prod", "eu-west-1")
        cognito = stage.client("cognito-idp")
        pool_id = cognito.create_user_pool(PoolName="chatapp-prod", UsernameAttributes=["email"])["UserPool"]["Id"]
        for number in range(65):
            _add(Pool(stage, pool_id), f"person-{number}@example.com")
        yield Pool(stage, pool_id)


def _add(pool: Pool, email: str) -> None:
    pool.stage.client("cognito-idp").admin_create_user(
        UserPoolId=pool.pool_id, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )


def _lay_foundation(pool: Pool) -> None:
    """What the stack makes."""
    for group in ("owners", "members"):
        pool.stage.client("cognito-idp").create_group(UserPoolId=pool.pool_id, GroupName=group)


def _count(pool: Pool, group: str) -> int:
    pages = pool.stage.client("cognito-idp").get_paginator("list_users_in_group")
    return sum(len(page["Users"]) for page in pages.paginate(UserPoolId=pool.pool_id, GroupName=group))


def test_everybody_who_was_there_before_groups_is_a_member_and_nobody_an_owner(older: Pool) -> None:
    said: list[str] = []
    groups.note_people(older.stage)
    _lay_foundation(older)
    assert groups.let_in(older.stage, older.pool_id, said.append)
    assert (_count(older, "members"), _count(older, "owners")) == (65, 0)
    assert said == ["65 people who were here are members; ./deploy.sh owner prod EMAIL makes one an owner"]


def test_later_deployments_let_nobody_in(older: Pool) -> None:
    groups.note_people(older.stage)
    _lay_foundation(older)
    groups.let_in(older.stage, older.pool_id, print)
    cognito = older.stage.client("cognito-idp")
    cognito.admin_remove_user_from_group(UserPoolId=older.pool_id, Username="person-7@example.com", GroupName="members")
    _add(older, "commenter@example.com")
    groups.note_people(older.stage)
    assert not groups.let_in(older.stage, older.pool_id, print)
    assert _count(older, "members") == 64


@pytest.mark.parametrize("broken", ["before the groups", "after them", "while people are let in"])
def test_a_deployment_that_broke_off_lets_them_in_when_it_is_repeated(older: Pool, broken: str) -> None:
    groups.note_people(older.stage)
    if broken != "before the groups":
        _lay_foundation(older)
    if broken == "while people are let in":
        groups.add(older.stage.client("cognito-idp"), older.pool_id, "person-7@example.com", groups.MEMBERS)
    groups.note_people(older.stage)
    if broken == "before the groups":
        _lay_foundation(older)
    assert groups.let_in(older.stage, older.pool_id, print)
    assert _count(older, "members") == 65


def test_a_group_that_was_deleted_since_lets_nobody_in(older: Pool) -> None:
    """Who signed up by themselves is there by then."""
    template = "Resources:\n  MembersGroup:\n    Type: AWS::SNS::Topic\n"
    older.stage.client("cloudformation").create_stack(StackName="chatapp-prod-foundation", TemplateBody=template)
    groups.note_people(older.stage)
    _lay_foundation(older)
    assert not groups.let_in(older.stage, older.pool_id, print)
    assert _count(older, "members") == 0


def test_a_new_stage_has_nobody_to_let_in() -> None:
    with mock_aws():
        stage = Stage("prod", "eu-west-1")
        groups.note_people(stage)
        assert not groups.let_in(stage, "eu-west-1_pool", print)
