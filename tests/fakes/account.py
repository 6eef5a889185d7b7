"""An AWS account with one stage, as everything that reads it sees it; each reply can be replaced.

Every reply is held against botocore's model of it (`fakes/clients.py`), and every call is written down.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy import steps
from deploy.account import cloudformation
from deploy.check.findings import Findings
from deploy.check.target import Target
from deploy.environment import ApiIds, Settings, Stage
from deploy.functions import app_modules, policies
from deploy.progress import Progress
from tests.fakes import clients
from tests.fakes.aws import client_error

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops/deployer"
MADE = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 29, 6, tzinfo=UTC).timestamp()
TABLES = ("conversations", "messages", "files", "frames", "usage", "sockets", "people", "commentaires")
BUCKETS = ("site", "files", "backups", "artifacts")
Reply = Mapping[str, Any] | Exception
# Of a resource that was changed or deleted beside its stack, but for which of both.
DRIFTED = {
    "StackId": "s",
    "LogicalResourceId": "PeopleTable",
    "PhysicalResourceId": "people",
    "ResourceType": "AWS::DynamoDB::Table",
    "Timestamp": datetime.fromtimestamp(NOW, UTC),
}


@dataclass(frozen=True)
class AccountStage(Stage):
    """replies: by `service.operation`, in place of a sound account's. called: each call, so written."""

    replies: dict[str, Reply] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    made: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, **replies: Reply) -> AccountStage:
        """replies: `service__operation`."""
        made = cls("prod", "eu-west-1", replies={name.replace("__", "."): reply for name, reply in replies.items()})
        made.__dict__["account_id"] = ACCOUNT
        return made

    def client(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = clients.client(service, _Service(self, service))
        return self.made[service]


class _Service:
    def __init__(self, stage: AccountStage, service: str) -> None:
        self._stage, self._service = stage, service

    def __getattr__(self, operation: str) -> Callable[..., Reply]:
        def carry_out(**asked: Any) -> Reply:
            name = f"{self._service.replace('-', '_')}.{operation}"
            self._stage.called.add(name)
            found = self._stage.replies.get(name)
            if found is None:
                found = getattr(_Sound(self._stage), name.replace(".", "_"))(asked)
            if isinstance(found, Exception):
                raise found
            return found

        return carry_out


def settings(**changed: Any) -> Settings:
    wanted = {"alarms": "essential", "owner_email": "ada@example.com"}
    return Settings(app={"model_provider": "anthropic", "stage_budget_usd": 50}, **{**wanted, **changed})


def deployment(stage: Stage, wanted: Settings) -> steps.Deployment:
    foundation = {
        "UserPoolArn": f"arn:aws:cognito-idp:{stage.region}:{ACCOUNT}:userpool/{stage.region}_1",
        "UserPoolId": f"{stage.region}_1",
        "DistributionId": "E1",
        "DistributionDomain": "d1.cloudfront.net",
    }
    made = steps.Deployment(stage, wanted, Progress(), app_modules.functions(), stage.build)
    made.foundation, made.ids = foundation, ApiIds("rest1", "sock1")
    return made


def target(stage: AccountStage, wanted: Settings | None = None, **shell: str) -> Target:
    """What is looked at. shell: more of the environment than a path."""
    return Target(stage, deployment(stage, wanted or settings()), {"PATH": "/usr/bin:/bin", **shell}, None, NOW)


def said(found: Findings) -> list[str]:
    """What is not well, as it is printed."""
    return [str(each) for each in found if each.level != "ok"]


class _Sound:
    """What each operation answers where all is well, by what was asked."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._of = deployment(stage, settings())

    def _function(self, deployed: str) -> str:
        return next(name for name in self._of.functions if self._of.place.function_name(name) == deployed)

    def sts_get_caller_identity(self, asked: Any) -> Reply:
        return {"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/me", "UserId": "x"}

    def iam_get_role(self, asked: Any) -> Reply:
        about = {"Path": "/", "RoleName": asked["RoleName"], "RoleId": "AROA" + "x" * 16, "CreateDate": MADE}
        return {"Role": {**about, "Arn": ROLE}}

    def iam_simulate_principal_policy(self, asked: Any) -> Reply:
        assert asked["PolicySourceArn"] == ROLE
        return {"EvaluationResults": [{"EvalActionName": a, "EvalDecision": "allowed"} for a in asked["ActionNames"]]}

    def iam_list_role_policies(self, asked: Any) -> Reply:
        return {"PolicyNames": [asked["RoleName"]]}

    def iam_list_attached_role_policies(self, asked: Any) -> Reply:
        return {"AttachedPolicies": []}

    def iam_get_role_policy(self, asked: Any) -> Reply:
        role = asked["RoleName"]
        name = next(each for each in self._of.functions if self._stage.role_name(each) == role)
        document = policies.document(name, self._of.functions[name].allowed, self._of.place)
        return {"RoleName": role, "PolicyName": role, "PolicyDocument": json.dumps(document)}

    def lambda_get_account_settings(self, asked: Any) -> Reply:
        return {"AccountLimit": {"ConcurrentExecutions": 1000}}

    def lambda_get_function_configuration(self, asked: Any) -> Reply:
        name = self._function(asked["FunctionName"])
        row = self._of.functions[name]
        return {
            "FunctionName": asked["FunctionName"],
            "Runtime": "python3.13",
            "State": "Active",
            "MemorySize": row.memory_mb,
            "Timeout": row.timeout_s,
            "Role": f"arn:aws:iam::{ACCOUNT}:role/{self._stage.role_name(name)}",
            "CodeSha256": "c2hhMjU2",
            "Environment": {"Variables": {**self._of.variables()}},
        }

    def lambda_get_function_concurrency(self, asked: Any) -> Reply:
        return {}

    def lambda_get_function_event_invoke_config(self, asked: Any) -> Reply:
        events = self._of.functions[self._function(asked["FunctionName"])].events
        assert events is not None
        arn = self._of.place.arn("sqs", f"{self._stage.prefix}-{events.failures}")
        return {"DestinationConfig": {"OnFailure": {"Destination": arn}}}

    def ssm_get_parameter(self, asked: Any) -> Reply:
        if asked["Name"] == self._stage.live_parameter:
            return {"Parameter": {"Name": asked["Name"], "Value": '{"values": {"user_budget_usd": "5"}}'}}
        return {"Parameter": {"Name": asked["Name"], "Value": "demo"}}

    def cloudformation_describe_stacks(self, asked: Any) -> Reply:
        return {"Stacks": [{"StackName": asked["StackName"], "StackStatus": "UPDATE_COMPLETE", "CreationTime": MADE}]}

    def cloudformation_get_template(self, asked: Any) -> Reply:
        name = asked["StackName"].removeprefix(f"{self._stage.prefix}-")
        files = steps.templates(self._stage, self._of.settings)
        return {"TemplateBody": files["edge.yaml" if name.startswith("edge-eu") else f"{name}.yaml"]}

    def cloudformation_detect_stack_drift(self, asked: Any) -> Reply:
        return {"StackDriftDetectionId": "d"}

    def cloudformation_describe_stack_drift_detection_status(self, asked: Any) -> Reply:
        about = {"StackId": "s", "StackDriftDetectionId": "d", "Timestamp": MADE}
        return {**about, "DetectionStatus": "DETECTION_COMPLETE"}

    def cloudformation_describe_stack_resource_drifts(self, asked: Any) -> Reply:
        return {"StackResourceDrifts": []}

    def cloudformation_list_stack_resources(self, asked: Any) -> Reply:
        place = f"{ACCOUNT}-{self._stage.region}"
        named = [("AWS::DynamoDB::Table", f"{self._stage.prefix}-{name}") for name in TABLES]
        named += [("AWS::S3::Bucket", f"{self._stage.prefix}-{name}-{place}") for name in BUCKETS]
        about = {"ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": MADE}
        return {
            "StackResourceSummaries": [
                {**about, "LogicalResourceId": name, "PhysicalResourceId": name, "ResourceType": kind}
                for kind, name in named
            ]
        }

    def events_describe_rule(self, asked: Any) -> Reply:
        return {"Name": asked["Name"], "State": "ENABLED"}

    def events_list_targets_by_rule(self, asked: Any) -> Reply:
        return {"Targets": [{"Id": "1", "Arn": "arn:aws:lambda:::function:x"}]}

    def s3_get_object(self, asked: Any) -> Reply:
        if asked["Key"] == "index.json":
            backups = [{"id": "2026-11-29T02-00-00Z", "kept": "nightly"}]
            drills = [{"at": NOW - 3600, "id": "2026-11-29T02-00-00Z", "passed": True}]
            return _body({"backups": backups, "drills": drills, "failures": []})
        rule = {"name": "sweep-event", "resource_type": "cloudwatch_event", "rule_name": f"{self._stage.prefix}-sweep"}
        apis = [
            {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": "rest1"},
            {"name": "websocket_api", "resource_type": "websocket_api", "websocket_api_id": "sock1"},
        ]
        return _body({"resources": [rule, *apis], "schema_version": "2.0"})

    def s3_get_bucket_notification_configuration(self, asked: Any) -> Reply:
        arn = self._of.place.arn("lambda", f"function:{self._stage.prefix}-extract")
        return {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:Post"]}]}

    def s3_get_public_access_block(self, asked: Any) -> Reply:
        names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        return {"PublicAccessBlockConfiguration": dict.fromkeys(names, True)}

    def s3_get_bucket_versioning(self, asked: Any) -> Reply:
        return {"Status": "Enabled"}

    def s3_get_object_lock_configuration(self, asked: Any) -> Reply:
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}

    def sqs_get_queue_url(self, asked: Any) -> Reply:
        return {"QueueUrl": f"https://sqs/{asked['QueueName']}"}

    def sqs_get_queue_attributes(self, asked: Any) -> Reply:
        return {"Attributes": {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}}

    def logs_describe_log_groups(self, asked: Any) -> Reply:
        names = [f"/aws/lambda/{self._of.place.function_name(name)}" for name in self._of.functions]
        return {"logGroups": [{"logGroupName": name, "retentionInDays": 30} for name in names]}

    def dynamodb_describe_table(self, asked: Any) -> Reply:
        return {"Table": {"TableStatus": "ACTIVE", "DeletionProtectionEnabled": True}}

    def dynamodb_describe_continuous_backups(self, asked: Any) -> Reply:
        past = {"PointInTimeRecoveryStatus": "ENABLED"}
        both = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": past}
        return {"ContinuousBackupsDescription": both}

    def dynamodb_describe_time_to_live(self, asked: Any) -> Reply:
        expires = asked["TableName"].endswith(cloudformation.EXPIRING)
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED" if expires else "DISABLED"}}

    def dynamodb_get_item(self, asked: Any) -> Reply:
        assert asked["Key"]["period"] == {"S": "2026-11"}
        return {"Item": {"cost_micro_usd": {"N": "1000000"}}}

    def apigateway_get_stage(self, asked: Any) -> Reply:
        return {"methodSettings": {"*/*": {"throttlingRateLimit": 50.0, "throttlingBurstLimit": 100}}}

    def apigatewayv2_get_stage(self, asked: Any) -> Reply:
        limits = {"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 100}
        return {"StageName": "api", "DefaultRouteSettings": limits}

    def cognito_idp_describe_user_pool(self, asked: Any) -> Reply:
        return {"UserPool": {"EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"}}}

    def cloudfront_get_distribution(self, asked: Any) -> Reply:
        return {"Distribution": distribution("Deployed", enabled=True)}

    def budgets_describe_budgets(self, asked: Any) -> Reply:
        return {"Budgets": []}

    def cloudwatch_describe_alarms(self, asked: Any) -> Reply:
        well = {"ActionsEnabled": True, "StateValue": "OK"}
        return {"MetricAlarms": [{"AlarmName": name, **well} for name in asked["AlarmNames"]], "CompositeAlarms": []}

    def sns_list_subscriptions_by_topic(self, asked: Any) -> Reply:
        arn = f"{asked['TopicArn']}:8a21d249-4329-4871-acc6-7be709c6ea7f"
        return {"Subscriptions": [{"SubscriptionArn": arn, "Protocol": "email"}]}

    def acm_list_certificates(self, asked: Any) -> Reply:
        return {"CertificateSummaryList": []}


def distribution(status: str, *, enabled: bool) -> Mapping[str, Any]:
    behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"}
    origins = {"Quantity": 1, "Items": [{"Id": "site", "DomainName": "site"}]}
    config = {"CallerReference": "c", "Origins": origins, "DefaultCacheBehavior": behavior, "Comment": ""}
    about = {"Id": "E1", "ARN": "arn", "LastModifiedTime": MADE, "InProgressInvalidationBatches": 0}
    return {**about, "DomainName": "d1", "Status": status, "DistributionConfig": {**config, "Enabled": enabled}}


def _body(value: object) -> Reply:
    return {"Body": io.BytesIO(json.dumps(value).encode())}


def missing(operation: str, code: str) -> Exception:
    return client_error(code, operation)


def days(count: float) -> datetime:
    return datetime.fromtimestamp(NOW, UTC) + timedelta(days=count)
