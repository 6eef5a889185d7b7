"""What a person waits for after an upload: on a deployment on the local AWS, by the way that a browser takes.

SRP sign-in, `POST /files`, the form sent to S3; S3's event starts the function; `file.updated` comes over the socket.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import apsw
import boto3
from botocore.exceptions import ClientError
from chalicelib.extraction.index.search_index import search

from bench import extraction_files as files
from bench.first_token import Api, Socket, opened, sign_in
from bench.report import ROOT, Figure
from deploy import results
from deploy.local import aws as local_aws
from deploy.people import api
from tests.e2e import web

WARM_UPS = 3
SAMPLES = 15
MAX_READY_S = 2.0
MAX_PEAK_MB = 300
PAGES, MANY_PAGES = 20, 2_000
_SAMPLE_S = 0.02
_POLL_S = 0.05
_TIMEOUT_S = 180.0
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployment that answers. state_dir: of the local AWS, under which its workers run."""

    api: Api
    pushed: Socket
    bucket: str
    function: str
    state_dir: Path


@dataclass(frozen=True, slots=True)
class Read:
    """One file from the end of its upload on, in seconds. claimed: when `reading` was pushed."""

    file_id: str
    pages: int
    claimed: float
    ready: float
    frames: int


@contextmanager
def running() -> Iterator[Stage | None]:
    """The local stage with the demo user signed in; None when nothing is deployed."""
    outputs, local = results.read("local"), local_aws.status(ROOT).aws
    if outputs is None or local is None:
        yield None
        return
    os.environ.update(local.process_environment({}))
    api = Api(outputs["api_url"], sign_in(outputs))
    bucket = f"chatapp-local-files-{local.account_id}-{local.region}"
    with opened(outputs["socket_url"], api.call("POST", "/sockets")["ticket"]) as pushed:
        yield Stage(api, pushed, bucket, "chatapp-local-extract", local.state_dir)


def upload(stage: Stage, name: str, content: bytes) -> str:
    """Declare a file and send its form; returns its id once S3 has answered."""
    made = stage.api.call("POST", "/files", {"name": name, "type": _PDF, "size": len(content)})
    body, content_type = api.form(made["upload"]["fields"], "file", content)
    sent = web.call("POST", made["upload"]["url"], body=body, headers={"Content-Type": content_type})
    if sent.status >= 300:
        raise RuntimeError(f"the form was refused: {sent.status}")
    file_id: str = made["file"]["file_id"]
    return file_id


def read(stage: Stage, name: str, content: bytes) -> Read:
    """Upload a file and wait until its owner is told that it is ready."""
    file_id = upload(stage, name, content)
    uploaded = time.time()
    claimed, count = 0.0, 0
    while True:
        at, frame = stage.pushed.frame(_TIMEOUT_S)
        file = frame.get("file", {})
        if file.get("file_id") != file_id:
            continue
        count += 1
        claimed = claimed or at - uploaded
        if file["status"] == "ready":
            return Read(file_id, file["pages"], claimed, at - uploaded, count)
        if file["status"] == "failed":
            raise RuntimeError(str(file["error"]))


class Peak(threading.Thread):
    """The most memory that one worker and the child that parses for it have had, together, since this was started."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self._marker = str(stage.state_dir.resolve() / "tmp" / f"ministack-lambda-{stage.function}-")
        self._ended = threading.Event()
        self.parent_mb = self.both_mb = 0.0

    def run(self) -> None:
        while not self._ended.wait(_SAMPLE_S):
            for pid in self._workers():
                parent, children = _peak_mb(pid), [_peak_mb(child) for child in _children(pid)]
                self.parent_mb = max(self.parent_mb, parent)
                self.both_mb = max(self.both_mb, parent + max(children, default=0.0))

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _workers(self) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if any(part.startswith(self._marker) and part.endswith("/_worker.py") for part in command):
                found.append(int(entry.name))
        return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):
        return 0.0


class Searcher(threading.Thread):
    """Looks for the index of a file that is being read, and notes when a word of its first page is found in it."""

    def __init__(self, stage: Stage, scratch: Path) -> None:
        super().__init__(daemon=True)
        self._bucket = stage.bucket
        self._path = scratch / "first-index.sqlite"
        self._s3: Any = boto3.client("s3")
        self._known = self._indexes()
        self.found_at: float | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_POLL_S):
            for key in self._indexes() - self._known:
                if self._finds(key):
                    self.found_at = time.time()
                    return

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _indexes(self) -> set[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix="extracted/")
        keys = {each["Key"] for page in pages for each in page.get("Contents", [])}
        return {key for key in keys if key.endswith("/index.sqlite")}

    def _finds(self, key: str) -> bool:
        try:
            self._path.write_bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
            return bool(search(self._path, "repère1", 1))
        except (ClientError, apsw.Error):
            return False


def uploads(scratch: Path) -> Iterator[Figure]:
    """Nothing when nothing is deployed."""
    with running() as stage:
        if stage is None:
            print("\n(left out: uploads, for which ./deploy.sh local has to have run)")
            return
        peak = Peak(stage)
        peak.start()
        yield from _short(stage, files.pdf(scratch / "20.pdf", PAGES).read_bytes())
        yield from _long(stage, files.pdf(scratch / "2000.pdf", MANY_PAGES).read_bytes(), scratch)
        peak.stop()
        yield Figure("extract_function_peak_mb", round(peak.parent_mb, 1), note="the worker itself, all of the above")
        yield Figure("extract_function_and_child_peak_mb", round(peak.both_mb, 1), MAX_PEAK_MB)


def _short(stage: Stage, content: bytes) -> Iterator[Figure]:
    samples = [read(stage, "bench 20 pages.pdf", content) for _ in range(WARM_UPS + SAMPLES)]
    for each in samples:
        stage.api.call("DELETE", f"/files/{each.file_id}")
    seconds = [each.ready for each in samples[WARM_UPS:]]
    note = f"end of upload to `ready` over the socket, p50 of {SAMPLES}, warm"
    yield Figure("upload_20_pages_ready_s", round(median(seconds), 2), MAX_READY_S, note)
    yield Figure("upload_20_pages_ready_slowest_s", round(max(seconds), 2))
    claimed = median(each.claimed for each in samples[WARM_UPS:])
    yield Figure("upload_20_pages_claimed_s", round(claimed, 2), note="S3's event, start of the function, claim, push")


def _long(stage: Stage, content: bytes, scratch: Path) -> Iterator[Figure]:
    searcher = Searcher(stage, scratch)
    searcher.start()
    began = time.time()
    each = read(stage, "bench 2000 pages.pdf", content)
    searcher.stop()
    stage.api.call("DELETE", f"/files/{each.file_id}")
    uploaded = time.time() - each.ready
    yield Figure("upload_2000_pages_ready_s", round(each.ready, 2), note=f"{each.pages:,} pages, {each.frames} pushes")
    yield Figure(
        "upload_2000_pages_per_s", round(each.pages / (each.ready - each.claimed), 1), note="from the claim on"
    )
    if searcher.found_at is not None:
        after = searcher.found_at - max(began, uploaded)
        yield Figure("upload_2000_first_page_found_s", round(after, 2), round(each.ready, 2), "by its stored index")
