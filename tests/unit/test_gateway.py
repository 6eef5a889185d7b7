"""What the deployment sets on the APIs' stages, on moto's API Gateway."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy.account import gateway
from deploy.environment import API_STAGE, ApiIds, Settings, Stage, load_settings
from tests.stage import Stage as AppStage

SETTINGS_FILE = Path(__file__).resolve().parents[2] / "deploy" / "settings.toml"
STAGE = Stage("prod", "eu-west-1")
QUIET, DETAILED = Settings(app={}), Settings(app={}, api_detailed_metrics=True)


@pytest.fixture
def apis(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiIds]:
    """A REST API with one method, deployed."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client: Any = boto3.client("apigateway", "eu-west-1")
        api = client.create_rest_api(name="chatapp-prod")
        where = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
        client.put_method(**where, authorizationType="NONE")
        client.put_integration(**where, type="MOCK")
        client.create_deployment(restApiId=api["id"], stageName=API_STAGE)
        yield ApiIds(rest=api["id"])


def _of_all_methods(apis: ApiIds) -> Any:
    client: Any = boto3.client("apigateway", "eu-west-1")
    return client.get_stage(restApiId=apis.rest, stageName=API_STAGE)["methodSettings"]["*/*"]


def test_detailed_metrics_are_off_and_throttling_is_on(apis: ApiIds) -> None:
    assert gateway.configure_stages(STAGE, apis, QUIET) == ["REST stage"]
    found = _of_all_methods(apis)
    assert (found["metricsEnabled"], found["throttlingRateLimit"], found["throttlingBurstLimit"]) == (False, 50, 100)
    assert gateway.configure_stages(STAGE, apis, QUIET) == []


def test_an_update_switches_detailed_metrics_off_where_the_setting_does_not_ask_for_them(apis: ApiIds) -> None:
    gateway.configure_stages(STAGE, apis, DETAILED)
    assert _of_all_methods(apis)["metricsEnabled"] is True
    assert gateway.configure_stages(STAGE, apis, QUIET) == ["REST stage"]
    assert _of_all_methods(apis)["metricsEnabled"] is False


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
