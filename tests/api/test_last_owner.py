"""There is always an owner who can let others in."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from chalicelib import functions
from chalicelib.groups import owners

from tests.fakes import wire
from tests.fakes.aws import client_error
from tests.people import Person, Reply
from tests.stage import Stage

# What takes an owner away: method, body.
AWAY: list[tuple[str, Any]] = [
    ("PATCH", {"groups": []}),
    ("PATCH", {"groups": ["members"]}),
    ("PATCH", {"disabled": True}),
    ("DELETE", None),
]


def _away(stage: Stage, by: Person, whom: Person, method: str, body: Any) -> Reply:
    return by.call(method, f"/people/{whom.user_id}", body or {"email": stage.pool.email(whom.user_id)})


def _owners(stage: Stage) -> set[str]:
    """Those who can do anything."""
    there = set(stage.pool.groups["owners"]) & stage.pool.subs - stage.pool.invited
    return {sub for sub in there if stage.pool.email(sub) not in stage.pool.disabled}


@pytest.mark.parametrize(("method", "body"), AWAY)
def test_the_last_owner_cannot_go(stage: Stage, owner: Person, ada: Person, method: str, body: Any) -> None:
    refused = _away(stage, owner, owner, method, body)
    assert (refused.status, refused.error) == (409, "last_owner")
    assert _owners(stage) == {owner.user_id}
    assert owner.get("/people").status == 200, "no session was ended"
    assert _away(stage, owner, ada, method, body).status == 200, "and nothing is held"


@pytest.mark.parametrize(("method", "body"), AWAY)
def test_an_owner_can_go_while_another_is_there(stage: Stage, owner: Person, method: str, body: Any) -> None:
    second = Person(stage, "second", groups="owners,members")
    assert _away(stage, owner, owner, method, body).status == 200
    assert _owners(stage) == {second.user_id}
    assert _away(stage, second, second, method, body).error == "last_owner"


@pytest.mark.parametrize("state", ["invited", "disabled", "in no list", "left the group"])
def test_an_owner_who_can_do_nothing_does_not_count(stage: Stage, owner: Person, state: str) -> None:
    second = Person(stage, "second", groups="owners")
    if state == "invited":
        stage.pool.invited.add(second.user_id)
    elif state == "disabled":
        stage.pool.disabled.add(stage.pool.email(second.user_id))
    elif state == "in no list":
        stage.pool.groups["owners"].remove(second.user_id)
    else:  # the list of the group lags behind: it was left while it was read
        stage.pool.before = lambda operation: (
            stage.pool.groups.update(owners=[owner.user_id]) if operation == "AdminListGroupsForUser" else None
        )
        stage.pool.groups["owners"].reverse()
    assert _away(stage, owner, owner, "DELETE", None).error == "last_owner"


@pytest.mark.parametrize(("method", "body"), AWAY)
def test_of_two_owners_who_remove_each_other_at_once_one_is_left(
    stage: Stage, owner: Person, method: str, body: Any
) -> None:
    """Each has been let in, and has seen that the other is there.

    The second begins when the first has got so far: the app, which serves one request at a time, has read it by then.
    """
    second = Person(stage, "second", groups="owners")
    meeting, replies = threading.Barrier(2, timeout=20), []
    met, was_read = threading.local(), threading.Event()

    def before(operation: str) -> None:
        if operation == "AdminGetUser" and not getattr(met, "once", False):
            met.once = True
            was_read.set()
            meeting.wait()

    stage.pool.before = before
    pairs = ((owner, second), (second, owner))
    threads = [
        threading.Thread(target=lambda by=by, whom=whom: replies.append(_away(stage, by, whom, method, body)))
        for by, whom in pairs
    ]
    for thread in threads:
        thread.start()
        assert was_read.wait(20)
    for thread in threads:
        thread.join(20)
    assert sorted(reply.status for reply in replies) in ([200, 403], [200, 409]), "one found its own rights gone"
    assert len(_owners(stage)) == 1


@pytest.mark.parametrize("state", ["disabled", "in no group", "deleted"])
@pytest.mark.parametrize("attempt", ["myself", "let in", "another", "invited", "revenge"])
def test_an_owner_whose_rights_are_gone_while_a_request_is_under_way_gives_nobody_any(
    stage: Stage, owner: Person, ada: Person, state: str, attempt: str
) -> None:
    """They were let in before their sessions ended; what they asked for is done after it."""
    late = Person(stage, "late", groups="owners")
    address, there = stage.pool.email(late.user_id), set(stage.pool.subs)

    def take_away() -> None:
        stage.pool.before = lambda operation: None
        if state == "disabled":
            stage.pool.disabled.add(address)
        else:
            stage.pool.groups["owners"] = [owner.user_id]
        if state == "deleted":
            stage.pool.subs.discard(late.user_id)

    # Its first look at who is meant; the rest finds what is there by then.
    stage.pool.before = lambda operation: take_away()
    reply = {
        "myself": lambda: late.patch(f"/people/{late.user_id}", {"groups": ["owners"], "disabled": False}),
        "let in": lambda: late.patch(f"/people/{late.user_id}", {"disabled": False}),
        "another": lambda: late.patch(f"/people/{ada.user_id}", {"groups": ["owners"]}),
        "invited": lambda: late.post("/people", {"email": "friend@example.com", "groups": ["owners"]}),
        "revenge": lambda: _away(stage, late, owner, "DELETE", None),
    }[attempt]()
    refusals = ["forbidden"] if attempt not in ("myself", "let in") else ["forbidden", "not_found"]
    if attempt == "let in" and state == "in no group":
        assert reply.body["groups"] == []
    else:
        assert reply.error in refusals
    assert _owners(stage) == {owner.user_id}
    assert there - {late.user_id} <= stage.pool.subs


def test_one_change_of_owners_is_made_at_a_time_and_a_dead_one_holds_up_none(stage: Stage, owner: Person) -> None:
    second = Person(stage, "second", groups="owners")
    held = {"subject": "owners", "period": "change", "holder": "another", "until": int(time.time()) + 30}
    stage.put("usage", held)
    refused = _away(stage, owner, second, "PATCH", {"disabled": True})
    assert (refused.status, refused.error) == (409, "conflict")
    assert _owners(stage) == {owner.user_id, second.user_id}
    stage.put("usage", held | {"until": int(time.time()) - 1})
    assert _away(stage, owner, second, "PATCH", {"disabled": True}).status == 200


def test_a_change_that_breaks_off_holds_up_none(stage: Stage, owner: Person) -> None:
    second = Person(stage, "second", groups="owners")
    stage.pool.failures = []
    broken = [client_error("TooManyRequestsException", "AdminDisableUser") for _ in range(9)]

    def before(operation: str) -> None:
        if operation == "AdminDisableUser" and broken:
            raise broken.pop()

    stage.pool.before = before
    assert _away(stage, owner, second, "PATCH", {"disabled": True}).error == "unavailable"
    broken.clear()
    assert _away(stage, owner, second, "PATCH", {"disabled": True}).status == 200


def test_a_hold_whose_reply_was_lost_is_ones_own(stage: Stage, owner: Person) -> None:
    second = Person(stage, "second", groups="owners")
    stage.wire.fail(wire.lost_reply, lambda call: call.operation == "UpdateItem" and "holder" in str(call.body))
    assert _away(stage, owner, second, "PATCH", {"groups": []}).status == 200


def test_the_time_of_a_hold_is_longer_than_any_request() -> None:
    assert functions.FUNCTIONS[functions.API].timeout_s < owners._HELD_S
