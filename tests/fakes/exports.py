"""DynamoDB's exports to S3, which moto writes without their manifests and MiniStack not at all: AWS's format, on moto.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
OPERATIONS = ("DescribeContinuousBackups", "ExportTableToPointInTime", "DescribeExport")
_A_WEEK_S = 7 * 86_400
# By which the newest moment that can be told lies behind.
LAG_S = 300


class Refused(Exception):
    """code: of the error that DynamoDB answers with."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Exports:
    """clock: Unix seconds; recovery reaches from a week before it to five minutes before it.

    earliest: of tables that were made since, by their names, without the stage's. slow: for how many more looks an
    export is under way. failing: tables whose exports fail. items_a_part: of the data files. past: the items of tables,
    by a time that was remembered: at all other times they are as they are now. taken: called between an
    export's instant and its first byte, as people go on writing.
    """

    dynamodb: Any
    s3: Any
    clock: Callable[[], float]
    earliest: dict[str, float] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    slow: int = 0
    items_a_part: int = 3
    started: dict[str, Body] = field(default_factory=dict)
    past: dict[int, dict[str, list[Body]]] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def answer(self, operation: str, body: Body) -> Body:
        """The reply to a request, as JSON. Raises Refused."""
        if operation == "DescribeContinuousBackups":
            return self._window(body["TableName"])
        if operation == "ExportTableToPointInTime":
            return {"ExportDescription": self._start(body)}
        return {"ExportDescription": self._look(body["ExportArn"])}

    def _window(self, name: str) -> Body:
        table, now = name.removeprefix("chatapp-test-"), self.clock()
        recovery: Body = {"PointInTimeRecoveryStatus": "DISABLED"}
        if table not in self.without:
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "EarliestRestorableDateTime": self.earliest.get(table, now - _A_WEEK_S),
                "LatestRestorableDateTime": now - LAG_S,
            }
        return {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": recovery,
            }
        }

    def _start(self, body: Body) -> Body:
        token = body["ClientToken"]
        if token in self._tokens:
            return self.started[self._tokens[token]]
        name = body["TableArn"].rpartition("/")[2]
        recovery = self._window(name)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
            raise Refused("PointInTimeRecoveryUnavailableException")
        if not recovery["EarliestRestorableDateTime"] <= body["ExportTime"] <= recovery["LatestRestorableDateTime"]:
            raise Refused("InvalidExportTimeException")
        number = len(self.started)
        arn = f"{body['TableArn']}/export/{1_693_685_827_463 + number:014d}-{number:08x}"
        self._tokens[token] = arn
        self.started[arn] = {
            "ExportArn": arn,
            "ExportStatus": "IN_PROGRESS",
            "TableArn": body["TableArn"],
            "ExportTime": body["ExportTime"],
            "S3Bucket": body["S3Bucket"],
            "S3Prefix": body["S3Prefix"],
            "ExportFormat": body["ExportFormat"],
            "looks": self.slow,
            "items": self.past[body["ExportTime"]][name] if body["ExportTime"] in self.past else self._items(name),
        }
        return self._shown(arn)

    def _look(self, arn: str) -> Body:
        export = self.started[arn]
        if export["ExportStatus"] == "IN_PROGRESS":
            if export["looks"]:
                export["looks"] -= 1
            elif arn.split("/")[1].removeprefix("chatapp-test-") in self.failing:
                export |= {"ExportStatus": "FAILED", "FailureCode": "S3AccessDenied", "FailureMessage": "denied"}
            else:
                self._write(export)
        return self._shown(arn)

    def _shown(self, arn: str) -> Body:
        return {name: value for name, value in self.started[arn].items() if name not in ("looks", "items")}

    def remember(self, at: int) -> None:
        """Have all tables been as they are now at that time (Unix seconds)."""
        self.past[at] = {name: self._items(name) for name in self.dynamodb.list_tables()["TableNames"]}

    def _items(self, table: str) -> list[Body]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [row for page in pages for row in page["Items"]]

    def _write(self, export: Body) -> None:
        items, size = export["items"], self.items_a_part
        folder = f"{export['S3Prefix']}/AWSDynamoDB/{export['ExportArn'].rpartition('/')[2]}"
        files = []
        # A table without items has a file, too.
        for number, start in enumerate(range(0, max(len(items), 1), size)):
            lines = [json.dumps({"Item": _json(item)}) + "\n" for item in items[start : start + size]]
            key, body = f"{folder}/data/{number:026d}.json.gz", gzip.compress("".join(lines).encode(), mtime=0)
            md5 = hashlib.md5(body, usedforsecurity=False)
            self._put(export, key, body)
            about = {"itemCount": len(lines), "md5Checksum": base64.b64encode(md5.digest()).decode()}
            files.append({**about, "etag": f"{md5.hexdigest()}-1", "dataFileS3Key": key})
        self._put(export, f"{folder}/manifest-files.json", "".join(json.dumps(file) + "\n" for file in files).encode())
        summary = {
            "version": "2020-06-30",
            "exportArn": export["ExportArn"],
            "tableArn": export["TableArn"],
            "s3Bucket": export["S3Bucket"],
            "s3Prefix": export["S3Prefix"],
            "manifestFilesS3Key": f"{folder}/manifest-files.json",
            "itemCount": len(items),
            "outputFormat": "DYNAMODB_JSON",
            "exportType": "FULL_EXPORT",
        }
        self._put(export, f"{folder}/manifest-summary.json", json.dumps(summary).encode())
        manifest = f"{folder}/manifest-summary.json"
        export |= {"ExportStatus": "COMPLETED", "ItemCount": len(items), "ExportManifest": manifest}

    def _put(self, export: Body, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=export["S3Bucket"], Key=key, Body=body)


def _json(value: Any) -> Any:
    """DynamoDB's JSON of what boto3 gives: bytes as base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    return value
