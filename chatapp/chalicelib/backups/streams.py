"""Objects read as files, a megabyte at a time, and hashed while they are read."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast


class Hashed(io.RawIOBase):
    """A stream of chunks as a file. size, sha256, md5: of what was read so far."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.sha256 = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = next(self._chunks, b"")
            self.sha256.update(self._left)
            self.md5.update(self._left)
            self.size += len(self._left)
        given = self._left[: len(buffer)]
        self._left = self._left[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def lines(file: Hashed) -> Iterator[bytes]:
    """The lines of a gzipped file, which is read to its last byte. Raises what `gzip` and `zlib` raise."""
    with gzip.open(cast(BinaryIO, io.BufferedReader(file))) as unpacked:
        yield from unpacked
