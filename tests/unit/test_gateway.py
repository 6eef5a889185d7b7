"""What the deployment sets on the APIs' stages, each request and reply held against botocore's own model of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.stub import Stubber

from deploy.account import gateway
from deploy.environment import API_STAGE, ApiIds, Settings, Stage, load_settings
from tests.stage import Stage as AppStage

SETTINGS_FILE = Path(__file__).resolve().parents[2] / "deploy" / "settings.toml"
QUIET, DETAILED = Settings(app={}), Settings(app={}, api_detailed_metrics=True)
WHERE = {"restApiId": "rest1", "stageName": API_STAGE}
AS_SET = {"throttlingRateLimit": 50.0, "throttlingBurstLimit": 100}


@dataclass(frozen=True)
class StageWithApi(Stage):
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return self.clients[service]


def _configured(settings: Settings, found: dict[str, Any], *patch: tuple[str, str]) -> list[str]:
    """Configure a stage whose methods are set as `found`; patch: what the one request sets."""
    client: Any = boto3.client("apigateway", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    stubber = Stubber(client)
    stubber.add_response("get_stage", {"methodSettings": {"*/*": found} if found else {}}, WHERE)
    if patch:
        operations = [{"op": "replace", "path": f"/*/*/{path}", "value": value} for path, value in patch]
        stubber.add_response("update_stage", {}, {**WHERE, "patchOperations": operations})
    with stubber:
        changed = gateway.configure_stages(
            StageWithApi("prod", "eu-west-1", clients={"apigateway": client}), ApiIds(rest="rest1"), settings
        )
    stubber.assert_no_pending_responses()
    return changed


def test_detailed_metrics_are_off_and_throttling_is_on() -> None:
    throttling = (("throttling/rateLimit", "50.0"), ("throttling/burstLimit", "100"))
    assert _configured(QUIET, {}, ("metrics/enabled", "false"), *throttling) == ["REST stage"]
    assert _configured(QUIET, {**AS_SET, "metricsEnabled": False}) == []


def test_an_update_switches_detailed_metrics_off_where_the_setting_does_not_ask_for_them() -> None:
    found = {**AS_SET, "metricsEnabled": True}
    assert _configured(QUIET, found, ("metrics/enabled", "false")) == ["REST stage"]
    assert _configured(DETAILED, found) == []


def test_no_stage_pays_for_detailed_metrics_as_the_settings_are_shipped() -> None:
    assert [load_settings(name).api_detailed_metrics for name in ("prod", "local")] == [False, False]


def test_the_price_of_detailed_metrics_is_that_of_todays_routes(stage: AppStage) -> None:
    """Errors of two kinds, requests and two latencies of every method, a browser's OPTIONS of each path included.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """
    routes = stage.app.app.routes
    methods = sum(len(of_path) for of_path in routes.values()) + len(routes)
    text = SETTINGS_FILE.read_text()
    assert tomllib.loads(text)["default"]["api_detailed_metrics"] is False
    assert f"{methods} methods × 5 metrics × $0.30, at most ${methods * 5 * 0.3:.0f} a month" in text
