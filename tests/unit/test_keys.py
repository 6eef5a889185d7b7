"""`./deploy.sh key` and the usage plan, each call checked by botocore's model of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy import arguments, commands, keys
from deploy.account import usage_plan
from deploy.arguments import UsageError
from deploy.environment import ApiIds, DeploymentError, Settings
from deploy.environment import Stage as Deployed
from tests.api.commenting import owner
from tests.fakes import clients
from tests.fakes.aws import client_error
from tests.fakes.gateways import RestApis
from tests.stage import Stage

SETTINGS = Settings(app={})
IDS = ApiIds(rest="r1")


@dataclass(frozen=True)
class StageWithKeys(Deployed):
    """A stage whose tables are moto's."""

    gateway: RestApis = field(default_factory=RestApis)
    dynamodb: Any = None

    def client(self, service: str) -> Any:
        return self.dynamodb if service == "dynamodb" else clients.client("apigateway", self.gateway)


@pytest.fixture
def deployed(stage: Stage) -> StageWithKeys:
    made = StageWithKeys("test", "eu-west-1", dynamodb=stage.dynamodb)
    usage_plan.configure(made, IDS, SETTINGS)
    return made


def _row(stage: Stage, key_id: str) -> dict[str, Any]:
    return stage.row("usage", f"key:{key_id}")


def test_the_plan_stands_for_the_apis_stage_with_its_rate_and_quota(deployed: StageWithKeys) -> None:
    (plan,) = deployed.gateway.plans.values()
    assert plan["name"] == "chatapp-test"
    assert plan["apiStages"] == [{"apiId": "r1", "stage": "api"}]
    assert plan["throttle"] == {"rateLimit": 5, "burstLimit": 20}
    assert plan["quota"] == {"limit": 10_000, "period": "DAY"}


def test_a_plan_is_changed_where_it_differs_and_left_alone_otherwise(deployed: StageWithKeys) -> None:
    assert usage_plan.configure(deployed, IDS, SETTINGS) is False
    slower = Settings(app={}, key_rate_per_s=0.5, key_quota_per_day=7)
    assert usage_plan.configure(deployed, ApiIds(rest="r2"), slower) is True
    assert usage_plan.configure(deployed, ApiIds(rest="r2"), slower) is False
    (plan,) = deployed.gateway.plans.values()
    assert plan["apiStages"] == [{"apiId": "r2", "stage": "api"}]
    assert (plan["throttle"]["rateLimit"], plan["quota"]["limit"]) == (0.5, 7)


def test_another_stages_plan_and_keys_are_left_alone(deployed: StageWithKeys) -> None:
    other = StageWithKeys("test-2", "eu-west-1", gateway=deployed.gateway, dynamodb=deployed.dynamodb)
    usage_plan.configure(other, ApiIds(rest="r9"), SETTINGS)
    deployed.gateway.create_api_key(name="chatapp-test-2/importer", enabled=True)
    keys.make(deployed, "importer")
    assert [key.name for key in keys.listed(deployed)] == ["importer"]
    assert (usage_plan.delete(deployed), keys.delete_all(deployed)) == (True, 1)
    assert [plan["name"] for plan in deployed.gateway.plans.values()] == ["chatapp-test-2"]
    assert [key["name"] for key in deployed.gateway.keys.values()] == ["chatapp-test-2/importer"]
    assert usage_plan.delete(deployed) is False


def test_a_key_opens_the_stage_and_its_value_is_kept_nowhere(deployed: StageWithKeys, stage: Stage) -> None:
    value = keys.make(deployed, "The importer", per_minute=2)
    (key_id,) = deployed.gateway.keys
    assert value == f"value-of-{key_id}"
    assert list(deployed.gateway.opens.values()) == [{key_id}]
    row = _row(stage, key_id)
    assert (row["name"], row["limit"], row["period"]) == ("The importer", {"quota": 2, "window_s": 60}, "key")
    assert value not in str(stage.rows("usage"))
    (listed,) = keys.listed(deployed)
    assert (listed.name, listed.per_minute, listed.is_revoked) == ("The importer", 2, False)
    assert value not in str(listed)


def test_no_two_keys_have_one_name(deployed: StageWithKeys) -> None:
    keys.make(deployed, "importer")
    with pytest.raises(DeploymentError, match="revoke it first"):
        keys.make(deployed, "importer")


def test_a_name_is_one_that_a_comment_can_be_shown_under(deployed: StageWithKeys) -> None:
    for name in (" ", "x" * 41, "…"):
        with pytest.raises(DeploymentError, match="shown as its script's"):
            keys.make(deployed, name)
    assert deployed.gateway.keys == {}


@pytest.mark.parametrize("name", ["Alice Martin", "A1ice  MARTÍN", "Admin", "propriétaire", "Guest ad63"])
def test_a_name_is_no_owners_nor_stands_for_one(deployed: StageWithKeys, stage: Stage, name: str) -> None:
    owner(stage).patch("/me", {"display_name": "Alice Martin"})
    with pytest.raises(DeploymentError, match=r"shown as its script's: it (looks|has) .*; choose another one"):
        keys.make(deployed, name)
    assert deployed.gateway.keys == {}
    assert keys.make(deployed, "Alice’s importer")


def test_a_limit_above_the_plans_is_refused_by_the_plans(deployed: StageWithKeys) -> None:
    with pytest.raises(DeploymentError, match=r"let through 300 times a minute at most: key_rate_per_s"):
        keys.make(deployed, "importer", per_minute=301)
    assert keys.make(deployed, "importer", per_minute=300)


def test_a_limit_is_shown_as_a_plain_number() -> None:
    assert "100000000 a minute" in str(keys.Key("k1", "importer", "2026-11-28", 1e8, is_revoked=False))
    assert ", 0.5 a minute" in str(keys.Key("k1", "importer", "2026-11-28", 0.5, is_revoked=False))


def test_a_key_whose_row_could_not_be_written_opens_nothing_and_can_be_revoked(
    deployed: StageWithKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_table", lambda stage: "missing")
    with pytest.raises(deployed.dynamodb.exceptions.ResourceNotFoundException):
        keys.make(deployed, "importer")
    assert list(deployed.gateway.opens.values()) == [set()]
    monkeypatch.undo()
    assert [key.is_revoked for key in keys.listed(deployed)] == [True]
    keys.revoke(deployed, "importer")
    assert keys.listed(deployed) == []


def test_a_revoked_key_is_refused_before_the_gateway_is_told(
    deployed: StageWithKeys, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.make(deployed, "importer")
    (key_id,) = deployed.gateway.keys

    def refuse(apiKey: str) -> None:
        raise client_error("TooManyRequestsException", "DeleteApiKey", 429)

    monkeypatch.setattr(deployed.gateway, "delete_api_key", refuse)
    with pytest.raises(Exception, match="TooManyRequests"):
        keys.revoke(deployed, "importer")
    assert _row(stage, key_id)["revoked_at"] > 0
    assert "REVOKED" in str(keys.listed(deployed)[0])
    monkeypatch.undo()
    keys.revoke(deployed, "importer")
    assert deployed.gateway.keys == {}
    with pytest.raises(DeploymentError, match="has no key"):
        keys.revoke(deployed, "importer")


def test_a_stage_that_was_not_deployed_since_has_no_plan_for_keys(stage: Stage) -> None:
    with pytest.raises(DeploymentError, match="takes no API keys yet"):
        keys.make(StageWithKeys("test", "eu-west-1", dynamodb=stage.dynamodb), "importer")


@pytest.mark.parametrize(
    "words",
    [
        ["key"],
        ["key", "prod", "importer", "more"],
        ["key", "prod", "--revoke"],
        ["key", "prod", "--per-minute", "3"],
        ["key", "prod", "importer", "--per-minute", "0"],
        ["key", "prod", "importer", "--per-minute", "3", "--revoke"],
        ["prod", "--revoke"],
        ["outputs", "prod", "--per-minute", "3"],
    ],
)
def test_a_command_that_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError):
        arguments.parse(words)


def test_the_command_makes_lists_and_revokes(
    deployed: StageWithKeys, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "_on_aws", lambda asked: (deployed, None))
    assert commands.main(["key", "test", "importer", "--per-minute", "3"]) == 0
    assert "shown this once:\nvalue-of-" in capsys.readouterr().out
    assert commands.main(["key", "test"]) == 0
    assert "importer  k2  since 20" in (shown := capsys.readouterr().out)
    assert "3 a minute" in shown
    assert commands.main(["key", "test", "importer", "--revoke"]) == 0
    assert "refused from now on" in capsys.readouterr().out
    assert commands.main(["key", "test"]) == 0
    assert "has no API keys" in capsys.readouterr().out
    assert commands.main(["key", "test", "importer", "--revoke"]) == 1
