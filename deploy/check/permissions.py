"""What whoever deploys needs to be allowed, and whether IAM says so, by simulation: nothing is tried.

Owns the list, which docs/operations.md points to. Organizations' own policies are part of the answer; conditions on
tags and addresses are not. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from deploy.check.findings import Findings, note, problem, warning
from deploy.check.target import Target
from deploy.environment import Stage

_AT_ONCE = 50


@dataclass(frozen=True)
class Needed:
    """One statement of the right to deploy: actions of a service, on resources as `Stage` names them."""

    service: str
    actions: Sequence[str]
    resource: str = "*"

    def names(self) -> list[str]:
        return [f"{self.service}:{action}" for action in self.actions]

    def arn(self, stage: Stage) -> str:
        return self.resource.format(
            account=stage.account_id, region=stage.region, prefix=stage.prefix, stage=stage.name
        )


NEEDED = (
    Needed(
        "cloudformation",
        (
            *("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "DescribeStacks"),
            *("DescribeStackEvents", "GetTemplate", "ListStackResources", "DeleteStack"),
        ),
        "arn:aws:cloudformation:{region}:{account}:stack/{prefix}-foundation/*",
    ),
    Needed(
        "lambda",
        (
            *("CreateFunction", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode", "DeleteFunction"),
            *("UpdateFunctionConfiguration", "AddPermission", "RemovePermission", "GetPolicy", "GetAlias"),
            *("ListTags", "TagResource", "UntagResource", "InvokeFunction"),
            *("GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency"),
            *("GetFunctionEventInvokeConfig", "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"),
            *("DeleteFunctionEventInvokeConfig", "GetFunctionRecursionConfig", "PutFunctionRecursionConfig"),
        ),
        "arn:aws:lambda:{region}:{account}:function:{prefix}",
    ),
    Needed("lambda", ("PublishLayerVersion",), "arn:aws:lambda:{region}:{account}:layer:{prefix}-dependencies"),
    Needed(
        "lambda",
        ("GetLayerVersion", "DeleteLayerVersion"),
        "arn:aws:lambda:{region}:{account}:layer:{prefix}-dependencies:1",
    ),
    Needed("lambda", ("ListFunctions", "ListLayerVersions")),
    Needed(
        "iam",
        (
            *("CreateRole", "GetRole", "DeleteRole", "UpdateAssumeRolePolicy", "PassRole"),
            *("PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy", "ListRolePolicies"),
        ),
        "arn:aws:iam::{account}:role/{prefix}-answer-{region}",
    ),
    Needed(
        "dynamodb",
        (
            *("CreateTable", "DescribeTable", "UpdateTable", "DescribeContinuousBackups", "UpdateContinuousBackups"),
            *("DescribeTimeToLive", "UpdateTimeToLive", "GetItem", "PutItem", "UpdateItem", "Scan"),
            *("ListTagsOfResource", "TagResource"),
        ),
        "arn:aws:dynamodb:{region}:{account}:table/{prefix}-messages",
    ),
    Needed(
        "s3",
        (
            *("CreateBucket", "ListBucket", "GetBucketPolicy", "PutBucketPolicy", "PutBucketVersioning"),
            *("PutBucketPublicAccessBlock", "PutLifecycleConfiguration", "PutEncryptionConfiguration"),
            *("GetLifecycleConfiguration", "GetEncryptionConfiguration"),
            *("GetBucketNotification", "PutBucketNotification", "PutBucketObjectLockConfiguration"),
        ),
        "arn:aws:s3:::{prefix}-site-{account}-{region}",
    ),
    Needed("s3", ("GetObject", "PutObject", "DeleteObject"), "arn:aws:s3:::{prefix}-site-{account}-{region}/*"),
    Needed(
        "cognito-idp",
        (
            *("DescribeUserPool", "UpdateUserPool", "CreateGroup", "GetGroup", "ListUsers"),
            *("CreateUserPoolClient", "DescribeUserPoolClient", "UpdateUserPoolClient", "AdminListGroupsForUser"),
            *("AdminCreateUser", "AdminGetUser", "AdminAddUserToGroup", "AdminSetUserPassword", "AdminDeleteUser"),
        ),
        "arn:aws:cognito-idp:{region}:{account}:userpool/{region}_any",
    ),
    Needed("apigateway", ("GET", "POST", "PUT", "PATCH", "DELETE"), "arn:aws:apigateway:{region}::/restapis"),
    Needed(
        "cloudfront",
        ("CreateDistribution", "GetDistribution", "UpdateDistribution", "CreateInvalidation", "ListTagsForResource"),
        "arn:aws:cloudfront::{account}:distribution/ANY",
    ),
    Needed(
        "cloudfront",
        (
            *("CreateOriginAccessControl", "CreateResponseHeadersPolicy", "TagResource"),
            *("DescribeFunction", "PublishFunction", "DeleteFunction"),
        ),
    ),
    Needed(
        "cloudwatch",
        (
            *("DescribeAlarms", "PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", "TagResource"),
            *("GetDashboard", "PutDashboard", "DeleteDashboards"),
        ),
    ),
    Needed(
        "ssm",
        ("GetParameter", "PutParameter", "DeleteParameters"),
        "arn:aws:ssm:{region}:{account}:parameter/chatapp/{stage}/anthropic-api-key",
    ),
    Needed(
        "sqs",
        ("CreateQueue", "GetQueueUrl", "GetQueueAttributes", "SetQueueAttributes", "TagQueue"),
        "arn:aws:sqs:{region}:{account}:{prefix}-answer-failures",
    ),
    Needed(
        "logs",
        ("CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "TagResource"),
        "arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{prefix}",
    ),
    Needed(
        "events",
        ("PutRule", "DescribeRule", "ListTargetsByRule", "PutTargets", "RemoveTargets", "DeleteRule"),
        "arn:aws:events:{region}:{account}:rule/{prefix}-sweep-event",
    ),
    Needed(
        "scheduler",
        ("CreateScheduleGroup", "GetScheduleGroup"),
        "arn:aws:scheduler:{region}:{account}:schedule-group/{prefix}",
    ),
    Needed("scheduler", ("GetSchedule", "ListSchedules")),
    Needed("cognito-idp", ("CreateUserPool",)),
    Needed("logs", ("DescribeLogGroups",)),
    Needed(
        "sns",
        ("CreateTopic", "Subscribe", "GetTopicAttributes", "SetTopicAttributes", "TagResource"),
        "arn:aws:sns:{region}:{account}:{prefix}-owner",
    ),
    Needed("sns", ("Unsubscribe",)),
)


def simulated(target: Target) -> Findings:
    """Names the statement that lacks."""
    caller = str(target.stage.client("sts").get_caller_identity()["Arn"])
    if caller.endswith(":root"):
        yield note("the account's root, who may everything: deploy as somebody else")
        return
    try:
        missing = _missing(target, _principal(target, caller))
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDenied", "NoSuchEntity", "InvalidInput"}:
            raise
        yield warning(
            f"what {caller} may could not be simulated ({error.response['Error']['Code']})",
            "allow it iam:SimulatePrincipalPolicy and iam:GetRole on itself; a deployment names what lacks, too",
        )
        return
    for arn, actions in missing.items():
        statement = {"Effect": "Allow", "Action": actions, "Resource": arn}
        yield problem(
            f"{caller} may not {', '.join(actions)}", f"add this statement to its policy: {json.dumps(statement)}"
        )


def _missing(target: Target, principal: str) -> Mapping[str, list[str]]:
    """Refused actions, by the resource that they are asked of."""
    found: dict[str, list[str]] = {}
    for needed in NEEDED:
        arn = needed.arn(target.stage)
        refused = list(_refused(target, principal, needed.names(), arn))
        if refused:
            found.setdefault(arn, []).extend(refused)
    return found


def _refused(target: Target, principal: str, actions: Sequence[str], arn: str) -> Iterator[str]:
    pages = target.stage.client("iam").get_paginator("simulate_principal_policy")
    asked = {"PolicySourceArn": principal, "ActionNames": list(actions), "ResourceArns": [arn]}
    for page in pages.paginate(**asked, PaginationConfig={"PageSize": _AT_ONCE}):
        for each in page["EvaluationResults"]:
            if each["EvalDecision"] != "allowed":
                yield each["EvalActionName"]


def _principal(target: Target, caller: str) -> str:
    """A session is asked after by its role, whose path the session's ARN leaves out."""
    if ":assumed-role/" not in caller:
        return caller
    role = caller.split("/")[1]
    return str(target.stage.client("iam").get_role(RoleName=role)["Role"]["Arn"])
