"""What a deployment tells whoever waits: each step, whether anything changed, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Step:
    """One step under way. `result` is shown when it ends; `title` when it fails."""

    title: str
    result: str = "done"
    said: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.said.append(line)
        print(f"    {line}", flush=True)

    def changed(self, changed: bool, result: str = "done") -> None:
        self.result = result if changed else "unchanged"


class Progress:
    def __init__(self) -> None:
        self.current: Step | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Time a step. When it fails, `current` stays, for the message to name it."""
        step = self.current = Step(title)
        started = time.monotonic()
        yield step
        self.current = None
        seconds = time.monotonic() - started
        print(f"{title + ' ':.<34} {step.result} ({seconds:.1f} s)", flush=True)
