"""People whose accounts were deleted elsewhere: the sweep finds them, and nothing is left of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chalicelib.deletion import people
from chalicelib.logs import Failed

from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.stage import Stage

TEXT = b"Roses are red.\n"


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may still come of a person who was cut off has come."""
    monkeypatch.setattr(people, "UNDER_WAY_S", -5)
    monkeypatch.setattr(people, "PAUSE_S", 0.01)


def _lives(stage: Stage, person: Person) -> str:
    file_id = stage.ready(person, TEXT)
    person.ask(person.new_conversation(title="Flowers"), "Which roses?", file_ids=[file_id])
    return file_id


def _leave(stage: Stage, person: Person) -> None:
    stage.pool.subs.remove(person.user_id)


def _orders(stage: Stage) -> list[dict[str, Any]]:
    """What the sweep asks of `purge`, carried out."""
    stage.sweep()
    orders = stage.lambdas.take("purge")
    for order in orders:
        assert stage.app.purge(order, Context(300)) == {"done": True}
    return orders


def _named(stage: Stage, person: Person) -> list[Any]:
    tables = ("conversations", "messages", "frames", "files", "usage")
    rows = [row for table in tables for row in stage.rows(table) if person.user_id in str(row)]
    return [*rows, *stage.objects(f"uploads/{person.user_id}/")]


def test_nothing_is_left_of_a_person_whose_account_was_deleted_elsewhere(
    stage: Stage, ada: Person, grace: Person
) -> None:
    _lives(stage, grace)
    kept = _named(stage, grace)
    file_id = _lives(stage, ada)
    assert _orders(stage) == []
    _leave(stage, ada)
    assert _orders(stage) == [{"user_id": ada.user_id, "person": "gone"}]
    assert _named(stage, ada) == []
    assert not [key for key in stage.objects() if file_id in key]
    assert _named(stage, grace) == kept
    assert _orders(stage) == [], "there is nothing left to find"


def test_a_person_whom_the_list_does_not_name_yet_is_asked_for_by_name(stage: Stage, ada: Person) -> None:
    _lives(stage, ada)
    stage.pool.behind.add(ada.user_id)
    assert _orders(stage) == []
    assert _named(stage, ada)


def test_who_did_something_last_before_the_pool_was_made_belonged_to_another(
    stage: Stage, ada: Person, grace: Person
) -> None:
    """As after a pool was lost and made anew: everybody is missing, and nobody has left."""
    _lives(stage, ada)
    _leave(stage, ada)
    stage.pool.made_at = time.time() + 1
    assert _orders(stage) == []
    assert _named(stage, ada)


@pytest.mark.parametrize("left_behind", ["conversation", "file"])
def test_who_never_asked_anything_is_found_by_what_they_made(stage: Stage, ada: Person, left_behind: str) -> None:
    if left_behind == "conversation":
        ada.new_conversation(title="Flowers")
    else:
        stage.upload(ada, TEXT)
    _leave(stage, ada)
    assert len(_orders(stage)) == 1
    assert _named(stage, ada) == []


def test_conversations_are_read_for_their_owners_once_a_day(stage: Stage, ada: Person) -> None:
    def scanned() -> set[str]:
        stage.wire.clear()
        stage.sweep()
        return {call.tables[0] for call in stage.wire.calls if call.operation == "Scan"}

    stage.sweep()
    assert scanned() == {"usage"}
    stage.put("usage", {"subject": "sweep", "period": "people", "read_at": int(time.time()) - 90_000})
    assert scanned() == {"usage", "conversations", "people"}


def test_a_token_that_is_still_good_is_cut_off_although_they_signed_out_everywhere_before(
    stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.post("/sessions/end", {"everywhere": True})
    row = next(row for row in stage.rows("sockets") if row["item"] == "ended:")
    stage.put("sockets", row | {"revoked_at": row["revoked_at"] - 86_400})
    stage.clock += 60
    _lives(stage, ada)
    _leave(stage, ada)
    assert len(_orders(stage)) == 1
    assert ada.get("/conversations").error == "session_ended"


def test_there_is_no_looking_for_people_once_the_time_is_over(stage: Stage, ada: Person) -> None:
    _lives(stage, ada)
    _leave(stage, ada)
    stage.sweep(seconds=1)
    assert stage.lambdas.take("purge") == []


@pytest.mark.parametrize("fault", ["TooManyRequestsException", "InternalErrorException", "ResourceNotFoundException"])
def test_a_pool_that_does_not_answer_removes_nobody_and_keeps_no_purge_back(
    stage: Stage, ada: Person, fault: str
) -> None:
    file_id = stage.ready(ada, TEXT)
    ada.delete(f"/files/{file_id}")
    stage.edit("files", file_id, deleted_at=1, due_at=1)
    stage.pool.failures.extend(client_error(fault, "ListUsers") for _ in range(9))
    with pytest.raises(Failed):
        stage.sweep()
    assert stage.lambdas.take("purge") == []
    assert stage.rows("files") == []
    assert ada.get("/conversations").status == 200


def test_what_is_left_of_a_person_when_the_time_is_over_is_found_again(stage: Stage, ada: Person) -> None:
    _lives(stage, ada)
    _leave(stage, ada)
    stage.sweep()
    (order,) = stage.lambdas.take("purge")
    assert stage.app.purge(order, Context(people.LAST_S)) == {"done": False}
    assert _orders(stage) == [order]
    assert _named(stage, ada) == []
