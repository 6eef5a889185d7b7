"""What a nightly backup and a restore take on the local AWS, at two sizes: time, memory, requests, and what is paid.

Two stages of one MiniStack, as their foundation lays them; the first is filled, backed up by the function's own code
with its own rights, and destroyed; the backup is brought back into the other and compared. Each function runs in a
process of its own, with AWS's SDK. Times are the emulator's, which takes milliseconds for a request and has one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:1] = [
        str(Path(__file__).resolve().parent.parent),
        str(Path(__file__).resolve().parent.parent / "chatapp"),
    ]

from chalicelib.backups import nightly

from bench.report import ROOT, Figure, load_average, show
from deploy import destruction
from deploy.local.aws import LocalAws, start, stop
from deploy.progress import Progress
from tests.aws.emulator_probe import ENVIRON, eventually
from tests.aws.local_stage import Laid

SIZES = (10_000, 100_000)
OBJECTS = 1_000
MAX_MB = 256
_ITEMS_A_REQUEST = 25
_AT_ONCE = 8
# USD of us-east-1 in November 2026; what AWS says counts: https://aws.amazon.com/dynamodb/pricing/on-demand/,
# https://aws.amazon.com/s3/pricing/. A GB of tables: its recovery in a month, and each export.
_PRICES_OF = "2026-11"
_RECOVERY, _EXPORT = 0.20, 0.10
# A GB that is kept for a month, in Standard and in Glacier Instant Retrieval.
_STANDARD, _INSTANT = 0.023, 0.004
# Nightly exports are kept for 35 days, of which 30 in Standard; those of 13 months, each for one month in Standard.
_KEPT = 30 * _STANDARD + 5 * _INSTANT + _STANDARD + 12 * _INSTANT
# Exports are gzipped to about a quarter: those of messages, of which most is text.
_COST_A_GB = _RECOVERY + 30 * _EXPORT + _KEPT / 4


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


def _fill(laid: Laid, items: int) -> None:
    dynamodb, s3, table = laid.client("dynamodb"), laid.client("s3"), f"{laid.stage.prefix}-messages"

    def write(start: int) -> None:
        numbers = range(start, min(start + _ITEMS_A_REQUEST, items))
        asked = {table: [{"PutRequest": {"Item": _item(number)}} for number in numbers]}
        while asked:
            asked = dynamodb.batch_write_item(RequestItems=asked)["UnprocessedItems"]

    def store(number: int) -> None:
        key = f"extracted/{number}/pages/1"
        s3.put_object(Bucket=laid.stage.files_bucket, Key=key, Body=f"{number} roses".encode() * 1_000)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(write, range(0, items, _ITEMS_A_REQUEST)))
        list(pool.map(store, range(OBJECTS)))


def _run(laid: Laid, function: str, *order: str) -> dict[str, Any]:
    """The function in a process of its own, as a user who has its policy and no more."""
    key_id, secret = laid.key(function)
    keys = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'chatapp'}", "PATH": os.defpath, **laid.variables(), **keys}
    command = [sys.executable, "-m", "bench.backup_run", function, *order]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _begun(laid: Laid) -> bool:
    """False while its tables are too young: in their first two seconds."""
    try:
        nightly.begin(laid.services("nightly_backup"))
    except nightly.Failed:
        return False
    return True


def measure(local: LocalAws, folder: Path, items: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the backup and the restore of so many items took."""
    source = Laid(local, f"local-s{items}", folder)
    _fill(source, items)
    eventually(lambda: _begun(source))
    made = _run(source, "backup")
    destruction.destroy(source.stage, Progress())
    target = Laid(local, f"local-t{items}", folder)
    order = {"restore": "bench", "source": source.stage.name, "backup": made["id"]}
    back = _run(target, "restore", json.dumps(order))
    destruction.destroy(target.stage, Progress())
    if (made["items"], made["objects"], back["items"]) != (items, OBJECTS, items):
        raise RuntimeError(f"{items} items: {made} were backed up, and {back} brought back")
    return made, back


def figures(items: int, made: dict[str, Any], back: dict[str, Any], suffix: str) -> Iterator[Figure]:
    without_objects = made["whole"]["seconds"] - made["copying"]["seconds"]
    requests = made["whole"]["requests"] - made["copying"]["requests"]
    copying, size = made["copying"], f"{items:,} messages"
    yield Figure(f"backup_items_per_s{suffix}", round(items / without_objects), note=f"{size}: exported, read, locked")
    yield Figure(f"restore_items_per_s{suffix}", round(items / back["rows"]["seconds"]), note=f"{size} written")
    yield Figure(f"objects_per_s{suffix}", round(OBJECTS / copying["seconds"]), note=f"{OBJECTS:,} copied and locked")
    peak_mb = round(max(made["peak_mb"], back["peak_mb"]))
    yield Figure(f"peak_mb{suffix}", peak_mb, MAX_MB, "of the larger process, the SDK included")
    yield Figure(f"recovery_s{suffix}", round(back["whole"]["seconds"], 1), note="rows and objects back, and compared")
    yield Figure(f"backup_requests_per_1000_items{suffix}", round(requests * 1_000 / items, 1))
    restored = round(back["rows"]["requests"] * 1_000 / items)
    yield Figure(f"restore_requests_per_1000_items{suffix}", restored, note="a PutItem each, and the place")
    yield Figure(
        f"requests_per_1000_objects{suffix}", round(copying["requests"] * 1_000 / OBJECTS), note="copy, look, lock"
    )


def main(sizes: tuple[int, ...]) -> None:
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name, redirect_stdout(sys.stderr):
        folder = Path(name)
        local = start(ROOT, state_dir=folder, port=0, environ=ENVIRON)
        os.environ.update(local.environment())
        try:
            for items in sizes:
                suffix = "" if items == sizes[-1] else f"_{items}"
                found += figures(items, *measure(local, folder, items), suffix)
        finally:
            stop(ROOT, state_dir=folder, environ=ENVIRON)
    note = f"of tables: recovery, exports, what is kept; list prices of {_PRICES_OF}"
    cost = Figure("cost_usd_per_gb_and_month", round(_COST_A_GB, 2), note=note)
    show("A nightly backup, and its way back", [*found, cost, load_average()])


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
