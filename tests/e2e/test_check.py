"""`./deploy.sh check` on a deployed stage, with ten things of it broken on purpose."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy import steps
from deploy.check import run
from deploy.check.target import Target
from deploy.environment import Stage
from deploy.progress import Progress
from tests.e2e.deployment import Deployment

pytestmark = [pytest.mark.local_only, pytest.mark.exclusive]
Breakage = Callable[[Deployment], AbstractContextManager[None]]


def _target(deployment: Deployment, **exported: str) -> Target:
    stage = Stage(deployment.stage, deployment.region, os.environ.get("AWS_ENDPOINT_URL"), deployment.model_url)
    # The shell's, as it was before the deployment turned to the local AWS.
    shell = {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL")}
    begun = steps.begin(stage, Progress(), Path(deployment.state_dir or "."))
    return run.target_of(stage, begun, {**shell, **exported})


@dataclass(frozen=True)
class Wrong:
    check: str
    says: str


def _found(target: Target) -> list[Wrong]:
    return [Wrong(title, each.says) for title, found in run.looked(target) for each in found if each.level != "ok"]


@contextmanager
def _retention(deployment: Deployment) -> Iterator[None]:
    logs, group = deployment.client("logs"), f"/aws/lambda/{deployment.function('answer')}"
    logs.delete_retention_policy(logGroupName=group)
    yield
    logs.put_retention_policy(logGroupName=group, retentionInDays=30)


@contextmanager
def _memory(deployment: Deployment) -> Iterator[None]:
    client, name = deployment.client("lambda"), deployment.function("digest")
    client.update_function_configuration(FunctionName=name, MemorySize=128)
    yield
    client.update_function_configuration(FunctionName=name, MemorySize=512)


@contextmanager
def _past(deployment: Deployment) -> Iterator[None]:
    def switch(enabled: bool) -> None:
        deployment.client("dynamodb").update_continuous_backups(
            TableName=deployment.table("people"),
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
        )

    switch(False)
    yield
    switch(True)


@contextmanager
def _opened(deployment: Deployment) -> Iterator[None]:
    s3 = deployment.client("s3")
    closed = s3.get_public_access_block(Bucket=deployment.files_bucket)["PublicAccessBlockConfiguration"]
    opened = {**closed, "BlockPublicPolicy": False}
    s3.put_public_access_block(Bucket=deployment.files_bucket, PublicAccessBlockConfiguration=opened)
    yield
    s3.put_public_access_block(Bucket=deployment.files_bucket, PublicAccessBlockConfiguration=closed)


@contextmanager
def _failed(deployment: Deployment) -> Iterator[None]:
    sqs = deployment.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{deployment.prefix}-digest-failures")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def _secret(deployment: Deployment) -> Iterator[None]:
    ssm, name = deployment.client("ssm"), f"/chatapp/{deployment.stage}/visit-key"
    value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    ssm.delete_parameter(Name=name)
    yield
    ssm.put_parameter(Name=name, Value=value, Type="SecureString")


@contextmanager
def _budget(deployment: Deployment) -> Iterator[None]:
    client, name = deployment.client("lambda"), deployment.function("answer")
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {**before, "CHATAPP_STAGE_BUDGET_USD": "1000000"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    yield
    client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@contextmanager
def _policy(deployment: Deployment) -> Iterator[None]:
    iam, role = deployment.client("iam"), f"{deployment.prefix}-digest-{deployment.region}"
    before = iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"]
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

    def put(document: dict[str, Any]) -> None:
        iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=json.dumps(document))

    put({**before, "Statement": [*before["Statement"], everything]})
    yield
    put(before)


@contextmanager
def _schedule(deployment: Deployment) -> Iterator[None]:
    events, rule = deployment.client("events"), f"{deployment.prefix}-nightly_backup-event"
    events.disable_rule(Name=rule)
    yield
    events.enable_rule(Name=rule)


BROKEN: tuple[tuple[str, Breakage, str], ...] = (
    ("logs", _retention, "keeps lines for ever"),
    ("functions", _memory, "MemorySize is 128, not 512"),
    ("tables", _past, "people has no point-in-time recovery"),
    ("buckets", _opened, "BlockPublicPolicy is off"),
    ("failure queues", _failed, "digest-failures"),
    ("stage's own keys", _secret, "visit-key is not there"),
    ("functions", _budget, "CHATAPP_STAGE_BUDGET_USD"),
    ("functions' rights", _policy, "are not those of its grants"),
    ("schedules", _schedule, "nightly_backup-event is switched off"),
)


def test_each_of_ten_broken_things_is_found_nothing_else_is_and_a_sound_stage_has_none(deployment: Deployment) -> None:
    sound = _found(_target(deployment))
    # What earlier tests had fail on purpose waits there still.
    assert {each.check for each in sound} <= {"failure queues"}, sound
    with ExitStack() as broken:
        for _, breakage, _ in BROKEN:
            broken.enter_context(breakage(deployment))
        found = _found(_target(deployment, AWS_ENDPOINT_URL_S3="http://localhost:9000"))
    wanted = [(title, said) for title, _, said in BROKEN] + [("shell's endpoints", "AWS_ENDPOINT_URL_S3 is exported")]
    assert len(wanted) == 10
    for title, said in wanted:
        assert [each for each in found if each.check == title and said in each.says], (title, found)
    # CloudFormation finds some of the same by itself, and says how.
    others = [each for each in found if each not in sound and each.check != "drift of the stacks"]
    assert len(others) == len(wanted), others
    assert _found(_target(deployment)) == sound, "all of it is mended"
