"""The course of one answer: where its threads tell each other that something came, that it is over, and why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Course:
    """deadline: time.monotonic() at which there is just time left to store the answer.

    stop_requested: by a person. lost: somebody else has settled the answer, or its row was deleted.
    finished: nothing more will come, because of `error` if there is one.
    """

    def __init__(self, deadline: float, *, stop_requested: bool) -> None:
        self.deadline = deadline
        self.stop_requested = stop_requested
        self.lost = False
        self.finished = False
        self.error: Exception | None = None
        self._changed = threading.Condition()

    def ending(self) -> bool:
        """Whether the answer is to end although the model would go on."""
        return self.stop_requested or self.lost or time.monotonic() > self.deadline

    def over(self) -> bool:
        return self.finished or self.ending()

    def wake(self) -> None:
        """Have whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, until: Callable[[], bool], timeout_s: float) -> None:
        with self._changed:
            self._changed.wait_for(until, timeout=timeout_s)

    def pause(self, pause_s: float) -> None:
        """Do nothing for a while, unless the answer ends."""
        self.wait(self.ending, pause_s)
