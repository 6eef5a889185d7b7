"""What a table's export writes into its bucket, as AWS documents it: byte for byte the same kinds of files.

    PREFIX/AWSDynamoDB/EXPORT/_started                 empty: the bucket can be written
    PREFIX/AWSDynamoDB/EXPORT/data/NAME.json.gz        the items of one partition, a line each; empty ones too
    PREFIX/AWSDynamoDB/EXPORT/manifest-files.json      the data files, a line each
    PREFIX/AWSDynamoDB/EXPORT/manifest-summary.json    last: what was exported, and where manifest-files.json is
    …/manifest-files.md5, …/manifest-summary.md5       the MD5 of the file of that name, in base64

The page calls the last two `.checksum`; in the buckets of AWS they end in `.md5`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.services import s3

Item = Mapping[str, Any]

# A table on demand begins with four partitions, and one holds 10 GB; here less, so that a small table has several.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
_FEWEST_PARTITIONS = 4
_PARTITION_BYTES = 8 * 1024 * 1024


class WriteError(Exception):
    """The bucket cannot be written. code: what DescribeExport tells as FailureCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Export:
    """One export. partition_key: by which items lie together; size_of: an item's bytes, as DynamoDB counts them."""

    description: Mapping[str, Any]
    partition_key: str
    items: list[Item]
    size_of: Callable[[Item], int]
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def bucket(self) -> str:
        return str(self.description["S3Bucket"])

    def key(self, name: str) -> str:
        prefix = self.description.get("S3Prefix", "").rstrip("/")
        export_id = self.description["ExportArn"].rpartition("/")[2]
        return f"{prefix}/AWSDynamoDB/{export_id}/{name}".lstrip("/")

    async def write(self) -> dict[str, Any]:
        """Write everything; what DescribeExport tells more then. Raises WriteError."""
        self._put("_started", b"")
        # In threads, so that the emulator goes on answering.
        size = await asyncio.to_thread(lambda: sum(map(self.size_of, self.items)))
        for partition in await asyncio.to_thread(self._partitions, size):
            await self._write_data(partition)
        lines = "".join(f"{_compact(file)}\n" for file in self.files)
        self._put_with_md5("manifest-files", lines.encode())
        self._put_with_md5("manifest-summary", _compact(self._summary(size)).encode())
        manifest = self.key("manifest-summary.json")
        return {"ExportManifest": manifest, "ItemCount": len(self.items), "BilledSizeBytes": size}

    def _partitions(self, size: int) -> list[list[Item]]:
        count = max(_FEWEST_PARTITIONS, -(-size // _PARTITION_BYTES))
        partitions: list[list[Item]] = [[] for _ in range(count)]
        for item in self.items:
            key = json.dumps(item[self.partition_key]).encode()
            partitions[zlib.crc32(key) % count].append(item)
        return partitions

    async def _write_data(self, items: list[Item]) -> None:
        data = await asyncio.to_thread(_data, items)
        name = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
        key = self.key(f"data/{name}.json.gz")
        etag = self._upload(key, data)
        file = {"itemCount": len(items), "md5Checksum": _md5(data), "etag": etag, "dataFileS3Key": key}
        self.files.append(file)

    def _summary(self, size: int) -> dict[str, Any]:
        of = self.description
        return {
            "version": "2020-06-30",
            "exportArn": of["ExportArn"],
            "startTime": _time(of["StartTime"]),
            "endTime": _time(datetime.now(UTC).timestamp()),
            "tableArn": of["TableArn"],
            "tableId": of["TableId"],
            "exportTime": _time(of["ExportTime"]),
            "s3Bucket": self.bucket,
            "s3Prefix": of.get("S3Prefix"),
            "s3SseAlgorithm": of.get("S3SseAlgorithm"),
            "s3SseKmsKeyId": of.get("S3SseKmsKeyId"),
            "manifestFilesS3Key": self.key("manifest-files.json"),
            "billedSizeBytes": size,
            "itemCount": len(self.items),
            "outputFormat": of["ExportFormat"],
        }

    def _put_with_md5(self, name: str, content: bytes) -> None:
        self._put(f"{name}.json", content)
        self._put(f"{name}.md5", _md5(content).encode())

    def _put(self, name: str, content: bytes) -> None:
        _done(s3._put_object(self.bucket, self.key(name), content, self._encryption))

    def _upload(self, key: str, data: bytes) -> str:
        """Upload as AWS does, in parts, here one: the ETag is of the parts' digests. Returns it."""
        begun = _done(s3._create_multipart_upload(self.bucket, key, self._encryption))
        upload = {"uploadId": _text(begun, "UploadId"), "partNumber": "1"}
        _done(s3._upload_part(self.bucket, key, data, upload, {}))
        part = f"<Part><PartNumber>1</PartNumber><ETag>{_digest(data).hex()}</ETag></Part>"
        body = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>".encode()
        return _text(_done(s3._complete_multipart_upload(self.bucket, key, body, upload, {})), "ETag").strip('"')

    @property
    def _encryption(self) -> dict[str, str]:
        algorithm = {"AES256": "AES256", "KMS": "aws:kms"}.get(self.description.get("S3SseAlgorithm", ""))
        key = self.description.get("S3SseKmsKeyId")
        asked = {"x-amz-server-side-encryption": algorithm, "x-amz-server-side-encryption-aws-kms-key-id": key}
        return {name: value for name, value in asked.items() if value}


def _data(items: Iterable[Item]) -> bytes:
    lines = "".join(f"{_compact({'Item': item})}\n" for item in items)
    return gzip.compress(lines.encode(), mtime=0)


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _md5(content: bytes) -> str:
    return base64.b64encode(_digest(content)).decode()


def _digest(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _done(response: tuple[int, dict[str, str], bytes]) -> bytes:
    """The body of what S3 has answered. Raises WriteError."""
    status, _, body = response
    if status != 200:
        raise WriteError(f"S3{_text(body, 'Code')}", _text(body, "Message"))
    return body


def _text(body: bytes, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", body.decode())
    return found[1].replace("&quot;", '"') if found else ""
