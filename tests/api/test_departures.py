"""People whose accounts were deleted elsewhere: the sweep finds them, and nothing is left of them."""

from __future__ import annotations

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


def test_a_pool_that_was_made_anew_is_believed_nothing(
    stage: Stage, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lives(stage, ada)
    assert _orders(stage) == []
    _leave(stage, ada)
    arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_new"
    monkeypatch.setenv("CHATAPP_USER_POOL_ARN", arn)
    stage.configure()
    assert _orders(stage) == []
    assert _named(stage, ada)


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
