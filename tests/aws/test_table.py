"""Items, expressions, conditions and pages as DynamoDB understands them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chalicelib.aws.grants import NotGranted
from chalicelib.aws.table import ConditionFailed, Index, Item, Table, batch_get
from chalicelib.services import build
from chalicelib.settings import Settings

from tests.aws.conftest import row, table
from tests.grants import GRANTS
from tests.stage import Stage

KEY = {"conversation": "c", "message_id": "0001"}


def test_an_item_is_read_as_it_was_written(messages: Table) -> None:
    item = row(
        1, text="é🐈\u2028", count=3, ratio=None, yes=True, content=[{"type": "text", "n": -7}], nested={"a": []}
    )
    messages.write(messages.put(item))
    assert messages.find(KEY) == item
    assert messages.find({**KEY, "message_id": "0002"}) is None


def test_whole_numbers_come_back_as_int(messages: Table) -> None:
    messages.write(messages.put(row(1, count=12345678901234567890)))
    found = messages.find(KEY)
    assert found is not None
    assert type(found["count"]) is int


def test_a_name_that_dynamodb_reserves_needs_no_thought(messages: Table) -> None:
    update = messages.update(KEY, "SET #status = :s, #ttl = :t, #error = :e", {":s": "queued", ":t": 1, ":e": "x"})
    assert messages.write(update, returns="ALL_NEW") == row(1, status="queued", ttl=1, error="x")


def test_a_write_returns_the_row_before_or_after_it_when_asked(messages: Table) -> None:
    put = messages.put(row(1, text="old"))
    assert messages.write(put) == {}
    change = messages.update(KEY, "SET #text = :text", {":text": "new"})
    assert messages.write(change, returns="ALL_NEW") == row(1, text="new")
    assert messages.write(messages.delete(KEY), returns="ALL_OLD") == row(1, text="new")
    assert messages.write(messages.delete(KEY), returns="ALL_OLD") == {}


@pytest.mark.parametrize("stored", [row(1, text="kept"), None])
def test_a_refused_write_changes_nothing_and_shows_the_row(messages: Table, stored: Item | None) -> None:
    if stored:
        messages.write(messages.put(stored))
    for write in (
        messages.put(row(1), condition="#text = :text", values={":text": "other"}),
        messages.update(KEY, "SET #text = :text", {":text": "other"}, condition="#text = :text"),
        messages.delete(KEY, condition="#text = :text", values={":text": "other"}),
    ):
        with pytest.raises(ConditionFailed) as refused:
            messages.write(write)
        assert refused.value.item == stored
        assert messages.find(KEY) == stored


def test_a_query_pages_through_a_partition_in_both_directions(messages: Table) -> None:
    for number in range(5):
        messages.write(messages.put(row(number)))
    messages.write(messages.put({**row(0), "conversation": "other"}))
    for newest_first in (False, True):
        read: list[Item] = []
        start: Item | None = None
        sizes: list[int] = []
        while True:
            page = messages.query("#conversation = :c", {":c": "c"}, limit=2, newest_first=newest_first, start=start)
            read += page.items
            sizes.append(len(page.items))
            start = page.last_key
            if start is None:
                break
        assert sizes == [2, 2, 1]
        assert read == sorted(map(row, range(5)), key=lambda item: str(item["message_id"]), reverse=newest_first)


def test_a_page_of_one_megabyte_ends_early_and_goes_on(messages: Table) -> None:
    for number in range(4):
        messages.write(messages.put(row(number, text="x" * 300_000)))
    page = messages.query("#conversation = :c", {":c": "c"}, limit=100)
    assert len(page.items) == 3
    rest = messages.query("#conversation = :c", {":c": "c"}, limit=100, start=page.last_key)
    assert [item["message_id"] for item in rest.items] == ["0003"]
    assert rest.last_key is None


def test_the_index_lists_by_time_and_holds_list_fields_only(conversations_by_time: Index) -> None:
    conversations = table("conversations")
    for number, time in enumerate(["2026-11-03", "2026-11-01", "2026-11-02"]):
        item = {"user_id": "ada", "conversation_id": str(number), "timestamp": time, "title": "T", "system": "S"}
        conversations.write(conversations.put({**item, "ttl": 5, "archived": True}))
    page = conversations_by_time.query("#user_id = :ada", {":ada": "ada"}, newest_first=True)
    assert [item["timestamp"] for item in page.items] == ["2026-11-03", "2026-11-02", "2026-11-01"]
    assert page.items[0] == {
        "user_id": "ada",
        "conversation_id": "0",
        "timestamp": "2026-11-03",
        "title": "T",
        "archived": True,
        "ttl": 5,
    }


def test_batch_get_answers_in_the_order_asked_with_none_for_what_is_missing(messages: Table, usage: Table) -> None:
    messages.write(messages.put(row(1)))
    messages.write(messages.put(row(2)))
    usage.write(usage.put({"subject": "stage", "period": "2026-11", "n": 1}))
    wanted = [
        (messages, row(2)),
        (usage, {"subject": "stage", "period": "2026-11"}),
        (messages, row(9)),
        (messages, row(1)),
    ]
    assert batch_get(*wanted) == [row(2), {"subject": "stage", "period": "2026-11", "n": 1}, None, row(1)]


def test_delete_all_takes_any_number_of_rows_and_ignores_missing_ones(stage: Stage, messages: Table) -> None:
    for number in range(60):
        messages.write(messages.put(row(number)))
    messages.delete_all(row(number) for number in range(1, 80))
    assert stage.rows("messages") == [row(0)]
    messages.delete_all([])


@pytest.mark.parametrize(
    ("granted", "operation"),
    [(granted, operation) for granted in ("GetItem", "PutItem") for operation in ("GetItem", "PutItem", "Query")],
)
def test_an_operation_that_is_not_granted_is_refused_before_anything_is_sent(
    stage: Stage, granted: str, operation: str
) -> None:
    granted_only = table("messages", granted)
    calls: dict[str, Callable[[], object]] = {
        "GetItem": lambda: granted_only.find(row(1)),
        "PutItem": lambda: granted_only.write(granted_only.put(row(1))),
        "Query": lambda: granted_only.query("#conversation = :c", {":c": "c"}),
    }
    if operation == granted:
        calls[operation]()
        return
    with pytest.raises(NotGranted, match=operation):
        calls[operation]()
    assert stage.wire.calls == []


@pytest.mark.parametrize("function", GRANTS)
def test_a_function_can_do_nothing_on_a_resource_without_a_grant(stage: Stage, function: str) -> None:
    services = build(function, Settings.read({"CHATAPP_STAGE": "test"}))
    granted = {grant.resource for grant in GRANTS[function] if grant.kind == "table"}
    tables = {"conversations", "messages", "frames", "usage", "sockets"} - granted
    for name in tables:
        with pytest.raises(NotGranted, match=f"{function} may not GetItem on table {name}"):
            getattr(services, name).find({"a": "b"})
    assert stage.wire.calls == []
