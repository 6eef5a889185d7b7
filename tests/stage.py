"""A stage of chatapp inside the test's process: the real app on moto's DynamoDB, asking the demo model over HTTP."""

from __future__ import annotations

import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import yaml
from moto import mock_aws

from deploy.local.demo_model import DemoServer
from tests.fakes.aws import FakeGateway, FakeLambda, FakeScheduler

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "https://site.example"
ENDPOINT = "https://sockets.example/api"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "CHATAPP_STAGE": "test",
    "CHATAPP_ACCOUNT_ID": "123456789012",
    "CHATAPP_SITE_ORIGIN": ORIGIN,
    "CHATAPP_USER_POOL_ARN": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_test",
}


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short tags; only `!Sub` with the stage matters here."""


_Template.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


@lru_cache(maxsize=1)
def table_definitions() -> list[dict[str, Any]]:
    """The tables as the foundation stack declares them, for DynamoDB's CreateTable."""
    template = yaml.load((ROOT / "deploy/stacks/foundation.yaml").read_text(), _Template)  # noqa: S506
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return [
        {
            "TableName": resource["Properties"]["TableName"].replace("${Stage}", "test"),
            **{name: resource["Properties"][name] for name in wanted if name in resource["Properties"]},
        }
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]


class Stage:
    """app: the module `app`. lambdas, scheduler, gateway: stand-ins; `run` delivers what was invoked."""

    def __init__(self, app: ModuleType, model: DemoServer) -> None:
        from chalicelib.aws import clients

        self.app = app
        self.model = model
        self.lambdas = FakeLambda()
        self.scheduler = FakeScheduler()
        self.gateway = FakeGateway()
        clients.made.clear()
        clients.made[("lambda", None)] = self.lambdas
        clients.made[("scheduler", None)] = self.scheduler
        clients.made[("apigatewaymanagementapi", ENDPOINT)] = self.gateway
        self.dynamodb = boto3.client("dynamodb")
        for definition in table_definitions():
            self.dynamodb.create_table(**definition)
        boto3.client("ssm").put_parameter(Name="/chatapp/test/anthropic-api-key", Value="demo", Type="SecureString")

    def script(self, match: str | None, times: int | None = None, title: bool = False, **reply: Any) -> None:
        """Tell the demo model what to answer to a message that contains `match`."""
        body = json.dumps({"match": match, "times": times, "title": title, "reply": reply}).encode()
        request = urllib.request.Request(f"{self.model.url}/_demo/script", body, method="POST")  # noqa: S310
        urllib.request.urlopen(request).close()  # noqa: S310

    def requests(self) -> list[dict[str, Any]]:
        """What the model was sent, oldest first."""
        with urllib.request.urlopen(f"{self.model.url}/_demo/requests?after=0") as reply:  # noqa: S310
            items: list[dict[str, Any]] = json.load(reply)["items"]
        return items

    def run(self, seconds: float = 900) -> None:
        """Deliver every pending invocation of `answer`, once."""
        for payload in self.lambdas.take():
            self.answer(payload, seconds)

    def answer(self, payload: dict[str, Any], seconds: float = 900) -> None:
        self.app.answer(payload, Context(seconds))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, as Python values."""
        from boto3.dynamodb.types import TypeDeserializer

        read = TypeDeserializer().deserialize
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=f"chatapp-test-{table}")
        return [{name: read(value) for name, value in row.items()} for page in pages for row in page["Items"]]


class Context:
    """Lambda's context object, as far as the app reads it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


@contextmanager
def demo_model() -> Iterator[DemoServer]:
    server = DemoServer(0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def stage(model: DemoServer) -> Iterator[Stage]:
    """A fresh stage; one at a time, since the app reads the process's environment."""
    os.environ.update(ENVIRONMENT | {"ANTHROPIC_BASE_URL": model.url})
    os.environ.pop("AWS_ENDPOINT_URL", None)
    with mock_aws():
        import app
        from chalicelib import services

        services.of.cache_clear()
        yield Stage(app, model)
        services.of.cache_clear()
