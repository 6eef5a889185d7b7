"""What an owner does with the people of a stage, and what each does of themselves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib import ids, sessions
from chalicelib.people import names, rows

from tests.api.routes import MISSING, refused
from tests.fakes import dynamodb
from tests.fakes.aws import client_error
from tests.people import Person, Reply
from tests.stage import Stage


def _path(person: Person) -> str:
    return f"/people/{person.user_id}"


def _shown(owner: Person, person: Person) -> dict[str, Any]:
    reply = owner.get(_path(person))
    assert reply.status == 200, reply
    body: dict[str, Any] = reply.body
    return body


def _is_out(stage: Stage, person: Person) -> bool:
    """As other processes know within the time that they keep what they have read."""
    stage.clock += sessions.CACHED_S
    reply = person.get("/me")
    assert reply.status == 200 or (reply.status, reply.error) == (401, "session_ended")
    return reply.status == 401


def _emails(replies: list[Reply]) -> list[str]:
    return [each["email"] for reply in replies for each in reply.body["people"]]


# --- Seen -----------------------------------------------------------------------------------------------------------


def test_an_owner_sees_who_is_there_with_what_they_spent_and_store(stage: Stage, owner: Person, ada: Person) -> None:
    stage.pool.made_at = 1_795_262_400
    conversation_id = ada.new_conversation(title="Roses")
    ada.ask(conversation_id, "Which?")
    stage.upload(ada, b"roses")
    spent = next(row for row in stage.rows("usage") if row["subject"] == str(ada.subject) and "-" in row["period"])
    shown = _shown(owner, ada)
    assert 0 <= time.time() - ids.seconds(shown.pop("last_used_at")) < 60
    assert shown == {
        "user_id": ada.user_id,
        "email": stage.pool.email(ada.user_id),
        "display_name": names.default(ada.user_id),
        "groups": ["members"],
        "status": "active",
        "created_at": "2026-11-21T12:00:00.000Z",
        "spent_usd": spent["cost_micro_usd"] / 1e6,
        "budget_usd": 20.0,
        "own_budget_usd": None,
        "storage_bytes": 5,
        "storage_quota_bytes": 2_048 * 1024 * 1024,
        "comments_banned_at": None,
        "is_me": False,
    }
    assert shown["spent_usd"] > 0
    assert _shown(owner, owner)["is_me"] is True


def test_the_list_pages_and_finds_by_the_beginning_of_an_address(stage: Stage, owner: Person) -> None:
    people = [Person(stage, f"person-{number}") for number in range(7)]
    for number, person in enumerate(people):
        stage.pool.emails[person.user_id] = f"{'ab'[number % 2]}{number}@example.com"
    pages = [owner.get("/people?limit=3")]
    while pages[-1].body["next_cursor"]:
        pages.append(owner.get(f"/people?limit=3&cursor={pages[-1].body['next_cursor']}"))
    assert len(pages) == 3
    assert sorted(_emails(pages)) == sorted(stage.pool.email(sub) for sub in stage.pool.subs)
    assert sorted(_emails([owner.get("/people?email=A")])) == [f"a{number}@example.com" for number in (0, 2, 4, 6)]
    assert _emails([owner.get('/people?email=a"')]) == []


def test_a_page_costs_two_requests_to_dynamodb_and_one_to_cognito_a_person(stage: Stage, owner: Person) -> None:
    for number in range(40):
        Person(stage, f"person-{number}")
    asked: list[str] = []
    stage.pool.before = asked.append
    stage.wire.clear()
    assert len(owner.get("/people").body["people"]) == 30
    assert [call.operation for call in stage.wire.calls] == ["Query", "BatchGetItem"], (
        "of ended sessions, and of people"
    )
    assert sorted(asked) == ["AdminListGroupsForUser"] * 30 + ["ListUsers"]


def test_who_is_deleted_while_the_page_is_made_is_in_no_group(stage: Stage, owner: Person, ada: Person) -> None:
    stage.pool.before = lambda operation: stage.pool.subs.discard(ada.user_id) if "Groups" in operation else None
    shown = next(each for each in owner.get("/people").body["people"] if each["user_id"] == ada.user_id)
    assert shown["groups"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=31", "limit=x", "colour=red", f"email={'x' * 255}"])
def test_a_list_that_cannot_be_made_is_refused(owner: Person, query: str) -> None:
    assert owner.get(f"/people?{query}").error == "invalid_request"


@pytest.mark.parametrize("cursor", ["nonsense", "", "x" * 5_000])
def test_a_cursor_of_no_list_is_refused(owner: Person, cursor: str) -> None:
    assert owner.get(f"/people?cursor={cursor}").error == "invalid_cursor"


@pytest.mark.parametrize("user_id", [MISSING, "ada@example.com", "a", "..", "%2F", "owners"])
def test_nobody_is_found_but_by_their_id(stage: Stage, owner: Person, user_id: str) -> None:
    stage.pool.emails[Person(stage, "ada").user_id] = "ada@example.com"
    replies = [
        owner.get(f"/people/{user_id}"),
        owner.patch(f"/people/{user_id}", {"disabled": True}),
        owner.call("DELETE", f"/people/{user_id}", {"email": "ada@example.com"}),
        owner.post(f"/people/{user_id}/invitation"),
    ]
    assert {(reply.status, reply.error) for reply in replies} == {(404, "not_found")}
    assert stage.pool.disabled == set()


# --- Let in ---------------------------------------------------------------------------------------------------------


def test_a_person_is_invited_into_groups_and_mailed_once(stage: Stage, owner: Person) -> None:
    made = owner.post("/people", {"email": "New@Example.com", "groups": ["members"]})
    assert (made.status, made.body["status"], made.body["groups"]) == (201, "invited", ["members"])
    assert made.body["email"] == "new@example.com"
    assert stage.pool.mailed == ["new@example.com"]
    again = owner.post("/people", {"email": "NEW@example.com", "groups": ["owners"]})
    assert (again.status, again.error) == (409, "already_there")
    assert again.body["error"]["user_id"] == made.body["user_id"]
    assert owner.get(f"/people/{made.body['user_id']}").body["groups"] == ["members"], "nothing was changed"
    assert owner.post(f"/people/{made.body['user_id']}/invitation").status == 200
    assert stage.pool.mailed == ["new@example.com"] * 2


def test_an_invitation_that_broke_off_half_way_is_gone_on_with(stage: Stage, owner: Person) -> None:
    body = {"email": "new@example.com", "groups": ["owners", "members"]}
    for operation in ("AdminAddUserToGroup", "AdminListGroupsForUser"):
        stage.pool.before = _busy(operation)
        assert owner.post("/people", body).error == "unavailable"
    stage.pool.before = lambda operation: None
    made = owner.post("/people", body)
    assert (made.status, made.body["groups"]) == (201, ["owners", "members"])
    assert stage.pool.mailed == ["new@example.com"]


def test_who_has_a_password_or_is_kept_out_is_invited_no_more(stage: Stage, owner: Person, ada: Person) -> None:
    assert owner.post(f"{_path(ada)}/invitation").error == "has_password"
    stage.pool.invited.add(ada.user_id)
    stage.pool.disabled.add(stage.pool.email(ada.user_id))
    assert owner.post(f"{_path(ada)}/invitation").error == "kept_out"
    assert stage.pool.mailed == []


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b", 'a"@example.com', "a@ex\x00.com", 7, None]
)
def test_an_invitation_goes_to_an_address(stage: Stage, owner: Person, email: Any) -> None:
    refused(owner.post("/people", {"email": email}), "email")
    assert stage.pool.mailed == []


def test_an_address_that_cognito_refuses_is_told(stage: Stage, owner: Person) -> None:
    def before(operation: str) -> None:
        if operation == "AdminCreateUser":
            raise client_error("InvalidParameterException", operation)

    stage.pool.before = before
    refused(owner.post("/people", {"email": "a..b@example.com"}), "email")


def test_that_somebody_is_here_is_not_worth_a_refusal(stage: Stage, ada: Person) -> None:
    stage.wire.fail(
        dynamodb.throttled, lambda call: call.operation == "UpdateItem" and "test-people" in str(call.body), times=9
    )
    conversation_id = ada.new_conversation(title="Roses")
    assert ada.send(conversation_id, "Which?").status == 202
    assert ada.get("/me").status == 200


def test_a_group_that_means_nothing_is_refused(owner: Person, ada: Person) -> None:
    for groups in (["admins"], ["owners", "members", "owners"], "owners", [None]):
        assert owner.patch(_path(ada), {"groups": groups}).error == "invalid_request"


# --- Rights are given and taken ---------------------------------------------------------------------------------------


def test_what_is_only_given_ends_no_session(stage: Stage, owner: Person) -> None:
    guest = Person(stage, "guest", groups="")
    assert owner.patch(_path(guest), {"groups": ["members"]}).body["groups"] == ["members"]
    assert owner.patch(_path(guest), {"groups": ["members", "owners"]}).body["groups"] == ["owners", "members"]
    assert not _is_out(stage, guest)


@pytest.mark.parametrize(
    ("had", "groups"),
    [("members", []), ("owners,members", ["members"]), ("owners,members", ["owners"]), ("owners", [])],
)
def test_a_group_that_is_taken_away_counts_within_five_seconds(
    stage: Stage, owner: Person, had: str, groups: list[str]
) -> None:
    person = Person(stage, "person", groups=had)
    person.connect("tab")
    assert owner.patch(_path(person), {"groups": groups}).body["groups"] == groups
    assert "connection:tab" not in str(stage.rows("sockets"))
    assert _is_out(stage, person)


@pytest.mark.parametrize("operation", ["AdminRemoveUserFromGroup", "sessions", "AdminListGroupsForUser"])
def test_a_group_is_taken_away_by_repeating_what_broke_off(
    stage: Stage, owner: Person, ada: Person, operation: str
) -> None:
    """Wherever it does, and although the group is gone by then."""
    if operation == "sessions":
        stage.wire.fail(dynamodb.throttled, lambda call: "ended:" in str(call.body), times=5)
    stage.pool.before = _busy(operation)
    assert owner.patch(_path(ada), {"groups": []}).error == "unavailable"
    stage.wire.reset()
    stage.pool.before = lambda name: None
    assert owner.patch(_path(ada), {"groups": []}).body["groups"] == []
    assert _is_out(stage, ada)


def test_sessions_that_begin_while_a_group_is_taken_away_end_too(stage: Stage, owner: Person, ada: Person) -> None:
    """A token that was issued before the group was gone still says that it is theirs."""
    ended: list[int] = []

    def before(operation: str) -> None:
        if operation == "AdminRemoveUserFromGroup":
            ended.extend(row["revoked_at"] for row in stage.rows("sockets") if row["item"] == "ended:")
            for row in stage.rows("sockets"):
                stage.put("sockets", row | {"revoked_at": 1})

    stage.pool.before = before
    owner.patch(_path(ada), {"groups": []})
    assert len(ended) == 1, "before anything was taken"
    assert next(row for row in stage.rows("sockets") if row["item"] == "ended:")["revoked_at"] > 1, "and after it"


def test_sessions_that_began_in_between_end_by_repeating_what_broke_off_after_the_group_was_gone(
    stage: Stage, owner: Person, ada: Person
) -> None:
    def before(operation: str) -> None:
        if operation == "AdminRemoveUserFromGroup":
            for row in stage.rows("sockets"):
                stage.put("sockets", row | {"revoked_at": 1})
            stage.wire.fail(dynamodb.throttled, lambda call: "ended:" in str(call.body), times=9)

    stage.pool.before = before
    assert owner.patch(_path(ada), {"groups": []}).error == "unavailable"
    stage.wire.reset()
    stage.pool.before = lambda name: None
    assert owner.get(_path(ada)).body["groups"] == [], "it is gone already"
    assert owner.patch(_path(ada), {"groups": []}).status == 200
    assert _is_out(stage, ada)


def test_a_disabled_person_is_out_until_let_in_again(stage: Stage, owner: Person, ada: Person) -> None:
    ada.connect("tab")
    assert owner.patch(_path(ada), {"disabled": True}).body["status"] == "disabled"
    assert stage.pool.signed_out == [ada.user_id], "what refreshes their tokens"
    assert _is_out(stage, ada)
    assert "connection:tab" not in str(stage.rows("sockets"))
    assert owner.patch(_path(ada), {"disabled": False}).body["status"] == "active"
    assert _is_out(stage, ada), "the tokens of before"


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "AdminDisableUser", "sessions"])
def test_who_is_disabled_half_way_is_disabled_by_repeating_it(
    stage: Stage, owner: Person, ada: Person, operation: str
) -> None:
    if operation == "sessions":
        stage.wire.fail(dynamodb.throttled, lambda call: "ended:" in str(call.body), times=5)
    stage.pool.before = _busy(operation)
    assert owner.patch(_path(ada), {"disabled": True}).error == "unavailable"
    stage.wire.reset()
    stage.pool.before = lambda name: None
    assert owner.patch(_path(ada), {"disabled": True}).body["status"] == "disabled"
    assert _is_out(stage, ada)


def _busy(at: str) -> Callable[[str], None]:
    def before(operation: str) -> None:
        if operation == at:
            raise client_error("TooManyRequestsException", operation)

    return before


# --- Themselves -------------------------------------------------------------------------------------------------------


def test_each_sees_themselves(stage: Stage, owner: Person) -> None:
    guest = Person(stage, "guest", groups="")
    assert guest.get("/me").body == {
        "user_id": guest.user_id,
        "email": stage.pool.email(guest.user_id),
        "display_name": names.default(guest.user_id),
        "is_name_chosen": False,
        "groups": [],
    }
    assert owner.get("/me").body["groups"] == ["owners"]
    assert "@" not in names.default(guest.user_id)
    assert guest.user_id not in names.default(guest.user_id)


def test_last_use_is_written_down_once_an_hour(stage: Stage, owner: Person, ada: Person) -> None:
    def writes() -> int:
        return sum(call.operation == "UpdateItem" and "people" in str(call.body) for call in stage.wire.calls)

    stage.wire.clear()
    conversation_id = ada.new_conversation(title="Roses")
    for _ in range(5):
        ada.get("/me")
        ada.ask(conversation_id, "Which?")
    assert writes() == 1
    last = int(time.time()) - rows.USED_STEP_S - 1
    stage.edit("people", ada.user_id, last_used_at=last)
    ada.ask(conversation_id, "Which?")
    assert writes() == 2
    assert stage.row("people", ada.user_id)["last_used_at"] > last


def test_nobody_but_an_owner_is_called_what_looks_like_an_owner(
    stage: Stage, owner: Person, ada: Person, grace: Person
) -> None:
    assert owner.patch("/me", {"display_name": "  Rose   Gardener "}).body["display_name"] == "Rose Gardener"
    for name in ("rose gardener", "ROSE GARDENER ✔", "R0se-Gardener"):
        taken = ada.patch("/me", {"display_name": name})
        assert (taken.status, taken.error, taken.body["error"]["field"]) == (409, "display_name_taken", "display_name")
    assert Person(stage, "second", groups="owners").patch("/me", {"display_name": "Rose Gardener"}).status == 200
    for person in (ada, grace):
        assert person.patch("/me", {"display_name": "Lily"}).body["display_name"] == "Lily"
    assert _shown(owner, ada)["display_name"] == "Lily"
    assert ada.patch("/me", {"display_name": ""}).body["display_name"] == names.default(ada.user_id)
    refused(ada.patch("/me", {"display_name": "x" * 41}), "display_name", "at most 40 characters, not 41")


@pytest.mark.parametrize("way", ["here", "by the command"])
def test_who_is_made_an_owner_keeps_their_name_from_others(stage: Stage, owner: Person, ada: Person, way: str) -> None:
    rose = Person(stage, "rose")
    assert rose.patch("/me", {"display_name": "Rose"}).status == 200
    if way == "here":
        assert owner.patch(_path(rose), {"groups": ["owners"]}).status == 200
    else:  # and opens the site
        assert Person(stage, "rose", groups="owners").get("/me").status == 200
    assert ada.patch("/me", {"display_name": "R0se"}).error == "display_name_taken"


def test_choosing_a_name_asks_cognito_nothing_and_is_metered_as_comments_are(stage: Stage, ada: Person) -> None:
    stage.configure(rates=json.dumps({"members": {"comments": [2, 3_600]}}))
    asked: list[str] = []
    stage.pool.before = asked.append
    stage.wire.clear()
    replies = [ada.patch("/me", {"display_name": name}) for name in ("Ada", "Countess", "Ada")]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert asked == []
    assert [call.operation for call in stage.wire.calls if call.tables != ["usage"]] == ["GetItem", "UpdateItem"] * 2
