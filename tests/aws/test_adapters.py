"""Parameters, functions, schedules and pushes: what each AWS error becomes."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from chalicelib.aws import parameters
from chalicelib.aws.functions import Function, NotStarted, Schedule
from chalicelib.aws.grants import Grant, NotGranted
from chalicelib.aws.parameters import Parameter
from chalicelib.aws.push import Gone, Push

from tests.aws.conftest import TESTER
from tests.fakes import clients
from tests.fakes.aws import FakeGateway, FakeLambda, FakeScheduler, client_error
from tests.stage import Stage

NAME = "/chatapp/test/anthropic-api-key"
FAILURES = [
    client_error("TooManyRequestsException", "Invoke", 429),
    EndpointConnectionError(endpoint_url="https://lambda"),
]


def _parameter(*operations: str) -> Parameter:
    return Parameter(TESTER, Grant("parameter", "key", operations), lambda: boto3.client("ssm"), NAME)


def test_a_parameter_is_decrypted_and_kept(stage: Stage) -> None:
    parameter = _parameter("GetParameter")
    assert parameter.value() == "demo"
    boto3.client("ssm").put_parameter(Name=NAME, Value="renewed", Type="SecureString", Overwrite=True)
    assert parameter.value() == "demo"
    assert _parameter("GetParameter").value() == "renewed"


def test_a_rotated_key_is_taken_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "KEEP_S", -1)
    parameter = _parameter("GetParameter")
    assert parameter.value() == "demo"
    boto3.client("ssm").put_parameter(Name=NAME, Value="renewed", Type="SecureString", Overwrite=True)
    assert parameter.value() == "renewed"


def test_a_missing_parameter_is_raised(stage: Stage) -> None:
    boto3.client("ssm").delete_parameter(Name=NAME)
    with pytest.raises(ClientError, match="ParameterNotFound"):
        _parameter("GetParameter").value()


@pytest.mark.parametrize("failure", FAILURES)
def test_a_function_that_aws_does_not_take_is_not_started(failure: Exception) -> None:
    fake = FakeLambda(failures=[failure])
    client = clients.client("lambda", fake)
    function = Function(TESTER, Grant("function", "answer", ("Invoke",)), lambda: client, "chatapp-test-answer")
    with pytest.raises(NotStarted):
        function.invoke({"a": 1})
    function.invoke({"a": 2})
    assert fake.pending == [("chatapp-test-answer", {"a": 2})]


def test_a_schedule_runs_once_at_its_time_and_its_repeat_is_no_error() -> None:
    fake = FakeScheduler()
    client = clients.client("scheduler", fake)
    grant = Grant("schedule", "purge", ("CreateSchedule",))
    schedule = Schedule(TESTER, grant, lambda: client, "chatapp-test", {"Arn": "arn", "RoleArn": "role"})
    for _ in range(2):
        schedule.once("purge-1", 1_795_262_435, {"a": 1})
    (created,) = fake.schedules.values()
    assert created["ScheduleExpression"] == "at(2026-11-21T12:00:35)"
    assert created["ActionAfterCompletion"] == "DELETE"
    assert created["GroupName"] == "chatapp-test"
    assert created["Target"] == {"Arn": "arn", "RoleArn": "role", "Input": '{"a": 1}'}


def test_pushing_tells_a_closed_connection_from_one_that_cannot_be_reached_now() -> None:
    gateway = FakeGateway(gone={"closed"})
    client = clients.client("apigatewaymanagementapi", gateway)
    push = Push(TESTER, Grant("sockets", "connections", ("PostToConnection",)), lambda endpoint: client)
    body = b'{"frames":[{"type":"conversation.updated","conversation_id":"c"}]}'
    assert push.post("https://e", "open", body)
    with pytest.raises(Gone):
        push.post("https://e", "closed", body)

    def busy(connection_id: str) -> None:
        raise client_error("LimitExceededException", "PostToConnection", 429)

    gateway.before_post = busy
    assert not push.post("https://e", "open", body)
    assert gateway.sent == {"open": [{"type": "conversation.updated", "conversation_id": "c"}]}


def test_without_a_grant_nothing_is_asked_for(stage: Stage) -> None:
    with pytest.raises(NotGranted):
        _parameter().value()
    fake: Any = FakeLambda()
    with pytest.raises(NotGranted):
        Function(TESTER, Grant("function", "answer", ()), lambda: fake, "f").invoke({})
    assert fake.pending == []
