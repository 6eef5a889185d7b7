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
