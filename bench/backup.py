"""What a nightly backup takes of the function that makes it: its time and memory, and requests, at two sizes.

DynamoDB writes the exports and S3 copies the files by themselves. Ours is reading each part once, for its hash and its
digest, and asking for the copies: measured here in a process of its own for each size, without the SDK (some 60 MB), on
files of this machine and on a bucket that answers each request after 20 ms. Prices are list prices of us-east-1, of
November 2026.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [
        str(Path(__file__).resolve().parent.parent),
        str(Path(__file__).resolve().parent.parent / "chatapp"),
    ]

from chalicelib.aws.bucket import Missing, Stored, Version
from chalicelib.aws.exports import Progress
from chalicelib.backups import exports, manifest, objects
from chalicelib.backups.runs import Run
from chalicelib.backups.tables import BACKED_UP

from bench.report import ROOT, Figure, load_average, show

SIZES = (10_000, 100_000)
OBJECTS = 1_000
MAX_MB = 256
_ITEMS_A_PART = 12_500
_REQUEST_S = 0.02
_RUN = "2026-11-28T02-00-00Z"
# A GB and month: recovery, thirty exports; what is kept of them (35 nights, 13 months of which 12 in Glacier Instant
# Retrieval). Exports are gzipped to about a quarter: those of messages, of which most is text.
_COST_A_GB = 0.20 + 30 * 0.10 + (35 * 0.023 + 0.023 + 12 * 0.004) / 4


def _item(number: int) -> dict[str, Any]:
    """Of a message of 1,200 characters."""
    text = f"{number} roses are red, violets are blue. " * 30
    return {
        "conversation": {"S": f"user:{number // 40}#0190b5a0-0000-7000-8000-{number // 20:012d}"},
        "message_id": {"S": f"0190b5a0-0000-7000-8000-{number:012d}"},
        "role": {"S": "assistant" if number % 2 else "user"},
        "content": {"L": [{"M": {"type": {"S": "text"}, "text": {"S": text}}}]},
        "usage": {"M": {"input_tokens": {"N": str(number)}, "output_tokens": {"N": "400"}}},
        "schema_version": {"N": "1"},
    }


class _Bucket:
    """Files of a folder by their keys, and copies that exist by name alone. requests: that S3 would have had."""

    def __init__(self, folder: Path, copies: int = 0) -> None:
        self.requests = 0
        self._folder, self._copies = folder, copies

    def path(self, key: str) -> Path:
        return self._folder / key.replace("/", "|")

    def read(self, key: str) -> bytes:
        if not self.path(key).exists():
            raise Missing
        return self.path(key).read_bytes()

    def stream(self, key: str) -> Iterator[bytes]:
        self.requests += 1
        with self.path(key).open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.path(key).write_bytes(body)

    def pages(self, prefix: str, after: str = "") -> Iterator[list[Version]]:
        self.requests += 1
        yield [Version(f"{prefix}{number:08d}", "1", is_delete_marker=False) for number in range(self._copies)]

    def source(self, key: str, version_id: str) -> str:
        return key

    def copy(self, source: str, key: str) -> Stored:
        """CopyObject and HeadObject."""
        self.requests += 2
        time.sleep(2 * _REQUEST_S)
        return Stored("1", 100_000, "text/plain", "0" * 64)

    def lock(self, key: str, until: int) -> None:
        self.requests += 1
        time.sleep(_REQUEST_S)


def _export(bucket: _Bucket, run: Run, count: int) -> None:
    """All items as parts of the table `messages`; the other tables are empty."""
    for name in BACKED_UP:
        run.exports[name] = f"arn:aws:dynamodb:eu-west-1:1:table/{name}/export/1"
        folder = f"{manifest.folder(run.id)}tables/{name}/AWSDynamoDB/1"
        starts = range(0, count, _ITEMS_A_PART) if name == "messages" else ()
        files = []
        for start in starts:
            numbers = range(start, min(start + _ITEMS_A_PART, count))
            key = f"{folder}/data/{start}.json.gz"
            with gzip.open(bucket.path(key), "wt", compresslevel=5) as lines:
                lines.writelines(json.dumps({"Item": _item(number)}) + "\n" for number in numbers)
            md5 = hashlib.md5(bucket.path(key).read_bytes(), usedforsecurity=False).digest()
            files.append(
                {"itemCount": len(numbers), "md5Checksum": base64.b64encode(md5).decode(), "dataFileS3Key": key}
            )
        listed = "".join(json.dumps(file) + "\n" for file in files)
        bucket.put(f"{folder}/manifest-files.json", listed.encode(), "")


def measure(count: int, folder: Path) -> dict[str, float]:
    """Make the parts of an export in one process, and read them in this one."""
    bucket, run = _Bucket(folder), Run(_RUN, 0, 0)
    if not any(folder.iterdir()):
        _export(bucket, run, count)
        return {}
    run.exports = {name: f"arn:aws:dynamodb:eu-west-1:1:table/{name}/export/1" for name in BACKED_UP}
    files = {name: SimpleNamespace(progress=lambda _: Progress("COMPLETED", "", 0)) for name in BACKED_UP}
    files["messages"] = SimpleNamespace(progress=lambda _: Progress("COMPLETED", "", count))
    stored = _Bucket(folder, OBJECTS // 2)
    services: Any = SimpleNamespace(
        backups=bucket, exports=files, uploads=stored, extracted=stored, settings=SimpleNamespace(backup_lock_days=30)
    )
    held: Any = SimpleNamespace(run=run, keep=lambda: None)
    began = time.perf_counter()
    assert exports.are_read(services, held, lambda: True)  # noqa: S101
    read_s = time.perf_counter() - began
    requests = bucket.requests
    began = time.perf_counter()
    assert objects.are_copied(services, held, lambda: True)  # noqa: S101
    copied_s = time.perf_counter() - began
    return {
        "items_per_s": count / read_s,
        "read_s": read_s,
        "objects_per_s": run.objects / copied_s,
        "item_requests": requests,
        "object_requests": (bucket.requests + stored.requests - requests) * 1_000 / run.objects,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _measured(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.backup", str(count), folder]
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'chatapp'}", "PATH": "/usr/bin:/bin"}
        for _ in range(2):
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> None:
    small, large = (_measured(count) for count in SIZES)
    figures = [
        Figure("backup_items_per_s", round(large["items_per_s"]), note=f"{SIZES[1]:,} messages read once and digested"),
        Figure("backup_items_per_s_small", round(small["items_per_s"]), note=f"{SIZES[0]:,} messages"),
        Figure("objects_per_s", round(large["objects_per_s"]), note="copied and locked, at 20 ms a request"),
        Figure("peak_mb", round(large["peak_mb"]), MAX_MB, f"of the process, at {SIZES[1]:,} items"),
        Figure("peak_mb_small", round(small["peak_mb"]), MAX_MB, f"at {SIZES[0]:,} items"),
        Figure(
            "requests_per_1000_items", round(large["item_requests"] * 1_000 / SIZES[1], 2), note="to read their parts"
        ),
        Figure("requests_per_1000_objects", round(large["object_requests"]), note="copy, look, lock"),
        Figure("cost_usd_per_gb_and_month", round(_COST_A_GB, 2), note="of tables: recovery, exports, what is kept"),
        load_average(),
    ]
    show("A nightly backup", figures)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(int(sys.argv[1]), Path(sys.argv[2]))))
    else:
        main()
