"""What to do where whoever deploys may not: the action and resource that AWS refused, as a statement to add.

AWS names them in its own words, in an error of its API or within a stack's event:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from botocore.exceptions import ClientError

_CODES = {
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "UnauthorizedOperation",
    "403",
}
_WORDS = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[a-z0-9-]+:\w+)"
    r"(?: on resource: (?P<resource>\S+?)(?=[\s,;)\"']|\.?$|\. ))?"
)
# Where it is not the caller's own policies that refuse, a statement in them helps nothing.
_ELSEWHERE = {
    "permissions boundary": "its permissions boundary must allow that too",
    "service control policy": "the organisation's service control policies refuse it: ask who administers it",
    "explicit deny": "a statement denies it explicitly, which no other can allow: take that one away",
    "resource-based policy": "the resource's own policy refuses it",
}
# What an operation of S3 needs is not always called as the operation, and HeadObject's refusal has no words.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTIONS = {
    "HeadObject": "s3:GetObject",
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}


def advice(error: Exception) -> str | None:
    """What was refused, and the statement; None for an error that is about something else."""
    text = str(error)
    if found := _WORDS.search(text):
        return _named(found["who"], found["action"], found["resource"], text)
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in _CODES:
        return _unnamed(error)
    return None


def _named(who: str | None, action: str, resource: str | None, text: str) -> str:
    elsewhere = [said for words, said in _ELSEWHERE.items() if words in text]
    told = f"{who or 'whoever deploys'} may not {action}" + (f" on {resource}" if resource else "")
    then = "; ".join([*elsewhere, "then repeat: a deployment goes on where it stopped"])
    return f"{told}. Add this statement to its policy, {then}\n{json.dumps(_statement(action, resource))}"


def _unnamed(error: ClientError) -> str:
    """AWS said no more than that."""
    operation = error.operation_name
    told = f"whoever deploys may not call {operation} ({error.response['Error']['Code']})"
    action = _ACTIONS.get(operation)
    if action is None:
        return f"{told}: AWS names no action; allow the one of that name, then repeat. It said: {error}"
    return f"{told}. Add this statement to its policy, then repeat\n{json.dumps(_statement(action, None))}"


def _statement(action: str, resource: str | None) -> Mapping[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource or "*"}
