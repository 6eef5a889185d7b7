"""Exports of a table on a real MiniStack, against what AWS documents and what moto writes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy.local.aws import LocalAws
from tests.aws.emulator_probe import ROOT, eventually
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


@pytest.fixture(scope="module")
def bucket(local: LocalAws) -> str:
    client(local, "s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": local.region})
    return BUCKET


@pytest.fixture
def table(local: LocalAws) -> Iterator[str]:
    """The ARN of a table with the items."""
    dynamodb, name = client(local, "dynamodb"), f"export-{secrets.token_hex(4)}"
    arn = make_table(dynamodb, name)
    for item in ITEMS:
        dynamodb.put_item(TableName=name, Item=item)
    yield arn
    dynamodb.delete_table(TableName=name)


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


def test_an_export_is_written_as_aws_documents_it(local: LocalAws, bucket: str, table: str) -> None:
    dynamodb, s3 = client(local, "dynamodb"), client(local, "s3")
    request = {"TableArn": table, "S3Bucket": bucket, "S3Prefix": "night/1"}
    begun = dynamodb.export_table_to_point_in_time(**request)["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert re.fullmatch(rf"{table}/export/\d{{14}}-[0-9a-f]{{8}}", begun["ExportArn"])

    described = ended(dynamodb, begun["ExportArn"])
    root = f"night/1/AWSDynamoDB/{name_of(begun['ExportArn'])}"
    assert described["ExportStatus"] == "COMPLETED"
    assert described["ExportManifest"] == f"{root}/manifest-summary.json"
    assert described["ItemCount"] == len(ITEMS)
    assert described["BilledSizeBytes"] > 390_000
    assert described["StartTime"] <= described["EndTime"]

    found = files(s3, bucket, "night/1/")
    data = {key for key in found if key.startswith(f"{root}/data/")}
    manifests = {f"{root}/manifest-{name}.{kind}" for name in ("summary", "files") for kind in ("json", "md5")}
    assert found.keys() == {f"{root}/_started", *manifests, *data}
    assert found[f"{root}/_started"] == b""
    for name in ("summary", "files"):
        assert found[f"{root}/manifest-{name}.md5"].decode() == md5(found[f"{root}/manifest-{name}.json"])

    listed = [json.loads(line) for line in found[f"{root}/manifest-files.json"].splitlines()]
    assert {file["dataFileS3Key"] for file in listed} == data
    assert len(listed) > 1
    for file in listed:
        key = file["dataFileS3Key"]
        assert re.fullmatch(rf"{root}/data/[a-z2-7]{{26}}\.json\.gz", key)
        assert file["itemCount"] == len(lines(found[key]))
        assert file["md5Checksum"] == md5(found[key])
        assert s3.head_object(Bucket=bucket, Key=key)["ETag"] == f'"{file["etag"]}"'
        assert re.fullmatch(r"[0-9a-f]{32}-1", file["etag"])
    assert 0 in {file["itemCount"] for file in listed}, "an empty partition has its file too"
    with_ada = [key for key in data if any(line["Item"]["owner"]["S"] == "ada" for line in lines(found[key]))]
    assert len(with_ada) == 1, "items of one partition key lie together"


def test_the_summary_has_every_documented_field(local: LocalAws, bucket: str, table: str) -> None:
    dynamodb, s3 = client(local, "dynamodb"), client(local, "s3")
    described = exported(dynamodb, TableArn=table, S3Bucket=bucket, S3SseAlgorithm="AES256")
    key = described["ExportManifest"]
    assert key.startswith("AWSDynamoDB/")
    summary = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    times = {name: summary.pop(name) for name in ("startTime", "endTime", "exportTime")}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times.values())
    assert times["startTime"] <= times["endTime"]
    assert summary == {
        "version": "2020-06-30",
        "exportArn": described["ExportArn"],
        "tableArn": table,
        "tableId": dynamodb.describe_table(TableName=name_of(table))["Table"]["TableId"],
        "s3Bucket": bucket,
        "s3Prefix": None,
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": key.replace("manifest-summary", "manifest-files"),
        "billedSizeBytes": described["BilledSizeBytes"],
        "itemCount": len(ITEMS),
        "outputFormat": "DYNAMODB_JSON",
    }
    assert s3.head_object(Bucket=bucket, Key=key)["ServerSideEncryption"] == "AES256"


def by_moto(prefix: str) -> dict[str, bytes]:
    """The files of an export of the same items, written by moto."""
    with mock_aws():
        session = boto3.Session("test", "test", region_name="eu-west-1")
        dynamodb, s3 = session.client("dynamodb"), session.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        arn = make_table(dynamodb, "export")
        for item in ITEMS:
            dynamodb.put_item(TableName="export", Item=item)
        described = exported(dynamodb, TableArn=arn, S3Bucket=BUCKET, S3Prefix=prefix, ExportFormat="DYNAMODB_JSON")
        assert described["ItemCount"] == len(ITEMS)
        return files(s3, BUCKET, prefix)


def test_the_items_are_those_that_moto_exports(local: LocalAws, bucket: str, table: str) -> None:
    exported(client(local, "dynamodb"), TableArn=table, S3Bucket=bucket, S3Prefix="both")
    ours, motos = files(client(local, "s3"), bucket, "both"), by_moto("both")
    assert items_in(ours) == items_in(motos)
    assert len(items_in(ours)) == len(ITEMS)
    # moto writes data alone; AWS's and ours lie under the same names, with manifests beside them.
    data = re.compile(r"both/AWSDynamoDB/[\w-]+/data/[\w-]+(\.json)?\.gz")
    assert all(data.fullmatch(key) for key in motos)
    assert {key for key in ours if data.fullmatch(key)} == {key for key in ours if "/data/" in key}


def test_an_export_shows_the_table_as_it_was_at_its_time(local: LocalAws, bucket: str, table: str) -> None:
    dynamodb, s3, name = client(local, "dynamodb"), client(local, "s3"), name_of(table)
    eventually(lambda: window(dynamodb, name)[1] > window(dynamodb, name)[0] + 1)
    at = window(dynamodb, name)[1]
    eventually(lambda: window(dynamodb, name)[1] > at)
    ada = {"owner": {"S": "ada"}, "n": {"N": "1"}}
    dynamodb.update_item(
        TableName=name,
        Key=ada,
        UpdateExpression="SET #t = :t",
        ExpressionAttributeNames={"#t": "text"},
        ExpressionAttributeValues={":t": {"S": "later"}},
    )
    dynamodb.delete_item(TableName=name, Key={"owner": {"S": "grace"}, "n": {"N": "3"}})
    batch = [{"PutRequest": {"Item": {**ada, "n": {"N": "9"}}}}]
    dynamodb.batch_write_item(RequestItems={name: batch})

    described = exported(dynamodb, TableArn=table, S3Bucket=bucket, S3Prefix="then", ExportTime=at)
    assert described["ExportTime"].timestamp() == at
    exported(dynamodb, TableArn=table, S3Bucket=bucket, S3Prefix="now")
    then, now = (items_in(files(s3, bucket, prefix)) for prefix in ("then", "now"))
    assert then == items_in(by_moto("all"))
    assert any('"later"' in item for item in now)
    assert not any('"grace"' in item for item in now)
    assert len(now) == len(ITEMS)

    dynamodb.restore_table_to_point_in_time(
        SourceTableName=name, TargetTableName=f"{name}-then", RestoreDateTime=datetime.fromtimestamp(at, UTC)
    )
    restored = dynamodb.scan(TableName=f"{name}-then")["Items"]
    assert len(restored) == len(ITEMS)
    assert "later" not in {item.get("text", {}).get("S") for item in restored}
    backups = dynamodb.describe_continuous_backups(TableName=f"{name}-then")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    dynamodb.delete_table(TableName=f"{name}-then")


def window(dynamodb: Any, name: str) -> tuple[float, float]:
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    return recovery["EarliestRestorableDateTime"].timestamp(), recovery["LatestRestorableDateTime"].timestamp()


def test_a_large_table_has_more_parts(local: LocalAws, bucket: str) -> None:
    dynamodb, name = client(local, "dynamodb"), f"export-{secrets.token_hex(4)}"
    arn = make_table(dynamodb, name)
    body = {"S": "x" * 380_000}
    for number in range(100):
        dynamodb.put_item(TableName=name, Item={"owner": {"S": f"{number}"}, "n": {"N": "0"}, "body": body})
    exported(dynamodb, TableArn=arn, S3Bucket=bucket, S3Prefix="large")
    found = files(client(local, "s3"), bucket, "large")
    assert len([key for key in found if "/data/" in key]) == 5
    assert len(items_in(found)) == 100
    dynamodb.delete_table(TableName=name)


def test_what_cannot_be_exported_is_refused_as_aws_does(local: LocalAws, bucket: str, table: str) -> None:
    dynamodb = client(local, "dynamodb")
    export, now = dynamodb.export_table_to_point_in_time, int(time.time())
    assert code_of(export, TableArn=f"{table}-none", S3Bucket=bucket) == "TableNotFoundException"
    for at in (now - 36 * 86400, now + 60):
        assert code_of(export, TableArn=table, S3Bucket=bucket, ExportTime=at) == "InvalidExportTimeException"
    assert code_of(export, TableArn=table, S3Bucket=bucket, ExportFormat="ION") == "ValidationException"
    missing = f"{table}/export/01234567890123-a1b2c3d4"
    assert code_of(dynamodb.describe_export, ExportArn=missing) == "ExportNotFoundException"

    name = f"export-{secrets.token_hex(4)}"
    unready = make_table(dynamodb, name, recovery=False)
    assert code_of(export, TableArn=unready, S3Bucket=bucket) == "PointInTimeRecoveryUnavailableException"
    dynamodb.delete_table(TableName=name)


def test_a_client_token_stands_for_one_export(local: LocalAws, bucket: str, table: str) -> None:
    dynamodb = client(local, "dynamodb")
    request = {"TableArn": table, "S3Bucket": bucket, "ClientToken": secrets.token_hex(8)}
    first, second = (dynamodb.export_table_to_point_in_time(**request)["ExportDescription"] for _ in range(2))
    assert first["ExportArn"] == second["ExportArn"]
    assert code_of(dynamodb.export_table_to_point_in_time, **request, S3Prefix="other") == "ExportConflictException"
    other = dynamodb.export_table_to_point_in_time(TableArn=table, S3Bucket=bucket)["ExportDescription"]
    assert other["ExportArn"] != first["ExportArn"]
    for arn in (first["ExportArn"], other["ExportArn"]):
        assert ended(dynamodb, arn)["ExportStatus"] == "COMPLETED"

    pages = [dynamodb.list_exports(TableArn=table, MaxResults=1)]
    pages.append(dynamodb.list_exports(TableArn=table, MaxResults=1, NextToken=pages[0]["NextToken"]))
    assert "NextToken" not in pages[1]
    listed = [summary for page in pages for summary in page["ExportSummaries"]]
    assert [each["ExportArn"] for each in listed] == sorted((first["ExportArn"], other["ExportArn"]), reverse=True)
    assert {(each["ExportStatus"], each["ExportType"]) for each in listed} == {("COMPLETED", "FULL_EXPORT")}


def test_an_export_that_cannot_write_fails_and_says_why(local: LocalAws, bucket: str, table: str) -> None:
    failed = exported(client(local, "dynamodb"), TableArn=table, S3Bucket="probe-no-such-bucket")
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "does not exist" in failed["FailureMessage"]
    assert "ExportManifest" not in failed


WRITING = ("s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload")


def allowed(local: LocalAws, *statements: tuple[tuple[str, ...], str]) -> Any:
    """DynamoDB as somebody who may do these actions on these resources, and nothing else."""
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
    return client(local, "dynamodb", key["AccessKeyId"], key["SecretAccessKey"])


def test_an_export_needs_its_callers_rights_on_table_export_and_bucket(
    local: LocalAws, bucket: str, table: str
) -> None:
    objects = f"arn:aws:s3:::{bucket}/mine/*"
    may_export = (("dynamodb:ExportTableToPointInTime",), table)
    may_describe = (("dynamodb:DescribeExport",), f"{table}/export/*")
    request = {"TableArn": table, "S3Bucket": bucket, "S3Prefix": "mine"}

    everything = allowed(local, may_export, may_describe, (WRITING, objects))
    begun = exported(everything, **request)
    assert begun["ExportStatus"] == "COMPLETED"
    elsewhere = exported(everything, **{**request, "S3Prefix": "others"})
    assert (elsewhere["ExportStatus"], elsewhere["FailureCode"]) == ("FAILED", "S3AccessDenied")
    assert not files(client(local, "s3"), bucket, "others")

    for left_out in WRITING:
        most = tuple(action for action in WRITING if action != left_out)
        assert exported(allowed(local, may_export, may_describe, (most, objects)), **request)["ExportStatus"] == (
            "FAILED"
        ), left_out
    writer = allowed(local, (WRITING, objects), (("dynamodb:ExportTableToPointInTime",), f"{table}-other"))
    assert code_of(writer.export_table_to_point_in_time, **request) == "AccessDeniedException"
    assert code_of(writer.describe_export, ExportArn=begun["ExportArn"]) == "AccessDeniedException"
    assert code_of(writer.list_exports) == "AccessDeniedException"


def test_a_role_makes_fills_and_removes_the_tables_it_may(local: LocalAws, bucket: str) -> None:
    name = f"scratch-{secrets.token_hex(4)}"
    arn = f"arn:aws:dynamodb:{local.region}:{local.account_id}:table"
    actions = tuple(f"dynamodb:{each}" for each in ("CreateTable", "BatchWriteItem", "Scan", "DeleteTable"))
    scratch = allowed(local, (actions, f"{arn}/scratch-*"))
    other = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": KEYS, "AttributeDefinitions": ATTRIBUTES}
    assert code_of(scratch.create_table, TableName="other", **other) == "AccessDeniedException"
    make_table(scratch, name, recovery=False)
    puts = [{"PutRequest": {"Item": item}} for item in ITEMS]
    assert scratch.batch_write_item(RequestItems={name: puts})["UnprocessedItems"] == {}
    assert scratch.scan(TableName=name)["Count"] == len(ITEMS)
    scratch.delete_table(TableName=name)


IN_PROCESS = """
import asyncio, json
from ministack.services import dynamodb
from deploy.local.emulator import point_in_time, table_exports

point_in_time.install()
table_exports.install()

async def call(operation, **body):
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    status, _, reply = await dynamodb.handle_request("POST", "/", headers, json.dumps(body).encode(), {})
    return json.loads(reply)

async def main():
    keys = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    keys["AttributeDefinitions"] = [{"AttributeName": "k", "AttributeType": "S"}]
    arn = (await call("CreateTable", TableName="table", **keys))["TableDescription"]["TableArn"]
    recovery = {"PointInTimeRecoveryEnabled": True}
    await call("UpdateContinuousBackups", TableName="table", PointInTimeRecoverySpecification=recovery)
    request = {"TableArn": arn, "S3Bucket": "none"}
    begun = [await call("ExportTableToPointInTime", **request) for _ in range(301)]
    # What another process finds of these: their descriptions, and nothing that goes on.
    cut = begun[0]["ExportDescription"]["ExportArn"]
    table_exports._running.pop(cut).cancel()
    found = (await call("DescribeExport", ExportArn=cut))["ExportDescription"]
    print(json.dumps({"last": begun[-1], "others": [each["ExportDescription"]["ExportStatus"] for each in begun[:-1]],
                      "cut": [found["ExportStatus"], found["FailureMessage"]]}))

asyncio.run(main())
"""


def test_too_many_exports_at_once_are_refused_and_one_that_is_cut_off_fails(local: LocalAws) -> None:
    """Within one turn of the emulator's loop, in which none of them ends."""
    python = ROOT / ".local" / "venv" / "bin" / "python"
    done = subprocess.run([python, "-c", IN_PROCESS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "LimitExceededException" in told["last"]["__type"]
    assert set(told["others"]) == {"IN_PROGRESS"}
    assert told["cut"] == ["FAILED", "the local AWS was stopped meanwhile"]
