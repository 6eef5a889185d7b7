"""What DynamoDB is asked for and would bill: each request of one boto3 client, watched by botocore's event hooks.

A write is metered at the size of its item, the larger of before and after, in steps of 1 KB; twice in a transaction
(prepare and commit). An index that holds any attribute that changed is written as well, two times where its key
changed (delete and put), and once each even in a transaction, since indexes follow asynchronously.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Wire = Mapping[str, Any]

_UNIT_BYTES = 1024
_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(frozen=True, slots=True)
class Write:
    """One item in a table, with the index entries that follow from it.

    item_bytes: as DynamoDB meters it. index_bytes: one entry per write of an index.
    """

    table: str
    item_bytes: int
    index_bytes: tuple[int, ...]
    transactional: bool

    @property
    def bytes(self) -> int:
        return self.item_bytes + sum(self.index_bytes)

    @property
    def units(self) -> int:
        return _units(self.item_bytes) * (2 if self.transactional else 1) + sum(map(_units, self.index_bytes))


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the wire; a retry is a request of its own. body: as sent, parsed."""

    operation: str
    table: str
    body: dict[str, Any]
    payload_bytes: int
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True, slots=True)
class _Before:
    request: Request
    items: list[Wire]


class Meter:
    """Records the requests of `client`. reader: another client, to look at items before and after a write.

    definitions: of the tables, as for CreateTable.
    """

    def __init__(self, client: Any, reader: Any, definitions: Sequence[dict[str, Any]]) -> None:
        self._reader = reader
        self._definitions = {definition["TableName"]: definition for definition in definitions}
        self._lock = threading.Lock()
        self._sent = threading.local()
        self._requests: list[Request] = []
        self._known: dict[tuple[str, str], Wire] = {}
        client.meta.events.register("before-send.dynamodb", self._before_send)
        client.meta.events.register("after-call.dynamodb", self._after_call)

    def take(self) -> list[Request]:
        """What was recorded since the last take."""
        with self._lock:
            taken, self._requests = self._requests, []
        return taken

    def _before_send(self, request: Any, event_name: str, **_: Any) -> None:
        self._settle()  # an attempt that failed, when this one is its retry
        operation = event_name.rpartition(".")[2]
        body = json.loads(request.body)
        table = body.get("TableName") or ", ".join(sorted(body.get("RequestItems", {})))
        made = Request(operation, table, body, len(request.body))
        self._sent.before = _Before(made, [self._found(*action) for action in _actions(made)])

    def _after_call(self, **_: Any) -> None:
        self._settle()

    def _settle(self) -> None:
        before: _Before | None = getattr(self._sent, "before", None)
        if before is None:
            return
        self._sent.before = None
        made = before.request
        transactional = made.operation == "TransactWriteItems"
        writes = [
            self._write(table, was, self._item(table, source), transactional)
            for (table, source), was in zip(_actions(made), before.items, strict=True)
        ]
        with self._lock:
            self._requests.append(Request(made.operation, made.table, made.body, made.payload_bytes, tuple(writes)))

    def _found(self, table: str, source: Wire) -> Wire:
        """The item before a write: as the last write left it, where one was seen."""
        known = self._known.get((table, json.dumps(self._key(table, source))))
        return known if known is not None else self._item(table, source)

    def _item(self, table: str, source: Wire) -> Wire:
        """The item as it stands; {} where missing. source: the item or its key."""
        key = self._key(table, source)
        item: Wire = self._reader.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        self._known[table, json.dumps(key)] = item
        return item

    def _key(self, table: str, source: Wire) -> Wire:
        return {name: source[name] for name in _key_names(self._definitions[table]["KeySchema"])}

    def _write(self, table: str, was: Wire, now: Wire, transactional: bool) -> Write:
        definition = self._definitions[table]
        entries = [
            entry
            for index in definition.get("GlobalSecondaryIndexes", [])
            for entry in _index_writes(index, _key_names(definition["KeySchema"]), was, now)
        ]
        return Write(table, max(item_bytes(was), item_bytes(now)), tuple(entries), transactional)


def _actions(request: Request) -> list[tuple[str, Wire]]:
    """Table and item (or key) of everything that a request writes."""
    body = request.body
    if request.operation in _WRITES:
        return [(body["TableName"], body.get("Item") or body["Key"])]
    if request.operation == "TransactWriteItems":
        actions = [action for item in body["TransactItems"] for action in item.values()]
        return [(action["TableName"], action.get("Item") or action["Key"]) for action in actions]
    if request.operation == "BatchWriteItem":
        return [
            (table, write.get("Item") or write["Key"])
            for table, requests in body["RequestItems"].items()
            for entry in requests
            for write in entry.values()
        ]
    return []


def _index_writes(index: dict[str, Any], table_key: list[str], was: Wire, now: Wire) -> list[int]:
    """The size of every entry that an index writes when an item changes."""
    key = _key_names(index["KeySchema"])
    names = {*key, *table_key, *index["Projection"].get("NonKeyAttributes", [])}
    old, new = _projected(was, key, names), _projected(now, key, names)
    if old == new:
        return []
    if old and new and all(old[name] == new[name] for name in key):
        return [max(item_bytes(old), item_bytes(new))]
    return [item_bytes(entry) for entry in (old, new) if entry]


def _projected(item: Wire, key: list[str], names: set[str]) -> Wire:
    """An item's entry in an index; none without the index's key."""
    if not all(name in item for name in key):
        return {}
    return {name: value for name, value in item.items() if name in names}


def _key_names(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in schema]


def _units(size_bytes: int) -> int:
    return max(1, math.ceil(size_bytes / _UNIT_BYTES))


def item_bytes(item: Wire) -> int:
    """An item's size. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(wire: Wire) -> int:
    ((kind, value),) = wire.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "N":
            digits = str(value).lstrip("-").replace(".", "").strip("0")
            return math.ceil(len(digits) / 2) + (2 if str(value).startswith("-") else 1)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_bytes(element) for element in value)
        case "M":
            return 3 + len(value) + item_bytes(value)
        case _:
            raise ValueError(kind)  # chatapp stores no sets and no binary values
