"""The edge's part of a deployment: what is put up before the foundation, and removed once nothing names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from deploy.account import cloudformation
from deploy.edge import certificates, firewall, names
from deploy.edge.certificates import Certificate
from deploy.edge.step import Edge
from deploy.environment import ApiIds, Settings, Stage
from deploy.progress import Progress
from tests.fakes.aws import client_error

PROD = Stage("prod", "eu-west-1")
IDS = ApiIds("rest1", "sock1")
OUTPUTS = {"DistributionDomain": "d1.cloudfront.net", "FirewallArn": "arn:waf", "ApiTarget": "a", "SocketTarget": "s"}
TEMPLATES = dict.fromkeys(("names.yaml", "edge.yaml", "edge-api.yaml"), "body")


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mapping[str, str]]:
    """Parameters of the stacks that stand, by name."""
    standing: dict[str, Mapping[str, str]] = {"chatapp-prod-foundation": {}}

    def deploy(_: Stage, name: str, body: str, parameters: Mapping[str, str], say: Any) -> cloudformation.Stack:
        changed = standing.get(name) != parameters
        standing[name] = parameters
        return cloudformation.Stack(OUTPUTS, changed)

    def delete(_: Stage, name: str, say: Any) -> bool:
        return standing.pop(name, None) is not None

    monkeypatch.setattr(cloudformation, "deploy", deploy)
    monkeypatch.setattr(cloudformation, "delete", delete)
    monkeypatch.setattr(cloudformation, "exists", lambda _, name: name in standing)
    monkeypatch.setattr(cloudformation, "outputs", lambda _, name: OUTPUTS if name in standing else None)
    monkeypatch.setattr(firewall, "_associate", lambda *_: False)
    return standing


def certified(monkeypatch: pytest.MonkeyPatch, *, is_issued: bool) -> None:
    found = Certificate("arn:acm", is_issued, ())
    monkeypatch.setattr(certificates, "ensure", lambda *_: (found, False))


WITH_ZONE = Settings(app={}, domain="example.com", hosted_zone_id="Z0123456789ABC")


def test_names_are_taken_up_in_the_run_in_which_their_certificates_are_issued(
    monkeypatch: pytest.MonkeyPatch, stacks: dict[str, Mapping[str, str]]
) -> None:
    edge = Edge(PROD, WITH_ZONE, Progress())
    certified(monkeypatch, is_issued=False)
    edge.take_names(IDS, TEMPLATES)
    assert (edge.domain, set(edge.of_distribution.values())) == ("", {""})
    assert set(stacks) == {"chatapp-prod-foundation"}
    certified(monkeypatch, is_issued=True)
    edge.take_names(IDS, TEMPLATES)
    assert edge.domain == "example.com"
    assert stacks["chatapp-prod-names"]["DistributionDomain"] == "d1.cloudfront.net"
    assert edge.of_distribution == {
        "WebAclArn": "",
        "Domain": "example.com",
        "CertificateArn": "arn:acm",
        "CanonicalHost": "example.com",
    }


def test_before_there_are_apis_no_name_is_given(
    monkeypatch: pytest.MonkeyPatch, stacks: dict[str, Mapping[str, str]]
) -> None:
    certified(monkeypatch, is_issued=True)
    edge = Edge(PROD, WITH_ZONE, Progress())
    edge.take_names(ApiIds(), TEMPLATES)
    assert edge.domain == ""
    assert "chatapp-prod-names" not in stacks


def test_what_is_switched_off_goes_after_the_foundation(stacks: dict[str, Mapping[str, str]]) -> None:
    on = Edge(PROD, Settings(app={}, firewall=True), Progress())
    on.guard_site(TEMPLATES)
    assert on.of_distribution["WebAclArn"] == "arn:waf"
    on.guard_api(IDS, TEMPLATES)
    stacks["chatapp-prod-names"] = {}
    firewalls = {"chatapp-prod-edge-eu-west-1", "chatapp-prod-edge-api"}
    assert set(stacks) == {"chatapp-prod-foundation", *firewalls} | {"chatapp-prod-names"}
    off = Edge(PROD, Settings(app={}), Progress())
    off.take_names(IDS, TEMPLATES)
    off.guard_site(TEMPLATES)
    assert off.of_distribution["WebAclArn"] == ""
    assert firewalls < set(stacks), "the distribution still names it"
    off.guard_api(ApiIds(), TEMPLATES)
    assert set(stacks) == {"chatapp-prod-foundation"}


def test_who_may_not_list_certificates_still_destroys(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise client_error("AccessDeniedException", "ListCertificates")

    monkeypatch.setattr(certificates, "delete_all", refused)
    Edge(PROD, Settings(app={}), Progress()).forget_certificates()


def test_the_names_of_a_deployed_stage_are_those_that_its_distribution_leads_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cloudformation, "outputs", lambda *_: {"CanonicalHost": "example.com"})
    assert names.current(PROD) == "example.com"
    monkeypatch.setattr(cloudformation, "outputs", lambda *_: None)
    assert names.current(PROD) == ""
