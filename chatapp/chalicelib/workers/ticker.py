"""What a leased worker does at intervals beside its work: renewing its lease, saying how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from chalicelib.logs import report


class Ticker(threading.Thread):
    """Calls `tick` every so many seconds, however long each takes, until it says False or is stopped.

    Of ticks that a slow one has held up, only the last is made up for.
    """

    def __init__(self, tick: Callable[[], bool], every_s: float) -> None:
        super().__init__(daemon=True)
        self._do = tick
        self._every_s = every_s
        self._stopping = threading.Event()

    def run(self) -> None:
        due = time.monotonic() + self._every_s
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            begun = time.monotonic()
            due = (due if begun - due < self._every_s else begun) + self._every_s
            try:
                if not self._do():
                    return
            except Exception as error:
                # A tick that failed is made up for by the next one; the lease outlasts several of them.
                report(error)

    def stop(self) -> None:
        """Returns once a tick that was under way has ended."""
        self._stopping.set()
        self.join()
