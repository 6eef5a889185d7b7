"""What Lambda gave up: the failure queues of a stage, shown and invoked again.

An event that failed for good is kept as a record in its function's queue (`chalicelib/functions.py` says which), in the
form of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html:

    {"requestContext": {"functionArn": "…:function:NAME:$LATEST", "condition": "RetriesExhausted" or "EventAgeExceeded",
                        "approximateInvokeCount": 3, …},
     "requestPayload": {…}, "responsePayload": {"errorType": "…", "errorMessage": "…", …}, …}

SQS's own StartMessageMoveTask is no help: it takes from queues whose source is another queue, not from Lambda's
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html), and puts into a
queue again, which these functions do not read. So the payload is sent to the function once more.

That is safe at any time, and twice: an answer that is queued no longer, a file that was read and what was purged are
left as they are. Of a record only types and ids are shown: an event of S3 has the name that a person gave to a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy.environment import DeploymentError, Stage

if TYPE_CHECKING:
    from chalicelib.functions import Function

# Of a payload, what names something and says nothing.
_IDS = ("user_id", "conversation_id", "message_id", "file_id", "extract_of")
_ID = r"[0-9a-f-]{36}"
_UPLOAD = re.compile(rf"uploads/(?P<user_id>{_ID})/(?P<file_id>{_ID})/")
# For how long nobody else is given what was read here; what is left is given back at the end.
_HELD_S = 600
_MOST = 1_000  # read in one run
_AT_ONCE = 10  # of one request to SQS
WAIT_S = 1  # has all of SQS's servers asked: else an empty reply says nothing


@dataclass(frozen=True)
class Failure:
    """One record. id, receipt: SQS's. function: in the words of the table; "" for one that the stage does not have.

    why: Lambda's condition, and the type of the error. payload: what the function was invoked with.
    """

    id: str
    receipt: str
    function: str
    since: str
    attempts: int
    why: str
    payload: Any = field(repr=False)

    @property
    def is_wake(self) -> bool:
        """Of nobody's question: it only had a worker stand ready, for whom it is too late (`turns/waking.py`)."""
        return isinstance(self.payload, dict) and self.payload.get("wake") is True

    @property
    def about(self) -> str:
        if self.is_wake:
            return "a waking, nobody waits for it"
        payload = self.payload if isinstance(self.payload, dict) else {}
        named = {name: str(payload[name]) for name in _IDS if name in payload}
        if upload := _UPLOAD.match(_key(payload)):
            named |= upload.groupdict()
        return " ".join(f"{name} {value}" for name, value in named.items() if re.fullmatch(_ID, value))

    def __str__(self) -> str:
        tries = f"{self.attempts} {'try' if self.attempts == 1 else 'tries'}"
        line = f"{self.id}  {self.since}  {self.function or 'unknown'}: {self.why}, {tries}"
        return f"{line}; {self.about}" if self.about else line


def redrive(
    stage: Stage,
    functions: Mapping[str, Function],
    queue: str | None = None,
    message: str | None = None,
    *,
    replay: bool,
) -> bool:
    """Print what the failure queues hold, and have it run again where asked; False: some of it could not be.

    queue, message: that one alone. Raises DeploymentError for one that is not there.
    """
    known = sorted({each.events.failures for each in functions.values() if each.events})
    if queue and queue not in known:
        raise DeploymentError(f"{stage.name} has no queue {queue}; it has {', '.join(known)}")
    found, failed = 0, 0
    for name in [queue] if queue else known:
        held = _Queue(stage, functions, name)
        try:
            failures = [each for each in held.read() if message in {None, each.id}]
            print(f"{name}: {len(failures) or 'empty'}")
            found += len(failures)
            for failure in failures:
                problem = held.replay(failure) if replay else ""
                failed += bool(problem)
                print(f"  {failure}{_outcome(problem) if replay else ''}", flush=True)
        finally:
            held.give_back()
    if message and not found:
        raise DeploymentError(f"no message {message} is there; ./deploy.sh redrive {stage.name} shows those that are")
    return not failed


def _outcome(problem: str) -> str:
    return f"\n    NOT replayed: {problem}" if problem else "  replayed"


class _Queue:
    """One failure queue, of which this run holds what it has read."""

    def __init__(self, stage: Stage, functions: Mapping[str, Function], name: str) -> None:
        self._stage = stage
        self._functions = functions
        self._sqs = stage.client("sqs")
        self._held: list[str] = []
        try:
            self._url = self._sqs.get_queue_url(QueueName=f"{stage.prefix}-{name}")["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist as missing:
            where = f"./deploy.sh {stage.name} makes it, where the stage is not in another --region"
            raise DeploymentError(f"there is no queue {stage.prefix}-{name} in {stage.region}; {where}") from missing

    def read(self) -> list[Failure]:
        """All that is there, oldest first. It is read before any of it runs again, and may come back."""
        found: dict[str, Failure] = {}
        while len(found) < _MOST and (messages := self._receive()):
            for message in messages:
                failure = _failure(self._stage, self._functions, message)
                found[failure.id] = failure
                self._held.append(failure.receipt)
        return sorted(found.values(), key=lambda failure: failure.since)

    def _receive(self) -> list[dict[str, Any]]:
        reply = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=_HELD_S,
            WaitTimeSeconds=WAIT_S,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return list(reply.get("Messages", []))

    def replay(self, failure: Failure) -> str:
        """Invoke the function again, and only then forget the record. Returns what kept it from that.

        A waking is forgotten alone.
        """
        if not failure.function or failure.payload is None:
            return "the record names no function of this stage" if failure.payload else "the record has no payload"
        try:
            if not failure.is_wake:
                self._stage.client("lambda").invoke(
                    FunctionName=f"{self._stage.prefix}-{failure.function}",
                    InvocationType="Event",
                    Payload=json.dumps(failure.payload),
                )
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=failure.receipt)
        except (ClientError, BotoCoreError) as error:
            return str(error)
        self._held.remove(failure.receipt)
        return ""

    def give_back(self) -> None:
        for start in range(0, len(self._held), _AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for number, receipt in enumerate(self._held[start : start + _AT_ONCE])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


def _failure(stage: Stage, functions: Mapping[str, Function], message: Mapping[str, Any]) -> Failure:
    record = _object(message["Body"])
    context, response = record.get("requestContext") or {}, record.get("responsePayload")
    deployed = str(context.get("functionArn", "")).partition(":function:")[2].partition(":")[0]
    function = deployed.removeprefix(f"{stage.prefix}-")
    sent_at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return Failure(
        message["MessageId"],
        message["ReceiptHandle"],
        function if function != deployed and function in functions else "",
        sent_at.strftime("%Y-%m-%d %H:%M:%SZ"),
        int(context.get("approximateInvokeCount", 0)),
        " ".join(filter(None, [str(context.get("condition", "unknown")), _error(response)])),
        record.get("requestPayload"),
    )


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error(response: Any) -> str:
    """The error's type. Its message may quote somebody; that of the functions' own error is a type (`logs.Failed`)."""
    if not isinstance(response, dict):
        return ""
    kind, message = str(response.get("errorType", "")), str(response.get("errorMessage", ""))
    return f"{kind} {message}" if message.isidentifier() else kind


def _key(event: Mapping[str, Any]) -> str:
    """Of the object that an event of S3 is about."""
    try:
        return str(event["Records"][0]["s3"]["object"]["key"])
    except (KeyError, IndexError, TypeError):
        return ""
