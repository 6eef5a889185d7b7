"""CloudFormation, as far as a deployment uses it: stacks whose resources are made by calling AWS, here moto.

moto's own CloudFormation has half of the templates' types, changes no table, imports nothing, and leaves what a failed
creation made. Here are the rules that a deployment relies on, as documented: a failed creation is rolled back and
deletes what it made, RetainExceptOnCreate included
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html); what is protected
cannot be deleted; an import takes up what exists; a change of a name is a replacement. A template's properties become
parameters of the service's own calls, so that botocore checks those as well. Served behind real clients: see
`tests/fakes/clients.py`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes.aws import client_error
from tests.resolved import Template

Properties = Mapping[str, Any]
Clients = Callable[[str], Any]
PROTECTED = "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection."


@dataclass(frozen=True)
class Kind:
    """A type of resource. make: from its properties, returns its physical id; change: to other properties; remove.

    attributes: what `!GetAtt` says beyond the ARN. renamed: the property whose change makes it anew.
    """

    make: Callable[[Clients, Properties], str]
    remove: Callable[[Clients, str], object] = lambda clients, name: None
    change: Callable[[Clients, str, Properties], object] = lambda clients, name, properties: None
    attributes: Callable[[Clients, str], dict[str, str]] = lambda clients, name: {}
    renamed: str = ""


@dataclass
class Stack:
    """resources: what was made, by logical id: its type, properties, physical id and part of the template."""

    name: str
    stack_id: str
    status: str
    body: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def say(self, logical_id: str, kind: str, status: str, reason: str = "") -> None:
        event = {"StackId": self.stack_id, "EventId": str(len(self.events)), "StackName": self.name}
        event |= {"LogicalResourceId": logical_id, "ResourceType": kind, "ResourceStatus": status}
        self.events.insert(0, {**event, "ResourceStatusReason": reason, "Timestamp": datetime.now(UTC)})


@dataclass
class CloudFormation:
    """The stacks of one region. refuses: what AWS says of a type of resource in place of making it."""

    region: str
    clients: Clients
    stacks: dict[str, Stack] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)

    # --- What is asked --------------------------------------------------------------------------------------------

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        stack = self._stack(StackName)
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()]
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in stack.outputs.items()]
        named = {"StackName": stack.name, "StackId": stack.stack_id, "StackStatus": stack.status}
        return {"Stacks": [{**named, "CreationTime": datetime.now(UTC), "Parameters": parameters, "Outputs": outputs}]}

    def create_change_set(self, StackName: str, ChangeSetType: str, **asked: Any) -> dict[str, Any]:
        if ChangeSetType != "UPDATE":
            assert all(stack.name != StackName or stack.status == "DELETE_COMPLETE" for stack in self.stacks.values())
            stack_id = f"arn:aws:cloudformation:{self.region}:123456789012:stack/{StackName}/{len(self.stacks)}"
            self.stacks[stack_id] = Stack(StackName, stack_id, "REVIEW_IN_PROGRESS")
        change = f"arn:aws:cloudformation:{self.region}:123456789012:changeSet/{asked['ChangeSetName']}"
        self.changes[change] = {"type": ChangeSetType, **asked}
        return {"Id": change, "StackId": self._stack(StackName).stack_id}

    def describe_change_set(self, ChangeSetName: str, StackName: str) -> dict[str, Any]:
        change, stack = self.changes[ChangeSetName], self._stack(StackName)
        if (change["TemplateBody"], _parameters(change)) == (stack.body, stack.parameters):
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        return {"Status": "CREATE_COMPLETE"}

    def delete_change_set(self, ChangeSetName: str, StackName: str) -> None:
        del self.changes[ChangeSetName]

    def execute_change_set(self, ChangeSetName: str, StackName: str) -> None:
        change, stack = self.changes.pop(ChangeSetName), self._stack(StackName)
        stack.say(stack.name, "AWS::CloudFormation::Stack", f"{change['type']}_IN_PROGRESS", "User Initiated")
        stack.body, stack.parameters = change["TemplateBody"], _parameters(change)
        imported = {each["LogicalResourceId"]: each for each in change.get("ResourcesToImport", [])}
        try:
            self._bring(stack, imported)
        except _Failed as failed:
            stack.say(failed.logical_id, failed.kind, "CREATE_FAILED", str(failed))
            if change["type"] != "CREATE":
                raise NotImplementedError("the roll-back of an update") from failed
            stack.status = "ROLLBACK_FAILED" if self._clear(stack, keep="Retain") else "ROLLBACK_COMPLETE"
        else:
            stack.status = f"{change['type']}_COMPLETE"

    def delete_stack(self, StackName: str) -> None:
        stack = self._stack(StackName)
        stack.say(stack.name, "AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS", "User Initiated")
        # Of a stack that was never made, everything goes that its roll-back has left.
        keep = "Retain" if stack.status.startswith(("ROLLBACK", "REVIEW")) else "Retain RetainExceptOnCreate"
        stack.status = "DELETE_FAILED" if self._clear(stack, keep) else "DELETE_COMPLETE"

    def get_template(self, StackName: str) -> dict[str, Any]:
        return {"TemplateBody": self._stack(StackName).body}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        return {"StackEvents": self._stack(StackName).events}

    def describe_events(self, StackName: str) -> dict[str, Any]:
        return {"OperationEvents": []}

    # --- What is done ---------------------------------------------------------------------------------------------

    def _stack(self, name: str) -> Stack:
        """By its id, or by its name where it is not deleted."""
        if name in self.stacks:
            return self.stacks[name]
        for stack in self.stacks.values():
            if stack.name == name and stack.status != "DELETE_COMPLETE":
                return stack
        raise client_error("ValidationError", "DescribeStacks", said=f"Stack with id {name} does not exist")

    def _bring(self, stack: Stack, imported: Mapping[str, Mapping[str, Any]]) -> None:
        """Make and change what the template declares."""
        ids: dict[str, str] = {}
        attributes: dict[str, str] = {}
        for logical_id in Template(stack.body, stack.parameters, self.region).in_order:
            # Each is filled in anew, since it names those before it.
            part = Template(stack.body, stack.parameters, self.region, ids, attributes).resources[logical_id]
            physical_id = self._made(stack, logical_id, part, imported)
            ids[logical_id] = physical_id
            found = KINDS[part["Type"]].attributes(self.clients, physical_id)
            attributes |= {f"{logical_id}.{name}": value for name, value in found.items()}
        stack.outputs = Template(stack.body, stack.parameters, self.region, ids, attributes).outputs

    def _made(self, stack: Stack, logical_id: str, part: dict[str, Any], imported: Mapping[str, Any]) -> str:
        kind, properties = KINDS[part["Type"]], part.get("Properties", {})
        before = stack.resources.get(logical_id)
        if before and before["Properties"].get(kind.renamed) == properties.get(kind.renamed):
            if before["Properties"] != properties:
                kind.change(self.clients, before["id"], properties)
            stack.resources[logical_id] = {**part, "id": before["id"]}
            return str(before["id"])
        try:
            if part["Type"] in self.refuses:
                raise _Failed(logical_id, part["Type"], self.refuses[part["Type"]])
            if logical_id in imported:
                identifiers = imported[logical_id]["ResourceIdentifier"]
                physical_id = "|".join(identifiers[name] for name in sorted(identifiers))
            else:
                physical_id = kind.make(self.clients, properties)
        except ClientError as error:
            raise _Failed(logical_id, part["Type"], str(error)) from error
        stack.resources[logical_id] = {**part, "id": physical_id}
        if before and part.get("UpdateReplacePolicy") != "Retain":
            kind.remove(self.clients, before["id"])
        return str(physical_id)

    def _clear(self, stack: Stack, keep: str) -> bool:
        """Delete what was made, last first, but what its policy keeps; True when something could not be deleted."""
        for logical_id, part in reversed(list(stack.resources.items())):
            if part.get("DeletionPolicy") not in keep.split():
                if part["Properties"].get("DeletionProtection") == "ACTIVE":  # moto deletes such a pool
                    stack.say(logical_id, part["Type"], "DELETE_FAILED", PROTECTED)
                    continue
                try:
                    KINDS[part["Type"]].remove(self.clients, part["id"])
                except ClientError as error:
                    stack.say(logical_id, part["Type"], "DELETE_FAILED", str(error))
                    continue
            del stack.resources[logical_id]
        return bool(stack.resources)


class _Failed(Exception):
    def __init__(self, logical_id: str, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id, self.kind = logical_id, kind


def _parameters(change: Mapping[str, Any]) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in change["Parameters"]}


# --- Kinds of resources -----------------------------------------------------------------------------------------------


def _only(properties: Properties, *names: str) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def _table(clients: Clients, properties: Properties) -> str:
    dynamodb, name = clients("dynamodb"), str(properties["TableName"])
    own = ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    dynamodb.create_table(**_only(properties, *own, "DeletionProtectionEnabled"))
    dynamodb.update_continuous_backups(**_only(properties, "TableName", "PointInTimeRecoverySpecification"))
    if "TimeToLiveSpecification" in properties:
        dynamodb.update_time_to_live(**_only(properties, "TableName", "TimeToLiveSpecification"))
    return name


def _bucket(clients: Clients, properties: Properties) -> str:
    s3, name = clients("s3"), str(properties["BucketName"])
    region = s3.meta.region_name
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    s3.put_public_access_block(Bucket=name, **_only(properties, "PublicAccessBlockConfiguration"))
    _rules(clients, name, properties)
    return name


def _rules(clients: Clients, name: str, properties: Properties) -> None:
    if "CorsConfiguration" in properties:
        names = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}  # CloudFormation's are not S3's
        rules = [
            {names.get(key, key): value for key, value in rule.items()}
            for rule in properties["CorsConfiguration"]["CorsRules"]
        ]
        clients("s3").put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    if "ReplicationConfiguration" in properties:
        role, rules = (properties["ReplicationConfiguration"][key] for key in ("Role", "Rules"))
        rules = [{"ID": rule["Id"], **{key: value for key, value in rule.items() if key != "Id"}} for rule in rules]
        for rule in rules:  # S3 refuses one that is not there or keeps no versions; moto takes it
            destination = rule["Destination"]["Bucket"].rpartition(":")[2]
            assert clients("s3").get_bucket_versioning(Bucket=destination)["Status"] == "Enabled"
        clients("s3").put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": role, "Rules": rules})
    else:
        clients("s3").delete_bucket_replication(Bucket=name)


def _pool(clients: Clients, properties: Properties) -> str:
    own = {name: value for name, value in properties.items() if name not in {"UserPoolName", "EnabledMfas"}}
    asked = {"PoolName": properties["UserPoolName"], **own}  # which kinds of MFA there are is another call's
    return str(clients("cognito-idp").create_user_pool(**asked)["UserPool"]["Id"])


def _group(clients: Clients, properties: Properties) -> str:
    made = clients("cognito-idp").create_group(**properties)["Group"]
    return f"{made['GroupName']}|{made['UserPoolId']}"


def _remove_group(clients: Clients, name: str) -> None:
    group, _, pool = name.partition("|")
    clients("cognito-idp").delete_group(GroupName=group, UserPoolId=pool)


def _client(clients: Clients, properties: Properties) -> str:
    return str(clients("cognito-idp").create_user_pool_client(**properties)["UserPoolClient"]["ClientId"])


def _log_group(clients: Clients, properties: Properties) -> str:
    logs, name = clients("logs"), str(properties["LogGroupName"])
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))
    return name


def _queue(clients: Clients, properties: Properties) -> str:
    attributes = {key: str(value) for key, value in properties.items() if key != "QueueName"}
    return str(clients("sqs").create_queue(QueueName=properties["QueueName"], Attributes=attributes)["QueueUrl"])


def _topic_policy(clients: Clients, properties: Properties) -> str:
    for topic in properties["Topics"]:
        policy = json.dumps(properties["PolicyDocument"])
        clients("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    return "policy"


def _dashboard(clients: Clients, properties: Properties) -> str:
    clients("cloudwatch").put_dashboard(**properties)
    return str(properties["DashboardName"])


def _alarm(clients: Clients, properties: Properties) -> str:
    clients("cloudwatch").put_metric_alarm(**properties)
    return str(properties["AlarmName"])


def _changed_alarm(clients: Clients, name: str, properties: Properties) -> None:
    _alarm(clients, properties)


def _role(clients: Clients, properties: Properties) -> str:
    iam, name = clients("iam"), str(properties["RoleName"])
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]))
    for policy in properties["Policies"]:
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    return name


def _remove_role(clients: Clients, name: str) -> None:
    iam = clients("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _counted(value: Any) -> Any:
    """CloudFront's own form of a list: how many, and which."""
    if isinstance(value, list):
        return {"Quantity": len(value), "Items": [_counted(each) for each in value]}
    return {key: _counted(each) for key, each in value.items()} if isinstance(value, dict) else value


def _distribution(clients: Clients, properties: Properties) -> str:
    config: dict[str, Any] = _counted(properties["DistributionConfig"])
    config["IsIPV6Enabled"] = config.pop("IPV6Enabled")
    for response in config["CustomErrorResponses"]["Items"]:
        response["ResponseCode"] = str(response["ResponseCode"])
    made = clients("cloudfront").create_distribution(
        DistributionConfig={"CallerReference": str(uuid.uuid4()), **config}
    )
    return str(made["Distribution"]["Id"])


def _domain(clients: Clients, name: str) -> dict[str, str]:
    return {"DomainName": clients("cloudfront").get_distribution(Id=name)["Distribution"]["DomainName"]}


def _remove_distribution(clients: Clients, name: str) -> None:
    etag = clients("cloudfront").get_distribution(Id=name)["ETag"]
    clients("cloudfront").delete_distribution(Id=name, IfMatch=etag)


def _access_control(clients: Clients, properties: Properties) -> str:
    return str(clients("cloudfront").create_origin_access_control(**properties)["OriginAccessControl"]["Id"])


def _invocations(clients: Clients, properties: Properties) -> str:
    clients("lambda").put_function_event_invoke_config(**properties)
    return str(properties["FunctionName"])


def _bucket_policy(clients: Clients, properties: Properties) -> str:
    """What denies is left out: moto reads no condition, so that who denies plain HTTP would deny everything."""
    document = properties["PolicyDocument"]
    allowed = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    policy = json.dumps({**document, "Statement": allowed})
    clients("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return str(properties["Bucket"])


KINDS: dict[str, Kind] = {
    "AWS::DynamoDB::Table": Kind(
        _table,
        lambda clients, name: clients("dynamodb").delete_table(TableName=name),
        lambda clients, name, properties: clients("dynamodb").update_table(
            TableName=name, DeletionProtectionEnabled=properties["DeletionProtectionEnabled"]
        ),
        renamed="TableName",
    ),
    "AWS::S3::Bucket": Kind(
        _bucket,
        lambda clients, name: clients("s3").delete_bucket(Bucket=name),
        _rules,
        lambda clients, name: {"RegionalDomainName": f"{name}.s3.{clients('s3').meta.region_name}.amazonaws.com"},
        renamed="BucketName",
    ),
    "AWS::S3::BucketPolicy": Kind(
        _bucket_policy, lambda clients, name: clients("s3").delete_bucket_policy(Bucket=name), renamed="Bucket"
    ),
    "AWS::Cognito::UserPool": Kind(
        _pool,
        lambda clients, name: clients("cognito-idp").delete_user_pool(UserPoolId=name),
        lambda clients, name, properties: clients("cognito-idp").update_user_pool(
            UserPoolId=name, **_only(properties, "DeletionProtection")
        ),
        lambda clients, name: {"Arn": clients("cognito-idp").describe_user_pool(UserPoolId=name)["UserPool"]["Arn"]},
        renamed="UserPoolName",
    ),
    "AWS::Cognito::UserPoolGroup": Kind(_group, _remove_group, renamed="GroupName"),
    "AWS::Cognito::UserPoolClient": Kind(_client, renamed="UserPoolId"),
    "AWS::Logs::LogGroup": Kind(
        _log_group, lambda clients, name: clients("logs").delete_log_group(logGroupName=name), renamed="LogGroupName"
    ),
    "AWS::SQS::Queue": Kind(
        _queue, lambda clients, name: clients("sqs").delete_queue(QueueUrl=name), renamed="QueueName"
    ),
    "AWS::SNS::Topic": Kind(
        lambda clients, properties: str(clients("sns").create_topic(Name=properties["TopicName"])["TopicArn"]),
        lambda clients, name: clients("sns").delete_topic(TopicArn=name),
        renamed="TopicName",
    ),
    "AWS::SNS::TopicPolicy": Kind(_topic_policy),
    "AWS::SNS::Subscription": Kind(
        lambda clients, properties: str(clients("sns").subscribe(**properties)["SubscriptionArn"]),
        lambda clients, name: clients("sns").unsubscribe(SubscriptionArn=name),
    ),
    "AWS::CloudWatch::Dashboard": Kind(
        _dashboard, lambda clients, name: clients("cloudwatch").delete_dashboards(DashboardNames=[name])
    ),
    "AWS::CloudWatch::Alarm": Kind(
        _alarm, lambda clients, name: clients("cloudwatch").delete_alarms(AlarmNames=[name]), _changed_alarm
    ),
    # moto's server fails to make one.
    "AWS::CloudWatch::CompositeAlarm": Kind(lambda clients, properties: str(properties["AlarmName"])),
    "AWS::IAM::Role": Kind(_role, _remove_role, renamed="RoleName"),
    "AWS::Scheduler::ScheduleGroup": Kind(
        lambda clients, properties: str(
            clients("scheduler").create_schedule_group(**properties) and properties["Name"]
        ),
        lambda clients, name: clients("scheduler").delete_schedule_group(Name=name),
        renamed="Name",
    ),
    "AWS::CloudFront::OriginAccessControl": Kind(
        _access_control,
        lambda clients, name: clients("cloudfront").delete_origin_access_control(Id=name, IfMatch="etag"),
    ),
    # moto has none; nothing asks for it.
    "AWS::CloudFront::ResponseHeadersPolicy": Kind(lambda clients, properties: "headers"),
    "AWS::CloudFront::Distribution": Kind(_distribution, _remove_distribution, attributes=_domain),
    "AWS::Lambda::EventInvokeConfig": Kind(
        _invocations,
        lambda clients, name: clients("lambda").delete_function_event_invoke_config(FunctionName=name),
        renamed="FunctionName",
    ),
}
