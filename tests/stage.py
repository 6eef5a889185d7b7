"""A stage of chatapp inside the test's process: the real app on moto's DynamoDB, asking the demo model over HTTP."""

from __future__ import annotations

import copy
import itertools
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import yaml
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from deploy.local.demo_model.server import DemoServer
from tests.fakes import s3
from tests.fakes.aws import Context, FakeEdges, FakeGateway, FakeLambda, FakePool, FakeScheduler
from tests.fakes.clients import serve
from tests.fakes.dynamodb import Wire
from tests.fakes.exports import LAG_S, Exports
from tests.storage import BUCKET, Storage, make_buckets

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "https://site.example"
ENDPOINT = "https://sockets.execute-api.eu-west-1.amazonaws.com/api"
# How long a test waits for another thread before it fails.
PATIENCE_S = 20.0

WHATS = ("sends", "uploads", "sockets", "comments", "visits", "signups")
COUNTED = ("owners", "members", "none", "visits", "twins", "keys", "ips", "stage", "recipients")


def rates(limit: list[int]) -> str:
    """The setting that gives everything and everybody one limit: `[quota, window_s]`, or `[]` for none."""
    return json.dumps({who: dict.fromkeys(WHATS, limit) for who in COUNTED})


ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "CHATAPP_STAGE": "test",
    "CHATAPP_ACCOUNT_ID": "123456789012",
    "CHATAPP_SITE_ORIGIN": ORIGIN,
    "CHATAPP_FILES_BUCKET": BUCKET,
    "CHATAPP_DISTRIBUTION_ID": "E1TEST",
    "CHATAPP_RATES": rates([]),
    "CHATAPP_USER_POOL_ARN": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_test",
}

PARAMETERS = {
    "/chatapp/test/anthropic-api-key": "demo",
    "/chatapp/test/address-key": "by which addresses are counted",
    "/chatapp/test/visit-key": "by which visitors' tokens are signed",
}

# What EventBridge sends of a rule's schedule.
HOUR = {
    "version": "0",
    "id": "0",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-28T10:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {},
    "detail-type": "Scheduled Event",
}


class Template(yaml.SafeLoader):
    """Reads CloudFormation's short tags; only `!Sub` with the stage matters here."""


Template.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


@lru_cache(maxsize=1)
def table_definitions() -> list[dict[str, Any]]:
    """The tables as the foundation stack declares them, for DynamoDB's CreateTable."""
    template = yaml.load((ROOT / "deploy/stacks/foundation.yaml").read_text(), Template)  # noqa: S506
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return [
        {
            "TableName": resource["Properties"]["TableName"].replace("${Stage}", "test"),
            **{name: resource["Properties"][name] for name in wanted if name in resource["Properties"]},
        }
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]


def password_policy() -> dict[str, Any]:
    """What the foundation stack asks of a password."""
    template = yaml.load((ROOT / "deploy/stacks/foundation.yaml").read_text(), Template)  # noqa: S506
    policy: dict[str, Any] = template["Resources"]["UserPool"]["Properties"]["Policies"]["PasswordPolicy"]
    return policy


class StandIn:
    """Whatever fake is in its place just now."""

    fake: object = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fake, name)


@dataclass(frozen=True)
class _Clients:
    """The tests' own clients, the wires, and the app's clients: made once, since making them is slow.

    stand_ins: what carries out the calls of some of the app's, by service; each stage puts its own in.
    """

    dynamodb: Any
    ssm: Any
    s3: Any
    wire: Wire
    s3_wire: s3.Wire
    made: dict[Any, Any]
    stand_ins: dict[str, StandIn]


@lru_cache(maxsize=1)
def _clients() -> _Clients:
    from chalicelib.aws import clients

    own = _Clients(boto3.client("dynamodb"), boto3.client("ssm"), boto3.client("s3"), Wire(), s3.Wire(), {}, {})
    own.made.update({(service, None): clients.client(service) for service in ("dynamodb", "ssm", "s3")})
    for service in ("lambda", "scheduler", "cognito-idp", "cloudfront", "apigatewaymanagementapi"):
        endpoint = ENDPOINT if service == "apigatewaymanagementapi" else None
        own.stand_ins[service] = StandIn()
        own.made[service, endpoint] = serve(clients.client(service, endpoint), own.stand_ins[service])
    own.wire.attach(own.dynamodb, faults=False)
    own.wire.attach(own.made["dynamodb", None], faults=True)
    own.s3_wire.attach(own.s3, faults=False)
    own.s3_wire.attach(own.made["s3", None], faults=True)
    return own


def _lay_out() -> None:
    """The empty tables and buckets of a stage, in a moto that has nothing: copies of those that were made first."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][ENVIRONMENT["AWS_DEFAULT_REGION"]]
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    first = _first_layout()
    tables.tables.update(copy.deepcopy(first["tables"]))
    buckets.buckets.update(copy.deepcopy(first["buckets"]))
    s3_backends.bucket_accounts.update(dict.fromkeys(first["buckets"], (buckets.partition, DEFAULT_ACCOUNT_ID)))


@lru_cache(maxsize=1)
def _first_layout() -> dict[str, dict[str, Any]]:
    """Made by AWS's own calls; what is stored in them later is not in what this returns."""
    own = _clients()
    for definition in table_definitions():
        own.dynamodb.create_table(**definition)
    make_buckets(own.s3)
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][ENVIRONMENT["AWS_DEFAULT_REGION"]].tables
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return {"tables": copy.deepcopy(tables), "buckets": copy.deepcopy(buckets)}


class _Numbers(TypeDeserializer):
    def _deserialize_n(self, value: str) -> int | float:
        return float(value) if "." in value else int(value)


class Stage(Storage):
    """app: the module `app`. lambdas, scheduler, gateway, pool, edges, exports: stand-ins; `run` delivers what was
    invoked.

    wire, s3_wire: between the app and DynamoDB or S3, where faults are put. clock: by which it forgets what it has read
    of ended sessions.
    """

    def __init__(self, app: ModuleType, model: DemoServer) -> None:
        from chalicelib import sessions
        from chalicelib.aws import clients
        from chalicelib.comments import sections
        from chalicelib.turns import waking
        from chalicelib.twin import snapshots

        sections.known.clear()
        waking.woken.clear()
        snapshots.known.clear()
        self.app = app
        self.clock = 0.0
        sessions.known = sessions.cache(lambda: self.clock)
        self.model = model
        self.pace(0)
        self.configured = False
        self.lambdas = FakeLambda()
        self.scheduler = FakeScheduler()
        self.gateway = FakeGateway()
        self.pool = FakePool()
        self.edges = FakeEdges()
        own = _clients()
        self.dynamodb, self.wire, self.s3_wire = own.dynamodb, own.wire, own.s3_wire
        self.wire.reset()
        self.exports = self.wire.exports = Exports(own.dynamodb, own.s3, lambda: time.time() + LAG_S)
        self.s3_wire.clear()
        clients.made.clear()
        clients.made.update(own.made)
        own.stand_ins["lambda"].fake = self.lambdas
        own.stand_ins["scheduler"].fake = self.scheduler
        own.stand_ins["cognito-idp"].fake = self.pool
        own.stand_ins["cloudfront"].fake = self.edges
        own.stand_ins["apigatewaymanagementapi"].fake = self.gateway
        self.use_buckets(own.s3)
        _lay_out()
        for name, value in PARAMETERS.items():
            own.ssm.put_parameter(Name=name, Value=value, Type="SecureString")

    def configure(self, **settings: object) -> None:
        """Deploy the stage anew with other settings: `configure(user_budget_usd=1)`."""
        from chalicelib import services

        os.environ.update({f"CHATAPP_{name.upper()}": str(value) for name, value in settings.items()})
        services.of.cache_clear()
        self.configured = True

    def pace(self, factor: float) -> None:
        """How the demo model keeps to the pauses that its answers are told to have: 1 as told, 0 not at all."""
        self.model.sleep = lambda seconds: time.sleep(seconds * factor)

    def hold(self, after_chunks: int) -> threading.Event:
        """Let the demo model fall silent after so many chunks, until the event is set."""
        release, chunks = threading.Event(), itertools.count()

        def sleep(seconds: float) -> None:
            if next(chunks) >= after_chunks:
                release.wait(PATIENCE_S)

        self.model.sleep = sleep
        return release

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

    def prompts(self) -> list[dict[str, Any]]:
        """The bodies of the requests for answers, without those for titles."""
        bodies = [request["body"] for request in self.requests()]
        return [body for body in bodies if "title only" not in json.dumps(body.get("system", ""))]

    def run(self, seconds: float = 900) -> None:
        """Deliver every pending invocation of `extract`, `answer` and `study`, once."""
        for payload in self.lambdas.take("extract"):
            self.extract(payload, seconds)
        for payload in self.lambdas.take("answer"):
            self.answer(payload, seconds)
        for payload in self.lambdas.take("study"):
            self.study(payload, seconds)

    def study(self, payload: dict[str, Any], seconds: float = 900) -> None:
        self.app.study(payload, Context(seconds))

    def write_pages(self) -> None:
        """Deliver every pending invocation of `publish`, once."""
        for payload in self.lambdas.take("publish"):
            self.app.publish(payload, Context(60))

    def answer(self, payload: dict[str, Any], seconds: float = 900) -> None:
        self.app.answer(payload, Context(seconds))

    @contextmanager
    def working(self, copies: int = 1) -> Iterator[None]:
        """Deliver every pending order to a worker of its own, `copies` of each; wait for their end on leaving."""
        payloads = self.lambdas.take() * copies
        threads = [threading.Thread(target=self.answer, args=(payload,), daemon=True) for payload in payloads]
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "the worker does not end"

    def purge(self, payload: dict[str, Any]) -> None:
        self.app.purge(payload, Context(300))

    def sweep(self, seconds: float = 900) -> None:
        """The hourly run, as EventBridge invokes it."""
        self.app.sweep(HOUR, Context(seconds))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, as Python values, but for its version; of files without the notes of removed ones."""
        return [row for row in self._scanned(table) if not _is_note(row)]

    def notes(self) -> list[dict[str, Any]]:
        """Of removed files, for the sweep to look at once more."""
        return [row for row in self._scanned("files") if _is_note(row)]

    def row(self, table: str, key: str) -> dict[str, Any]:
        """The row that has `key` as one of its key values."""
        names = {f"#{number}": name for number, name in enumerate(self._key_names(table))}
        (found,) = self._scanned(
            table,
            FilterExpression=" OR ".join(f"{placeholder} = :key" for placeholder in names),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":key": {"S": key}},
        )
        return found

    def _scanned(self, table: str, **parameters: Any) -> list[dict[str, Any]]:
        read = _Numbers().deserialize
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=f"chatapp-test-{table}", **parameters)
        return [
            {name: read(value) for name, value in row.items() if name != "schema_version"}
            for page in pages
            for row in page["Items"]
        ]

    def put(self, table: str, row: dict[str, Any]) -> None:
        wire = {name: TypeSerializer().serialize(value) for name, value in row.items() if value is not None}
        self.dynamodb.put_item(TableName=f"chatapp-test-{table}", Item=wire)

    def delete(self, table: str, row: dict[str, Any]) -> None:
        key = {name: TypeSerializer().serialize(value) for name, value in self._key(table, row).items()}
        self.dynamodb.delete_item(TableName=f"chatapp-test-{table}", Key=key)

    def edit(self, table: str, key: str, **values: Any) -> None:
        """Change a row behind the app's back: the way in which tests let time pass. None removes an attribute."""
        self.put(table, self.row(table, key) | values)

    def _key(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in self._key_names(table)}

    def _key_names(self, table: str) -> list[str]:
        (schema,) = [d["KeySchema"] for d in table_definitions() if d["TableName"] == f"chatapp-test-{table}"]
        return [part["AttributeName"] for part in schema]


def _is_note(row: dict[str, Any]) -> bool:
    return str(row.get("file_id", "")).startswith("removed#")


def wait_for(condition: Callable[[], object], what: str = "") -> None:
    """Wait until another thread has made `condition` true; the test fails if it does not."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.005)


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


@lru_cache(maxsize=1)
def _serve_threads(app: Any) -> None:
    """Lambda gives a process one request at a time, and Chalice keeps it on the app. Here each thread has its own, as
    in `chalice local`: of two sends at once, both would now and then be the same one.
    """
    own = threading.local()

    def kept(name: str) -> property:
        return property(lambda _: getattr(own, name, None), lambda _, value: setattr(own, name, value))

    names = ("current_request", "lambda_context", "_remaining", "_visit")
    app.__class__ = type("ThreadedChatApp", (type(app),), {name: kept(name) for name in names})


@contextmanager
def stage(model: DemoServer) -> Iterator[Stage]:
    """A fresh stage; one at a time, since the app reads the process's environment."""
    before = dict(os.environ)
    # Lambda's own region, whatever a command that was tried before has set.
    os.environ.update(ENVIRONMENT | {"ANTHROPIC_BASE_URL": model.url, "AWS_REGION": ENVIRONMENT["AWS_DEFAULT_REGION"]})
    os.environ.pop("AWS_ENDPOINT_URL", None)
    try:
        with mock_aws():
            import app
            from chalicelib import services

            _serve_threads(app.app)
            made = Stage(app, model)
            yield made
            if made.configured:  # otherwise the functions are kept warm, as Lambda keeps them
                services.of.cache_clear()
    finally:
        os.environ.clear()
        os.environ.update(before)
