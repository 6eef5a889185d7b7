"""What an owner does with people, on a deployed stage: every right of the API's role that it needs is used."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import pytest
from chalicelib import sessions
from websockets.exceptions import InvalidStatus

from tests.e2e import people, rows
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model, long_text
from tests.e2e.deployment import Deployment
from tests.e2e.people import IN_PROGRESS, Person
from tests.e2e.waiting import until

# Warm processes look again after that; what one has just asked for may be under way.
OUT_WITHIN_S = sessions.CACHED_S + 1.0
REMOVED_WITHIN_S = 120.0


def _change(owner: Person, person: Person, **change: object) -> dict[str, object]:
    reply = owner.call("PATCH", f"/people/{person.user_id}", change)
    assert reply.status == 200, reply
    return dict(reply.body)


def _within(since: float, is_so: Callable[[], bool], what: str) -> None:
    """Look until it is so: a look that was begun too late must find it. A machine that is slow begins fewer of them."""
    while True:
        began_s = time.monotonic() - since
        if is_so():
            print(f"{what}: {began_s:.1f} s after the change")
            return
        assert began_s <= OUT_WITHIN_S, f"{what}: not {began_s:.1f} s after the change"
        time.sleep(0.2)


def _is_out(person: Person) -> bool:
    replies = [person.get("/me"), person.get("/models"), person.post("/chat", {"message": "hi"})]
    return all(reply.status == 401 and reply.error["code"] == "session_ended" for reply in replies)


def _sign_in_later(person: Person) -> None:
    """Claims count whole seconds: a session that begins in the very second of the end is over, too."""
    time.sleep(1.1)
    person.sign_in()


def _connections(deployment: Deployment, person: Person) -> list[object]:
    found = rows.query(deployment, "sockets", "subject", f"user:{person.user_id}")
    return [row["item"] for row in found if str(row["item"]).startswith("connection:")]


@pytest.mark.scripted
@pytest.mark.parametrize("change", [{"disabled": True}, {"groups": []}], ids=["disabled", "in no group"])
def test_who_is_cut_off_is_out_by_rest_by_socket_and_with_the_answer_in_progress(
    deployment: Deployment, owner: Person, model: Model, word: str, change: dict[str, object]
) -> None:
    model.script(word, text=long_text(2_000), delay_chunk_s=0.2)
    with people.signed_in(deployment, "cut-off") as person, opened(deployment, ticket(person)):
        late = ticket(person)
        answer = person.begin(person.new_conversation(title="T"), f"{word} a question")
        person.begun(answer)
        _change(owner, person, **change)
        changed = time.monotonic()
        _within(changed, lambda: _is_out(person), "a refusal")

        def status() -> str:
            stored = rows.messages(deployment, person.user_id, answer["conversation_id"])
            return next(str(row["status"]) for row in stored if row["message_id"] == answer["message_id"])

        _within(changed, lambda: status() not in IN_PROGRESS, "the end of the answer")
        assert status() == "stopped"
        assert _connections(deployment, person) == []
        with pytest.raises(InvalidStatus), opened(deployment, late):
            pass


def test_who_is_let_in_again_signs_in_with_what_they_may_then(deployment: Deployment, owner: Person) -> None:
    with people.signed_in(deployment, "again", groups=("owners", "members")) as person:
        assert person.get("/me").body["groups"] == ["owners", "members"]
        assert _change(owner, person, groups=["members"])["groups"] == ["members"]
        _within(time.monotonic(), lambda: _is_out(person), "a refusal")
        _sign_in_later(person)
        assert person.get("/me").body["groups"] == ["members"]
        assert person.get("/people").status == 403
        assert _change(owner, person, disabled=True)["status"] == "disabled"
        cognito = deployment.client("cognito-idp")
        with pytest.raises(cognito.exceptions.ClientError):
            person.sign_in()
        assert _change(owner, person, disabled=False)["status"] == "active"
        _sign_in_later(person)
        assert person.get("/models").status == 200


def test_an_owner_invites_lists_sets_a_budget_and_deletes(deployment: Deployment, owner: Person) -> None:
    email = f"e2e-invited-{secrets.token_hex(5)}@example.com"
    made = owner.post("/people", {"email": email, "groups": ["members"]})
    assert (made.status, made.body["status"], made.body["groups"]) == (201, "invited", ["members"])
    person = Person(deployment, email, "", user_id=made.body["user_id"])
    try:
        assert owner.post("/people", {"email": email, "groups": []}).error["code"] == "already_there"
        assert owner.post(f"/people/{person.user_id}/invitation").status == 200
        assert _change(owner, person, budget_usd=3.5)["budget_usd"] == 3.5
        found = owner.get(f"/people?email={email}").body["people"]
        assert [(each["user_id"], each["own_budget_usd"], each["is_me"]) for each in found] == [
            (person.user_id, 3.5, False)
        ]
        assert owner.call("DELETE", f"/people/{person.user_id}", {"email": owner.email}).status == 400
        assert owner.call("DELETE", f"/people/{person.user_id}", {"email": email}).status == 200
        assert owner.get(f"/people/{person.user_id}").status == 404
        until(
            lambda: rows.query(deployment, "people", "user_id", person.user_id) == [],
            REMOVED_WITHIN_S,
            "the removal of all that was theirs",
        )
    finally:
        people.delete(person)


def test_each_is_called_what_they_choose(owner: Person, ada: Person) -> None:
    name = f"Rose {secrets.token_hex(3)}"
    assert owner.call("PATCH", "/me", {"display_name": name}).body["display_name"] == name
    try:
        assert ada.call("PATCH", "/me", {"display_name": name.upper()}).error["field"] == "display_name"
        assert ada.call("PATCH", "/me", {"display_name": "Ada"}).body["display_name"] == "Ada"
    finally:
        owner.call("PATCH", "/me", {"display_name": ""})


def test_nobody_signs_up_by_themselves_where_it_is_closed(deployment: Deployment, ada: Person) -> None:
    refused = ada.post("/signups", {"email": "e2e-nobody@example.com"})
    assert (refused.status, refused.error["code"]) == (404, "signup_closed")
