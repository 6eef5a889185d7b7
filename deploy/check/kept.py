"""Backups: the newest is of last night, a drill has proven one, and nobody can delete them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from deploy import backups
from deploy.check.findings import Findings, note, problem, warning
from deploy.check.target import Target
from deploy.environment import DeploymentError
from deploy.functions import app_modules

_OLDEST_H = 26
_DRILL_DAYS = 8


def newest(target: Target) -> Findings:
    try:
        index = backups.read(target.stage)
    except DeploymentError as error:
        if target.age_s > _OLDEST_H * 3_600:
            yield problem(str(error), "look at the log of nightly_backup and at the queue backup-failures")
        else:
            yield note("none yet: the first is made in the coming night")
        return
    now = target.now or time.time()
    yield from ages(index["backups"], now, target.age_s)
    yield from drills(index["drills"], now, target.age_s)


def ages(found: Sequence[Mapping[str, Any]], now: float, stage_age_s: float) -> Findings:
    """stage_age_s: of a stage that is younger than a night nothing is expected."""
    ids = [each["id"] for each in found if each["kept"] == "nightly" and not each.get("asked")]
    last = max((app_modules.manifest().time_of(each) for each in ids), default=None)
    age_h = ((now - last) if last else stage_age_s) / 3_600
    if age_h > _OLDEST_H:
        yield problem(
            f"the newest backup is {age_h:.0f} hours old" if last else "no backup was made yet",
            "look at the log of nightly_backup and backup, and at the queue backup-failures",
        )


def drills(found: Sequence[Mapping[str, Any]], now: float, stage_age_s: float) -> Findings:
    last = max(found, key=lambda each: float(each["at"]), default=None)
    if last and not last["passed"]:
        yield problem(f"the last drill could not restore {last['id']}: {last['why']}", "docs/restore.md, Drills")
    since_s = now - float(last["at"]) if last else stage_age_s
    if since_s > _DRILL_DAYS * 86_400:
        yield warning(
            f"no drill has proven a backup for {since_s / 86_400:.0f} days", "look at the log of restore_drill"
        )


def lock(target: Target) -> Findings:
    """Object Lock is the bucket's; how long an object is locked, the backup says of each."""
    try:
        found = target.stage.client("s3").get_object_lock_configuration(Bucket=target.stage.backups_bucket)
        is_on = found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ObjectLockConfigurationNotFoundError", "NoSuchBucket"}:
            raise
        is_on = False
    if not is_on:
        yield problem(
            f"bucket {target.stage.backups_bucket} has no Object Lock: whoever may can delete the backups",
            "aws s3api put-object-lock-configuration: docs/restore.md",
        )
