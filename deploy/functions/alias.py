"""`answer` by an alias: what SnapStart and provisioned concurrency need, which both hold for published versions alone.

Chalice deploys `$LATEST` and nothing else (aws/chalice#2147). With either setting, a version is published after each
deployment, the alias `live` points to it, and the API invokes the alias (`CHATAPP_ANSWER_QUALIFIER`); with neither,
`$LATEST` is invoked as before, and all of that is removed once no event for the alias can be waiting any more.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Settings, Stage
from deploy.functions import app_modules
from deploy.functions.policies import API_HANDLER, Place

if TYPE_CHECKING:
    from chalicelib.functions import Events

NAME = "live"
FUNCTION = "answer"
_FIRST_PYTHON = (3, 12)  # with SnapStart
_OFTEN = {"Delay": 1, "MaxAttempts": 300}
Pause = Callable[[float], None]


def wanted(settings: Settings) -> bool:
    return settings.answer_snap_start or settings.answer_provisioned > 0


def qualifier(settings: Settings) -> str:
    """What the API invokes `answer` by; "" for `$LATEST`."""
    return NAME if wanted(settings) else ""


def check(settings: Settings, python: str) -> None:
    """Raises DeploymentError for what Lambda would refuse in the middle of a deployment. python: the functions'."""
    if settings.answer_snap_start and settings.answer_provisioned:
        raise DeploymentError("deploy/settings.toml: answer_snap_start and answer_provisioned exclude each other")
    if settings.answer_snap_start and tuple(map(int, python.split("."))) < _FIRST_PYTHON:
        raise DeploymentError(f"answer_snap_start needs Python 3.12 or newer, not {python}: deploy with --python 3.13")
    reserved = settings.answer_concurrency
    if settings.answer_provisioned < 0 or (reserved and settings.answer_provisioned > reserved):
        raise DeploymentError("deploy/settings.toml: answer_provisioned is 0 to answer_concurrency, where that is set")


def prepare(stage: Stage, settings: Settings) -> None:
    """Before the API is told to invoke the alias: have it, as far as there is a function."""
    name = f"{stage.prefix}-{FUNCTION}"
    if wanted(settings) and _find(stage, "get_function", FunctionName=name) and _alias(stage, name) is None:
        _point(stage, name, _publish(stage, name))


def settle(stage: Stage, settings: Settings, pause: Pause = time.sleep) -> list[str]:
    """After the functions are deployed: publish, point, provision, remove what is old. Returns what changed."""
    name = f"{stage.prefix}-{FUNCTION}"
    if not wanted(settings):
        return _remove(stage, name, pause)
    changes = _snap_start(stage, name, "PublishedVersions" if settings.answer_snap_start else "None")
    changes += _point(stage, name, _publish(stage, name))
    changes += _delivered(stage, name) + _provision(stage, name, settings.answer_provisioned)
    return changes + _remove_old(stage, name)


def _find(stage: Stage, operation: str, **parameters: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = getattr(stage.client("lambda"), operation)(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {
            "ResourceNotFoundException",
            "ProvisionedConcurrencyConfigNotFoundException",
        }:
            raise
        return None
    return found


def _alias(stage: Stage, name: str) -> dict[str, Any] | None:
    return _find(stage, "get_alias", FunctionName=name, Name=NAME)


def _publish(stage: Stage, name: str) -> str:
    """The version of what is deployed; the last one again where nothing has changed since."""
    client = stage.client("lambda")
    version = str(client.publish_version(FunctionName=name)["Version"])
    client.get_waiter("published_version_active").wait(FunctionName=name, Qualifier=version, WaiterConfig=_OFTEN)
    return version


def _point(stage: Stage, name: str, version: str) -> list[str]:
    current = _alias(stage, name)
    if current and current["FunctionVersion"] == version:
        return []
    put = stage.client("lambda").update_alias if current else stage.client("lambda").create_alias
    put(FunctionName=name, Name=NAME, FunctionVersion=version)
    return [f"alias of {name}"]


def _snap_start(stage: Stage, name: str, apply_on: str) -> list[str]:
    client = stage.client("lambda")
    current = client.get_function_configuration(FunctionName=name).get("SnapStart", {}).get("ApplyOn", "None")
    if current == apply_on:
        return []
    client.update_function_configuration(FunctionName=name, SnapStart={"ApplyOn": apply_on})
    client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig=_OFTEN)
    return [f"SnapStart of {name}"]


def _events() -> Events:
    events = app_modules.functions()[FUNCTION].events
    assert events is not None  # noqa: S101 (for mypy: `answer` is invoked by events)
    return events


def _delivered(stage: Stage, name: str) -> list[str]:
    """Events for an alias are delivered by settings of its own."""
    events = _events()
    place = Place(stage.name, stage.region, stage.account_id)
    wanted_settings = {
        "MaximumRetryAttempts": events.retries,
        "MaximumEventAgeInSeconds": events.max_age_s,
        "DestinationConfig": {"OnFailure": {"Destination": place.arn("sqs", f"{stage.prefix}-{events.failures}")}},
    }
    current = _find(stage, "get_function_event_invoke_config", FunctionName=name, Qualifier=NAME) or {}
    if all(
        current.get(key) == value for key, value in wanted_settings.items() if key != "DestinationConfig"
    ) and _target(current) == _target(wanted_settings):
        return []
    stage.client("lambda").put_function_event_invoke_config(FunctionName=name, Qualifier=NAME, **wanted_settings)
    return [f"events of {name}"]


def _target(settings: dict[str, Any]) -> Any:
    return settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")


def _provision(stage: Stage, name: str, wanted_number: int) -> list[str]:
    current = _find(stage, "get_provisioned_concurrency_config", FunctionName=name, Qualifier=NAME) or {}
    if current.get("RequestedProvisionedConcurrentExecutions", 0) == wanted_number:
        return []
    client = stage.client("lambda")
    if wanted_number == 0:
        client.delete_provisioned_concurrency_config(FunctionName=name, Qualifier=NAME)
    else:
        client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=NAME, ProvisionedConcurrentExecutions=wanted_number
        )
    return [f"provisioned concurrency of {name}"]


def _versions(stage: Stage, name: str) -> list[int]:
    pages = stage.client("lambda").get_paginator("list_versions_by_function").paginate(FunctionName=name)
    numbers = [each["Version"] for page in pages for each in page["Versions"]]
    return sorted(int(each) for each in numbers if each != "$LATEST")


def _remove_old(stage: Stage, name: str) -> list[str]:
    """All but the last two: answers may still be written by the one before."""
    old = _versions(stage, name)[:-2]
    for version in old:
        stage.client("lambda").delete_function(FunctionName=name, Qualifier=str(version))
    return [f"old versions of {name}"] * bool(old)


def _remove(stage: Stage, name: str, pause: Pause) -> list[str]:
    """Lambda drops what waits for an alias that is deleted: the last request that the former API serves asks for it."""
    if _alias(stage, name) is None:
        return []
    changes = _provision(stage, name, 0)
    pause(app_modules.functions()[API_HANDLER].timeout_s + _events().max_age_s)
    client = stage.client("lambda")
    if _find(stage, "get_function_event_invoke_config", FunctionName=name, Qualifier=NAME):
        client.delete_function_event_invoke_config(FunctionName=name, Qualifier=NAME)
    client.delete_alias(FunctionName=name, Name=NAME)
    for version in _versions(stage, name):
        client.delete_function(FunctionName=name, Qualifier=str(version))
    return [*changes, *_snap_start(stage, name, "None"), f"alias of {name}"]
