"""The backups of a stage, as the bucket's own list says; the bucket outlives the stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage

Index = Mapping[str, list[dict[str, Any]]]
_SHOWN_FAILURES = 5
_SHOWN_DRILLS = 5


def read(stage: Stage) -> Index:
    """The list of what there is. Raises DeploymentError where there is no bucket, or no list in it yet."""
    try:
        found: Index = json.loads(
            stage.client("s3").get_object(Bucket=stage.backups_bucket, Key="index.json")["Body"].read()
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise DeploymentError(
                f"there is no bucket {stage.backups_bucket}: ./deploy.sh {stage.name} makes it, where the stage is not"
                " in another --region"
            ) from error
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        raise DeploymentError(f"{stage.name} has no backup yet: the first is made in the coming night") from error
    return found


def shown(index: Index, copied_to: str | None = None) -> str:
    """The list for a person: newest first, what a drill has proven, and what was not made.

    copied_to: the region of their copy (`account/replica.py`).
    """
    drills = {drill["id"]: drill for drill in index["drills"]}  # the last of each backup
    lines = [f"{'backup':<22}{'kept':<9}{'items':>10}{'files':>9}{'size':>10}  proven"]
    for each in sorted(index["backups"], key=lambda each: (each["id"], each["kept"]), reverse=True):
        size = f"{each['bytes'] / 1e6:,.1f} MB"
        counts = f"{each['items']:>10,}{each['objects']:>9,}{size:>10}"
        kept = "asked" if each.get("asked") else each["kept"]
        lines.append(f"{each['id']:<22}{kept:<9}{counts}  {_proven(drills.get(each['id']))}")
    if copied_to:
        lines += ["", f"S3 copies them to {copied_to}, within minutes of each."]
    if index["drills"]:
        lines += ["", "Drills:"]
        lines += [
            f"  {_when(drill['at'])}  {drill['id']}  {_proven(drill)}" for drill in index["drills"][-_SHOWN_DRILLS:]
        ]
    if index["failures"]:
        lines += ["", "Not made:"]
        lines += [f"  {_when(each['at'])}  {each['why']}" for each in index["failures"][-_SHOWN_FAILURES:]]
    return "\n".join(lines)


def _proven(drill: Mapping[str, Any] | None) -> str:
    if drill is None:
        return "no"
    if drill["passed"]:
        return f"yes, restored in {drill['duration_s']:,} s"
    return f"NO: {drill['why']}"


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")
