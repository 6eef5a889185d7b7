"""Asynchronous invocations wait in a queue, which MiniStack lacks: it counts a throttled one as a failed try.

On AWS it goes back to the queue, however few retries a function has, and is tried again after 1 s, and then after
longer and longer (exponentially, to 5 minutes) until it is older than the function allows. How fast the pauses grow AWS
does not say; each event is on its own here, so that those which came together are not tried together.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 300.0
_GROWTH = 1.5
_OLDEST_S = 21_600

# Until when (time.monotonic()) the event that is being carried out may wait; None for what somebody waits for.
_waits_until: ContextVar[float | None] = ContextVar("waits_until", default=None)


def install() -> None:
    invoke, execute = lambda_svc.invoke_async_with_retry, lambda_svc._execute_function

    def invoke_async_with_retry(function: Mapping[str, Any], event: Any) -> None:
        token = _waits_until.set(time.monotonic() + _oldest_s(function))
        try:
            invoke(function, event)  # on a thread of its own, which takes this context along
        finally:
            _waits_until.reset(token)

    def execute_function(function: Mapping[str, Any], event: Any) -> dict[str, Any]:
        pause_s, until = _FIRST_PAUSE_S, _waits_until.get()
        result: dict[str, Any] = execute(function, event)
        while until is not None and result.get("throttle") and time.monotonic() + pause_s <= until:
            time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311
            pause_s = min(_GROWTH * pause_s, _LONGEST_PAUSE_S)
            result = execute(_as_it_is_now(function), event)
        return result

    lambda_svc.invoke_async_with_retry = invoke_async_with_retry
    lambda_svc._execute_function = execute_function


def _as_it_is_now(function: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the concurrency that is reserved meanwhile: the record is of when it was invoked."""
    found: Mapping[str, Any] = lambda_svc._functions.get(function["config"]["FunctionName"]) or {}
    return {**function, "concurrency": found.get("concurrency")}


def _oldest_s(function: Mapping[str, Any]) -> int:
    of_versions: Mapping[str, Any] = function.get("event_invoke_configs") or {}
    settings: Mapping[str, Any] = function.get("event_invoke_config") or of_versions.get("$LATEST") or {}
    return int(settings.get("MaximumEventAgeInSeconds", _OLDEST_S))
