"""Rows are brought to a new schema while people write, wherever a run was cut off, and back in a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

import boto3
import pytest
from chalicelib import schema
from chalicelib.migrations import MIGRATIONS, TABLES, Migration, Wire, migrated
from moto import mock_aws

from deploy import migrating
from deploy.environment import DeploymentError, Stage

ROWS = 5


class Killed(BaseException):
    """As a power cut, which nothing catches."""


@dataclass(frozen=True)
class CutStage(Stage):
    """A stage whose run ends before the call of AWS of that number. calls: that were made."""

    ends_at: int = 0
    calls: list[str] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = boto3.client(service, self.region)
            self.made[service].meta.events.register_first("before-call.*.*", self._count)
        return self.made[service]

    def _count(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if len(self.calls) == self.ends_at:
            raise Killed


def _named(table: str, row: Wire) -> Wire:
    """`name` becomes `title`, whose length stands beside it."""
    if "name" not in row:
        return {}
    return {"title": row["name"], "length": {"N": str(len(row["name"]["S"]))}, "name": None}


RENAMED = Migration(2, "titles", readable_from=2, tables=("people", "files"), reads=("name",), change=_named)
STEPS: Sequence[Migration] = (replace(MIGRATIONS[0], tables=("people", "files")), RENAMED)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[CutStage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    _dynamodb.cache_clear()
    with mock_aws():
        made = CutStage("test", "eu-west-1")
        boto3.client("s3", "eu-west-1").create_bucket(
            Bucket=made.artifacts_bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        for name, key in (("people", "user_id"), ("files", "file_id")):
            _dynamodb().create_table(
                TableName=f"chatapp-test-{name}",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
        _fill()
        yield made


@cache
def _dynamodb() -> Any:
    return boto3.client("dynamodb", "eu-west-1")


def _row(number: int) -> dict[str, Any]:
    return {"user_id": {"S": f"u{number}"}, "name": {"S": "x" * number}, "kept": {"S": "as it is"}}


def _fill() -> None:
    for number in range(1, ROWS + 1):
        _dynamodb().put_item(TableName="chatapp-test-people", Item=_row(number))


def _rows() -> dict[str, Any]:
    return {row["user_id"]["S"]: row for row in _dynamodb().scan(TableName="chatapp-test-people")["Items"]}


def _wanted(number: int) -> dict[str, Any]:
    title = {"S": "x" * number}
    row = {**_row(number), "title": title, "length": {"N": str(number)}, schema.ATTRIBUTE: {"N": "2"}}
    del row["name"]
    return row


def _run(stage: Stage, migrations: Sequence[Migration] = STEPS) -> list[int]:
    return migrating.Run(stage, lambda _: None, lambda: None, migrations, page=2).carry_out()


def test_the_migrations_lead_to_todays_schema_without_a_gap() -> None:
    assert [each.number for each in MIGRATIONS] == list(range(1, schema.SCHEMA_VERSION + 1))
    assert all(each.readable_from <= each.number for each in MIGRATIONS)
    assert all(set(each.tables) <= set(TABLES) for each in MIGRATIONS)


def test_every_row_has_the_new_form_and_a_second_run_changes_nothing(stage: CutStage) -> None:
    assert _run(stage) == [1, 2]
    assert _rows() == {f"u{number}": _wanted(number) for number in range(1, ROWS + 1)}
    again = CutStage("test", "eu-west-1")
    assert _run(again) == []
    assert set(again.calls) <= {"GetObject", "GetCallerIdentity"}, "nothing is scanned"


def test_a_run_that_was_killed_at_any_call_is_gone_on_with(stage: CutStage) -> None:
    """At each page, and at each call within it. Some rows are of the other form then, and none is lost."""
    whole = CutStage("test", "eu-west-1")
    _run(whole, (RENAMED,))
    paged = [number for number, call in enumerate(whole.calls, 1) if call in {"Scan", "PutObject"}]
    assert len(paged) >= 8, "three pages, an empty table, and a note of each"
    for ends_at in paged:
        _begin_anew(stage)
        with pytest.raises(Killed):
            _run(CutStage("test", "eu-west-1", ends_at=ends_at), (RENAMED,))
        assert _rows().keys() == {f"u{number}" for number in range(1, ROWS + 1)}
        _run(stage, (RENAMED,))
        assert _rows() == {f"u{number}": _wanted(number) for number in range(1, ROWS + 1)}, ends_at
        assert migrating.newest(stage) == 2


def _begin_anew(stage: Stage) -> None:
    boto3.client("s3", stage.region).delete_object(Bucket=stage.artifacts_bucket, Key=migrating.STATE_KEY)
    _fill()


def test_a_row_that_an_older_app_wrote_meanwhile_gets_every_step_that_it_missed(stage: CutStage) -> None:
    """The third takes `title` from `caption`, which the second alone makes of `name`."""
    second = replace(RENAMED, change=lambda table, row: {"caption": row.get("name")} if "name" in row else {})
    third = Migration(
        3,
        "captions",
        readable_from=3,
        tables=("people", "files"),
        reads=("caption",),
        change=lambda table, row: {"title": row["caption"], "caption": None} if "caption" in row else {},
    )
    steps = (STEPS[0], second, third)
    _run(stage, steps[:2])
    late = {"user_id": {"S": "late"}, "name": {"S": "Ada"}, schema.ATTRIBUTE: {"N": "1"}}
    _dynamodb().put_item(TableName="chatapp-test-people", Item=late)
    _run(stage, steps)
    found = _dynamodb().get_item(TableName="chatapp-test-people", Key={"user_id": {"S": "late"}})["Item"]
    assert (found["title"], found[schema.ATTRIBUTE]) == ({"S": "Ada"}, {"N": "3"})
    assert "caption" not in found


def test_after_an_older_app_was_put_back_the_next_goes_through_its_rows_once_more(stage: CutStage) -> None:
    _run(stage, STEPS)
    migrating.go_back(stage, 1)
    late = {"user_id": {"S": "late"}, "name": {"S": "Ada"}, schema.ATTRIBUTE: {"N": "1"}}
    _dynamodb().put_item(TableName="chatapp-test-people", Item=late)
    assert _run(stage, STEPS) == [2]
    found = _dynamodb().get_item(TableName="chatapp-test-people", Key={"user_id": {"S": "late"}})["Item"]
    assert found["title"] == {"S": "Ada"}


def test_a_run_that_lost_its_lease_reads_no_further_page(stage: CutStage) -> None:
    whole, cut = CutStage("test", "eu-west-1"), CutStage("test", "eu-west-1")
    _run(whole, (RENAMED,))
    _begin_anew(stage)
    looks: list[int] = []

    def lost() -> None:
        looks.append(1)
        if len(looks) == 2:
            raise DeploymentError("another one has begun")

    with pytest.raises(DeploymentError, match="another one"):
        migrating.Run(cut, lambda _: None, lost, (RENAMED,), page=2).carry_out()
    assert (whole.calls.count("Scan"), cut.calls.count("Scan")) == (4, 1)


def test_a_run_goes_on_from_its_page_and_not_from_the_first(stage: CutStage) -> None:
    whole = CutStage("test", "eu-west-1")
    _run(whole)
    _begin_anew(stage)
    last = max(number for number, call in enumerate(whole.calls, 1) if call == "Scan")
    with pytest.raises(Killed):
        _run(CutStage("test", "eu-west-1", ends_at=last))
    rest = CutStage("test", "eu-west-1")
    _run(rest)
    assert whole.calls.count("Scan") > 6
    assert rest.calls.count("Scan") == 2, "the page that was under way, and the next table"


@pytest.mark.parametrize(
    ("meanwhile", "wanted"),
    [
        ("SET #name = :new", {**_wanted(3), "title": {"S": "newer"}, "length": {"N": "5"}}),
        ("SET kept = :new", {**_wanted(3), "kept": {"S": "newer"}}),
        ("", None),
    ],
    ids=["what it reads", "what it does not read", "removed"],
)
def test_what_somebody_writes_meanwhile_is_not_lost(stage: CutStage, meanwhile: str, wanted: Wire | None) -> None:
    written: list[str] = []

    def change(table: str, row: Wire) -> Wire:
        if row.get("name", {}).get("S") == "xxx" and not written:
            written.append(meanwhile)
            _write_meanwhile(meanwhile)
        return _named(table, row)

    _run(stage, (STEPS[0], replace(RENAMED, change=change)))
    assert written
    assert _rows().get("u3") == wanted


def _write_meanwhile(change: str) -> None:
    where: dict[str, Any] = {"TableName": "chatapp-test-people", "Key": {"user_id": {"S": "u3"}}}
    if not change:
        _dynamodb().delete_item(**where)
        return
    named = {"ExpressionAttributeNames": {"#name": "name"}} if "#" in change else {}
    _dynamodb().update_item(
        **where, UpdateExpression=change, ExpressionAttributeValues={":new": {"S": "newer"}}, **named
    )


def test_a_row_that_is_changed_each_time_ends_the_run_and_says_so(stage: CutStage) -> None:
    never_the_same = count()

    def change(table: str, row: Wire) -> Wire:
        if row.get("name", {}).get("S", "").startswith("xxx"):
            _dynamodb().update_item(
                TableName="chatapp-test-people",
                Key={"user_id": {"S": "u3"}},
                UpdateExpression="SET #name = :new",
                ExpressionAttributeNames={"#name": "name"},
                ExpressionAttributeValues={":new": {"S": f"xxx{next(never_the_same)}"}},
            )
        return _named(table, row)

    with pytest.raises(DeploymentError, match="run the same again"):
        _run(stage, (STEPS[0], replace(RENAMED, change=change)))


def test_an_app_that_cannot_read_the_rows_is_refused_as_soon_as_they_may_be_there(stage: CutStage) -> None:
    migrating.refuse_older(stage, 0)
    assert migrating.newest(stage) == 0
    assert migrating.announce(stage, STEPS[:1])
    migrating.refuse_older(stage, 0)  # a step that only adds
    assert migrating.announce(stage, STEPS)
    assert not migrating.announce(stage, STEPS)
    migrating.refuse_older(stage, 2)
    with pytest.raises(DeploymentError, match=r"schema 2, which an app of schema 1 cannot read .*newer version"):
        migrating.refuse_older(stage, 1)
    assert migrating.newest(stage) == 2


def test_before_the_first_deployment_nothing_is_refused(stage: CutStage) -> None:
    other = replace(stage, name="other")
    assert migrating.newest(other) == 0
    migrating.refuse_older(other, 0)


def test_a_table_that_is_gone_is_named(stage: CutStage) -> None:
    _dynamodb().delete_table(TableName="chatapp-test-files")
    with pytest.raises(DeploymentError, match=r"chatapp-test-files is not there: .* --at deletion"):
        _run(stage)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (_row(3), _wanted(3)),
        ({**_row(3), schema.ATTRIBUTE: {"N": "1"}}, _wanted(3)),
        (_wanted(3), _wanted(3)),
        ({**_row(3), schema.ATTRIBUTE: {"N": "2"}}, {**_row(3), schema.ATTRIBUTE: {"N": "2"}}),
    ],
    ids=["without a version", "of the version before", "of today's", "never touched twice"],
)
def test_a_row_of_a_backup_is_changed_by_the_same_steps(row: Wire, wanted: Wire) -> None:
    assert migrated("people", row, STEPS) == wanted
    untouched: Callable[[str, Wire], Wire] = lambda table, row: pytest.fail("of another table")  # noqa: E731
    assert migrated("usage", row, (replace(RENAMED, change=untouched),)) == row
