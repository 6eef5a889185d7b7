"""API Gateway's own line of each request, as the setting `access_logs` has it: of what reaches no function, too.

Neither tokens nor bodies, addresses, or what follows `?` (a socket opens with its ticket there): the format names only
what may be kept. API Gateway writes by one role of the whole account and region, which other APIs may use: one that is
set is used as it is, and one that was made here is never removed.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from deploy.environment import API_STAGE, ApiIds, DeploymentError, Stage

ROLE = "chatapp-apigateway-logs"
_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# Until IAM has told API Gateway of a new role.
_TRIES, _PAUSE_S = 10, 3.0

_COMMON = {
    "event": "access",
    "gateway_request_id": "$context.requestId",
    "at": "$context.requestTimeEpoch",
    "status": "$context.status",
    "error": "$context.error.responseType",
}
REST_FORMAT = json.dumps(
    {
        **_COMMON,
        "method": "$context.httpMethod",
        # As the route is declared: ids in a path are nobody's text, and yet are not needed.
        "route": "$context.resourcePath",
        "ms": "$context.responseLatency",
        "bytes": "$context.responseLength",
    }
)
SOCKET_FORMAT = json.dumps({**_COMMON, "route": "$context.routeKey", "ms": "$context.integrationLatency"})


def configure(stage: Stage, ids: ApiIds, *, is_on: bool, pause: Callable[[float], None] = time.sleep) -> list[str]:
    """Safe to repeat; what was changed. Raises DeploymentError where API Gateway does not take a role made for it."""
    changed = _account(stage, pause) if is_on else []
    return changed + _rest_stage(stage, ids, is_on) + _socket_stage(stage, ids, is_on)


def _wanted(stage: Stage, text: str) -> dict[str, str]:
    """The group is the foundation stack's, with the retention of all others."""
    arn = f"arn:aws:logs:{stage.region}:{stage.account_id}:log-group:/aws/apigateway/{stage.prefix}-access"
    return {"destinationArn": arn, "format": text}


def _account(stage: Stage, pause: Callable[[float], None]) -> list[str]:
    gateway = stage.client("apigateway")
    if gateway.get_account().get("cloudwatchRoleArn"):
        return []
    arn = _role(stage)
    patch = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    for _ in range(_TRIES):
        try:
            gateway.update_account(patchOperations=patch)
        except gateway.exceptions.BadRequestException:
            pause(_PAUSE_S)
        else:
            return ["account's role for API logs"]
    raise DeploymentError(
        f"API Gateway does not take the role {arn} for its logs. Run the deployment again in a minute."
    )


def _role(stage: Stage) -> str:
    """The role's ARN, made where there is none."""
    iam = stage.client("iam")
    try:
        role: dict[str, Any] = iam.get_role(RoleName=ROLE)["Role"]
    except iam.exceptions.NoSuchEntityException:
        role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=_POLICY)
    return str(role["Arn"])


def _rest_stage(stage: Stage, ids: ApiIds, is_on: bool) -> list[str]:
    gateway, where = stage.client("apigateway"), {"restApiId": ids.rest, "stageName": API_STAGE}
    found = gateway.get_stage(**where).get("accessLogSettings") or {}
    wanted = _wanted(stage, REST_FORMAT) if is_on else {}
    if found == wanted:
        return []
    patch = [
        {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value} for name, value in wanted.items()
    ] or [{"op": "remove", "path": "/accessLogSettings"}]
    gateway.update_stage(**where, patchOperations=patch)
    return ["REST stage's access logs"]


def _socket_stage(stage: Stage, ids: ApiIds, is_on: bool) -> list[str]:
    if ids.socket is None:
        return []
    gateway, where = stage.client("apigatewayv2"), {"ApiId": ids.socket, "StageName": API_STAGE}
    found = gateway.get_stage(**where).get("AccessLogSettings") or {}
    wanted = _wanted(stage, SOCKET_FORMAT)
    settings = {"DestinationArn": wanted["destinationArn"], "Format": wanted["format"]} if is_on else {}
    if found == settings:
        return []
    if settings:
        gateway.update_stage(**where, AccessLogSettings=settings)
    else:
        gateway.delete_access_log_settings(**where)
    return ["socket stage's access logs"]
