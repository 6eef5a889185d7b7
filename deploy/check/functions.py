"""The functions against their table: configuration, rights, schedules, failure queues, logs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy import live_settings, steps
from deploy.check.findings import Findings, brought_back, problem, warning
from deploy.check.target import Target, foundation
from deploy.environment import DeploymentError
from deploy.functions import app_modules, chalice_app, policies

if TYPE_CHECKING:
    from chalicelib.functions import Function


def configuration(target: Target) -> Findings:
    client = target.stage.client("lambda")
    for name, row in target.functions.items():
        deployed = target.place.function_name(name)
        try:
            found = client.get_function_configuration(FunctionName=deployed)
        except client.exceptions.ResourceNotFoundException:
            yield problem(f"function {deployed} is not there", target.redeploy)
            continue
        yield from _differences(target, name, row, found)
        yield from _variables(target, deployed, found.get("Environment", {}).get("Variables", {}))
        reserved = client.get_function_concurrency(FunctionName=deployed).get("ReservedConcurrentExecutions")
        wanted = getattr(target.settings, row.concurrency) if row.concurrency else 0
        yield from _reserved(target, deployed, reserved, wanted)


def _differences(target: Target, name: str, row: Function, found: Mapping[str, Any]) -> Findings:
    wanted = {
        "MemorySize": row.memory_mb,
        "Timeout": row.timeout_s,
        "Role": f"arn:aws:iam::{target.stage.account_id}:role/{target.stage.role_name(name)}",
    }
    for field, value in wanted.items():
        if found[field] != value:
            yield problem(f"{found['FunctionName']}: {field} is {found[field]}, not {value}", target.redeploy)
    if found.get("State", "Active") == "Failed":
        yield problem(
            f"{found['FunctionName']} cannot run: {found.get('StateReason', 'no reason given')}", target.redeploy
        )


def _reserved(target: Target, deployed: str, reserved: int | None, wanted: int) -> Findings:
    """reserved: None takes from what all share; 0 is how a function is stopped, in the console as well."""
    if reserved == 0:
        yield problem(
            f"{deployed} is stopped: it reserves 0 runs at once",
            f"aws lambda delete-function-concurrency --function-name {deployed}, then {target.redeploy}",
        )
    elif (reserved or 0) != wanted:
        yield warning(f"{deployed} reserves {reserved or 0} runs at once, not {wanted}", target.redeploy)


def live(target: Target) -> Findings:
    """What the functions leave out of it, since it is none of theirs, shows in their logs alone."""
    try:
        stored = live_settings.read(target.stage)
        app_modules.over(app_modules.settings(target.settings.variables()), stored.values)
    except DeploymentError as error:
        yield problem(
            f"what was set without a deployment does not hold: {error}",
            f"./deploy.sh set {target.stage.name} NAME VALUE, or --unset",
        )


def _variables(target: Target, deployed: str, found: Mapping[str, str]) -> Findings:
    """Names alone are told: a value may be an address of somebody's."""
    wanted = target.deployment.variables()
    read = {each for each in wanted.keys() | found.keys() if each.startswith(("CHATAPP_", "ANTHROPIC_"))}
    differing = sorted(each for each in read if wanted.get(each) != found.get(each))
    if differing:
        yield warning(
            f"{deployed} has other settings than deploy/settings.toml: {', '.join(differing)}", target.redeploy
        )


def builds(target: Target) -> Findings:
    """All functions have one package: a deployment that ended among them leaves some of before."""
    client, found = target.stage.client("lambda"), dict[str, list[str]]()
    for name in target.functions:
        with suppress(client.exceptions.ResourceNotFoundException):
            code = client.get_function_configuration(FunctionName=target.place.function_name(name)).get(
                "CodeSha256", ""
            )
            found.setdefault(code, []).append(name)
    if len(found) > 1:
        fewest = min(found.values(), key=len)
        yield problem(f"functions are of several builds, {', '.join(fewest)} of another than the rest", target.redeploy)


def rights(target: Target) -> Findings:
    """Each role's own policy against its grants; what was added by hand is wider than what was reviewed."""
    iam = target.stage.client("iam")
    for name, row in target.functions.items():
        role = target.stage.role_name(name)
        try:
            inline = iam.list_role_policies(RoleName=role)["PolicyNames"]
            attached = [
                each["PolicyName"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
            ]
        except iam.exceptions.NoSuchEntityException:
            yield problem(f"role {role} is not there: {target.place.function_name(name)} cannot run", target.redeploy)
            continue
        more = sorted({*inline, *attached} - {role})
        if more:
            yield problem(
                f"role {role} has more policies than its own: {', '.join(more)}", "remove them in the IAM console"
            )
        wanted = policies.document(name, row.allowed, target.place)
        if role not in inline or iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"] != wanted:
            yield problem(f"the rights of role {role} are not those of its grants", target.redeploy)


def schedules(target: Target) -> Findings:
    """What the clock begins: the nightly backup, the sweep, the health check."""
    events = target.stage.client("events")
    record = chalice_app.load_record(target.stage)
    named = [each["rule_name"] for each in record["resources"] if each["resource_type"] == "cloudwatch_event"]
    for rule in named:
        try:
            found = events.describe_rule(Name=rule)
            targets = events.list_targets_by_rule(Rule=rule).get("Targets")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield problem(f"schedule {rule} is not there: its function never runs", target.redeploy)
            continue
        if found["State"] != "ENABLED":
            yield problem(f"schedule {rule} is switched off", f"aws events enable-rule --name {rule}")
        elif not targets:
            yield problem(f"schedule {rule} calls nothing", target.redeploy)


def uploads(target: Target) -> Findings:
    """Without its event an upload is never read."""
    bucket = target.stage.files_bucket
    found = target.stage.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    called = {each["LambdaFunctionArn"].rpartition(":")[2] for each in found.get("LambdaFunctionConfigurations", [])}
    extract = target.place.function_name("extract")
    if extract not in called:
        yield problem(f"bucket {bucket} does not call {extract}: uploads are never read", target.redeploy)


def failures(target: Target) -> Findings:
    sqs = target.stage.client("sqs")
    names = sorted({each.events.failures for each in target.functions.values() if each.events})
    for name in names:
        queue = f"{target.stage.prefix}-{name}"
        try:
            url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        except sqs.exceptions.QueueDoesNotExist:
            yield problem(
                f"queue {queue} is not there: what fails for good is lost", brought_back(foundation(target.stage))
            )
            continue
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        held = sum(int(counts.get(f"ApproximateNumberOfMessages{kind}", 0)) for kind in ("", "NotVisible"))
        if held:
            yield problem(
                f"{held} failed for good and waits in {queue}", f"./deploy.sh redrive {target.stage.name} {name}"
            )
    yield from _given_up(target)


def _given_up(target: Target) -> Findings:
    """Where Lambda puts what it gives up; without a destination it forgets it."""
    client = target.stage.client("lambda")
    for name, row in target.functions.items():
        if row.events is None:
            continue
        deployed = target.place.function_name(name)
        try:
            found = client.get_function_event_invoke_config(FunctionName=deployed, Qualifier="$LATEST")
        except client.exceptions.ResourceNotFoundException:
            found = {}
        destination = found.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
        if not destination.endswith(f":{target.stage.prefix}-{row.events.failures}"):
            yield problem(
                f"what {deployed} gives up is put nowhere, and lost",
                brought_back(f"{target.stage.prefix}-{steps.OPERATIONS}"),
            )


def logs(target: Target) -> Findings:
    wanted = target.settings.log_retention_days
    pages = (
        target.stage.client("logs")
        .get_paginator("describe_log_groups")
        .paginate(logGroupNamePrefix=f"/aws/lambda/{target.stage.prefix}")
    )
    kept = {each["logGroupName"]: each.get("retentionInDays") for page in pages for each in page["logGroups"]}
    for name in target.functions:
        group = f"/aws/lambda/{target.place.function_name(name)}"
        if group not in kept:
            yield problem(
                f"log group {group} is not there, and its function may not make it",
                brought_back(foundation(target.stage)),
            )
        elif kept[group] != wanted:
            found = "for ever" if kept[group] is None else f"{kept[group]} days"
            yield warning(
                f"log group {group} keeps lines {found}, not {wanted} days",
                f"aws logs put-retention-policy --log-group-name {group} --retention-in-days {wanted}",
            )
