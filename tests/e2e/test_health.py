"""The health of a deployed stage, as a monitor asks for it."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e import web
from tests.e2e.deployment import Deployment


def test_the_deep_check_needs_no_sign_in_and_finds_all_parts(deployment: Deployment) -> None:
    reply = web.call("GET", f"{deployment.api_url}/health?deep=1")
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store"), reply
    assert reply.body.keys() == {"status", "stage", "model"}
    assert reply.body["model"]["state"] in {"ok", "unknown"}


def test_the_scheduled_check_asks_the_public_url_and_keeps_what_it_found_of_the_model(deployment: Deployment) -> None:
    rules = deployment.client("events").list_rules(NamePrefix=f"{deployment.prefix}-health_check")["Rules"]
    assert [rule["ScheduleExpression"] for rule in rules] == ["rate(5 minutes)"]
    event: dict[str, Any] = {
        "version": "0",
        "id": "0",
        "source": "aws.events",
        "account": "0",
        "region": deployment.region,
    }
    event |= {"time": "2026-11-28T10:00:00Z", "resources": [], "detail": {}, "detail-type": "Scheduled Event"}
    done = deployment.client("lambda").invoke(
        FunctionName=deployment.function("health_check"), Payload=json.dumps(event), LogType="Tail"
    )
    assert "FunctionError" not in done, done["Payload"].read()
    row = deployment.client("dynamodb").get_item(
        TableName=deployment.table("usage"),
        Key={"subject": {"S": "health"}, "period": {"S": "model"}},
        ConsistentRead=True,
    )["Item"]
    assert row["state"] == {"S": "ok"}
    variables = deployment.client("lambda").get_function_configuration(
        FunctionName=deployment.function("health_check")
    )["Environment"]["Variables"]
    assert variables["CHATAPP_API_URL"].endswith("/api")
