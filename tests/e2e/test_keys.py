"""Scripts with an API key: let in, held back, taken away; each by `./deploy.sh key`'s own functions."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from deploy import keys
from deploy.account import usage_plan
from deploy.environment import Stage
from tests.e2e import web
from tests.e2e.deployment import Deployment


@pytest.fixture
def stage(deployment: Deployment) -> Stage:
    return Stage(deployment.stage, deployment.region, deployment.client("apigateway").meta.endpoint_url)


@pytest.fixture
def name(stage: Stage) -> Iterator[str]:
    """Of a key that is gone in the end, whatever became of it."""
    name = f"e2e {secrets.token_hex(4)}"
    yield name
    if any(key.name == name for key in keys.listed(stage)):
        keys.revoke(stage, name)


@pytest.fixture
def narrow_plan(stage: Stage) -> Iterator[None]:
    """One request at a time: how fast a machine is must not decide whether it is too fast."""
    plan, gateway = usage_plan.find(stage), stage.client("apigateway")
    assert plan is not None

    def limit(throttle: dict[str, Any]) -> None:
        limits = [
            {"op": "replace", "path": f"/throttle/{name}", "value": str(throttle[name])}
            for name in ("rateLimit", "burstLimit")
        ]
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=limits)

    limit({"rateLimit": 0.1, "burstLimit": 1})
    yield
    limit(plan["throttle"])


@pytest.fixture(scope="module")
def section(deployment: Deployment) -> Iterator[str]:
    section_id = f"e2e-{secrets.token_hex(4)}"
    dynamodb, table = deployment.client("dynamodb"), deployment.table("sections")
    row = {
        "section_id": {"S": section_id},
        "title": {"S": "Of a test"},
        "url": {"S": "https://a.example/"},
        "open": {"BOOL": True},
        "visible": {"N": "0"},
    }
    dynamodb.put_item(TableName=table, Item=row)
    yield section_id
    dynamodb.delete_item(TableName=table, Key={"section_id": {"S": section_id}})


def _post(deployment: Deployment, section: str, value: str | None) -> web.Reply:
    body = {"sectionId": section, "text": f"Imported {uuid.uuid4()}."}
    headers = {"Content-Type": "application/json"} | ({"x-api-key": value} if value else {})
    return web.call("POST", f"{deployment.api_url}/integrations/commentaires", body=body, headers=headers)


def test_a_script_writes_is_held_back_and_is_refused_once_its_key_is_revoked(
    deployment: Deployment, stage: Stage, name: str, section: str
) -> None:
    value = keys.make(stage, name, per_minute=2)
    replies = [_post(deployment, section, value) for _ in range(3)]
    assert [reply.status for reply in replies] == [201, 201, 429]
    assert replies[0].body["author"] == {"name": name, "is_owner": False}
    assert replies[2].error["code"] == "rate_limited"
    assert 1 <= int(replies[2].headers["retry-after"]) <= 30
    shown = web.call("GET", f"{deployment.api_url}/commentaires?sectionId={section}").body["comments"]
    assert {each["text"] for each in shown} >= {reply.body["text"] for reply in replies[:2]}

    keys.revoke(stage, name)
    refused = _post(deployment, section, value)
    assert (refused.status, refused.error["code"]) == (403, "forbidden")


def test_a_revoked_row_is_enough(deployment: Deployment, stage: Stage, name: str, section: str) -> None:
    """The gateway's own changes take a while on AWS: here it still knows the key."""
    value = keys.make(stage, name)
    (key_id,) = [key.id for key in keys.listed(stage) if key.name == name]
    assert _post(deployment, section, value).status == 201
    deployment.client("dynamodb").update_item(
        TableName=deployment.table("usage"),
        Key={"subject": {"S": f"key:{key_id}"}, "period": {"S": "key"}},
        UpdateExpression="SET revoked_at = :now",
        ExpressionAttributeValues={":now": {"N": "1"}},
    )
    refused = _post(deployment, section, value)
    assert (refused.status, refused.error["code"]) == (403, "forbidden")
    assert "revoked" in refused.error["message"]


@pytest.mark.local_only
def test_a_burst_beyond_the_plan_is_held_back_by_the_gateway_in_our_shape(
    deployment: Deployment, stage: Stage, name: str, narrow_plan: None
) -> None:
    """Of a section that is not there, so that nothing is written."""
    value = keys.make(stage, name)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: _post(deployment, "nowhere", value), range(8)))
    held = [reply for reply in replies if reply.status == 429 and reply.error["code"] == "throttled"]
    assert held, [(reply.status, reply.body) for reply in replies]
    assert held[0].headers["retry-after"] == "1"
    assert held[0].headers["access-control-allow-origin"] == "*"
    assert {reply.status for reply in replies} <= {404, 429}


def test_without_a_key_or_with_another_text_nobody_gets_in(deployment: Deployment, section: str) -> None:
    for value in (None, "a" * 40):
        reply = _post(deployment, section, value)
        assert (reply.status, reply.error["code"]) == (403, "forbidden")
        assert "x-api-key" in reply.error["message"]
