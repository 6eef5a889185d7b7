"""What tests of exports on a real MiniStack share: items, tables, what is read of an export, and who may do what."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.local.aws import LocalAws
from tests.aws.emulator_probe import eventually
from tests.aws.test_emulator_bucket import client

BUCKET = "probe-exports"
ITEMS: list[dict[str, Any]] = [
    {"owner": {"S": "ada"}, "n": {"N": "1"}, "text": {"S": "Grüße, 世界 🎈\n“quoted” \u2028"}},
    {"owner": {"S": "ada"}, "n": {"N": "2"}, "bytes": {"B": b"\x00\xff"}, "set": {"BS": [b"a", b"\xfe"]}},
    {"owner": {"S": "Été"}, "n": {"N": "-1.5"}, "none": {"NULL": True}, "yes": {"BOOL": True}, "empty": {"S": ""}},
    {"owner": {"S": "grace"}, "n": {"N": "3"}, "deep": {"M": {"l": {"L": [{"M": {"x": {"NS": ["1", "2.5"]}}}]}}}},
    {"owner": {"S": "large"}, "n": {"N": "4"}, "body": {"S": "x" * 390_000}},
    *({"owner": {"S": "ada"}, "n": {"N": f"{number}"}} for number in range(10, 20)),
]
KEYS: list[Any] = [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]
ATTRIBUTES: list[Any] = [
    {"AttributeName": "owner", "AttributeType": "S"},
    {"AttributeName": "n", "AttributeType": "N"},
]


def make_table(dynamodb: Any, name: str, recovery: bool = True) -> str:
    """Make a table; returns its ARN."""
    made = dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=KEYS, AttributeDefinitions=ATTRIBUTES
    )
    if recovery:
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    return str(made["TableDescription"]["TableArn"])


def name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def ended(dynamodb: Any, export_arn: str) -> dict[str, Any]:
    """Wait for the end of an export and describe it."""
    described: dict[str, Any] = {}

    def is_over() -> bool:
        described.update(dynamodb.describe_export(ExportArn=export_arn)["ExportDescription"])
        return bool(described["ExportStatus"] != "IN_PROGRESS")

    eventually(is_over)
    return described


def exported(dynamodb: Any, **request: Any) -> dict[str, Any]:
    begun = dynamodb.export_table_to_point_in_time(**request)["ExportDescription"]
    return ended(dynamodb, begun["ExportArn"])


def files(s3: Any, bucket: str, prefix: str) -> dict[str, bytes]:
    """What lies under a prefix: bytes by key."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(data).decode().split("\n") if line]


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def items_in(found: dict[str, bytes]) -> list[str]:
    """The items of the data files, each as text whose order of names and sets does not count."""
    read = [line for key, data in found.items() if "/data/" in key for line in lines(data)]
    return sorted(json.dumps(_ordered(line), sort_keys=True) for line in read)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(each) if name in {"SS", "NS", "BS"} else _ordered(each) for name, each in value.items()}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def code_of(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return str(refused.value.response["Error"]["Code"])


def allowed(local: LocalAws, *statements: tuple[tuple[str, ...], str], service: str = "dynamodb") -> Any:
    """A service as somebody who may do these actions on these resources, and nothing else."""
    iam, name = client(local, "iam"), f"exporter-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": list(actions), "Resource": resource} for actions, resource in statements
        ],
    }
    iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return client(local, service, key["AccessKeyId"], key["SecretAccessKey"])
