"""What proves a stage: each part that fails is named with where to look, the others are proven, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy import commands, steps
from deploy.environment import Addresses, ApiIds, DeploymentError, Stage
from deploy.people import smoke
from deploy.progress import Progress, Screen
from tests.fakes import clients
from tests.fakes.aws import client_error
from tests.fakes.site_api import CHEAP, SITE, SiteApi, error, running

IMPATIENT = smoke.Patience(ready_s=0.0, answered_s=0.05, read_s=0.05, pause_s=0.01)
PARTS = [
    SIGNED_IN := "API, with the sign-in",
    SOCKET := "socket, opened",
    QUESTION := "one question, start to end",
    FRAMES := "frames, pushed to the socket",
    UPLOADED := "file, uploaded",
    READ := "file, read",
    CITED := "file, cited",
    DELETED := "file, deleted",
]
MODEL_REFUSES = {"status": "failed", "content": [], "error": {"code": "model_access", "message": "key"}}
BUDGET = "This site's model budget is spent."
S3_ERROR = (
    "<Error><Code>AccessDenied</Code><Message>Invalid form</Message><AWSAccessKeyId>AKIAX</AWSAccessKeyId></Error>"
)


@pytest.fixture
def api() -> Iterator[SiteApi]:
    with running() as found:
        yield found


def prod() -> Stage:
    stage = Stage("prod", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"  # what AWS would be asked for
    return stage


@dataclass
class Outcome:
    """lines: of the parts, by title. error: its lines."""

    lines: dict[str, str]
    refused: str | None = None
    error: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[str]:
        return [title for title, line in self.lines.items() if " FAILED (" in line]

    @property
    def missing(self) -> set[str]:
        return set(PARTS) - set(self.lines)


def prove(api: SiteApi, patience: smoke.Patience = IMPATIENT) -> Outcome:
    out = StringIO()
    addresses = replace(Addresses.of(prod(), ApiIds("r", "s"), ""), script_api_url=api.url, site_url=SITE)
    addresses = replace(addresses, socket_url=api.socket_url)
    outcome = Outcome({})
    try:
        outcome.refused = smoke.prove_as("token", prod(), addresses, Progress(Screen(out)), patience)
    except DeploymentError as failure:
        outcome.error = [line.strip() for line in str(failure).splitlines()]
    outcome.lines = {line.split(" ..")[0]: line for line in out.getvalue().splitlines()}
    return outcome


def test_each_part_has_its_line_and_nothing_is_left(api: SiteApi) -> None:
    outcome = prove(api)
    assert (list(outcome.lines), outcome.failed, outcome.error, outcome.refused) == (PARTS, [], [], None)
    assert "12 tokens, 0.0001 USD" in outcome.lines[CITED]
    assert (api.conversations, api.files) == ({}, {})
    assert api.is_closed.wait(5)


def test_two_answers_are_asked_for_of_the_cheapest_model_and_no_title(api: SiteApi) -> None:
    prove(api)
    (begun,) = api.begun
    assert (begun["model"], bool(begun["title"])) == (CHEAP, True)
    assert [each for each in api.asked if each.startswith("POST /conversations")] == [
        "POST /conversations",
        "POST /conversations/*/messages",
    ]


def refuse(request: str, *answered: Any) -> Callable[[SiteApi], None]:
    def plan(api: SiteApi) -> None:
        api.refusals[request] = answered[0] if len(answered) == 1 else answered

    return plan


def given(**attributes: Any) -> Callable[[SiteApi], None]:
    def plan(api: SiteApi) -> None:
        for name, value in attributes.items():
            setattr(api, name, value)

    return plan


@pytest.mark.parametrize(
    ("plan", "failed", "missing", "told"),
    [
        (
            refuse("GET /models", error(403, "forbidden")),
            SIGNED_IN,
            set(PARTS[1:]),
            ("GET /models answered 403, forbidden: why", "repeat"),
        ),
        (
            refuse("GET /models", 200, "<html>Log in"),
            SIGNED_IN,
            set(PARTS[1:]),
            ("answered 200, <html>Log in", "/aws/lambda/chatapp-prod;"),
        ),
        (
            given(socket_status=403),
            SOCKET,
            {FRAMES},
            ("answered 403", "chatapp-prod-websocket_connect; where that is silent"),
        ),
        (refuse("POST /sockets", 500, {}), SOCKET, {FRAMES}, ("POST /sockets answered 500", "websocket_connect")),
        (
            given(outcome=MODEL_REFUSES),
            QUESTION,
            {FRAMES, CITED},
            ("the answer is failed, model_access: key", "/aws/lambda/chatapp-prod-answer"),
        ),
        (
            given(outcome={"status": "queued"}),
            QUESTION,
            {FRAMES, CITED},
            ("the answer is still queued", "/aws/lambda/chatapp-prod-answer"),
        ),
        (given(pushes=False), FRAMES, set(), ("0 frames came, not the last one", "execute-api:ManageConnections")),
        (
            refuse("POST /files", 500, {}),
            UPLOADED,
            {READ, CITED, DELETED},
            ("POST /files answered 500", "/aws/lambda/chatapp-prod,"),
        ),
        (
            refuse("POST /upload", 403, S3_ERROR),
            UPLOADED,
            {READ, CITED, DELETED},
            ("S3 answered 403, AccessDenied: Invalid form", "CORS"),
        ),
        (
            given(cors="https://other.example"),
            UPLOADED,
            {READ, CITED, DELETED},
            (f"lets {SITE} read", "chatapp-prod-files-123456789012"),
        ),
        (
            given(reads="uploaded"),
            READ,
            {CITED},
            ("it is still uploaded", "chatapp-prod-extract; where that is silent"),
        ),
        (given(reads="failed"), READ, {CITED}, ("it is failed, file_broken: why", "/aws/lambda/chatapp-prod-extract")),
        (
            given(cites=False),
            CITED,
            set(),
            ("the answer does not cite it: 'Ready.'", "/aws/lambda/chatapp-prod-answer"),
        ),
        (refuse("DELETE /files/*", 200, {"kept": True}), DELETED, set(), ("GET /files/3 answered 200", "chatapp-prod")),
    ],
)
def test_a_part_that_fails_keeps_out_what_needs_it_and_says_where_to_look(
    api: SiteApi, plan: Callable[[SiteApi], None], failed: str, missing: set[str], told: tuple[str, str]
) -> None:
    plan(api)
    outcome = prove(api, IMPATIENT if api.pushes else replace(IMPATIENT, pushed_s=0.05))
    assert (outcome.failed, outcome.missing) == ([failed], missing)
    (line,) = outcome.error
    assert line.startswith(f"{failed}: ")
    assert [each for each in told if each not in line] == []
    assert "AKIAX" not in line
    if "DELETE /files/*" not in api.refusals:
        assert (api.conversations, api.files) == ({}, {})


def test_parts_that_fail_by_themselves_are_told_together(api: SiteApi) -> None:
    api.socket_status, api.reads = 403, "failed"
    outcome = prove(api)
    assert outcome.failed == [SOCKET, READ]
    assert [line.split(":")[0] for line in outcome.error] == outcome.failed


def test_what_was_made_without_a_reply_is_removed_too(api: SiteApi) -> None:
    for request in ("POST /conversations", "POST /files"):
        api.refusals[request] = error(503, "unavailable")
        api.carried_out.add(request)
    assert prove(api).failed == [QUESTION, UPLOADED]
    assert (api.conversations, api.files) == ({}, {})


def test_what_cannot_be_removed_is_told(api: SiteApi) -> None:
    api.refusals["DELETE /conversations/*"] = error(500, "internal")
    outcome = prove(api)
    assert outcome.failed == []
    assert outcome.error == [
        "clean-up: DELETE /conversations/1 answered 500, internal: why; see the log group /aws/lambda/chatapp-prod"
    ]


@pytest.mark.parametrize("request_", ["GET /models", "POST /sockets", "POST /conversations", "POST /files"])
def test_a_new_stage_may_refuse_for_a_while(api: SiteApi, request_: str) -> None:
    api.refusals[request_], api.times = error(403, "forbidden"), 3
    outcome = prove(api, replace(IMPATIENT, ready_s=30.0))
    assert (outcome.failed, outcome.error) == ([], [])
    assert api.asked.count(request_) == 4


def test_a_new_socket_api_may_refuse_for_a_while_and_gets_a_new_ticket_each_time(api: SiteApi) -> None:
    api.socket_status, api.times = 403, 2
    outcome = prove(api, replace(IMPATIENT, ready_s=30.0))
    assert (outcome.failed, outcome.error) == ([], [])
    assert api.asked.count("POST /sockets") == 3


@pytest.mark.parametrize(
    "plan",
    [
        refuse("POST /conversations", error(429, "budget_spent", BUDGET)),
        given(outcome={"status": "failed", "content": [], "error": {"code": "budget_spent", "message": BUDGET}}),
    ],
)
def test_what_the_budget_refuses_is_no_failure_and_is_asked_once(api: SiteApi, plan: Callable[[SiteApi], None]) -> None:
    plan(api)
    outcome = prove(api, replace(IMPATIENT, ready_s=30.0))
    assert (outcome.refused, outcome.failed, outcome.error) == (BUDGET, [], [])
    assert api.asked.count("POST /conversations") == 1
    assert outcome.missing == {FRAMES, CITED}
    assert "refused by the budget" in outcome.lines[QUESTION]
    assert "gone" in outcome.lines[DELETED]


# --- The person -------------------------------------------------------------------------------------------------------


class Cognito:
    """A pool in which nobody can sign in."""

    def __init__(self) -> None:
        self.users: set[str] = set()

    def list_users(self, **_: str) -> dict[str, Any]:
        return {"Users": []}

    def admin_create_user(self, **asked: Any) -> None:
        self.users.add(asked["Username"])

    def admin_set_user_password(self, **_: Any) -> None:
        pass

    def admin_add_user_to_group(self, **asked: str) -> None:
        assert asked["Username"] in self.users

    def admin_get_user(self, **asked: str) -> dict[str, Any]:
        assert asked["Username"] in self.users
        return {"Username": asked["Username"]}

    def admin_delete_user(self, **asked: str) -> None:
        self.users.remove(asked["Username"])

    def initiate_auth(self, **_: Any) -> None:
        assert self.users
        raise client_error("NotAuthorizedException", "InitiateAuth")


@dataclass(frozen=True)
class StageWithPool(Stage):
    pool: Cognito = field(default_factory=Cognito)

    def client(self, service: str) -> Any:
        return clients.client(service, self.pool)


def test_the_person_is_removed_where_the_sign_in_fails() -> None:
    stage, progress = StageWithPool("prod", "eu-west-1"), Progress(Screen(StringIO()))
    addresses = Addresses.of(prod(), ApiIds("r", "s"), "")
    with pytest.raises(ClientError):
        smoke.prove(stage, addresses, "eu-west-1_abc", "client", progress)
    assert stage.pool.users == set()
    assert progress.current
    assert progress.current.title == "sign-in of a throw-away person"


# --- What whoever deploys is told -------------------------------------------------------------------------------------


@dataclass
class Deployed:
    """A deployment that went well, and how it proves itself."""

    proof: Callable[[], str | None]
    stage: Stage
    progress: Progress = field(default_factory=Progress)

    def run(self) -> dict[str, Any]:
        ids = {"region": "eu-west-1", "user_pool_id": "pool", "client_id": "client"}
        demo = {"email": "demo@example.com", "password": "pass"}
        return {"site_url": SITE, "api_url": "https://api", "socket_url": "wss://socket", "demo": demo, **ids}

    def prove(self) -> str | None:
        return self.proof()


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """With the bucket that holds its lock and its versions."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        stage = prod()
        there = {"LocationConstraint": "eu-west-1"}
        stage.client("s3").create_bucket(Bucket=stage.artifacts_bucket, CreateBucketConfiguration=there)
        yield stage


def test_a_spent_budget_does_not_keep_the_addresses_back(laid: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    commands.deploy(laid, Deployed(lambda: BUDGET, laid))  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert f"site    {SITE}\n" in said
    assert "Sign in as demo@example.com with pass" in said
    (last,) = said.splitlines()[-1:]
    assert last.startswith("not proven: the budget of this month is spent (deploy/settings.toml: stage_budget_usd")
    assert last.endswith(BUDGET)


def test_a_failed_proof_comes_after_the_addresses_and_is_an_error(
    monkeypatch: pytest.MonkeyPatch, laid: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise DeploymentError("file, read: it is still uploaded")

    monkeypatch.setattr(commands, "_deployable", lambda *_: laid)
    monkeypatch.setattr(steps, "begin", lambda *_: Deployed(fails, laid))
    assert commands.main(["prod"]) == 1
    said = capfd.readouterr()
    assert f"site    {SITE}\n" in said.out
    assert said.err.startswith("error: file, read: it is still uploaded\n")


def test_a_proven_deployment_ends_with_the_sign_in(laid: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    commands.deploy(laid, Deployed(lambda: None, laid))  # type: ignore[arg-type]
    assert capsys.readouterr().out.endswith("Sign in as demo@example.com with pass\n")
