"""Between boto3's DynamoDB clients and moto: faults, and what DynamoDB has and moto lacks.

It stands where the HTTP request would be sent, so that botocore's own parsing and retries are at work. Adds to moto:
one request at a time, and the idempotency token of a transaction.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")


class Killed(BaseException):
    """The process ends here, as when Lambda's time is up: nothing in the app may catch it."""


@dataclass(frozen=True)
class Call:
    """One HTTP request to DynamoDB. tables: without the stage's prefix, in order."""

    operation: str
    body: dict[str, Any]

    @property
    def tables(self) -> list[str]:
        if "TransactItems" in self.body:
            names = [action["TableName"] for item in self.body["TransactItems"] for action in item.values()]
        else:
            names = [self.body["TableName"]] if "TableName" in self.body else list(self.body["RequestItems"])
        return [name.removeprefix("chatapp-test-") for name in names]

    @property
    def writes(self) -> bool:
        return self.operation in WRITES

    def __str__(self) -> str:
        return f"{self.operation} {'+'.join(self.tables)} {self.body.get('UpdateExpression', '')}"


Send = Callable[[], AWSResponse]
Fault = Callable[[Call, Send], AWSResponse]
_URL = "https://dynamodb.eu-west-1.amazonaws.com/"


def refusal(code: str, **more: Any) -> AWSResponse:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "", **more})
    return AWSResponse(_URL, 400, {"x-amzn-requestid": "fault"}, MockRawResponse(body))  # type: ignore[arg-type]


def reply(body: Any) -> AWSResponse:
    return AWSResponse(_URL, 200, {"x-amzn-requestid": "fault"}, MockRawResponse(json.dumps(body)))  # type: ignore[arg-type]


def exceeded(call: Call, send: Send) -> AWSResponse:
    """A partition gets more requests than it can serve."""
    return refusal("ProvisionedThroughputExceededException")


def throttled(call: Call, send: Send) -> AWSResponse:
    return refusal("ThrottlingException")


def conflict(call: Call, send: Send) -> AWSResponse:
    """Another transaction holds an item: what DynamoDB answers to a transaction, and to a single write."""
    if call.operation == "TransactWriteItems":
        reasons = [{"Code": "None"} for _ in call.body["TransactItems"]]
        reasons[-1] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        return refusal("TransactionCanceledException", CancellationReasons=reasons)
    if call.operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return refusal("TransactionConflictException")
    return send()


def unreachable(call: Call, send: Send) -> AWSResponse:
    """Nothing arrives."""
    raise ConnectTimeoutError(endpoint_url=_URL)


def lost_reply(call: Call, send: Send) -> AWSResponse:
    """The request is carried out; its answer never arrives."""
    send()
    raise ConnectionClosedError(endpoint_url=_URL)


def read_timeout(call: Call, send: Send) -> AWSResponse:
    send()
    raise ReadTimeoutError(endpoint_url=_URL)


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
    _done: dict[str, AWSResponse] = field(default_factory=dict)

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

    def reset(self) -> None:
        """Begin with a new database."""
        self.clear()
        self._done.clear()

    def _plain(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        return self._carry_out(_call(request), request)

    def _faulty(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        call = _call(request)
        fault = self._due(call)
        if fault is None:
            return self._carry_out(call, request)
        return fault(call, lambda: self._carry_out(call, request))

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

    def _carry_out(self, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        with self._lock:
            token = call.body.get("ClientRequestToken")
            response = self._done.get(token or "")
            if response is None:
                made = botocore_stubber("before-send", request)
                assert made is not None
                response = made
                if token and response.status_code == 200:
                    self._done[token] = response
            raw = MockRawResponse(response.content)
            return AWSResponse(response.url, response.status_code, response.headers, raw)  # type: ignore[arg-type]


def _call(request: AWSPreparedRequest) -> Call:
    target: Any = request.headers["X-Amz-Target"]
    name = target.decode() if isinstance(target, bytes) else target
    body: Any = request.body
    return Call(name.rpartition(".")[2], json.loads(body))
