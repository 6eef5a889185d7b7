"""IAM policies, written from the grants of `chalicelib/functions.py`: one per function, by one table.

Owns which IAM actions and resources an operation needs. Does not own who may do what: that is in the functions' rows.
Output depends on the grants and the place alone, so an unchanged tree gives byte-identical files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

APP = "chatapp"
API_HANDLER = "api_handler"
Statement = dict[str, Any]


class Grant(Protocol):
    """`chalicelib.aws.grants.Grant`, without importing the app."""

    @property
    def kind(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def operations(self) -> tuple[str, ...]: ...


class UnknownGrant(ValueError):
    """A grant of a kind, or of an operation, that the tables below do not know."""


@dataclass(frozen=True)
class InferenceProfile:
    """A Bedrock inference profile and the foundation models, one per region, that it routes to (all ARNs)."""

    arn: str
    model_arns: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a stage lives.

    socket_api_id: None until the first deployment has made the API; nothing may push until then.
    profiles: empty where the model is not asked through Bedrock. user_pool_arn, distribution_id: None before the
    foundation is laid. answer_qualifier: of the alias that `answer` is invoked by; "" for none. is_traced: by X-Ray.
    """

    stage: str
    region: str
    account_id: str
    socket_api_id: str | None = None
    profiles: tuple[InferenceProfile, ...] = ()
    user_pool_arn: str | None = None
    distribution_id: str | None = None
    is_traced: bool = False
    partition: str = "aws"
    answer_qualifier: str = ""

    @property
    def prefix(self) -> str:
        return f"{APP}-{self.stage}"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def function_name(self, function: str) -> str:
        """Chalice names the function of all routes after the app and the stage alone."""
        return self.prefix if function == API_HANDLER else f"{self.prefix}-{function}"


# What IAM checks for each operation of AWS's API. A transaction has no action of its own: IAM checks its items',
# and so it is granted by those.
ACTIONS: dict[str, dict[str, str]] = {
    "table": {
        "GetItem": "dynamodb:GetItem",
        "PutItem": "dynamodb:PutItem",
        "UpdateItem": "dynamodb:UpdateItem",
        "DeleteItem": "dynamodb:DeleteItem",
        "ConditionCheckItem": "dynamodb:ConditionCheckItem",
        "Query": "dynamodb:Query",
        "Scan": "dynamodb:Scan",
        "BatchGetItem": "dynamodb:BatchGetItem",
        "BatchWriteItem": "dynamodb:BatchWriteItem",
        "CreateTable": "dynamodb:CreateTable",
        "DescribeTable": "dynamodb:DescribeTable",
        "DeleteTable": "dynamodb:DeleteTable",
    },
    "index": {"Query": "dynamodb:Query"},
    "export": {
        "DescribeContinuousBackups": "dynamodb:DescribeContinuousBackups",
        "ExportTableToPointInTime": "dynamodb:ExportTableToPointInTime",
        "DescribeExport": "dynamodb:DescribeExport",
    },
    "archive": {
        "GetObject": "s3:GetObject",
        "ListObjectVersions": "s3:ListBucketVersions",
        "RestoreObject": "s3:RestoreObject",
    },
    # `s3:ListBucket` is nobody's: whether an object is there, the versions under its prefix tell (`aws/bucket.py`).
    "bucket": {
        "PutObject": "s3:PutObject",
        "PutObjectAcl": "s3:PutObjectAcl",
        "PutObjectRetention": "s3:PutObjectRetention",
        "AbortMultipartUpload": "s3:AbortMultipartUpload",
        "GetObject": "s3:GetObject",
        "GetObjectVersion": "s3:GetObjectVersion",
        "DeleteObjectVersion": "s3:DeleteObjectVersion",
        "ListObjectVersions": "s3:ListBucketVersions",
    },
    "function": {"Invoke": "lambda:InvokeFunction"},
    "sockets": {"PostToConnection": "execute-api:ManageConnections"},
    # The key of a SecureString is `aws/ssm`, whose own policy lets whoever may read the parameter decrypt it.
    "parameter": {"GetParameter": "ssm:GetParameter"},
    # Of a path, which is what IAM is asked about.
    "parameters": {"GetParametersByPath": "ssm:GetParametersByPath"},
    "schedule": {"CreateSchedule": "scheduler:CreateSchedule"},
    "queue": {"SendMessage": "sqs:SendMessage"},
    "topic": {"Publish": "sns:Publish"},
    "pool": {
        "DescribeUserPool": "cognito-idp:DescribeUserPool",
        "ListUsers": "cognito-idp:ListUsers",
        "AdminGetUser": "cognito-idp:AdminGetUser",
        "ListGroups": "cognito-idp:ListGroups",
        "ListUsersInGroup": "cognito-idp:ListUsersInGroup",
        "AdminCreateUser": "cognito-idp:AdminCreateUser",
        "AdminDisableUser": "cognito-idp:AdminDisableUser",
        "AdminEnableUser": "cognito-idp:AdminEnableUser",
        "AdminDeleteUser": "cognito-idp:AdminDeleteUser",
        "AdminUserGlobalSignOut": "cognito-idp:AdminUserGlobalSignOut",
        "AdminListGroupsForUser": "cognito-idp:AdminListGroupsForUser",
        "AdminAddUserToGroup": "cognito-idp:AdminAddUserToGroup",
        "AdminRemoveUserFromGroup": "cognito-idp:AdminRemoveUserFromGroup",
        "CreateGroup": "cognito-idp:CreateGroup",
    },
    "profiles": {"GetInferenceProfile": "bedrock:GetInferenceProfile"},
    "bedrock": {
        "InvokeModelWithResponseStream": "bedrock:InvokeModelWithResponseStream",
    },
    "distribution": {"CreateInvalidation": "cloudfront:CreateInvalidation"},
    "metrics": {"GetMetricData": "cloudwatch:GetMetricData", "DescribeAlarms": "cloudwatch:DescribeAlarms"},
}

# The botocore service that code with such a grant calls; Lambda itself sends to the on-failure queue.
CLIENTS: dict[str, str | None] = {
    "table": "dynamodb",
    "index": "dynamodb",
    "export": "dynamodb",
    "bucket": "s3",
    "archive": "s3",
    "function": "lambda",
    "sockets": "apigatewaymanagementapi",
    "parameter": "ssm",
    "parameters": "ssm",
    "schedule": "scheduler",
    "queue": None,
    "topic": "sns",
    "pool": "cognito-idp",
    "profiles": "bedrock",
    "bedrock": "bedrock-runtime",
    "distribution": "cloudfront",
    "metrics": "cloudwatch",
}


def clients(grants: Mapping[str, Iterable[Grant]]) -> tuple[str, ...]:
    """The botocore services that the functions call, sorted: what the package must hold descriptions of."""
    found = {CLIENTS[_known(grant).kind] for function in grants.values() for grant in function}
    return tuple(sorted(service for service in found if service))


def document(function: str, grants: Iterable[Grant], place: Place) -> dict[str, Any]:
    """The policy of one function. Raises UnknownGrant."""
    statements = [_logs(function, place), *([_TRACES] if place.is_traced else [])]
    for grant in grants:
        statements += RESOURCES[_known(grant).kind](grant, place)
    return {"Version": "2012-10-17", "Statement": statements}


def write(grants: Mapping[str, Iterable[Grant]], place: Place, folder: Path) -> list[str]:
    """Write `policy-FUNCTION.json` for every function into `folder`; returns the functions' names, sorted."""
    for function, of_function in grants.items():
        text = json.dumps(document(function, of_function, place), indent=2) + "\n"
        (folder / f"policy-{function}.json").write_text(text)
    return sorted(grants)


def _known(grant: Grant) -> Grant:
    if grant.kind not in ACTIONS:
        raise UnknownGrant(f"unknown kind of grant: {grant.kind} {grant.resource}")
    unknown = [operation for operation in grant.operations if operation not in ACTIONS[grant.kind]]
    if unknown:
        raise UnknownGrant(f"unknown operation of {grant.kind} {grant.resource}: {', '.join(unknown)}")
    return grant


def _allow(
    grant: Grant,
    resource: str | list[str],
    condition: dict[str, Any] | None = None,
    operations: Iterable[str] | None = None,
) -> Statement:
    """operations: those of the grant that are meant, by default all."""
    actions = sorted({ACTIONS[grant.kind][each] for each in (grant.operations if operations is None else operations)})
    statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


# Traces have no resource of their own. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
_TRACES: Statement = {
    "Effect": "Allow",
    "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    "Resource": "*",
}


def _logs(function: str, place: Place) -> Statement:
    group = place.arn("logs", f"log-group:/aws/lambda/{place.function_name(function)}:*")
    return {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": group}


def _table(grant: Grant, place: Place) -> list[Statement]:
    name = grant.resource if grant.resource.startswith(".") else f"-{grant.resource}"
    return [_allow(grant, place.arn("dynamodb", f"table/{place.prefix}{name}"))]


def _index(grant: Grant, place: Place) -> list[Statement]:
    table, _, index = grant.resource.partition("/")
    if not index:
        raise UnknownGrant(f"an index is granted as table/index: {grant.resource}")
    return [_allow(grant, place.arn("dynamodb", f"table/{place.prefix}-{table}/index/{index}"))]


def _export(grant: Grant, place: Place) -> list[Statement]:
    """An export is asked for of its table, and asked after by an ARN of its own."""
    table = place.arn("dynamodb", f"table/{place.prefix}-{grant.resource}")
    asked = [operation for operation in grant.operations if operation != "DescribeExport"]
    statements = [_allow(grant, table, operations=asked)] if asked else []
    if len(asked) < len(grant.operations):
        statements.append(_allow(grant, f"{table}/export/*", operations=["DescribeExport"]))
    return statements


def _bucket(grant: Grant, place: Place) -> list[Statement]:
    """Objects under one prefix, and lists of them.

    `*` in its place is the whole bucket, a name with a dot one object.
    """
    name, _, prefix = grant.resource.partition("/")
    if not prefix:
        raise UnknownGrant(f"a bucket is granted as bucket/prefix: {grant.resource}")
    bucket = f"arn:{place.partition}:s3:::{place.prefix}-{name}-{place.account_id}-{place.region}"
    objects = [operation for operation in grant.operations if operation not in _ON_BUCKETS]
    under = prefix if prefix == "*" or "." in prefix else f"{prefix}/*"
    statements = [_allow(grant, f"{bucket}/{under}", operations=objects)] if objects else []
    if listed := [operation for operation in grant.operations if operation in _ON_BUCKETS]:
        of_prefix = None if prefix == "*" else {"StringLike": {"s3:prefix": under}}
        statements.append(_allow(grant, bucket, of_prefix, operations=listed))
    return statements


def _archive(grant: Grant, place: Place) -> list[Statement]:
    """The backups of every stage of this account and region."""
    bucket = f"arn:{place.partition}:s3:::{APP}-*-backups-{place.account_id}-{place.region}"
    objects = [operation for operation in grant.operations if operation not in _ON_BUCKETS]
    return [
        _allow(grant, f"{bucket}/*", operations=objects),
        _allow(grant, bucket, operations=[each for each in grant.operations if each in _ON_BUCKETS]),
    ]


def _function(grant: Grant, place: Place) -> list[Statement]:
    arn = place.arn("lambda", f"function:{place.function_name(grant.resource)}")
    if grant.resource == "answer" and place.answer_qualifier:
        # Without the alias, too: while it is switched on, it is invoked as before.
        return [_allow(grant, [arn, f"{arn}:{place.answer_qualifier}"])]
    return [_allow(grant, arn)]


def _sockets(grant: Grant, place: Place) -> list[Statement]:
    if place.socket_api_id is None:
        return []
    return [_allow(grant, place.arn("execute-api", f"{place.socket_api_id}/api/POST/@connections/*"))]


def _parameter(grant: Grant, place: Place) -> list[Statement]:
    return [_allow(grant, place.arn("ssm", f"parameter/{APP}/{place.stage}/{grant.resource}"))]


def _parameters(grant: Grant, place: Place) -> list[Statement]:
    return [_allow(grant, place.arn("ssm", f"parameter/{APP}/{place.stage}"))]


def _schedule(grant: Grant, place: Place) -> list[Statement]:
    role = f"arn:{place.partition}:iam::{place.account_id}:role/{place.prefix}-scheduler-{place.region}"
    pass_role = {
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": role,
        "Condition": {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
    }
    return [_allow(grant, place.arn("scheduler", f"schedule/{place.prefix}/*")), pass_role]


def _queue(grant: Grant, place: Place) -> list[Statement]:
    return [_allow(grant, place.arn("sqs", f"{place.prefix}-{grant.resource}"))]


def _topic(grant: Grant, place: Place) -> list[Statement]:
    return [_allow(grant, place.arn("sns", f"{place.prefix}-{grant.resource}"))]


def _pool(grant: Grant, place: Place) -> list[Statement]:
    """Its name is made by Cognito, so only a stage that is laid knows it."""
    return [_allow(grant, place.user_pool_arn)] if place.user_pool_arn else []


def _profiles(grant: Grant, place: Place) -> list[Statement]:
    return [_allow(grant, [profile.arn for profile in place.profiles])] if place.profiles else []


def _bedrock(grant: Grant, place: Place) -> list[Statement]:
    """Bedrock asks for the profile, and for the model in each region, which is allowed through the profile only."""
    if not place.profiles:
        return []
    arns = [profile.arn for profile in place.profiles]
    models = sorted({arn for profile in place.profiles for arn in profile.model_arns})
    through = {"StringEquals": {"bedrock:InferenceProfileArn": arns}}
    return [_allow(grant, arns), _allow(grant, models, through)]


def _distribution(grant: Grant, place: Place) -> list[Statement]:
    """CloudFront makes its id, and knows no regions."""
    if place.distribution_id is None:
        return []
    return [_allow(grant, f"arn:{place.partition}:cloudfront::{place.account_id}:distribution/{place.distribution_id}")]


def _metrics(grant: Grant, place: Place) -> list[Statement]:
    """On everything of the account: metrics are no resources of IAM's, and alarms of alarms are told on `*` alone.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    in_region = {"StringEquals": {"aws:RequestedRegion": place.region}}
    return [_allow(grant, "*", in_region)]


# Operations on a bucket itself, which are limited to a prefix by a condition.
_ON_BUCKETS = {"ListObjectVersions"}


RESOURCES: dict[str, Callable[[Grant, Place], list[Statement]]] = {
    "table": _table,
    "index": _index,
    "export": _export,
    "bucket": _bucket,
    "archive": _archive,
    "function": _function,
    "sockets": _sockets,
    "parameter": _parameter,
    "parameters": _parameters,
    "schedule": _schedule,
    "queue": _queue,
    "topic": _topic,
    "pool": _pool,
    "profiles": _profiles,
    "bedrock": _bedrock,
    "distribution": _distribution,
    "metrics": _metrics,
}
