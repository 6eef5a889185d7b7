"""Certificates of a stage's own names, by ACM's API: a stack would wait for hours until somebody has proven a name.

One in us-east-1 for the site (CloudFront looks nowhere else), one in the stage's region for its APIs. ACM renews them
by itself as long as the record that proves the name stays.
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.environment import DeploymentError, Stage

_TAG = "chatapp-stage"
# ACM lists RSA 1024 and 2048 alone by itself.
_KEY_TYPES = ["RSA_2048"]
_LIVING = ["PENDING_VALIDATION", "ISSUED"]
# These are found, too, and said: a new one beside them would come to nothing in the same way.
_GIVEN_UP = ["FAILED", "VALIDATION_TIMED_OUT", "EXPIRED"]


@dataclass(frozen=True, order=True)
class Record:
    """One of DNS. ttl_s: seconds."""

    name: str
    type: str
    value: str
    ttl_s: int = 300


@dataclass(frozen=True)
class Certificate:
    """proofs: records by which ACM sees that the names are the owner's; empty for some seconds after the request."""

    arn: str
    is_issued: bool
    proofs: tuple[Record, ...]


def ensure(stage: Stage, names: Sequence[str], home: str) -> tuple[Certificate, bool]:
    """The certificate of some names in the stage's region, asked for where there is none; and whether it was.

    names: the first is the certificate's own. home: the region whose stage it is, also where that is not the
    certificate's: in us-east-1 are those of all regions' stages. Raises DeploymentError where ACM has given up on them.
    """
    acm = stage.client("acm")
    found = _find(acm, _owner(stage, home), names)
    if found is None:
        return Certificate(_request(acm, _owner(stage, home), names), is_issued=False, proofs=()), True
    return _certificate(found), False


def _owner(stage: Stage, home: str) -> str:
    return f"{stage.name}/{home}"


def _request(acm: Any, owner: str, names: Sequence[str]) -> str:
    token = hashlib.sha256(",".join([owner, *names]).encode()).hexdigest()[:32]
    requested = acm.request_certificate(
        DomainName=names[0],
        SubjectAlternativeNames=list(names),
        ValidationMethod="DNS",
        IdempotencyToken=token,
        KeyAlgorithm="RSA_2048",
        Tags=[{"Key": _TAG, "Value": owner}],
    )
    return str(requested["CertificateArn"])


def _find(acm: Any, owner: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Ours of exactly these names, an issued one first."""
    of_name = [each["CertificateArn"] for each in _listed(acm) if each["DomainName"] == names[0]]
    ours = [_described(acm, arn) for arn in of_name if _is_ours(acm, owner, arn)]
    fitting = [each for each in ours if set(each["SubjectAlternativeNames"]) == set(names)]
    return min(fitting, key=lambda each: each["Status"] != "ISSUED", default=None)


def _listed(acm: Any) -> Iterator[dict[str, Any]]:
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=[*_LIVING, *_GIVEN_UP], Includes={"keyTypes": _KEY_TYPES}
    )
    for page in pages:
        yield from page["CertificateSummaryList"]


def _is_ours(acm: Any, owner: str, arn: str) -> bool:
    tags = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    return {"Key": _TAG, "Value": owner} in tags


def _described(acm: Any, arn: str) -> dict[str, Any]:
    return dict(acm.describe_certificate(CertificateArn=arn)["Certificate"])


def _certificate(described: dict[str, Any]) -> Certificate:
    arn, status = described["CertificateArn"], described["Status"]
    if status not in _LIVING:
        raise DeploymentError(f"certificate {arn} is {status}: delete it in the ACM console, then deploy again")
    asked = [each.get("ResourceRecord") for each in described.get("DomainValidationOptions", [])]
    proofs = {Record(each["Name"], each["Type"], each["Value"]) for each in asked if each}
    return Certificate(arn, status == "ISSUED", tuple(sorted(proofs)))


def delete_all(stage: Stage, home: str) -> int:
    """Delete the stage's certificates in `stage.region`; nothing may use them any more. home: as in `ensure`."""
    acm, owner = stage.client("acm"), _owner(stage, home)
    ours = [each["CertificateArn"] for each in _listed(acm) if _is_ours(acm, owner, each["CertificateArn"])]
    for arn in ours:
        acm.delete_certificate(CertificateArn=arn)
    return len(ours)
