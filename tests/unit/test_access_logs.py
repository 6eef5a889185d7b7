"""API Gateway's access logs and X-Ray: switched on and off by settings, held against botocore's own models."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deploy.account import access_logs
from deploy.environment import API_STAGE, ApiIds, Stage
from deploy.functions import policies, tracing

REST = {"restApiId": "rest1", "stageName": API_STAGE}
SOCKET = {"ApiId": "sock1", "StageName": API_STAGE}
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/apigateway/chatapp-prod-access"
ROLE_ARN = "arn:aws:iam::123456789012:role/chatapp-apigateway-logs"
IDS = ApiIds("rest1", "sock1")
ON_REST = {"destinationArn": GROUP, "format": access_logs.REST_FORMAT}
ON_SOCKET = {"DestinationArn": GROUP, "Format": access_logs.SOCKET_FORMAT}


class _Account:
    """Clients whose requests and replies are those that a test expects, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clients: dict[str, Any] = {}
        self.stubs: dict[str, Stubber] = {}
        for service in ("apigateway", "apigatewayv2", "iam", "lambda"):
            client = boto3.client(service, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
            self.clients[service], self.stubs[service] = client, Stubber(client)
            self.stubs[service].activate()
        monkeypatch.setattr(Stage, "client", lambda _, service: self.clients[service])
        monkeypatch.setattr(Stage, "account_id", "123456789012")
        self.stage = Stage("prod", "eu-west-1")

    def expect(self, service: str, operation: str, given: dict[str, Any], reply: dict[str, Any]) -> None:
        self.stubs[service].add_response(operation, reply, given)

    def done(self) -> None:
        for each in self.stubs.values():
            each.assert_no_pending_responses()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> _Account:
    return _Account(monkeypatch)


def _found(account: _Account, rest: dict[str, Any], socket: dict[str, Any]) -> None:
    account.expect("apigateway", "get_stage", REST, {"accessLogSettings": rest} if rest else {})
    account.expect("apigatewayv2", "get_stage", SOCKET, {"StageName": API_STAGE, "AccessLogSettings": socket})


def test_an_account_with_a_role_of_its_own_keeps_it_and_an_unchanged_run_changes_nothing(account: _Account) -> None:
    account.expect("apigateway", "get_account", {}, {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/theirs"})
    _found(account, ON_REST, ON_SOCKET)
    assert access_logs.configure(account.stage, IDS, is_on=True) == []
    account.done()


def test_a_role_is_made_where_the_account_has_none_and_waited_for(account: _Account) -> None:
    patch = {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE_ARN}]}
    role = {"RoleName": access_logs.ROLE, "Path": "/", "RoleId": "A" * 16, "Arn": ROLE_ARN, "CreateDate": "2026-01-01"}
    account.expect("apigateway", "get_account", {}, {})
    account.stubs["iam"].add_client_error("get_role", "NoSuchEntity")
    trust = json.dumps(access_logs._TRUST)
    account.expect(
        "iam", "create_role", {"RoleName": access_logs.ROLE, "AssumeRolePolicyDocument": trust}, {"Role": role}
    )
    account.expect("iam", "attach_role_policy", {"RoleName": access_logs.ROLE, "PolicyArn": access_logs._POLICY}, {})
    account.stubs["apigateway"].add_client_error("update_account", "BadRequestException")
    account.expect("apigateway", "update_account", patch, {})
    _found(account, ON_REST, ON_SOCKET)
    waited: list[float] = []
    changed = access_logs.configure(account.stage, IDS, is_on=True, pause=waited.append)
    assert (changed, len(waited)) == (["account's role for API logs"], 1)
    account.done()


def test_logs_are_switched_on_and_off_again(account: _Account) -> None:
    account.expect("apigateway", "get_account", {}, {"cloudwatchRoleArn": ROLE_ARN})
    patch = [{"op": "replace", "path": f"/accessLogSettings/{name}", "value": value} for name, value in ON_REST.items()]
    account.expect("apigateway", "get_stage", REST, {})
    account.expect("apigateway", "update_stage", {**REST, "patchOperations": patch}, {})
    account.expect("apigatewayv2", "get_stage", SOCKET, {"StageName": API_STAGE})
    account.expect("apigatewayv2", "update_stage", {**SOCKET, "AccessLogSettings": ON_SOCKET}, {"StageName": API_STAGE})
    assert len(access_logs.configure(account.stage, IDS, is_on=True)) == 2
    account.expect("apigateway", "get_stage", REST, {"accessLogSettings": ON_REST})
    gone = [{"op": "remove", "path": "/accessLogSettings"}]
    account.expect("apigateway", "update_stage", {**REST, "patchOperations": gone}, {})
    account.expect("apigatewayv2", "get_stage", SOCKET, {"StageName": API_STAGE, "AccessLogSettings": ON_SOCKET})
    account.expect("apigatewayv2", "delete_access_log_settings", SOCKET, {})
    assert len(access_logs.configure(account.stage, IDS, is_on=False)) == 2
    account.done()


@pytest.mark.parametrize("text", [access_logs.REST_FORMAT, access_logs.SOCKET_FORMAT])
def test_an_access_log_names_nothing_of_a_person(text: str) -> None:
    json.loads(text)
    for private in ("sourceIp", "userAgent", "authorizer", "identity", "querystring", "context.path", "body", "claims"):
        assert private not in text


def test_traces_are_switched_on_and_off_for_the_stages_own_functions(account: _Account) -> None:
    names = ("chatapp-prod", "chatapp-prod-answer", "chatapp-production", "other")
    for is_on, mode, before in ((True, "Active", "PassThrough"), (False, "PassThrough", "Active")):
        listed = [{"FunctionName": name, "TracingConfig": {"Mode": before}} for name in names]
        account.expect("lambda", "list_functions", {}, {"Functions": listed})
        for name in names[:2]:
            given = {"FunctionName": name, "TracingConfig": {"Mode": mode}}
            account.expect("lambda", "update_function_configuration", given, {})
        for name in names[:2]:
            updated = {"Configuration": {"LastUpdateStatus": "Successful"}}
            account.expect("lambda", "get_function", {"FunctionName": name}, updated)
        patch = [{"op": "replace", "path": "/tracingEnabled", "value": str(is_on).lower()}]
        account.expect("apigateway", "get_stage", REST, {"tracingEnabled": not is_on})
        account.expect("apigateway", "update_stage", {**REST, "patchOperations": patch}, {})
        assert tracing.configure_functions(account.stage, is_on=is_on) == [*names[:2]]
        assert tracing.configure_api(account.stage, IDS, is_on=is_on) == ["REST stage"]
    account.done()


@pytest.mark.parametrize("is_traced", [True, False])
def test_only_a_stage_that_is_traced_lets_its_functions_send_traces(is_traced: bool) -> None:
    place = policies.Place("prod", "eu-west-1", "123456789012", is_traced=is_traced)
    assert ("xray:" in json.dumps(policies.document("answer", [], place))) is is_traced
