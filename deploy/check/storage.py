"""Tables and buckets: that nothing can be lost in them, and nobody reads them from outside."""

from __future__ import annotations

from botocore.exceptions import ClientError

from deploy.account import cloudformation
from deploy.check.findings import Findings, problem, warning
from deploy.check.target import Target

_BLOCKED = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
# What lies beneath their rows would be left: the sweep removes them.
_NEVER_EXPIRING = ("conversations", "messages", "files", "people", "sections")


def tables(target: Target) -> Findings:
    client = target.stage.client("dynamodb")
    for name in target.made("AWS::DynamoDB::Table"):
        try:
            found = client.describe_table(TableName=name)["Table"]
        except client.exceptions.ResourceNotFoundException:
            yield problem(f"table {name} is gone", f"./deploy.sh restore {target.stage.name} --at deletion")
            continue
        if found["TableStatus"] != "ACTIVE":
            yield warning(f"table {name} is {found['TableStatus'].lower()}", "look again in some minutes")
        if not target.stage.is_local and not found.get("DeletionProtectionEnabled"):
            yield warning(
                f"table {name} can be deleted by anybody who may",
                f"aws dynamodb update-table --table-name {name} --deletion-protection-enabled",
            )
        yield from _past(target, name)
        yield from _expiry(target, name)


def _past(target: Target, name: str) -> Findings:
    found = target.stage.client("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    if found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        yield problem(
            f"table {name} has no point-in-time recovery: no backup can be made of it",
            f"aws dynamodb update-continuous-backups --table-name {name} --point-in-time-recovery-specification"
            " PointInTimeRecoveryEnabled=true",
        )


def _expiry(target: Target, name: str) -> Findings:
    found = target.stage.client("dynamodb").describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    expires = found["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
    setting = f"aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification AttributeName=ttl"
    if name.endswith(tuple(f"-{each}" for each in cloudformation.EXPIRING)) and not expires:
        yield problem(f"table {name} keeps what should expire (TTL is off)", f"{setting},Enabled=true")
    if name.endswith(tuple(f"-{each}" for each in _NEVER_EXPIRING)) and expires:
        yield problem(f"table {name} loses rows whose files and messages stay (TTL is on)", f"{setting},Enabled=false")


def buckets(target: Target) -> Findings:
    for name in target.made("AWS::S3::Bucket"):
        try:
            yield from _bucket(target, name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            yield problem(f"bucket {name} is gone", "docs/restore.md says what comes back, and from where")


def _bucket(target: Target, name: str) -> Findings:
    s3 = target.stage.client("s3")
    open_ = [each for each in _BLOCKED if not _blocked(target, name).get(each)]
    if open_:
        yield problem(
            f"bucket {name} can be opened to the public: {', '.join(open_)} is off",
            f"aws s3api put-public-access-block --bucket {name} --public-access-block-configuration"
            f" {','.join(f'{each}=true' for each in _BLOCKED)}",
        )
    if s3.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
        yield problem(
            f"bucket {name} keeps no former versions",
            f"aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled",
        )


def _blocked(target: Target, name: str) -> dict[str, bool]:
    try:
        reply = target.stage.client("s3").get_public_access_block(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchPublicAccessBlockConfiguration":
            raise
        return {}
    return dict(reply["PublicAccessBlockConfiguration"])


def secrets(target: Target) -> Findings:
    """The keys that a stage made for itself; their values are not asked for."""
    ssm = target.stage.client("ssm")
    for name, without in (
        (target.stage.address_key_parameter, "limits by address are refused"),
        (target.stage.visit_key_parameter, "visitors of the twin are refused"),
    ):
        try:
            ssm.get_parameter(Name=name, WithDecryption=False)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            yield problem(f"{name} is not there: {without}", target.redeploy)
