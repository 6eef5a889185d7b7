"""API keys and usage plans on a real MiniStack: enforced as on AWS, and the function is told whose key it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy import keys
from deploy.account import gateway as stages
from deploy.account import usage_plan
from deploy.environment import ApiIds, Settings, Stage
from tests.aws.emulator_probe import ORIGIN, Probe

# One at once, and no other for hours.
ONE = Settings(app={}, key_rate_per_s=0.0001, key_burst=1)
NAME = "probe"
TABLES = {"usage": {"subject": "HASH", "period": "RANGE"}, "commentaires": {"id": "HASH"}}


@pytest.fixture
def stage(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, value in probe.local.environment().items():
        monkeypatch.setenv(name, value)
    stage = Stage(NAME, probe.local.region, probe.local.endpoint_url)
    for table, key in TABLES.items():
        stage.client("dynamodb").create_table(
            TableName=f"{stage.prefix}-{table}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in key],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in key.items()],
        )
    client, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    for kind, response in stages.responses(ORIGIN, {}).items():
        client.put_gateway_response(restApiId=api, responseType=kind, **response)
    client.create_deployment(restApiId=api, stageName="api")
    yield stage
    keys.delete_all(stage)
    usage_plan.delete(stage)
    for table in TABLES:
        stage.client("dynamodb").delete_table(TableName=f"{stage.prefix}-{table}")
    for kind in stages.responses(ORIGIN, {}):
        client.delete_gateway_response(restApiId=api, responseType=kind)
    client.create_deployment(restApiId=api, stageName="api")


def _configure(stage: Stage, probe: Probe, settings: Settings) -> bool:
    return usage_plan.configure(stage, ApiIds(rest=probe.deployed("rest_api_id")), settings)


def _refused(reply: Any) -> tuple[int, str, str | None, str | None]:
    headers = reply.headers
    return (
        reply.status,
        reply.body["error"]["code"],
        headers.get("retry-after"),
        headers.get("access-control-allow-origin"),
    )


def test_a_key_opens_its_route_until_it_is_revoked_and_the_function_is_told_its_id(probe: Probe, stage: Stage) -> None:
    _configure(stage, probe, Settings(app={}))
    assert _refused(probe.call("GET", "/keyed")) == (403, "forbidden", None, ORIGIN)
    value = keys.make(stage, "importer")
    (made,) = keys.listed(stage)
    reply = probe.call("GET", "/keyed", **{"x-api-key": value})
    assert (reply.status, reply.body["key"]) == (200, made.id)
    # Of a route that asks for none, nothing is told.
    assert probe.call("GET", "/open", **{"x-api-key": value}).body["key"] is None
    assert probe.call("GET", "/keyed", **{"x-api-key": value[::-1]}).status == 403
    keys.revoke(stage, "importer")
    assert probe.call("GET", "/keyed", **{"x-api-key": value}).status == 403


def test_the_plans_rate_and_quota_are_refused_in_our_shape(probe: Probe, stage: Stage) -> None:
    _configure(stage, probe, ONE)
    fast = {"x-api-key": keys.make(stage, "fast")}
    assert probe.call("GET", "/keyed", **fast).status == 200
    assert _refused(probe.call("GET", "/keyed", **fast)) == (429, "throttled", "1", "*")
    assert _configure(stage, probe, Settings(app={}, key_quota_per_day=1)) is True
    often = {"x-api-key": keys.make(stage, "often")}
    assert probe.call("GET", "/keyed", **often).status == 200
    assert _refused(probe.call("GET", "/keyed", **often)) == (429, "throttled", "3600", ORIGIN)


def test_a_plan_is_configured_once_and_goes_before_its_api(probe: Probe, stage: Stage) -> None:
    assert [_configure(stage, probe, ONE) for _ in range(2)] == [True, False]
    slower = Settings(app={}, key_rate_per_s=0.5, key_burst=2, key_quota_per_day=3)
    assert [_configure(stage, probe, slower) for _ in range(2)] == [True, False]
    other = ApiIds(rest="other")
    assert [usage_plan.configure(stage, other, slower) for _ in range(2)] == [True, False]
    plan = usage_plan.find(stage)
    assert plan
    assert plan["apiStages"] == [{"apiId": "other", "stage": "api"}]
    with pytest.raises(ClientError, match="API Stages associated"):
        stage.client("apigateway").delete_usage_plan(usagePlanId=plan["id"])
    assert [usage_plan.delete(stage) for _ in range(2)] == [True, False]
