"""Conversations and files are kept for so many days after their last use, and go by the sweep with all beneath."""

from __future__ import annotations

import time

import pytest
from chalicelib.ids import iso

from tests.api.test_sweep import TEXT
from tests.api.test_uploads import used_bytes
from tests.fakes import wire
from tests.people import Person
from tests.stage import Stage

DAY = 86_400
PAST = 1_700_000_000


def _over(stage: Stage, table: str, id_: str) -> None:
    """Let a row's time be over."""
    stage.edit(table, id_, ttl=PAST, due_at=PAST, due_shard="0")


def test_the_date_stands_on_the_conversation_alone_and_counts_from_its_last_use(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    row = stage.row("conversations", conversation_id)
    assert 90 * DAY <= row["ttl"] - time.time() <= 91 * DAY
    assert (row["due_at"], row["ttl"] % DAY) == (row["ttl"], 0)
    assert ada.get(f"/conversations/{conversation_id}").body["kept_until"] == iso(row["ttl"])
    for use in (
        lambda: ada.ask(conversation_id, "Which roses?"),
        lambda: ada.patch(f"/conversations/{conversation_id}", {"kept": True}),
        lambda: ada.patch(f"/conversations/{conversation_id}", {"pinned": True}),
    ):
        soon = int(time.time()) + DAY
        stage.edit("conversations", conversation_id, ttl=soon, due_at=soon)
        use()
        renewed = stage.row("conversations", conversation_id)
        assert (renewed["ttl"], renewed["due_at"]) == (row["ttl"], row["ttl"])
    assert not [row for row in stage.rows("messages") if "ttl" in row]


def test_what_is_kept_no_longer_is_hidden_at_once_and_swept_with_all_beneath(stage: Stage, ada: Person) -> None:
    conversation_id, kept, file_id = (
        ada.new_conversation(title="T"),
        ada.new_conversation(title="K"),
        stage.ready(ada, TEXT),
    )
    ada.ask(conversation_id, "Which roses?")
    _over(stage, "conversations", conversation_id)
    _over(stage, "files", file_id)
    for path in (f"/conversations/{conversation_id}", f"/files/{file_id}"):
        assert ada.get(path).status == 404
        assert ada.patch(path, {"kept": True}).status == 404, "it cannot be brought back"
    stage.sweep()
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [kept]
    assert (stage.rows("messages"), stage.rows("files"), stage.objects()) == ([], [], [])
    assert used_bytes(stage, ada) == 0


def test_a_file_counts_from_its_last_use(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    date = stage.row("files", file_id)["ttl"]
    assert 90 * DAY <= date - time.time() <= 91 * DAY
    assert ada.file(file_id)["kept_until"] == iso(date)
    conversation_id = ada.new_conversation(title="T")
    stage.edit("files", file_id, ttl=int(time.time()) + DAY)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    assert stage.row("files", file_id)["ttl"] == date
    stage.edit("files", file_id, ttl=int(time.time()) + DAY)
    assert ada.patch(f"/files/{file_id}", {"kept": True}).status == 200
    assert stage.row("files", file_id)["ttl"] == date


def test_a_conversation_keeps_the_files_that_stay_with_it(stage: Stage, ada: Person) -> None:
    file_id, conversation_id = stage.ready(ada, TEXT), ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    now = int(time.time())
    stage.edit("files", file_id, ttl=now + 10 * DAY, due_at=now - 1)
    stage.sweep()
    row = stage.row("files", file_id)
    assert row["ttl"] == stage.row("conversations", conversation_id)["ttl"]
    assert row["due_at"] == row["ttl"] - 15 * DAY
    ada.delete(f"/conversations/{conversation_id}/files/{file_id}")
    stage.edit("files", file_id, ttl=now + 10 * DAY, due_at=now - 1)
    stage.sweep()
    row = stage.row("files", file_id)
    assert row["ttl"] == now + 10 * DAY
    assert abs(row["due_at"] - now - DAY) < 60, "it is looked at daily from then on"


def test_of_any_number_of_conversations_one_keeps_a_file(stage: Stage, ada: Person) -> None:
    file_id, oldest = stage.ready(ada, TEXT), ada.new_conversation(title="T")
    ada.ask(oldest, "Which roses?", file_ids=[file_id])
    newer = {f"0fffffff-ffff-7000-8000-{number:012d}" for number in range(150)}  # deleted since
    stage.edit("files", file_id, ttl=PAST, due_at=PAST, conversations={oldest, *newer})
    stage.sweep()
    assert stage.row("files", file_id)["ttl"] == stage.row("conversations", oldest)["ttl"]


def test_a_file_is_there_until_the_sweep_has_looked_whether_a_conversation_keeps_it(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    stage.edit("files", file_id, ttl=int(time.time()) - 60)
    assert ada.get(f"/files/{file_id}").status == 200
    assert ada.patch(f"/files/{file_id}", {"kept": True}).status == 200


def test_a_purge_of_what_is_over_that_was_killed_is_finished_by_the_next(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?")
    _over(stage, "conversations", conversation_id)
    stage.wire.fail(wire.killed_after, lambda call: call.writes and "conversations" in call.tables)
    with pytest.raises(wire.Killed):
        stage.sweep()
    assert stage.row("conversations", conversation_id)["purging"] is True
    stage.sweep()
    assert (stage.rows("conversations"), stage.rows("messages")) == ([], [])


def test_without_retention_everything_is_kept_until_it_is_deleted(stage: Stage, ada: Person) -> None:
    dated, dated_file = ada.new_conversation(title="Dated"), stage.ready(ada, TEXT)
    _over(stage, "conversations", dated)
    _over(stage, "files", dated_file)
    stage.configure(retention_days=0)
    stage.sweep()
    assert ada.get(f"/conversations/{dated}").body["kept_until"] is None
    assert ada.file(dated_file)["kept_until"] is None
    conversation_id, file_id = ada.new_conversation(title="T"), stage.ready(ada, TEXT)
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    for row in (*stage.rows("conversations"), stage.row("files", file_id)):
        assert "ttl" not in row
    assert not [row for row in stage.rows("conversations") if "due_at" in row]


def test_rows_of_the_version_before_get_their_date_once(stage: Stage, ada: Person) -> None:
    old, over, gone, purged = (ada.new_conversation(title=title) for title in ("Old", "Over", "Gone", "Purged"))
    file_id, gone_file = stage.ready(ada, TEXT), stage.ready(ada, TEXT, "gone.txt")
    before = {"due_at": None, "due_shard": None}
    in_a_week = int(time.time()) + 7 * DAY
    stage.edit("conversations", old, **before, ttl=in_a_week)
    stage.edit("conversations", over, **before, ttl=PAST)
    stage.edit("conversations", gone, **before, deleted_at=PAST)
    stage.edit("conversations", purged, **before, deleted_at=PAST, purging=True)  # by a run that was killed
    stage.edit("files", file_id, **before, ttl=None)
    stage.edit("files", gone_file, **before, deleted_at=PAST)
    stage.sweep()
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [old]
    row = stage.row("conversations", old)
    assert (row["ttl"], row["due_at"]) == (in_a_week, in_a_week + 1)
    assert [row["file_id"] for row in stage.rows("files")] == [file_id]
    stage.edit("files", file_id, due_at=PAST)
    stage.wire.clear()
    stage.sweep()
    assert stage.row("files", file_id)["ttl"] - time.time() > 89 * DAY
    assert {call.tables[0] for call in stage.wire.calls if call.operation == "Scan"} == {"usage"}, "once"
