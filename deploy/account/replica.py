"""The copy of a stage's backups in a second region, which S3 replication makes where a setting names the region.

Its bucket is called as the backups bucket of a stage of the same name in that region would be, so that any stage there
restores from it as from a neighbour's, and no stage of this very name can stand there beside it. A stack of its own
holds it, which `destroy` leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from deploy.account import adoption, cloudformation, regions
from deploy.environment import DeploymentError, Stage

_STACK = "backup-replica"
_SETTING = "backup_replica_region in deploy/settings.toml"
_NONE = {"NoSuchBucket", "ReplicationConfigurationNotFoundError"}


def check(stage: Stage, region: str) -> None:
    """Raises DeploymentError where the setting names no second region. region: "" for no copy."""
    if not region:
        return
    if stage.is_local:
        raise DeploymentError(f'{_SETTING} is for stages on AWS: set it to "" under [local]')
    regions.check(regions.Region(region, _SETTING))
    if region == stage.region:
        raise DeploymentError(f"{_SETTING} names {region}, which the stage itself is in: name another, or none")


def refuse_beside_copy(stage: Stage) -> None:
    """Raises DeploymentError where this region has the copy of a stage of the same name."""
    if not stage.is_local and cloudformation.exists(stage, _name(stage)):
        raise DeploymentError(
            f"{stage.region} has the copy of the backups of {stage.name}, which stands in another region: deploy a"
            " stage of another name here, and restore into it (docs/restore.md, The region is lost)"
        )


def make(stage: Stage, region: str, body: str, parameters: Mapping[str, str], say: Callable[[str], None]) -> bool:
    """Make or update the bucket of the copy; it has to be there before anything is replicated. False: as it was."""
    there = Stage(stage.name, region)
    if cloudformation.exists(there, f"{stage.prefix}-foundation"):
        raise DeploymentError(
            f"{region} has a stage {stage.name} of its own, whose backups are where the copy would be: name another"
            f" region ({_SETTING})"
        )
    stood = cloudformation.stands(there, _name(stage), say)
    if not stood:
        say("what is there already is not copied by itself: docs/restore.md, A copy in a second region")
        adoption.adopt(there, _name(stage), body, parameters, say)
    return cloudformation.deploy(there, _name(stage), body, parameters, say).changed or not stood


def find(stage: Stage) -> str | None:
    """The region that a stage's backups are copied to, as their bucket says; None where they are not."""
    try:
        found = stage.client("s3").get_bucket_replication(Bucket=stage.backups_bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NONE:
            return None
        raise
    bucket: str = found["ReplicationConfiguration"]["Rules"][0]["Destination"]["Bucket"]
    return bucket.rpartition(f"-backups-{stage.account_id}-")[2]


def stop(stage: Stage) -> list[str]:
    """Have nothing replicated any more, by a role that is gone; says what is left and how it is removed for good."""
    region = find(stage)
    if region is None:
        return []
    stage.client("s3").delete_bucket_replication(Bucket=stage.backups_bucket)
    there = Stage(stage.name, region)
    return [
        f"The copy of the backups is kept, too: bucket {there.backups_bucket} in {region}. To remove it for good:",
        f"  aws cloudformation delete-stack --region {region} --stack-name {_name(stage)}",
        *(f"  {command}" for command in emptied(there.backups_bucket, f"--region {region}")),
    ]


def emptied(bucket: str, region: str) -> list[str]:
    """How a bucket of backups is removed. region: as an option of the AWS CLI."""
    return [
        f"once the last lock is over, or with the right s3:BypassGovernanceRetention, empty the bucket {bucket} of"
        f" all versions (S3 console: Empty), then: aws s3 rb s3://{bucket} {region}"
    ]


def _name(stage: Stage) -> str:
    return f"{stage.prefix}-{_STACK}"
