"""Reading a backup's files: nothing before its hash is right, little at a time, and values as boto3 takes them."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from chalicelib.aws.bucket import Bucket, Missing
from chalicelib.backups.archive import Archive, Unusable
from chalicelib.backups.canonical import digest_of
from chalicelib.backups.manifest import Accounts, Backup, Objects, Part, Table

KEY = "nightly/x/part.json.gz"
ITEM: dict[str, Any] = {
    "binary": {"B": b"\x00\xff"},
    "empty": {"B": b""},
    "set": {"BS": [b"", b"\x01"]},
    "nested": {"M": {"list": {"L": [{"B": b"deep"}, {"M": {"漢": {"B": b"deeper"}}}]}}},
    "text": {"S": "YQ== é"},
}


class _Bucket:
    """chunk: bytes at a time. reads: keys, in order."""

    def __init__(self, objects: dict[str, bytes], chunk: int = 1024 * 1024) -> None:
        self.objects = objects
        self.chunk = chunk
        self.reads: list[str] = []

    def read(self, key: str) -> bytes:
        if key not in self.objects:
            raise Missing
        return self.objects[key]

    def stream(self, key: str) -> Iterator[bytes]:
        body = self.read(key)
        self.reads.append(key)
        return (body[start : start + self.chunk] for start in range(0, len(body), self.chunk))

    def sha256(self, key: str) -> str:
        return Bucket.sha256(self, key)  # type: ignore[arg-type]


def _archive(body: bytes, chunk: int = 1024 * 1024) -> tuple[Archive, Part, _Bucket]:
    bucket = _Bucket({KEY: body}, chunk)
    part = Part(KEY, 1, len(body), hashlib.sha256(body).hexdigest())
    none = Backup(
        "x",
        "test",
        "1",
        1,
        1,
        1,
        1,
        {"usage": Table(1, 1, "", (part,))},
        Objects(0, 0, "", ""),
        Accounts(0, "", ""),
        "",
    )
    return Archive(bucket, none), part, bucket  # type: ignore[arg-type]


def _base64(value: Any) -> Any:
    from tests.restores import exported

    return exported(value)


def test_values_are_read_as_they_were_stored_at_any_depth() -> None:
    body = gzip.compress(json.dumps({"Item": _base64(ITEM)}).encode() + b"\n")
    archive, part, _ = _archive(body)
    ((item, size),) = archive.items(part)
    assert item == ITEM
    assert digest_of(item) == digest_of(_base64(ITEM)) == digest_of(ITEM)
    assert size > 50


@pytest.mark.parametrize("chunk", [1, 7, 1024])
def test_gzip_files_one_after_the_other_are_one_file(chunk: int) -> None:
    lines = [json.dumps({"Item": {"n": {"N": str(n)}}}).encode() + b"\n" for n in range(40)]
    body = gzip.compress(b"".join(lines[:13])) + gzip.compress(b"".join(lines[13:]))
    archive, part, _ = _archive(body, chunk)
    assert [item["n"]["N"] for item, _ in archive.items(part)] == [str(n) for n in range(40)]


@pytest.mark.parametrize("harm", ["changed", "cut", "longer"])
def test_nothing_of_a_file_is_used_before_its_hash_is_right(harm: str) -> None:
    body = gzip.compress(b"".join(json.dumps({"Item": {"n": {"N": str(n)}}}).encode() + b"\n" for n in range(999)))
    archive, part, bucket = _archive(body)
    harmed = bytearray(body)
    harmed[-9] ^= 1
    bucket.objects[KEY] = {"changed": bytes(harmed), "cut": body[:-9], "longer": body + b"x"}[harm]
    with pytest.raises(Unusable, match=f"{KEY} is not what was written"):
        next(archive.items(part))


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b"{}\n", mtime=0)[:-9], b"\x1f\x8b\x08" + b"\xff" * 40],
    ids=["other", "cut", "noise"],
)
def test_a_file_that_was_harmed_before_it_was_hashed_is_named(body: bytes) -> None:
    archive, part, _ = _archive(body)
    with pytest.raises(Unusable, match=KEY):
        list(archive.items(part))


@pytest.mark.parametrize(
    "line", [b"{}\n", b"[]\n", b"not JSON\n", b'{"Item": {"a": {}}}\n', b'{"Item": {"a": {"B": "%"}}}\n']
)
def test_a_line_that_is_no_item_names_its_file(line: bytes) -> None:
    archive, part, _ = _archive(gzip.compress(line))
    with pytest.raises(Unusable, match=KEY):
        list(archive.items(part))


def test_a_file_of_any_size_is_held_a_few_lines_at_a_time() -> None:
    """300 items of 390 KB, which gzip makes small: 117 MB once unpacked."""
    line = json.dumps({"Item": {"text": {"S": "x" * 390_000}}}).encode() + b"\n"
    archive, part, _ = _archive(gzip.compress(line * 300, 1))
    tracemalloc.start()
    try:
        assert sum(1 for _ in archive.items(part)) == 300
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_a_newer_schema_is_refused_whatever_else_the_manifest_says() -> None:
    bucket: Any = _Bucket({"nightly/x/manifest.json": json.dumps({"schema_version": 2}).encode()})
    with pytest.raises(Unusable, match=r"newer app \(schema 2; this one knows 1\): deploy that version first"):
        Archive.of(bucket, "x")


def test_the_manifest_that_was_written_is_read() -> None:
    archive, _, _ = _archive(b"")
    bucket: Any = _Bucket({"monthly/x/manifest.json": json.dumps(asdict(archive.backup)).encode()})
    assert Archive.of(bucket, "x", "monthly").backup == archive.backup
