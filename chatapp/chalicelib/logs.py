"""Log lines: one JSON object each, on standard output. Never a token, a message's text or a file's.

Every line names its function and the request that it serves: an id of the site's, which goes from function to function
in their orders. Ours and no aws-lambda-powertools: importing its Logger and Metrics takes 59 ms, and the API's bound
of 340 ms has less than that left.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# Of an order to a function of ours, beside what the function reads itself.
TRACE = "trace_id"
_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


class Failed(Exception):
    """An invocation failed; the log line before says why. Carries only the type of what was raised."""


@dataclass(frozen=True, slots=True)
class _Invocation:
    function: str = ""
    trace_id: str = ""


# Of the process and not of a thread: Lambda gives a process one invocation at a time, and its threads log, too.
_current = _Invocation()


def accepted(given: str | None) -> str:
    """The request id that a caller gave, or a new one in place of what could be anything else."""
    return given if given and _ACCEPTED.fullmatch(given) else str(uuid.uuid4())


def trace_id() -> str:
    """Of the invocation in progress; "" outside one."""
    return _current.trace_id


@contextmanager
def invocation(function: str, trace: str) -> Iterator[None]:
    """Name the function and the request on every line until the end."""
    global _current  # noqa: PLW0603 (see `_current`)
    before, _current = _current, _Invocation(function, trace)
    try:
        yield
    finally:
        _current = before


def adopt(trace: str | None) -> None:
    """Serve another request from now on: one that a row names, where what invoked the function could not."""
    global _current  # noqa: PLW0603 (see `_current`)
    if trace:
        _current = _Invocation(_current.function, trace)


def handed_on(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An order to a function of ours, with the request that it serves."""
    return {**payload, TRACE: _current.trace_id} if _current.trace_id else dict(payload)


def about() -> dict[str, str]:
    """The fields that every line has: `function` and `request_id`, where there are any."""
    named = {"function": _current.function, "request_id": _current.trace_id}
    return {name: value for name, value in named.items() if value}


def line(event: str, **fields: object) -> None:
    text = json.dumps({"event": event, **fields, **about()}, separators=(",", ":"))
    print(text, file=sys.stdout, flush=True)


def report(error: BaseException) -> None:
    """Log an unexpected error: its type and where it came from, not what it says, which may quote a person's text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 5:
        causes.append(type(cause).__name__)
        cause = cause.__cause__
    line("error", error=causes, where=where)


def without_text(handler: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """Wrap a function's handler: Lambda logs what a handler raises, and an AWS error may quote what it was sent.

    name: of the function, where it is not the handler's.
    """

    @functools.wraps(handler)
    def guarded(*arguments: Any) -> Any:
        with invocation(name or handler.__name__, _trace_of(*arguments)):
            try:
                return handler(*arguments)
            except Exception as error:
                report(error)
                raise Failed(type(error).__name__) from None

    return guarded


def _trace_of(event: Any, context: Any = None) -> str:
    """The request that an order names, which is taken out of it; else AWS's id of the invocation.

    event: as Lambda gives it, or Chalice's wrapping of it.
    """
    order = event if isinstance(event, dict) else event.to_dict()
    given = order.pop(TRACE, None)
    context = context or getattr(event, "context", None)
    return accepted(given if isinstance(given, str) else getattr(context, "aws_request_id", None))
