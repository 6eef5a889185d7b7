"""Deleting: hidden at once, undone within 30 s, then gone for good, by a schedule that really fires."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e import people, rows
from tests.e2e.demo import Model, long_text, unique_word
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person, text_of
from tests.e2e.waiting import until

# 35 s until the purge; EventBridge Scheduler may be a minute late.
PURGED_WITHIN_S = 150.0

pytestmark = pytest.mark.scripted


@dataclass(frozen=True)
class Deleted:
    """Conversations deleted at the beginning of the run. streaming: while its answer was in progress."""

    owner: Person
    settled: dict[str, str]
    streaming: dict[str, str]
    restored: dict[str, str]


@pytest.fixture(scope="session")
def deleted(deployment: Deployment, model: Model) -> Iterator[Deleted]:
    word = unique_word()
    model.script(f"{word}-short", text="To be deleted.")
    model.script(f"{word}-long", text=long_text(3000), delay_chunk_s=0.05)
    with people.signed_in(deployment, "deleting") as owner:
        settled = owner.ask(owner.new_conversation(), f"{word}-short question")
        restored = owner.ask(owner.new_conversation(), f"{word}-short question")
        streaming = owner.begin(owner.new_conversation(), f"{word}-long question")
        owner.begun(streaming, characters=20)
        for answer in (settled, restored, streaming):
            reply = owner.call("DELETE", f"/conversations/{answer['conversation_id']}")
            assert reply.status == 200, reply
        yield Deleted(owner, settled, streaming, restored)


@pytest.mark.early
def test_a_deleted_conversation_is_hidden_at_once(deleted: Deleted) -> None:
    listed = [item["conversation_id"] for item in deleted.owner.get("/conversations").body["items"]]
    for answer in (deleted.settled, deleted.streaming):
        missing = deleted.owner.get(f"/conversations/{uuid.uuid4()}")
        path = f"/conversations/{answer['conversation_id']}"
        for hidden in (deleted.owner.get(path), deleted.owner.get(f"{path}/messages")):
            assert (hidden.status, hidden.body) == (missing.status, missing.body)
        assert answer["conversation_id"] not in listed


@pytest.mark.early
def test_undo_brings_it_back(deleted: Deleted) -> None:
    path = f"/conversations/{deleted.restored['conversation_id']}"
    assert deleted.owner.call("PATCH", path, {"deleted": False}).status == 200
    assert text_of(deleted.owner.messages(deleted.restored["conversation_id"])[0]) == "To be deleted."


@pytest.mark.late
def test_the_purge_leaves_no_row(deployment: Deployment, deleted: Deleted) -> None:
    user_id = deleted.owner.user_id
    gone = {deleted.settled["conversation_id"], deleted.streaming["conversation_id"]}

    def is_purged() -> bool:
        return gone.isdisjoint(row["conversation_id"] for row in rows.conversations(deployment, user_id))

    until(is_purged, PURGED_WITHIN_S, "the purge")
    for answer in (deleted.settled, deleted.streaming):
        message_id, conversation_id = answer["message_id"], answer["conversation_id"]
        # The worker of the streaming answer cleans up what it wrote after the purge, at its next tick.
        until(lambda m=message_id: not rows.frames(deployment, user_id, m), 5, "the end of the log")  # type: ignore[misc]
        assert rows.messages(deployment, user_id, conversation_id) == []


@pytest.mark.late
def test_the_purge_leaves_what_was_restored(deployment: Deployment, deleted: Deleted) -> None:
    conversation_id = deleted.restored["conversation_id"]
    assert text_of(deleted.owner.messages(conversation_id)[0]) == "To be deleted."
    too_late = deleted.owner.call("PATCH", f"/conversations/{deleted.settled['conversation_id']}", {"deleted": False})
    assert too_late.status == 404
