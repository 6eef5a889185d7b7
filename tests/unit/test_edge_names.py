"""Names of one's own: what the setting may say, certificates, records, and what the site and its APIs are called."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import steps
from deploy.account import cloudformation
from deploy.edge import certificates, names, step
from deploy.edge.certificates import Certificate, Record
from deploy.edge.names import Lookup, Names
from deploy.edge.step import Edge
from deploy.environment import ROOT, Addresses, ApiIds, DeploymentError, Settings, Stage, read_settings
from deploy.progress import Progress
from tests import checkov
from tests.fakes import clients
from tests.resolved import Template

IDS = ApiIds("rest1", "sock1")
PROOF = Record("_a.example.com.", "CNAME", "_b.acm-validations.aws.")
ISSUED = Certificate("arn:aws:acm:us-east-1:1:certificate/a", is_issued=True, proofs=(PROOF,))
OWN = Names("example.com", "", ISSUED, ISSUED)
ZONE = "Z0123456789ABC"


def prod() -> Stage:
    stage = Stage("prod", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"
    return stage


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


# --- The settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        'domain = "https://example.com"',
        'domain = "www.example.com"',
        'domain = "Example.com"',
        'domain = "example"',
        'domain = "exa mple.com"',
        'domain = "-a.com"',
        f'domain = "{"a" * 64}.com"',
        'domain = "example.com/"',
        'domain = "example.com"\nhosted_zone_id = "zone"',
        f'hosted_zone_id = "{ZONE}"',
    ],
)
def test_what_is_no_name_is_refused(lines: str) -> None:
    with pytest.raises(DeploymentError, match=r"settings\.toml: (domain|hosted_zone_id)"):
        read_settings(f"[default]\n{lines}\n", "prod")


def test_names_are_taken_as_they_are_and_on_aws_alone() -> None:
    settings = read_settings(f'[default]\ndomain = "chat.example.co.uk"\nhosted_zone_id = "{ZONE}"\n', "prod")
    assert (settings.domain, settings.hosted_zone_id) == ("chat.example.co.uk", ZONE)
    step.check(prod(), settings)


@pytest.mark.parametrize("asked", [Settings(app={}, domain="example.com"), Settings(app={}, firewall=True)])
def test_a_stage_of_this_machine_has_no_edge(asked: Settings) -> None:
    with pytest.raises(DeploymentError, match=r"under \[local\]"):
        step.check(Stage("local", "eu-west-1", "http://127.0.0.1:1"), asked)
    text = (ROOT / "deploy" / "settings.toml").read_text()
    everywhere = text.replace("firewall = false", "firewall = true", 1).replace(
        'domain = ""', 'domain = "a.example"', 1
    )
    assert read_settings(everywhere, "prod").firewall
    step.check(Stage("local", "eu-west-1", "http://127.0.0.1:1"), read_settings(everywhere, "local"))


# --- Certificates -----------------------------------------------------------------------------------------------------


def test_a_certificate_is_asked_for_once_and_is_the_stages_own(account: None) -> None:
    asked_for = ["api.example.com", "socket.example.com"]
    first, asked = certificates.ensure(prod(), asked_for, "eu-west-1")
    again, asked_again = certificates.ensure(prod(), asked_for, "eu-west-1")
    assert (asked, asked_again) == (True, False)
    assert again.arn == first.arn
    other, _ = certificates.ensure(Stage("test", "eu-west-1"), asked_for, "eu-west-1")
    assert other.arn != first.arn
    acm = boto3.client("acm", "eu-west-1")
    found = acm.describe_certificate(CertificateArn=first.arn)["Certificate"]
    assert set(found["SubjectAlternativeNames"]) == {"api.example.com", "socket.example.com"}
    assert {each["ValidationMethod"] for each in found["DomainValidationOptions"]} == {"DNS"}
    assert certificates.delete_all(prod(), "eu-west-1") == 1
    assert [each["CertificateArn"] for each in acm.list_certificates()["CertificateSummaryList"]] == [other.arn]


def test_a_stage_of_the_same_name_in_another_region_has_its_own_in_cloudfronts_region(account: None) -> None:
    there = Stage("prod", "us-east-1")
    first, _ = certificates.ensure(there, ["example.com"], "eu-west-1")
    second, _ = certificates.ensure(there, ["example.com"], "us-west-2")
    assert second.arn != first.arn
    assert certificates.delete_all(there, "us-west-2") == 1
    assert certificates.ensure(there, ["example.com"], "eu-west-1")[0].arn == first.arn


@dataclass
class Acm:
    """One certificate of the stage, of the names that were asked for."""

    status: str
    has_proofs: bool = True
    names: list[str] = field(default_factory=list)

    def request_certificate(self, DomainName: str, SubjectAlternativeNames: list[str], **_: Any) -> dict[str, Any]:
        self.names = SubjectAlternativeNames
        return {"CertificateArn": _arn(DomainName)}

    def list_certificates(self, **_: Any) -> dict[str, Any]:
        if not self.names:
            return {"CertificateSummaryList": []}
        found = {"CertificateArn": _arn(self.names[0]), "Status": "ISSUED"}
        return {"CertificateSummaryList": [{**found, "DomainName": self.names[0]}]}

    def list_tags_for_certificate(self, CertificateArn: str) -> dict[str, Any]:
        return {"Tags": [{"Key": "chatapp-stage", "Value": "prod/eu-west-1"}]}

    def describe_certificate(self, CertificateArn: str) -> dict[str, Any]:
        proofs = [
            {
                "DomainName": name,
                "ResourceRecord": {"Name": f"_x.{name}.", "Type": "CNAME", "Value": "_y.acm-validations.aws."},
            }
            for name in self.names
        ]
        options = proofs if self.has_proofs else [{"DomainName": name} for name in self.names]
        return {
            "Certificate": {
                "CertificateArn": CertificateArn,
                "Status": self.status,
                "SubjectAlternativeNames": self.names,
                "DomainValidationOptions": options,
            }
        }


def _arn(name: str) -> str:
    return f"arn:aws:acm:eu-west-1:123456789012:certificate/{name}"


@dataclass(frozen=True)
class StageOf(Stage):
    """One fake for both regions."""

    acm: Any = None
    zone: Any = None

    def client(self, service: str) -> Any:
        return {"acm": self.acm, "route53": self.zone}[service]


def staged(monkeypatch: pytest.MonkeyPatch, acm: Acm, zone: object = None) -> Stage:
    second = Acm(acm.status, acm.has_proofs)
    stage = StageOf("prod", "eu-west-1", acm=clients.client("acm", acm), zone=zone and clients.client("route53", zone))
    site = StageOf("prod", "us-east-1", acm=clients.client("acm", second))
    monkeypatch.setattr(names, "of_cloudfront", lambda _: site)
    return stage


@pytest.mark.parametrize("status", ["FAILED", "VALIDATION_TIMED_OUT", "EXPIRED"])
def test_a_certificate_that_came_to_nothing_is_named(status: str) -> None:
    stage = StageOf("prod", "eu-west-1", acm=clients.client("acm", Acm(status, names=["a.example"])))
    with pytest.raises(DeploymentError, match=f"is {status}: delete it in the ACM console"):
        certificates.ensure(stage, ["a.example"], "eu-west-1")


class Zone:
    """Records of Route 53."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], dict[str, Any]] = {}
        self.changes = 0

    def list_resource_record_sets(self, HostedZoneId: str, StartRecordName: str, **_: Any) -> dict[str, Any]:
        after = sorted(key for key in self.records if key[0] >= StartRecordName)[:1]
        found = [self.records[key] for key in after]
        return {"ResourceRecordSets": found, "IsTruncated": False, "MaxItems": "1"}

    def change_resource_record_sets(self, HostedZoneId: str, ChangeBatch: dict[str, Any]) -> dict[str, Any]:
        assert HostedZoneId == ZONE
        for change in ChangeBatch["Changes"]:
            record = change["ResourceRecordSet"]
            self.records[record["Name"], record["Type"]] = record
            self.changes += 1
        return {"ChangeInfo": {"Id": "1", "Status": "PENDING", "SubmittedAt": "2026-11-29T06:00:00Z"}}


WITH_ZONE = Settings(app={}, domain="example.com", hosted_zone_id=ZONE)
ELSEWHERE = Settings(app={}, domain="example.com")


def test_a_deployment_goes_on_until_the_names_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """First the certificates are asked for; then the records are made, once; then nothing is left to do."""
    zone, acm, said = Zone(), Acm("PENDING_VALIDATION"), list[str]()
    stage = staged(monkeypatch, acm, zone)
    changed = [names.prepare(stage, WITH_ZONE, said.append)[1] for _ in range(3)]
    assert changed == [True, True, False]
    assert "not validated yet" in said[-1]
    hosts = ("api.", "socket.", "", "www.")
    assert {name for name, _ in zone.records} == {f"_x.{host}example.com." for host in hosts}
    assert {record["TTL"] for record in zone.records.values()} == {300}
    assert zone.changes == 4
    monkeypatch.setattr(names, "cloudformation", None)  # nothing of the APIs is given, or even looked at
    found, _ = names.prepare(stage, WITH_ZONE, said.append)
    assert not names.are_in_use(stage, found)


def test_records_of_a_zone_elsewhere_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    stage = staged(monkeypatch, Acm("PENDING_VALIDATION", names=["api.example.com", "socket.example.com"]))
    names.prepare(stage, ELSEWHERE, said.append)
    assert "run the same command again in a minute" in said[-1]
    names.prepare(stage, ELSEWHERE, said.append)
    assert "DNS record to make: _x.example.com. CNAME _y.acm-validations.aws." in said
    assert sum(line.startswith("DNS record") for line in said) == 4


def test_what_acm_has_not_written_down_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    stage = staged(monkeypatch, Acm("PENDING_VALIDATION", has_proofs=False))
    for _ in range(2):
        names.prepare(stage, ELSEWHERE, said.append)
    assert not any(line.startswith("DNS record") for line in said)


def test_without_a_domain_nobody_is_asked() -> None:
    assert names.prepare(prod(), Settings(app={}), list[str]().append) == (None, False)
    edge = Edge(prod(), Settings(app={}), Progress())
    edge.take_names(IDS, {})
    edge.guard_site({})
    assert set(edge.of_distribution.values()) == {""}


# --- In use -----------------------------------------------------------------------------------------------------------


def _nowhere(host: str) -> str:
    raise OSError(host)


def _ours(url: str) -> bytes:
    assert url in {"https://example.com/config.json", "https://api.example.com/health"}
    return b'{"status": "ok", "stage": "prod"}'


def _only(ours: str, elsewhere: bytes) -> Callable[[str], bytes]:
    """One of the two names leads here, the other to what answers `elsewhere`."""
    return lambda url: _ours(url) if ours in url else elsewhere


HERE, NOWHERE = Lookup(str, _ours), Lookup(_nowhere, _ours)


@pytest.mark.parametrize(
    ("own", "stands", "lookup", "in_use"),
    [
        (OWN, True, HERE, True),
        (OWN, True, NOWHERE, False),
        (OWN, True, Lookup(str, lambda url: _nowhere(url).encode()), False),
        (OWN, True, Lookup(str, lambda _: b"<h1>It works</h1>"), False),
        (OWN, True, Lookup(str, lambda _: b"\xff\xfe"), False),
        (OWN, True, Lookup(str, lambda _: b"[]"), False),
        (OWN, True, Lookup(str, lambda _: b'{"stage": "test"}'), False),
        (OWN, True, Lookup(str, _only("config.json", b"parked")), False),
        (OWN, True, Lookup(str, _only("health", b"parked")), False),
        (OWN, False, HERE, False),
        (Names("example.com", ZONE, ISSUED, ISSUED), True, NOWHERE, True),
        (Names("example.com", "", ISSUED, Certificate("arn", is_issued=False, proofs=())), True, HERE, False),
        (None, True, HERE, False),
    ],
)
def test_the_site_takes_its_names_once_all_of_them_lead_here(
    monkeypatch: pytest.MonkeyPatch, own: Names | None, stands: bool, lookup: Lookup, in_use: bool
) -> None:
    """And not to what answers every name of the zone, or to the site of before, or to another stage."""
    monkeypatch.setattr(cloudformation, "outputs", lambda *_: {"ApiTarget": "a"} if stands else None)
    assert names.are_in_use(prod(), own, lookup) is in_use


@pytest.mark.parametrize(("host", "in_use"), [("example.com", True), ("old.example.com", False), ("", False)])
def test_what_the_site_goes_by_stays_where_nobody_answers_for_a_moment(
    monkeypatch: pytest.MonkeyPatch, host: str, in_use: bool
) -> None:
    monkeypatch.setattr(cloudformation, "outputs", lambda *_: {"ApiTarget": "a", "CanonicalHost": host})
    assert names.are_in_use(prod(), OWN, NOWHERE) is in_use


def test_what_a_zone_elsewhere_needs_is_said_with_its_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"ApiTarget": "d-a.execute-api.eu-west-1.amazonaws.com", "SocketTarget": "d-s.example"}
    given: list[Mapping[str, str]] = []

    def deploy(_: Stage, name: str, body: str, parameters: Mapping[str, str], say: Any) -> cloudformation.Stack:
        given.append(parameters)
        return cloudformation.Stack(outputs, changed=False)

    monkeypatch.setattr(cloudformation, "deploy", deploy)
    monkeypatch.setattr(cloudformation, "outputs", lambda *_: outputs)
    monkeypatch.setattr(names, "Lookup", lambda: NOWHERE)
    said: list[str] = []
    assert names.give(prod(), OWN, IDS, "d1.cloudfront.net", "body", say=said.append) is False
    assert said[:3] == [
        "DNS record to make: example.com ALIAS d1.cloudfront.net",
        "DNS record to make: www.example.com CNAME d1.cloudfront.net",
        "DNS record to make: api.example.com CNAME d-a.execute-api.eu-west-1.amazonaws.com",
    ]
    template = Template(steps.templates(prod())["names.yaml"], given[0])
    assert set(template.resources) == {"ApiName", "ApiMapping", "SocketName", "SocketMapping"}
    assert template.resources["ApiMapping"]["Properties"]["RestApiId"] == "rest1"
    assert template.resources["SocketMapping"]["Properties"]["ApiId"] == "sock1"


def test_the_zones_records_lead_to_the_distribution_and_the_apis() -> None:
    given = {"Domain": "example.com", "CertificateArn": "arn", "RestApiId": "r", "SocketApiId": "s"}
    given |= {"DistributionDomain": "d1.cloudfront.net", "HostedZoneId": ZONE}
    template = Template(steps.templates(prod())["names.yaml"], given)
    records = template.resources["Records"]["Properties"]["RecordSets"]
    found = {(each["Name"], each["Type"]): each["AliasTarget"]["DNSName"] for each in records}
    assert {key for key, target in found.items() if target == "d1.cloudfront.net"} == {
        (host, kind) for host in ("example.com", "www.example.com") for kind in ("A", "AAAA")
    }
    assert found["api.example.com", "A"] != found["socket.example.com", "A"]


def test_addresses_name_the_owners_domain_everywhere() -> None:
    found = Addresses.of(prod(), IDS, "d1.cloudfront.net", "example.com")
    assert found.site_url == "https://example.com"
    assert found.api_url == "https://api.example.com"
    assert found.socket_url == "wss://socket.example.com"
    assert found.script_api_url == "https://rest1.execute-api.eu-west-1.amazonaws.com/api"
    assert found.connect_sources == (
        "https://cognito-idp.eu-west-1.amazonaws.com",
        "https://api.example.com",
        "wss://socket.example.com",
        "https://chatapp-prod-files-123456789012-eu-west-1.s3.eu-west-1.amazonaws.com",
    )
    assert Addresses.of(prod(), ApiIds(), "d1", "example.com") == Addresses.of(prod(), ApiIds(), "d1")


# --- The distribution -------------------------------------------------------------------------------------------------


def foundation(edge: Edge) -> Template:
    given = {"Stage": "prod", "ConnectSources": "https://a", **edge.of_distribution}
    arn = {"ToCanonicalHost.FunctionARN": "arn:function"}
    return Template(steps.templates(prod())["foundation.yaml"], given, attributes=arn)


def test_the_distribution_answers_to_both_names_and_leads_to_one_once_people_find_it() -> None:
    edge = Edge(prod(), ELSEWHERE, Progress(), names=OWN)
    certified = foundation(edge).resources
    distribution = certified["Distribution"]["Properties"]["DistributionConfig"]
    assert distribution["Aliases"] == ["example.com", "www.example.com"]
    assert distribution["ViewerCertificate"] == {
        "AcmCertificateArn": ISSUED.arn,
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    assert "FunctionAssociations" not in distribution["DefaultCacheBehavior"]
    security = certified["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["StrictTransportSecurity"]["IncludeSubdomains"] is False
    edge.domain = "example.com"
    led = foundation(edge)
    (function,) = led.resources["Distribution"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"][
        "FunctionAssociations"
    ]
    assert function == {"EventType": "viewer-request", "FunctionARN": "arn:function"}


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
@pytest.mark.parametrize(
    ("host", "uri", "query", "location"),
    [
        ("www.example.com", "/a/b", {}, "https://example.com/a/b"),
        ("d1.cloudfront.net", "/", {"x": {"value": "1"}}, "https://example.com/?x=1"),
        (
            "www.example.com",
            "/p",
            {"x": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]}, "y": {"value": "a%20b"}},
            "https://example.com/p?x=1&x=2&y=a%20b",
        ),
        ("example.com", "/a", {"x": {"value": "1"}}, None),
    ],
)
def test_every_other_name_leads_to_the_one(host: str, uri: str, query: dict[str, Any], location: str | None) -> None:
    edge = Edge(prod(), ELSEWHERE, Progress(), names=OWN, domain="example.com")
    code = foundation(edge).resources["ToCanonicalHost"]["Properties"]["FunctionCode"]
    request = {"method": "GET", "uri": uri, "querystring": query, "headers": {"host": {"value": host}}}
    script = f"{code}\nconsole.log(JSON.stringify(handler({{request: {json.dumps(request)}}})))"
    ran = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    answer = json.loads(ran.stdout)
    if location is None:
        assert answer == request
    else:
        assert answer["statusCode"] == 301
        assert answer["headers"]["location"]["value"] == location


# --- What checkov finds -----------------------------------------------------------------------------------------------


def test_a_finding_without_a_reason_fails_and_a_reason_without_a_finding() -> None:
    sound = [checkov.Finding(check, where or "a.yaml A") for check, where in checkov.JUSTIFIED]
    assert checkov.problems(sound) == []
    (new,) = checkov.problems([*sound, checkov.Finding("CKV_AWS_1", "a.yaml A")])
    assert "CKV_AWS_1 in a.yaml A" in new
    (gone,) = checkov.problems(sound[1:])
    assert "no finding has this reason" in gone
    with pytest.raises(ValueError, match=r"b\.yaml"):
        checkov.read({"results": {"passed_checks": [], "failed_checks": []}}, {"b.yaml"})
