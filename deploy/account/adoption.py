"""What an earlier `destroy` kept (tables, buckets, the user pool), taken up again by a new foundation.

People's ids come from the pool and their rows name them: a new pool beside the old tables would orphan everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.account.cloudformation import import_resources
from deploy.environment import DeploymentError, Stage

Say = Callable[[str], None]

RESOURCE = re.compile(r"^  (\w+):\n(?:    .*\n)+", re.MULTILINE)
# What a kept resource says of those made anew. It is left out while it is taken up; the stack's update puts it back.
_OF_OTHERS = re.compile(r"^      (?:Cors|Replication)Configuration:.*\n(?:        .*\n)+", re.MULTILINE)
_POOL, _GROUP = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup"
_KINDS = {"AWS::DynamoDB::Table": "table", "AWS::S3::Bucket": "bucket", _POOL: "user pool", _GROUP: "group"}
_IDENTIFIERS = {"table": "TableName", "bucket": "BucketName", "user pool": "UserPoolId", "group": "GroupName"}


@dataclass(frozen=True)
class Kept:
    """A resource that exists. kind: table, bucket, user pool or group; text: its part of the template.

    pool: whose group it is.
    """

    logical_id: str
    resource_type: str
    name: str
    text: str
    pool: str = ""

    @property
    def kind(self) -> str:
        return _KINDS[self.resource_type]

    def to_import(self) -> dict[str, Any]:
        identifier = {_IDENTIFIERS[self.kind]: self.name} | ({"UserPoolId": self.pool} if self.pool else {})
        return {
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.resource_type,
            "ResourceIdentifier": identifier,
        }


def adopt(stage: Stage, name: str, body: str, parameters: Mapping[str, str], say: Say) -> bool:
    """Begin the stack with what is kept, and nothing else; True when there was anything."""
    kept = find(stage, body)
    if not kept:
        return False
    for resource in kept:
        say(f"taking up {resource.kind} {resource.name}")
    resources = [resource.to_import() for resource in kept]
    import_resources(stage, name, alone(body, kept), parameters, resources=resources, say=say)
    return True


def alone(body: str, kept: Iterable[Kept]) -> str:
    """The template with these resources and no others."""
    head = body[: body.index("\nResources:\n")] + "\nResources:\n"
    return head + "".join(_OF_OTHERS.sub("", resource.text) for resource in kept)


def find(stage: Stage, body: str) -> list[Kept]:
    """Resources of a template that outlive their stack, as far as they exist. Raises DeploymentError."""
    found = []
    for match in RESOURCE.finditer(body[body.index("\nResources:\n") : body.index("\nOutputs:\n")]):
        text, logical_id = match[0], match[1]
        resource_type = _property(text, "Type")
        if "DeletionPolicy: RetainExceptOnCreate" in text and resource_type in _KINDS:
            name = _existing(stage, resource_type, text)
            of_pool = pool(stage) or "" if resource_type == _GROUP else ""
            found += [Kept(logical_id, resource_type, name, text, of_pool)] if name else []
    return found


def _existing(stage: Stage, resource_type: str, text: str) -> str | None:
    if resource_type == _POOL:
        return pool(stage)
    if resource_type == _GROUP:
        name, of_pool = _property(text, "GroupName"), pool(stage)
        get = stage.client("cognito-idp").get_group
        return name if of_pool and _answers(get, UserPoolId=of_pool, GroupName=name) else None
    if resource_type == "AWS::DynamoDB::Table":
        name = _written_out(stage, _property(text, "TableName"))
        return name if _answers(stage.client("dynamodb").describe_table, TableName=name) else None
    name = _written_out(stage, _property(text, "BucketName"))
    return name if has_bucket(stage, name) else None


def has_bucket(stage: Stage, name: str) -> bool:
    return _answers(stage.client("s3").head_bucket, Bucket=name)


def pool(stage: Stage) -> str | None:
    """A pool's id is made up by Cognito, so it is found by the stage's name, which only one may have."""
    pages = stage.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
    pools = [pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == stage.prefix]
    if len(pools) > 1:
        raise DeploymentError(f"several user pools are called {stage.prefix}; delete all but one: {', '.join(pools)}")
    return pools[0] if pools else None


def _answers(call: Callable[..., Any], **arguments: str) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ResourceNotFoundException", "404", "NoSuchBucket"}:
            return False
        raise
    return True


def _property(text: str, name: str) -> str:
    match = re.search(rf"^ +{name}: (?:!Sub )?(\S+)$", text, re.MULTILINE)
    if match is None:
        raise ValueError(f"the template's part has no {name}: {text}")
    return match[1]


def _written_out(stage: Stage, name: str) -> str:
    known = {"${Stage}": stage.name, "${AWS::AccountId}": stage.account_id, "${AWS::Region}": stage.region}
    for variable, value in known.items():
        name = name.replace(variable, value)
    return name
