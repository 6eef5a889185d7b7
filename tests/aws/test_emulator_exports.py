"""Exports of a table on a real MiniStack, against what AWS documents and what moto writes."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import time
from datetime import UTC, datetime
from typing import Any

import boto3
from moto import mock_aws

from deploy.local.aws import LocalAws
from tests.aws.emulator_exports import (
    BUCKET,
    ITEMS,
    code_of,
    ended,
    exported,
    files,
    items_in,
    lines,
    make_table,
    md5,
    name_of,
)
from tests.aws.emulator_probe import ROOT, eventually
from tests.aws.test_emulator_bucket import client


def test_an_export_is_written_as_aws_documents_it(local: LocalAws, export_bucket: str, export_table: str) -> None:
    dynamodb, s3 = client(local, "dynamodb"), client(local, "s3")
    request = {"TableArn": export_table, "S3Bucket": export_bucket, "S3Prefix": "night/1"}
    begun = dynamodb.export_table_to_point_in_time(**request)["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert re.fullmatch(rf"{export_table}/export/\d{{14}}-[0-9a-f]{{8}}", begun["ExportArn"])

    described = ended(dynamodb, begun["ExportArn"])
    root = f"night/1/AWSDynamoDB/{name_of(begun['ExportArn'])}"
    assert described["ExportStatus"] == "COMPLETED"
    assert described["ExportManifest"] == f"{root}/manifest-summary.json"
    assert described["ItemCount"] == len(ITEMS)
    assert described["BilledSizeBytes"] > 390_000
    assert described["StartTime"] <= described["EndTime"]

    found = files(s3, export_bucket, "night/1/")
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
        assert s3.head_object(Bucket=export_bucket, Key=key)["ETag"] == f'"{file["etag"]}"'
        assert re.fullmatch(r"[0-9a-f]{32}-1", file["etag"])
    assert 0 in {file["itemCount"] for file in listed}, "an empty partition has its file too"
    with_ada = [key for key in data if any(line["Item"]["owner"]["S"] == "ada" for line in lines(found[key]))]
    assert len(with_ada) == 1, "items of one partition key lie together"


def test_the_summary_has_every_documented_field(local: LocalAws, export_bucket: str, export_table: str) -> None:
    dynamodb, s3 = client(local, "dynamodb"), client(local, "s3")
    described = exported(dynamodb, TableArn=export_table, S3Bucket=export_bucket, S3SseAlgorithm="AES256")
    key = described["ExportManifest"]
    assert key.startswith("AWSDynamoDB/")
    summary = json.loads(s3.get_object(Bucket=export_bucket, Key=key)["Body"].read())
    times = {name: summary.pop(name) for name in ("startTime", "endTime", "exportTime")}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times.values())
    assert times["startTime"] <= times["endTime"]
    assert summary == {
        "version": "2020-06-30",
        "exportArn": described["ExportArn"],
        "tableArn": export_table,
        "tableId": dynamodb.describe_table(TableName=name_of(export_table))["Table"]["TableId"],
        "s3Bucket": export_bucket,
        "s3Prefix": None,
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": key.replace("manifest-summary", "manifest-files"),
        "billedSizeBytes": described["BilledSizeBytes"],
        "itemCount": len(ITEMS),
        "outputFormat": "DYNAMODB_JSON",
    }
    assert s3.head_object(Bucket=export_bucket, Key=key)["ServerSideEncryption"] == "AES256"


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


def test_the_items_are_those_that_moto_exports(local: LocalAws, export_bucket: str, export_table: str) -> None:
    exported(client(local, "dynamodb"), TableArn=export_table, S3Bucket=export_bucket, S3Prefix="both")
    ours, motos = files(client(local, "s3"), export_bucket, "both"), by_moto("both")
    assert items_in(ours) == items_in(motos)
    assert len(items_in(ours)) == len(ITEMS)
    # moto writes data alone; AWS's and ours lie under the same names, with manifests beside them.
    data = re.compile(r"both/AWSDynamoDB/[\w-]+/data/[\w-]+(\.json)?\.gz")
    assert all(data.fullmatch(key) for key in motos)
    assert {key for key in ours if data.fullmatch(key)} == {key for key in ours if "/data/" in key}


def test_an_export_shows_the_table_as_it_was_at_its_time(
    local: LocalAws, export_bucket: str, export_table: str
) -> None:
    dynamodb, s3, name = client(local, "dynamodb"), client(local, "s3"), name_of(export_table)
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

    described = exported(dynamodb, TableArn=export_table, S3Bucket=export_bucket, S3Prefix="then", ExportTime=at)
    assert described["ExportTime"].timestamp() == at
    exported(dynamodb, TableArn=export_table, S3Bucket=export_bucket, S3Prefix="now")
    then, now = (items_in(files(s3, export_bucket, prefix)) for prefix in ("then", "now"))
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


def test_a_large_table_has_more_parts(local: LocalAws, export_bucket: str) -> None:
    dynamodb, name = client(local, "dynamodb"), f"export-{secrets.token_hex(4)}"
    arn = make_table(dynamodb, name)
    body = {"S": "x" * 380_000}
    for number in range(100):
        dynamodb.put_item(TableName=name, Item={"owner": {"S": f"{number}"}, "n": {"N": "0"}, "body": body})
    exported(dynamodb, TableArn=arn, S3Bucket=export_bucket, S3Prefix="large")
    found = files(client(local, "s3"), export_bucket, "large")
    assert len([key for key in found if "/data/" in key]) == 5
    assert len(items_in(found)) == 100
    dynamodb.delete_table(TableName=name)


def test_what_cannot_be_exported_is_refused_as_aws_does(local: LocalAws, export_bucket: str, export_table: str) -> None:
    dynamodb = client(local, "dynamodb")
    export, now = dynamodb.export_table_to_point_in_time, int(time.time())
    assert code_of(export, TableArn=f"{export_table}-none", S3Bucket=export_bucket) == "TableNotFoundException"
    for at in (now - 36 * 86400, now + 60):
        assert (
            code_of(export, TableArn=export_table, S3Bucket=export_bucket, ExportTime=at)
            == "InvalidExportTimeException"
        )
    assert code_of(export, TableArn=export_table, S3Bucket=export_bucket, ExportFormat="ION") == "ValidationException"
    missing = f"{export_table}/export/01234567890123-a1b2c3d4"
    assert code_of(dynamodb.describe_export, ExportArn=missing) == "ExportNotFoundException"

    name = f"export-{secrets.token_hex(4)}"
    unready = make_table(dynamodb, name, recovery=False)
    assert code_of(export, TableArn=unready, S3Bucket=export_bucket) == "PointInTimeRecoveryUnavailableException"
    dynamodb.delete_table(TableName=name)


def test_a_client_token_stands_for_one_export(local: LocalAws, export_bucket: str, export_table: str) -> None:
    dynamodb = client(local, "dynamodb")
    request = {"TableArn": export_table, "S3Bucket": export_bucket, "ClientToken": secrets.token_hex(8)}
    first, second = (dynamodb.export_table_to_point_in_time(**request)["ExportDescription"] for _ in range(2))
    assert first["ExportArn"] == second["ExportArn"]
    assert code_of(dynamodb.export_table_to_point_in_time, **request, S3Prefix="other") == "ExportConflictException"
    other = dynamodb.export_table_to_point_in_time(TableArn=export_table, S3Bucket=export_bucket)["ExportDescription"]
    assert other["ExportArn"] != first["ExportArn"]
    for arn in (first["ExportArn"], other["ExportArn"]):
        assert ended(dynamodb, arn)["ExportStatus"] == "COMPLETED"

    pages = [dynamodb.list_exports(TableArn=export_table, MaxResults=1)]
    pages.append(dynamodb.list_exports(TableArn=export_table, MaxResults=1, NextToken=pages[0]["NextToken"]))
    assert "NextToken" not in pages[1]
    listed = [summary for page in pages for summary in page["ExportSummaries"]]
    assert [each["ExportArn"] for each in listed] == sorted((first["ExportArn"], other["ExportArn"]), reverse=True)
    assert {(each["ExportStatus"], each["ExportType"]) for each in listed} == {("COMPLETED", "FULL_EXPORT")}


def test_an_export_that_cannot_write_fails_and_says_why(local: LocalAws, export_bucket: str, export_table: str) -> None:
    failed = exported(client(local, "dynamodb"), TableArn=export_table, S3Bucket="probe-no-such-bucket")
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "does not exist" in failed["FailureMessage"]
    assert "ExportManifest" not in failed


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
