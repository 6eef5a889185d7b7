"""Point-in-time recovery: MiniStack knows only whether it is on, and restores a table as it is now.

A table with recovery remembers what each write replaced, so it can be read as it was at any second since: by a restore,
by an export. What is remembered ends with this process, and with the oldest of the last _MOST_REMEMBERED writes; the
window that DescribeContinuousBackups tells says so.
On AWS its end is about five minutes ago; here it is now, so that a stage that was just made can be tried.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.services import dynamodb

Response = tuple[int, dict[str, str], bytes]
Table = dict[str, Any]
Item = dict[str, Any]

_MOST_REMEMBERED = 100_000
_STARTED = time.time()


class UnavailableError(Exception):
    """Recovery is off for the table."""


class OutsideWindowError(Exception):
    """The table cannot be read as it was at that time."""


@dataclass(frozen=True, slots=True)
class _Write:
    """One write. before: the item that it replaced or removed; None: there was none."""

    at: float
    partition: str
    sort: str
    before: Item | None


@dataclass
class _History:
    since: float
    writes: deque[_Write] = field(default_factory=lambda: deque(maxlen=_MOST_REMEMBERED))

    def add(self, write: _Write) -> None:
        if len(self.writes) == _MOST_REMEMBERED:
            self.since = self.writes[0].at
        self.writes.append(write)


# By the table's id: another table of the same name has another past.
_histories: dict[str, _History] = {}


def install() -> None:
    """Have writes remembered, and what names or restores points in time look there."""
    _remember_writes()
    _switch_as_asked()
    _tell_the_window()
    _restore_as_of()


def switch(name: str, is_on: bool) -> None:
    """Switch recovery on or off. Its window begins when it is switched on."""
    table_id = dynamodb._tables[name]["TableId"]
    if not is_on:
        _histories.pop(table_id, None)
    elif not dynamodb._pitr_settings.get(name):
        _histories[table_id] = _History(time.time())
    dynamodb._pitr_settings[name] = is_on


def window(name: str) -> tuple[int, int]:
    """The earliest and latest second that the table can be read at. Raises UnavailableError."""
    if not dynamodb._pitr_settings.get(name):
        raise UnavailableError(f"Point in time recovery is not enabled for table '{name}'")
    return math.ceil(_history(dynamodb._tables[name]).since), int(time.time())


def items_at(name: str, at: float | None) -> list[Item]:
    """The table's items as they were; now, without a time. Raises UnavailableError, OutsideWindowError.

    They are the table's own: nothing in them is ever changed in place, but each write brings its own.
    """
    earliest, latest = window(name)
    table = dynamodb._tables[name]
    items: dict[tuple[str, str], Item] = {
        (partition, sort): item for partition, rows in table["items"].items() for sort, item in rows.items()
    }
    if at is None:
        return list(items.values())
    if not earliest <= at <= latest:
        raise OutsideWindowError(f"the table can be read at {earliest} to {latest}, not at {at:.0f}")
    # Times come in whole seconds: what was written in that second is not in it yet.
    for write in reversed(_history(table).writes):
        if write.at <= at:
            break
        if write.before is None:
            items.pop((write.partition, write.sort), None)
        else:
            items[write.partition, write.sort] = write.before
    return list(items.values())


def _history(table: Table) -> _History:
    # Recovery that was on before this process began has no past yet.
    return _histories.setdefault(table["TableId"], _History(_STARTED))


def _remember_writes() -> None:
    put, remove = dynamodb._set_item, dynamodb._remove_item

    def remember(table: Table, partition: str, sort: str, before: Item | None) -> None:
        if dynamodb._pitr_settings.get(table["TableName"]):
            _history(table).add(_Write(time.time(), partition, sort, before))

    def set_item(table: Table, partition: str, sort: str, item: Item) -> Item | None:
        before: Item | None = put(table, partition, sort, item)
        remember(table, partition, sort, before)
        return before

    def remove_item(table: Table, partition: str, sort: str) -> Item | None:
        before: Item | None = remove(table, partition, sort)
        if before is not None:
            remember(table, partition, sort, before)
        return before

    dynamodb._set_item, dynamodb._remove_item = set_item, remove_item


def _switch_as_asked() -> None:
    update = dynamodb._update_continuous_backups

    def update_continuous_backups(data: Mapping[str, Any]) -> Response:
        name = dynamodb._normalize_table_name(data.get("TableName"))
        if name in dynamodb._tables:
            switch(name, bool(data.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")))
        updated: Response = update(data)
        return updated

    dynamodb._update_continuous_backups = update_continuous_backups


def _tell_the_window() -> None:
    describe = dynamodb._describe_continuous_backups

    def describe_continuous_backups(data: Mapping[str, Any]) -> Response:
        status, headers, body = describe(data)
        name = dynamodb._normalize_table_name(data.get("TableName"))
        if status != 200 or not dynamodb._pitr_settings.get(name):
            return status, headers, body
        described = json.loads(body)
        earliest, latest = window(name)
        described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"] |= {
            "EarliestRestorableDateTime": min(earliest, latest),
            "LatestRestorableDateTime": latest,
        }
        answer: Response = dynamodb.json_response(described)
        return answer

    dynamodb._describe_continuous_backups = describe_continuous_backups


def _restore_as_of() -> None:
    restore = dynamodb._restore_table_to_point_in_time

    def restore_table_to_point_in_time(data: Mapping[str, Any]) -> Response:
        source = data.get("SourceTableName") or dynamodb._normalize_table_name(data.get("SourceTableArn") or "")
        if source not in dynamodb._tables:
            missing: Response = restore(data)
            return missing
        try:
            items = items_at(source, data.get("RestoreDateTime"))
        except UnavailableError as error:
            return _error("PointInTimeRecoveryUnavailableException", str(error))
        except OutsideWindowError as error:
            return _error("InvalidRestoreTimeException", str(error))
        restored: Response = restore(data)
        if restored[0] == 200:
            _fill(dynamodb._tables[data["TargetTableName"]], items)
        return restored

    dynamodb._restore_table_to_point_in_time = restore_table_to_point_in_time


def _fill(table: Table, items: list[Item]) -> None:
    rows: defaultdict[str, dict[str, Item]] = defaultdict(dict)
    for item in items:
        partition, sort, _ = dynamodb._resolve_table_key_values(table, item, allow_extra=True)
        rows[partition][sort] = copy.deepcopy(item)
    table["items"] = rows
    dynamodb._items_replaced(table)


def _error(code: str, message: str) -> Response:
    response: Response = dynamodb.error_response_json(code, message, 400)
    return response
