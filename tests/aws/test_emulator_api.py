"""Chalice's REST and WebSocket API on a real MiniStack, with what our launcher adds to it."""

from __future__ import annotations

import json

import pytest

from tests.aws.emulator_probe import ORIGIN, Probe


def test_chalices_api_answers_with_its_cors_headers(probe: Probe) -> None:
    preflight = probe.call("OPTIONS", "/mine/1", Origin=ORIGIN)
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-allow-methods"] == "GET,PATCH,OPTIONS"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["access-control-max-age"] == "600"

    allowed = probe.call("GET", "/mine/1", Origin=ORIGIN, Authorization=probe.id_token())
    assert (allowed.status, allowed.body) == (200, {"thing": "1", "user": "ada"})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN


def test_the_authorizer_refuses_no_token_and_a_forged_one(probe: Probe) -> None:
    header, claims, signature = probe.id_token().split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    assert probe.call("GET", "/mine/1").status == 401
    assert probe.call("PATCH", "/mine/1", Authorization=forged).status == 401
    assert probe.call("GET", "/open").status == 200


@pytest.mark.parametrize(
    "forged", [{}, {"X-Forwarded-For": "203.0.113.9"}, {"x-forwarded-for": "203.0.113.9, 127.0.0.9"}]
)
def test_a_caller_is_known_by_their_connection_whatever_a_header_says(probe: Probe, forged: dict[str, str]) -> None:
    assert probe.call("GET", "/open", **forged).body["from"] == "127.0.0.1"
    assert probe.call("GET", "/open", source="127.0.0.7", **forged).body["from"] == "127.0.0.7"


def test_the_imported_api_is_described_as_it_was_declared(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    described = gateway.get_rest_api(restApiId=api)
    assert described["name"] == "probe"
    assert described["binaryMediaTypes"] == ["image/png"]
    assert described["endpointConfiguration"]["types"] == ["REGIONAL"]
    # Chalice sets "", which MiniStack alone would hand back to botocore as an integer.
    assert "minimumCompressionSize" not in described
    paths = {resource["path"] for resource in gateway.get_resources(restApiId=api)["items"]}
    assert paths == {"/", "/keyed", "/open", "/mine", "/mine/{thing}"}


def test_documents_that_cannot_be_imported_change_nothing(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    unguarded = {
        "swagger": "2.0",
        "info": {"title": "other"},
        "paths": {"/mine": {"get": {"security": [{"nobody": []}], "responses": {}}}},
    }
    for body in ("{", json.dumps({"openapi": "3.0.1"}), json.dumps(unguarded)):
        with pytest.raises(gateway.exceptions.BadRequestException):
            gateway.put_rest_api(restApiId=api, mode="overwrite", body=body)
        with pytest.raises(gateway.exceptions.BadRequestException):
            gateway.import_rest_api(body=body)
    with pytest.raises(gateway.exceptions.BadRequestException, match="overwrite only"):
        gateway.put_rest_api(restApiId=api, mode="merge", body=json.dumps({"swagger": "2.0"}))
    assert [item["name"] for item in gateway.get_rest_apis()["items"]] == ["probe"]
    assert probe.call("GET", "/mine/1", Authorization=probe.id_token()).status == 200


def test_a_socket_opens_with_its_ticket_and_is_pushed_to(probe: Probe) -> None:
    with probe.socket("T") as connection:
        connection.send("ping")
        assert connection.recv(timeout=10) == "gnip"
    with pytest.raises(Exception, match="403"):
        probe.socket("stolen")


def test_a_new_deployment_overwrites_routes_and_gateway_responses(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    gateway.put_gateway_response(
        restApiId=api,
        responseType="DEFAULT_4XX",
        responseParameters={"gatewayresponse.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"},
        responseTemplates={"application/json": '{"error":{"code":"unauthorized"}}'},
    )
    gateway.create_deployment(restApiId=api, stageName="api")
    refused = probe.call("GET", "/mine/1")
    assert (refused.status, refused.body) == (401, {"error": {"code": "unauthorized"}})
    assert refused.headers["access-control-allow-origin"] == ORIGIN

    probe.deploy(extra=True)
    assert probe.call("GET", "/extra").status == 200
    assert probe.call("GET", "/mine/1").body == {"message": "Unauthorized"}
    probe.deploy()
    assert probe.call("GET", "/extra").status == 403
