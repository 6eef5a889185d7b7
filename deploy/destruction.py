"""Taking a stage down: what is deleted, and what is kept because it holds people's data."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import chalice_app, cloudformation, model_access
from .environment import Stage
from .progress import Progress
from .steps import FOUNDATION, OPERATIONS, outputs_file

TABLES = ("conversations", "messages", "frames", "usage", "sockets")
# Of a state folder; MiniStack's Python environment is no data and takes a minute to make again.
_LOCAL_STATE = ("state", "s3", "tmp", "logs", "demo.json", "ports.json")


def destroy(stage: Stage, progress: Progress) -> str:
    """Delete functions, APIs and stacks of a stage on AWS; returns what is kept and how to remove it."""
    foundation = cloudformation.outputs(stage, f"{stage.prefix}-{FOUNDATION}") or {}
    with progress.step("operations stack") as step:
        step.changed(cloudformation.delete(stage, f"{stage.prefix}-{OPERATIONS}", step.say), "deleted")
    with progress.step("functions and APIs") as step:
        deleted = chalice_app.delete(stage, step.say)
        step.changed(bool(deleted), f"{len(deleted)} deleted")
    with progress.step("key of the model") as step:
        model_access.delete_key(stage)
    with progress.step("foundation stack") as step:
        step.changed(cloudformation.delete(stage, f"{stage.prefix}-{FOUNDATION}", step.say), "deleted")
    outputs_file(stage.name).unlink(missing_ok=True)
    return kept(stage, foundation.get("UserPoolId"))


def kept(stage: Stage, pool_id: str | None) -> str:
    """What outlives the stacks, with the commands that remove it for good."""
    tables = [f"{stage.prefix}-{name}" for name in TABLES]
    buckets = [f"{stage.prefix}-{name}-{stage.account_id}-{stage.region}" for name in ("site", "artifacts")]
    region = f"--region {stage.region}"
    lines = ["Kept, because they hold data (the next deployment of this stage takes tables and buckets up again):"]
    lines += [f"  table {name}" for name in tables] + [f"  bucket {name}" for name in buckets]
    lines += [f"  user pool {pool_id}"] if pool_id else []
    lines += ["To remove them for good:"]
    for name in tables:
        lines.append(f"  aws dynamodb update-table {region} --table-name {name} --no-deletion-protection-enabled")
        lines.append(f"  aws dynamodb delete-table {region} --table-name {name}")
    lines += [f"  empty and delete bucket {name} (all versions; the S3 console's Empty does it)" for name in buckets]
    if pool_id:
        pool = f"{region} --user-pool-id {pool_id}"
        lines.append(f"  aws cognito-idp update-user-pool {pool} --deletion-protection INACTIVE")
        lines.append(f"  aws cognito-idp delete-user-pool {pool}")
    return "\n".join(lines)


def destroy_local(state_dir: Path) -> None:
    """Remove everything of the stopped local AWS but its Python environment."""
    for name in _LOCAL_STATE:
        path = state_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    outputs_file("local").unlink(missing_ok=True)
