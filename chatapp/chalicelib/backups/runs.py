"""Where the backup that is being made stands; how one run at a time goes on with it is in `turns`.

One that somebody asked for has a place of its own: neither it nor the night's waits for the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs

from .turns import Lost, Place, Turns

if TYPE_CHECKING:
    from chalicelib.services import Services

__all__ = ["ASKED_KEY", "KEY", "CannotBackUp", "Held", "Lost", "Run", "Step", "begin", "claim", "read"]

KEY, ASKED_KEY = "state/backup.json", "state/backup-asked.json"

Step = Literal["exporting", "copying", "reading", "closing", "locking", "naming", "keeping", "done", "failed"]


@dataclass(slots=True)
class Run(Place):
    """One backup on its way.

    exports: ARNs by table. tables: of those that were read, their parts so far and the digest's total.
    lists: how many pieces of the list of objects are written. after: the last key that the step is through with.
    asked: of a time that somebody asked for, and not of a night.
    """

    id: str
    export_time: int
    started_at: int
    step: Step = "exporting"
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

    @property
    def name(self) -> str:
        return f"backup-{self.id}"

    def until(self, seconds: int) -> int:
        """So long after its begin, by no host's clock, and later for each run: nobody may make a lock shorter."""
        return self.started_at + self.attempt + seconds

    def order(self) -> dict[str, Any]:
        return {"backup": self.id, "asked": self.asked}


class CannotBackUp(Exception):
    """The backup cannot be made of what there is; the message says why in one line, without anybody's text."""


def read(services: Services, *, asked: bool = False) -> Run | None:
    """The newest backup's place; None where there was none yet."""
    found = _turns(services).read(ASKED_KEY if asked else KEY)
    return Run(**found[0], etag=found[1]) if found else None


def begin(services: Services, run: Run, before: Run | None) -> bool:
    """Have a backup made; False where another began meanwhile. before: whose place it takes."""
    run.etag = before.etag if before else None
    try:
        _turns(services).begin(run)
    except Lost:
        return False
    return True


class Held:
    """A run's place, in the hands of whoever works on it. Each raises Lost."""

    def __init__(self, services: Services, run: Run) -> None:
        self.run = run
        self._turns = _turns(services)

    def keep(self) -> None:
        """Keep the place as it is now."""
        self._turns.keep(self.run)

    def pause(self, seconds: int) -> None:
        """Let go of it until a run goes on, after so many seconds."""
        self._turns.pause(self.run, seconds)

    def end(self, step: Literal["done", "failed"]) -> None:
        self.run.step, self.run.held_until = step, 0
        self.keep()


def claim(services: Services, order: dict[str, Any], remaining_s: float) -> Held | None:
    """Take what an order names, for as long as this process lives; None where there is nothing to do."""
    run = read(services, asked=order.get("asked", False))
    if run is None or run.id != order["backup"]:
        logs.line("backup", backup=order["backup"], nothing_to_do=True)
        return None
    claimed = _turns(services).claim(run, order.get("attempt", run.attempt), remaining_s)
    return Held(services, run) if claimed else None


def _turns(services: Services) -> Turns:
    return Turns(services.states, services.backups_later)
