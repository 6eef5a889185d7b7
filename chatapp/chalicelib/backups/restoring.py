"""Bringing a backup back: into an empty stage, onto a living one, or (a drill) into scratch tables.

Steps, each safe to repeat, in the order of `_STEPS` or `_DRILL`; where a restore stands is with `places`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.aws.faults import Busy

from . import archive, copies, drill, erased, people, places, rows, twins
from .archive import Archive, Unusable
from .places import Run, Step
from .selection import Erased
from .work import Work

if TYPE_CHECKING:
    from chalicelib.services import Services

# A run ends of itself by then: what it has begun has time to end.
LAST_S = 60
# Before going on after AWS was busy; and while S3 fetches what lies in a cold storage class, which takes hours.
_PAUSE_S = 60
_THAWING_S = 3_600
# What nobody foresaw may pass by itself; after so many runs that met it, or after so long, a restore has failed.
_MOST_FAULTS = 3
_LONGEST_S = 14 * 86_400


def go_on(services: Services, payload: dict[str, Any], remaining_s: float) -> dict[str, Any]:
    """Begin a restore, or go on with one where its last run ended. payload: see `places.claim`."""
    until = time.monotonic() + remaining_s - LAST_S
    run = places.claim(services, payload, remaining_s)
    if run is None:
        return {"restore": payload["restore"]}
    try:
        _go_on(services, run, until)
    except places.Lost:
        logs.line("restore", restore=run.id, taken_over=True)
    return {"restore": run.id, "step": run.step}


def _go_on(services: Services, run: Run, until: float) -> None:
    """Raises Lost."""
    try:
        _steps(services, run, until)
    except Busy:
        logs.line("restore", restore=run.id, step=run.step, busy=True)
        places.pause(services, run, _PAUSE_S)
    except places.Lost:
        raise
    except Exception as error:
        logs.report(error)
        run.faults += 1
        if run.faults < _MOST_FAULTS:
            places.pause(services, run, _PAUSE_S)
        else:
            _give_up(services, run, error)


def _give_up(services: Services, run: Run, error: Exception) -> None:
    """End it although not all is done: of a drill something may be left, which says so."""
    at = f"{type(error).__name__} at step “{run.step}”: see the log of this function"
    run.problem = "; ".join(filter(None, [run.problem, at]))
    if run.drill:
        drill.tell(services, run)
    places.end(services, run, "failed")


def _steps(services: Services, run: Run, until: float) -> None:
    """One step after the other, until one has to wait or the time is over. Raises Busy."""
    steps = _DRILL if run.drill else _STEPS
    try:
        work = _work(services, run, until) if run.step != "closing" else None
        while work and run.step != "closing":
            if not steps[run.step](work):
                places.pause(services, run, _THAWING_S if run.waiting else _PAUSE_S if work.has_time else 0)
                return
            logs.line("restore", restore=run.id, step=run.step, done=True)
            run.step = _following(steps, run.step)
            if run.step == "closing":
                run.problem = _difference(run)
            work.keep()
    except Unusable as error:
        logs.line("restore", restore=run.id, step=run.step, refused=True)
        run.problem, run.step = str(error), "closing"
    _close(services, run, until)


def _following(steps: Iterable[Step], step: Step) -> Step:
    names = list(steps)
    return names[names.index(step) + 1] if step != names[-1] else "closing"


def _close(services: Services, run: Run, until: float) -> None:
    """End it; of a drill nothing is left but what it has proven."""
    if run.drill:
        places.save(services, run)
        if not drill.is_removed(services, run, until):
            places.pause(services, run, _PAUSE_S if time.monotonic() < until else 0)
            return
        drill.tell(services, run)
    places.end(services, run, "failed" if run.problem else "done")
    logs.line("restore", restore=run.id, done=not run.problem)


def _work(services: Services, run: Run, until: float) -> Work:
    if time.time() > run.started_at + _LONGEST_S:
        raise Unusable(f"it did not come to its end in {_LONGEST_S // 86_400} days")
    found = Archive.of(services.archives(run.source), run.backup, run.kept)
    run.items, run.all_objects = found.backup.items, found.backup.objects.count
    return Work(services, run, found, until, Erased() if run.drill else _erased(services, found))


def _erased(services: Services, found: Archive) -> Erased:
    return erased.known(services, found.bucket, found.backup.export_time)


def _are_thawed(work: Work) -> bool:
    work.run.waiting = len(archive.thaw(work.archive))
    return not work.run.waiting


def _difference(run: Run) -> str:
    """What a restore that came to its end did not bring back; "" where that is nothing."""
    lost = {name: counts["lost"] for name, counts in run.counts.items() if counts.get("lost")}
    other = {name: counts["kept"] for name, counts in run.counts.items() if run.drill and counts.get("kept")}
    said = [f"{count} items of {name} are not there" for name, count in lost.items()]
    said += [f"{count} items of {name} came back otherwise" for name, count in other.items()]
    said += [f"{each} is missing" for each in run.missing]
    return "; ".join(said)


_STEPS: Mapping[Step, Callable[[Work], bool]] = {
    "thawing": _are_thawed,
    "finding": people.are_found,
    "accounts": people.are_there,
    "objects": copies.are_back,
    "rows": rows.are_written,
    "comparing": rows.are_compared,
    "erasing": erased.are_gone,
    "publishing": twins.are_shown,
    "inviting": people.are_invited,
}
_DRILL: Mapping[Step, Callable[[Work], bool]] = {
    "thawing": _are_thawed,
    "counting": drill.is_counted,
    "making": drill.is_made,
    "objects": copies.are_back,
    "rows": rows.are_written,
    "comparing": rows.are_compared,
}
