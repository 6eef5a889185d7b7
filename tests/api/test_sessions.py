"""Sessions that are over while their tokens are not: refused within 5 s, by REST and by sockets."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
import yaml
from chalicelib import functions, services, sessions
from chalicelib.push import connections
from chalicelib.push.channel import Channel

from tests.api.routes import OWNERS_ROUTES, ROUTES
from tests.fakes import dynamodb, wire
from tests.people import Person
from tests.stage import ORIGIN, ROOT, Stage, Template, wait_for


def _device(person: Person, **claims: str) -> Person:
    """Another session of the same person. claims: those of its tokens that differ; "" for one that they lack."""
    other = copy.copy(person)
    other.claims = person.claims | {"origin_jti": f"session-{id(other)}", **claims}
    other.claims = {name: value for name, value in other.claims.items() if value}
    return other


def _reads(stage: Stage) -> int:
    """How often it was looked what has ended."""
    return sum(call.operation == "Query" and "ended:" in str(call.body) for call in stage.wire.calls)


def _is_out(person: Person) -> bool:
    replies = [person.get("/models"), person.get("/conversations"), person.post("/sockets")]
    refused = {(reply.status, reply.error if reply.status >= 400 else "") for reply in replies}
    assert len(refused) == 1, refused
    (status, code) = refused.pop()
    assert (status, code) == (401, "session_ended") or status < 300
    return status == 401


def _sent_to(stage: Stage, person: Person) -> set[str]:
    stage.gateway.sent.clear()
    frame: Any = {"type": "conversation.updated", "conversation_id": "c"}
    Channel(services.of(functions.ANSWER), person.subject).push([frame])
    return set(stage.gateway.sent)


def test_a_session_that_its_person_ended_is_refused_and_no_other(stage: Stage, ada: Person, grace: Person) -> None:
    phone = _device(ada)
    for person, name in ((ada, "tab"), (phone, "phone"), (grace, "other")):
        person.connect(name)
    ended = ada.post("/sessions/end")
    assert (ended.status, ended.body) == (200, {"ended": "this", "within_s": 5})
    assert _is_out(ada)
    assert not _is_out(phone)
    assert not _is_out(grace)
    assert _sent_to(stage, ada) == {"phone"}
    assert _sent_to(stage, grace) == {"other"}
    assert "connection:tab" not in str(stage.rows("sockets"))


def test_all_sessions_that_have_begun_are_ended_and_none_that_begins_later(stage: Stage, ada: Person) -> None:
    phone, nameless = _device(ada), _device(ada, origin_jti="")
    for person, name in ((ada, "tab"), (phone, "phone"), (nameless, "script")):
        person.connect(name)
    assert phone.post("/sessions/end", {"everywhere": True}).body["ended"] == "everywhere"
    assert all(map(_is_out, (ada, phone, nameless)))
    assert _sent_to(stage, ada) == set()
    later = _device(ada, auth_time=str(int(time.time()) + 2), iat=str(int(time.time()) + 2))
    assert not _is_out(later)
    later.connect("anew")
    assert _sent_to(stage, ada) == {"anew"}


def test_tokens_that_were_refreshed_meanwhile_belong_to_the_session_that_has_ended(stage: Stage, ada: Person) -> None:
    phone = _device(ada)
    ada.post("/sessions/end", {"everywhere": True})
    much_later = str(int(time.time()) + 1_000)
    assert _is_out(_device(ada, iat=much_later, origin_jti=phone.claims["origin_jti"]))


def test_a_session_whose_tokens_do_not_name_it_ends_with_all_that_began_before(stage: Stage, ada: Person) -> None:
    nameless = _device(ada, origin_jti="", auth_time="")
    nameless.connect("script")
    ada.connect("tab")
    assert nameless.post("/sessions/end").body["ended"] == "everywhere"
    assert _is_out(nameless)
    assert _is_out(ada)
    assert _sent_to(stage, ada) == set()


@pytest.mark.parametrize("began", ["Sat Nov 21 12:00:00 UTC 2026", "1795262400", "no time at all"])
def test_a_sign_in_is_dated_in_every_form_that_api_gateway_gives_it(stage: Stage, ada: Person, began: str) -> None:
    old = _device(ada, auth_time=began, iat=began)
    stage.put("sockets", {"subject": str(ada.subject), "item": "ended:", "revoked_at": 1_795_262_400, "ttl": 2**40})
    stage.clock += sessions.CACHED_S
    assert _is_out(old)
    assert not _is_out(_device(ada, auth_time="Sat Nov 21 12:00:01 UTC 2026"))


def test_other_processes_know_within_five_seconds(stage: Stage, ada: Person) -> None:
    phone = _device(ada)
    ada.post("/sessions/end", {"everywhere": True})
    sessions.known[str(ada.subject)] = sessions.Ended()  # another one, which has looked just before
    stage.clock += sessions.CACHED_S - 0.1
    assert not _is_out(phone)
    stage.clock += 0.1
    assert _is_out(phone)
    assert sessions.CACHED_S <= 5


def test_a_warm_process_looks_once_in_five_seconds_for_each_person(stage: Stage, ada: Person, grace: Person) -> None:
    stage.clock += sessions.CACHED_S
    before = _reads(stage)
    for person in (ada, _device(ada), grace) * 20:
        assert person.get("/models").status == 200
    assert _reads(stage) == before + 2
    stage.clock += sessions.CACHED_S
    for _ in range(20):
        ada.get("/conversations")
    assert _reads(stage) == before + 3


@pytest.mark.parametrize("everywhere", [False, True])
def test_no_route_does_anything_for_a_session_that_has_ended(
    stage: Stage, ada: Person, unchanged: dict[str, str], everywhere: bool
) -> None:
    """unchanged: from here on. What ended the session is put there as another process would have."""
    row: dict[str, Any] = {"subject": str(ada.subject), "item": f"ended:{ada.claims['origin_jti']}", "ttl": 2**40}
    if everywhere:
        row |= {"item": "ended:", "revoked_at": int(time.time())}
    stage.put("sockets", row)
    stage.clock += sessions.CACHED_S
    for method, path, body in (*ROUTES, *OWNERS_ROUTES):
        reply = ada.call(method, path.format(**unchanged), body)
        assert (reply.status, reply.error) == (401, "session_ended"), path
        assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    stage.delete("sockets", row)


def test_a_ticket_of_a_session_that_has_ended_opens_no_socket(stage: Stage, ada: Person) -> None:
    phone = _device(ada)
    ticket, of_phone = (person.post("/sockets").body["ticket"] for person in (ada, phone))
    ada.post("/sessions/end")
    assert ada.connect_with(ticket, "tab") == 403
    assert "connection:tab" not in str(stage.rows("sockets"))
    assert phone.connect_with(of_phone, "phone") == 200
    ticket = phone.post("/sockets").body["ticket"]
    phone.post("/sessions/end", {"everywhere": True})
    assert phone.connect_with(ticket, "late") == 403
    assert _sent_to(stage, phone) == set()


def test_a_socket_that_opens_while_its_session_ends_is_forgotten_by_one_of_the_two(stage: Stage, ada: Person) -> None:
    ticket = ada.post("/sockets").body["ticket"]
    ended: list[int] = []

    def meanwhile(call: dynamodb.Call, send: wire.Send) -> Any:
        if not ended:
            ended.append(ada.post("/sessions/end").status)
        return send()

    stage.wire.fail(meanwhile, lambda call: call.operation == "TransactWriteItems")
    assert ada.connect_with(ticket, "tab") == 403
    assert ended == [200]
    assert _sent_to(stage, ada) == set()


def test_an_answer_under_way_is_no_longer_pushed_to_a_session_that_has_ended(
    stage: Stage, ada: Person, quick_ticks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Channel, "LOOK_AGAIN_S", 0)
    phone, conversation_id = _device(ada), ada.new_conversation(title="Roses")
    for person, name in ((ada, "tab"), (phone, "phone")):
        person.connect(name)
    stage.script(None, text="Old roses bloom once, new ones until the frost.", chunk_chars=3)
    go_on = stage.hold(after_chunks=4)
    phone.queue(conversation_id, "Which roses?")
    with stage.working():
        wait_for(lambda: set(stage.gateway.sent) == {"tab", "phone"})
        ada.post("/sessions/end")
        looked = sum("connection:" in str(call.body) for call in stage.wire.calls if call.operation == "Query")
        wait_for(
            lambda: (
                sum("connection:" in str(call.body) for call in stage.wire.calls if call.operation == "Query")
                >= looked + 2
            )
        )
        go_on.set()
    assert stage.gateway.sent["phone"][-1]["type"] == "answer.done"
    assert stage.gateway.sent["tab"][-1]["type"] != "answer.done"


def test_a_connection_of_the_version_before_is_forgotten_with_whatever_ends(stage: Stage, ada: Person) -> None:
    ada.connect("old")
    stage.edit("sockets", f"user:{ada.user_id}", session=None)
    _device(ada).post("/sessions/end")
    assert connections.connections(services.of(functions.API), ada.subject) == []


def test_a_row_of_an_ended_session_goes_when_its_tokens_are_over(stage: Stage, ada: Person) -> None:
    """A token lives for an hour, what refreshes it for thirty days."""
    template = yaml.load((ROOT / "deploy/stacks/foundation.yaml").read_text(), Template)  # noqa: S506
    client = template["Resources"]["WebClient"]["Properties"]
    assert client["EnableTokenRevocation"] is True, "or tokens carry no origin_jti"
    assert client["IdTokenValidity"] * 60 == sessions.TOKEN_S
    assert client["RefreshTokenValidity"] * 86_400 == sessions.REFRESH_S
    phone = _device(ada)
    ada.post("/sessions/end")
    phone.post("/sessions/end", {"everywhere": True})
    rows = {row["item"]: row["ttl"] - time.time() for row in stage.rows("sockets")}
    for row in (f"ended:{ada.claims['origin_jti']}", "ended:"):
        assert 0 <= sessions.REFRESH_S + sessions.TOKEN_S - rows[row] <= 30


@pytest.mark.parametrize("body", [{"everywhere": "yes"}, {"everywhere": 1}, {"everywhere": None}, {"all": True}])
def test_what_is_no_command_ends_nothing(stage: Stage, ada: Person, body: dict[str, Any]) -> None:
    assert ada.post("/sessions/end", body).error == "invalid_request"
    assert not _is_out(ada)
