"""Where a restore stands: one object in the stage's backups bucket; how one run at a time goes on is in `turns`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs

from .turns import Lost, Place, Turns

if TYPE_CHECKING:
    from chalicelib.services import Services

__all__ = ["ENDED", "Lost", "Run", "Step", "claim", "end", "find", "key_of", "pause", "save"]

Step = Literal[
    "thawing",
    "finding",
    "making",
    "counting",
    "accounts",
    "objects",
    "rows",
    "comparing",
    "erasing",
    "publishing",
    "inviting",
    "closing",
    "done",
    "failed",
]
ENDED = frozenset({"done", "failed"})
_MOST_NAMED = 20


@dataclass(slots=True)
class Run(Place):
    """One restore on its way.

    source: the stage whose backup it is. kept: nightly or monthly. only: `table=…`, `person=…`, `conversation=…` or "".
    overwrite: rows that are newer go, too. drill: into scratch tables, which are removed again.
    person: the `sub` whose things alone come back; files, twins: of these alone. subs: new ones by old ones.
    looked_up, made: how many accounts are, of the backup's. absent: by their old `sub`. uninvited: by their new one.
    places: how many items of a part are done, by step and part; -1 for all. counts: of tables, by what became of items.
    objects_done: keys of the list. objects: by what became of them. waiting: for how many files S3 was asked.
    missing: what the backup lacks, the first few. faults: runs that met an error which nobody foresaw.
    problem: why it failed, or what did not come back.
    """

    id: str
    source: str
    backup: str
    kept: str = "nightly"
    only: str = ""
    overwrite: bool = False
    drill: bool = False
    step: Step = "thawing"
    started_at: int = 0
    ended_at: int = 0
    items: int = 0
    all_objects: int = 0
    person: str = ""
    files: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)
    subs: dict[str, str] = field(default_factory=dict)
    looked_up: int = 0
    absent: list[str] = field(default_factory=list)
    made: int = 0
    uninvited: list[str] = field(default_factory=list)
    invited: int = 0
    places: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    objects_done: int = 0
    objects: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    missing: list[str] = field(default_factory=list)
    faults: int = 0
    problem: str = ""

    @property
    def ended(self) -> bool:
        return self.step in ENDED

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def name(self) -> str:
        return f"restore-{self.id}"

    def order(self) -> dict[str, Any]:
        return {"restore": self.id}

    def lacks(self, key: str) -> None:
        if key not in self.missing and len(self.missing) < _MOST_NAMED:
            self.missing.append(key)


def key_of(run_id: str) -> str:
    return f"state/restore-{run_id}.json"


def find(services: Services, run_id: str) -> Run | None:
    found = _turns(services).read(key_of(run_id))
    return Run(**found[0], etag=found[1]) if found else None


def save(services: Services, run: Run) -> None:
    """Keep the place as it is now. Raises Lost."""
    _turns(services).keep(run)


def claim(services: Services, order: dict[str, Any], remaining_s: float) -> Run | None:
    """Take what an order names, for as long as this process lives; None where there is nothing to do.

    order: `{"restore": ID}` and, of one that is to begin, `source`, `backup` and more of a Run's fields.
    """
    begins = {name: value for name, value in order.items() if name not in ("restore", "attempt")}
    run = find(services, order["restore"])
    if run is None and "backup" in begins:
        run = Run(id=order["restore"], started_at=int(time.time()), **begins)
    if run is None:
        logs.line("restore", restore=order["restore"], nothing_to_do=True)
        return None
    return run if _turns(services).claim(run, order.get("attempt", run.attempt), remaining_s) else None


def pause(services: Services, run: Run, seconds: int) -> None:
    """Let go of it until a run goes on, after so many seconds. Raises Lost."""
    _turns(services).pause(run, seconds)


def end(services: Services, run: Run, step: Step) -> None:
    """Raises Lost."""
    run.step, run.held_until, run.ended_at = step, 0, int(time.time())
    save(services, run)


def _turns(services: Services) -> Turns:
    return Turns(services.states, services.restores_later)
