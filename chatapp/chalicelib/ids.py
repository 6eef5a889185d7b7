"""Identifiers and times as they are stored and shown."""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0


def new_id(after: str | None = None) -> str:
    """A UUIDv7 (RFC 9562): ids made by one process sort in the order in which they were made.

    The 12 bits after the milliseconds count within one of them (method 1), so a prompt sorts before its answer.
    after: an id that must sort before the new one, whatever the clock of the machine that made it.
    Python has `uuid.uuid7` from 3.14 on.
    """
    global _last  # noqa: PLW0603 (the counter is the process's)
    with _lock:
        _last = max(_last + 1, time.time_ns() // 1_000_000 << 12, _stamp(after) + 1 if after else 0)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return str(uuid.UUID(int=(stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | random))


def _stamp(message_id: str) -> int:
    """Milliseconds and counter of a UUIDv7, as one number."""
    number = uuid.UUID(message_id).int
    return (number >> 80) << 12 | (number >> 64) & 0xFFF


def born_at(id_: str) -> float:
    """When a UUIDv7 was made, Unix seconds."""
    return (uuid.UUID(id_).int >> 80) / 1000


def is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def iso(time_s: float) -> str:
    """ISO 8601 in UTC with milliseconds: sorts as text."""
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(iso_time: str) -> float:
    return datetime.fromisoformat(iso_time).timestamp()


def day(time_s: float) -> str:
    """The day of a moment: `2026-11-28`, in UTC."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d")


def month(time_s: float) -> str:
    """The accounting period of a moment: `2026-11`, in UTC."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m")
