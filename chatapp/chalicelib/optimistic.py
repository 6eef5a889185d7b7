"""Reading, deciding and writing anew while what was read changes underneath: the writes' conditions tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .errors import Conflict

_Result = TypeVar("_Result")
_ATTEMPTS = 4


class Changed(Exception):
    """What an attempt had read has changed since; nothing was written."""


def repeated(attempt: Callable[[], _Result], what: str) -> _Result:
    """The result of the first attempt that does not raise Changed. what: is named to the caller when none does.

    Raises Conflict, and whatever an attempt raises besides.
    """
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except Changed:
            continue
    raise Conflict(f"{what} changing too fast; try again.")
