"""Lists read no page too many: neither here, to see whether anything follows, nor at the client: none is empty."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib import cursors

from tests.fakes import dynamodb
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.people import Person
from tests.stage import Stage

KEYS = {
    "conversations": ("user_id", "timestamp", "conversation_id"),
    "files": ("user_id", "upload_timestamp", "file_id"),
    "messages": ("conversation", "message_id"),
}
FULL = 100  # the longest page that a client may ask for


@pytest.fixture
def short_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "ROWS_A_QUERY", 4)


def _as_dynamodb(call: Call, send: Send) -> Any:
    """A query that has read as many rows as it may names the last one, whether any follow or not; moto looks ahead.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
    """
    body = json.loads(send().content)
    if len(body["Items"]) == call.body.get("Limit"):
        body["LastEvaluatedKey"] = {name: body["Items"][-1][name] for name in KEYS[call.tables[0]]}
    return dynamodb.reply(body)


def _queries(stage: Stage, table: str) -> int:
    return sum(call.operation == "Query" and call.tables == [table] for call in stage.wire.calls)


def _pages(stage: Stage, ada: Person, path: str, limit: int) -> tuple[list[list[dict[str, Any]]], list[int]]:
    """All pages of a list, and how many queries each took."""
    pages: list[list[dict[str, Any]]] = []
    queries: list[int] = []
    table = path.rpartition("/")[2]
    cursor = ""
    while not pages or cursor:
        stage.wire.clear()
        stage.wire.fail(_as_dynamodb, lambda call: call.operation == "Query" and call.tables[0] in KEYS, times=100)
        reply = ada.get(f"{path}?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        pages.append(reply.body["items"])
        queries.append(_queries(stage, table))
        cursor = reply.body["next_cursor"]
    return pages, queries


def _copies(stage: Stage, table: str, row: dict[str, Any], count: int, *, hidden: tuple[int, ...] = ()) -> None:
    """More rows like one, each older than the one before. hidden: which of them are deleted."""
    id_name, time_name = (
        ("conversation_id", "timestamp") if table == "conversations" else ("file_id", "upload_timestamp")
    )
    for number in range(count):
        its_id = f"{number:08d}-0000-7000-8000-000000000000"
        copy = row | {id_name: its_id, time_name: f"2020-01-01T00:00:{99 - number:02d}.000Z"}
        stage.put(table, copy | ({"deleted_at": int(time.time())} if number in hidden else {}))


def _one(stage: Stage, ada: Person, table: str) -> dict[str, Any]:
    if table == "conversations":
        return stage.row(table, ada.new_conversation(title="T"))
    made = ada.post("/files", {"name": "a.txt", "type": "text/plain", "size": 3})
    return stage.row(table, made.body["file"]["file_id"]) | {"status": "ready", "pages": 1}


@pytest.mark.usefixtures("short_queries")
@pytest.mark.parametrize("table", ["conversations", "files"])
def test_a_page_that_is_full_is_not_read_on(stage: Stage, ada: Person, table: str) -> None:
    row = _one(stage, ada, table)
    stage.delete(table, row)
    _copies(stage, table, row, 6, hidden=(1,))
    pages, queries = _pages(stage, ada, f"/{table}", limit=3)
    assert [len(page) for page in pages] == [3, 2]
    assert queries == [1, 1]


@pytest.mark.parametrize(("rows", "lengths"), [(FULL, [FULL]), (FULL + 1, [FULL, 1])])
@pytest.mark.parametrize("table", ["conversations", "files"])
def test_the_longest_page_takes_one_query_and_the_last_one_says_that_it_is(
    stage: Stage, ada: Person, table: str, rows: int, lengths: list[int]
) -> None:
    row = _one(stage, ada, table)
    stage.delete(table, row)
    _copies(stage, table, row, rows)
    pages, queries = _pages(stage, ada, f"/{table}", limit=FULL)
    assert [len(page) for page in pages] == lengths
    assert queries == [1] * len(lengths)


@pytest.mark.parametrize(("limit", "lengths"), [(1, [1, 1]), (2, [2]), (3, [2])])
def test_a_page_of_messages_that_is_just_full_has_none_behind_it(
    stage: Stage, ada: Person, limit: int, lengths: list[int]
) -> None:
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?")
    pages, queries = _pages(stage, ada, f"/conversations/{conversation_id}/messages", limit)
    assert [len(page) for page in pages] == lengths
    assert queries == [1] * len(lengths)


def test_the_log_of_a_dead_answer_is_read_once(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.edit("messages", answer_id, status="streaming", token="t", lease_until=int(time.time()) - 1)
    said = {"type": "answer.delta", "sequence": 1, "block": 0, "kind": "text", "text": "Red"}
    stage.put("frames", {"answer": f"user:{ada.user_id}#{answer_id}", "last_sequence": 1, "frames": [said]})
    stage.wire.clear()
    assert ada.message(conversation_id, answer_id)["content"][0]["text"] == "Red"
    assert _queries(stage, "frames") == 1
