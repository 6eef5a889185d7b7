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
_OFTEN = {"Delay": 1, "MaxAttempts": 300}


def configure_functions(stage: Stage, *, is_on: bool) -> list[str]:
    """Safe to repeat; what was changed, and can be published: a version keeps the mode that its function had."""
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
    for name in changed:
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig=_OFTEN)
    return changed


def configure_api(stage: Stage, ids: ApiIds, *, is_on: bool) -> list[str]:
    """Safe to repeat; what was changed."""
    gateway = stage.client("apigateway")
    where = {"restApiId": ids.rest, "stageName": API_STAGE}
    if bool(gateway.get_stage(**where).get("tracingEnabled")) == is_on:
        return []
    patch = [{"op": "replace", "path": "/tracingEnabled", "value": str(is_on).lower()}]
    gateway.update_stage(**where, patchOperations=patch)
    return ["REST stage"]
