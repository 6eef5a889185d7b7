"""moto's S3 without a copy of all that each object of a bucket holds, for each list of its versions.

The list marks which of them is the latest, and so wants versions of its own to write that on, but no bodies.
"""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from moto.s3.models import FakeDeleteMarker, FakeKey


class _Listed(FakeKey):
    """Shares its body with the object, and leaves it open when it is gone itself."""

    def dispose(self, garbage: bool = False) -> None:
        return


def make() -> None:
    """For the whole process; before the first request."""
    models: Any = import_module("moto.s3.models")
    as_before = models.copy
    models.copy = SimpleNamespace(
        copy=as_before.copy, deepcopy=lambda each: _marked(each) if _is_versions(each) else as_before.deepcopy(each)
    )


def _is_versions(each: Any) -> bool:
    return isinstance(each, list) and all(type(version) in (FakeKey, FakeDeleteMarker) for version in each)


def _marked(versions: list[Any]) -> list[Any]:
    made = []
    for version in versions:
        own = object.__new__(_Listed if type(version) is FakeKey else FakeDeleteMarker)
        own.__dict__.update(version.__dict__)
        made.append(own)
    return made
