"""A stage as it was at a time of the last 35 days, by DynamoDB's point-in-time recovery: archived, then restored.

By an export, which reads the same past as `RestoreTableToPointInTime` does. That makes other tables, of other names and
without TTL, recovery, protection against deletion and tags; here rows come back into the stage's own, which keep all
of these, and the archive's digests prove them.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy import restoring
from deploy.environment import APP, DeploymentError, Stage
from deploy.functions import app_modules

_PAUSE_S = 5.0
# Looks, until it is plain that nothing will come.
_BEGINS_AFTER = 60
# As `chalicelib/backups/runs.py` keeps where a backup stands that was asked for.
_STATE = "state/backup-asked.json"
_ENDED = {"done", "failed"}
_STEPS = {
    "exporting": "DynamoDB writes the tables as they were: some minutes, however large they are",
    "copying": "copying files that no backup has",
    "reading": "reading what DynamoDB wrote",
    "closing": "closing the archive",
}


def time_of(text: str) -> int:
    """`2026-11-28T10:15Z` in Unix seconds. Raises ValueError, also for a time without its zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("the zone is missing")
    return int(found.timestamp())


def check(stage: Stage, source: str, at: int) -> None:
    """See that every table of a stage can be told as it was then, unless that is archived. Raises DeploymentError."""
    if _is_archived(stage, source, backup_of(at)):
        return
    windows = {name: _window(stage, f"{APP}-{source}-{name}") for name in app_modules.backed_up()}
    youngest = max(windows, key=lambda name: windows[name][0])
    earliest, latest = windows[youngest][0], min(latest for _, latest in windows.values())
    if not earliest <= at <= latest:
        raise DeploymentError(
            f"{source} can be told as it was from {said(earliest)} (table {youngest}) to {said(latest)}, not at"
            f" {said(at)}; older is in its backups: ./deploy.sh backups {source}"
        )


def _window(stage: Stage, table: str) -> tuple[int, int]:
    """In whole seconds within it: DynamoDB's own ends have fractions."""
    try:
        reply = stage.client("dynamodb").describe_continuous_backups(TableName=table)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TableNotFoundException":
            raise
        raise DeploymentError(
            f"there is no table {table}, and so no past of it; `--at deletion` brings it back as it was last"
        ) from error
    found = reply["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if found.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise DeploymentError(f"{table} has no point-in-time recovery: switch it on, or restore a backup (--from)")
    earliest, latest = found["EarliestRestorableDateTime"], found["LatestRestorableDateTime"]
    return int(earliest.timestamp()) + 1, int(latest.timestamp())


def shown(stage: Stage, asked: restoring.Asked, at: int) -> str:
    """What will happen, for a person to decide."""
    return "\n".join(
        [
            f"{asked.source} as it was at {said(at)}, by DynamoDB's point-in-time recovery, is archived first, beside",
            "its backups; DynamoDB takes about $0.11 a GB of its tables for that. What the archive holds",
            *restoring.comes_back(stage, asked),
        ]
    )


def backup_of(at: int) -> str:
    """The archive's id."""
    return str(app_modules.manifest().id_of(at))


def archive(
    stage: Stage,
    asked: restoring.Asked,
    at: int,
    say: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have the archive of that time made, or wait for it, unless it is there. Raises DeploymentError."""
    source = asked.source
    if _is_archived(stage, source, asked.backup):
        return
    before = _state(stage, source)
    is_under_way = before.get("step", "done") not in _ENDED
    if is_under_way and before["id"] != asked.backup:
        raise _another(before)
    if not is_under_way:
        restoring.invoke(stage, f"{APP}-{source}-backup", source, {"at": at})
    for state in _states(stage, asked, {} if is_under_way else before, pause):
        say(_STEPS.get(state.get("step", ""), "begun"))
    if not _is_archived(stage, source, asked.backup):
        raise DeploymentError(f"it could not be made: {_why(stage, asked)}; nothing was restored")


def _states(
    stage: Stage, asked: restoring.Asked, before: Mapping[str, Any], pause: Callable[[float], None]
) -> Iterator[dict[str, Any]]:
    """Where the archive stands, each step once, until it has ended. before: where the one before it was in the end."""
    told: str | None = None
    for waited in itertools.count():
        state = _state(stage, asked.source)
        is_begun = state != before and bool(state)
        if is_begun and state["id"] != asked.backup:
            raise _another(state)
        if is_begun and state["step"] in _ENDED:
            return
        if not is_begun and waited >= _BEGINS_AFTER:
            raise DeploymentError(
                f"it has not begun: look at the log of {APP}-{asked.source}-backup; a stage of a version that does not"
                f" know --at has to be deployed anew (./deploy.sh {asked.source}). The command can be repeated"
            )
        step = state["step"] if is_begun else ""
        if step != told:
            yield state if is_begun else {}
            told = step
        pause(_PAUSE_S)


def _another(state: dict[str, Any]) -> DeploymentError:
    return DeploymentError(f"an archive of {state['id']} is being made: one at a time; try again when it is there")


def _why(stage: Stage, asked: restoring.Asked) -> str:
    failures = _read(stage, asked.source, "index.json").get("failures", [])
    return next((str(each["why"]) for each in failures if each["id"] == asked.backup), "it was given up")


def _state(stage: Stage, source: str) -> dict[str, Any]:
    return _read(stage, source, _STATE)


def _is_archived(stage: Stage, source: str, backup: str) -> bool:
    return bool(_read(stage, source, app_modules.manifest().key_of(backup)))


def _read(stage: Stage, source: str, key: str) -> dict[str, Any]:
    """A JSON object of a stage's backups bucket; empty where it is not there."""
    raw = restoring.read_object(stage, restoring.bucket_of(stage, source), key)
    found: dict[str, Any] = json.loads(raw or b"{}")
    return found


def said(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
