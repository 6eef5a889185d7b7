"""Another person's ids answer exactly as ids that do not exist."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.e2e.demo import Model
from tests.e2e.people import Person, text_of

# Method, path under /conversations, body.
REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "/{c}", None),
    ("PATCH", "/{c}", {"title": "Mine now"}),
    ("DELETE", "/{c}", None),
    ("GET", "/{c}/messages", None),
    ("POST", "/{c}/messages", {"text": "hello", "request_id": "stranger-request-0001"}),
    ("GET", "/{c}/messages/{m}/frames", None),
    ("POST", "/{c}/messages/{m}/stop", None),
    ("POST", "/{c}/messages/{m}/retry", None),
]


@pytest.mark.scripted
def test_a_stranger_sees_nothing_and_changes_nothing(ada: Person, grace: Person, model: Model, word: str) -> None:
    model.script(word, text="For Grace alone.")
    conversation_id = grace.new_conversation(title="Private")
    answer = grace.ask(conversation_id, f"{word} a question")
    before = grace.get(f"/conversations/{conversation_id}").body

    for method, path, body in REQUESTS:
        foreign = path.format(c=conversation_id, m=answer["message_id"])
        missing = path.format(c=uuid.uuid4(), m=uuid.uuid4())
        seen, expected = (ada.call(method, "/conversations" + of, body) for of in (foreign, missing))
        assert (seen.status, seen.body) == (expected.status, expected.body), (method, path)
        assert seen.status == 404, (method, path)

    assert grace.get(f"/conversations/{conversation_id}").body == before
    assert [text_of(item) for item in grace.messages(conversation_id)] == ["For Grace alone.", f"{word} a question"]


@pytest.mark.scripted
def test_a_strangers_message_cannot_be_used_in_a_conversation_of_ones_own(
    ada: Person, grace: Person, model: Model, word: str
) -> None:
    model.script(word, text="For Grace alone.")
    hers = grace.ask(grace.new_conversation(), f"{word} a question")
    mine = ada.new_conversation()
    refused = ada.send(mine, f"{word} and then?", parent_id=hers["message_id"])
    unknown = ada.send(mine, f"{word} and then?", parent_id=str(uuid.uuid4()))
    assert (refused.status, refused.body) == (unknown.status, unknown.body)
    assert refused.status == 404
    assert ada.messages(mine) == []


def test_lists_hold_only_ones_own(ada: Person, grace: Person) -> None:
    title = f"Only Grace's {uuid.uuid4()}"
    grace.new_conversation(title=title)
    assert title in [item["title"] for item in grace.get("/conversations").body["items"]]
    assert title not in [item["title"] for item in ada.get("/conversations").body["items"]]
