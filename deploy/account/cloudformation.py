"""Stacks: created, updated, taken up again after a failure, deleted; each wait names what failed and why."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.environment import ROOT, DeploymentError, Stage

_POLL_ON_AWS_S = 3.0
_POLL_LOCAL_S = 0.1
_NEVER_MADE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"}
_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

# The one resource that outlives its stage on this machine too: another stage is restored from it.
_OUTLIVING_ALL = re.compile(r"^(  BackupsBucket:\n(?:    .*\n)+)", re.MULTILINE)

_COMPACT = (",", ": ")
_COMMENTS = re.compile(r"^ *#.*\n", re.MULTILINE)

# What AWS says of a resource (in lower case), and what to do about it.
_ADVICE = {
    "must be verified": (
        "AWS has not verified this account for CloudFront yet, as it does with new ones: open a case in the Support "
        'Center (console.aws.amazon.com/support, "Account and billing") with the words above, and run the same '
        "command again once it is answered. What this attempt had made is rolled back."
    ),
    "deletion protection": (
        "It is protected against deletion: if nobody's data is in it, switch that off (DynamoDB or Cognito console, "
        "or `aws dynamodb update-table --no-deletion-protection-enabled --table-name NAME`), then run the same command "
        "again."
    ),
    "already exists": (
        "Something of that name was made by other means: delete or rename it if it is not needed, then run the same "
        "command again."
    ),
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    outputs: Mapping[str, str]
    changed: bool


def template(stage: Stage, file_name: str, resources: Mapping[str, Any] | None = None) -> str:
    """A template's text, with more resources than its file names, and without comments: it has 51,200 bytes at most.

    Of a stage of this machine only the backups outlive it, and DeletionPolicy takes no condition.
    """
    text = _COMMENTS.sub("", (ROOT / "deploy" / "stacks" / file_name).read_text())
    # YAML holds JSON; CloudFormation's short tags (`!Sub`) keep the file itself from being read by just any parser.
    added = "".join(
        f"  {name}: {json.dumps(resource, separators=_COMPACT)}\n" for name, resource in (resources or {}).items()
    )
    text = text.replace("Resources:\n", f"Resources:\n{added}", 1)
    return _deleted_with_the_stage(text) if stage.is_local else text


def _deleted_with_the_stage(text: str) -> str:
    parts = _OUTLIVING_ALL.split(text)
    return "".join(
        part if _OUTLIVING_ALL.fullmatch(part) else re.sub(r"Policy: Retain\w*", "Policy: Delete", part)
        for part in parts
    )


def exists(stage: Stage, name: str) -> bool:
    """Whether there is a stack of that name, in whatever state."""
    return _find(stage.client("cloudformation"), name) is not None


def stands(stage: Stage, name: str, say: Say) -> bool:
    """Whether a stack is there to be updated, once whatever is under way has ended.

    What is left of one that was never made, or is half deleted, is removed. Raises DeploymentError where it cannot be.
    """
    return _settled(stage.client("cloudformation"), name, _poll_s(stage), say) is not None


def outputs(stage: Stage, name: str) -> Mapping[str, str] | None:
    """Outputs of a stack, or None where it does not stand."""
    stack = _find(stage.client("cloudformation"), name)
    return _outputs(stack) if stack and stack["StackStatus"] in _SETTLED else None


def tags(stage: Stage, name: str) -> Mapping[str, str]:
    """What the owner has tagged a stack with, and so all that it makes."""
    found = _find(stage.client("cloudformation"), name) or {}
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}


def deploy(stage: Stage, name: str, body: str, parameters: Mapping[str, str], say: Say) -> Stack:
    """Create or update a stack; nothing is sent when its template and parameters are as they were.

    Raises DeploymentError.
    """
    client = stage.client("cloudformation")
    poll_s = _poll_s(stage)
    stack = _settled(client, name, poll_s, say)
    if stack and _is_current(client, stack, body, parameters):
        return Stack(_outputs(stack), changed=False)
    kind = "UPDATE" if stack else "CREATE"
    if not _change(client, name, body, parameters, kind=kind, poll_s=poll_s):
        return Stack(_outputs(stack or {}), changed=False)
    stack = _wait(client, name, poll_s, say)
    if stack is None or stack["StackStatus"] != f"{kind}_COMPLETE":
        raise DeploymentError(f"stack {name}: {_failure(client, name)}")
    return Stack(_outputs(stack), changed=True)


def import_resources(
    stage: Stage, name: str, body: str, parameters: Mapping[str, str], *, resources: list[dict[str, Any]], say: Say
) -> None:
    """Begin a new stack with resources that exist already; `body` holds them and nothing else. Raises DeploymentError.

    resources: as CreateChangeSet's ResourcesToImport.
    """
    client = stage.client("cloudformation")
    poll_s = _poll_s(stage)
    _settled(client, name, poll_s, say)
    _change(client, name, body, parameters, kind="IMPORT", poll_s=poll_s, imported=resources)
    stack = _wait(client, name, poll_s, say)
    if stack is None or stack["StackStatus"] != "IMPORT_COMPLETE":
        raise DeploymentError(f"stack {name}: {_failure(client, name)}")


def delete(stage: Stage, name: str, say: Say) -> bool:
    """Delete a stack and wait; False where there was none."""
    client = stage.client("cloudformation")
    stack = _find(client, name)
    if stack is None:
        return False
    _delete(client, stack, _poll_s(stage), say)
    return True


# Of short-lived rows, which in `commentaires` are those of requests; what people keep goes by the sweep.
EXPIRING = ("frames", "sockets", "usage", "commentaires")


def switch_expiry(stage: Stage) -> bool:
    """Have the local AWS honour the tables' TTL, which it does not read from a stack; True when it did not."""
    client = stage.client("dynamodb")
    changed = False
    for name in client.list_tables()["TableNames"]:
        if not name.startswith(f"{stage.prefix}-"):
            continue
        status = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
        wanted = {"AttributeName": "ttl", "Enabled": name.endswith(EXPIRING)}
        if wanted["Enabled"] != (status == "ENABLED"):
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
            changed = True
    return changed


def _poll_s(stage: Stage) -> float:
    return _POLL_LOCAL_S if stage.is_local else _POLL_ON_AWS_S


def _find(client: Any, name: str) -> dict[str, Any] | None:
    try:
        return dict(client.describe_stacks(StackName=name)["Stacks"][0])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _settled(client: Any, name: str, poll_s: float, say: Say) -> dict[str, Any] | None:
    """The stack as it stands, once whatever is under way has ended; one that was never made is removed first."""
    stack = _find(client, name)
    if stack and stack["StackStatus"].endswith("_IN_PROGRESS") and stack["StackStatus"] not in _NEVER_MADE:
        stack = _wait(client, name, poll_s, say)
    if stack and stack["StackStatus"] in _NEVER_MADE:
        say(f"removing what is left of stack {name} ({stack['StackStatus'].lower().replace('_', ' ')})")
        _delete(client, stack, poll_s, say)
        return None
    if stack and stack["StackStatus"] not in _SETTLED:
        raise DeploymentError(
            f"stack {name} is {stack['StackStatus']}: settle it in the CloudFormation console (continue the "
            "roll-back), then deploy again"
        )
    return stack


def _delete(client: Any, stack: dict[str, Any], poll_s: float, say: Say) -> None:
    """Delete a stack and wait. Raises DeploymentError where something of it cannot be deleted."""
    name, stack_id = stack["StackName"], str(stack["StackId"])
    client.delete_stack(StackName=name)
    left = _wait(client, stack_id, poll_s, say)
    if left and left["StackStatus"] != "DELETE_COMPLETE":
        raise DeploymentError(f"stack {name} could not be deleted: {_failure(client, stack_id)}")


def declares(stage: Stage, name: str, logical_id: str) -> bool:
    """Whether a stack has made a resource, by its template: also one that somebody has removed since by other means."""
    client = stage.client("cloudformation")
    return _find(client, name) is not None and (
        f"\n  {logical_id}:\n" in str(client.get_template(StackName=name)["TemplateBody"])
    )


def _is_current(client: Any, stack: dict[str, Any], body: str, parameters: Mapping[str, str]) -> bool:
    was = {item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])}
    if stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE" or any(was.get(k) != v for k, v in parameters.items()):
        return False
    return bool(client.get_template(StackName=stack["StackName"])["TemplateBody"] == body)


def _change(
    client: Any,
    name: str,
    body: str,
    parameters: Mapping[str, str],
    *,
    kind: str,
    poll_s: float,
    imported: list[dict[str, Any]] | None = None,
) -> bool:
    """Make and start a change set; False when CloudFormation finds nothing to change."""
    made = client.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{secrets.token_hex(6)}",
        ChangeSetType=kind,
        TemplateBody=body,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **({"ResourcesToImport": imported} if imported else {}),
    )
    while True:
        change = client.describe_change_set(ChangeSetName=made["Id"], StackName=name)
        if change["Status"] == "CREATE_COMPLETE":
            client.execute_change_set(ChangeSetName=made["Id"], StackName=name)
            return True
        if change["Status"] == "FAILED":
            reason = change.get("StatusReason", "")
            client.delete_change_set(ChangeSetName=made["Id"], StackName=name)
            if any(text in reason for text in _NO_CHANGES):
                return False
            raise DeploymentError(f"stack {name}: {reason}")
        time.sleep(poll_s)


def _wait(client: Any, name: str, poll_s: float, say: Say) -> dict[str, Any] | None:
    last = ""
    while True:
        stack = _find(client, name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if not status.endswith("_IN_PROGRESS"):
            return stack
        if status != last:
            say(status.lower().replace("_", " "))
            last = status
        time.sleep(poll_s)


def _failure(client: Any, name: str) -> str:
    """Why it failed: the resources that failed by themselves, not those cancelled because of them."""
    return _with_advice("; ".join(_invalid(client, name) or _failed_by_themselves(client, name)))


def _failed_by_themselves(client: Any, name: str) -> list[str]:
    reasons: list[str] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            reason = event.get("ResourceStatusReason", "")
            begun = event["ResourceType"] == "AWS::CloudFormation::Stack" and reason == "User Initiated"
            if begun and reasons:
                return reasons[::-1]
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason.lower():
                reasons.append(f"{event['LogicalResourceId']}: {reason}")
    return reasons[::-1]


def _with_advice(reasons: str) -> str:
    if not reasons:
        return "see its events in the CloudFormation console"
    advice = [what_to_do for said, what_to_do in _ADVICE.items() if said in reasons.lower()]
    return "\n".join([reasons, *advice])


def _invalid(client: Any, name: str) -> list[str]:
    """What CloudFormation found wrong in the last operation before it made anything."""
    events = client.describe_events(StackName=name)["OperationEvents"]
    return [
        event["ValidationStatusReason"]
        for event in events
        if event.get("ValidationStatus") == "FAILED" and event["OperationId"] == events[0]["OperationId"]
    ]


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
