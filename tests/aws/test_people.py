"""People of a stage, on moto's Cognito: the demo user, and the throw-away one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from deploy.environment import Stage
from deploy.people import accounts
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
        yield Pool(stage, made["UserPool"]["Id"])


def test_the_demo_user_is_made_once_and_keeps_its_password(pool: Pool, tmp_path: Path) -> None:
    account, changed = accounts.ensure_demo(pool.stage, pool.pool_id, tmp_path)
    assert (account.email, changed) == (accounts.DEMO_EMAIL, True)
    assert pool.people[account.email]["UserStatus"] == "CONFIRMED", "a password of its own, not one to be changed"
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
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert pool.people.keys() == {"smoke-signals@real.example"}
