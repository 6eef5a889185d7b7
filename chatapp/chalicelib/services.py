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

from . import scratch
from .aws.bucket import Bucket
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
EXTRACT = "extract"
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
        Grant("table", "files", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem")),
        Grant("index", "files/user-files-index", ("Query",)),
        Grant("bucket", "files/uploads", ("PutObject", "GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/extracted", ("GetObject",)),
        Grant("table", "usage", ("BatchGetItem", "UpdateItem")),
        Grant("table", "sockets", ("PutItem",)),
        Grant("function", "answer", ("Invoke",)),
        Grant("schedule", "purge", ("CreateSchedule",)),
    ),
    ANSWER: (
        Grant("table", "conversations", ("GetItem", "UpdateItem")),
        Grant("table", "messages", ("Query", "UpdateItem")),
        Grant("table", "frames", ("PutItem", "Query", "BatchWriteItem")),
        Grant("table", "files", ("BatchGetItem",)),
        Grant("bucket", "files/uploads", ("GetObjectVersion",)),
        Grant("bucket", "files/extracted", ("GetObject",)),
        Grant("table", "usage", ("BatchGetItem", "UpdateItem")),
        *_PUSHING,
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("bedrock", "models", ("InvokeModelWithResponseStream",)),
        Grant("queue", "answer-failures", ("SendMessage",)),
    ),
    EXTRACT: (
        Grant("table", "files", ("GetItem", "UpdateItem")),
        Grant("bucket", "files/uploads", ("GetObjectVersion", "ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/extracted", ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")),
        *_PUSHING,
        Grant("function", "extract", ("Invoke",)),
        Grant("queue", "extract-failures", ("SendMessage",)),
    ),
    PURGE: (
        Grant("table", "conversations", ("UpdateItem", "DeleteItem")),
        Grant("table", "messages", ("Query", "BatchWriteItem")),
        Grant("table", "frames", ("Query", "BatchWriteItem")),
        Grant("table", "files", ("UpdateItem", "DeleteItem")),
        Grant("bucket", "files/uploads", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/extracted", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("table", "usage", ("UpdateItem",)),
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
    ("queue", "extract-failures", "SendMessage"),
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
    files: Table
    files_by_time: Index
    uploads: Bucket
    extracted: Bucket
    usage: Table
    sockets: Table
    answers: Function
    extractions: Function
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

    def index(table_name: str, name: str) -> Index:
        of_table = f"{settings.prefix}-{table_name}"
        return Index(function, grant("index", f"{table_name}/{name}"), clients("dynamodb"), of_table, name)

    def bucket(prefix: str) -> Bucket:
        objects = partial(clients, "s3")
        return Bucket(function, grant("bucket", f"files/{prefix}"), objects, settings.files_bucket, f"{prefix}/")

    def started(name: str) -> Function:
        return Function(function, grant("function", name), partial(clients, "lambda"), f"{settings.prefix}-{name}")

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
        conversations_by_time=index("conversations", "timestamp-index"),
        messages=table("messages"),
        frames=table("frames"),
        files=table("files"),
        files_by_time=index("files", "user-files-index"),
        uploads=bucket("uploads"),
        extracted=bucket("extracted"),
        usage=table("usage"),
        sockets=table("sockets"),
        answers=started(ANSWER),
        extractions=started(EXTRACT),
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
    """Build the services of the Lambda function of that name, on a clean /tmp; nothing outside Lambda.

    function_name: `chatapp-STAGE` for the API, `chatapp-STAGE-FUNCTION` for the others.
    """
    settings = Settings.read(os.environ)
    name = function_name.removeprefix(settings.prefix).removeprefix("-") or (API if function_name else "")
    if name in GRANTS:
        scratch.remove_stale()
        services = of(name)
        if name == API:
            client("lambda")
        if name == EXTRACT:
            client("s3")
        if name == ANSWER:
            services.model().prepare()
