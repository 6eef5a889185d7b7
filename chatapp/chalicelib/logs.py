"""Log lines: one JSON object each, on standard output. Never a token, a message's text or a file's."""

from __future__ import annotations

import functools
import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any


class Failed(Exception):
    """An invocation failed; the log line before says why. Carries only the type of what was raised."""


def line(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}, separators=(",", ":")), file=sys.stdout, flush=True)


_UNITS = {"s": "Seconds", "ms": "Milliseconds"}


def metric(stage: str, values: Mapping[str, int | float], **fields: object) -> None:
    """A line that CloudWatch makes metrics of, by their names' endings in seconds, milliseconds or counts.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    metrics = [{"Name": name, "Unit": _UNITS.get(name.rpartition("_")[2], "Count")} for name in values]
    directive = {"Namespace": "chatapp", "Dimensions": [["stage"]], "Metrics": metrics}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": about, "stage": stage, **values, **fields}, separators=(",", ":")), flush=True)


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


def without_text(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function's handler: Lambda logs what a handler raises, and an AWS error may quote what it was sent."""

    @functools.wraps(handler)
    def guarded(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except Exception as error:
            report(error)
            raise Failed(type(error).__name__) from None

    return guarded
