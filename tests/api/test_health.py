"""`GET /health`, shallow and deep, and `health_check`, which asks it from outside."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from chalicelib import health
from chalicelib.aws import clients
from chalicelib.functions import API, FUNCTIONS, HEALTH_CHECK
from chalicelib.health import PARTS, Reached
from chalicelib.services import of

from tests.fakes import dynamodb, s3
from tests.fakes.aws import Context, client_error
from tests.fakes.clients import serve
from tests.people import Reply
from tests.stage import HOUR, PATIENCE_S, Stage
from tests.storage import SITE

PARTS_BY_NAME = list(PARTS)
PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """By which the deep check forgets what it has found."""
    passed = {"s": 0.0}
    monkeypatch.setattr(health, "known", health.cache(lambda: passed["s"]))
    return passed


@pytest.fixture(autouse=True)
def site(stage: Stage, clock: dict[str, float]) -> None:
    stage.s3.put_object(Bucket=SITE, Key="index.html", Body=b"")


def _get(stage: Stage, **query: str) -> Reply:
    """As anybody asks, without a token."""
    event = {
        "resource": "/health",
        "path": "/health",
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "pathParameters": None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "body": None,
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": "/health",
            "requestId": "test",
            "identity": {"sourceIp": "127.0.0.1"},
        },
    }
    reply = stage.app.app(event, Context(29))
    return Reply(reply["statusCode"], reply["headers"], reply["body"])


def _break(stage: Stage, part: str) -> None:
    kind, name = part.split()
    if kind == "table":
        missing = "ResourceNotFoundException"
        stage.wire.fail(lambda call, send: dynamodb.refusal(missing), lambda call: call.tables == [name], times=9)
    else:
        prefix = {"files": "uploads/-health/", "site": "index.html"}[name]
        stage.s3_wire.fail(s3.denied, lambda call: call.query.get("prefix") == [prefix], times=9)


# --- The check --------------------------------------------------------------------------------------------------------


def test_a_shallow_check_asks_nothing(stage: Stage) -> None:
    reply = _get(stage)
    assert (reply.status, reply.body) == (200, {"status": "ok", "stage": "test"})
    assert (stage.wire.calls, stage.s3_wire.calls) == ([], [])


def test_a_deep_check_asks_every_part_once_and_tells_the_model(stage: Stage) -> None:
    reply = _get(stage, deep="1")
    assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-store")
    unknown = {"state": "unknown", "checked_at": None}
    assert reply.body == {"status": "ok", "stage": "test", "model": unknown}
    assert len(stage.wire.calls) + len(stage.s3_wire.calls) == len(PARTS)


def test_what_the_api_may_read_is_what_is_looked_at() -> None:
    granted = {grant.resource for grant in FUNCTIONS[API].grants if grant.kind == "table"}
    assert {part.split()[1] for part in PARTS if part.startswith("table ")} == granted


@pytest.mark.parametrize("part", PARTS_BY_NAME)
def test_each_part_that_fails_is_named_and_nothing_else_is(stage: Stage, part: str) -> None:
    _break(stage, part)
    reply = _get(stage, deep="1")
    assert reply.status == 503
    assert reply.body == {"error": {"code": "unhealthy", "message": f"Not answering: {part}.", "part": part}}
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_site_that_was_not_published_is_named(stage: Stage) -> None:
    stage.s3.delete_object(Bucket=SITE, Key="index.html")
    assert _get(stage, deep="1").body["error"]["part"] == "bucket site"


def test_parts_that_fail_together_are_all_named(stage: Stage) -> None:
    for part in ("table files", "bucket site"):
        _break(stage, part)
    assert _get(stage, deep="1").body["error"]["part"] == "table files, bucket site"


def test_a_part_that_is_too_slow_is_waited_for_no_longer(stage: Stage) -> None:
    """`wait` tells the rest as done, as it does when the time is over; the slow one is still under way then."""
    release, asked_for = threading.Event(), []

    def stuck(call: dynamodb.Call, send: Any) -> Any:
        release.wait(PATIENCE_S)
        return send()

    def wait(asked: list[health.Future], timeout: float) -> tuple[Collection[health.Future], Collection[health.Future]]:
        asked_for.append(timeout)
        slow = asked[PARTS_BY_NAME.index("table people")]
        done = {each for each in asked if each is not slow}
        futures.wait(done)
        return done, {slow}

    stage.wire.fail(stuck, lambda call: call.tables == ["people"])
    try:
        found = health.deep(of(API), wait)
    finally:
        release.set()
    assert found.failing == ("table people",)
    assert 0 < asked_for[0] < 2


def test_what_was_found_is_good_for_half_a_minute(stage: Stage, clock: dict[str, float]) -> None:
    assert _get(stage, deep="1").status == 200
    asked = len(stage.wire.calls)
    _break(stage, "table files")
    clock["s"] += health.CACHED_S - 1
    assert [_get(stage, deep="1").status for _ in range(20)] == [200] * 20
    assert len(stage.wire.calls) == asked, "a flood costs nothing"
    clock["s"] += 2
    assert [_get(stage, deep="1").status for _ in range(2)] == [503, 503]


# --- The function -----------------------------------------------------------------------------------------------------


def _run(stage: Stage, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metric's line of one run, as EventBridge invokes it."""
    capsys.readouterr()
    stage.app.health_check(HOUR, Context(60))
    (line,) = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "_aws" in each]
    told: dict[str, Any] = line
    return told


class Site(ThreadingHTTPServer):
    """The public URL: what it answers, and what it was asked."""

    status, body = 200, b"{}"

    def __init__(self) -> None:
        asked = self.asked = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:
                asked.append(handler.path)
                handler.send_response(self.status)
                handler.send_header("content-length", str(len(self.body)))
                handler.end_headers()
                handler.wfile.write(self.body)

            def log_message(handler, format: str, *args: Any) -> None:  # noqa: A002
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def public(stage: Stage) -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stage.configure(api_url=f"http://127.0.0.1:{server.server_address[1]}/api")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_healthy_stage_is_told_as_metrics_and_its_model_to_the_deep_check(
    stage: Stage, public: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _run(stage, capsys)
    assert public.asked == ["/api/health?deep=1"]
    assert (told["healthy"], told["problem"], told["model"]) == (1, "", "ok")
    metrics = {each["Name"]: each["Unit"] for each in told["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    watched = {"spend_month_usd": "None", "spend_today_usd": "None", "stuck": "Count", "backup_age_h": "None"}
    watched |= {"drill_failed": "Count"}
    assert metrics == {"healthy": "Count", **watched}
    model = _get(stage, deep="1").body["model"]
    assert model["state"] == "ok"
    assert model["checked_at"].startswith("20")


ANSWERS: list[tuple[int, Any, str]] = [
    (
        503,
        {"error": {"code": "unhealthy", "message": "", "part": "table files, bucket site"}},
        "table files, bucket site",
    ),
    (503, {"error": {"code": "unhealthy", "message": "", "part": "a text of somebody's"}}, "status 503"),
    (500, "not JSON", "status 500"),
    (429, {"message": None}, "status 429"),
    (403, [], "status 403"),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_the_public_url_says_is_told(
    stage: Stage, public: Site, capsys: pytest.CaptureFixture[str], answer: tuple[int, Any, str]
) -> None:
    public.status, body, problem = answer
    public.body = json.dumps(body).encode()
    told = _run(stage, capsys)
    assert (told["healthy"], told["problem"]) == (0, problem)


def test_an_api_that_nobody_reaches_is_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    server = Site()
    server.server_close()
    stage.configure(api_url=f"http://127.0.0.1:{server.server_address[1]}/api")
    told = _run(stage, capsys)
    assert (told["healthy"], told["problem"]) == (0, "unreachable")


def test_a_model_that_refuses_the_key_is_told_and_does_not_make_the_api_fail(
    stage: Stage, public: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    of(HEALTH_CHECK)  # so that its key is read anew
    clients.client("ssm").put_parameter(
        Name="/chatapp/test/anthropic-api-key", Value="invalid", Type="SecureString", Overwrite=True
    )
    told = _run(stage, capsys)
    assert (told["healthy"], told["model"]) == (0, "model_key_refused")
    reply = _get(stage, deep="1")
    assert (reply.status, reply.body["model"]["state"]) == (200, "failing")


def test_what_was_found_of_the_model_long_ago_is_unknown(
    stage: Stage, public: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(stage, capsys)
    stage.edit("usage", "health", checked_at=int(time.time()) - 3_600)
    assert _get(stage, deep="1").body["model"]["state"] == "unknown"


def test_before_the_api_has_an_address_the_model_is_looked_at_alone(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.app.health_check(HOUR, Context(60))
    assert '"healthy"' not in capsys.readouterr().out
    assert stage.row("usage", "health")["state"] == "ok"


def test_a_busy_database_keeps_no_metric_back(stage: Stage, public: Site, capsys: pytest.CaptureFixture[str]) -> None:
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "UpdateItem", times=99)
    told = _run(stage, capsys)
    assert (told["healthy"], "spend_month_usd" in told) == (1, False), "what could not be read is not told"


class Bedrock:
    """Its profiles, by their status; or what is raised."""

    def __init__(self, status: str = "ACTIVE", error: Exception | None = None) -> None:
        self.status, self.error = status, error
        self.asked: list[str] = []

    def get_inference_profile(self, inferenceProfileIdentifier: str) -> dict[str, Any]:
        self.asked.append(inferenceProfileIdentifier)
        if self.error:
            raise self.error
        return {
            "inferenceProfileName": "Claude",
            "inferenceProfileArn": PROFILE,
            "inferenceProfileId": inferenceProfileIdentifier,
            "models": [{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude"}],
            "status": self.status,
            "type": "SYSTEM_DEFINED",
        }


@pytest.mark.parametrize(
    ("bedrock", "code"),
    [
        (Bedrock(), None),
        (Bedrock("DELETING"), "model_unknown"),
        (Bedrock(error=client_error("AccessDeniedException", "GetInferenceProfile", 403)), "model_unknown"),
        (Bedrock(error=client_error("ThrottlingException", "GetInferenceProfile", 429)), "model_unavailable"),
    ],
)
def test_on_bedrock_the_profiles_are_asked_after(stage: Stage, bedrock: Bedrock, code: str | None) -> None:
    ids = {offer.id: f"eu.{offer.id}" for offer in of(HEALTH_CHECK).settings.models}
    stage.configure(model_provider="bedrock", bedrock_ids=json.dumps(ids), api_url="http://api")
    serve(clients.client("bedrock"), bedrock)
    said = Reached("", 1)
    health.check(of(HEALTH_CHECK), lambda url: said)
    assert bedrock.asked[0] == next(iter(ids.values()))
    assert stage.row("usage", "health").get("code") == code


def test_a_model_without_a_profile_is_not_there(stage: Stage) -> None:
    stage.configure(model_provider="bedrock")
    bedrock = Bedrock()
    serve(clients.client("bedrock"), bedrock)
    health.check(of(HEALTH_CHECK))
    assert (bedrock.asked, stage.row("usage", "health")["code"]) == ([], "model_unknown")
