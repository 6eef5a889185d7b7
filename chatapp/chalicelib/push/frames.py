"""Frames as WebSocket messages: how many go into one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from chalicelib.shapes import Frame

# A WebSocket message is billed per 32 KB frame and refused above 128 KB (API Gateway quotas). A character takes six
# bytes of JSON at most, so a delta of this many stays below that with its envelope.
MAX_DELTA_CHARACTERS = 5_000
_MAX_PUSHED_BYTES = 32_000


def encode(frames: Sequence[Frame]) -> bytes:
    """One WebSocket message."""
    return json.dumps({"frames": frames}, ensure_ascii=False, separators=(",", ":")).encode()


def encoded(frames: Sequence[Frame]) -> Iterator[bytes]:
    """The WebSocket messages for frames, in order: as few as stay below 32 KB each."""
    batch: list[Frame] = []
    size = 0
    for frame in frames:
        frame_size = len(encode([frame]))
        if batch and size + frame_size > _MAX_PUSHED_BYTES:
            yield encode(batch)
            batch, size = [], 0
        batch.append(frame)
        size += frame_size
    if batch:
        yield encode(batch)
