"""The push channel: tickets, the connections of a person, and what each device is shown."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from chalicelib.push import channel
from chalicelib.shapes import ConversationUpdated

from tests.fakes import dynamodb, wire
from tests.fakes.aws import Context, client_error, gone
from tests.people import Person, socket_event, text_in, text_of
from tests.stage import ENDPOINT, ORIGIN, PATIENCE_S, Stage, wait_for

TEXT = "Red roses, white lilies and one yellow tulip."


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


@pytest.fixture
def long_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections stay new for as long as a test takes, on a busy machine too."""
    monkeypatch.setattr(channel, "OPENING_S", 3_600)


def _connections(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in stage.rows("sockets") if row["item"].startswith("connection:")]


# Tickets


def test_a_ticket_is_for_thirty_seconds_and_not_guessable(ada: Person) -> None:
    replies = [ada.post("/sockets").body for _ in range(50)]
    assert {reply["expires_in_s"] for reply in replies} == {30}
    tickets = {reply["ticket"] for reply in replies}
    assert len(tickets) == 50
    assert all(len(ticket) >= 43 for ticket in tickets)  # 256 bits
    assert len({ticket[:4] for ticket in tickets}) > 45


def test_a_ticket_is_stored_as_its_hash_only(stage: Stage, ada: Person) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    (row,) = stage.rows("sockets")
    assert row["subject"] == f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
    assert ticket not in str(stage.rows("sockets"))
    assert abs(row["ttl"] - time.time() - 30) <= 2


def test_a_ticket_is_taken_once(stage: Stage, ada: Person) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    assert [ada.connect_with(ticket, name) for name in ("tab", "thief", "tab")] == [200, 403, 403]
    (connection,) = _connections(stage)
    assert (connection["item"], connection["endpoint"]) == ("connection:tab", ENDPOINT)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://site.example",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}:8443",
        f"{ORIGIN}/",
        "null",
        "",
    ],
)
@pytest.mark.parametrize("name", ["Origin", "origin"])
def test_another_page_opens_no_socket_whatever_ticket_it_has(stage: Stage, ada: Person, name: str, origin: str) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    assert ada.connect_with(ticket, "elsewhere", {name: origin}) == 403
    assert _connections(stage) == []
    assert ada.connect_with(ticket, "tab", {name: ORIGIN}) == 200, "the ticket is still the site's"


def test_a_script_names_no_page(ada: Person) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    assert ada.connect_with(ticket, "script", {"User-Agent": "script"}) == 200


@pytest.mark.parametrize("ticket", [None, "", "x", "é" * 50, "ticket:" + "0" * 64])
def test_without_a_ticket_nobody_connects(stage: Stage, ada: Person, ticket: str | None) -> None:
    good = ada.post("/sockets").body["ticket"]
    assert ada.connect_with(ticket, "tab") == 403
    assert ada.connect_with(good[:-1], "tab") == ada.connect_with(good + " ", "tab") == 403
    assert _connections(stage) == []


def test_an_expired_ticket_is_refused_and_gone(stage: Stage, ada: Person) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    stage.edit("sockets", stage.rows("sockets")[0]["subject"], ttl=int(time.time()) - 1)
    assert ada.connect_with(ticket, "tab") == 403
    assert stage.rows("sockets") == []


def test_a_hash_is_no_ticket(stage: Stage, ada: Person) -> None:
    ada.post("/sockets")
    digest = stage.rows("sockets")[0]["subject"].removeprefix("ticket:")
    assert ada.connect_with(digest, "tab") == 403


# Connections


@pytest.mark.parametrize(
    ("token_ends_in_s", "connection_ends_in_s"), [(600, 600), (86_400, 7_200)], ids=["token", "two hours"]
)
def test_a_connection_ends_with_its_tokens_life_or_api_gateways_two_hours(
    stage: Stage, ada: Person, conversation_id: str, token_ends_in_s: int, connection_ends_in_s: int
) -> None:
    ada.claims["exp"] = str(int(time.time()) + token_ends_in_s)
    ada.connect("tab")
    (connection,) = _connections(stage)
    assert abs(connection["ttl"] - time.time() - connection_ends_in_s) <= 2
    stage.edit("sockets", f"user:{ada.user_id}", ttl=int(time.time()) - 1)
    ada.ask(conversation_id, "Which roses?")
    assert stage.gateway.sent == {}


def test_disconnecting_removes_both_rows_and_nobody_elses(stage: Stage, ada: Person, grace: Person) -> None:
    for person, name in ((ada, "tab"), (ada, "phone"), (grace, "other")):
        person.connect(name)
    before = stage.rows("sockets")
    for _ in range(2):
        ada.disconnect("phone")
        assert stage.rows("sockets") == [row for row in before if "phone" not in str(row)]
    assert len(stage.rows("sockets")) == len(before) - 2


def test_a_keep_alive_is_taken(stage: Stage, ada: Person) -> None:
    ada.connect("tab")
    assert ada.ping("tab") == 200


@pytest.mark.parametrize("fault", [dynamodb.exceeded, dynamodb.conflict, wire.unreachable])
def test_connecting_and_disconnecting_survive_a_fault(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    for nth in (1, 2):
        stage.wire.clear()
        ticket = ada.post("/sockets").body["ticket"]
        stage.wire.fail(fault, nth=nth)
        assert ada.connect_with(ticket, "tab") == 200
        stage.wire.fail(fault, nth=nth)
        ada.disconnect("tab")
        assert len(stage.wire.struck) == 2
        assert stage.rows("sockets") == []


# What is pushed


def test_of_very_many_connections_the_newest_are_pushed_to(stage: Stage, ada: Person, conversation_id: str) -> None:
    """However many somebody opens, an answer does not wait for all of them."""
    names = [f"tab-{number}" for number in range(channel.MOST + 5)]
    for name in names:
        assert ada.connect(name) == 200
    for row in _connections(stage):
        number = names.index(row["item"].removeprefix("connection:"))
        stage.put("sockets", row | {"connected_at": 1_000 + number})
    ada.ask(conversation_id, "Which roses?")
    assert set(stage.gateway.sent) == set(names[5:])


def test_every_device_of_the_person_is_shown_the_whole_answer_and_nobody_elses(
    stage: Stage, ada: Person, grace: Person, conversation_id: str
) -> None:
    for person, name in ((ada, "tab"), (ada, "phone"), (grace, "other")):
        person.connect(name)
    stage.script(None, text=TEXT)
    answer = ada.ask(conversation_id, "Which roses?")
    assert set(stage.gateway.sent) == {"tab", "phone"}
    for frames in stage.gateway.sent.values():
        assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
        assert (frames[0]["type"], text_in(frames)) == ("answer.started", TEXT)
        assert {frame["message_id"] for frame in frames} == {answer["message_id"]}
        end = {"type": "answer.done", "status": "complete", "stop_reason": "end_turn", "usage": answer["usage"]}
        assert end.items() <= frames[-1].items()


def _looks(stage: Stage) -> int:
    """How often the worker has looked for sockets."""
    return sum(call.operation == "Query" and "sockets" in call.tables for call in stage.wire.calls)


def test_a_device_that_joins_late_fills_the_gap_and_ends_with_the_same_text(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.push.channel import Channel

    monkeypatch.setattr(Channel, "LOOK_AGAIN_S", 0)
    stage.script(None, text=TEXT, chunk_chars=3)
    go_on = stage.hold(after_chunks=4)
    ada.connect("tab")
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: text_in(ada.frames(conversation_id, answer_id)["items"]) == TEXT[:15])
        ada.connect("phone")
        looked = _looks(stage)
        wait_for(lambda: _looks(stage) >= looked + 2)
        missed = ada.frames(conversation_id, answer_id)["items"]
        go_on.set()
    pushed = stage.gateway.sent["phone"]
    assert pushed[0]["sequence"] > 1
    assert text_in([*missed, *pushed]) == TEXT
    # Or all of it at once, from the settled answer.
    assert text_in(ada.frames(conversation_id, answer_id)["items"]) == TEXT
    assert text_in(stage.gateway.sent["tab"]) == TEXT


def test_frames_are_read_while_the_answer_streams_and_go_on_where_the_reader_stands(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    stage.script(None, text=TEXT, chunk_chars=3)
    go_on = stage.hold(after_chunks=4)
    answer_id = ada.queue(conversation_id, "Which roses?")
    assert ada.frames(conversation_id, answer_id) == {"items": [], "status": "queued"}
    held: list[dict[str, Any]] = []

    def read() -> str:
        reply = ada.frames(conversation_id, answer_id, held[-1]["sequence"] if held else 0)
        held.extend(reply["items"])
        status: str = reply["status"]
        return status

    with stage.working():
        wait_for(lambda: read() == "streaming" and text_in(held) == TEXT[:15])
        go_on.set()
        wait_for(lambda: read() == "complete")
    assert text_in(held) == TEXT
    assert held[-1]["type"] == "answer.done"
    for frame in held:
        assert (frame["conversation_id"], frame["message_id"]) == (conversation_id, answer_id)


def test_a_log_entry_that_was_written_twice_is_read_once(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.edit("messages", answer_id, status="streaming", token="t", lease_until=2**40)
    frames = [{"type": "answer.delta", "sequence": n, "block": 0, "kind": "text", "text": str(n)} for n in range(1, 6)]
    for last in (2, 4, 5):
        partition = f"user:{ada.user_id}#{answer_id}"
        stage.put("frames", {"answer": partition, "last_sequence": last, "frames": frames[: last if last != 5 else 5]})
    for after in range(6):
        items = ada.frames(conversation_id, answer_id, after)["items"]
        assert [frame["sequence"] for frame in items] == list(range(after + 1, 6))


def test_a_socket_that_is_gone_loses_its_rows_and_the_answer_is_stored(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "OPENING_S", 0)
    for name in ("tab", "phone", "closed"):
        ada.connect(name)
    stage.gateway.gone = {"closed", "phone"}
    stage.script(None, text=TEXT)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], text_of(answer)) == ("complete", TEXT)
    assert {row["item"] for row in _connections(stage)} == {"connection:tab"}
    assert not any(name in str(stage.rows("sockets")) for name in ("closed", "phone"))
    assert text_in(stage.gateway.sent["tab"]) == TEXT


@pytest.mark.usefixtures("long_opening")
def test_a_socket_that_is_still_opening_is_not_taken_for_gone(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.connect("opening")
    stage.gateway.gone = {"opening"}
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    stage.gateway.gone = set()
    ada.ask(conversation_id, "And lilies?")
    assert stage.gateway.sent["opening"][-1]["type"] == "answer.done"


def test_a_push_waits_for_the_connections_that_another_thread_is_reading(stage: Stage, ada: Person) -> None:
    from chalicelib import functions, services

    ada.connect("tab")
    release = threading.Event()

    def slow(call: dynamodb.Call, send: wire.Send) -> AWSResponse:
        release.wait(PATIENCE_S)
        return send()

    stage.wire.fail(slow, lambda call: call.operation == "Query")
    looking = channel.Channel(services.of(functions.ANSWER), ada.subject)
    frame: ConversationUpdated = {"type": "conversation.updated", "conversation_id": "c"}
    threads = [threading.Thread(target=looking.look), threading.Thread(target=looking.push, args=([frame],))]
    threads[0].start()
    wait_for(lambda: stage.wire.struck)
    threads[1].start()
    threads[1].join(0.2)
    release.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert stage.gateway.sent == {"tab": [frame]}


@pytest.mark.usefixtures("quick_ticks", "long_opening")
@pytest.mark.parametrize("fault", ["LimitExceededException", "GoneException"])
def test_frames_that_could_not_be_pushed_go_before_the_next_ones(
    stage: Stage, ada: Person, conversation_id: str, fault: str
) -> None:
    stage.script(None, text=TEXT, chunk_chars=3)
    go_on = stage.hold(after_chunks=4)
    for name in ("tab", "opening"):
        ada.connect(name)
    refused: list[str] = []
    _refuse(stage, "opening", fault, refused)
    ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: len(refused) >= 2)
        stage.gateway.before_post = lambda connection_id: None
        go_on.set()
    assert stage.gateway.sent.keys() == {"tab", "opening"}
    for frames in stage.gateway.sent.values():
        assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
        assert (frames[-1]["type"], text_in(frames)) == ("answer.done", TEXT)


def test_more_than_a_message_of_missed_frames_is_left_to_be_read(
    stage: Stage, ada: Person, conversation_id: str, quick_ticks: None
) -> None:
    stage.script(None, text="🐈" * 30_000, chunk_chars=1_000)
    go_on = stage.hold(after_chunks=12)
    ada.connect("tab")
    _refuse(stage, "tab", "LimitExceededException", [])
    refuse, whole = stage.gateway.before_post, threading.Event()

    def refuse_until_whole(connection_id: str) -> None:
        """The first push of more than a message is refused too: none before it need have been of all that was held."""
        if not whole.is_set():
            if go_on.is_set():
                whole.set()
            refuse(connection_id)

    stage.gateway.before_post = refuse_until_whole
    answer_id = ada.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: len(text_in(ada.frames(conversation_id, answer_id)["items"])) >= 10_000)
        go_on.set()
    pushed = stage.gateway.sent["tab"]
    assert (pushed[0]["sequence"] > 1, pushed[-1]["type"]) == (True, "answer.done")


def _refuse(stage: Stage, name: str, fault: str, refused: list[str]) -> None:
    """Let pushes to one connection fail. refused: takes the name, each time."""

    def fail(connection_id: str) -> None:
        if connection_id == name:
            refused.append(name)
            raise gone() if fault == "GoneException" else client_error(fault, "PostToConnection", 429)

    stage.gateway.before_post = fail


def test_the_only_socket_gone_is_no_failure(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "OPENING_S", 0)
    ada.connect("closed")
    stage.gateway.gone = {"closed"}
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert stage.rows("sockets") == []


def test_a_socket_that_cannot_be_reached_now_keeps_its_rows(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.connect("tab")

    def busy(connection_id: str) -> None:
        raise client_error("LimitExceededException", "PostToConnection", 429)

    stage.gateway.before_post = busy
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert len(_connections(stage)) == 1


def test_a_burst_is_pushed_in_messages_that_api_gateway_takes(stage: Stage, ada: Person, conversation_id: str) -> None:
    text = "🐈" * 50_000
    stage.configure(max_tokens=100_000, context_tokens=400_000)
    stage.script(None, text=text, chunk_chars=50_000)
    ada.connect("tab")
    ada.ask(conversation_id, "Which roses?")
    assert text_in(stage.gateway.sent["tab"]) == text


def test_a_new_title_is_pushed_without_a_sequence(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    stage.script(None, title=True, text="Roses")
    ada.connect("tab")
    ada.ask(conversation_id, "Which roses?")
    updated = {"type": "conversation.updated", "conversation_id": conversation_id, "title": "Roses"}
    assert stage.gateway.sent["tab"][-1] == updated


def connecting(ticket: str, ip: str = "203.0.113.9") -> dict[str, Any]:
    event = socket_event("CONNECT", "one")
    event["requestContext"]["identity"] = {"sourceIp": ip}
    return event | {"headers": {"Origin": ORIGIN}, "queryStringParameters": {"ticket": ticket}}


def test_an_address_tries_so_many_sockets_and_its_tickets_stay_good(
    stage: Stage, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also without a ticket: each attempt costs a function, and no firewall stands before sockets."""
    stage.configure(rates=json.dumps({"ips": {"connects": [2, 3_600]}}))
    ticket = ada.post("/sockets").body["ticket"]
    others = connecting(ticket, "203.0.113.8")
    tried = [connecting("guess"), connecting("guess"), connecting(ticket), others]
    assert [stage.app.connect(event, Context(10))["statusCode"] for event in tried] == [403, 403, 403, 200]
    assert "203.0.113" not in str(stage.rows("usage"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in lines if line.get("view") == "connect"]
    assert (told["refused"], told["code"], told["status"]) == (1, "rate_limited", 403)
    assert "203.0.113" not in str(told)


def test_a_socket_that_came_by_the_owners_name_is_pushed_to_by_awss(stage: Stage, ada: Person) -> None:
    """Whose path has the stage that the owner's name leaves out."""
    event = connecting(ada.post("/sockets").body["ticket"])
    event["requestContext"]["domainName"] = "socket.example.com"
    assert stage.app.connect(event, Context(10))["statusCode"] == 200
    (row,) = (row for row in stage.rows("sockets") if row["item"] == "connection:one")
    assert row["endpoint"] == ENDPOINT
