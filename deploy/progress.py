"""What a deployment tells whoever waits: each step, whether anything changed, and how long it took.

While a step says nothing, its seconds are counted: in place on a terminal, as a line now and then in a log.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

_TICK_S = 1.0
_LOG_TICK_S = 10.0


class Screen:
    """Where whole lines go, from several threads; on a terminal a last one that passes.

    out: None is what standard output is at the time.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out
        self._passing = 0
        self._lock = threading.Lock()

    @property
    def is_terminal(self) -> bool:
        return self._stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def line(self, text: str) -> None:
        with self._lock:
            self._write(f"{self._wiped()}{text}\n")

    def passing(self, text: str) -> None:
        """A line that the next one replaces."""
        if not self.is_terminal:
            self.line(text)
            return
        with self._lock:
            wiped, self._passing = self._wiped(), len(text)
            self._write(wiped + text)

    def wipe(self) -> None:
        with self._lock:
            self._write(self._wiped())

    def _wiped(self) -> str:
        width, self._passing = self._passing, 0
        return f"\r{' ' * width}\r" if width else ""

    def _write(self, text: str) -> None:
        if text:
            self._stream.write(text)
            self._stream.flush()

    @property
    def _stream(self) -> TextIO:
        return self._out or sys.stdout


@dataclass
class Step:
    """One step under way. `result` is shown when it ends; `title` when it fails."""

    title: str
    result: str = "done"
    said: list[str] = field(default_factory=list)
    screen: Screen = field(default_factory=Screen)

    def say(self, line: str) -> None:
        self.said.append(line)
        self.screen.line(f"    {line}")

    def changed(self, changed: bool, result: str = "done") -> None:
        self.result = result if changed else "unchanged"


class Progress:
    """tick_s: between two counts of a step's seconds; None: what suits the screen."""

    def __init__(self, screen: Screen | None = None, tick_s: float | None = None) -> None:
        self.current: Step | None = None
        # Raises what keeps a next step from beginning.
        self.before_step: Callable[[], None] | None = None
        self._screen = screen or Screen()
        self._tick_s = tick_s

    def say(self, line: str) -> None:
        """A line between two steps."""
        self._screen.line(f"    {line}")

    def must_go_on(self) -> None:
        """Raise what keeps a next step from beginning; a long one asks between its parts."""
        if self.before_step:
            self.before_step()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Time a step. When it fails, `current` stays, for the message to name it."""
        self.must_go_on()
        step = self.current = Step(title, screen=self._screen)
        started = time.monotonic()
        with self._counted(title, started):
            yield step
        self.current = None
        seconds = time.monotonic() - started
        self._screen.line(f"{title + ' ':.<34} {step.result} ({seconds:.1f} s)")

    @contextmanager
    def _counted(self, title: str, started: float) -> Iterator[None]:
        over = threading.Event()
        pause_s = self._tick_s or (_TICK_S if self._screen.is_terminal else _LOG_TICK_S)

        def count() -> None:
            while not over.wait(pause_s):
                self._screen.passing(f"    {title}: {time.monotonic() - started:.0f} s")

        counting = threading.Thread(target=count, daemon=True)
        counting.start()
        try:
            yield
        finally:
            over.set()
            counting.join()
            self._screen.wipe()
