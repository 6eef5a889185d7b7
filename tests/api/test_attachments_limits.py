"""Limits of files in conversations: what rows hold, what is read at once, and how often."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.fakes import s3, wire
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.papers import blocks, flower_pages, paper
from tests.people import Person, Reply
from tests.stage import Stage


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _ids(count: int) -> set[str]:
    """Of files or conversations that are older than all others."""
    return {f"01a00000-0000-7000-8000-{number:012x}" for number in range(count)}


def _meanwhile(stage: Stage, table: str, key: str, **change: Any) -> None:
    """Another request changes a row between what the next one reads and what it writes."""

    def changed(call: Call, send: Send) -> Any:
        stage.edit(table, key, **change)
        return send()

    stage.wire.fail(changed, lambda call: call.operation == "TransactWriteItems")


def _join(ada: Person, conversation_id: str, file_id: str, how: str) -> Reply:
    if how == "sent":
        return ada.send(conversation_id, "Roses?", file_ids=[file_id])
    return ada.put(f"/conversations/{conversation_id}/files/{file_id}")


@pytest.mark.parametrize("how", ["sent", "put back"])
def test_two_requests_at_once_do_not_bring_a_conversation_past_a_hundred_files(
    stage: Stage, ada: Person, conversation_id: str, how: str
) -> None:
    file_id = paper(stage, ada)
    stage.edit("conversations", conversation_id, file_ids=_ids(99), removed_file_ids={file_id})
    _meanwhile(stage, "conversations", conversation_id, file_ids=_ids(100))
    refused = _join(ada, conversation_id, file_id, how)
    assert (refused.status, refused.error) == (400, "invalid_request")
    assert stage.row("conversations", conversation_id)["file_ids"] == _ids(100)
    assert "conversations" not in stage.row("files", file_id)
    assert stage.rows("messages") == []


@pytest.mark.parametrize("how", ["sent", "put back"])
def test_the_hundredth_file_joins_and_one_that_is_there_already_may_be_sent_again(
    stage: Stage, ada: Person, conversation_id: str, how: str
) -> None:
    file_id = paper(stage, ada)
    stage.edit("conversations", conversation_id, file_ids=_ids(99), removed_file_ids={file_id})
    assert _join(ada, conversation_id, file_id, how).status in (200, 202)
    stage.run()
    assert stage.row("conversations", conversation_id)["file_ids"] == {*_ids(99), file_id}
    assert _join(ada, conversation_id, file_id, how).status in (200, 202)


def test_of_a_thousand_files_that_were_taken_out_the_oldest_is_forgotten(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    file_id = paper(stage, ada)
    ada.ask(conversation_id, "Roses?", file_ids=[file_id])
    stage.edit("conversations", conversation_id, removed_file_ids=_ids(1_000))
    assert ada.delete(f"/conversations/{conversation_id}/files/{file_id}").status == 200
    oldest = min(_ids(1_000))
    assert stage.row("conversations", conversation_id)["removed_file_ids"] == {*_ids(1_000), file_id} - {oldest}
    assert ada.put(f"/conversations/{conversation_id}/files/{oldest}").status == 404
    assert ada.put(f"/conversations/{conversation_id}/files/{file_id}").status == 200


def test_a_file_of_a_thousand_conversations_is_sent_on_without_being_counted(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    file_id = paper(stage, ada)
    stage.edit("files", file_id, conversations=_ids(999))
    assert ada.ask(conversation_id, "Roses?", file_ids=[file_id])["status"] == "complete"
    full = _ids(999) | {conversation_id}
    assert stage.row("files", file_id)["conversations"] == full
    other = ada.new_conversation()
    assert ada.ask(other, "Roses?", file_ids=[file_id])["status"] == "complete"
    assert stage.row("files", file_id)["conversations"] == full
    assert stage.row("files", file_id)["status"] == "ready"
    _meanwhile(stage, "files", file_id, deleted_at=int(time.time()))
    assert ada.send(ada.new_conversation(), "Roses?", file_ids=[file_id]).status == 404


# Reading for a prompt


@pytest.mark.parametrize(("tries", "status"), [(1, "complete"), (2, "failed")])
def test_a_file_is_read_once_more_where_s3_was_busy(
    stage: Stage, ada: Person, conversation_id: str, tries: int, status: str
) -> None:
    file_id = paper(stage, ada)
    # The client by itself tries five times (`aws/clients.py`).
    stage.s3_wire.fail(s3.slow_down, lambda call: "/pages/" in call.key, times=5 * tries)
    assert ada.ask(conversation_id, "Roses?", file_ids=[file_id])["status"] == status
    assert len(stage.s3_wire.struck) == 5 * tries


def test_many_long_files_are_read_by_no_more_threads_than_there_are_connections(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.configure(document_tokens=100_000)
    file_ids = [paper(stage, ada, flower_pages(200), f"{number}.pdf") for number in range(3)]
    file_ids += [paper(stage, ada, name=f"short {number}.pdf") for number in range(9)]
    lock, now, most = threading.Lock(), 0, 0

    def counted(call: s3.Call, send: wire.Send) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.2)  # for others to come
        with lock:
            now -= 1
        return send()

    stage.s3_wire.fail(counted, lambda call: "/pages/" in call.key, times=100)
    ada.ask(conversation_id, "Roses?", file_ids=file_ids)
    assert len(blocks(stage.prompts()[0], "document")) == 12
    assert len(stage.s3_wire.struck) == 39
    assert 1 < most <= 16  # `max_pool_connections` of `aws/clients.py`
