"""DynamoDB: the only module that knows its wire format, expressions and errors.

Owns no schema: items are dicts, keys and conditions come from the domain. Only its version is written here, into every
row that is made, and left as it is in one that is changed; nobody else sees it. Every `#name` in an expression stands
for the attribute of that name, so that reserved words never need a thought.
"""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import schema

from .faults import Busy, passes
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
Key = Mapping[str, str | int]
# An item in DynamoDB's own JSON, binary values as bytes: to be kept to the last digit of its numbers.
Wire = Mapping[str, Any]

_NAME = re.compile(r"#(\w+)")
_SET = re.compile(r"\bSET ")
# Reasons for which DynamoDB cancels a transaction although nothing is wrong with it.
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_CONDITION = "ConditionalCheckFailed"
# Of BatchWriteItem.
_BATCH = 25
_ATTEMPTS = 6
_MAX_PAUSE_S = 1.0
_PATIENT_PAUSE_S = 0.25


class ConditionFailed(Exception):
    """A write's condition did not hold; nothing was written. `item`: the row as it stands, None where missing."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class TransactionRefused(Exception):
    """Conditions of a transaction did not hold; nothing was written. refused: those writes, each with its row."""

    def __init__(self, refused: Sequence[tuple[Write, Item]]) -> None:
        super().__init__("transaction refused")
        self._refused = refused

    def row(self, write: Write) -> Item | None:
        """The row as it stands that refused this write ({} where it is missing); None where its condition held."""
        return next((row for each, row in self._refused if each is write), None)

    def by(self, *writes: Write) -> bool:
        """Whether one of these was refused."""
        return any(self.row(write) is not None for write in writes)


class _Numbers(TypeDeserializer):
    def _deserialize_n(self, value: str) -> int | float:
        return float(value) if set(value) & set(".eE") else int(value)


_serialize = TypeSerializer().serialize
_deserialize = _Numbers().deserialize


def _with_version(change: str) -> str:
    """An update expression that gives a version to a row which has none, as one that the update makes."""
    version = f"SET #{schema.ATTRIBUTE} = if_not_exists(#{schema.ATTRIBUTE}, :{schema.ATTRIBUTE})"
    return _SET.sub(f"{version}, ", change, count=1) if _SET.search(change) else f"{version} {change}"


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in values.items()}


def _item(wire: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in wire.items() if name != schema.ATTRIBUTE}


def _expressions(values: Mapping[str, Any], **expressions: str | None) -> dict[str, Any]:
    given = {name: expression for name, expression in expressions.items() if expression}
    names = {name for expression in given.values() for name in _NAME.findall(expression)}
    parameters: dict[str, Any] = dict(given)
    if names:
        parameters["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(names)}
    if values:
        parameters["ExpressionAttributeValues"] = _wire(values)
    return parameters


@dataclass(frozen=True, slots=True)
class Write:
    """One write, to be made alone (`Table.write`) or in a transaction (`transact`)."""

    table: Table
    operation: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """items: in the index's order. last_key: where the next page starts; None at the end."""

    items: list[Item]
    last_key: Item | None


class _Queryable(Adapter):
    """What a table and its indexes have in common. where: of the query, beside its expression."""

    def __init__(self, function: str, grant: Grant, client: DynamoDBClient, where: dict[str, Any]) -> None:
        super().__init__(function, grant)
        self._client = client
        self._where = where

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        limit: int | None = None,
        newest_first: bool = False,
        start: Item | None = None,
    ) -> Page:
        """One page of a partition: at most `limit` items and 1 MB."""
        self._allow("Query")
        parameters = self._where | _expressions(values, KeyConditionExpression=condition)
        if limit is not None:
            parameters["Limit"] = limit
        if start is not None:
            parameters["ExclusiveStartKey"] = _wire(start)
        reply = _sent(self._client.query, ScanIndexForward=not newest_first, **parameters)
        last_key = reply.get("LastEvaluatedKey")
        return Page([_item(row) for row in reply["Items"]], _item(last_key) if last_key else None)

    def rows(self, condition: str, values: Mapping[str, Any], *, newest_first: bool = False) -> Iterator[Item]:
        """All rows of a partition, page by page as they are asked for."""
        start: Item | None = None
        while True:
            page = self.query(condition, values, newest_first=newest_first, start=start)
            yield from page.items
            start = page.last_key
            if start is None:
                return


class Index(_Queryable):
    """A global secondary index: eventually consistent, read only."""

    def __init__(self, function: str, grant: Grant, client: DynamoDBClient, table: str, index: str) -> None:
        super().__init__(function, grant, client, {"TableName": table, "IndexName": index})


class Table(_Queryable):
    """A table: strongly consistent. Every operation raises Busy when DynamoDB cannot take it now."""

    def __init__(self, function: str, grant: Grant, client: DynamoDBClient, name: str) -> None:
        super().__init__(function, grant, client, {"TableName": name, "ConsistentRead": True})
        self.name = name

    def find(self, key: Key) -> Item | None:
        """Read one item, strongly consistent."""
        self._allow("GetItem")
        found = _sent(self._client.get_item, TableName=self.name, Key=_wire(key), ConsistentRead=True)
        return _item(found["Item"]) if "Item" in found else None

    def scan(self, *, limit: int, start: Item | None = None) -> Page:
        """One page of all rows, in no order: at most `limit` of them and 1 MB."""
        self._allow("Scan")
        position = {"ExclusiveStartKey": _wire(start)} if start else {}
        reply = _sent(self._client.scan, TableName=self.name, Limit=limit, ConsistentRead=True, **position)
        last_key = reply.get("LastEvaluatedKey")
        return Page([_item(row) for row in reply["Items"]], _item(last_key) if last_key else None)

    def put(self, item: Item, *, condition: str | None = None, values: Mapping[str, Any] | None = None) -> Write:
        expressions = _expressions(values or {}, ConditionExpression=condition)
        return Write(self, "PutItem", {"Item": _wire({schema.ATTRIBUTE: schema.SCHEMA_VERSION} | item)} | expressions)

    def put_wire(self, item: Wire, *, condition: str | None = None, values: Mapping[str, Any] | None = None) -> Write:
        """As `put`, of an item as it was stored once."""
        return Write(self, "PutItem", {"Item": item} | _expressions(values or {}, ConditionExpression=condition))

    def wires(self, keys: Sequence[Wire]) -> list[Wire]:
        """Those of up to 100 rows that are there, as they are stored, strongly consistent, in no order."""
        self._allow("BatchGetItem")
        pending: Any = {self.name: {"Keys": keys, "ConsistentRead": True}}
        found: list[Wire] = []
        attempt = 0
        while pending:
            reply = _sent(self._client.batch_get_item, RequestItems=pending)
            found += reply["Responses"].get(self.name, [])
            pending = reply.get("UnprocessedKeys")
            if pending:
                attempt += 1
                _pause(attempt)
        return found

    def update(
        self, key: Key, change: str, values: Mapping[str, Any] | None = None, *, condition: str | None = None
    ) -> Write:
        """Change a row, or make it."""
        version = {f":{schema.ATTRIBUTE}": schema.SCHEMA_VERSION}
        expressions = _expressions(
            {**(values or {}), **version}, UpdateExpression=_with_version(change), ConditionExpression=condition
        )
        return Write(self, "UpdateItem", {"Key": _wire(key)} | expressions)

    def change(
        self,
        key: Key,
        attributes: Mapping[str, Any],
        *,
        condition: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Write:
        """Set attributes; those given as None are removed. values: of the condition."""
        kept = {name: value for name, value in attributes.items() if value is not None}
        removed = [f"#{name}" for name in attributes if name not in kept]
        parts = ["SET " + ", ".join(f"#{name} = :new_{name}" for name in kept)] if kept else []
        parts += ["REMOVE " + ", ".join(removed)] if removed else []
        new = {f":new_{name}": value for name, value in kept.items()}
        return self.update(key, " ".join(parts), new | dict(values or {}), condition=condition)

    def delete(self, key: Key, *, condition: str | None = None, values: Mapping[str, Any] | None = None) -> Write:
        expressions = _expressions(values or {}, ConditionExpression=condition)
        return Write(self, "DeleteItem", {"Key": _wire(key)} | expressions)

    def write(self, write: Write, *, returns: str = "NONE", patience_s: float = 0.0) -> Item:
        """Make one write.

        returns: ALL_NEW or ALL_OLD to get the row after or before it ({} where there is none).
        patience_s: for how long to go on while DynamoDB is busy. Raises ConditionFailed.
        """
        self._allow(write.operation)
        calls: dict[str, Any] = {
            "PutItem": self._client.put_item,
            "UpdateItem": self._client.update_item,
            "DeleteItem": self._client.delete_item,
        }
        try:
            reply = _patiently(
                calls[write.operation],
                patience_s,
                TableName=self.name,
                ReturnValues=returns,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **write.parameters,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item = error.response.get("Item")
            raise ConditionFailed(_item(item) if item else None) from error  # type: ignore[arg-type]
        return _item(reply.get("Attributes", {}))

    def delete_all(self, keys: Iterable[Key]) -> None:
        """Delete rows by key, 25 a request, while keys still come; rows that are not there are no error."""
        requests = ({"DeleteRequest": {"Key": _wire(key)}} for key in keys)
        pending: list[Any] = list(islice(requests, _BATCH))
        if pending:
            self._allow("BatchWriteItem")
        attempt = 0
        while pending:
            reply = _sent(self._client.batch_write_item, RequestItems={self.name: pending})
            left: Any = reply.get("UnprocessedItems", {}).get(self.name, [])
            attempt = attempt + 1 if left else 0
            if left:
                _pause(attempt)
            pending = [*left, *islice(requests, _BATCH - len(left))]

    def granted(self, operation: str) -> DynamoDBClient:
        self._allow(operation)
        return self._client


def batch_get(*wanted: tuple[Table, Key]) -> list[Item | None]:
    """Read up to 100 items of several tables in one request, strongly consistent, in the order asked."""
    pending: dict[str, Any] = {}
    for table, key in wanted:
        table.granted("BatchGetItem")
        pending.setdefault(table.name, {"Keys": [], "ConsistentRead": True})["Keys"].append(_wire(key))
    client = wanted[0][0].granted("BatchGetItem")
    found: dict[str, list[Item]] = {}
    attempt = 0
    while pending:
        reply = _sent(client.batch_get_item, RequestItems=pending)
        for name, rows in reply["Responses"].items():
            found.setdefault(name, []).extend(map(_item, rows))
        pending = dict(reply.get("UnprocessedKeys", {}))
        if pending:
            attempt += 1
            _pause(attempt)
    return [
        next((row for row in found.get(table.name, []) if key.items() <= row.items()), None) for table, key in wanted
    ]


def transact(writes: Sequence[Write], *, patience_s: float = 0.0) -> None:
    """Make all writes or none. A conflict with another transaction is repeated, with a growing pause.

    patience_s: for how long to go on while DynamoDB is busy. Raises TransactionRefused and Busy. All attempts carry one
    idempotency token, so a lost reply is repeated safely.
    """
    actions: list[Any] = []
    for write in writes:
        client = write.table.granted(write.operation)
        action = write.operation.removesuffix("Item")
        on_failure = {"TableName": write.table.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        actions.append({action: write.parameters | on_failure})
    token = str(uuid.uuid4())
    try:
        _patiently(client.transact_write_items, patience_s, TransactItems=actions, ClientRequestToken=token)
    except ClientError as error:
        _raise_if_refused(error, writes)
        raise


def _patiently(call: Callable[..., Any], patience_s: float, **parameters: Any) -> Any:
    """Make a call, again and again for so long while DynamoDB is busy. Raises Busy."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return _sent(call, **parameters)
        except Busy:
            if time.monotonic() + _PATIENT_PAUSE_S > until:
                raise
            time.sleep(_PATIENT_PAUSE_S)


def _sent(call: Callable[..., Any], **parameters: Any) -> Any:
    """Make a call; repeat it while somebody else's transaction holds an item, which boto3 does not. Raises Busy."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return call(**parameters)
        except (ClientError, BotoCoreError) as error:
            conflict = isinstance(error, ClientError) and _is_conflict(error)
            if not conflict and not passes(error):
                raise
            if not conflict or attempt == _ATTEMPTS:
                raise Busy from error
        _pause(attempt)
    raise AssertionError("unreachable")


def _is_conflict(error: ClientError) -> bool:
    """Whether another transaction was in the way, or throttling within this one; no condition refused it."""
    if error.response["Error"]["Code"] in {"TransactionInProgressException", "TransactionConflictException"}:
        return True
    codes = {reason.get("Code") for reason in _reasons(error)}
    return bool(codes & _PASSING) and _CONDITION not in codes


def _raise_if_refused(error: ClientError, writes: Sequence[Write]) -> None:
    reasons = _reasons(error)
    if any(reason.get("Code") == _CONDITION for reason in reasons):
        refused = [
            (write, _item(reason.get("Item", {})))
            for write, reason in zip(writes, reasons, strict=True)
            if reason.get("Code") == _CONDITION
        ]
        raise TransactionRefused(refused) from error


def _reasons(error: ClientError) -> list[Any]:
    """Why a transaction was cancelled: one entry per action, in order; nothing for any other error."""
    reasons: list[Any] = error.response.get("CancellationReasons", [])
    return reasons


def _pause(attempt: int) -> None:
    """Full jitter, at most 25 ms, 50 ms, 100 ms…: two writers that met once should not meet again."""
    time.sleep(random.uniform(0, min(_MAX_PAUSE_S, 0.025 * 2 ** (attempt - 1))))  # noqa: S311 (no secret)
