"""IAM's own tables, as parliament and policy_sentry carry them: what is wrong with a policy, without asking AWS.

parliament lints a document as a whole; policy_sentry says of each action what it may be applied to and which condition
keys it knows. Both were made from the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# What parliament says and is nevertheless right, by issue and what it names, with the reason.
JUSTIFIED = {
    ("RESOURCE_MISMATCH", "bedrock:InvokeModelWithResponseStream"): (
        "parliament asks for a resource of each type that the action takes; one of them is enough, which the other "
        "table checks: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html"
    ),
    (
        "RESOURCE_MISMATCH",
        "bedrock:GetInferenceProfile",
    ): "as above: of profiles there are those of an application, too",
    ("MISMATCHED_TYPE_BUT_USABLE", "StringEquals requires a value of type String but given Arn"): (
        "a string operator on bedrock:InferenceProfileArn is what the same page shows; both sides are written out"
    ),
    ("PERMISSIONS_MANAGEMENT_ACTIONS", "iam:passrole"): (
        "a schedule is made with the role that runs it: one role, and only for EventBridge Scheduler"
    ),
    ("PERMISSIONS_MANAGEMENT_ACTIONS", "s3:putobjectacl"): (
        "DynamoDB asks for it of whoever has a table exported; the bucket knows no ACLs (BucketOwnerEnforced): "
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"
    ),
    ("RESOURCE_STAR", "cloudwatch:DescribeAlarms"): (
        "alarms of alarms are told to whoever may ask on `*` alone: "
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"
    ),
    ("MALFORMED", "Statement contains neither Resource nor NotResource"): (
        "of a role's trust, whose resource is the role itself; parliament does not know which documents are that"
    ),
}
# Of every action, whatever its row says: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {"aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"}
# Actions that are granted on "*": IAM knows no metrics as resources; of alarms of alarms nothing is told otherwise:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
WILDCARD_ONLY = {"cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"}
_TRUST_ALONE = ("MALFORMED", "Statement contains neither Resource nor NotResource")


@dataclass(frozen=True)
class Row:
    """An action on one type of resource. arn: as `arn:${Partition}:sqs:…`, or "*". keys: conditions that it knows."""

    arn: str
    keys: frozenset[str]


def problems(document: Mapping[str, Any], *, trust: bool = False) -> list[str]:
    """What is wrong with a policy by either library's tables. trust: of a role, which names no resource."""
    found = [f"{issue}: {what}" for issue, what in _lint(document) if not _is_justified((issue, what), trust)]
    for statement in document["Statement"]:
        for action in _listed(statement["Action"]):
            if action.endswith(":*") and statement["Effect"] == "Deny":
                continue  # everything that a service can be asked
            found += _of_action(action, statement, trust)
    return found


def _is_justified(finding: tuple[str, str], trust: bool) -> bool:
    return finding in JUSTIFIED and (trust or finding != _TRUST_ALONE)


def _lint(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """parliament's findings of any severity, each with what it names."""
    for finding in _parliament()(json.dumps(document), include_community_auditors=True).findings:
        detail, actions = finding.detail, finding.location.get("actions")
        if isinstance(detail, list):
            named = {each["action"] if isinstance(each, dict) else each for each in detail}
            yield from ((finding.issue, name) for name in sorted(named))
        elif actions:
            yield from ((finding.issue, action) for action in actions)
        else:
            yield finding.issue, str(detail).removeprefix("Type mismatch: ")


def _of_action(action: str, statement: Mapping[str, Any], trust: bool) -> Iterator[str]:
    rows = _rows(action)
    if not rows:
        yield f"{action}: IAM has no such action"
        return
    service = action.partition(":")[0]
    for resource in [] if trust else _listed(statement["Resource"]):
        if resource == "*":
            if action not in WILDCARD_ONLY:
                yield f"{action}: on every resource, although it can be limited to some"
            continue
        kind = _kind(service, resource)
        fitting = [row for row in rows if row.arn == kind]
        if not fitting:
            yield f"{action}: not on {resource}, which is of the type {kind}"
        yield from _of_conditions(action, statement, {key for row in fitting for key in row.keys})
    if trust:
        yield from _of_conditions(action, statement, {key for row in rows for key in row.keys})


def _of_conditions(action: str, statement: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    for keys in statement.get("Condition", {}).values():
        yield from (f"{action}: does not know the condition {key}" for key in keys.keys() - known - GLOBAL_KEYS)


def _kind(service: str, resource: str) -> str | None:
    """The most specific of a service's types that an ARN fits: an index's fits a table's, too.

    One whose words the ARN has goes before one that only its `*` can hold, and so does one that is as deep: a bucket's
    name has no `/`.
    """
    words = set(resource.split("/"))

    def fitness(arn: str) -> tuple[int, int, int]:
        deeper = abs(arn.count("/") - resource.count("/"))
        return -deeper, len(words & set(arn.split("/"))), len(re.sub(r"\$\{\w+\}", "", arn))

    return max((arn for arn in _arns(service) if _is_of(resource, arn)), key=fitness, default=None)


def _is_of(resource: str, arn: str) -> bool:
    """Whether an ARN of a policy, with `*` where it leaves something open, can be of a type."""
    *place, name = arn.split(":", 5)
    *placed, named = resource.split(":", 5)
    same = all(want == has or (want.startswith("${") and has) for want, has in zip(place, placed, strict=True))
    return same and _can_meet(re.sub(r"\$\{\w+\}", "*", name), named)


@lru_cache(maxsize=4096)
def _can_meet(one: str, other: str) -> bool:
    """Whether some text fits both patterns; `*` stands for any text but none."""
    if not one or not other:
        return one == other
    if one[0] == "*":
        return any(_can_meet(one[1:], other[end:]) for end in range(1, len(other) + 1))
    if other[0] == "*":
        return _can_meet(other, one)
    return one[0] == other[0] and _can_meet(one[1:], other[1:])


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@lru_cache(maxsize=1)
def _parliament() -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)
        from parliament import analyze_policy_string
    return analyze_policy_string


@lru_cache(maxsize=256)
def _rows(action: str) -> tuple[Row, ...]:
    from policy_sentry.querying.actions import get_action_data

    service, _, name = action.partition(":")
    found: Iterable[dict[str, Any]] = (get_action_data(service, name) or {}).get(service, [])
    return tuple(Row(each["resource_arn_format"], frozenset(each["condition_keys"])) for each in found)


@lru_cache(maxsize=32)
def _arns(service: str) -> tuple[str, ...]:
    from policy_sentry.querying.arns import get_raw_arns_for_service

    return tuple(get_raw_arns_for_service("iam" if service == "sts" else service))
