"""What API Gateway answers by itself, in the app's own error shape, and how much it lets through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from deploy.environment import API_STAGE, ApiIds, Settings, Stage

# Response type: our code, its message (None: API Gateway's own), and the status where the usual one misleads.
_RESPONSES: dict[str, tuple[str, str | None, str | None]] = {
    "DEFAULT_4XX": ("invalid_request", None, None),
    "DEFAULT_5XX": ("internal", "The service could not answer. Try again in a moment.", None),
    "UNAUTHORIZED": ("unauthorized", "Sign in first: this needs a sign-in that is still good.", "401"),
    "EXPIRED_TOKEN": ("unauthorized", "The sign-in has expired. Sign in again.", "401"),
    "ACCESS_DENIED": ("forbidden", "You have no access to this.", None),
    # API Gateway's name for a path or method that the API does not have.
    "MISSING_AUTHENTICATION_TOKEN": ("not_found", "There is nothing at this address.", "404"),
    "INVALID_API_KEY": (
        "forbidden",
        "This needs a valid API key, sent as x-api-key. Ask the owner for one.",
        None,
    ),
    # What the managed rules of the firewall block (`deploy/stacks/edge-api.yaml`).
    "WAF_FILTERED": (
        "blocked",
        "The firewall took this request for an attack. Change it, or try from another network.",
        None,
    ),
    "THROTTLED": ("throttled", "Too many requests at once. Try again in a second.", None),
    "QUOTA_EXCEEDED": ("throttled", "This API key's quota of the day is used up. Try again in an hour.", None),
    "REQUEST_TOO_LARGE": ("payload_too_large", "The request is larger than 10 MB.", None),
    "INTEGRATION_TIMEOUT": ("internal", "The service took too long. Try again in a moment.", None),
}
# Seconds. A quota's day begins anew for all keys alike, at a time that no template can count down to.
_RETRY_AFTER = {"THROTTLED": 1, "QUOTA_EXCEEDED": 3_600}
# What may come in place of a public route's answer, which any page may read; it holds nothing of anybody.
_OF_PUBLIC_ROUTES = {"DEFAULT_5XX", "INTEGRATION_TIMEOUT", "THROTTLED", "WAF_FILTERED"}


def responses(site_origin: str, security: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Arguments of PutGatewayResponse by type: JSON errors that the site may read; no other origin, with exceptions.

    security: headers of the app's own answers, sent with these, too.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    headers = {
        "Access-Control-Allow-Origin": site_origin,
        "Cache-Control": "no-store",
        "Content-Type": "application/json",
        **security,
    }
    return {kind: _response({**headers, **_own_headers(kind)}, *what) for kind, what in _RESPONSES.items()}


def _own_headers(kind: str) -> dict[str, str]:
    headers = {"Access-Control-Allow-Origin": "*"} if kind in _OF_PUBLIC_ROUTES else {}
    if kind in _RETRY_AFTER:
        headers |= {"Retry-After": str(_RETRY_AFTER[kind]), "Access-Control-Expose-Headers": "Retry-After"}
    return headers


def _response(headers: dict[str, str], code: str, message: str | None, status: str | None) -> dict[str, Any]:
    # The variable stands for a JSON string, its quotes included.
    text = "$context.error.messageString" if message is None else json.dumps(message)
    template = f'{{"error": {{"code": {json.dumps(code)}, "message": {text}}}}}'
    response: dict[str, Any] = {
        # A value in quotes is sent as it is.
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {"application/json": template},
    }
    return {**response, "statusCode": status} if status else response


def configure_stages(stage: Stage, ids: ApiIds, settings: Settings) -> list[str]:
    """Set throttling and metrics of the REST and socket stages; returns what was changed.

    Access logs are a setting of their own (`access_logs`): the functions log each request.
    """
    return _rest_stage(stage, ids, settings) + _socket_stage(stage, ids, settings)


def _rest_stage(stage: Stage, ids: ApiIds, settings: Settings) -> list[str]:
    gateway = stage.client("apigateway")
    methods = gateway.get_stage(restApiId=ids.rest, stageName=API_STAGE).get("methodSettings", {})
    current = methods.get("*/*", {})
    wanted = {
        ("metricsEnabled", "metrics/enabled"): settings.api_detailed_metrics,
        ("throttlingRateLimit", "throttling/rateLimit"): float(settings.api_rate_per_s),
        ("throttlingBurstLimit", "throttling/burstLimit"): settings.api_burst,
    }
    patch = [
        {"op": "replace", "path": f"/*/*/{path}", "value": str(value).lower()}
        for (name, path), value in wanted.items()
        if current.get(name) != value
    ]
    if patch:
        gateway.update_stage(restApiId=ids.rest, stageName=API_STAGE, patchOperations=patch)
    return ["REST stage"] if patch else []


def _socket_stage(stage: Stage, ids: ApiIds, settings: Settings) -> list[str]:
    if ids.socket is None:
        return []
    gateway = stage.client("apigatewayv2")
    current = gateway.get_stage(ApiId=ids.socket, StageName=API_STAGE).get("DefaultRouteSettings", {})
    wanted = {
        "ThrottlingRateLimit": float(settings.api_rate_per_s),
        "ThrottlingBurstLimit": settings.api_burst,
    }
    if all(current.get(name) == value for name, value in wanted.items()):
        return []
    gateway.update_stage(ApiId=ids.socket, StageName=API_STAGE, DefaultRouteSettings=wanted)
    return ["socket stage"]
