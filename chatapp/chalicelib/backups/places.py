"""Where a restore stands: one object in the stage's backups bucket, which one run at a time works on.

A run takes it for as long as it may live, and arranges its successor for that moment before anything else: so whatever
ends it, a run follows that goes on from the last place that was kept. All that a run does is safe to repeat, so that
two who take one place at once do no harm.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chalicelib import logs
from chalicelib.aws.bucket import Missing

if TYPE_CHECKING:
    from chalicelib.services import Services

Step = Literal[
    "thawing", "finding", "making", "accounts", "objects", "rows", "comparing", "erasing", "closing", "done", "failed"
]
ENDED = frozenset({"done", "failed"})
_MOST_NAMED = 20


@dataclass(slots=True)
class Run:
    """One restore on its way.

    source: the stage whose backup it is. kept: nightly or monthly. only: `table=…`, `person=…`, `conversation=…` or "".
    overwrite: rows that are newer go, too. drill: into scratch tables, which are removed again.
    attempt: of the order that goes on with it; an older one is void. held_until: Unix seconds; 0 while nobody works.
    person: the `sub` whose things alone come back; files: of these files alone. subs: new ones by old ones.
    places: how many items of a part are done, by step and part; -1 for all. counts: of tables, by what became of items.
    objects_done: keys of the list. objects: by what became of them. waiting: for how many files S3 was asked.
    missing: what the backup lacks, the first few. problem: why it failed, or
    what did not come back.
    """

    id: str
    source: str
    backup: str
    kept: str = "nightly"
    only: str = ""
    overwrite: bool = False
    drill: bool = False
    step: Step = "thawing"
    attempt: int = 0
    held_until: int = 0
    started_at: int = 0
    ended_at: int = 0
    items: int = 0
    all_objects: int = 0
    person: str = ""
    files: list[str] = field(default_factory=list)
    subs: dict[str, str] = field(default_factory=dict)
    invited: int = 0
    places: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    objects_done: int = 0
    objects: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    missing: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def ended(self) -> bool:
        return self.step in ENDED

    def lacks(self, key: str) -> None:
        if key not in self.missing and len(self.missing) < _MOST_NAMED:
            self.missing.append(key)


def key_of(run_id: str) -> str:
    return f"state/restore-{run_id}.json"


def find(services: Services, run_id: str) -> Run | None:
    try:
        return Run(**json.loads(services.backups.read(key_of(run_id))))
    except Missing:
        return None


def save(services: Services, run: Run) -> None:
    services.backups.put(key_of(run.id), json.dumps(asdict(run)).encode(), "application/json")


def claim(services: Services, order: dict[str, Any], remaining_s: float) -> Run | None:
    """Take what an order names, for as long as this process lives; None where there is nothing to do.

    order: `{"restore": ID}` and, of one that is to begin, `source`, `backup` and more of a Run's fields.
    """
    now, begins = int(time.time()), {name: value for name, value in order.items() if name not in ("restore", "attempt")}
    run = find(services, order["restore"])
    if run is None and "backup" in begins:
        run = Run(id=order["restore"], started_at=now, **begins)
    if run is None or run.ended or order.get("attempt", run.attempt) < run.attempt or run.held_until > now:
        logs.line("restore", restore=order["restore"], nothing_to_do=True)
        return None
    run.attempt, run.held_until = run.attempt + 1, now + int(remaining_s)
    _arrange(services, run, run.held_until)
    save(services, run)
    return run


def pause(services: Services, run: Run, seconds: int) -> None:
    """Let go of it until a run goes on, after so many seconds."""
    run.attempt += 1
    _arrange(services, run, int(time.time()) + seconds)
    run.held_until = 0
    save(services, run)


def end(services: Services, run: Run, step: Step) -> None:
    run.step, run.held_until, run.ended_at = step, 0, int(time.time())
    save(services, run)


def _arrange(services: Services, run: Run, at_s: int) -> None:
    name, order = f"restore-{run.id}-{run.attempt}", {"restore": run.id, "attempt": run.attempt}
    services.restores_later.once(name, at_s, order)
