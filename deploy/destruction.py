"""Taking a stage down: what is deleted, and what is kept because it holds people's data."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deploy import keys, results
from deploy.account import adoption, cloudformation, model_access, replica, roles, usage_plan
from deploy.edge import firewall
from deploy.edge.step import Edge
from deploy.environment import APP, LOCAL, DeploymentError, Settings, Stage
from deploy.functions import chalice_app
from deploy.progress import Progress
from deploy.steps import ALARMS, FOUNDATION, OPERATIONS, templates

# Of a state folder; MiniStack's Python environment is no data and takes a minute to make again.
_LOCAL_STATE = ("state", "s3", "tmp", "logs", "demo.json", "ports.json")


def is_there(stage: Stage) -> bool:
    """Whether anything of a stage is in its account and region: a stack, or the bucket that its record is kept in.

    Names of roles and of some others are the account's, so deleting by name what is elsewhere would hit the living.
    """
    stacks = (f"{stage.prefix}-{name}" for name in (FOUNDATION, OPERATIONS, ALARMS))
    return (
        any(cloudformation.exists(stage, stack) for stack in stacks)
        or adoption.has_bucket(stage, stage.artifacts_bucket)
        or cloudformation.exists(firewall.of_cloudfront(stage), firewall.site_stack(stage))
    )


def destroy(stage: Stage, progress: Progress) -> str:
    """Delete functions, APIs and stacks of a stage; returns what is kept and how to remove it."""
    edge = Edge(stage, Settings(app={}), progress)
    edge.open_api(chalice_app.ids(stage))
    edge.drop_names()
    with progress.step("alarms") as step:
        step.changed(cloudformation.delete(stage, f"{stage.prefix}-{ALARMS}", step.say), "deleted")
    with progress.step("operations stack") as step:
        step.changed(cloudformation.delete(stage, f"{stage.prefix}-{OPERATIONS}", step.say), "deleted")
    with progress.step("API keys") as step:
        deleted_keys = keys.delete_all(stage)
        # Before the API, whose stage it stands for.
        step.changed(usage_plan.delete(stage) or bool(deleted_keys), f"{deleted_keys} deleted")
    with progress.step("functions and APIs") as step:
        deleted = chalice_app.delete(stage, step.say)
        former = roles.delete_former_scheduler_role(stage)
        step.changed(bool(deleted or former), f"{len(deleted) + former} deleted")
    with progress.step("keys") as step:
        model_access.delete_keys(stage)
    if stage.is_local:
        with progress.step("buckets") as step:
            step.changed(bool(remove_buckets(stage)), "emptied and deleted")
    with progress.step("foundation stack") as step:
        step.changed(cloudformation.delete(stage, f"{stage.prefix}-{FOUNDATION}", step.say), "deleted")
    edge.open_site()
    edge.forget_certificates()
    if (results.read(stage.name) or {}).get("region") == stage.region:
        results.file_of(stage.name).unlink()
    return "\n".join([*kept(stage, _outliving(stage)), *replica.stop(stage)])


def _outliving(stage: Stage) -> list[adoption.Kept]:
    return adoption.find(stage, templates(stage)["foundation.yaml"])


def remove_buckets(stage: Stage) -> list[str]:
    """Empty and delete the buckets of a stage of this machine, but for backups that were made; returns their names.

    CloudFormation deletes no bucket that holds something; on AWS they are all kept.
    """
    s3, own = stage.client("s3"), re.compile(rf"{stage.prefix}-[a-z]+-{stage.account_id}-{stage.region}")
    kept = {resource.name for resource in _outliving(stage) if _versions(s3, resource.name)}
    names = [each["Name"] for each in s3.list_buckets()["Buckets"] if own.fullmatch(each["Name"])]
    removed = [name for name in names if name not in kept]
    for name in removed:
        _empty(s3, name)
        s3.delete_bucket(Bucket=name)
    return removed


def _empty(s3: Any, bucket: str) -> None:
    while versions := _versions(s3, bucket):
        left = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True}).get("Errors")
        if left:
            raise DeploymentError(f"bucket {bucket} cannot be emptied: {left[0]['Key']}: {left[0]['Message']}")


def _versions(s3: Any, bucket: str) -> list[dict[str, str]]:
    """Up to a thousand versions of objects, marks of deletion included."""
    page = s3.list_object_versions(Bucket=bucket)
    listed = page.get("Versions", []) + page.get("DeleteMarkers", [])
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed]


def kept(stage: Stage, resources: Iterable[adoption.Kept]) -> list[str]:
    """What outlives the stacks, with the commands that remove it for good."""
    lines = ["Kept, because people's data is in it; the next deployment of this stage takes it up again:"]
    commands = ["To remove it for good:"]
    if stage.is_local:
        commands = [f"It goes with the local AWS and all that it holds: ./deploy.sh {LOCAL} --stop, then delete .local"]
    for resource in resources:
        if resource.kind == "group":  # it goes with its pool
            continue
        lines.append(f"  {resource.kind} {resource.name}")
        if not stage.is_local:
            commands += [f"  {command}" for command in _removal(resource, f"--region {stage.region}")]
    return [*lines, *commands] if len(lines) > 1 else ["Nothing is kept."]


def _removal(resource: adoption.Kept, region: str) -> list[str]:
    name = resource.name
    if resource.kind == "table":
        return [
            f"aws dynamodb update-table {region} --table-name {name} --no-deletion-protection-enabled",
            f"aws dynamodb delete-table {region} --table-name {name}",
        ]
    if "-backups-" in name:
        return replica.emptied(name, region)
    if resource.kind == "bucket":
        return [f"empty the bucket {name} of all versions (S3 console: Empty), then: aws s3 rb s3://{name} {region}"]
    return [
        f"aws cognito-idp update-user-pool {region} --user-pool-id {name} --deletion-protection INACTIVE",
        f"aws cognito-idp delete-user-pool {region} --user-pool-id {name}",
    ]


def is_empty(stage: Stage) -> bool:
    """Whether no stage is left in the account, nor what outlived one: each has buckets as long as it stands."""
    return not any(bucket["Name"].startswith(f"{APP}-") for bucket in stage.client("s3").list_buckets()["Buckets"])


def wipe(state_dir: Path) -> None:
    """Remove everything of the stopped local AWS but its Python environment."""
    for name in _LOCAL_STATE:
        path = state_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
