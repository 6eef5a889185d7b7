"""A bucket with versions on a real MiniStack: what its own code leaves out and `object_access.py` adds."""

from __future__ import annotations

import json
import secrets
from typing import Any

import boto3
import httpx2
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from deploy.local.aws import LocalAws

BUCKET = "probe-files"
KEY = "uploads/ada/Été 1.txt"


@pytest.fixture(scope="module")
def versions(local: LocalAws) -> list[str]:
    """Two versions of one object, the first of which says "first version"."""
    owner = client(local, "s3")
    owner.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": local.region})
    owner.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return [
        owner.put_object(Bucket=BUCKET, Key=KEY, Body=f"{n} version".encode())["VersionId"] for n in ("first", "2nd")
    ]


def client(local: LocalAws, service: str, key: str = "test", secret: str = "test") -> Any:
    config = Config(signature_version="s3v4", retries={"total_max_attempts": 1})
    return boto3.session.Session(key, secret, region_name=local.region).client(
        service, endpoint_url=local.endpoint_url, config=config if service == "s3" else None
    )


def reader(local: LocalAws, *actions: str) -> Any:
    """An S3 client that may do these actions on the bucket and its objects, and nothing else."""
    iam, name = client(local, "iam"), f"reader-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    resources = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return client(local, "s3", key["AccessKeyId"], key["SecretAccessKey"])


def code_of(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(Bucket=BUCKET, **parameters)
    return str(refused.value.response["Error"]["Code"])


def test_a_versions_bytes_and_headers_come_as_asked(local: LocalAws, versions: list[str]) -> None:
    s3 = reader(local, "s3:GetObjectVersion")
    asked = {"Bucket": BUCKET, "Key": KEY, "VersionId": versions[0]}
    part = s3.get_object(**asked, Range="bytes=6-9")
    assert part["Body"].read() == b"vers"
    assert part["ContentRange"] == "bytes 6-9/13"
    assert code_of(s3.get_object, Key=KEY, VersionId=versions[0], Range="bytes=90-") == "InvalidRange"

    disposition = "attachment; filename*=UTF-8''%C3%89t%C3%A9.txt"
    url = s3.generate_presigned_url("get_object", Params={**asked, "ResponseContentDisposition": disposition})
    downloaded = httpx2.get(url)
    assert downloaded.content == b"first version"
    assert downloaded.headers["content-disposition"] == disposition
    assert httpx2.get(url.replace("attachment", "inline")).status_code == 403


def test_a_missing_object_is_told_to_who_may_list_alone(local: LocalAws, versions: list[str]) -> None:
    s3 = reader(local, "s3:GetObject")
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"2nd version"
    assert code_of(s3.get_object, Key="none") == "AccessDenied"
    assert code_of(s3.head_object, Key="none") == "403"
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "none"})
    assert httpx2.get(url).status_code == 403

    lister = reader(local, "s3:GetObject", "s3:ListBucket")
    assert code_of(lister.get_object, Key="none") == "NoSuchKey"
    assert code_of(lister.head_object, Key="none") == "404"


def test_versions_deleted_at_once_need_their_own_permission(local: LocalAws, versions: list[str]) -> None:
    first, second = ({"Key": KEY, "VersionId": version} for version in versions)
    assert code_of(reader(local, "s3:DeleteObject").delete_objects, Delete={"Objects": [first]}) == "AccessDenied"
    gone = reader(local, "s3:DeleteObjectVersion").delete_objects(Bucket=BUCKET, Delete={"Objects": [first, second]})
    assert len(gone["Deleted"]) == 2
    assert "Versions" not in client(local, "s3").list_object_versions(Bucket=BUCKET, Prefix=KEY)
    put = {"Key": KEY, "Body": b"third"}
    client(local, "s3").put_object(Bucket=BUCKET, **put)
    assert code_of(reader(local, "s3:DeleteObjectVersion").delete_objects, Delete={"Objects": [{"Key": KEY}]}) == (
        "AccessDenied"
    )
