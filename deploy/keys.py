"""API keys of scripts: made, shown, revoked.

A key is API Gateway's, which keeps its value and tells the app its id. What the app knows of it is a row of the table
of `usage` (`chalicelib/spending/keys.py`): the row alone says whether it still counts. So it is written before the key
opens anything, and revoked before API Gateway is told, whose own changes take a while to reach all of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy.account import usage_plan
from deploy.environment import DeploymentError, Stage
from deploy.functions import app_modules

# For so long a row says that its key was revoked; afterwards that nobody made it, which opens as little.
_KEPT_S = 400 * 86_400
_MINUTE_S = 60


@dataclass(frozen=True)
class Key:
    """per_minute: its own limit, exactly; None for that of the settings. is_revoked: it counts no more."""

    id: str
    name: str
    created_at: str
    per_minute: float | None
    is_revoked: bool

    def __str__(self) -> str:
        limit = "the settings' limit" if self.per_minute is None else f"{self.per_minute:.15g} a minute"
        line = f"{self.name}  {self.id}  since {self.created_at}, {limit}"
        return f"{line}; REVOKED, but still at API Gateway: revoke it again" if self.is_revoked else line


def make(stage: Stage, name: str, per_minute: int | None = None) -> str:
    """Make a key and return its value, which nothing shows again. Raises DeploymentError.

    What breaks off half-way leaves a key that opens nothing, and that can be revoked.
    """
    plan = usage_plan.find(stage)
    if plan is None:
        raise DeploymentError(f"{stage.name} takes no API keys yet: ./deploy.sh {stage.name}")
    name = _own_name(stage, name)
    _must_be_below(plan, per_minute)
    if any(each["name"] == _full(stage, name) for each in _at_the_gateway(stage)):
        again = f"./deploy.sh key {stage.name} {name!r} --revoke"
        raise DeploymentError(f"{stage.name} has a key {name}: choose another name, or revoke it first ({again})")
    gateway = stage.client("apigateway")
    made = gateway.create_api_key(name=_full(stage, name), enabled=True)
    row: dict[str, Any] = {"name": {"S": name}, "created_at": {"S": datetime.now(UTC).isoformat(timespec="seconds")}}
    if per_minute is not None:
        row["limit"] = {"M": {"quota": {"N": str(per_minute)}, "window_s": {"N": str(_MINUTE_S)}}}
    version = {app_modules.schema().ATTRIBUTE: {"N": str(app_modules.schema().SCHEMA_VERSION)}}
    stage.client("dynamodb").put_item(TableName=_table(stage), Item={**_row_key(made["id"]), **row, **version})
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=made["id"], keyType="API_KEY")
    return str(made["value"])


def _own_name(stage: Stage, name: str) -> str:
    """As the app takes a person's who is no owner: what a key writes is shown under it. Raises DeploymentError."""
    name = app_modules.author_name(name)
    found = stage.client("dynamodb").get_item(
        TableName=f"{stage.prefix}-commentaires", Key={"id": {"S": app_modules.owner_names_id()}}
    )
    looks = {attribute: value["S"] for attribute, value in found.get("Item", {}).items() if "S" in value}
    app_modules.must_be_free(name, looks)
    return name


def _must_be_below(plan: dict[str, Any], per_minute: int | None) -> None:
    """Above the plan's rate a key's own limit would never be met. Raises DeploymentError."""
    most = float(plan["throttle"]["rateLimit"]) * _MINUTE_S
    if per_minute is not None and per_minute > most:
        raise DeploymentError(
            f"--per-minute is {per_minute}, but all keys are let through {most:.15g} times a minute at most:"
            " key_rate_per_s in deploy/settings.toml, counted when the stage is deployed"
        )


def revoke(stage: Stage, name: str) -> None:
    """Refuse a key from now on, and remove it. Safe to repeat. Raises DeploymentError for a name that no key has."""
    name = app_modules.author_name(name)
    found = [each["id"] for each in _at_the_gateway(stage) if each["name"] == _full(stage, name)]
    if not found:
        raise DeploymentError(f"{stage.name} has no key {name}: ./deploy.sh key {stage.name} lists those that it has")
    now = int(time.time())
    for key_id in found:
        stage.client("dynamodb").update_item(
            TableName=_table(stage),
            Key=_row_key(key_id),
            UpdateExpression="SET #revoked_at = if_not_exists(#revoked_at, :now), #ttl = :ttl",
            ExpressionAttributeNames={"#revoked_at": "revoked_at", "#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"N": str(now)}, ":ttl": {"N": str(now + _KEPT_S)}},
        )
        _delete(stage, key_id)


def listed(stage: Stage) -> list[Key]:
    """The keys of a stage by name, those without a row as revoked."""
    keys = []
    for each in _at_the_gateway(stage):
        found = stage.client("dynamodb").get_item(TableName=_table(stage), Key=_row_key(each["id"]))
        row = found.get("Item", {})
        limit = row.get("limit", {}).get("M")
        per_minute = float(limit["quota"]["N"]) * _MINUTE_S / float(limit["window_s"]["N"]) if limit else None
        created_at = row.get("created_at", {}).get("S", "?")
        is_revoked = not row or "revoked_at" in row
        keys.append(Key(each["id"], each["name"].removeprefix(_full(stage, "")), created_at, per_minute, is_revoked))
    return sorted(keys, key=lambda key: key.name)


def delete_all(stage: Stage) -> int:
    """Delete all keys of a stage that is taken down; their rows name nobody, and open nothing without them."""
    found = list(_at_the_gateway(stage))
    for each in found:
        _delete(stage, each["id"])
    return len(found)


def _at_the_gateway(stage: Stage) -> Iterator[dict[str, Any]]:
    """All stages of an account and region share one list of keys."""
    prefix = _full(stage, "")
    pages = stage.client("apigateway").get_paginator("get_api_keys").paginate(nameQuery=prefix, includeValues=False)
    for page in pages:
        yield from (key for key in page["items"] if key["name"].startswith(prefix))


def _delete(stage: Stage, key_id: str) -> None:
    try:
        stage.client("apigateway").delete_api_key(apiKey=key_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise


def _full(stage: Stage, name: str) -> str:
    return f"{stage.prefix}/{name}"


def _table(stage: Stage) -> str:
    return f"{stage.prefix}-usage"


def _row_key(key_id: str) -> dict[str, Any]:
    keys = app_modules.keys()
    return {"subject": {"S": keys.counted(key_id)}, "period": {"S": keys.PERIOD}}
