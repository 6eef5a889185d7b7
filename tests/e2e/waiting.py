"""Waiting on conditions, never on the clock alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.1


def until(find: Callable[[], T | None], timeout_s: float, what: str) -> T:
    """Ask until there is something true, and return it. Fails the test after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:.0f} s in vain for {what}; last seen: {found!r}")
        time.sleep(POLL_S)
