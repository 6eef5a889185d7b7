"""Budgets: what is spent is counted, and who has spent theirs is told before anything is stored."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.people import Person
from tests.stage import Stage


def _stored(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """All rows; what was reserved and given back has renewed a count's expiry."""
    tables = ("conversations", "messages", "usage")
    return {table: [{**row, "ttl": None} for row in stage.rows(table)] for table in tables}


@pytest.mark.parametrize("whose", ["user", "stage"])
def test_a_spent_budget_is_told_before_anything_is_stored(stage: Stage, ada: Person, grace: Person, whose: str) -> None:
    # Room for one answer of 100 tokens to a short prompt; for a second one no more, once the first is paid.
    stage.configure(max_tokens=100, **{f"{whose}_budget_usd": 0.0065})
    stage.script(None, text="Red.", usage={"output_tokens": 100})
    conversation_id = ada.new_conversation(title="T")
    first = ada.ask(conversation_id, "Which roses?")
    before = _stored(stage)
    for refused in (
        ada.send(conversation_id, "More"),
        ada.retry(conversation_id, first["message_id"]),
        ada.post("/conversations", {"message": {"text": "More", "request_id": uuid.uuid4().hex}}),
        ada.post("/chat", {"message": "More"}),
        ada.post("/chat", {"message": "More", "conversation_id": conversation_id}),
    ):
        assert (refused.status, refused.error) == (429, "budget_spent")
    assert _stored(stage) == before
    assert stage.lambdas.pending == []
    assert len(stage.requests()) == 1
    assert ada.stop(conversation_id, first["message_id"]).status == 202
    # One person's cap is not another's; the stage's is everybody's.
    other = grace.post("/conversations", {"message": {"text": "More", "request_id": uuid.uuid4().hex}})
    assert other.status == (201 if whose == "user" else 429)


def test_usage_is_counted_for_the_person_and_the_stage_titles_included(stage: Stage, ada: Person) -> None:
    stage.script(None, text="Red.", usage={"input_tokens": 1_000, "output_tokens": 100})
    stage.script(None, title=True, text="Roses", usage={"input_tokens": 10, "output_tokens": 1})
    ada.ask(ada.new_conversation(), "Which roses?")
    for subject in (f"user:{ada.user_id}", "stage"):
        counted = stage.row("usage", subject)
        assert (counted["input_tokens"], counted["output_tokens"]) == (1_010, 101)
        assert counted["cost_micro_usd"] == 1_000 * 2 + 100 * 10 + 8


def test_a_budget_of_ones_own_holds_in_place_of_everybodys(
    stage: Stage, owner: Person, ada: Person, grace: Person
) -> None:
    stage.configure(max_tokens=100)
    stage.script(None, text="Red.", usage={"output_tokens": 100})
    conversation_id = ada.new_conversation(title="T")
    path = f"/people/{ada.user_id}"
    assert owner.patch(path, {"budget_usd": 0.0065}).body["budget_usd"] == 0.0065
    first = ada.ask(conversation_id, "Which roses?")
    for refused in (
        ada.send(conversation_id, "More"),
        ada.retry(conversation_id, first["message_id"]),
        ada.post("/conversations", {"message": {"text": "More", "request_id": uuid.uuid4().hex}}),
        ada.post("/chat", {"message": "More"}),
    ):
        assert (refused.status, refused.error) == (429, "budget_spent")
        assert "Your model budget of 0.0065 USD" in refused.body["error"]["message"]
    assert grace.send(grace.new_conversation(title="T"), "More").status == 202
    assert owner.patch(path, {"budget_usd": 0}).body["own_budget_usd"] == 0
    assert ada.send(conversation_id, "More").error == "budget_spent"
    assert owner.patch(path, {"budget_usd": None}).body["own_budget_usd"] is None
    assert ada.send(conversation_id, "More").status == 202


def test_a_budget_of_ones_own_may_be_more_than_everybodys_and_never_more_than_the_stages(
    stage: Stage, owner: Person, ada: Person
) -> None:
    stage.configure(max_tokens=100, user_budget_usd=0)
    conversation_id = ada.new_conversation(title="T")
    assert ada.send(conversation_id, "Which roses?").error == "budget_spent"
    owner.patch(f"/people/{ada.user_id}", {"budget_usd": 1})
    ada.ask(conversation_id, "Which roses?")
    stage.configure(max_tokens=100, user_budget_usd=0, stage_budget_usd=0)
    refused = ada.send(conversation_id, "More")
    assert refused.error == "budget_spent"
    assert "This site's model budget of 0 USD" in refused.body["error"]["message"]


def test_a_later_round_of_an_answer_and_its_title_are_held_to_ones_own_budget(
    stage: Stage, owner: Person, ada: Person
) -> None:
    """The answer carries it: its function reads no row for it."""
    from chalicelib import functions, services
    from chalicelib.errors import BudgetSpent
    from chalicelib.spending import reservations

    owner.patch(f"/people/{ada.user_id}", {"budget_usd": 0.5})
    answer = ada.queue(ada.new_conversation(title="T"), "Which roses?")
    row = stage.row("messages", answer)
    assert row["reservation"]["own_budget"] == 500_000
    held = reservations.Reservation.from_item(row["reservation"], ada.subject)
    with pytest.raises(BudgetSpent, match=r"budget of 0\.5 USD"):
        reservations.extend(services.of(functions.ANSWER), held, 500_000)


@pytest.mark.parametrize("budget", [-1, "5", True, 1e9, [5]])
def test_a_budget_is_an_amount(owner: Person, ada: Person, budget: Any) -> None:
    assert owner.patch(f"/people/{ada.user_id}", {"budget_usd": budget}).error == "invalid_request"


def test_a_message_costs_no_request_more_for_who_sends_it(stage: Stage, ada: Person) -> None:
    """Their row is read with the conversation's."""
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?")
    stage.wire.clear()
    assert ada.send(conversation_id, "More").status == 202
    assert [call.operation for call in stage.wire.calls] == [
        "BatchGetItem",
        "UpdateItem",
        "UpdateItem",
        "TransactWriteItems",
    ]
    assert "test-people" in str(stage.wire.calls[0].body)
