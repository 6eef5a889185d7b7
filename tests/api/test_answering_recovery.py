"""A turn whose end meets trouble: busy AWS, workers that fail, repeats. Nothing is lost, no head stays taken."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.fakes import dynamodb
from tests.fakes.aws import client_error
from tests.fakes.dynamodb import Call
from tests.people import Person, text_in, text_of
from tests.stage import Stage

TEXT = "Red roses, white lilies and one yellow tulip."


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


def _end_of_answer(call: Call) -> bool:
    return call.operation == "TransactWriteItems" and "messages" in call.tables


def test_a_database_that_is_busy_at_the_end_is_waited_for(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.script("roses", text=TEXT)
    answer_id = ada.queue(conversation_id, "Which roses?")
    # One call and all of boto3's own repeats, twice.
    stage.wire.fail(dynamodb.throttled, _end_of_answer, times=10)
    stage.run()
    answer = ada.message(conversation_id, answer_id)
    assert len(stage.wire.struck) == 10
    assert (answer["status"], answer["stop_reason"], text_of(answer)) == ("complete", "end_turn", TEXT)
    assert ada.conversation(conversation_id)["answer_in_progress"] is None


def test_a_worker_that_fails_settles_its_answer_at_once(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.connect("tab")
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "Query" and "messages" in call.tables, times=5)
    stage.run()
    row = stage.row("messages", answer_id)
    assert (row["status"], row["error"]["code"]) == ("failed", "internal")
    assert stage.gateway.sent["tab"][-1]["type"] == "answer.failed"
    assert ada.send(conversation_id, "Again?").status == 202


def test_a_route_that_meets_busy_aws_says_that_it_may_be_repeated(stage: Stage, ada: Person) -> None:
    stage.wire.fail(dynamodb.throttled, times=1_000)
    reply = ada.get("/conversations")
    assert (reply.status, reply.error) == (503, "unavailable")


def test_a_refused_permission_is_not_hidden_as_busy(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.lambdas.failures = [client_error("AccessDeniedException", "Invoke", 403)]
    request = {"request_id": "request-1"}
    assert ada.send(conversation_id, "Which roses?", **request).status == 500
    healed = ada.send(conversation_id, "Which roses?", **request)
    assert healed.status == 202
    assert len(ada.messages(conversation_id)) == 2


@pytest.mark.parametrize("ended", [False, True])
def test_a_retry_that_is_repeated_makes_no_second_answer(
    stage: Stage, ada: Person, conversation_id: str, ended: bool
) -> None:
    first = ada.ask(conversation_id, "Which roses?")
    retried = ada.retry(conversation_id, first["message_id"])
    if ended:
        stage.run()
    repeated = ada.retry(conversation_id, first["message_id"])
    assert repeated.status == 202
    assert repeated.body["answer"]["message_id"] == retried.body["answer"]["message_id"]
    assert len(ada.messages(conversation_id)) == 3


def test_an_overload_that_lasts_is_told_instead_of_waited_for(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.answering import rounds

    monkeypatch.setattr(rounds, "OVERLOAD_S", 0.0)
    overloaded = {"status": 529, "type": "overloaded_error", "message": "no"}
    stage.script("roses", error=overloaded)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["error"]["code"]) == ("failed", "model_overloaded")
    assert len(stage.requests()) == 1


def test_a_stream_cut_before_its_first_word_is_asked_for_again_and_both_prompts_are_counted(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    used = {"input_tokens": 1_000, "output_tokens": 5}
    stage.script("roses", times=1, text=TEXT, cut_after_chars=0, usage=used)
    stage.script("roses", text=TEXT, usage=used)
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], text_of(answer)) == ("complete", TEXT)
    assert len(stage.prompts()) == 2
    frames = ada.frames(conversation_id, answer["message_id"])["items"]
    assert [frame["type"] for frame in frames] == ["answer.started", "answer.delta", "answer.done"]
    assert answer["usage"]["input_tokens"] == 2_000
    assert {row["input_tokens"] for row in stage.rows("usage")} == {2_000}


def test_a_stream_that_was_cut_is_not_asked_for_again_past_the_budget(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    stage.configure(max_tokens=1_000, user_budget_usd=0.02)
    stage.script("roses", times=1, text=TEXT, cut_after_chars=0, usage={"input_tokens": 5_000})
    answer = ada.ask(conversation_id, "Which roses?")
    assert (answer["status"], answer["error"]["code"]) == ("failed", "budget_spent")
    assert len(stage.prompts()) == 1
    assert answer["usage"]["input_tokens"] == 5_000


def test_a_retry_asks_the_model_that_answered_before(stage: Stage, ada: Person, conversation_id: str) -> None:
    first = ada.ask(conversation_id, "Which roses?", model="claude-opus-5-5")
    assert ada.retry(conversation_id, first["message_id"]).body["answer"]["model"] == "claude-opus-5-5"


def test_a_conversation_whose_first_answer_failed_gets_its_title_later(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation()
    stage.script("roses", times=1, error={"status": 400, "type": "invalid_request_error", "message": "no"})
    assert ada.ask(conversation_id, "Which roses?")["status"] == "failed"
    assert ada.conversation(conversation_id)["title"] == "Which roses?"
    stage.script(None, title=True, text="Roses and lilies")
    ada.ask(conversation_id, "And lilies?")
    assert ada.conversation(conversation_id)["title"] == "Roses and lilies"


def test_a_title_is_not_asked_for_once_the_budget_is_spent(stage: Stage, ada: Person) -> None:
    stage.configure(max_tokens=1_000, user_budget_usd=0.016)
    conversation_id = ada.new_conversation()
    stage.script("roses", text=TEXT, usage={"input_tokens": 2_000, "output_tokens": 1_000})
    assert ada.ask(conversation_id, "Which roses?")["status"] == "complete"
    assert len(stage.requests()) == 1
    assert ada.conversation(conversation_id)["title"] == "Which roses?"


def test_an_undo_that_comes_while_the_purge_runs_is_too_late(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.delete(f"/conversations/{conversation_id}")
    stage.edit("conversations", conversation_id, purging=True)
    assert ada.patch(f"/conversations/{conversation_id}", {"deleted": False}).status == 404
    stage.edit("conversations", conversation_id, purging=None)
    assert ada.patch(f"/conversations/{conversation_id}", {"deleted": False}).status == 200


def test_a_stop_whose_worker_dies_ends_as_stopped(stage: Stage, ada: Person, conversation_id: str) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.edit(
        "messages", answer_id, status="streaming", token="t", lease_until=int(time.time()) - 1, stop_requested=True
    )
    assert ada.message(conversation_id, answer_id)["status"] == "stopped"
    assert ada.conversation(conversation_id)["answer_in_progress"] is None


def test_the_field_of_an_id_that_leads_nowhere_is_named(ada: Person, conversation_id: str) -> None:
    nowhere = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"
    replies: dict[str, Any] = {
        "conversation_id": ada.get(f"/conversations/{nowhere}"),
        "message_id": ada.retry(conversation_id, nowhere),
        "parent_id": ada.send(conversation_id, "Which roses?", parent_id=nowhere),
    }
    for field, reply in replies.items():
        assert (reply.status, reply.body["error"]["field"]) == (404, field)
        assert field in reply.body["error"]["message"]


def test_a_persons_message_has_no_frames(stage: Stage, ada: Person, conversation_id: str) -> None:
    stage.script("roses", text=TEXT)
    answer = ada.ask(conversation_id, "Which roses?")
    assert text_in(ada.frames(conversation_id, answer["message_id"])["items"]) == TEXT
    refused = ada.get(f"/conversations/{conversation_id}/messages/{answer['parent_id']}/frames")
    assert (refused.status, refused.body["error"]["field"]) == (400, "message_id")


def test_a_list_reads_a_bounded_number_of_rows_and_says_where_to_go_on(stage: Stage, ada: Person) -> None:
    kept = ada.new_conversation(title="kept")
    for _ in range(12):
        archived = ada.new_conversation(title="archived")
        ada.patch(f"/conversations/{archived}", {"archived": True})
    from chalicelib import cursors

    read, queries = cursors.ROWS_A_QUERY, cursors.MAX_QUERIES
    cursors.ROWS_A_QUERY, cursors.MAX_QUERIES = 3, 2
    try:
        page = ada.get("/conversations").body
        assert (page["items"], bool(page["next_cursor"])) == ([], True)
        found: list[str] = []
        while page["next_cursor"]:
            page = ada.get(f"/conversations?cursor={page['next_cursor']}").body
            found += [item["conversation_id"] for item in page["items"]]
        assert found == [kept]
    finally:
        cursors.ROWS_A_QUERY, cursors.MAX_QUERIES = read, queries
