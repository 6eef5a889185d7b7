"""Capabilities: what one function may ask of one AWS resource.

A `Grant` is written in `functions.py`, checked here at run time, and read by the deployment to write the function's
IAM policy. So an operation that was forgotten fails the first unit test that needs it, and one that nothing
uses is found by comparing `used` with the grants.
"""

from __future__ import annotations

from dataclasses import dataclass


class NotGranted(RuntimeError):
    """The code asks for an operation that `functions.py` does not grant: our bug, never the caller's."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Operations on one resource.

    kind: table, index, export, bucket, function, sockets, parameter, parameters, schedule, queue, topic, pool,
        profiles, bedrock or distribution.
    resource: its logical name, without the stage (`messages`, `conversations/timestamp-index`, `files/uploads` for
        what lies under `uploads/` in the files bucket, `backups/*` for all of the backups bucket, `answer`).
    operations: names of AWS's API (for a transaction those of its item actions, as IAM checks them; an object that is
        read or deleted by its version has operations of its own, as it has actions).
    """

    kind: str
    resource: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    function: str
    kind: str
    resource: str
    operation: str


used: set[Use] = set()


class Adapter:
    """Base of everything that calls AWS on behalf of one function."""

    def __init__(self, function: str, grant: Grant) -> None:
        self._function = function
        self._grant = grant

    def _allow(self, operation: str) -> None:
        if operation not in self._grant.operations:
            raise NotGranted(f"{self._function} may not {operation} on {self._grant.kind} {self._grant.resource}")
        used.add(Use(self._function, self._grant.kind, self._grant.resource, operation))
