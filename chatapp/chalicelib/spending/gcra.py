"""The arithmetic of limits: GCRA, the generic cell rate algorithm, without rows and without a clock.

A row keeps one time, `tat`: when everything that was taken from the limit will have come back. Whoever takes a unit
moves it one interval on, from now where nothing is missing any more; a limit is used up where that would lead further
than its window from now. So a quota may be taken at once, and comes back unit by unit.
https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm (ITU-T I.371: the virtual scheduling algorithm)

Times are whole microseconds, so that nothing is lost by adding them up.
"""

from __future__ import annotations

from chalicelib.settings import Limit

_S = 1_000_000


def interval_us(limit: Limit) -> int:
    """In which one unit comes back; rounded up, so that a limit never lets more through than it says."""
    return -(-limit.window_s * _S // limit.quota)


def idle(limit: Limit, now_us: int) -> int:
    """The `tat` of a row that had everything, once a unit was taken."""
    return now_us + interval_us(limit)


def latest(limit: Limit, now_us: int) -> int:
    """The latest `tat` that leaves a unit to take."""
    return now_us + (limit.quota - 1) * interval_us(limit)


def left(limit: Limit, tat_us: int, now_us: int) -> int:
    """How many units can be taken now."""
    missing = max(0, tat_us - now_us)
    return max(0, limit.quota - -(-missing // interval_us(limit)))


def more_in_us(limit: Limit, tat_us: int, now_us: int) -> int:
    """How long until one unit more can be taken than now; 0 where none is missing."""
    missing = max(0, tat_us - now_us)
    step = interval_us(limit)
    most = limit.quota * step  # a row may have been written under a limit that was wider
    return missing - most + step if missing > most else (missing - 1) % step + 1 if missing else 0


def whole_seconds(us: int) -> int:
    """Rounded up: whoever waits so long does not come too early."""
    return -(-us // _S)
