"""Settings that change without a deployment: shown, set, and taken back.

They are one parameter of the stage, which the functions read once a minute (`chalicelib/live.py`). It also holds who
changed each value and when; SSM keeps a hundred of its versions, each with its date and caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy import lock
from deploy.environment import DeploymentError, Stage, load_settings
from deploy.functions import app_modules

if TYPE_CHECKING:
    from chalicelib.settings import Settings

# Of a standard parameter, which costs nothing.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_MAX_BYTES = 4_096
_OPTION = "--unset"
USAGE = "./deploy.sh set STAGE [NAME VALUE | NAME --unset]"


class UsageError(Exception):
    """The command line makes no sense; the message says why."""


@dataclass(frozen=True)
class Asked:
    """name: "" lists all. value: None takes the name's value back."""

    stage: str
    name: str = ""
    value: str | None = None


@dataclass(frozen=True)
class Stored:
    """values: by name, as the functions' variables are written. changes: by name, who and when."""

    values: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        document = {"values": dict(self.values), "changes": {name: dict(each) for name, each in self.changes.items()}}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))


def asked(words: Sequence[str]) -> Asked:
    """The command's words, without itself. Raises UsageError."""
    match [word for word in words if word != _OPTION], _OPTION in words:
        case [stage], False:
            return Asked(stage)
        case [stage, name], True:
            return Asked(stage, name)
        case [stage, name, value], False:
            return Asked(stage, name, value)
    raise UsageError(f"set takes a stage, and a name with a value or {_OPTION}: {USAGE}")


def read(stage: Stage) -> Stored:
    try:
        text = stage.client("ssm").get_parameter(Name=stage.live_parameter)["Parameter"]["Value"]
        document: dict[str, Any] = json.loads(text)
        return Stored(document["values"], document.get("changes", {}))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return Stored()
    except (ValueError, KeyError, TypeError) as error:
        raise DeploymentError(
            f"{stage.live_parameter} was written by something else: delete that parameter, and set its values again"
        ) from error


def deployed(stage: Stage) -> Settings:
    """What the functions were deployed with, which need not be this checkout's; that where there are none yet."""
    client = stage.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=stage.prefix)
    except client.exceptions.ResourceNotFoundException:
        return app_modules.settings(load_settings(stage.name).variables())
    return app_modules.settings(found["Environment"]["Variables"])


def change(stage: Stage, name: str, value: str | None) -> bool:
    """Set a value, or take it back; True where that changed anything.

    Raises DeploymentError that names the field and its limits;
    what was set before stays.
    """
    stored = read(stage)
    values = {**stored.values}
    if value is None:
        _must_be_live(name)
        values.pop(name, None)
    else:
        values[name] = value
    if value is not None:
        base = deployed(stage)
        app_modules.over(base, {name: value})  # names the field, whatever else is set
        app_modules.over(base, values)
    if values == stored.values:
        return False
    by = str(stage.client("sts").get_caller_identity()["Arn"])
    changes = {**stored.changes, name: {"by": by, "at": datetime.now(UTC).isoformat(timespec="seconds")}}
    _write(stage, Stored(values, changes))
    return True


def _must_be_live(name: str) -> None:
    if name not in app_modules.live_names():
        raise DeploymentError(f"{name} cannot change at once: {', '.join(app_modules.live_names())} can")


def _write(stage: Stage, stored: Stored) -> None:
    if len(stored.text.encode()) > _MAX_BYTES:
        raise DeploymentError(f"all of them are {_MAX_BYTES:,} bytes at most: put a long one into deploy/settings.toml")
    stage.client("ssm").put_parameter(Name=stage.live_parameter, Value=stored.text, Type="String", Overwrite=True)


def shown(stage: Stage) -> str:
    """All of them with their values, and where each comes from."""
    stored, base = read(stage), deployed(stage)
    now = app_modules.over(base, stored.values)
    lines = []
    for name in app_modules.live_names():
        source = "deployed"
        if name in stored.values:
            change = stored.changes.get(name, {})
            source = f"set {change.get('at', '')} by {change.get('by', '')}; deployed: {_text(getattr(base, name))}"
        lines.append(f"{name} = {_text(getattr(now, name))}  ({source})")
    return "\n".join(lines)


def _text(value: Any) -> str:
    return "see deploy/settings.toml" if isinstance(value, Mapping) else str(value)


def differing(stage: Stage) -> list[str]:
    """What was set at once, by name: a deployment leaves it."""
    return sorted(read(stage).values)


def carry_out(stage: Stage, asked: Asked, say: lock.Say = print) -> str:
    """The command `set`; returns what to print. Raises DeploymentError.

    SSM writes on no condition: by the stage's lock, of two who set at once neither loses what the other has set.
    """
    if not asked.name:
        return shown(stage)
    with lock.held(stage, f"set {asked.name}", say):
        changed = change(stage, asked.name, asked.value)
    if not changed:
        return "unchanged"
    return f"{asked.name} is {'as deployed' if asked.value is None else 'set'}, within a minute everywhere"
