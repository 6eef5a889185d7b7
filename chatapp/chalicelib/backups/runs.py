"""Where the backup that is being made stands: one object in the bucket, which one run at a time holds.

One that somebody asked for has an object of its own: neither it nor the night's waits for the other.

A run takes the object for as long as it may live, and arranges its successor for that moment before anything else: so
whatever ends it, a run follows that goes on from the last place that was kept. Whoever comes while it is held, or with
an order that is older than the object, has nothing to do. Each change replaces the object as it was read: of two
that change it at once one is refused.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs
from chalicelib.aws.bucket import Changed, Missing

if TYPE_CHECKING:
    from chalicelib.services import Services

KEY, ASKED_KEY = "state/backup.json", "state/backup-asked.json"
_JSON = "application/json"

Step = Literal["exporting", "copying", "reading", "closing", "done", "failed"]


@dataclass(slots=True)
class Run:
    """One backup on its way.

    attempt: of the order that goes on with it; an older one is void. held_until: Unix seconds; 0 while nobody works.
    exports: ARNs by table. tables: of those that were read, their parts so far and the digest's total.
    lists: how many pieces of the list of objects are written; after: the last key in them.
    asked: of a time that somebody asked for, and not of a night.
    """

    id: str
    export_time: int
    started_at: int
    step: Step = "exporting"
    attempt: int = 1
    held_until: int = 0
    exports: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: int = 0
    after: str = ""
    objects: int = 0
    object_bytes: int = 0
    gone: int = 0
    asked: bool = False

    @property
    def key(self) -> str:
        return ASKED_KEY if self.asked else KEY

    @property
    def ended(self) -> bool:
        return self.step in {"done", "failed"}

    def order(self) -> dict[str, Any]:
        return {"backup": self.id, "attempt": self.attempt, "asked": self.asked}


class Unusable(Exception):
    """The backup cannot be made of what there is; the message says why in one line, without anybody's text."""


class Lost(Exception):
    """Another run has taken over: this one must not go on."""


def read(services: Services, *, asked: bool = False) -> tuple[Run | None, str | None]:
    """The newest backup's place with its ETag; None twice where there was none yet."""
    try:
        raw, etag = services.backups.read_to_replace(ASKED_KEY if asked else KEY)
    except Missing:
        return None, None
    return Run(**json.loads(raw)), etag


def begin(services: Services, run: Run, etag: str | None) -> bool:
    """Have a backup made; False where another began meanwhile. etag: of the one before."""
    _arrange(services, run, int(time.time()))
    try:
        _save(services, run, etag)
    except Lost:
        return False
    return True


class Held:
    """A run's place, in the hands of whoever works on it."""

    def __init__(self, services: Services, run: Run, etag: str) -> None:
        self.run = run
        self._services = services
        self._etag = etag

    def keep(self) -> None:
        """Keep the place as it is now. Raises Lost."""
        self._etag = _save(self._services, self.run, self._etag)

    def pause(self, seconds: int) -> None:
        """Let go of it until a run goes on, after so many seconds."""
        self.run.attempt += 1
        _arrange(self._services, self.run, int(time.time()) + seconds)
        self.run.held_until = 0
        self.keep()

    def end(self, step: Literal["done", "failed"]) -> None:
        self.run.step, self.run.held_until = step, 0
        self.keep()


def claim(services: Services, order: dict[str, Any], remaining_s: float) -> Held | None:
    """Take what an order names, for as long as this process lives; None where there is nothing to do."""
    run, etag = read(services, asked=order.get("asked", False))
    attempt = order.get("attempt", run.attempt if run else 0)
    if run is None or etag is None or run.id != order["backup"] or run.ended or attempt < run.attempt:
        logs.line("backup", backup=order["backup"], nothing_to_do=True)
        return None
    now = int(time.time())
    if run.held_until > now:
        logs.line("backup", backup=run.id, under_way=True)
        return None
    run.attempt, run.held_until = attempt + 1, now + int(remaining_s)
    _arrange(services, run, run.held_until)
    try:
        return Held(services, run, _save(services, run, etag))
    except Lost:
        logs.line("backup", backup=run.id, under_way=True)
        return None


def _arrange(services: Services, run: Run, at_s: int) -> None:
    services.backups_later.once(f"backup-{run.id}-{run.attempt}", at_s, run.order())


def _save(services: Services, run: Run, etag: str | None) -> str:
    body = json.dumps(asdict(run)).encode()
    try:
        return services.backups.replace(run.key, body, _JSON, etag)
    except Changed as changed:
        try:
            raw, found = services.backups.read_to_replace(run.key)
        except Missing:
            raise Lost from changed
        if raw != body:
            raise Lost from changed
        return found  # by this very write, whose first reply was lost
