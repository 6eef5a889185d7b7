"""Having a worker of answers stand ready before a question is sent, so that nobody sees its cold start.

One asynchronous invocation that does nothing: Lambda keeps its process for some minutes afterwards. At most one a
minute of each person or visit and process of the API, as that process remembers: a row would cost more than a waking.
A wake costs $0.0000002, and some milliseconds of the function's time where it is awake already.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from chalicelib.aws.functions import NotStarted
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

EVERY_S = 60
ORDER: dict[str, Any] = {"wake": True}
woken: TTLCache[str, bool] = TTLCache(maxsize=10_000, ttl=EVERY_S)
_lock = threading.Lock()


def wake(services: Services, subject: Subject) -> None:
    """Have one worker started, unless this subject has had so within a minute. Never fails: it only saves time."""
    with _lock:
        if str(subject) in woken:
            return
        woken[str(subject)] = True
    with suppress(NotStarted):
        services.answers.invoke(ORDER)


def is_wake(event: dict[str, Any]) -> bool:
    """Whether an invocation is nothing more than that; the process has been built by the time it is asked."""
    return event.get("wake") is True
