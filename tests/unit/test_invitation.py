"""The first person of a stage is invited, as its owner, in a way that reaches people."""

from __future__ import annotations

from typing import Any

import pytest

from deploy import arguments
from deploy.arguments import UsageError, parse
from deploy.commands import summary
from deploy.environment import Stage
from deploy.people import access
from tests.fakes import clients

OUTPUTS: dict[str, object] = {
    "site_url": "https://d1.cloudfront.net",
    "api_url": "https://rest1.execute-api.eu-west-1.amazonaws.com/api",
    "socket_url": None,
    "user_pool_id": "eu-west-1_pool",
}


class _Pool:
    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def admin_create_user(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {}

    def admin_add_user_to_group(self, **asked: Any) -> None:
        self.asked.append(asked)


class _Stage(Stage):
    def client(self, service: str) -> Any:
        return self.__dict__["cognito"]


def test_an_owner_is_invited_by_mail_to_an_address_that_counts_as_verified() -> None:
    """Cognito's own choice is a text message, which people without a telephone number never get.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
    """
    pool, stage = _Pool(), _Stage("prod", "eu-west-1")
    stage.__dict__["cognito"] = clients.client("cognito-idp", pool)
    assert access.make_owner(stage, "eu-west-1_pool", "me@example.com")
    invitation, group = pool.asked
    assert invitation["DesiredDeliveryMediums"] == ["EMAIL"]
    assert {"Name": "email_verified", "Value": "true"} in invitation["UserAttributes"]
    assert "MessageAction" not in invitation, "which would suppress it"
    assert group == {"UserPoolId": "eu-west-1_pool", "Username": "me@example.com", "GroupName": "owners"}


def test_a_deployment_says_how_and_the_command_is_understood() -> None:
    said = summary(Stage("prod", "eu-west-1"), OUTPUTS)
    assert "./deploy.sh owner prod EMAIL" in said
    asked = parse(["owner", "prod", "me@example.com"])
    assert (asked.command, asked.stage, asked.email) == ("owner", "prod", "me@example.com")
    assert "owner STAGE EMAIL" in arguments.USAGE


@pytest.mark.parametrize("words", [["owner", "local", "not-an-email"], ["person", "local", "a b@c", "--disable"]])
def test_an_address_that_is_none_is_told(words: list[str]) -> None:
    with pytest.raises(UsageError, match=f"{words[2]} is no e-mail address"):
        parse(words)


@pytest.mark.parametrize(
    "words", [["owner"], ["owner", "prod"], ["owner", "prod", "me"], ["owner", "prod", "me@example.com", "--disable"]]
)
def test_an_owner_is_named_by_stage_and_address(words: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(words)
