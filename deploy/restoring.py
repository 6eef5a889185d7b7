"""Bringing a backup back: what is asked is shown, the stage's function `restore` does it, and its progress is told.

The function goes on by itself: whoever stops watching loses nothing, and the command once more finds what is under way.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy.environment import APP, DeploymentError, Stage
from deploy.functions import app_modules

if TYPE_CHECKING:
    from chalicelib.backups.manifest import Backup

ONLY = ("table", "person", "conversation")
_PAUSE_S = 5.0
# A run lives for a quarter of an hour at most, and its successor follows it.
_STILL_S = 1_800
# Rows of a stage, for whether it holds anything.
_LOOKED_AT = 1_000
# As `chalicelib/backups/places.py` keeps where a restore stands.
_ENDED = {"done", "failed"}
_STATE = "state/restore-"
# A run that was lost is gone on with when its time is over (`places.claim`); one that waits says so.
_STEPS = {
    "thawing": "looking whether S3 can read the backup",
    "finding": "finding what is asked for",
    "accounts": "seeing that everybody has an account",
    "objects": "copying files back",
    "rows": "writing rows",
    "comparing": "reading the rows again, beside the backup",
    "erasing": "removing again what was erased meanwhile",
    "publishing": "having the twins' pages written",
    "inviting": "mailing invitations",
    "closing": "closing",
}


@dataclass(frozen=True)
class Asked:
    """What is to be restored into a stage: the stage whose backup it is, and which of them."""

    source: str
    backup: str
    kept: str
    only: str = ""
    overwrite: bool = False

    def order(self, run_id: str) -> dict[str, Any]:
        return {"restore": run_id, **vars(self)}


def bucket_of(stage: Stage, name: str) -> str:
    """The backups bucket of any stage of the same account and region."""
    return f"{APP}-{name}-backups-{stage.account_id}-{stage.region}"


def choose(stage: Stage, source: str, date: str | None) -> tuple[str, str]:
    """The newest backup of a night, or the newest of all whose id begins with a date, and how it is kept.

    Raises DeploymentError.
    """
    found = json.loads(read_object(stage, bucket_of(stage, source), "index.json") or b"{}").get("backups", [])
    fitting = [
        (each["id"], each["kept"]) for each in found if (each["id"].startswith(date) if date else not each.get("asked"))
    ]
    if not fitting:
        there = (
            f"it has {len(found)}: ./deploy.sh backups {source}" if found else "the first is made in the coming night"
        )
        raise DeploymentError(f"{source} has no backup{f' of {date}' if date else ''}; {there}")
    return max(fitting, key=lambda each: (each[0], each[1] == "nightly"))


def read(stage: Stage, asked: Asked) -> Backup:
    """Raises DeploymentError."""
    manifest = app_modules.manifest()
    raw = read_object(stage, bucket_of(stage, asked.source), manifest.key_of(asked.backup, asked.kept))
    if raw is None:
        raise DeploymentError(f"backup {asked.backup} of {asked.source} has no manifest: it does not exist")
    try:
        found: Backup = manifest.read(raw)
    except manifest.NotReadable as error:
        raise DeploymentError(f"backup {asked.backup}: {error}; deploy the version that made it") from error
    return found


def check(asked: Asked, backup: Backup) -> None:
    """Raises DeploymentError for a table that the backup does not have: whose, or which, only its rows tell."""
    kind, _, value = asked.only.partition("=")
    if kind == "table" and value not in backup.tables:
        raise DeploymentError(f"--only table={value}: the backup has {', '.join(backup.tables)}")


def shown(stage: Stage, asked: Asked, backup: Backup) -> str:
    """What will happen, for a person to decide."""
    return "\n".join([*held(asked, backup), *comes_back(stage, asked)])


def held(asked: Asked, backup: Backup) -> list[str]:
    return [
        f"From the backup {backup.id} of {asked.source} (version {backup.app_version}):",
        *(f"  {name:<15}{table.items:>10,} items" for name, table in backup.tables.items()),
        f"  {'objects':<15}{backup.objects.count:>10,}, {backup.objects.bytes / 1e6:,.1f} MB",
        f"  {'accounts':<15}{backup.accounts.count:>10,}",
    ]


def comes_back(stage: Stage, asked: Asked) -> list[str]:
    """stage: into which it comes."""
    what = {
        "": "everything",
        "table": "the rows of table {}",
        "person": "what is {}'s",
        "conversation": "the conversation {}, with its files",
    }
    kind, _, value = asked.only.partition("=")
    stays = "goes: all is put back as it was" if asked.overwrite else "stays (--overwrite puts all back as it was)"
    return [
        f"comes back into {stage.name}, {_filled(stage)}: {what[kind].format(value)}.",
        f"What is missing there is added; a row that is there and newer {stays}.",
        "Accounts that are missing are made, and invited by mail in the end. What was erased since does not come back.",
        "Settings stay as they are here: what `./deploy.sh set` had set is in settings.json of the backup.",
    ]


def _filled(stage: Stage) -> str:
    """Whether a stage holds anything: conversations that are not deleted, as the one that proved its deployment is."""
    table = f"{stage.prefix}-conversations"
    not_deleted = {"FilterExpression": "attribute_not_exists(deleted_at)", "Select": "COUNT", "Limit": _LOOKED_AT}
    try:
        found = stage.client("dynamodb").scan(TableName=table, **not_deleted)["Count"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise DeploymentError(f"there is no table {table}: ./deploy.sh {stage.name} first") from error
    return "where people have conversations already" if found else "which holds no conversation yet"


def under_way(stage: Stage, asked: Asked) -> str | None:
    """The id of a restore of the same that has not ended."""
    for key in _keys(stage, _STATE):
        state = json.loads(read_object(stage, bucket_of(stage, stage.name), key) or b"{}")
        same = {name: state.get(name) for name in vars(asked)} == vars(asked)
        if same and not state["drill"] and state["step"] not in _ENDED:
            return str(state["id"])
    return None


def begin(stage: Stage, asked: Asked) -> str:
    """Have a restore begun, or gone on with where one of the same has not ended; returns its id."""
    known = under_way(stage, asked)
    run_id = known or f"{asked.backup}-{secrets.token_hex(3)}"
    invoke(stage, f"{stage.prefix}-restore", stage.name, {"restore": run_id} if known else asked.order(run_id))
    return run_id


def invoke(stage: Stage, function: str, name: str, order: Mapping[str, Any]) -> None:
    """Invoke a function of the stage of that name, without waiting for it. Raises DeploymentError."""
    try:
        stage.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(order))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise DeploymentError(f"{name} has no function {function}: ./deploy.sh {name} first") from error


def watch(
    stage: Stage, run_id: str, backup: Backup, say: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """Tell how far a restore is, until it has ended; returns where it stands then. Raises DeploymentError."""
    told, still_s, seen = "", 0.0, b""
    while True:
        raw = read_object(stage, bucket_of(stage, stage.name), f"{_STATE}{run_id}.json") or b""
        state: dict[str, Any] = json.loads(raw) if raw else {}
        if state.get("step") in _ENDED:
            break
        still_s, seen = (0.0, raw) if raw != seen or state.get("waiting") else (still_s + _PAUSE_S, seen)
        if still_s > _STILL_S:
            raise DeploymentError(
                f"nothing has moved for {_STILL_S // 60} minutes: see the log of {stage.prefix}-restore, and"
                f" ./deploy.sh redrive {stage.name}; the command can be repeated"
            )
        line = progress(state, backup) if state else "begun"
        if line != told:
            say(line)
            told = line
        pause(_PAUSE_S)
    if state["problem"]:
        begun = state["made"] or state["objects_done"] or state["places"]
        if not begun:
            raise DeploymentError(f"nothing was restored: {state['problem']}")
        raise DeploymentError(f"not all is back: {state['problem']}. What is back stays; the command can be repeated")
    return state


def progress(state: Mapping[str, Any], backup: Backup, now: float | None = None) -> str:
    """One line: the step, how much is done, and how long the rest may take."""
    if state["waiting"] and state["step"] == "inviting":
        return (
            f"everything is back; waiting for Cognito, which mails {state['waiting']:,} more people: 50 a day at most"
        )
    if state["waiting"]:
        return f"waiting for S3, which fetches {state['waiting']:,} files from a cold storage class: up to 12 hours"
    share = _share(state, backup)
    elapsed_s = (now or time.time()) - state["started_at"]
    left = f", about {elapsed_s * (1 - share) / share:,.0f} s left" if 0.02 < share < 1 else ""
    return f"{_STEPS[state['step']]}: {share:.0%}{left}"


def _share(state: Mapping[str, Any], backup: Backup) -> float:
    """Of objects, rows written and rows compared, how many are done."""
    done: int = state["objects_done"]
    for name, table in backup.tables.items():
        for number, part in enumerate(table.parts):
            for step in ("rows", "compared"):
                place = state["places"].get(f"{step}/{name}/{number}", 0)
                done += part.items if place < 0 else place
    return min(1.0, done / max(1, backup.objects.count + 2 * backup.items))


def result(state: Mapping[str, Any]) -> str:
    """What a restore has done, for whoever asked for it."""
    lines = []
    for name, counts in state["counts"].items():
        if any(counts.values()):
            equal, kept, left_out = (counts.get(each, 0) for each in ("equal", "kept", "left_out"))
            lines.append(f"  {name:<15}{equal:>10,} as in the backup, {kept:,} newer and kept, {left_out:,} left out")
    objects = state["objects"]
    if objects:
        copied, equal, kept, left_out = [objects.get(each, 0) for each in ("copied", "equal", "kept", "left_out")]
        others = f"{equal:,} there already, {kept:,} others kept, {left_out:,} left out"
        lines.append(f"  {'objects':<15}{copied:>10,} copied, {others}")
    invited = f"{state['invited']:,} people were invited" if state["invited"] else "nobody had to be invited"
    lines.append(f"  {invited}; took {state['ended_at'] - state['started_at']:,} s")
    return "\n".join(lines)


def _keys(stage: Stage, prefix: str) -> Iterator[str]:
    pages = stage.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket_of(stage, stage.name), Prefix=prefix):
        yield from (each["Key"] for each in page.get("Contents", []))


def read_object(stage: Stage, bucket: str, key: str) -> bytes | None:
    """None where it is not there. Raises DeploymentError without the bucket."""
    try:
        body: bytes = stage.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            raise DeploymentError(f"there is no bucket {bucket}: is the stage in another --region?") from error
        if code != "NoSuchKey":
            raise
        return None
    return body
