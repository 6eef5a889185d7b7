"""Between boto3's DynamoDB clients and moto: faults, and the idempotency token of a transaction, which moto lacks.

Importing it lets moto answer with items as it keeps them: see `_Serializer`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.core.model import StructureShape
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer

from tests.fakes import exports, wire
from tests.fakes.wire import Send

WRITES = (
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExportTableToPointInTime",
)
_VERSION = re.compile(r"SET #schema_version = if_not_exists\(#schema_version, :schema_version\),? ")
_HEADERS = {"x-amzn-requestid": "fault"}


@dataclass(frozen=True)
class Call:
    """One HTTP request to DynamoDB, without the version that every row is given. tables: without the stage's prefix."""

    operation: str
    body: dict[str, Any]

    @property
    def tables(self) -> list[str]:
        if "TransactItems" in self.body:
            names = [action["TableName"] for item in self.body["TransactItems"] for action in item.values()]
        elif "TableArn" in self.body or "ExportArn" in self.body:
            names = [(self.body.get("TableArn") or self.body["ExportArn"]).split("/")[1]]
        else:
            names = [self.body["TableName"]] if "TableName" in self.body else list(self.body["RequestItems"])
        return [name.removeprefix("chatapp-test-") for name in names]

    @property
    def writes(self) -> bool:
        return self.operation in WRITES

    def __str__(self) -> str:
        return f"{self.operation} {'+'.join(self.tables)} {self.body.get('UpdateExpression', '')}"


Fault = wire.Fault[Call]


def refusal(code: str, **more: Any) -> AWSResponse:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "", **more}
    return wire.answer(400, _HEADERS, json.dumps(body))


def reply(body: Any) -> AWSResponse:
    return wire.answer(200, _HEADERS, json.dumps(body))


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


class _Serializer(JSONSerializer):
    """Writes an attribute's value as it is: moto keeps it in DynamoDB's own form.

    moto would look for each of its ten possible members under several names: a quarter of all its work here.
    """

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: StructureShape, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict) and "B" not in value:
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)


SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": _Serializer}


@dataclass
class Wire(wire.Wire[Call]):
    """exports: what carries these out, where a stage has them."""

    exports: exports.Exports | None = None
    _done: dict[str, AWSResponse] = field(default_factory=dict)

    def reset(self) -> None:
        """Begin with a new database."""
        self.clear()
        self.exports = None
        self._done.clear()

    def _call(self, operation: str, request: AWSPreparedRequest) -> Call:
        body: Any = request.body
        return Call(operation, json.loads(_VERSION.sub("SET ", body.decode())))

    def _carry_out(self, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        if self.exports and call.operation in exports.OPERATIONS:
            try:
                return reply(self.exports.answer(call.operation, call.body))
            except exports.Refused as refused:
                return refusal(refused.code)
        with self._lock:
            token = call.body.get("ClientRequestToken")
            response = self._done.get(token or "")
            if response is None:
                response = super()._carry_out(call, request)
                if token and response.status_code == 200:
                    self._done[token] = response
            raw = MockRawResponse(response.content)
            return AWSResponse(response.url, response.status_code, response.headers, raw)  # type: ignore[arg-type]
