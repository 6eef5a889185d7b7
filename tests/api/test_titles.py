"""Titles: written once, after the first answer, never over what the owner did; else the first words of a question."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib.ids import iso

from tests.people import Person
from tests.stage import Stage


def _while_the_title_is_written(stage: Stage, act: Callable[[], object], **reply: Any) -> None:
    """Act between the request for a title and its answer."""
    stage.script(None, title=True, **{"text": "Red roses", "delay_first_s": 1, **reply})

    def sleep(seconds: float) -> None:
        if seconds == 1:
            act()

    stage.model.sleep = sleep


def test_a_title_is_written_once_after_the_first_answer_when_the_head_is_free(stage: Stage, ada: Person) -> None:
    stage.script("roses", text="Red.")
    conversation_id = ada.new_conversation()
    in_progress: list[object] = []

    def look() -> None:
        in_progress.append(stage.row("conversations", conversation_id).get("answer_in_progress"))

    _while_the_title_is_written(stage, look, text="  Red\n roses ")
    ada.ask(conversation_id, "Which roses?")
    assert in_progress == [None]
    assert ada.conversation(conversation_id)["title"] == "Red roses"
    title = next(request["body"] for request in stage.requests() if "title only" in str(request["body"]))
    assert title["model"] == "claude-haiku-5-5"
    ada.ask(conversation_id, "And pink roses?")
    assert len(stage.requests()) == 3


def test_a_title_is_not_written_over_the_owners_own(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    _while_the_title_is_written(stage, lambda: ada.patch(f"/conversations/{conversation_id}", {"title": "Mine"}))
    ada.ask(conversation_id, "Which roses?")
    assert ada.conversation(conversation_id)["title"] == "Mine"
    named = ada.new_conversation(title="Named")
    ada.ask(named, "Which roses?")
    assert ada.conversation(named)["title"] == "Named"


def test_a_title_does_not_bring_a_deleted_conversation_back(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    _while_the_title_is_written(stage, lambda: ada.delete(f"/conversations/{conversation_id}"))
    ada.queue(conversation_id, "Which roses?")
    stage.run()
    assert len(stage.requests()) == 2
    assert "title" not in stage.row("conversations", conversation_id)


@pytest.mark.parametrize("reply", [{"error": {"status": 529}}, {"text": "Ro", "cut_after_chars": 1}, {"text": ' "" '}])
def test_a_title_that_cannot_be_made_is_no_failure_of_the_answer(
    stage: Stage, ada: Person, reply: dict[str, Any]
) -> None:
    stage.script(None, title=True, **reply)
    conversation_id = ada.new_conversation()
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert ada.conversation(conversation_id)["title"] == "Which roses?"
    named = ada.patch(f"/conversations/{conversation_id}", {"title": "Mine"}).body
    ada.ask(named["conversation_id"], "And lilies?")
    assert ada.conversation(conversation_id)["title"] == "Mine"


@pytest.mark.parametrize("dies", [True, False])
def test_a_question_that_was_never_answered_names_its_conversation(stage: Stage, ada: Person, dies: bool) -> None:
    conversation_id = ada.new_conversation()
    answer_id = ada.queue(conversation_id, "**Which** roses?\nI have a small garden.")
    if dies:
        stage.edit("messages", answer_id, created_at=iso(time.time() - 3_600))
        ada.messages(conversation_id)
    else:
        ada.stop(conversation_id, answer_id)
    assert ada.conversation(conversation_id)["title"] == "Which roses?"
