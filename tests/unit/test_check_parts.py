"""What `./deploy.sh check` finds where the settings want more, of stacks and builds, and of what people reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.check import functions, money, quotas, reach, stacks, watch
from deploy.check.target import Target
from deploy.environment import Stage
from deploy.functions import app_modules
from deploy.people import api
from tests.fakes import account, clients
from tests.fakes.account import DRIFTED, AccountStage, Reply, days, missing

# --- What people reach ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (api.Reply(503, '{"error": {"code": "unhealthy", "part": "table usage"}}'), "no answer from table usage"),
        (api.Reply(500, '{"message": "Internal server error"}'), "the API answered 500"),
        (api.Reply(503, "no answer: [Errno 111]"), "the API answered 503, no answer"),
    ],
)
def test_an_api_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, answers: api.Reply, said: str) -> None:
    asked: list[str] = []

    def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> api.Reply:
        asked.append(url)
        return answers

    monkeypatch.setattr(reach, "send", send)
    (told,) = account.said(reach.api(account.target(AccountStage.of())))
    assert said in told
    assert asked == ["https://rest1.execute-api.eu-west-1.amazonaws.com/api/health?deep=1"]


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"app.html": api.Reply(404), "config.json": api.Reply(404)}, ["app.html", "config.json"]),
        # CloudFront answers what is no object by the application's page.
        ({"app.html": api.Reply(200, "<html>"), "config.json": api.Reply(200, "<html>")}, ["config.json"]),
        ({"app.html": api.Reply(200, "<html>"), "config.json": api.Reply(200, '{"stage": "test"}')}, ["config.json"]),
    ],
)
def test_a_site_that_is_not_what_was_deployed_is_told(
    monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, api.Reply], wrong: list[str]
) -> None:
    monkeypatch.setattr(reach, "send", lambda method, url, *_: answers[url.rpartition("/")[2]])
    told = account.said(reach.pages(account.target(AccountStage.of())))
    assert [f"the site's {name} is" in each for name, each in zip(wrong, told, strict=True)] == [True] * len(wrong)


def test_a_site_of_this_machine_is_asked_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which Python may not find."""
    asked: list[tuple[str, Mapping[str, str]]] = []
    monkeypatch.setattr(reach, "send", lambda method, url, body, headers: asked.append((url, headers)))
    reach._get("http://d1.cloudfront.localhost:4566/app.html")
    assert asked == [("http://127.0.0.1:4566/app.html", {"Host": "d1.cloudfront.localhost:4566"})]


# --- Settings of other parts -----------------------------------------------------------------------------------------


def _with(stage: AccountStage) -> Target:
    """A stage whose settings want alarms, a budget, a domain, and let anybody sign up."""
    wanted = account.settings(alarms="all", monthly_budget_usd=20, domain="chat.example")
    return account.target(stage, replace(wanted, app={**wanted.app, "signup": "open"}))


def test_alarms_that_lack_tell_nobody_or_are_on_are_told() -> None:
    (lacking,) = account.said(watch.alarms(_with(AccountStage.of(cloudwatch__describe_alarms={}))))
    assert "there is no alarm chatapp-prod-api-errors, chatapp-prod-backup-age, " in lacking
    alarm = {"AlarmName": "chatapp-prod-health", "ActionsEnabled": False, "StateValue": "ALARM"}
    alarm["AlarmDescription"] = "Twice in a row … Run book: docs/operations.md#the-health-check-fails"
    told = account.said(watch.alarms(_with(AccountStage.of(cloudwatch__describe_alarms={"MetricAlarms": [alarm]}))))
    assert "prod-health" not in told[0]
    assert ["tells nobody" in told[1], "is on" in told[2], len(told)] == [True, True, 3]
    assert told[2].endswith("#the-health-check-fails"), "its own text says what to do"


def test_alarms_of_a_stage_whose_name_begins_alike_are_none_of_it() -> None:
    asked: list[Any] = []

    class Listening(AccountStage):
        def client(self, service: str) -> Any:
            made = super().client(service)
            made.meta.events.register("before-call", lambda params, **_: asked.append(params["body"]))
            return made

    assert account.said(watch.alarms(_with(Listening.of()))) == []
    (body,) = asked
    assert "AlarmNamePrefix" not in str(body)
    assert "chatapp-prod-health" in str(body)


def test_alarms_that_mail_nobody_are_told() -> None:
    pending = {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation", "Protocol": "email"}]}
    ended = {"Subscriptions": [{"SubscriptionArn": "Deleted"}]}
    nobody: list[Reply] = [pending, ended, {"Subscriptions": []}]
    for found in nobody:
        stage = AccountStage.of(sns__list_subscriptions_by_topic=found)
        (said,) = account.said(watch.told(account.target(stage)))
        assert "has not confirmed" in said
        assert "arn:aws:sns:eu-west-1:123456789012:chatapp-prod-alarms" in said
        assert "ada@" not in said
    assert account.said(watch.told(account.target(AccountStage.of()))) == []
    (said,) = account.said(watch.told(account.target(AccountStage.of(), account.settings(owner_email=""))))
    assert "owner_email" in said
    assert (
        account.said(watch.told(account.target(AccountStage.of(), account.settings(alarms="none", owner_email=""))))
        == []
    )


def test_functions_of_two_builds_are_told() -> None:
    """As an interrupted deployment leaves them."""
    shas = iter(["new", *["old"] * 99])

    class Mixed(AccountStage):
        def client(self, service: str) -> Any:
            if service not in self.made:
                self.made[service] = clients.client(service, _Halfway(shas))
            return self.made[service]

    (said,) = account.said(functions.builds(account.target(Mixed.of())))
    first = next(iter(app_modules.functions()))
    assert f"several builds, {first} of another than the rest" in said


@dataclass(frozen=True)
class _Halfway:
    shas: Iterator[str]

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        return {"FunctionName": FunctionName, "CodeSha256": next(self.shas)}


def test_the_stacks_of_alarms_firewall_and_names_are_looked_at_where_the_settings_want_them() -> None:
    gone = missing("DescribeStacks", "ValidationError")
    assert isinstance(gone, ClientError)
    gone.response["Error"]["Message"] = "Stack with id x does not exist"
    wanted = account.settings(firewall=True, domain="chat.example")
    said = account.said(stacks.state(account.target(AccountStage.of(cloudformation__describe_stacks=gone), wanted)))
    named = [re.findall(r"stack (\S+) is not there", each)[0] for each in said]
    laid = ["foundation", "operations", "alarms", "edge-api", "edge-eu-west-1"]
    assert named == [f"chatapp-prod-{name}" for name in laid], "names come once their certificates are issued"
    drifted = {"StackResourceDrifts": [{**DRIFTED, "StackResourceDriftStatus": "DELETED"}]}
    stage = AccountStage.of(cloudformation__describe_stack_resource_drifts=drifted)
    assert len(account.said(stacks.drift(account.target(stage, wanted)))) == len([*laid, "names"])
    assert len(account.said(stacks.drift(account.target(stage)))) == 3
    other = AccountStage.of(cloudformation__get_template={"TemplateBody": "other"})
    assert len(account.said(stacks.state(account.target(other, wanted)))) == len([*laid, "names"])
    assert account.said(stacks.state(account.target(AccountStage.of(), wanted))) == []


def test_an_aws_budget_that_lacks_differs_or_is_spent_is_told() -> None:
    assert "no AWS budget of $20" in account.said(money.of_account(_with(AccountStage.of())))[0]
    usd = {"Unit": "USD"}
    budget = {
        "BudgetName": "chatapp-prod-month",
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        "BudgetLimit": {"Amount": "10", **usd},
        "CalculatedSpend": {"ActualSpend": {"Amount": "11", **usd}},
    }
    told = account.said(money.of_account(_with(AccountStage.of(budgets__describe_budgets={"Budgets": [budget]}))))
    assert ["is $10, not $20" in told[0], "cost $11.00" in told[1], len(told)] == [True, True, 2]


def test_certificates_are_looked_for_where_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's and the API's; what else there is below the domain is somebody else's."""
    hosts = ("chat.example", "api.chat.example", "shop.chat.example", "notchat.example")
    listed = {
        "CertificateSummaryList": [{"CertificateArn": f"arn:aws:acm:::{host}", "DomainName": host} for host in hosts]
    }

    class Acm:
        def __init__(self, found: dict[str, Any]) -> None:
            self.found = found

        def list_certificates(self) -> dict[str, Any]:
            return self.found

        def describe_certificate(self, CertificateArn: str) -> dict[str, Any]:
            name = CertificateArn.rpartition(":")[2]
            return {"Certificate": {"DomainName": name, "Status": "ISSUED", "NotAfter": days(10)}}

    for found, said in (({}, "has no certificate for"), (listed, "ends on 2026-12-09")):
        acm = clients.client("acm", Acm({"CertificateSummaryList": [], **found}))
        monkeypatch.setattr(
            watch, "Stage", lambda name, region, endpoint_url, a=acm: _Region(name, region, endpoint_url, acm=a)
        )
        told = account.said(watch.certificates(_with(AccountStage.of())))
        assert [said in each for each in told] == [True, True]
        assert ["api.chat.example" in each for each in told] == [False, True]


@dataclass(frozen=True)
class _Region(Stage):
    acm: Any = None

    def client(self, service: str) -> Any:
        return {"acm": self.acm}[service]


def test_a_sign_up_that_is_open_needs_more_mails_than_cognito_sends() -> None:
    assert "50 mails a day" in account.said(quotas.mail(_with(AccountStage.of())))[0]
