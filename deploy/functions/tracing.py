"""X-Ray's traces of the functions and of the REST API, as the setting `xray` has it.

Chalice only ever switches them on, so it is not asked to: what is on and should not be is found here, too. A function
then records each sampled invocation by itself, without a library: what it calls is in its log lines.
https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

from deploy.environment import API_STAGE, ApiIds, Stage
from deploy.functions import app_modules
from deploy.functions.policies import Place

_MODES = {True: "Active", False: "PassThrough"}


def configure(stage: Stage, ids: ApiIds, *, is_on: bool) -> list[str]:
    """Safe to repeat; what was changed."""
    return _functions(stage, is_on) + _rest_stage(stage, ids, is_on)


def _functions(stage: Stage, is_on: bool) -> list[str]:
    client, changed = stage.client("lambda"), []
    place = Place(stage.name, stage.region, stage.account_id)
    own = {place.function_name(name) for name in app_modules.functions()}
    for page in client.get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            name = each["FunctionName"]
            mode = each.get("TracingConfig", {}).get("Mode", _MODES[False])
            if name in own and mode != _MODES[is_on]:
                client.update_function_configuration(FunctionName=name, TracingConfig={"Mode": _MODES[is_on]})
                changed.append(name)
    return changed


def _rest_stage(stage: Stage, ids: ApiIds, is_on: bool) -> list[str]:
    gateway = stage.client("apigateway")
    where = {"restApiId": ids.rest, "stageName": API_STAGE}
    if bool(gateway.get_stage(**where).get("tracingEnabled")) == is_on:
        return []
    patch = [{"op": "replace", "path": "/tracingEnabled", "value": str(is_on).lower()}]
    gateway.update_stage(**where, patchOperations=patch)
    return ["REST stage"]
