"""The firewall's stacks and its place before API and site: put up, and taken away again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy import steps
from deploy.account import cloudformation
from deploy.edge import firewall
from deploy.environment import ApiIds, DeploymentError, Settings, Stage, read_settings
from tests.fakes import clients
from tests.fakes.aws import client_error
from tests.resolved import Template

PROD = Stage("prod", "eu-west-1")


class Waf:
    """before: the firewall that stands before each resource."""

    def __init__(self) -> None:
        self.before: dict[str, str] = {}
        self.changes = 0

    def get_web_acl_for_resource(self, ResourceArn: str) -> dict[str, Any]:
        arn = self.before.get(ResourceArn)
        return {"WebACL": {"Name": "a", "Id": "a", "ARN": arn, **_ACL}} if arn else {}

    def associate_web_acl(self, WebACLArn: str, ResourceArn: str) -> dict[str, Any]:
        self.before[ResourceArn] = WebACLArn
        self.changes += 1
        return {}

    def disassociate_web_acl(self, ResourceArn: str) -> dict[str, Any]:
        self.before.pop(ResourceArn, None)
        return {}


@dataclass(frozen=True)
class StageOf(Stage):
    waf: Any = None

    def client(self, service: str) -> Any:
        return {"wafv2": self.waf}[service]


_VIEW = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "a"}
_ACL: dict[str, Any] = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": _VIEW}
API = "arn:aws:apigateway:eu-west-1::/restapis/rest1/stages/api"
ARN = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/chatapp-prod-api/1"


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Stacks that stand, by region and name."""
    standing: dict[tuple[str, str], str] = {}

    def deploy(stage: Stage, name: str, body: str, parameters: dict[str, str], _: Any) -> cloudformation.Stack:
        changed = standing.get((stage.region, name)) != body
        standing[stage.region, name] = body
        return cloudformation.Stack({"FirewallArn": ARN}, changed)

    def exists(stage: Stage, name: str) -> bool:
        return (stage.region, name) in standing

    def delete(stage: Stage, name: str, _: Any) -> bool:
        return standing.pop((stage.region, name), None) is not None

    for function in (deploy, exists, delete):
        monkeypatch.setattr(cloudformation, function.__name__, function)
    return standing


def test_it_is_put_before_the_api_once_and_taken_away_before_it_goes(stacks: dict[tuple[str, str], str]) -> None:
    waf_service = Waf()
    stage = StageOf("prod", "eu-west-1", waf=clients.client("wafv2", waf_service))
    ids, said, templates = ApiIds("rest1"), list[str]().append, steps.templates(PROD)
    raised = [firewall.raise_before_api(stage, ids, Settings(app={}, firewall=True), templates, said) for _ in range(2)]
    assert raised == [True, False]
    assert waf_service.before == {API: ARN}
    assert waf_service.changes == 1
    assert [firewall.lower_before_api(stage, ids, said) for _ in range(2)] == [True, False]
    assert waf_service.before == {}
    assert stacks == {}


class Slow(Waf):
    """Knows of a firewall that was just made after some questions. refusals: what it says until then."""

    def __init__(self, *refusals: str) -> None:
        super().__init__()
        self.refusals = list(refusals)

    def associate_web_acl(self, WebACLArn: str, ResourceArn: str) -> dict[str, Any]:
        if self.refusals:
            raise client_error(self.refusals.pop(), "AssociateWebACL")
        return super().associate_web_acl(WebACLArn, ResourceArn)


def test_a_firewall_that_was_just_made_is_put_up_once_waf_knows_it(
    stacks: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    waf_service, templates, said = Slow(*["WAFUnavailableEntityException"] * 5), steps.templates(PROD), list[str]()
    stage = StageOf("prod", "eu-west-1", waf=clients.client("wafv2", waf_service))
    assert firewall.raise_before_api(stage, ApiIds("rest1"), Settings(app={}), templates, said.append)
    assert (waf_service.before, len(slept)) == ({API: ARN}, 5)
    for refusals, times in ((["WAFUnavailableEntityException"] * 99, 24), (["WAFInvalidParameterException"], 0)):
        slept.clear()
        stage = StageOf("prod", "eu-west-1", waf=clients.client("wafv2", Slow(*refusals)))
        with pytest.raises(ClientError, match=refusals[0]):
            firewall.raise_before_api(stage, ApiIds("rest1"), Settings(app={}), templates, said.append)
        assert len(slept) == times, "not for ever, and nothing else is asked again"


def test_a_firewall_that_was_just_taken_away_goes_once_waf_knows_it(
    stacks: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    stage = StageOf("prod", "eu-west-1", waf=clients.client("wafv2", Waf()))
    stacks["eu-west-1", "chatapp-prod-edge-api"] = stacks["us-east-1", "chatapp-prod-edge-eu-west-1"] = "body"
    delete, refusals = cloudformation.delete, ["it's associated with another resource"] * 2 + [""]

    def deleted(stage: Stage, name: str, say: Any) -> bool:
        if refused := refusals.pop(0):
            raise DeploymentError(f"stack {name} could not be deleted: Firewall: {refused}")
        return delete(stage, name, say)

    monkeypatch.setattr(cloudformation, "delete", deleted)
    said = list[str]().append
    assert firewall.lower_before_api(stage, ApiIds("rest1"), said)
    assert len(slept) == 2
    refusals[:] = ["it's associated with another resource", ""]
    assert firewall.lower_before_site(PROD, said)
    assert stacks == {}
    stacks["us-east-1", "chatapp-prod-edge-eu-west-1"] = "body"
    refusals[:] = ["AccessDenied"]
    with pytest.raises(DeploymentError, match="AccessDenied"):
        firewall.lower_before_site(PROD, said)


def test_the_sites_stands_in_the_region_of_cloudfront_by_the_name_of_its_own(
    stacks: dict[tuple[str, str], str],
) -> None:
    templates, said = steps.templates(PROD), list[str]().append
    for region in ("eu-west-1", "eu-west-3"):
        firewall.raise_before_site(Stage("prod", region), Settings(app={}), templates, said)
    assert set(stacks) == {
        ("us-east-1", "chatapp-prod-edge-eu-west-1"),
        ("us-east-1", "chatapp-prod-edge-eu-west-3"),
    }
    assert firewall.lower_before_site(PROD, said)
    assert set(stacks) == {("us-east-1", "chatapp-prod-edge-eu-west-3")}


def test_as_shipped_there_is_none() -> None:
    settings = read_settings("", "prod")
    assert (settings.firewall, settings.bot_control, settings.domain) == (False, False, "")
    given = {"Stage": "prod", "ConnectSources": "https://a"}
    foundation = Template(steps.templates(PROD)["foundation.yaml"], given)
    assert "WebACLId" not in foundation.resources["Distribution"]["Properties"]["DistributionConfig"]
    given["WebAclArn"] = ARN
    foundation = Template(steps.templates(PROD)["foundation.yaml"], given)
    assert foundation.resources["Distribution"]["Properties"]["DistributionConfig"]["WebACLId"] == ARN
