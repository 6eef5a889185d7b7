"""A locked bucket on a real MiniStack: copies with their hashes, retention, and the rules that a stack declares."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.local.aws import LocalAws
from tests.aws.emulator_exports import allowed
from tests.aws.test_emulator_bucket import client

FROM, LOCKED = "probe-copied-from", "probe-locked"
BODY = "Grüße".encode()
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
RULES: list[dict[str, Any]] = [
    {
        "Id": "cold",
        "Status": "Enabled",
        "Prefix": "nightly/",
        "ObjectSizeGreaterThan": 131072,
        "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}],
    },
    {
        "Id": "old",
        "Status": "Enabled",
        "Prefix": "nightly/",
        "ExpirationInDays": 35,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    },
]


@pytest.fixture(scope="module")
def first_version(local: LocalAws) -> Iterator[str]:
    """The version of an object that another one has replaced; beside it a stack's bucket with a lock of 30 days."""
    s3, cloudformation = client(local, "s3"), client(local, "cloudformation")
    s3.create_bucket(Bucket=FROM, CreateBucketConfiguration={"LocationConstraint": local.region})
    s3.put_bucket_versioning(Bucket=FROM, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=FROM, Key="a b/é", Body=BODY, ContentType="text/x-probe")["VersionId"]
    s3.put_object(Bucket=FROM, Key="a b/é", Body=b"second")
    retention = {"Mode": "GOVERNANCE", "Days": 30}
    properties = {
        "BucketName": LOCKED,
        "VersioningConfiguration": {"Status": "Enabled"},
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        "LifecycleConfiguration": {"Rules": RULES},
    }
    template = {"Resources": {"Locked": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
    cloudformation.create_stack(StackName="probe-locked", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="probe-locked", WaiterConfig={"Delay": 1})
    yield version
    cloudformation.delete_stack(StackName="probe-locked")


def caller(local: LocalAws, *statements: tuple[tuple[str, ...], str]) -> Any:
    """S3 as somebody who may do these actions in these buckets, and nothing else."""
    return allowed(local, *((actions, f"arn:aws:s3:::{bucket}/*") for actions, bucket in statements), service="s3")


def test_a_version_is_copied_across_buckets_and_s3_states_its_hash(local: LocalAws, first_version: str) -> None:
    s3 = caller(
        local,
        (("s3:GetObjectVersion",), FROM),
        (("s3:PutObject", "s3:GetObject", "s3:GetObjectAttributes"), LOCKED),
    )
    source = {"Bucket": FROM, "Key": "a b/é", "VersionId": first_version}
    copied = s3.copy_object(Bucket=LOCKED, Key="objects/1", CopySource=source, ChecksumAlgorithm="SHA256")
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == SHA256
    assert copied["CopySourceVersionId"] == first_version
    told = s3.head_object(Bucket=LOCKED, Key="objects/1", ChecksumMode="ENABLED")
    assert (told["ChecksumSHA256"], told["ContentLength"]) == (SHA256, len(BODY))
    assert "ChecksumCRC32" not in told, "the source's own gives way"
    assert told["ContentType"] == "text/x-probe"
    attributes = s3.get_object_attributes(
        Bucket=LOCKED, Key="objects/1", ObjectAttributes=["Checksum", "ObjectSize", "StorageClass"]
    )
    assert attributes["Checksum"]["ChecksumSHA256"] == SHA256
    assert attributes["ObjectSize"] == len(BODY)
    assert s3.get_object(Bucket=LOCKED, Key="objects/1")["Body"].read() == BODY

    gone = {**source, "VersionId": "3f2b8c1e-0000-4000-8000-000000000000"}
    assert code_of_copy(s3, gone) == "NoSuchVersion"
    assert code_of_copy(caller(local, (("s3:PutObject",), LOCKED)), source) == "AccessDenied"


def code_of_copy(s3: Any, source: dict[str, str]) -> str:
    with pytest.raises(ClientError) as refused:
        s3.copy_object(Bucket=LOCKED, Key="objects/2", CopySource=source)
    return str(refused.value.response["Error"]["Code"])


def put(s3: Any, source: str) -> str:
    return str(s3.put_object(Bucket=LOCKED, Key="way", Body=BODY)["VersionId"])


def copy(s3: Any, source: str) -> str:
    copied = {"Bucket": FROM, "Key": "a b/é", "VersionId": source}
    return str(s3.copy_object(Bucket=LOCKED, Key="way", CopySource=copied)["VersionId"])


def upload(s3: Any, source: str) -> str:
    upload = {"Bucket": LOCKED, "Key": "way"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    etag = s3.upload_part(**upload, PartNumber=1, Body=BODY)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    return str(s3.complete_multipart_upload(**upload, MultipartUpload=parts)["VersionId"])


@pytest.mark.parametrize("write", [put, copy, upload])
def test_whatever_is_written_is_locked_as_the_bucket_says(local: LocalAws, first_version: str, write: Any) -> None:
    s3 = client(local, "s3")
    version = write(s3, first_version)
    told = s3.head_object(Bucket=LOCKED, Key="way", VersionId=version)
    assert told["ObjectLockMode"] == "GOVERNANCE"
    assert told["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=29)


def test_a_lock_is_neither_shortened_nor_passed_without_the_right_to(local: LocalAws, first_version: str) -> None:
    actions = ("s3:PutObject", "s3:PutObjectRetention", "s3:GetObjectRetention", "s3:DeleteObjectVersion")
    s3 = caller(local, (actions, LOCKED))
    version = s3.put_object(Bucket=LOCKED, Key="kept", Body=BODY)["VersionId"]
    until = s3.get_object_retention(Bucket=LOCKED, Key="kept", VersionId=version)["Retention"]["RetainUntilDate"]
    of_version: dict[str, Any] = {"Bucket": LOCKED, "Key": "kept", "VersionId": version}

    def retention(days: int) -> dict[str, Any]:
        return {"Mode": "GOVERNANCE", "RetainUntilDate": until + timedelta(days=days)}

    s3.put_object_retention(**of_version, Retention=retention(7))
    for call, more in (
        (s3.put_object_retention, {"Retention": retention(0)}),
        (s3.put_object_retention, {"Retention": retention(0), "BypassGovernanceRetention": True}),
        (s3.delete_object, {}),
        (s3.delete_object, {"BypassGovernanceRetention": True}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**of_version, **more)
    assert s3.get_object_retention(**of_version)["Retention"]["RetainUntilDate"] == until + timedelta(days=7)

    keeper = caller(local, ((*actions, "s3:BypassGovernanceRetention"), LOCKED))
    keeper.delete_object(**of_version, BypassGovernanceRetention=True)
    assert "Versions" not in client(local, "s3").list_object_versions(Bucket=LOCKED, Prefix="kept")


def test_a_copy_is_locked_by_its_own_bucket_and_request(local: LocalAws, first_version: str) -> None:
    s3, until = client(local, "s3"), datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    source = {"Bucket": FROM, "Key": "a b/é", "VersionId": first_version}
    asked = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    longer = s3.copy_object(Bucket=LOCKED, Key="longer", CopySource=source, **asked)["VersionId"]
    assert s3.head_object(Bucket=LOCKED, Key="longer")["ObjectLockRetainUntilDate"] == until
    again = {"Bucket": LOCKED, "Key": "longer", "VersionId": longer}
    s3.put_object_legal_hold(**again, LegalHold={"Status": "ON"})
    s3.copy_object(Bucket=LOCKED, Key="again", CopySource=again)
    told = s3.head_object(Bucket=LOCKED, Key="again")
    assert told["ObjectLockRetainUntilDate"] < until - timedelta(days=300)
    assert "ObjectLockLegalHoldStatus" not in told


def test_a_stacks_bucket_has_its_lifecycle_rules(local: LocalAws, first_version: str) -> None:
    rules = client(local, "s3").get_bucket_lifecycle_configuration(Bucket=LOCKED)["Rules"]
    assert rules == [
        {
            "ID": "cold",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "nightly/", "ObjectSizeGreaterThan": 131072}},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER_IR"}],
        },
        {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"Prefix": "nightly/"},
            "Expiration": {"Days": 35},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]
