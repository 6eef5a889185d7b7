"""Brings a stage's rows to the schema of the version that is deployed, while people use it.

After the functions are deployed, which read both forms, each migration (`chatapp/chalicelib/migrations.py`) goes
through its tables page by page. Where it stands is kept in the artifacts bucket, which lives as long as the tables: a
run that was cut off goes on from its page. A row is changed only as it was read, so that no write of anybody's is lost,
and a row that was changed is known by its version, so that a page that is read twice is written once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage
from deploy.functions import app_modules

if TYPE_CHECKING:
    from chalicelib.migrations import Migration

STATE_KEY = "schema/state.json"
_PAGE = 500
_WRITERS = 16
_ATTEMPTS = 8
Say = Callable[[str], None]
Wire = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """schema: the newest version that a row may have. readable_from: the oldest whose app reads all of them.

    done: the last migration that has ended. table, cursor: where the next one stands, the key it goes on after ("" and
    None before its first page).
    """

    schema: int = 0
    readable_from: int = 0
    done: int = 0
    table: str = ""
    cursor: Mapping[str, Any] | None = field(default=None)


def newest(stage: Stage) -> int:
    """The newest schema that a row of the stage may have; 0 where none was noted."""
    return _read(stage).schema


def refuse_older(stage: Stage, schema: int) -> None:
    """Raise DeploymentError where an app of that schema cannot read the stage's rows."""
    state = _read(stage)
    if schema < state.readable_from:
        raise DeploymentError(
            f"the rows of {stage.name} are of schema {state.schema}, which an app of schema {schema} cannot read (the"
            f" oldest that can is {state.readable_from}): deploy a newer version, or restore a backup from before into"
            f" another stage (./deploy.sh restore {stage.name} --into STAGE2)"
        )


def announce(stage: Stage, migrations: Sequence[Migration] | None = None) -> bool:
    """Note, before functions that write rows of a newer schema are deployed, who can read those; False: as it was."""
    state, known = _read(stage), _known(migrations)
    pending = [each for each in known if each.number > state.schema]
    if not pending:
        return False
    readable_from = max(state.readable_from, *(each.readable_from for each in pending))
    _write(stage, replace(state, schema=pending[-1].number, readable_from=readable_from))
    return True


def go_back(stage: Stage, schema: int) -> None:
    """Note that an app of an older schema writes rows again: the next that is deployed goes through them once more."""
    state = _read(stage)
    if state.done > schema:
        _write(stage, replace(state, done=schema, table="", cursor=None))


@dataclass(frozen=True)
class Run:
    """before_page: raises what keeps the run from going on. page: rows between two notes of the place."""

    stage: Stage
    say: Say
    before_page: Callable[[], None]
    migrations: Sequence[Migration] | None = None
    page: int = _PAGE

    def carry_out(self) -> list[int]:
        """Bring all rows to the newest schema; the migrations that ended. Safe to repeat wherever it ended."""
        announce(self.stage, self.migrations)
        state, ended = _read(self.stage), []
        for each in _known(self.migrations):
            if each.number > state.done:
                self.say(f"schema {each.number}: {each.about}")
                state = self._migrate(each, state)
                ended.append(each.number)
        return ended

    def _migrate(self, migration: Migration, state: State) -> State:
        """Go through its tables from where `state` stands."""
        begun = migration.tables.index(state.table) if state.table in migration.tables else 0
        for name in migration.tables[begun:]:
            state = replace(state, table=name, cursor=state.cursor if name == state.table else None)
            table, changed = _Table(self.stage, migration, _known(self.migrations), name), 0
            while True:
                self.before_page()
                count, last = table.page(state.cursor, self.page)
                changed += count
                if last is None:
                    break
                state = replace(state, cursor=last)
                _write(self.stage, state)
            if changed:
                self.say(f"{name}: {changed} rows")
        state = replace(state, done=migration.number, table="", cursor=None)
        _write(self.stage, state)
        return state


def _known(migrations: Sequence[Migration] | None) -> Sequence[Migration]:
    return app_modules.migrations().MIGRATIONS if migrations is None else migrations


class _Table:
    """One table under one migration. name: its logical one.

    known: all migrations. An older app that was put back, or one that still ran, may have written a row behind the
    page: it gets the steps that it has missed, too, in their order.
    """

    def __init__(self, stage: Stage, migration: Migration, known: Sequence[Migration], name: str) -> None:
        self._client = stage.client("dynamodb")
        self._stage = stage
        self._migration = migration
        self._known = known
        self._logical = name
        self._name = f"{stage.prefix}-{name}"

    def page(self, cursor: Mapping[str, Any] | None, limit: int) -> tuple[int, Mapping[str, Any] | None]:
        """How many rows of a page were changed, and the key after which the next one begins."""
        position = {"ExclusiveStartKey": cursor} if cursor else {}
        try:
            found = self._client.scan(TableName=self._name, Limit=limit, ConsistentRead=True, **position)
        except self._client.exceptions.ResourceNotFoundException as error:
            back = f"./deploy.sh restore {self._stage.name} --at deletion"
            raise DeploymentError(f"table {self._name} is not there: {back}") from error
        old = [row for row in found["Items"] if self._is_old(row)]
        if not old:
            return 0, found.get("LastEvaluatedKey")
        keys = [each["AttributeName"] for each in self._described()["KeySchema"]]
        with ThreadPoolExecutor(_WRITERS) as pool:
            changed = sum(pool.map(partial(self._change, keys), old))
        return changed, found.get("LastEvaluatedKey")

    def _described(self) -> dict[str, Any]:
        return dict(self._client.describe_table(TableName=self._name)["Table"])

    def _is_old(self, row: Wire) -> bool:
        return bool(app_modules.migrations().version_of(row) < self._migration.number)

    def _changed(self, row: Wire) -> tuple[dict[str, Any], Sequence[str]]:
        """What to set in a row, and of what in it that was made."""
        changed: dict[str, Any] = {}
        reads: set[str] = set()
        for each in self._known:
            if app_modules.migrations().version_of(row) < each.number <= self._migration.number:
                now = {name: value for name, value in {**row, **changed}.items() if value is not None}
                if self._logical in each.tables:
                    changed |= app_modules.migrations().changes(each, self._logical, now)
                    reads |= set(each.reads)
        return changed, sorted(reads)

    def _change(self, keys: Sequence[str], row: Wire) -> bool:
        """Change a row, as it stands by then; False where somebody else did, or removed it."""
        key, found = {each: row[each] for each in keys}, row
        for _ in range(_ATTEMPTS):
            changed, reads = self._changed(found)
            update = _update(found, changed, reads, keys)
            try:
                self._client.update_item(
                    TableName=self._name, Key=key, **update, ReturnValuesOnConditionCheckFailure="ALL_OLD"
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                found = error.response.get("Item")  # as it is now; none where it is gone
                if found is None or not self._is_old(found):
                    return False
            else:
                return True
        raise DeploymentError(f"a row of {self._name} was changed by somebody else each time: run the same again")


def _update(row: Wire, changed: Wire, reads: Sequence[str], keys: Sequence[str]) -> dict[str, Any]:
    """The update's expressions: on condition that what was read, and what is replaced, is as it was read."""
    names = {each: f"#n{number}" for number, each in enumerate(sorted({*changed, *reads, keys[0]}))}
    values: dict[str, Any] = {}
    held = [f"attribute_exists({names[keys[0]]})"]
    for number, each in enumerate(sorted({*changed, *reads})):
        if each in row:
            values[f":o{number}"] = row[each]
            held.append(f"{names[each]} = :o{number}")
        else:
            held.append(f"attribute_not_exists({names[each]})")
    put = [each for each in sorted(changed) if changed[each] is not None]
    values |= {f":v{number}": changed[each] for number, each in enumerate(put)}
    change = "SET " + ", ".join(f"{names[each]} = :v{number}" for number, each in enumerate(put))
    gone = [names[each] for each in sorted(changed) if changed[each] is None]
    return {
        "UpdateExpression": f"{change} REMOVE {', '.join(gone)}" if gone else change,
        "ConditionExpression": " AND ".join(held),
        "ExpressionAttributeNames": {short: long for long, short in names.items()},
        "ExpressionAttributeValues": values,
    }


def _read(stage: Stage) -> State:
    try:
        found = stage.client("s3").get_object(Bucket=stage.artifacts_bucket, Key=STATE_KEY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchKey", "NoSuchBucket"}:
            raise
        return State()
    return State(**json.loads(found))


def _write(stage: Stage, state: State) -> None:
    stage.client("s3").put_object(
        Bucket=stage.artifacts_bucket,
        Key=STATE_KEY,
        Body=json.dumps(asdict(state)).encode(),
        ContentType="application/json",
    )
