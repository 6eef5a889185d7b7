"""The grants of `functions.py` against what the tests of this run used.

An operation that is used and not granted fails at run time (`NotGranted`); one that is granted and not used is found
here. Where pytest-xdist runs the tests, each worker tells at its end what its tests used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from chalicelib.aws.grants import Grant, Use, used
from chalicelib.functions import FUNCTIONS

GRANTS = {name: function.allowed for name, function in FUNCTIONS.items()}
Told = list[list[str]]


def told() -> Told:
    """What the tests of this process used, as a worker sends it."""
    return sorted(list(astuple(use)) for use in used)


@dataclass
class Workers:
    """What the workers of a run used. awaited: those that have not told it; told: whether one has."""

    used: set[Use] = field(default_factory=set)
    told: bool = False
    awaited: set[str] = field(default_factory=set)

    def started(self, worker: str) -> None:
        self.awaited.add(worker)

    def ended(self, worker: str, told: Told | None) -> None:
        """Take what a worker tells at its end; one that was lost tells None."""
        if told is not None:
            self.told = True
            self.awaited.discard(worker)
            self.used.update(Use(*use) for use in told)

    def to_tell(self) -> Told:
        """For the check of a later run."""
        return sorted(list(astuple(use)) for use in self.used)


def problems(uses: Iterable[Use]) -> list[str]:
    """A line for each granted operation that nothing used, in the order of `functions.FUNCTIONS`."""
    seen = set(uses)
    return [
        f"{function} may {operation} on {grant.kind} {grant.resource}, but no test made it do so"
        for function, grants in GRANTS.items()
        for grant in grants
        for operation in grant.operations
        if not _is_used_by_aws(grant) and Use(function, grant.kind, grant.resource, operation) not in seen
    ]


def _is_used_by_aws(grant: Grant) -> bool:
    """Whether AWS or its SDK uses a grant on a function's behalf, not our code through an adapter."""
    return grant.kind in {"queue", "bedrock"}


def missing(workers: Workers) -> list[str]:
    """A line for each worker that did not tell what its tests used: without it nothing can be judged."""
    if workers.awaited:
        return [f"{worker} did not tell what its tests used" for worker in sorted(workers.awaited)]
    return [] if workers.told else ["no worker told what its tests used"]


def problems_of(workers: Workers) -> list[str]:
    """As `problems`, for a run by workers."""
    return missing(workers) or problems(workers.used)
