"""A stage whose functions are the package's own, each in a process of its own, on moto's server and the demo model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from chalicelib import functions
from moto.server import ThreadedMotoServer

from deploy.local.demo_model.server import DemoServer
from tests.fakes.aws import Context, FakeGateway, FakeLambda, FakePool
from tests.packaged.shape import Function
from tests.stage import ENVIRONMENT, PARAMETERS, Stage, table_definitions
from tests.storage import make_buckets

# What Chalice names as the handlers.
HANDLERS = {functions.ANSWER: "app.answer", functions.EXTRACT: "app.extract", functions.PURGE: "app.purge"}


class Processes:
    """The functions of an unpacked package, each started when it is first called."""

    def __init__(self, task: Path, environment: dict[str, str], logs: Path) -> None:
        self._task, self._environment, self._logs = task, environment, logs
        self._started: dict[str, Function] = {}

    def of(self, name: str) -> Function:
        if name not in self._started:
            whole = "chatapp-test" if name == functions.API else f"chatapp-test-{name}"
            environment = {**self._environment, "AWS_LAMBDA_FUNCTION_NAME": whole}
            handler = HANDLERS.get(name, "app.app")
            self._started[name] = Function(self._task, handler, environment, self._logs / f"{name}.log")
        return self._started[name]

    def call(self, name: str, event: Any, context: Context) -> Any:
        return self.of(name)(event, context.get_remaining_time_in_millis() / 1000)

    def end(self) -> None:
        for function in self._started.values():
            function.end()


class _Rest:
    """The API, called as `chalice.app.Chalice` is."""

    def __init__(self, processes: Processes) -> None:
        import app

        self.routes = app.app.routes
        self._processes = processes

    def __call__(self, event: Any, context: Context) -> Any:
        return self._processes.call(functions.API, event, context)


class PackagedStage(Stage):
    """processes: the functions. What they invoke waits in `lambdas`; they find no socket to push to."""

    def __init__(self, processes: Processes, model: DemoServer, lambdas: FakeLambda, endpoint: str) -> None:
        self.processes = processes
        called = {name: partial(processes.call, name) for name in HANDLERS}
        self.app = SimpleNamespace(app=_Rest(processes), **called)  # type: ignore[assignment]
        self.model, self.lambdas, self.gateway, self.pool = model, lambdas, FakeGateway(), FakePool()
        self.pace(0)
        client = partial(boto3.client, endpoint_url=endpoint, region_name=ENVIRONMENT["AWS_DEFAULT_REGION"])
        self.dynamodb = client("dynamodb")
        for definition in table_definitions():
            self.dynamodb.create_table(**definition)
        self.use_buckets(client("s3"))
        make_buckets(self.s3)
        for name, value in PARAMETERS.items():
            client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")


@contextmanager
def packaged(task: Path, model: DemoServer, logs: Path, **settings: object) -> Iterator[PackagedStage]:
    """task: the unpacked package. settings: as of `Stage.configure`."""
    lambdas = FakeLambda()
    with ExitStack() as stack:
        endpoint, invoked = stack.enter_context(_moto()), stack.enter_context(_lambda(lambdas))
        environment = {
            **ENVIRONMENT,
            **{f"CHATAPP_{name.upper()}": str(value) for name, value in settings.items()},
            "AWS_REGION": ENVIRONMENT["AWS_DEFAULT_REGION"],
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_LAMBDA": invoked,
            "ANTHROPIC_BASE_URL": model.url,
        }
        processes = Processes(task, environment, logs)
        stack.callback(processes.end)
        yield PackagedStage(processes, model, lambdas, endpoint)


@contextmanager
def _moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def _lambda(lambdas: FakeLambda) -> Iterator[str]:
    """Lambda's Invoke, which keeps what is to be run: moto's would want Docker for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["content-length"])).decode()
            lambdas.invoke(self.path.split("/")[3], self.headers["x-amz-invocation-type"], payload)
            self.send_response(202)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
