"""The socket API's routes and stage: kept where they fit, deployed where they changed or were never deployed."""

from __future__ import annotations

import pytest

from deploy.functions.chalice_client import Client
from tests.fakes.clients import ClientsOf
from tests.fakes.gateways import SocketApis

API = "s1"  # the first id that is given
ROUTES = {"$connect": "connect", "$default": "message", "$disconnect": "disconnect"}


@pytest.fixture
def gateway() -> SocketApis:
    """One API that exists, without routes."""
    apis = SocketApis()
    apis.create_api(Name="chatapp-test-websocket-api", ProtocolType="WEBSOCKET")
    return apis


def deploy(gateway: SocketApis, routes: dict[str, str], broken_off: bool = False) -> list[str]:
    """What Chalice's plan does with a socket API that exists; returns what was changed."""
    client = Client(ClientsOf(apigatewayv2=gateway), {})
    client.delete_websocket_routes(API, client.get_websocket_routes(API))
    client.delete_websocket_integrations(API, client.get_websocket_integrations(API))
    for key, handler in routes.items():
        integration = client.create_websocket_integration(API, f"arn:aws:lambda:::{handler}", handler)
        client.create_websocket_route(API, key, integration)
    if not broken_off:
        client.finish_sockets(API)
    return client.changes


def test_an_unchanged_socket_api_is_left_alone(gateway: SocketApis) -> None:
    deploy(gateway, ROUTES)
    assert gateway.served(API) == sorted(ROUTES)
    before = (dict(gateway.routes[API]), dict(gateway.integrations[API]), dict(gateway.deployments[API]))
    assert deploy(gateway, ROUTES) == []
    assert (gateway.routes[API], gateway.integrations[API], gateway.deployments[API]) == before


def test_a_deployment_that_broke_off_before_the_stage_is_finished(gateway: SocketApis) -> None:
    deploy(gateway, ROUTES, broken_off=True)
    assert gateway.stages[API] == {}
    assert deploy(gateway, ROUTES) == ["socket API's stage"]
    assert gateway.served(API) == sorted(ROUTES)


def test_changed_routes_are_deployed_also_when_the_run_before_broke_off(gateway: SocketApis) -> None:
    deploy(gateway, ROUTES)
    changed = {"$connect": "other", "$default": "message"}
    deploy(gateway, changed, broken_off=True)
    first = gateway.stages[API]["api"]["DeploymentId"]
    assert deploy(gateway, changed) == ["socket API's stage"]
    assert gateway.stages[API]["api"]["DeploymentId"] != first
    assert gateway.served(API) == gateway.keys(API) == sorted(changed)


@pytest.mark.parametrize("lost", ["deployment", "description"])
def test_a_stage_whose_deployment_says_nothing_is_deployed_again(gateway: SocketApis, lost: str) -> None:
    deploy(gateway, ROUTES)
    deployment = gateway.stages[API]["api"]["DeploymentId"]
    if lost == "deployment":
        del gateway.deployments[API][deployment]
    else:
        gateway.deployments[API][deployment].pop("Description")
    assert deploy(gateway, ROUTES) == ["socket API's stage"]
