"""`answer` by an alias: each setting on, changed and off, beside a Lambda that keeps what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.aws.grants import Grant
from chalicelib.settings import Settings as AppSettings

from deploy.environment import DeploymentError, Settings, Stage
from deploy.functions import alias, policies
from tests.fakes import clients
from tests.fakes.aws import client_error

NAME = "chatapp-prod-answer"


@dataclass
class FakeLambda:
    """One function with its versions, as Lambda keeps them. code: what `$LATEST` holds."""

    code: str = "one"
    snap_start: str = "None"
    versions: list[tuple[str, str]] = field(default_factory=list)
    last: int = 0
    alias: str | None = None
    provisioned: int = 0
    events: dict[str, Any] | None = None

    def list_versions_by_function(self, FunctionName: str) -> dict[str, Any]:
        return {"Versions": [{"Version": "$LATEST"}, *({"Version": number} for number, _ in self.versions)]}

    def get_function(self, **_: Any) -> dict[str, Any]:
        return {"Configuration": self.get_function_configuration()}

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        return {"SnapStart": {"ApplyOn": self.snap_start}, "State": "Active", "LastUpdateStatus": "Successful"}

    def update_function_configuration(self, FunctionName: str, SnapStart: dict[str, str]) -> None:
        self.snap_start = SnapStart["ApplyOn"]

    def publish_version(self, FunctionName: str) -> dict[str, str]:
        """None where neither code nor configuration has changed."""
        held = f"{self.code} {self.snap_start}"
        if not self.versions or self.versions[-1][1] != held:
            self.last += 1
            self.versions.append((str(self.last), held))
        return {"Version": self.versions[-1][0]}

    def get_alias(self, **_: Any) -> dict[str, str]:
        return {"FunctionVersion": _present(self.alias)}

    def create_alias(self, FunctionName: str, Name: str, FunctionVersion: str) -> None:
        assert (self.alias, Name) == (None, "live")
        self.alias = FunctionVersion

    def update_alias(self, FunctionName: str, Name: str, FunctionVersion: str) -> None:
        self.alias = FunctionVersion

    def delete_alias(self, **_: Any) -> None:
        assert not self.provisioned
        self.alias = None

    def get_provisioned_concurrency_config(self, **_: Any) -> dict[str, int]:
        return {"RequestedProvisionedConcurrentExecutions": _present(self.provisioned)}

    def put_provisioned_concurrency_config(self, ProvisionedConcurrentExecutions: int, **_: Any) -> None:
        self.provisioned = ProvisionedConcurrentExecutions

    def delete_provisioned_concurrency_config(self, **_: Any) -> None:
        self.provisioned = 0

    def get_function_event_invoke_config(self, **_: Any) -> dict[str, Any]:
        found: dict[str, Any] = _present(self.events)
        return found

    def put_function_event_invoke_config(self, FunctionName: str, Qualifier: str, **settings: Any) -> None:
        self.events = settings

    def delete_function_event_invoke_config(self, **_: Any) -> None:
        self.events = None

    def delete_function(self, FunctionName: str, Qualifier: str) -> None:
        assert Qualifier != self.alias
        self.versions = [each for each in self.versions if each[0] != Qualifier]


def _present(value: Any) -> Any:
    if not value:
        raise client_error("ResourceNotFoundException", "Get", 404)
    return value


class FakeStage(Stage):
    functions: FakeLambda

    def client(self, service: str) -> Any:
        assert service == "lambda"
        return clients.client(service, self.functions)

    @property
    def account_id(self) -> str:
        return "123456789012"


@pytest.fixture
def lambdas(monkeypatch: pytest.MonkeyPatch) -> FakeLambda:
    made = FakeLambda()
    monkeypatch.setattr(FakeStage, "functions", made, raising=False)
    return made


STAGE = FakeStage("prod", "eu-west-1")
SNAP, PROVISIONED, OFF = (
    Settings(app={}, answer_snap_start=True),
    Settings(app={}, answer_provisioned=2),
    Settings(app={}),
)


def test_off_is_latest_as_ever(lambdas: FakeLambda) -> None:
    alias.prepare(STAGE, OFF)
    assert alias.settle(STAGE, OFF) == []
    assert lambdas == FakeLambda()
    assert alias.qualifier(OFF) == ""


@pytest.mark.parametrize("settings", [SNAP, PROVISIONED])
def test_on_points_to_what_was_deployed_and_stays(lambdas: FakeLambda, settings: Settings) -> None:
    alias.prepare(STAGE, settings)
    assert lambdas.alias, "before the API is told of it"
    lambdas.code = "two"
    assert alias.settle(STAGE, settings)
    assert dict(lambdas.versions)[str(lambdas.alias)].startswith("two")
    assert (lambdas.snap_start == "PublishedVersions", lambdas.provisioned == 2) == (settings == SNAP, settings != SNAP)
    assert lambdas.events is not None
    assert lambdas.events["MaximumRetryAttempts"] == 0
    assert lambdas.events["MaximumEventAgeInSeconds"] == 60
    assert alias.settle(STAGE, settings) == [], "an unchanged run changes nothing"


def test_the_last_two_versions_are_kept(lambdas: FakeLambda) -> None:
    for code in ("one", "two", "three", "four"):
        lambdas.code = code
        alias.settle(STAGE, PROVISIONED)
    assert [held.partition(" ")[0] for _, held in lambdas.versions] == ["three", "four"]


def test_switched_off_nothing_is_left_that_costs_once_no_event_can_wait_for_it(lambdas: FakeLambda) -> None:
    waited: list[tuple[float, bool, int]] = []
    for settings in (SNAP, PROVISIONED, OFF):
        alias.settle(STAGE, settings, lambda s: waited.append((s, lambdas.alias is not None, lambdas.provisioned)))
    assert waited == [(29 + 60, True, 0)]
    assert (lambdas.alias, lambdas.provisioned, lambdas.events, lambdas.versions) == (None, 0, None, [])
    assert lambdas.snap_start == "None"


@pytest.mark.parametrize(
    ("settings", "python", "said"),
    [
        (Settings(app={}, answer_snap_start=True, answer_provisioned=1), "3.13", "exclude each other"),
        (Settings(app={}, answer_snap_start=True), "3.11", "needs Python 3.12 or newer"),
        (Settings(app={}, answer_provisioned=3, answer_concurrency=2), "3.13", "0 to answer_concurrency"),
        (Settings(app={}, answer_provisioned=-1), "3.13", "answer_provisioned is 0"),
    ],
)
def test_what_lambda_would_refuse_is_refused_first(settings: Settings, python: str, said: str) -> None:
    with pytest.raises(DeploymentError, match=said):
        alias.check(settings, python)


def test_the_api_may_invoke_the_alias_and_does() -> None:
    from chalicelib import functions, services

    place = policies.Place("prod", "eu-west-1", "123456789012", answer_qualifier="live")
    (statement,) = policies.RESOURCES["function"](Grant("function", "answer", ("Invoke",)), place)
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:chatapp-prod-answer"
    assert statement["Resource"] == [arn, f"{arn}:live"]
    sent: list[str] = []
    stub = SimpleNamespace(invoke=lambda FunctionName, **_: sent.append(FunctionName))
    settings = AppSettings.read({"CHATAPP_STAGE": "prod", "CHATAPP_ANSWER_QUALIFIER": "live"})
    built = services.build(functions.API, settings, lambda *_: stub)
    built.answers.invoke({})
    built.studies.invoke({})
    assert sent == ["chatapp-prod-answer:live", "chatapp-prod-study"]
