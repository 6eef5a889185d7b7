"""The hourly sweep finishes what is due and was lost: purges, uploads, what came too late, money that was held."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from chalicelib import due, ids
from chalicelib.files.row import ABANDONED_S, EVENT_LOST_S
from chalicelib.logs import Failed

from tests.api.test_uploads import used_bytes
from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.stage import Stage

TEXT = b"Roses are red.\n"
FORM = {"name": "late.txt", "type": "text/plain", "size": len(TEXT)}
HOURS = 3_600


def pass_time(stage: Stage, seconds: int, **rows: str) -> None:
    """Let a row be as old as if `seconds` had passed. rows: table=id."""
    for table, id_ in rows.items():
        row = stage.row(table, id_)
        older: dict[str, Any] = {
            name: row[name] - seconds for name in ("due_at", "deleted_at", "ttl", "lease_until") if name in row
        }
        if "upload_timestamp" in row:
            older["upload_timestamp"] = ids.iso(ids.seconds(row["upload_timestamp"]) - seconds)
        stage.edit(table, id_, **older)


def everything_is_dated(stage: Stage) -> None:
    """As once the rows of the version before were given their dates, and today's owners were read."""
    stage.put("usage", {"subject": "sweep", "period": "dating", "conversations": "done", "files": "done"})
    stage.put("usage", {"subject": "sweep", "period": "people", "read_at": int(time.time())})


def test_a_purge_whose_schedule_was_lost_is_made_by_the_sweep(stage: Stage, ada: Person) -> None:
    file_id, kept = stage.ready(ada, TEXT), stage.ready(ada, TEXT, "kept.txt")
    conversation_id, other = ada.new_conversation(title="T"), ada.new_conversation(title="Kept")
    answer = ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    stage.put("frames", {"answer": f"{ada.subject}#{answer['message_id']}", "last_sequence": 1})  # a log that stayed
    ada.ask(other, "And?")
    before = len(stage.rows("messages"))
    assert ada.delete(f"/files/{file_id}").status == ada.delete(f"/conversations/{conversation_id}").status == 200
    stage.scheduler.schedules.clear()
    stage.sweep()
    assert len(stage.rows("files")) == len(stage.rows("conversations")) == 2, "their undo time is not over"
    pass_time(stage, 36, files=file_id, conversations=conversation_id)
    stage.sweep()
    assert [row["file_id"] for row in stage.rows("files")] == [kept]
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [other]
    assert {row["conversation"] for row in stage.rows("messages")} == {f"{ada.subject}#{other}"}
    assert len(stage.rows("messages")) == before / 2
    assert stage.rows("frames") == []
    assert not [key for key in stage.objects() if file_id in key]
    assert used_bytes(stage, ada) == len(TEXT)


def test_a_conversation_that_was_deleted_while_it_answered_is_purged_by_the_sweep(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    ada.queue(conversation_id, "Which roses?")
    assert ada.delete(f"/conversations/{conversation_id}").status == 200
    stage.run()
    stage.scheduler.schedules.clear()
    pass_time(stage, 36, conversations=conversation_id)
    stage.sweep()
    assert (stage.rows("conversations"), stage.rows("messages"), stage.rows("frames")) == ([], [], [])


def test_a_table_whose_index_cannot_be_read_keeps_no_other_from_being_swept(stage: Stage, ada: Person) -> None:
    """Such as one that is being made by an update."""
    file_id = stage.ready(ada, TEXT)
    ada.delete(f"/files/{file_id}")
    pass_time(stage, 36, files=file_id)
    stage.wire.fail(
        lambda call, send: dynamodb.refusal("ValidationException"),
        lambda call: call.operation == "Query" and call.tables == ["conversations"],
        times=99,
    )
    with pytest.raises(Failed):
        stage.sweep()
    assert stage.rows("files") == []


def test_what_was_brought_back_is_not_due(stage: Stage, ada: Person) -> None:
    file_id, conversation_id = stage.ready(ada, TEXT), ada.new_conversation(title="T")
    for path in (f"/files/{file_id}", f"/conversations/{conversation_id}"):
        assert ada.delete(path).status == 200
        assert ada.patch(path, {"deleted": False}).status == 200
    row = stage.row("conversations", conversation_id)
    assert row["due_at"] == row["ttl"]
    pass_time(stage, 2 * HOURS, files=file_id)
    stage.sweep()
    assert ada.get(f"/files/{file_id}/pages/1").status == 200
    assert ada.get(f"/conversations/{conversation_id}").status == 200
    assert stage.row("files", file_id)["due_at"] > time.time() + HOURS


def test_a_second_deletion_purges_at_once_what_is_overdue(stage: Stage, ada: Person, grace: Person) -> None:
    file_id, conversation_id = stage.ready(ada, TEXT), ada.new_conversation(title="T")
    for table, id_ in (("files", file_id), ("conversations", conversation_id)):
        path = f"/{table}/{id_}"
        assert ada.delete(path).status == 200
        assert (ada.delete(path).status, stage.lambdas.take("purge")) == (404, [])
        pass_time(stage, 36, **{table: id_})
        assert (grace.delete(path).status, stage.lambdas.take("purge")) == (404, [])
        assert ada.delete(path).status == 404
        (payload,) = stage.lambdas.take("purge")
        stage.purge(payload)
        assert stage.rows(table) == []
    assert (stage.objects(), used_bytes(stage, ada)) == ([], 0)


def test_an_upload_that_never_came_gives_its_room_back(stage: Stage, ada: Person) -> None:
    file_id = ada.post("/files", FORM).body["file"]["file_id"]
    assert used_bytes(stage, ada) == len(TEXT)
    stage.sweep()
    assert len(stage.rows("files")) == 1
    pass_time(stage, ABANDONED_S + 1, files=file_id)
    stage.sweep()
    assert (stage.rows("files"), used_bytes(stage, ada)) == ([], 0)


def test_an_upload_that_is_never_read_fails_once_its_event_cannot_come(stage: Stage, ada: Person) -> None:
    uploaded = stage.upload(ada, TEXT)
    pass_time(stage, ABANDONED_S + 1, files=uploaded.file_id)
    stage.sweep()
    row = stage.row("files", uploaded.file_id)
    assert (row["status"], row["due_at"] > time.time()) == ("uploaded", True)
    pass_time(stage, EVENT_LOST_S, files=uploaded.file_id)
    stage.sweep()
    assert stage.row("files", uploaded.file_id)["status"] == "failed"


def test_what_a_dead_reading_left_is_removed(stage: Stage, ada: Person) -> None:
    uploaded = stage.upload(ada, TEXT)
    stage.edit("files", uploaded.file_id, status="reading", version_id=uploaded.version_id, token="t", lease_until=1)
    stage.store(f"extracted/{uploaded.file_id}/pages/1", TEXT)
    pass_time(stage, ABANDONED_S + 1, files=uploaded.file_id)
    stage.sweep()
    assert stage.row("files", uploaded.file_id)["status"] == "failed"
    stage.scheduler.schedules.clear()
    pass_time(stage, ABANDONED_S + 1, files=uploaded.file_id)
    stage.sweep()
    assert stage.objects() == [uploaded.key]
    assert stage.row("files", uploaded.file_id)["due_at"] > time.time() + HOURS


def test_a_file_whose_turn_to_be_read_was_missed_is_read(stage: Stage, ada: Person) -> None:
    file = stage.upload(ada, TEXT)
    pass_time(stage, 2 * HOURS, files=file.file_id)
    pinned = {"version_id": file.version_id, "sequencer": file.event["Records"][0]["s3"]["object"]["sequencer"]}
    stage.edit("files", file.file_id, status="waiting", **pinned)
    stage.sweep()
    stage.run()
    assert stage.row("files", file.file_id)["status"] == "ready"


def test_what_comes_after_a_file_was_removed_and_is_not_told_of_is_found(stage: Stage, ada: Person) -> None:
    reply = ada.post("/files", FORM)
    file_id = reply.body["file"]["file_id"]
    ada.delete(f"/files/{file_id}")
    pass_time(stage, 36, files=file_id)
    stage.purge(stage.scheduler.payloads()[-1])
    assert (stage.rows("files"), stage.objects()) == ([], [])
    stage.send_form(reply.body["upload"]["fields"], TEXT)  # whose event is lost
    stage.store(f"extracted/{file_id}/pages/1", TEXT)  # by a worker that is killed then
    stage.sweep()
    assert len(stage.objects()) == 2, "more of it may come"
    (note,) = stage.notes()
    stage.put("files", note | {"due_at": int(time.time())})
    stage.sweep()
    assert (stage.objects(), stage.notes()) == ([], [])


def test_money_that_a_crash_left_held_is_given_back(stage: Stage, ada: Person, grace: Person) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    api = services.of(functions.API)
    lost = reservations.reserve(api, ada.subject, 1_000)
    reservations.reserve(api, grace.subject, 500)
    for row in stage.rows("usage"):
        assert row["due_at"] > time.time()
        earlier = f"{int(time.time()) - 25 * HOURS:x}" + lost.id[8:]
        held = {lost.held: None, f"open_{earlier}": row[lost.held]} if lost.held in row else {}
        stage.put("usage", row | held | {"due_at": int(time.time())})
    stage.sweep()
    left = {row["subject"]: row for row in stage.rows("usage") if row["period"] == lost.period}
    assert {subject: row["cost_micro_usd"] for subject, row in left.items()} == {
        str(ada.subject): 0,
        str(grace.subject): 500,
        "stage": 500,
    }
    assert "due_at" not in left[str(ada.subject)]
    assert left["stage"]["due_at"] > time.time(), "something is held still"


def _all_kinds(stage: Stage, ada: Person) -> None:
    """One of each that is due."""
    uploaded, conversation_id = stage.upload(ada, TEXT), ada.new_conversation(title="T")
    stage.store(f"extracted/{uploaded.file_id}/pages/1", TEXT)
    for number, role in enumerate(("user", "assistant")):
        row = {"message_id": f"0190b5a0-0000-7000-8000-{number:012d}", "role": role, "status": "complete"}
        stage.put("messages", {"conversation": f"{ada.subject}#{conversation_id}", "created_at": "2026", **row})
    never_came = ada.post("/files", FORM).body["file"]["file_id"]
    ada.delete(f"/files/{uploaded.file_id}")
    ada.delete(f"/conversations/{conversation_id}")
    pass_time(stage, 36, files=uploaded.file_id, conversations=conversation_id)
    pass_time(stage, ABANDONED_S + 1, files=never_came)
    gone = "0190b5a0-0000-7000-8000-000000000000"
    stage.put("files", {"file_id": f"removed#{gone}", "owner": ada.user_id, **due.at(1, gone)})
    stage.store(f"uploads/{ada.user_id}/{gone}/a.txt", TEXT)


@pytest.mark.parametrize("moment", [wire.killed_before, wire.killed_after])
def test_a_sweep_that_was_killed_at_any_write_is_finished_by_the_next(
    stage: Stage, ada: Person, moment: dynamodb.Fault
) -> None:
    stage.ready(ada, TEXT, "kept.txt")
    ada.ask(ada.new_conversation(title="Kept"), "Kept?")
    kept = stage.rows("messages"), stage.rows("files"), stage.objects()
    for nth in itertools.count(1):
        _all_kinds(stage, ada)
        _kill_at_write(stage, moment, nth)
        try:
            stage.sweep()
        except wire.Killed:
            stage.sweep()
        else:
            break
        for note in stage.notes():
            stage.delete("files", note)
        assert (stage.rows("messages"), stage.rows("files"), stage.objects()) == kept, nth
        assert len(stage.rows("conversations")) == 1
        assert used_bytes(stage, ada) == len(TEXT)
    assert nth > 8


def _kill_at_write(stage: Stage, moment: dynamodb.Fault, nth: int) -> None:
    """Of those to the tables and the bucket together."""
    count = itertools.count(1)
    for each in (stage.wire, stage.s3_wire):
        each.clear()
        each.fail(moment, lambda call: call.writes and next(count) == nth)


def test_a_row_that_fails_keeps_no_other_from_being_done_and_the_run_says_so(stage: Stage, ada: Person) -> None:
    first, second = stage.ready(ada, TEXT), stage.ready(ada, TEXT, "second.txt")
    for file_id in (first, second):
        ada.delete(f"/files/{file_id}")
        pass_time(stage, 36, files=file_id)
    stage.s3_wire.fail(s3.slow_down, lambda call: call.writes, times=5)
    with pytest.raises(Failed, match="Unfinished"):
        stage.sweep()
    assert len(stage.rows("files")) == 1
    stage.s3_wire.clear()
    stage.sweep()
    assert (stage.rows("files"), stage.objects()) == ([], [])


def test_a_sweep_that_has_no_time_left_begins_nothing(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    ada.delete(f"/files/{file_id}")
    pass_time(stage, 36, files=file_id)
    stage.sweep(seconds=60)
    assert len(stage.rows("files")) == 1


def test_what_is_due_is_found_by_the_page_and_nothing_else_is_read(stage: Stage, ada: Person) -> None:
    for number in range(250):
        id_ = f"0190b5a0-0000-7000-8000-{number:012d}"
        row = {"user_id": ada.user_id, "conversation_id": id_, "timestamp": "2026", "deleted_at": 1, **due.at(2, id_)}
        stage.put("conversations", row)
    idle = ada.new_conversation(title="Kept")
    everything_is_dated(stage)
    stage.wire.clear()
    stage.sweep()
    calls = [call.operation for call in stage.wire.calls]
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [idle]
    # A mark, a look for messages, what is remembered of it and the row's end for each; a query for each partition of
    # the five indexes, and one more for each page that was full.
    assert calls.count("UpdateItem") == calls.count("DeleteItem") == 250
    assert calls.count("Query") <= 250 + 5 * len(due.SHARDS) + 250 // 100
    scanned = {call.tables[0] for call in stage.wire.calls if call.operation == "Scan"}
    assert scanned == {"usage"}, "the few rows that name people"
    assert len(calls) <= 250 * 4 + 24
