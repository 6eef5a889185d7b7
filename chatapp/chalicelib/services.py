"""Composition root: which AWS operations each function may use, and what it is built of.

`GRANTS` is the one place where a permission is given: the adapters refuse everything else at run time, and the
deployment writes each function's IAM policy from it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from .aws.clients import client
from .aws.functions import Function, Schedule
from .aws.grants import Grant
from .aws.parameters import Parameter
from .aws.push import Push
from .aws.table import Index, Table
from .model import Model
from .model import build as build_model
from .settings import Settings

API = "api_handler"
ANSWER = "answer"
PURGE = "purge"
CONNECT = "websocket_connect"
MESSAGE = "websocket_message"
DISCONNECT = "websocket_disconnect"

_PUSHING = (
    Grant("table", "sockets", ("Query", "BatchWriteItem")),
    Grant("sockets", "connections", ("PostToConnection",)),
)

GRANTS: dict[str, tuple[Grant, ...]] = {
    API: (
        Grant("table", "conversations", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")),
        Grant("index", "conversations/timestamp-index", ("Query",)),
        Grant("table", "messages", ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")),
        Grant("table", "frames", ("Query",)),
        Grant("table", "usage", ("BatchGetItem", "UpdateItem")),
        Grant("table", "sockets", ("PutItem",)),
        Grant("function", "answer", ("Invoke",)),
        Grant("schedule", "purge", ("CreateSchedule",)),
    ),
    ANSWER: (
        Grant("table", "conversations", ("GetItem", "UpdateItem")),
        Grant("table", "messages", ("Query", "UpdateItem")),
        Grant("table", "frames", ("PutItem", "Query", "BatchWriteItem")),
        Grant("table", "usage", ("BatchGetItem", "UpdateItem")),
        *_PUSHING,
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("bedrock", "models", ("InvokeModelWithResponseStream",)),
        Grant("queue", "answer-failures", ("SendMessage",)),
    ),
    PURGE: (
        Grant("table", "conversations", ("UpdateItem", "DeleteItem")),
        Grant("table", "messages", ("Query", "BatchWriteItem")),
        Grant("table", "frames", ("Query", "BatchWriteItem")),
        Grant("queue", "answer-failures", ("SendMessage",)),
    ),
    CONNECT: (Grant("table", "sockets", ("PutItem", "DeleteItem")),),
    MESSAGE: (),
    DISCONNECT: (Grant("table", "sockets", ("DeleteItem",)),),
}

# Used by AWS on the function's behalf, not by our code: asynchronous invocation's on-failure destination, and the
# SDK's own call to Bedrock.
USED_BY_AWS = (
    ("queue", "answer-failures", "SendMessage"),
    ("bedrock", "models", "InvokeModelWithResponseStream"),
)


@dataclass(frozen=True, slots=True)
class Services:
    """What one function works with. An adapter without a grant refuses every operation."""

    settings: Settings
    conversations: Table
    conversations_by_time: Index
    messages: Table
    frames: Table
    usage: Table
    sockets: Table
    answers: Function
    purges: Schedule
    pushes: Push
    model: Callable[[], Model]


def build(function: str, settings: Settings, clients: Callable[..., Any] = client) -> Services:
    """Wire a function's adapters. clients: makes a boto3 client of a service (and of an endpoint, for pushing)."""
    grants = {(grant.kind, grant.resource): grant for grant in GRANTS[function]}

    def grant(kind: str, resource: str) -> Grant:
        return grants.get((kind, resource), Grant(kind, resource, ()))

    def table(name: str) -> Table:
        return Table(function, grant("table", name), clients("dynamodb"), f"{settings.prefix}-{name}")

    by_time = "conversations/timestamp-index"
    purge_arn = f"arn:aws:lambda:{settings.region}:{settings.account_id}:function:{settings.prefix}-{PURGE}"
    scheduler_role = f"arn:aws:iam::{settings.account_id}:role/{settings.prefix}-scheduler"
    key = Parameter(
        function,
        grant("parameter", "anthropic-api-key"),
        partial(clients, "ssm"),
        f"/chatapp/{settings.stage}/anthropic-api-key",
    )
    return Services(
        settings=settings,
        conversations=table("conversations"),
        conversations_by_time=Index(
            function,
            grant("index", by_time),
            clients("dynamodb"),
            f"{settings.prefix}-conversations",
            "timestamp-index",
        ),
        messages=table("messages"),
        frames=table("frames"),
        usage=table("usage"),
        sockets=table("sockets"),
        answers=Function(
            function, grant("function", ANSWER), partial(clients, "lambda"), f"{settings.prefix}-{ANSWER}"
        ),
        purges=Schedule(
            function,
            grant("schedule", PURGE),
            partial(clients, "scheduler"),
            settings.prefix,
            {"Arn": purge_arn, "RoleArn": scheduler_role},
        ),
        pushes=Push(function, grant("sockets", "connections"), partial(clients, "apigatewaymanagementapi")),
        model=lru_cache(maxsize=1)(lambda: build_model(settings, key.value)),
    )


@lru_cache(maxsize=16)
def of(function: str) -> Services:
    """The services of a function in this process, built when first asked for."""
    return build(function, Settings.read(os.environ))


def warm(function_name: str) -> None:
    """Build the services of the Lambda function of that name; nothing outside Lambda.

    function_name: `chatapp-STAGE` for the API, `chatapp-STAGE-FUNCTION` for the others.
    """
    settings = Settings.read(os.environ)
    name = function_name.removeprefix(settings.prefix).removeprefix("-") or (API if function_name else "")
    if name in GRANTS:
        services = of(name)
        if name == API:
            client("lambda")
        if name == ANSWER:
            services.model().prepare()
