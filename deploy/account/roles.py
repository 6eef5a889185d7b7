"""Roles by name: which region a role serves, and the removal of the scheduler's role of before it was called by one.

IAM knows no regions, so a role whose name lacks the region may be that of the stage of the same name elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from deploy.environment import Stage

# A schedule is made for half a minute later at most, when a deletion can no longer be undone.
_SCHEDULES_END_WITHIN_S = 120.0
_POLL_S = 5.0

Say = Callable[[str], None]


def serves(iam: Any, name: str, region: str) -> bool:
    """Whether what the role may do is in the region, or in none. Raises NoSuchEntityException."""
    regions = set(_regions(iam, name))
    return not regions or region in regions


def _regions(iam: Any, name: str) -> Iterator[str]:
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for arn in _strings(document):
            parts = arn.split(":")
            # Without an account it is AWS's own, as Bedrock's models are, which are asked in several regions.
            if arn.startswith("arn:") and len(parts) > 4 and parts[3] and parts[4]:
                yield parts[3]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def remove_former_scheduler_role(stage: Stage, say: Say) -> bool:
    """Remove the scheduler's role without a region, once no schedule names it; True when it was there.

    The stack has kept it (UpdateReplacePolicy): a deletion that was under way when it changed still needs it.
    """
    arn = _former_scheduler_role(stage)
    deadline = time.monotonic() + _SCHEDULES_END_WITHIN_S
    while arn and _is_named(stage, arn) and time.monotonic() < deadline:
        say("waiting for deletions that are under way with the former role")
        time.sleep(_POLL_S)
    return delete_former_scheduler_role(stage)


def delete_former_scheduler_role(stage: Stage) -> bool:
    """Delete it, whatever names it; True when it was there."""
    arn = _former_scheduler_role(stage)
    if arn is None:
        return False
    iam, name = stage.client("iam"), arn.rpartition("/")[2]
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)
    return True


def _former_scheduler_role(stage: Stage) -> str | None:
    """Its ARN, where it is there and the stage's."""
    iam, name = stage.client("iam"), f"{stage.prefix}-scheduler"
    try:
        return str(iam.get_role(RoleName=name)["Role"]["Arn"]) if serves(iam, name, stage.region) else None
    except iam.exceptions.NoSuchEntityException:
        return None


def _is_named(stage: Stage, role_arn: str) -> bool:
    scheduler = stage.client("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(GroupName=stage.prefix)
    for summary in (summary for page in pages for summary in page["Schedules"]):
        try:
            schedule = scheduler.get_schedule(GroupName=stage.prefix, Name=summary["Name"])
        except scheduler.exceptions.ResourceNotFoundException:
            continue
        if schedule["Target"]["RoleArn"] == role_arn:
            return True
    return False
