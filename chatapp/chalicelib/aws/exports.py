"""Exports of a table to S3, as it was at one instant, and the time from which DynamoDB can tell that.

An export costs no read capacity and none of a function's time: it is asked for, and looked after.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from .faults import sent
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Status = Literal["IN_PROGRESS", "COMPLETED", "FAILED"]


class NoRecovery(Exception):
    """The table has no point-in-time recovery, or none of that time."""


@dataclass(frozen=True, slots=True)
class Window:
    """Of which instants a table can be exported (Unix seconds), both ends included."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Progress:
    """failure: DynamoDB's code of why an export failed. bytes: as billed; items: of the table."""

    status: Status
    failure: str = ""
    items: int = 0


class Export(Adapter):
    """Exports of one table. Every operation raises Busy when DynamoDB cannot take it now."""

    def __init__(self, function: str, grant: Grant, client: DynamoDBClient, name: str, arn: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._name = name
        self._arn = arn

    def window(self) -> Window:
        """Raises NoRecovery."""
        self._allow("DescribeContinuousBackups")
        reply = sent(self._client.describe_continuous_backups, TableName=self._name)
        found = reply["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if found.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise NoRecovery(self._name)
        # A second into the window: DynamoDB's own ends have fractions, and an export's time has none.
        earliest = int(found["EarliestRestorableDateTime"].timestamp()) + 1
        return Window(earliest, int(found["LatestRestorableDateTime"].timestamp()))

    def start(self, at: int, target: tuple[str, str], token: str) -> str:
        """Have the table written as it was at `at` (Unix seconds) and return the export's ARN. Raises NoRecovery.

        target: a bucket and a prefix. token: the same order with the same token starts nothing new for eight hours.
        """
        self._allow("ExportTableToPointInTime")
        bucket, prefix = target
        try:
            reply = sent(
                self._client.export_table_to_point_in_time,
                TableArn=self._arn,
                ExportTime=datetime.fromtimestamp(at, UTC),
                ClientToken=token,
                S3Bucket=bucket,
                S3Prefix=prefix,
                S3SseAlgorithm="AES256",
                ExportFormat="DYNAMODB_JSON",
                ExportType="FULL_EXPORT",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_RECOVERY:
                raise
            raise NoRecovery(self._name) from error
        return str(reply["ExportDescription"]["ExportArn"])

    def progress(self, export_arn: str) -> Progress:
        self._allow("DescribeExport")
        found = sent(self._client.describe_export, ExportArn=export_arn)["ExportDescription"]
        return Progress(found["ExportStatus"], found.get("FailureCode") or "", found.get("ItemCount") or 0)


_NO_RECOVERY = {"PointInTimeRecoveryUnavailableException", "InvalidExportTimeException", "TableNotFoundException"}


def folder_of(prefix: str, export_arn: str) -> str:
    """Where an export lies, with `manifest-files.json` and `data/`: under the prefix that it was given.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
    """
    return f"{prefix}/AWSDynamoDB/{export_arn.rpartition('/')[2]}/"
