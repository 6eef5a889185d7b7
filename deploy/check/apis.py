"""The APIs' stages: what they let through, and what they write down."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from deploy.check.findings import Findings, problem, warning
from deploy.check.target import Target
from deploy.environment import API_STAGE


def stages(target: Target) -> Findings:
    ids = target.deployment.ids
    if ids.rest is None or ids.socket is None:
        yield problem("the REST or the socket API is not there", target.redeploy)
        return
    try:
        rest = target.stage.client("apigateway").get_stage(restApiId=ids.rest, stageName=API_STAGE)
        socket = target.stage.client("apigatewayv2").get_stage(ApiId=ids.socket, StageName=API_STAGE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        yield problem("an API has no stage: it answers nobody", target.redeploy)
        return
    methods = rest.get("methodSettings", {}).get("*/*", {})
    yield from _limits(target, "REST", methods.get("throttlingRateLimit"), methods.get("throttlingBurstLimit"))
    routes = socket.get("DefaultRouteSettings", {})
    yield from _limits(target, "socket", routes.get("ThrottlingRateLimit"), routes.get("ThrottlingBurstLimit"))
    yield from _written(methods)


def _limits(target: Target, name: str, rate: float | None, burst: int | None) -> Findings:
    wanted = (float(target.settings.api_rate_per_s), target.settings.api_burst)
    if (rate, burst) != wanted:
        yield problem(f"the {name} API lets {rate} a second and {burst} at once through, not {wanted}", target.redeploy)


def _written(methods: dict[str, Any]) -> Findings:
    if methods.get("dataTraceEnabled"):
        yield warning(
            "the REST API writes whole requests, people's texts and tokens, into its log", "switch data trace off"
        )
