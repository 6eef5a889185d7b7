"""One function of the backups, from its beginning to its end, in a process that holds what Lambda's would.

`python -m bench.backup_run backup`, or `restore ORDER`, in the function's environment; its last line says what it took.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.aws import clients
from chalicelib.backups import manifest, nightly, places, restoring, runs
from chalicelib.functions import BACKUP, RESTORE
from chalicelib.services import of

_REMAINING_S = 900.0
_PAUSE_S = 0.2


@dataclass
class Took:
    seconds: float = 0.0
    requests: int = 0


@dataclass
class Meter:
    """Time and requests, retries included. whole: of all; parts: of what is watched, by its name."""

    whole: Took = field(default_factory=Took)
    parts: dict[str, Took] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for service in ("dynamodb", "s3"):
            clients.client(service).meta.events.register(f"before-send.{service}", self._count)

    def _count(self, **_: Any) -> None:
        self.whole.requests += 1

    def watched(self, name: str, step: Callable[..., bool]) -> Callable[..., bool]:
        took = self.parts.setdefault(name, Took())

        def watched(*arguments: Any) -> bool:
            with self._measuring(took):
                return step(*arguments)

        return watched

    @contextmanager
    def _measuring(self, took: Took) -> Iterator[None]:
        began, before = time.perf_counter(), self.whole.requests
        yield
        took.seconds += time.perf_counter() - began
        took.requests += self.whole.requests - before


def backup(meter: Meter) -> dict[str, Any]:
    """Go on with the backup that was begun."""
    services = of(BACKUP)
    steps: Any = nightly._STEPS
    steps["copying"] = meter.watched("copying", steps["copying"])
    while (run := runs.read(services)) and not run.ended:
        nightly.go_on(services, run.order(), _REMAINING_S)
        time.sleep(_PAUSE_S)
    assert run  # noqa: S101
    made = manifest.read(services.backups.read(manifest.key_of(run.id)))
    return {"id": run.id, "items": made.items, "objects": made.objects.count}


def restore(meter: Meter, order: dict[str, Any]) -> dict[str, Any]:
    services = of(RESTORE)
    steps: Any = restoring._STEPS
    steps["rows"] = meter.watched("rows", steps["rows"])
    while not (run := places.find(services, order["restore"])) or not run.ended:
        restoring.go_on(services, order, _REMAINING_S)
    if run.problem:
        raise RuntimeError(run.problem)
    return {"items": sum(counts["equal"] for counts in run.counts.values() if counts)}


def main(what: str, *order: str) -> None:
    meter, began = Meter(), time.perf_counter()
    found = backup(meter) if what == "backup" else restore(meter, json.loads(order[0]))
    meter.whole.seconds = time.perf_counter() - began
    took = {name: vars(each) for name, each in {"whole": meter.whole, **meter.parts}.items()}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**found, **took, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main(*sys.argv[1:])
