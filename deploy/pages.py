"""Published pages at a deployment: written anew by the version of the app that was just deployed.

What they are made of is the app's (`chalicelib/twin/page`); here stands whose there are, and that each was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage
from deploy.functions import app_modules
from deploy.site import SHELL


def keep_shell(stage: Stage) -> bool:
    """Have the application's page under its name before CloudFront asks for it; of a stage of before it had one.

    Then it was index.html. Without a copy, links into the application would fail until the site is synced.
    """
    client, bucket = stage.client("s3"), stage.site_bucket
    try:
        client.head_object(Bucket=bucket, Key=SHELL)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
    else:
        return False
    try:
        client.copy_object(Bucket=bucket, Key=SHELL, CopySource={"Bucket": bucket, "Key": "index.html"})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchBucket", "NoSuchKey"}:
            raise
        return False
    return True


def render(stage: Stage) -> list[str]:
    """Have every twin's page written; returns their handles. Raises DeploymentError.

    `me` is among them always: where nothing is published, its page says so.
    """
    handles = sorted({app_modules.page_keys().ROOT_HANDLE, *_published(stage)})
    for handle in handles:
        _render(stage, handle)
    return handles


def _published(stage: Stage) -> Iterator[str]:
    """Handles that have a published version: a few rows among all drafts, read once a deployment."""
    pages = (
        stage.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=f"{stage.prefix}-twins",
            FilterExpression="#item = :published",
            ProjectionExpression="#handle",
            ExpressionAttributeNames={"#item": "item", "#handle": "handle"},
            ExpressionAttributeValues={":published": {"S": "published"}},
        )
    )
    for page in pages:
        yield from (row["handle"]["S"] for row in page["Items"])


def _render(stage: Stage, handle: str) -> None:
    name = f"{stage.prefix}-publish"
    payload = json.dumps({"handle": handle})
    reply = stage.client("lambda").invoke(FunctionName=name, InvocationType="RequestResponse", Payload=payload)
    if reply.get("FunctionError"):
        raise DeploymentError(
            f"the page of {handle} could not be written: the function {name} failed, and its log says why. The page of"
            f" before stays; ./deploy.sh {stage.name} tries again"
        )
