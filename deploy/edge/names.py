"""Names of one's own (`domain` in deploy/settings.toml): DOMAIN and www for the site, api. and socket. for its APIs.

A deployment asks for the certificates and goes on with AWS's own names until those are issued; the next one takes the
names up. With a zone of Route 53 all records are made; without one they are printed, and the site keeps AWS's names
until the owner's lead here: a page whose API nobody finds would be worse than a long name.
"""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from deploy.account import cloudformation
from deploy.edge import certificates
from deploy.edge.certificates import Certificate, Record
from deploy.edge.firewall import of_cloudfront
from deploy.environment import API_STAGE, ApiIds, Settings, Stage

_READ_WITHIN_S = 15.0
_MOST_BYTES = 65_536
Say = Callable[[str], None]


@dataclass(frozen=True)
class Names:
    """domain: as example.com. zone_id: of Route 53, or "". certificates: of the site and of the APIs."""

    domain: str
    zone_id: str
    site: Certificate
    api: Certificate

    @property
    def www(self) -> str:
        return f"www.{self.domain}"

    @property
    def api_host(self) -> str:
        return f"api.{self.domain}"

    @property
    def socket_host(self) -> str:
        return f"socket.{self.domain}"

    @property
    def are_certified(self) -> bool:
        return self.site.is_issued and self.api.is_issued

    @property
    def proofs(self) -> list[Record]:
        return sorted({*self.site.proofs, *self.api.proofs})


def prepare(stage: Stage, settings: Settings, say: Say) -> tuple[Names | None, bool]:
    """The names with their certificates, asked for and proven as far as can be; and whether that changed anything.

    None where the settings name no domain.
    """
    if not settings.domain:
        return None, False
    domain = settings.domain
    site, site_asked = certificates.ensure(of_cloudfront(stage), [domain, f"www.{domain}"], stage.region)
    api, api_asked = certificates.ensure(stage, [f"api.{domain}", f"socket.{domain}"], stage.region)
    names = Names(domain, settings.hosted_zone_id, site, api)
    proven = _prove(stage, names, say) if not names.are_certified else False
    return names, site_asked or api_asked or proven


def _prove(stage: Stage, names: Names, say: Say) -> bool:
    """Put the records that prove the names into the zone, or say them."""
    if not (names.site.proofs and names.api.proofs):
        say("ACM is still writing down what proves the names: run the same command again in a minute")
        return False
    say("the certificates are not validated yet, so AWS's own names are used: run the same command again in an hour")
    if not names.zone_id:
        _say_records(names.proofs, say)
        return False
    return _write(stage.client("route53"), names.zone_id, names.proofs)


def _write(route53: Any, zone_id: str, records: list[Record]) -> bool:
    """Write the records that are not in the zone as they should be."""
    missing = [record for record in records if not _is_written(route53, zone_id, record)]
    if missing:
        changes = [{"Action": "UPSERT", "ResourceRecordSet": _record_set(record)} for record in missing]
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
    return bool(missing)


def _is_written(route53: Any, zone_id: str, record: Record) -> bool:
    found = route53.list_resource_record_sets(
        HostedZoneId=zone_id, StartRecordName=record.name, StartRecordType=record.type, MaxItems="1"
    )["ResourceRecordSets"]
    return any(
        (each["Name"], each["Type"]) == (record.name, record.type)
        and each.get("ResourceRecords") == [{"Value": record.value}]
        for each in found
    )


def _record_set(record: Record) -> dict[str, Any]:
    values = [{"Value": record.value}]
    return {"Name": record.name, "Type": record.type, "TTL": record.ttl_s, "ResourceRecords": values}


def _say_records(records: list[Record], say: Say) -> None:
    for record in records:
        say(f"DNS record to make: {record.name} {record.type} {record.value}")


def give(stage: Stage, names: Names, ids: ApiIds, distribution: str, body: str, *, say: Say) -> bool:
    """Have the APIs answer to their names, and the zone lead there; what a zone elsewhere needs is said.

    distribution: its domain. body: the template's. Returns whether anything changed.
    """
    parameters = {
        "Domain": names.domain,
        "CertificateArn": names.api.arn,
        "RestApiId": ids.rest or "",
        "SocketApiId": ids.socket or "",
        "ApiStage": API_STAGE,
        "DistributionDomain": distribution,
        "HostedZoneId": names.zone_id,
    }
    stack = cloudformation.deploy(stage, stack_name(stage), body, parameters, say)
    if not are_in_use(stage, names):
        _say_records(_leading(names, distribution, stack.outputs), say)
        say("once they lead here, run the same command again: until then the site uses AWS's own names")
    return stack.changed


def _leading(names: Names, distribution: str, targets: Mapping[str, str]) -> list[Record]:
    """A name without a host before it takes no CNAME: most zones elsewhere call its alias ALIAS or ANAME."""
    return [
        Record(names.domain, "ALIAS", distribution),
        Record(names.www, "CNAME", distribution),
        Record(names.api_host, "CNAME", targets["ApiTarget"]),
        Record(names.socket_host, "CNAME", targets["SocketTarget"]),
    ]


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=_READ_WITHIN_S) as reply:  # noqa: S310 (the owner's own names)
        return bytes(reply.read(_MOST_BYTES))


@dataclass(frozen=True)
class Lookup:
    """Asks as a browser would whether names lead to this stage; that they lead somewhere says nothing: a zone may have
    an answer to every name, or the site of before.

    resolve: addresses of a host; raises OSError where there are none. read: what a URL answers; raises OSError, too.
    """

    resolve: Callable[[str], object] = field(default=socket.gethostbyname)
    read: Callable[[str], bytes] = field(default=_read)

    def leads(self, names: Names, stage_name: str) -> bool:
        """The socket's name is looked up alone: that it leads elsewhere is found by the deployment's proof."""
        hosts = (f"{names.domain}/config.json", f"{names.api_host}/health")
        return self._finds(names.socket_host) and all(self._is_of(f"https://{each}", stage_name) for each in hosts)

    def _finds(self, host: str) -> bool:
        try:
            self.resolve(host)
        except OSError:
            return False
        return True

    def _is_of(self, url: str, stage_name: str) -> bool:
        """Both the site's configuration and the API's health name their stage."""
        try:
            found = json.loads(self.read(url))
        except (OSError, HTTPException, ValueError):
            return False
        return isinstance(found, dict) and found.get("stage") == stage_name


def are_in_use(stage: Stage, names: Names | None, lookup: Lookup | None = None) -> bool:
    """Whether the site goes by its own names: certified, given to the APIs, and made in its zone or found to lead here.

    What it goes by already stays: a moment without an answer must not send everybody back to AWS's names.
    """
    if names is None or not names.are_certified or cloudformation.outputs(stage, stack_name(stage)) is None:
        return False
    return bool(names.zone_id) or current(stage) == names.domain or (lookup or Lookup()).leads(names, stage.name)


def take_away(stage: Stage, say: Say) -> bool:
    """Remove the APIs' names and the zone's records; False where there were none."""
    return cloudformation.delete(stage, stack_name(stage), say)


def stack_name(stage: Stage) -> str:
    return f"{stage.prefix}-names"


def current(stage: Stage) -> str:
    """The domain that a deployed stage goes by, "" for AWS's names: as its distribution was last told."""
    outputs = cloudformation.outputs(stage, f"{stage.prefix}-foundation") or {}
    return outputs.get("CanonicalHost", "")
