"""Who may export, restore, make tables and read parameters on a real MiniStack: the resources that IAM asks about."""

from __future__ import annotations

import secrets
from typing import Any

from deploy.local.aws import LocalAws
from tests.aws.emulator_exports import ATTRIBUTES, ITEMS, KEYS, allowed, code_of, exported, files, make_table, name_of
from tests.aws.test_emulator_bucket import client

WRITING = ("s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload")


def test_an_export_needs_its_callers_rights_on_table_export_and_bucket(
    local: LocalAws, export_bucket: str, export_table: str
) -> None:
    objects = f"arn:aws:s3:::{export_bucket}/mine/*"
    may_export = (("dynamodb:ExportTableToPointInTime",), export_table)
    may_describe = (("dynamodb:DescribeExport",), f"{export_table}/export/*")
    request = {"TableArn": export_table, "S3Bucket": export_bucket, "S3Prefix": "mine"}

    everything = allowed(local, may_export, may_describe, (WRITING, objects))
    begun = exported(everything, **request)
    assert begun["ExportStatus"] == "COMPLETED"
    elsewhere = exported(everything, **{**request, "S3Prefix": "others"})
    assert (elsewhere["ExportStatus"], elsewhere["FailureCode"]) == ("FAILED", "S3AccessDenied")
    assert not files(client(local, "s3"), export_bucket, "others")

    for left_out in WRITING:
        most = tuple(action for action in WRITING if action != left_out)
        assert exported(allowed(local, may_export, may_describe, (most, objects)), **request)["ExportStatus"] == (
            "FAILED"
        ), left_out
    writer = allowed(local, (WRITING, objects), (("dynamodb:ExportTableToPointInTime",), f"{export_table}-other"))
    assert code_of(writer.export_table_to_point_in_time, **request) == "AccessDeniedException"
    assert code_of(writer.describe_export, ExportArn=begun["ExportArn"]) == "AccessDeniedException"
    assert code_of(writer.list_exports) == "AccessDeniedException"


def test_a_role_makes_fills_and_removes_the_tables_it_may(local: LocalAws, export_bucket: str) -> None:
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


def test_a_table_is_restored_by_who_may_restore_it(local: LocalAws, export_table: str) -> None:
    request: dict[str, Any] = {"TargetTableName": "restored", "UseLatestRestorableTime": True}
    restorer = allowed(local, (("dynamodb:RestoreTableToPointInTime", "dynamodb:DeleteTable"), export_table))
    assert code_of(restorer.restore_table_to_point_in_time, SourceTableName="other", **request) == (
        "AccessDeniedException"
    )
    for source in ({"SourceTableName": name_of(export_table)}, {"SourceTableArn": export_table}):
        restorer.restore_table_to_point_in_time(**source, **request)
        client(local, "dynamodb").delete_table(TableName="restored")


def test_a_path_of_parameters_is_read_by_who_may_read_that_path(local: LocalAws) -> None:
    owner = client(local, "ssm")
    for name in ("/probe/a/plain", "/probe/b/plain"):
        owner.put_parameter(Name=name, Value="x", Type="String", Overwrite=True)
    path = f"arn:aws:ssm:{local.region}:{local.account_id}:parameter/probe/a"
    ssm = allowed(local, (("ssm:GetParametersByPath",), path), service="ssm")
    assert [each["Name"] for each in ssm.get_parameters_by_path(Path="/probe/a")["Parameters"]] == ["/probe/a/plain"]
    assert code_of(ssm.get_parameters_by_path, Path="/probe/b") == "AccessDeniedException"
