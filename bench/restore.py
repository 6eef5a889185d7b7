"""What bringing a backup back takes of the function that does it: its time, memory and requests, at two sizes.

The real code and the real SDK, each size in a process of its own: parts of this machine's disk, hashed, read and
digested, a conditional PutItem for each row, BatchGetItem to read them again; a table that answers after 5 ms. Lambda's
network is not in there, nor is DynamoDB's limit: a new table takes 4,000 writes a second at first.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [
        str(Path(__file__).resolve().parent.parent),
        str(Path(__file__).resolve().parent.parent / "chatapp"),
    ]

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from chalicelib.aws.grants import Grant
from chalicelib.aws.table import Table
from chalicelib.backups import manifest, rows
from chalicelib.backups.archive import Archive
from chalicelib.backups.canonical import Digest, digest_of
from chalicelib.backups.manifest import Accounts, Backup, Objects, Part
from chalicelib.backups.places import Run
from chalicelib.backups.runs import Run as BackupRun
from chalicelib.backups.work import Work

from bench.backup import SIZES, _Bucket, _export, _item
from bench.report import ROOT, Figure, load_average, show

MAX_MB = 256
_REQUEST_S = 0.005
_RUN = "2026-11-28T02-00-00Z"
_MANIFEST = "manifest.json"


class _Raw(io.BytesIO):
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


class _Dynamo:
    """Answers where the request would be sent; holds no row, since each can be made again of its number."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()

    def send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = str(request.headers["X-Amz-Target"]).rpartition(".")[2].strip("'")
        self.requests[operation] += 1
        time.sleep(_REQUEST_S)
        body = b"{}"
        if operation == "BatchGetItem":
            sent: Any = request.body
            asked = json.loads(sent)["RequestItems"]
            found = {name: [_item(_number(key)) for key in keys["Keys"]] for name, keys in asked.items()}
            body = json.dumps({"Responses": found, "UnprocessedKeys": {}}).encode()
        headers = {"x-amzn-requestid": "1"}
        return AWSResponse(request.url or "", 200, headers, _Raw(body))  # type: ignore[arg-type]


def _number(key: Any) -> int:
    return int(key["message_id"]["S"].rpartition("-")[2])


def _back_up(folder: Path, count: int) -> None:
    """Parts with a manifest, as the nightly backup leaves them."""
    bucket = _Bucket(folder)
    _export(bucket, BackupRun(_RUN, 0, 0), count)
    parts: list[Part] = []
    digest, numbers = Digest(), iter(range(count))
    for path in sorted(folder.glob("*data*"), key=lambda path: int(path.name.rpartition("|")[2].partition(".")[0])):
        body = path.read_bytes()
        items = min(12_500, count - sum(part.items for part in parts))
        parts.append(Part(path.name.replace("|", "/"), items, len(body), hashlib.sha256(body).hexdigest()))
        for _ in range(items):
            digest += Digest(digest_of(_item(next(numbers))))
    table = manifest.Table(count, sum(part.bytes for part in parts), digest.hex, tuple(parts))
    none = Objects(0, 0, "", ""), Accounts(0, "", "")
    backup = Backup(_RUN, "bench", "1", 1, 0, 0, 0, {"messages": table}, *none, "")
    bucket.put(_MANIFEST, manifest.written(backup), "")


def measure(count: int, folder: Path) -> dict[str, float]:
    """Make a backup in one process, and bring it back in this one."""
    if not any(folder.iterdir()):
        _back_up(folder, count)
        return {}
    bucket, dynamo = _Bucket(folder), _Dynamo()
    client = boto3.client("dynamodb", region_name="eu-west-1", config=Config(max_pool_connections=16))
    client.meta.events.register("before-send.dynamodb", dynamo.send)
    table = Table("restore", Grant("table", "messages", ("PutItem", "BatchGetItem")), client, "messages")
    run = Run("bench", "bench", _RUN)
    services: Any = SimpleNamespace(messages=table, backups=bucket)
    archive: Any = Archive(bucket, manifest.read(bucket.read(_MANIFEST)))  # type: ignore[arg-type]
    work = Work(services, run, archive, time.monotonic() + 3_600)
    began = time.perf_counter()
    assert rows.are_written(work)  # noqa: S101
    written_s = time.perf_counter() - began
    assert rows.are_compared(work)  # noqa: S101
    whole_s = time.perf_counter() - began
    assert run.counts["messages"]["equal"] == count  # noqa: S101
    return {
        "items_per_s": count / written_s,
        "recovery_s": whole_s,
        "requests": dynamo.requests.total() * 1_000 / count,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _measured(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.restore", str(count), folder]
        access = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'chatapp'}", "PATH": os.defpath, **access}
        for _ in range(2):
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> None:
    small, large = (_measured(count) for count in SIZES)
    figures = [
        Figure("restore_items_per_s", round(large["items_per_s"]), note=f"{SIZES[1]:,} messages written"),
        Figure("restore_items_per_s_small", round(small["items_per_s"]), note=f"{SIZES[0]:,} messages"),
        Figure("recovery_s", round(large["recovery_s"]), note=f"{SIZES[1]:,} messages written, read again, compared"),
        Figure("recovery_s_small", round(small["recovery_s"]), note=f"{SIZES[0]:,} messages"),
        Figure("requests_per_1000_items", round(large["requests"]), note="a PutItem each, and BatchGetItem"),
        Figure("peak_mb", round(large["peak_mb"]), MAX_MB, f"of the process with the SDK, at {SIZES[1]:,} items"),
        Figure("peak_mb_small", round(small["peak_mb"]), MAX_MB, f"at {SIZES[0]:,} items"),
        load_average(),
    ]
    show("A restore", figures)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(int(sys.argv[1]), Path(sys.argv[2]))))
    else:
        main()
