"""Usage plans and API keys as AWS has them, where MiniStack differs.

MiniStack checks keys, rates and quotas, but does not tell the function whose key it was; of a plan's stages it takes
an addition for all of them, and deletes a plan that still has some, which AWS refuses.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1 as v1

Response = tuple[int, dict[str, str], bytes]

_NUMBERS = {"rateLimit": float, "burstLimit": int, "limit": int, "offset": int}


def install() -> None:
    _tell_the_key()
    _patch_as_aws()
    _keep_plans_in_use()


def _tell_the_key() -> None:
    """Name the key in the event, of a method that requires one.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """
    build = v1._build_lambda_event_v1

    def build_event(*arguments: Any, **named: Any) -> dict[str, Any]:
        event: dict[str, Any] = build(*arguments, **named)
        resource, method, headers = arguments[3], arguments[5], arguments[6]
        methods = resource.get("resourceMethods", {})
        if (methods.get(method) or methods.get("ANY") or {}).get("apiKeyRequired"):
            key = v1._resolve_api_key(v1._api_key_from_request(headers))
            event["requestContext"]["identity"] |= {"apiKeyId": key["id"], "apiKey": key["value"]}
        return event

    v1._build_lambda_event_v1 = build_event


def _patch_as_aws() -> None:
    """https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch"""
    update = v1._update_usage_plan

    def update_usage_plan(plan_id: str, request: dict[str, Any]) -> Response:
        plan = v1._usage_plans.get(plan_id)
        others = []
        for change in request.get("patchOperations", []):
            name = change["path"].rpartition("/")[2]
            if plan and name == "apiStages":
                plan["apiStages"] = _stages(plan["apiStages"], change["op"], change["value"])
            else:
                value = change.get("value")
                others.append({**change, "value": _NUMBERS[name](value) if name in _NUMBERS else value})
        answer: Response = update(plan_id, {"patchOperations": others})
        return answer

    v1._update_usage_plan = update_usage_plan


def _stages(current: list[dict[str, Any]], operation: str, which: str) -> list[dict[str, Any]]:
    api_id, _, stage = which.partition(":")
    others = [each for each in current if (each["apiId"], each["stage"]) != (api_id, stage)]
    return [*others, {"apiId": api_id, "stage": stage}] if operation == "add" else others


def _keep_plans_in_use() -> None:
    delete = v1._delete_usage_plan

    def delete_usage_plan(plan_id: str) -> Response:
        stages = (v1._usage_plans.get(plan_id) or {}).get("apiStages")
        if stages:
            message = f"Cannot delete Usage Plan {plan_id} because there are API Stages associated with it"
            refused: Response = v1._v1_error("BadRequestException", message, 400)
            return refused
        answer: Response = delete(plan_id)
        return answer

    v1._delete_usage_plan = delete_usage_plan
