"""The stacks: that they stand, are of this version, and hold what they made as they made it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy import steps
from deploy.account import cloudformation
from deploy.check.findings import Finding, Findings, brought_back, note, problem, warning
from deploy.check.target import Target
from deploy.edge import firewall, names
from deploy.environment import Stage

_POLL_S = 3.0
_LOOKS = 60
# Until then nothing was made that could have changed.
_STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")

# What comes back empty by itself.
_HOLD_DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool")


def state(target: Target) -> Findings:
    for stage, name, body in _laid(target):
        client = stage.client("cloudformation")
        try:
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            yield problem(f"stack {name} is not there", target.redeploy)
            continue
        yield from _state(name, stack)
        if client.get_template(StackName=name)["TemplateBody"] != body:
            yield warning(f"stack {name} is of another version of the templates than this checkout", target.redeploy)


def _laid(target: Target) -> Iterator[tuple[Stage, str, str]]:
    """Each stack's place, name and template. Of names there is none before their certificates are issued."""
    stage, files = target.stage, steps.templates(target.stage, target.settings)
    for name in (steps.FOUNDATION, steps.OPERATIONS, steps.ALARMS):
        yield stage, f"{stage.prefix}-{name}", files[f"{name}.yaml"]
    if target.settings.firewall:
        yield stage, firewall.api_stack(stage), files["edge-api.yaml"]
        yield firewall.of_cloudfront(stage), firewall.site_stack(stage), files["edge.yaml"]
    if target.settings.domain and cloudformation.exists(stage, names.stack_name(stage)):
        yield stage, names.stack_name(stage), files["names.yaml"]


def _state(name: str, stack: Mapping[str, Any]) -> Findings:
    status = stack["StackStatus"]
    if status == "UPDATE_ROLLBACK_COMPLETE":
        yield warning(
            f"the last change of stack {name} failed and was rolled back", "deploy again: it names the reason"
        )
    elif status.endswith("_IN_PROGRESS"):
        yield note(f"stack {name} is being changed")
    elif status not in _STANDING:
        yield problem(f"stack {name} is {status}", "settle it in the CloudFormation console, then deploy again")


def drift(target: Target) -> Findings:
    """What was changed beside CloudFormation, as it finds by itself: it reads what it made, and writes nothing.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    pause_s = 0.2 if target.stage.is_local else _POLL_S
    for stage, name, _ in _laid(target):
        if not cloudformation.exists(stage, name):
            continue
        client = stage.client("cloudformation")
        begun = client.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
        for _look in range(_LOOKS):
            looked = client.describe_stack_drift_detection_status(StackDriftDetectionId=begun)
            if looked["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            time.sleep(pause_s)
        yield from (_drifted(name, each) for each in _differing(client, name))


def _differing(client: Any, name: str) -> Iterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        page = client.describe_stack_resource_drifts(
            StackName=name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **more
        )
        yield from page["StackResourceDrifts"]
        if "NextToken" not in page:
            return
        more = {"NextToken": page["NextToken"]}


def _drifted(name: str, found: Mapping[str, Any]) -> Finding:
    what = f"{found['LogicalResourceId']} ({found.get('PhysicalResourceId', found['ResourceType'])})"
    if found["StackResourceDriftStatus"] == "DELETED":
        kept = "restore it: docs/restore.md" if found["ResourceType"] in _HOLD_DATA else brought_back(name)
        return problem(f"{what} was deleted beside its stack", kept)
    paths = sorted({each["PropertyPath"] for each in found.get("PropertyDifferences", [])})
    return warning(f"{what} was changed beside its stack: {', '.join(paths)}", brought_back(name))
