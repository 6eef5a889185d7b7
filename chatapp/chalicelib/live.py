"""Settings that change at once: a stage's own, over what it was deployed with. `./deploy.sh set` stores them.

One SSM parameter, `/chatapp/STAGE/settings`, holds `{"values": {NAME: TEXT}, …}`, each text as the environment has it.
It is read once a minute at most, beside what a request waits for; only a process's first reader waits. What cannot be
read, or is no such setting, leaves what there was before.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib import logs
from chalicelib.settings import Settings

# Of the threads that read.
READER = "live settings"
KEEP_S = 60.0
# Lambda freezes a process between requests, or has it begin from a snapshot: what it knew is then too old to be used.
_OLD_S = 300.0
NAME = "settings"  # of the parameter, under the stage's path


class Live:
    """The settings of a process.

    read: the parameter's text, None where there is none. now: seconds, of a clock that a frozen process
    does not stop.
    """

    def __init__(
        self, base: Settings, read: Callable[[], str | None] | None, now: Callable[[], float] = time.time
    ) -> None:
        self._base = self._settings = base
        self._read: Callable[[], str | None] = read or (lambda: None)
        self._reads, self._now = read is not None, now
        self._values: Mapping[str, str] = {}
        self._due_at = float("-inf")
        self._lock = threading.Lock()
        self._first = threading.Lock()
        self._is_read = read is None

    def settings(self) -> Settings:
        """What holds now; a minute old at most, and what a reading that goes on has not brought yet."""
        if not self._is_read or self._is_old():
            self._begin()
        elif self._reads and self._now() >= self._due_at and self._lock.acquire(blocking=False):
            threading.Thread(target=self._refresh, name=READER, daemon=True).start()
        return self._settings

    def _is_old(self) -> bool:
        return self._reads and self._now() >= self._due_at + _OLD_S

    def begin(self) -> None:
        """Read for the first time, beside whatever else a process does while it starts."""
        if self._reads:
            threading.Thread(target=self._begin, name=READER, daemon=True).start()

    def _begin(self) -> None:
        with self._first:
            if not self._is_read or self._is_old():
                with self._lock:
                    self._take()
                self._is_read = True

    def _refresh(self) -> None:
        """Of who holds the lock."""
        try:
            self._take()
        finally:
            self._lock.release()

    def _take(self) -> None:
        self._due_at = self._now() + KEEP_S  # also where it fails: one request a minute
        try:
            stored = values_of(self._read())
        except Exception as error:  # a right that is missing, too: settings that nobody can read hold no request up
            logs.line("settings_not_read", error=type(error).__name__)
            return
        if stored != self._values:
            self._values, self._settings = _over(self._base, stored, self._values)


def values_of(text: str | None) -> dict[str, str]:
    """What the parameter holds, by name. Raises ValueError for a text of another form."""
    document: Any = json.loads(text or "{}")
    values = document.get("values", {}) if isinstance(document, dict) else None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("the parameter does not hold settings")
    return values


def _over(base: Settings, stored: Mapping[str, str], before: Mapping[str, str]) -> tuple[dict[str, str], Settings]:
    """What is stored, over the base; a value that is none leaves the one before, and is named in the log."""
    taken: dict[str, str] = {}
    settings = base
    for name, value in sorted(stored.items()):
        for candidate in (value, before.get(name)):
            if candidate is None:
                continue
            try:
                settings = settings.over({name: candidate})
            except ValueError:
                logs.line("setting_refused", field=name)
                continue
            taken[name] = candidate
            break
    return taken, settings
