"""The permission checks that AWS makes and MiniStack leaves out: on roles that a service takes on by itself.

- CreateSchedule and UpdateSchedule: the caller's `iam:PassRole` on the schedule's role, and the schedule's group
  in the resource (MiniStack checks every schedule as one of the group `default`);
- a schedule that fires: its role's `lambda:InvokeFunction`;
- a function that failed for good: its role's `sqs:SendMessage` on the on-failure queue.

And an object is checked by its whole key: MiniStack takes the slash off one that ends in it.

Runs inside MiniStack's process. A check that fails at delivery drops the delivery, as on AWS, and is logged.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.core.router import extract_access_key_id
from ministack.services import eventbridge, lambda_svc, scheduler

Response = tuple[int, dict[str, str], bytes]

_log = logging.getLogger("role_checks")
_DELIVERY_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


def install() -> None:
    """Put the checks in front of MiniStack's own functions."""
    _name_resources()
    _check_passed_roles()
    _check_schedule_deliveries()
    _check_failure_destinations()


def _name_resources() -> None:
    name_resource = iam_actions.extract_resource_arn

    def extract_resource_arn(  # noqa: PLR0917 - MiniStack's own signature
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        if service == "scheduler" and path.startswith("/schedules/"):
            group = _schedule(body).get("GroupName") or _first(query.get("groupName")) or "default"
            name = path.removeprefix("/schedules/")
            return f"arn:aws:scheduler:{region}:{account}:schedule/{group}/{name}"
        arn: str = name_resource(service, method, path, headers, body, query, region, account)
        return f"{arn}/" if service == "s3" and path.endswith("/") and "/" in arn else arn

    iam_actions.extract_resource_arn = extract_resource_arn


def _check_passed_roles() -> None:
    answer = scheduler.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Response:
        role = (_schedule(body).get("Target") or {}).get("RoleArn")
        if method in ("POST", "PUT") and path.startswith("/schedules/") and role:
            denied = iam_evaluator.enforce(
                extract_access_key_id(headers, query),
                "iam:PassRole",
                "iam",
                get_region(),
                resource_arn=role,
                service_context={"iam:PassedToService": "scheduler.amazonaws.com"},
            )
            if denied:
                caller = getattr(denied, "principal_arn", "")
                refusal: Response = iam_actions.access_denied_response(
                    "scheduler", "iam:PassRole", caller, new_uuid(), headers=headers, resource_arn=role
                )
                return refusal
        response: Response = await answer(method, path, headers, body, query)
        return response

    scheduler.handle_request = handle_request


def _check_schedule_deliveries() -> None:
    deliver = eventbridge._invoke_target

    def invoke_target(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        # Schedules and rules share this function; only schedules come with an expression and a role to act as.
        if rule.get("GroupName") and not _role_may(target.get("RoleArn", ""), target["Arn"]):
            return
        deliver(target, event, rule, view)

    eventbridge._invoke_target = invoke_target


def _check_failure_destinations() -> None:
    deliver = lambda_svc._route_async_failure

    def route_async_failure(target_arn: str, function_name: str, event: Any, result: Any) -> None:
        role = lambda_svc._functions[function_name]["config"].get("Role", "")
        if _role_may(role, target_arn):
            deliver(target_arn, function_name, event, result)

    lambda_svc._route_async_failure = route_async_failure


def _role_may(role_arn: str, target_arn: str) -> bool:
    """Tell whether the role's policies allow a delivery to the target; log it when they do not."""
    action = _DELIVERY_ACTIONS.get(target_arn.split(":")[2])
    if action is None:
        return True
    account = get_account_id()
    role = role_arn.rpartition("/")[2]
    context = iam_evaluator.EvalContext(role_arn, "AssumedRole", account, action, target_arn, get_region())
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account))
    if result.decision != "Allow":
        _log.error("%s is not authorized to perform %s on %s", role_arn, action, target_arn)
    return bool(result.decision == "Allow")


def _schedule(body: bytes) -> dict[str, Any]:
    try:
        schedule = json.loads(body or b"{}")
    except ValueError:
        return {}
    return schedule if isinstance(schedule, dict) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
