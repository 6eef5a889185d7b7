"""Whose turn it is to go on with work that outlives a function: its place is an object, which one run at a time holds.

A run takes the place for as long as it may live, and arranges its successor for after that before anything else: so
whatever ends it, a run follows that goes on from the last place that was kept. An order that is older than the place
is void; one that comes while the place is held, and is not, is put off until it is free. Each change replaces the
object as it was read: of two that change it at once one is refused.
"""

from __future__ import annotations

import json
import secrets
import time
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from typing import Any

from chalicelib import logs
from chalicelib.aws.bucket import Bucket, Changed, Missing
from chalicelib.aws.functions import Schedule

# Scheduler is up to a minute late, the clocks of two hosts differ, and whether it takes a moment that is over is not
# said: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
SOON_S = 60


class Lost(Exception):
    """Another run has taken over: this one must not go on."""


@dataclass(slots=True, kw_only=True)
class Place(ABC):
    """Where one piece of work stands; what it does is its subclass's.

    attempt: of the order that goes on with it; an older one is void. held_until: Unix seconds; 0 while nobody works.
    holder: of whoever changed it last, so that nobody takes another's change for its own. etag: of the object as it
    was read or written; not part of it.
    """

    attempt: int = 0
    held_until: int = 0
    holder: str = ""
    etag: str | None = field(default=None, repr=False, compare=False)

    @property
    @abstractmethod
    def key(self) -> str: ...

    @property
    @abstractmethod
    def ended(self) -> bool: ...

    @property
    @abstractmethod
    def name(self) -> str:
        """Of its schedules, in full with an attempt and a time 64 characters at most."""

    @abstractmethod
    def order(self) -> dict[str, Any]:
        """What a function gets that is to go on with it; `attempt` is added."""


@dataclass(frozen=True, slots=True)
class Turns:
    """bucket: that places lie in. later: of the function that goes on with them."""

    bucket: Bucket
    later: Schedule

    def begin(self, place: Place) -> None:
        """Have a run go on with a place that is new, or replaces the one whose ETag it has. Raises Lost."""
        place.holder = secrets.token_hex(8)
        self._arrange(place, 0)
        self.keep(place)

    def claim(self, place: Place, attempt: int, remaining_s: float) -> bool:
        """Take a place for as long as this process lives; False where there is nothing to do.

        attempt: of the order that this process got.
        """
        now = int(time.time())
        if place.ended or attempt < place.attempt:
            logs.line("turn", name=place.name, nothing_to_do=True)
            return False
        if place.held_until > now:
            logs.line("turn", name=place.name, under_way=True)
            self._arrange(place, place.held_until + SOON_S, attempt)
            return False
        place.attempt, place.held_until, place.holder = attempt + 1, now + int(remaining_s), secrets.token_hex(8)
        self._arrange(place, place.held_until + SOON_S)
        try:
            self.keep(place)
        except Lost:
            logs.line("turn", name=place.name, under_way=True)
            return False
        return True

    def pause(self, place: Place, seconds: int) -> None:
        """Let go of it until a run goes on, after so many seconds. Raises Lost."""
        place.attempt += 1
        self._arrange(place, int(time.time()) + seconds)
        place.held_until = 0
        self.keep(place)

    def keep(self, place: Place) -> None:
        """Keep it as it is now. Raises Lost."""
        body = json.dumps({name: value for name, value in asdict(place).items() if name != "etag"}).encode()
        try:
            place.etag = self.bucket.replace(place.key, body, "application/json", place.etag)
        except Changed as changed:
            try:
                raw, found = self.bucket.read_to_replace(place.key)
            except Missing:
                raise Lost from changed
            if raw != body:
                raise Lost from changed
            place.etag = found  # by this very write, whose first reply was lost

    def read(self, key: str) -> tuple[dict[str, Any], str] | None:
        """A place's fields with the object's ETag; None where there is none."""
        try:
            raw, etag = self.bucket.read_to_replace(key)
        except Missing:
            return None
        return json.loads(raw), etag

    def _arrange(self, place: Place, at_s: int, attempt: int | None = None) -> None:
        """Have a run go on with a place; at that time, but not before a minute is over."""
        at_s = max(at_s, int(time.time()) + SOON_S)
        attempt = place.attempt if attempt is None else attempt
        self.later.once(f"{place.name}-{attempt}-{at_s}", at_s, {**place.order(), "attempt": attempt})
