"""ExportTableToPointInTime, DescribeExport and ListExports: MiniStack describes exports and writes nothing.

Full exports in DynamoDB JSON; other kinds are refused. The caller's rights on the bucket are what the export writes
with, as on AWS: an export that may not write is accepted, and fails. What it writes is in `export_files.py`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import zlib
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region, new_uuid
from ministack.core.router import extract_access_key_id
from ministack.services import dynamodb

from deploy.local.emulator import export_files, point_in_time

Response = tuple[int, dict[str, str], bytes]
Request = Mapping[str, Any]

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
_MOST_AT_ONCE = 300
_MOST_LISTED = 25
_TOKEN_VALID_S = 8 * 3600
# What the role needs on the bucket, as the page above says.
_WRITING = ("s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload")
_IN_PROGRESS = "IN_PROGRESS"
# Of a description, what nobody is shown: the request, which a repeated client token has to equal.
_REQUEST = "_request"

_log = logging.getLogger("table_exports")
_running: dict[str, asyncio.Task[None]] = {}


class _RefusedError(Exception):
    """The answer is an error of AWS's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install() -> None:
    answer_others = dynamodb.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Response:
        operation = _operation(headers)
        if operation not in {"ExportTableToPointInTime", "DescribeExport", "ListExports"}:
            others: Response = await answer_others(method, path, headers, body, query)
            return others
        request = _object(body)
        try:
            if operation == "ExportTableToPointInTime":
                answer = _described(_export(request, extract_access_key_id(headers, query)))
            else:
                answer = _described(_find(request)) if operation == "DescribeExport" else _list(request)
            response: Response = dynamodb.json_response(answer)
        except _RefusedError as error:
            response = dynamodb.error_response_json(error.code, str(error), 400)
        response[1]["x-amz-crc32"] = str(zlib.crc32(response[2]))
        return response

    dynamodb.handle_request = handle_request


def _operation(headers: Mapping[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _export(request: Request, access_key_id: str) -> dict[str, Any]:
    _check(request)
    earlier = _of_token(request.get("ClientToken"))
    if earlier:
        if earlier[_REQUEST] != dict(request):
            raise _RefusedError("ExportConflictException", "Duplicate request detected with the same client token")
        return earlier
    name = dynamodb._table_name_from_arn(request["TableArn"])
    if name not in dynamodb._tables:
        raise _RefusedError("TableNotFoundException", f"Table not found: {request['TableArn']}")
    try:
        items = point_in_time.items_at(name, request.get("ExportTime"))
    except point_in_time.UnavailableError as error:
        raise _RefusedError("PointInTimeRecoveryUnavailableException", str(error)) from error
    except point_in_time.OutsideWindowError as error:
        raise _RefusedError("InvalidExportTimeException", str(error)) from error
    if len(_running) >= _MOST_AT_ONCE:
        raise _RefusedError("LimitExceededException", f"more than {_MOST_AT_ONCE} exports at once")
    return _begin(request, dynamodb._tables[name], items, access_key_id)


def _check(request: Request) -> None:
    if not request.get("TableArn") or not request.get("S3Bucket"):
        raise _RefusedError("ValidationException", "an export needs TableArn and S3Bucket")
    kind, form = request.get("ExportType", "FULL_EXPORT"), request.get("ExportFormat", "DYNAMODB_JSON")
    if (kind, form) != ("FULL_EXPORT", "DYNAMODB_JSON") or "FilterSpecification" in request:
        raise _RefusedError("ValidationException", "the local AWS makes full exports in DYNAMODB_JSON, unfiltered")


def _begin(request: Request, table: Mapping[str, Any], items: list[Any], access_key_id: str) -> dict[str, Any]:
    now = time.time()
    # 14 digits of milliseconds and 8 hexadecimal ones, as in the ARNs of the documentation.
    export_id = f"{int(now * 1000):014d}-{new_uuid()[:8]}"
    asked = ("S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId", "ExportType")
    description = {
        "ExportArn": f"{table['TableArn']}/export/{export_id}",
        "ExportStatus": _IN_PROGRESS,
        "StartTime": now,
        "TableArn": table["TableArn"],
        "TableId": table["TableId"],
        "ExportTime": request.get("ExportTime", now),
        "ClientToken": request.get("ClientToken") or new_uuid(),
        "ExportFormat": "DYNAMODB_JSON",
        _REQUEST: dict(request),
        **{name: request[name] for name in asked if name in request},
    }
    dynamodb._exports[description["ExportArn"]] = description
    export = export_files.Export(description, table["pk_name"], items, dynamodb._item_size_bytes)
    writing = _run(description, export, may_write=_may_write(access_key_id, export))
    _running[description["ExportArn"]] = asyncio.get_running_loop().create_task(writing)
    return description


def _may_write(access_key_id: str, export: export_files.Export) -> bool:
    key = f"arn:aws:s3:::{export.bucket}/{export.key('manifest-summary.json')}"
    return not any(
        iam_evaluator.enforce(access_key_id, action, "s3", get_region(), resource_arn=key) for action in _WRITING
    )


async def _run(description: dict[str, Any], export: export_files.Export, *, may_write: bool) -> None:
    try:
        description |= await _written(export, may_write=may_write)
        description["ExportStatus"] = "COMPLETED"
    except export_files.WriteError as error:
        description |= {"ExportStatus": "FAILED", "FailureCode": error.code, "FailureMessage": str(error)}
    except Exception:
        _log.exception("export %s", description["ExportArn"])
        description |= {"ExportStatus": "FAILED", "FailureCode": "UNKNOWN", "FailureMessage": "Internal failure"}
    finally:
        description["EndTime"] = time.time()
        _running.pop(description["ExportArn"], None)


async def _written(export: export_files.Export, *, may_write: bool) -> dict[str, Any]:
    if not may_write:
        raise export_files.WriteError("S3AccessDenied", "Access Denied (Service: Amazon S3; Status Code: 403)")
    return await export.write()


def _of_token(token: str | None) -> dict[str, Any] | None:
    valid_since = time.time() - _TOKEN_VALID_S
    return next(
        (
            each
            for each in dynamodb._exports.values()
            if token and each["ClientToken"] == token and each.get("EndTime", valid_since) >= valid_since
        ),
        None,
    )


def _find(request: Request) -> dict[str, Any]:
    arn = request.get("ExportArn")
    if arn not in dynamodb._exports:
        raise _RefusedError("ExportNotFoundException", f"Export not found: {arn}")
    found: dict[str, Any] = dynamodb._exports[arn]
    return found


def _described(description: dict[str, Any]) -> dict[str, Any]:
    _settle(description)
    return {"ExportDescription": {name: value for name, value in description.items() if name != _REQUEST}}


def _settle(description: dict[str, Any]) -> None:
    """Let an export fail that the end of an earlier process has cut off."""
    if description["ExportStatus"] == _IN_PROGRESS and description["ExportArn"] not in _running:
        why = "the local AWS was stopped meanwhile"
        description |= {"ExportStatus": "FAILED", "FailureCode": "UNKNOWN", "FailureMessage": why}
        description["EndTime"] = time.time()


def _list(request: Request) -> dict[str, Any]:
    table_arn, token = request.get("TableArn"), request.get("NextToken")
    size = min(int(request.get("MaxResults", _MOST_LISTED)), _MOST_LISTED)
    # By ARN, backwards: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html
    arns = sorted(
        (
            arn
            for arn, each in dynamodb._exports.items()
            if (not table_arn or each["TableArn"] == table_arn) and (not token or arn < token)
        ),
        reverse=True,
    )
    page = [dynamodb._exports[arn] for arn in arns[:size]]
    for description in page:
        _settle(description)
    summaries = [
        {"ExportArn": each["ExportArn"], "ExportStatus": each["ExportStatus"], "ExportType": "FULL_EXPORT"}
        for each in page
    ]
    more = {"NextToken": arns[size - 1]} if len(arns) > size else {}
    return {"ExportSummaries": summaries, **more}
