"""What stands around each function in the stacks, rendered from its row: logs, failure queue, invocation settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deploy.functions.policies import API_HANDLER

if TYPE_CHECKING:
    from chalicelib.functions import Function

_TWO_WEEKS_S = 14 * 86_400
_GOES_WITH_THE_STACK = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}


def around(functions: Mapping[str, Function]) -> dict[str, Any]:
    """By logical id: log groups, made before the functions, which may only write to them, and failure queues."""
    logs = {f"{_title(name)}Logs": _log_group(name) for name in functions} | {"AccessLogs": _access_logs()}
    queues = {function.events.failures for function in functions.values() if function.events}
    return logs | {_title(queue): _queue(queue) for queue in sorted(queues)}


def invocations(functions: Mapping[str, Function]) -> dict[str, Any]:
    """By logical id: how functions are invoked asynchronously; made after them."""
    return {f"{_title(name)}Invocations": _invocations(name, each) for name, each in functions.items() if each.events}


def _title(name: str) -> str:
    """`answer-failures` is AnswerFailures, `api_handler` Api, `websocket_connect` Connect."""
    plain = name.removeprefix("websocket_").removesuffix("_handler")
    return plain.replace("-", " ").replace("_", " ").title().replace(" ", "")


def _log_group(name: str) -> dict[str, Any]:
    function = "chatapp-${Stage}" if name == API_HANDLER else f"chatapp-${{Stage}}-{name}"
    properties = {
        "LogGroupName": {"Fn::Sub": f"/aws/lambda/{function}"},
        "RetentionInDays": {"Ref": "LogRetentionDays"},
    }
    return {"Type": "AWS::Logs::LogGroup", **_GOES_WITH_THE_STACK, "Properties": properties}


def _access_logs() -> dict[str, Any]:
    """Of the APIs, where the setting has them written (`deploy/account/access_logs.py`); empty costs nothing."""
    name = {"Fn::Sub": "/aws/apigateway/chatapp-${Stage}-access"}
    properties = {"LogGroupName": name, "RetentionInDays": {"Ref": "LogRetentionDays"}}
    return {"Type": "AWS::Logs::LogGroup", **_GOES_WITH_THE_STACK, "Properties": properties}


def _queue(name: str) -> dict[str, Any]:
    properties = {
        "QueueName": {"Fn::Sub": f"chatapp-${{Stage}}-{name}"},
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": _TWO_WEEKS_S,
    }
    return {"Type": "AWS::SQS::Queue", **_GOES_WITH_THE_STACK, "Properties": properties}


def _invocations(name: str, function: Function) -> dict[str, Any]:
    events = function.events
    assert events is not None  # noqa: S101 (for mypy: they were asked for)
    queue = f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:chatapp-${{Stage}}-{events.failures}"
    properties = {
        "FunctionName": {"Fn::Sub": f"chatapp-${{Stage}}-{name}"},
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": events.retries,
        "MaximumEventAgeInSeconds": events.max_age_s,
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::Sub": queue}}},
    }
    return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}
