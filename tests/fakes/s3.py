"""Between boto3's S3 clients and moto: faults, one request at a time, and the forms that a browser sends.

moto takes any form; here its policy is read as S3 does.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from tests.fakes.dynamodb import Killed

WRITES = ("PutObject", "DeleteObjects")


@dataclass(frozen=True)
class Call:
    """One HTTP request to S3. key: of an object; empty for a request about the bucket. query: of its URL."""

    operation: str
    key: str
    query: dict[str, list[str]]

    @property
    def writes(self) -> bool:
        return self.operation in WRITES


Send = Callable[[], AWSResponse]
Fault = Callable[[Call, Send], AWSResponse]
_URL = "https://s3.eu-west-1.amazonaws.com/"


def answer(status: int, body: str) -> AWSResponse:
    return AWSResponse(_URL, status, {"x-amz-request-id": "fault"}, MockRawResponse(body))  # type: ignore[arg-type]


def refusal(code: str, status: int) -> Fault:
    """S3 answers with an error."""
    return lambda call, send: answer(status, f"<Error><Code>{code}</Code><Message></Message></Error>")


slow_down = refusal("SlowDown", 503)
denied = refusal("AccessDenied", 403)


def unreachable(call: Call, send: Send) -> AWSResponse:
    """Nothing arrives."""
    raise ConnectTimeoutError(endpoint_url=_URL)


def lost_reply(call: Call, send: Send) -> AWSResponse:
    """The request is carried out; its answer never arrives."""
    send()
    raise ConnectionClosedError(endpoint_url=_URL)


def killed_before(call: Call, send: Send) -> AWSResponse:
    raise Killed


def killed_after(call: Call, send: Send) -> AWSResponse:
    send()
    raise Killed


@dataclass
class _Planned:
    fault: Fault
    matches: Callable[[Call], bool]
    skip: int
    times: int


@dataclass
class Wire:
    """calls: every request so far, repeated ones included. struck: those that a fault fell on."""

    calls: list[Call] = field(default_factory=list)
    struck: list[Call] = field(default_factory=list)
    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def attach(self, client: Any, *, faults: bool) -> None:
        """Take over a client's requests. faults: False for the test's own client, which nothing befalls."""
        events = client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self._faulty if faults else self._plain)

    def fail(
        self, fault: Fault, matches: Callable[[Call], bool] = lambda call: True, *, nth: int = 1, times: int = 1
    ) -> None:
        """Let `fault` fall on the nth request from now that matches, and on `times` of them in a row."""
        self._planned.append(_Planned(fault, matches, nth - 1, times))

    def clear(self) -> None:
        """Forget calls and faults."""
        self.calls, self.struck, self._planned = [], [], []

    def _plain(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        with self._lock:
            made = botocore_stubber("before-send", request)
        assert made is not None
        return made

    def _faulty(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        url = urlsplit(str(request.url))
        query = parse_qs(url.query, keep_blank_values=True)
        call = Call(event_name.rpartition(".")[2], unquote(url.path).lstrip("/"), query)
        fault = self._due(call)
        return fault(call, lambda: self._plain(request)) if fault else self._plain(request)

    def _due(self, call: Call) -> Fault | None:
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


def refused(fields: dict[str, str], size_bytes: int) -> str | None:
    """The error with which S3 refuses a form, by the policy that it carries; None when it takes it.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """
    policy = json.loads(base64.b64decode(fields["policy"]))
    if datetime.fromisoformat(policy["expiration"]) < datetime.now(UTC):
        return "AccessDenied"
    exact = {name: value for each in policy["conditions"] if isinstance(each, dict) for name, value in each.items()}
    signed = {name: value for name, value in fields.items() if name not in ("policy", "x-amz-signature")}
    if signed != {name: value for name, value in exact.items() if name != "bucket"}:
        return "AccessDenied"
    for _, least, most in (each for each in policy["conditions"] if isinstance(each, list)):
        if not least <= size_bytes <= most:
            return "EntityTooSmall" if size_bytes < least else "EntityTooLarge"
    return None
