"""Waiting for a model that is overloaded (529; `errors` says what is), as long as nothing of its answer was shown."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from .interface import BlockEnd, Delta, Event, Model, ModelError, ModelStream, Prompt

_MAX_PAUSE_S = 20.0


def events(
    model: Model,
    prompt: Prompt,
    *,
    until: float,
    cancelled: Callable[[], bool],
    pause: Callable[[float], None],
    opened: Callable[[ModelStream], None],
) -> Iterator[Event]:
    """The events of one answer. Overload and rate limits are waited out until the first word is there.

    until: time.monotonic() at which waiting no longer helps. opened: told of each stream that is started, so that
    another thread can close it. Raises the last ModelError.
    """
    attempt = 0
    while True:
        shown = False
        try:
            stream = model.stream(prompt)
            opened(stream)
            for event in stream:
                shown = shown or isinstance(event, BlockEnd) or (isinstance(event, Delta) and event.text != "")
                yield event
        except ModelError as error:
            attempt += 1
            backoff_s = random.uniform(0.5, 1.0) * min(_MAX_PAUSE_S, 2.0 ** (attempt - 1))  # noqa: S311
            pause_s = max(error.retry_after_s, backoff_s)
            hopeless = shown or not error.retryable or time.monotonic() + pause_s > until
            if hopeless or cancelled():
                raise
            pause(pause_s)
            if cancelled():
                raise
        else:
            return
