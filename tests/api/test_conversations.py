"""Conversations: made, listed, changed, deleted, brought back, purged; and when their time is over."""

from __future__ import annotations

import time
import uuid

import pytest
from chalicelib.ids import iso, new_id

from tests.fakes import dynamodb, wire
from tests.people import Person
from tests.stage import ORIGIN, Stage

TABLES = ("conversations", "messages", "frames")


def test_health_needs_no_sign_in(stage: Stage) -> None:
    nobody = Person(stage, "nobody")
    nobody.claims = {}
    reply = nobody.get("/health")
    assert (reply.status, reply.body) == (200, {"status": "ok", "stage": "test"}), "nothing of what runs here"
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_models_come_with_their_prices_the_default_first(ada: Person) -> None:
    items = ada.get("/models").body["items"]
    assert [item["default"] for item in items] == [True, False, False]
    assert items[0] == {
        "id": "claude-sonnet-5-5",
        "name": "Claude Sonnet 5.5",
        "default": True,
        "prices": {"input": 2.0, "output": 10.0, "cache_write": 2.5, "cache_read": 0.2},
    }


def test_a_new_conversation_is_shown_as_it_is_stored(ada: Person) -> None:
    fields = {"title": "Roses", "model": "claude-opus-5-5", "system": "Be brief."}
    made = ada.post("/conversations", fields)
    assert made.status == 201
    assert made.headers["Cache-Control"] == "no-store"
    shown = {name: value for name, value in made.body.items() if name not in ("user_message", "answer")}
    assert shown == ada.conversation(made.body["conversation_id"])
    assert fields.items() <= shown.items()
    assert (shown["pinned"], shown["archived"], shown["head"], shown["answer_in_progress"]) == (
        False,
        False,
        None,
        None,
    )
    assert made.body["user_message"] is made.body["answer"] is None


def test_a_new_conversation_may_begin_with_a_message_and_its_repeat_makes_no_second(stage: Stage, ada: Person) -> None:
    body = {"system": "Be brief.", "message": {"text": "Which roses?", "request_id": uuid.uuid4().hex}}
    first, second = ada.post("/conversations", body), ada.post("/conversations", body)
    assert first.status == second.status == 201
    assert first.body == second.body
    answer = first.body["answer"]
    assert first.body["answer_in_progress"] == first.body["head"] == answer["message_id"]
    assert len(stage.rows("conversations")) == 1
    stage.run()
    assert len(stage.prompts()) == 1
    assert stage.prompts()[0]["system"][0]["text"] == "Be brief."
    assert ada.message(first.body["conversation_id"], answer["message_id"])["status"] == "complete"
    other = ada.post("/conversations", {"message": body["message"] | {"text": "Which lilies?"}})  # type: ignore[operator]
    assert (other.status, other.error) == (409, "request_id_reused")


def test_what_is_changed_stays_changed_and_the_rest_as_it_was(ada: Person) -> None:
    conversation_id = ada.new_conversation(title="Roses", system="Be brief.")
    before = ada.conversation(conversation_id)
    for change in (
        {"title": "Lilies"},
        {"model": "claude-opus-5-5", "pinned": True},
        {"archived": True},
        {"system": "Be long."},
        {"system": None},
        {},
    ):
        reply = ada.patch(f"/conversations/{conversation_id}", change)
        before |= change
        assert (reply.status, reply.body) == (200, before)
    assert ada.conversation(conversation_id) == before
    assert ada.patch(f"/conversations/{conversation_id}", {"system": " "}).body["system"] is None


def test_a_list_of_250_pages_newest_first_without_archived_and_deleted_ones(stage: Stage, ada: Person) -> None:
    now = int(time.time())
    made = stage.row("conversations", ada.new_conversation(title="T")) | {"timestamp": iso(now - 1000)}
    changes: list[dict[str, object]] = [{}, {"archived": True}, {"deleted_at": now}, {"ttl": now - 1}, {}]
    ids = [new_id() for _ in range(250)]
    for number, conversation_id in enumerate(ids):
        # Three at a time share a timestamp.
        times = {"timestamp": iso(now + number // 3)}
        stage.put("conversations", made | {"conversation_id": conversation_id} | times | changes[number % 5])
    stage.delete("conversations", made)
    kept = [conversation_id for number, conversation_id in enumerate(ids) if number % 5 in (0, 4)]
    archived = ids[1::5]
    assert _listed(ada, "limit=30") == kept[::-1]
    assert _listed(ada, "limit=100") == kept[::-1]
    assert _listed(ada, "archived=true&limit=7") == archived[::-1]
    item = ada.get("/conversations?limit=1").body["items"][0]
    assert set(item) == {
        "conversation_id",
        "title",
        "model",
        "timestamp",
        "pinned",
        "archived",
        "answer_in_progress",
    }


def _listed(person: Person, query: str) -> list[str]:
    """The ids in all pages of a list, greatest first. Only the last page may be shorter than asked for."""
    limit = int(query.rpartition("limit=")[2])
    pages = [person.get(f"/conversations?{query}").body]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(person.get(f"/conversations?{query}&cursor={cursor}").body)
    assert {len(page["items"]) for page in pages[:-1]} <= {limit}
    times = [item["timestamp"] for page in pages for item in page["items"]]
    assert times == sorted(times, reverse=True)
    return sorted((item["conversation_id"] for page in pages for item in page["items"]), reverse=True)


def test_a_message_moves_its_conversation_to_the_top(ada: Person) -> None:
    first, second = ada.new_conversation(title="1"), ada.new_conversation(title="2")
    assert [item["title"] for item in ada.get("/conversations").body["items"]] == ["2", "1"]
    ada.ask(first, "Which roses?")
    assert [item["conversation_id"] for item in ada.get("/conversations").body["items"]] == [first, second]


def test_messages_page_newest_first_also_where_a_page_is_a_megabyte(ada: Person) -> None:
    conversation_id = ada.new_conversation(title="Long")
    for number in range(5):
        sent = ada.send(conversation_id, f"{number}" + "猫" * 90_000)
        ada.stop(conversation_id, sent.body["answer"]["message_id"])
    for limit in (3, 100):
        items = []
        query = f"?limit={limit}"
        while True:
            page = ada.get(f"/conversations/{conversation_id}/messages{query}").body
            items += page["items"]
            if page["next_cursor"] is None:
                break
            query = f"?limit={limit}&cursor={page['next_cursor']}"
        assert [item["content"][0]["text"][0] for item in items if item["role"] == "user"] == list("43210")
        assert len({item["message_id"] for item in items}) == 10


def test_a_conversation_whose_model_is_no_longer_on_offer_says_so_and_the_default_answers(
    stage: Stage, ada: Person
) -> None:
    conversation_id = ada.new_conversation(title="Old")
    assert ada.conversation(conversation_id)["model_note"] is None
    stage.edit("conversations", conversation_id, model="claude-3")
    shown = ada.conversation(conversation_id)
    assert shown["model"] == "claude-sonnet-5-5"
    assert shown["model_note"] == "claude-3 is no longer on offer; claude-sonnet-5-5 answers instead."
    assert ada.get("/conversations").body["items"][0]["model"] == "claude-sonnet-5-5"
    assert ada.ask(conversation_id, "Which roses?")["model"] == stage.prompts()[0]["model"] == "claude-sonnet-5-5"


# Deleting


def test_a_deleted_conversation_is_hidden_at_once_and_leaves_nothing_behind(
    stage: Stage, ada: Person, quick_ticks: None
) -> None:
    conversation_id, kept = ada.new_conversation(title="Gone"), ada.new_conversation(title="Kept")
    answer = ada.ask(conversation_id, "Which roses?")
    ada.ask(kept, "Which lilies?")
    gone = (conversation_id, answer["message_id"])
    others = {table: [row for row in stage.rows(table) if not any(id_ in str(row) for id_ in gone)] for table in TABLES}
    deleted = ada.delete(f"/conversations/{conversation_id}")
    assert deleted.status == 200
    assert deleted.body["conversation_id"] == conversation_id
    message = f"/conversations/{conversation_id}/messages/{answer['message_id']}"
    for method, path in (
        ("GET", f"/conversations/{conversation_id}"),
        ("DELETE", f"/conversations/{conversation_id}"),
        ("GET", f"/conversations/{conversation_id}/messages"),
        ("GET", f"{message}/frames"),
        ("POST", f"{message}/stop"),
        ("POST", f"{message}/retry"),
    ):
        assert ada.call(method, path).status == 404, path
    assert ada.send(conversation_id, "More").status == 404
    assert ada.patch(f"/conversations/{conversation_id}", {"title": "T"}).status == 404
    assert [item["title"] for item in ada.get("/conversations").body["items"]] == ["Kept"]

    (payload,) = stage.scheduler.payloads()
    stage.purge(payload)  # too early: it can still be brought back
    assert stage.row("conversations", conversation_id)
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
    for _ in range(2):
        stage.purge(payload)
        assert {table: stage.rows(table) for table in TABLES} == others


def test_a_deletion_is_undone_within_its_time_and_not_after(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="Roses")
    before = ada.conversation(conversation_id)
    path = f"/conversations/{conversation_id}"
    ada.delete(path)
    assert ada.patch(path, {"deleted": False, "title": "Back"}).body == before | {"title": "Back"}
    stage.purge(stage.scheduler.payloads()[0])
    assert ada.conversation(conversation_id)["title"] == "Back"

    ada.delete(path)
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 29)
    assert ada.patch(path, {"deleted": False}).status == 200
    ada.delete(path)
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 32)
    assert ada.patch(path, {"deleted": False}).status == 404
    stage.purge(stage.scheduler.payloads()[0])
    assert stage.rows("conversations") == []
    assert ada.patch(path, {"deleted": False}).status == 404


def test_a_purge_that_broke_off_is_finished_by_the_next(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="Gone")
    ada.ask(conversation_id, "Which roses?")
    ada.delete(f"/conversations/{conversation_id}")
    (payload,) = stage.scheduler.payloads()
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
    for fault in (wire.killed_before, wire.killed_after, wire.killed_before, wire.killed_after):
        stage.wire.fail(fault, lambda call: call.writes)
        with pytest.raises(wire.Killed):
            stage.purge(payload)
    stage.purge(payload)
    assert not any(stage.rows(table) for table in TABLES)


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout, dynamodb.throttled, dynamodb.conflict])
def test_every_change_of_a_conversation_survives_a_fault(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    def failing() -> None:
        stage.wire.fail(fault, lambda call: call.writes)

    failing()
    conversation_id = ada.new_conversation(title="Roses")
    path = f"/conversations/{conversation_id}"
    for change in ({"title": "Lilies"}, {"deleted": False}):
        failing()
        assert ada.patch(path, change).status == 200
    failing()
    assert ada.delete(path).status == 200
    failing()
    assert ada.patch(path, {"deleted": False}).status == 200
    ada.delete(path)
    stage.edit("conversations", conversation_id, deleted_at=int(time.time()) - 31)
    failing()
    stage.purge(stage.scheduler.payloads()[0])
    assert stage.rows("conversations") == []
    assert len(stage.wire.struck) == 6


# Retention


def test_what_has_an_end_is_invisible_after_it(stage: Stage, ada: Person, quick_ticks: None) -> None:
    stage.configure(retention_days=2)
    conversation_id = ada.new_conversation(title="Roses")
    answer = ada.ask(conversation_id, "Which roses?")
    ada.connect("tab")
    assert 2 * 86_400 <= stage.row("conversations", conversation_id)["ttl"] - time.time() <= 3 * 86_400
    for table in ("usage", "sockets"):
        assert all(row["ttl"] > time.time() for row in stage.rows(table))

    past = int(time.time()) - 1
    # A version before dated each message.
    stage.edit("messages", answer["parent_id"], ttl=past)
    assert [item["message_id"] for item in ada.messages(conversation_id)] == [answer["message_id"]]
    assert ada.ask(conversation_id, "And lilies?")["status"] == "complete"
    assert "Which roses?" not in str(stage.prompts()[-1])
    stage.edit("messages", answer["message_id"], ttl=past)
    message = f"/conversations/{conversation_id}/messages/{answer['message_id']}"
    assert ada.get(f"{message}/frames").status == ada.post(f"{message}/retry").status == 404
    stage.edit("conversations", conversation_id, ttl=past)
    assert ada.get(f"/conversations/{conversation_id}").status == 404
    assert ada.send(conversation_id, "More").status == 404
    assert ada.get("/conversations").body["items"] == []
