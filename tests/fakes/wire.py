"""Between boto3's clients and moto: every request passes here, one at a time, and faults fall on some of the app's.

It stands where the HTTP request would be sent, so that botocore's own parsing and retries are at work.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

CallT = TypeVar("CallT")
Send = Callable[[], AWSResponse]
Fault = Callable[[CallT, Send], AWSResponse]
_URL = "https://aws.example/"


class Killed(BaseException):
    """The process ends here, as when Lambda's time is up: nothing in the app may catch it."""


def answer(status: int, headers: dict[str, str], body: str) -> AWSResponse:
    return AWSResponse(_URL, status, headers, MockRawResponse(body))  # type: ignore[arg-type]


def unreachable(call: object, send: Send) -> AWSResponse:
    """Nothing arrives."""
    raise ConnectTimeoutError(endpoint_url=_URL)


def lost_reply(call: object, send: Send) -> AWSResponse:
    """The request is carried out; its answer never arrives."""
    send()
    raise ConnectionClosedError(endpoint_url=_URL)


def read_timeout(call: object, send: Send) -> AWSResponse:
    send()
    raise ReadTimeoutError(endpoint_url=_URL)


def killed_before(call: object, send: Send) -> AWSResponse:
    raise Killed


def killed_after(call: object, send: Send) -> AWSResponse:
    send()
    raise Killed


@dataclass
class _Planned(Generic[CallT]):
    fault: Fault[CallT]
    matches: Callable[[CallT], bool]
    skip: int
    times: int


@dataclass
class Wire(ABC, Generic[CallT]):
    """calls: every request so far, repeated ones included. struck: those that a fault fell on."""

    calls: list[CallT] = field(default_factory=list)
    struck: list[CallT] = field(default_factory=list)
    _planned: list[_Planned[CallT]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def attach(self, client: Any, *, faults: bool) -> None:
        """Take over a client's requests. faults: False for the test's own client, which nothing befalls."""
        events = client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self._faulty if faults else self._plain)

    def fail(
        self, fault: Fault[CallT], matches: Callable[[CallT], bool] = lambda call: True, *, nth: int = 1, times: int = 1
    ) -> None:
        """Let `fault` fall on the nth request from now that matches, and on `times` of them in a row."""
        self._planned.append(_Planned(fault, matches, nth - 1, times))

    def clear(self) -> None:
        """Forget calls and faults."""
        self.calls, self.struck, self._planned = [], [], []

    @abstractmethod
    def _call(self, operation: str, request: AWSPreparedRequest) -> CallT:
        """What is asked, as tests see it."""

    def _carry_out(self, call: CallT, request: AWSPreparedRequest) -> AWSResponse:
        with self._lock:
            made = botocore_stubber("before-send", request)
        assert made is not None
        return made

    def _plain(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        return self._carry_out(self._call(event_name.rpartition(".")[2], request), request)

    def _faulty(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        call = self._call(event_name.rpartition(".")[2], request)
        fault = self._due(call)
        if fault is None:
            return self._sent_by_app(call, request)
        return fault(call, lambda: self._sent_by_app(call, request))

    def _sent_by_app(self, call: CallT, request: AWSPreparedRequest) -> AWSResponse:
        """Where AWS answers a function's role otherwise than moto does."""
        return self._carry_out(call, request)

    def _due(self, call: CallT) -> Fault[CallT] | None:
        with self._lock:
            self.calls.append(call)
            for planned in self._planned:
                if planned.times and planned.matches(call):
                    if planned.skip:
                        planned.skip -= 1
                        continue
                    planned.times -= 1
                    self.struck.append(call)
                    return planned.fault
        return None
