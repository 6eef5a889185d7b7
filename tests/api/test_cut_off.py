"""Whoever is cut off by an owner is out: by REST, by sockets, with the answers in progress. Who is deleted is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chalicelib import functions, services, sessions
from chalicelib.deletion import people
from chalicelib.push.channel import Channel

from tests.fakes import dynamodb, wire
from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.stage import Stage, wait_for

AWAY = {
    "disabled": lambda owner, person: owner.patch(f"/people/{person.user_id}", {"disabled": True}),
    "in no group": lambda owner, person: owner.patch(f"/people/{person.user_id}", {"groups": []}),
    "deleted": lambda owner, person: owner.call(
        "DELETE", f"/people/{person.user_id}", {"email": person.claims["email"]}
    ),
}


@pytest.fixture(params=AWAY)
def cut_off(request: pytest.FixtureRequest, owner: Person) -> Callable[[Person], None]:
    def away(person: Person) -> None:
        assert AWAY[request.param](owner, person).status == 200

    return away


def _orders(stage: Stage, what: str) -> list[dict[str, Any]]:
    return [each for each in stage.lambdas.take("purge") if each["person"] == what]


def test_an_answer_in_progress_is_stopped(
    stage: Stage, ada: Person, cut_off: Callable[[Person], None], quick_ticks: None
) -> None:
    conversation_id = ada.new_conversation(title="Roses")
    stage.script(None, text="Old roses bloom once, new ones until the frost.", chunk_chars=3)
    go_on = stage.hold(after_chunks=4)
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: stage.row("messages", answer_id).get("status") == "streaming")
        cut_off(ada)
        wait_for(lambda: stage.row("messages", answer_id)["status"] == "stopped")
        go_on.set()


def test_an_answer_that_waits_is_stopped_at_once_and_of_nobody_else(
    stage: Stage, ada: Person, grace: Person, cut_off: Callable[[Person], None]
) -> None:
    mine, hers = (each.queue(each.new_conversation(title="T"), "Which roses?") for each in (ada, grace))
    cut_off(ada)
    assert stage.row("messages", mine)["status"] == "stopped"
    assert stage.row("messages", hers)["status"] == "queued"
    used = next(row for row in stage.rows("usage") if row["subject"] == str(ada.subject))
    assert used["cost_micro_usd"] == 0, "what was reserved is given back"


def test_an_open_socket_is_pushed_nothing_more(stage: Stage, ada: Person, cut_off: Callable[[Person], None]) -> None:
    ada.connect("tab")
    ticket = ada.post("/sockets").body["ticket"]
    cut_off(ada)
    frame: Any = {"type": "conversation.updated", "conversation_id": "c"}
    Channel(services.of(functions.ANSWER), ada.subject).push([frame])
    assert stage.gateway.sent == {}
    assert ada.connect_with(ticket, "late") == 403


def test_an_answer_whose_worker_begins_while_it_is_stopped_is_stopped_by_it(stage: Stage, ada: Person) -> None:
    answer = ada.queue(ada.new_conversation(title="Roses"), "Which roses?")

    def meanwhile(call: dynamodb.Call, send: wire.Send) -> Any:
        stage.edit("messages", answer, status="streaming", token="a-worker's", lease_until=2**40)
        return send()

    stage.wire.fail(meanwhile, lambda call: call.operation == "TransactWriteItems")
    assert stage.app.purge({"user_id": ada.user_id, "person": "cut_off"}, Context(300)) == {"done": True}
    assert stage.row("messages", answer)["stop_requested"] is True


@pytest.mark.parametrize("how", ["disabled", "in no group"])
def test_what_a_process_let_in_that_had_just_looked_is_stopped_when_none_does_any_more(
    stage: Stage, owner: Person, ada: Person, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    conversation_id = ada.new_conversation(title="Roses")
    AWAY[how](owner, ada)
    sessions.known[str(ada.subject)] = sessions.Ended()  # another process, which has looked just before
    answer = ada.queue(conversation_id, "Which roses?")
    (order,) = _orders(stage, "stop")
    monkeypatch.setattr("chalicelib.deletion.people.time.sleep", waited.append)
    assert stage.app.purge(order, Context(300)) == {"done": True}
    assert stage.row("messages", answer)["status"] == "stopped"
    assert people.LATE_S - 2 < waited[0] <= people.LATE_S
    assert people.LATE_S > sessions.CACHED_S


def test_a_stop_that_comes_late_leaves_alone_what_was_begun_since(
    stage: Stage, owner: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    AWAY["in no group"](owner, ada)
    sessions.known[str(ada.subject)] = sessions.Ended()  # signed in anew, and let in again
    answer = ada.queue(ada.new_conversation(title="Roses"), "Which roses?")
    (order,) = _orders(stage, "stop")
    waited: list[float] = []
    monkeypatch.setattr("chalicelib.deletion.people.time.sleep", waited.append)
    stage.app.purge(order | {"at": order["at"] - 3_000}, Context(300))
    assert stage.row("messages", answer)["status"] == "queued"
    assert waited == [0.0]


def test_where_the_later_stop_cannot_be_ordered_the_person_is_cut_off_nevertheless(
    stage: Stage, owner: Person, ada: Person
) -> None:
    stage.lambdas.failures = [client_error("TooManyRequestsException", "Invoke") for _ in range(9)]
    assert AWAY["disabled"](owner, ada).status == 200
    assert stage.pool.disabled == {ada.claims["email"]}


# --- Deleted ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may still come of a person who was cut off has come."""
    monkeypatch.setattr(people, "UNDER_WAY_S", -5)
    monkeypatch.setattr(people, "PAUSE_S", 0.01)


def _delete(owner: Person, person: Person, email: str | None = None) -> Any:
    return owner.call("DELETE", f"/people/{person.user_id}", {"email": email or person.claims["email"]})


def _named(stage: Stage, person: Person) -> list[Any]:
    tables = ("conversations", "messages", "frames", "files", "usage", "people")
    return [row for table in tables for row in stage.rows(table) if person.user_id in str(row)]


def test_nothing_is_left_of_a_person_whom_an_owner_deletes(
    stage: Stage, owner: Person, ada: Person, grace: Person, nobody_waits: None
) -> None:
    for each in (ada, grace):
        each.ask(each.new_conversation(title="Roses"), "Which?", file_ids=[stage.ready(each, b"roses")])
        each.patch("/me", {"display_name": "A. Rose"})
    kept = _named(stage, grace)
    deleted = _delete(owner, ada, ada.claims["email"].upper())
    assert (deleted.status, deleted.body) == (200, {"user_id": ada.user_id, "deleted": True})
    assert ada.user_id not in stage.pool.subs
    (order,) = _orders(stage, "gone")
    assert stage.app.purge(order, Context(300)) == {"done": True}
    assert _named(stage, ada) == []
    assert _named(stage, grace) == kept
    assert owner.get(f"/people/{ada.user_id}").status == 404


@pytest.mark.parametrize("email", ["grace@example.com", "ada", "x" * 300])
def test_another_address_deletes_nobody(stage: Stage, owner: Person, ada: Person, email: str) -> None:
    reply = _delete(owner, ada, email)
    assert (reply.status, reply.body["error"]["field"]) == (400, "email")
    assert ada.user_id in stage.pool.subs
    assert stage.pool.disabled == set()


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"])
def test_a_deletion_that_broke_off_is_gone_on_with(
    stage: Stage, owner: Person, ada: Person, operation: str, nobody_waits: None
) -> None:
    def before(name: str) -> None:
        if name == operation:
            raise client_error("TooManyRequestsException", name)

    stage.pool.before = before
    assert _delete(owner, ada).error == "unavailable"
    assert ada.user_id in stage.pool.subs, "by the account a repeated request finds whose things are left"
    stage.pool.before = lambda name: None
    assert _delete(owner, ada).status == 200
    assert ada.user_id not in stage.pool.subs
    assert _orders(stage, "gone")


def test_what_nobody_could_be_asked_to_remove_the_sweep_finds(
    stage: Stage, owner: Person, ada: Person, nobody_waits: None
) -> None:
    """By a person's own row alone, of who has only looked in."""
    ada.get("/me")
    stage.lambdas.failures = [client_error("TooManyRequestsException", "Invoke") for _ in range(30)]
    assert _delete(owner, ada).status == 200
    stage.lambdas.failures.clear()
    assert _named(stage, ada) != []
    stage.sweep()
    for order in _orders(stage, "gone"):
        stage.app.purge(order, Context(300))
    assert _named(stage, ada) == []
