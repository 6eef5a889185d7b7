"""The socket API's routes and stage: kept where they fit, deployed where they changed or were never deployed."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from deploy.functions.chalice_client import Client
from tests.fakes.aws import client_error
from tests.fakes.clients import ClientsOf

ROUTES = {"$connect": "connect", "$default": "message", "$disconnect": "disconnect"}


class Gateway:
    """API Gateway's WebSocket side, as far as a deployment uses it: one API; a stage serves a deployment's snapshot."""

    def __init__(self) -> None:
        self.ids = map(str, count(1))
        self.integrations: dict[str, dict[str, Any]] = {}
        self.routes: dict[str, dict[str, Any]] = {}
        self.deployments: dict[str, dict[str, Any]] = {}
        self.stages: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, list[str]] = {}

    def create_integration(self, ApiId: str, **item: Any) -> dict[str, Any]:
        return self._add(self.integrations, "IntegrationId", item)

    def get_integrations(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.integrations.values())}

    def create_route(self, ApiId: str, **item: Any) -> dict[str, Any]:
        return self._add(self.routes, "RouteId", item)

    def update_route(self, ApiId: str, RouteId: str, Target: str) -> None:
        self.routes[RouteId]["Target"] = Target

    def delete_route(self, ApiId: str, RouteId: str) -> None:
        del self.routes[RouteId]

    def get_routes(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.routes.values())}

    def create_deployment(self, ApiId: str, Description: str = "") -> dict[str, Any]:
        made = self._add(self.deployments, "DeploymentId", {"Description": Description})
        self.snapshots[made["DeploymentId"]] = self.keys()
        return made

    def get_deployment(self, ApiId: str, DeploymentId: str) -> dict[str, Any]:
        if DeploymentId not in self.deployments:
            raise client_error("NotFoundException", "GetDeployment", 404)
        return self.deployments[DeploymentId]

    def create_stage(self, ApiId: str, StageName: str, DeploymentId: str) -> None:
        self.stages[StageName] = {"StageName": StageName, "DeploymentId": DeploymentId}

    def update_stage(self, ApiId: str, StageName: str, DeploymentId: str) -> None:
        self.stages[StageName]["DeploymentId"] = DeploymentId

    def get_stages(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.stages.values())}

    def keys(self) -> list[str]:
        return sorted(route["RouteKey"] for route in self.routes.values())

    def served(self) -> list[str]:
        return self.snapshots[self.stages["api"]["DeploymentId"]]

    def _add(self, items: dict[str, dict[str, Any]], id_name: str, item: dict[str, Any]) -> dict[str, Any]:
        key = next(self.ids)
        items[key] = {**item, id_name: key}
        return items[key]


def deploy(gateway: Gateway, routes: dict[str, str], broken_off: bool = False) -> list[str]:
    """What Chalice's plan does with a socket API that exists; returns what was changed."""
    client = Client(ClientsOf(apigatewayv2=gateway), {})
    client.delete_websocket_routes("a", client.get_websocket_routes("a"))
    client.delete_websocket_integrations("a", client.get_websocket_integrations("a"))
    for key, handler in routes.items():
        integration = client.create_websocket_integration("a", f"arn:aws:lambda:::{handler}", handler)
        client.create_websocket_route("a", key, integration)
    if not broken_off:
        client.finish_sockets("a")
    return client.changes


def test_an_unchanged_socket_api_is_left_alone() -> None:
    gateway = Gateway()
    deploy(gateway, ROUTES)
    assert gateway.served() == sorted(ROUTES)
    before = (dict(gateway.routes), dict(gateway.integrations), dict(gateway.deployments))
    assert deploy(gateway, ROUTES) == []
    assert (gateway.routes, gateway.integrations, gateway.deployments) == before


def test_a_deployment_that_broke_off_before_the_stage_is_finished() -> None:
    gateway = Gateway()
    deploy(gateway, ROUTES, broken_off=True)
    assert gateway.stages == {}
    assert deploy(gateway, ROUTES) == ["socket API's stage"]
    assert gateway.served() == sorted(ROUTES)


def test_changed_routes_are_deployed_also_when_the_run_before_broke_off() -> None:
    gateway = Gateway()
    deploy(gateway, ROUTES)
    changed = {"$connect": "other", "$default": "message"}
    deploy(gateway, changed, broken_off=True)
    first = gateway.stages["api"]["DeploymentId"]
    assert deploy(gateway, changed) == ["socket API's stage"]
    assert gateway.stages["api"]["DeploymentId"] != first
    assert gateway.served() == gateway.keys() == sorted(changed)


@pytest.mark.parametrize("lost", ["deployment", "description"])
def test_a_stage_whose_deployment_says_nothing_is_deployed_again(lost: str) -> None:
    gateway = Gateway()
    deploy(gateway, ROUTES)
    deployment = gateway.stages["api"]["DeploymentId"]
    if lost == "deployment":
        del gateway.deployments[deployment]
    else:
        gateway.deployments[deployment].pop("Description")
    assert deploy(gateway, ROUTES) == ["socket API's stage"]
