"""The usage plan of a stage: how much API Gateway lets through of each API key, before it asks the app.

Chalice makes none. What it lets through is best effort; the exact limit of a key is the app's
(`chalicelib/spending/keys.py`).
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

from typing import Any

from deploy.environment import API_STAGE, ApiIds, Settings, Stage

PERIOD = "DAY"


def configure(stage: Stage, ids: ApiIds, settings: Settings) -> bool:
    """Have the plan stand for the API's stage alone, with its rate and quota; returns whether anything changed."""
    gateway = stage.client("apigateway")
    plan = find(stage)
    if plan is None:
        gateway.create_usage_plan(
            name=stage.prefix,
            apiStages=[{"apiId": ids.rest, "stage": API_STAGE}],
            throttle={"rateLimit": settings.key_rate_per_s, "burstLimit": settings.key_burst},
            quota={"limit": settings.key_quota_per_day, "period": PERIOD},
        )
        return True
    changes = [*_limits(plan, settings), *_stages(plan, f"{ids.rest}:{API_STAGE}")]
    if changes:
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=changes)
    return bool(changes)


def find(stage: Stage) -> dict[str, Any] | None:
    pages = stage.client("apigateway").get_paginator("get_usage_plans").paginate()
    plans: list[dict[str, Any]] = [plan for page in pages for plan in page["items"]]
    return next((plan for plan in plans if plan["name"] == stage.prefix), None)


def _limits(plan: dict[str, Any], settings: Settings) -> list[dict[str, str]]:
    wanted: dict[tuple[str, str], float | str] = {
        ("throttle", "rateLimit"): float(settings.key_rate_per_s),
        ("throttle", "burstLimit"): settings.key_burst,
        ("quota", "limit"): settings.key_quota_per_day,
        ("quota", "period"): PERIOD,
    }
    return [
        {"op": "replace", "path": f"/{group}/{name}", "value": str(value)}
        for (group, name), value in wanted.items()
        if plan.get(group, {}).get(name) != value
    ]


def _stages(plan: dict[str, Any], wanted: str) -> list[dict[str, str]]:
    """One of an API that was made anew is added, that of the former taken out."""
    current = [f"{each['apiId']}:{each['stage']}" for each in plan.get("apiStages", [])]
    removed = [{"op": "remove", "path": "/apiStages", "value": each} for each in current if each != wanted]
    return removed if wanted in current else [*removed, {"op": "add", "path": "/apiStages", "value": wanted}]


def delete(stage: Stage) -> bool:
    """Delete the plan, once it stands for no stage any more: AWS refuses it before."""
    plan = find(stage)
    if plan is None:
        return False
    gateway = stage.client("apigateway")
    stages = [f"{each['apiId']}:{each['stage']}" for each in plan.get("apiStages", [])]
    if stages:
        removed = [{"op": "remove", "path": "/apiStages", "value": each} for each in stages]
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=removed)
    gateway.delete_usage_plan(usagePlanId=plan["id"])
    return True
