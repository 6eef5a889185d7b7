"""Asking the model again where it is overloaded (529; `errors` says what is), cannot be reached, or breaks off before
its first word: as long as nothing of its answer was shown.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from .interface import BlockEnd, Delta, Event, Model, ModelError, ModelStream, Prompt, Stopped, Waiting

_MAX_PAUSE_S = 20.0
# A stream that was opened and cut may have been billed for its prompt, each time.
_MOST_CUTS = 2


def events(
    model: Model,
    prompt: Prompt,
    *,
    until: float,
    patience_s: float,
    cancelled: Callable[[], bool],
    pause: Callable[[float], None],
    opened: Callable[[ModelStream], None],
    again: Callable[[], None],
    waiting: Callable[[Waiting], None],
) -> Iterator[Event]:
    """The events of one answer. What passes is waited out until the first word is there.

    until: time.monotonic() at which an answer no longer helps. patience_s: for how long the model is asked again, from
    its first failure on: one that kept silent until a time-out, which takes a minute, is asked again too. opened: told
    of each stream that is started, so that another thread can close it. again: called before each new try, with what
    the last one had told; what it raises ends the answer. waiting: told before each pause why it is made, and once
    the model has answered after all. Raises the last ModelError.
    """
    attempt = cuts = 0
    is_waited_for = False
    while True:
        shown = False
        try:
            stream = model.stream(prompt)
            opened(stream)
            for event in stream:
                if is_waited_for:
                    waiting(Waiting(None, 0.0))
                    is_waited_for = False
                shown = shown or _is_shown(event)
                yield event
        except ModelError as error:
            attempt += 1
            cuts += error.code == "stream_cut"
            until = min(until, time.monotonic() + patience_s)  # the first failure's
            backoff_s = random.uniform(0.5, 1.0) * min(_MAX_PAUSE_S, 2.0 ** (attempt - 1))  # noqa: S311
            pause_s = max(error.retry_after_s, backoff_s)
            hopeless = shown or not error.retryable or cuts > _MOST_CUTS or time.monotonic() + pause_s > until
            if hopeless or cancelled():
                raise
            waiting(Waiting(error.code, until - time.monotonic()))
            is_waited_for = True
            pause(pause_s)
            if cancelled():
                raise
            again()
        else:
            return


def _is_shown(event: Event) -> bool:
    """Whether a person has seen it, or it is an answer's end."""
    return isinstance(event, BlockEnd | Stopped) or (isinstance(event, Delta) and event.text != "")
