"""The push channel: tickets, frames, keep-alive, and connections that are gone."""

from __future__ import annotations

import hashlib
import json
import secrets
import time

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e import rows
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model, long_text
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person, text_of, text_of_frames
from tests.e2e.waiting import until


def _refuses(deployment: Deployment, of_ticket: str) -> None:
    with pytest.raises(InvalidStatus) as refusal, opened(deployment, of_ticket):
        pass
    assert refusal.value.response.status_code in {401, 403}


def _ticket_row(deployment: Deployment, of_ticket: str) -> list[dict[str, object]]:
    digest = hashlib.sha256(of_ticket.encode()).hexdigest()
    return rows.query(deployment, "sockets", "subject", f"ticket:{digest}")


def _connections(deployment: Deployment, person: Person) -> list[dict[str, object]]:
    found = rows.query(deployment, "sockets", "subject", f"user:{person.user_id}")
    return [row for row in found if str(row["item"]).startswith("connection:")]


def test_a_ticket_opens_one_socket(deployment: Deployment, ada: Person) -> None:
    once = ticket(ada)
    with opened(deployment, once):
        _refuses(deployment, once)
    _refuses(deployment, once)


def test_a_ticket_is_stored_as_its_digest(deployment: Deployment, ada: Person) -> None:
    of_ada = ticket(ada)
    (row,) = _ticket_row(deployment, of_ada)
    assert of_ada not in json.dumps(row, default=str)
    assert row["for"] == f"user:{ada.user_id}"
    assert 0 < int(str(row["ttl"])) - time.time() <= 30


def test_a_ticket_that_expired_is_refused(deployment: Deployment, ada: Person) -> None:
    late = ticket(ada)
    (row,) = _ticket_row(deployment, late)
    rows.put(deployment, "sockets", row | {"ttl": int(time.time()) - 1})
    _refuses(deployment, late)


def test_another_page_opens_no_socket_with_a_good_ticket(deployment: Deployment, ada: Person) -> None:
    good = ticket(ada)
    for origin in ("https://evil.example", f"{deployment.site_url}.evil.example", "null"):
        with pytest.raises(InvalidStatus) as refusal, opened(deployment, good, origin):
            pass
        assert refusal.value.response.status_code == 403
    with opened(deployment, good, deployment.site_url):
        pass


@pytest.mark.parametrize("guess", ["", "connection:x", secrets.token_urlsafe(32)])
def test_a_guess_is_refused(deployment: Deployment, guess: str) -> None:
    _refuses(deployment, guess)


def test_the_reply_says_how_long_a_ticket_is_good(ada: Person) -> None:
    reply = ada.post("/sockets")
    assert reply.body["expires_in_s"] == 30
    assert len(reply.body["ticket"]) >= 40


@pytest.mark.scripted
def test_frames_come_in_order_without_gaps(deployment: Deployment, ada: Person, model: Model, word: str) -> None:
    text = long_text(60)
    model.script(word, text=text, thinking="Flowers, then.", delay_chunk_s=0.05)
    with opened(deployment, ticket(ada)) as socket:
        answer = ada.begin(ada.new_conversation(), f"{word} which flowers?")
        frames = socket.frames_until_end(answer["message_id"])
    assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
    assert (frames[0]["type"], frames[-1]["type"]) == ("answer.started", "answer.done")
    assert frames[-1]["status"] == "complete"
    assert len(frames) > 4
    assert text_of_frames(frames) == text
    stored = ada.message(answer["conversation_id"], answer["message_id"])
    assert text_of(stored) == text
    assert text_of_frames(ada.frames(answer)) == text


@pytest.mark.scripted
def test_a_keep_alive_keeps_the_socket(deployment: Deployment, ada: Person, model: Model, word: str) -> None:
    model.script(word, text="Still here.")
    with opened(deployment, ticket(ada)) as socket:
        for _ in range(3):
            socket.connection.send(json.dumps({"type": "ping"}))
        socket.connection.send("not even JSON")
        answer = ada.begin(ada.new_conversation(), f"{word} are you there?")
        assert text_of_frames(socket.frames_until_end(answer["message_id"])) == "Still here."


@pytest.mark.scripted
def test_frames_go_to_every_socket_of_their_owner_and_to_nobody_else(
    deployment: Deployment, ada: Person, grace: Person, model: Model, word: str
) -> None:
    model.script(word, text="For Ada alone.", delay_first_s=0.3)
    with (
        opened(deployment, ticket(ada)) as first,
        opened(deployment, ticket(ada)) as second,
        opened(deployment, ticket(grace)) as foreign,
    ):
        answer = ada.begin(ada.new_conversation(title="Given"), f"{word} a question")
        for socket in (first, second):
            assert text_of_frames(socket.frames_until_end(answer["message_id"])) == "For Ada alone."
        with pytest.raises(TimeoutError):
            foreign.connection.recv(timeout=0.5)


def test_a_socket_that_closes_is_forgotten(deployment: Deployment, grace: Person) -> None:
    until(lambda: not _connections(deployment, grace), 10, "the end of earlier tests' connections")
    with opened(deployment, ticket(grace)):
        (row,) = _connections(deployment, grace)
        way_back = str(row["item"])
        assert rows.query(deployment, "sockets", "subject", way_back)
    until(lambda: not _connections(deployment, grace), 10, "the end of the connection's row")
    until(lambda: not rows.query(deployment, "sockets", "subject", way_back), 10, "the end of the way back")


@pytest.mark.scripted
def test_a_socket_that_is_gone_loses_its_row_and_nothing_else(
    deployment: Deployment, ada: Person, model: Model, word: str
) -> None:
    model.script(word, text="Stored all the same.")
    with opened(deployment, ticket(ada)) as socket:
        (real, *_) = _connections(deployment, ada)
        long_ago, later = int(time.time()) - 60, int(time.time()) + 600
        gone = {**real, "item": "connection:gone-0001", "connected_at": long_ago, "ttl": later}
        rows.put(deployment, "sockets", gone)
        way_back = {"subject": "connection:gone-0001", "item": "-", "for": f"user:{ada.user_id}", "ttl": gone["ttl"]}
        rows.put(deployment, "sockets", way_back)
        answer = ada.begin(ada.new_conversation(), f"{word} a question")
        assert text_of_frames(socket.frames_until_end(answer["message_id"])) == "Stored all the same."
    assert text_of(ada.settled(answer)) == "Stored all the same."
    assert "connection:gone-0001" not in [row["item"] for row in _connections(deployment, ada)]
    assert rows.query(deployment, "sockets", "subject", "connection:gone-0001") == []
