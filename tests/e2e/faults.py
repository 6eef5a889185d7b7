"""Breaking the local AWS that was started for this run, and mending it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.deployment import Deployment
from tests.e2e.test_roles import inline_policies, role_of
from tests.e2e.waiting import until


@contextmanager
def without_action(deployment: Deployment, function: str, action: str, resource: str) -> Iterator[None]:
    """Take one action, on resources that end in `resource`, out of a function's policy; put it back afterwards."""
    iam, role = deployment.client("iam"), role_of(deployment, function)
    policies = inline_policies(deployment, role)
    changed = {name: _without(document, action, resource) for name, document in policies.items()}
    assert changed != policies, f"{function} has no {action} on {resource}"
    try:
        for name, document in changed.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        yield
    finally:
        for name, document in policies.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    assert inline_policies(deployment, role) == policies


def _without(document: dict[str, Any], action: str, resource: str) -> dict[str, Any]:
    statements = []
    for statement in document["Statement"]:
        actions = statement["Action"]
        if isinstance(statement["Resource"], str) and statement["Resource"].endswith(resource):
            actions = [one for one in actions if one != action]
        if actions:
            statements.append({**statement, "Action": actions})
    return {**document, "Statement": statements}


@contextmanager
def timeout_of(deployment: Deployment, function: str, timeout_s: int) -> Iterator[None]:
    client, name = deployment.client("lambda"), deployment.function(function)
    before = client.get_function_configuration(FunctionName=name)["Timeout"]
    client.update_function_configuration(FunctionName=name, Timeout=timeout_s)
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Timeout=before)


def worker_pids(deployment: Deployment, function: str) -> list[int]:
    """The processes in which the local AWS runs a function: each runs a script below the state folder."""
    assert deployment.state_dir, "only of a local AWS of the tests' own"
    folder = Path(deployment.state_dir).resolve() / "tmp"
    marker = f"{folder}/ministack-lambda-{deployment.function(function)}-"
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(part.startswith(marker) and part.endswith("/_worker.py") for part in command):
            found.append(int(entry.name))
    return found


class FailureQueue:
    """The on-failure queue of a function: what Lambda could not deliver."""

    def __init__(self, deployment: Deployment, function: str = "answer") -> None:
        self._sqs = deployment.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=f"{deployment.prefix}-{function}-failures")["QueueUrl"]

    def receive(self, fits: Callable[[dict[str, Any]], bool], timeout_s: float = 20.0) -> dict[str, Any]:
        """Wait for the record of an invocation whose payload fits; others are put aside."""

        def find() -> dict[str, Any] | None:
            reply = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in reply.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                record = json.loads(message["Body"])
                if fits(record["requestPayload"]):
                    return dict(record)
            return None

        return until(find, timeout_s, "a record in the on-failure queue")


def log_text(deployment: Deployment) -> str:
    """Everything that the functions logged, from CloudWatch Logs."""
    logs = deployment.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{deployment.prefix}")
    groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    texts = []
    for group in groups:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        texts += [event["message"] for page in pages for event in page["events"]]
    return "\n".join(texts)
