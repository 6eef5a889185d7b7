"""What is kept of a visit, for whom, and that nothing is once its visitor says so."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib import functions, services
from chalicelib.conversations.rows import Conversation
from chalicelib.ids import day, seconds
from chalicelib.twin import tokens, transcripts

from tests.api.commenting import owner
from tests.api.routes import MISSING
from tests.fakes.aws import Context
from tests.restores import Restores
from tests.stage import PARAMETERS, Stage
from tests.storage import BACKUPS
from tests.visiting import Visitor, publish, said

QUESTION = "Where did you build pipelines?"


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    publish(stage)
    return Visitor(stage, language="fr-FR", referrer="https://www.news.example/story?id=7")


def kept(stage: Stage) -> list[str]:
    return sorted(set(stage.objects("transcripts/")))


def lines(stage: Stage, key: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stage.body(key).decode().splitlines()]


def test_a_visit_is_one_object_of_json_lines_under_its_day(stage: Stage, visitor: Visitor) -> None:
    first, second = visitor.ask(QUESTION), visitor.ask("What is your favourite colour?")
    (key,) = kept(stage)
    began = visitor.call("GET", "visit").body["began_at"]
    assert key == f"transcripts/me/{began[:10]}/{visitor.visit_id}.jsonl"
    written = lines(stage, key)
    assert [each["role"] for each in written] == ["user", "assistant"] * 2
    assert [each["text"] for each in written][::2] == [QUESTION, "What is your favourite colour?"]
    assert [each["text"] for each in written][1::2] == [said(first), said(second)]
    assert written[1]["cited"]
    assert written[3]["cited"] == []


def test_what_a_visitor_reads_of_their_visit_is_what_is_kept(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    exported = visitor.call("GET", "visit").body
    assert exported["lines"] == lines(stage, kept(stage)[0])
    assert (exported["language"], exported["referrer"], exported["transcript"]) == ("fr", "www.news.example", True)


@pytest.mark.parametrize("why", ["the visitor", "the owner", "the setting"])
def test_none_is_kept_where_one_of_them_wants_none(stage: Stage, why: str) -> None:
    publish(stage, transcripts=why != "the owner")
    if why == "the setting":
        stage.configure(transcript_days=0)
    visitor = Visitor(stage, transcript=why != "the visitor")
    assert visitor.begun.body["transcript"] is False
    visitor.ask(QUESTION)
    assert kept(stage) == []
    assert visitor.call("GET", "visit").body["transcript"] is False


def test_an_erased_visit_is_gone_for_good(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    visitor.ask("And before?")
    other = Visitor(stage)
    other.ask(QUESTION)
    reply = visitor.call("DELETE", "visit")
    assert (reply.status, reply.body) == (200, {"erased": True})
    for method, path in (("GET", "visit"), ("GET", "messages"), ("DELETE", "visit")):
        assert visitor.call(method, path).error == "visit_over"
    assert visitor.send("Hello?").error == "visit_over"
    for payload in stage.lambdas.take("purge"):
        stage.purge(payload)
    assert {row["user_id"] for row in stage.rows("conversations")} == {f"visit:{other.visit_id}"}
    assert not [row for row in stage.rows("messages") if visitor.visit_id in row["conversation"]]
    assert kept(stage) == [key for key in kept(stage) if other.visit_id in key]
    assert len(kept(stage)) == 1
    # So that no backup brings it back.
    assert any(visitor.visit_id in row["erased"] for row in stage.rows("erasures"))


def expired(visitor: Visitor) -> None:
    """Show the visit's token as it is the day after."""
    before = time.time
    time.time = lambda: before() - 86_400
    try:
        visitor.show(tokens.issue(PARAMETERS["/chatapp/test/visit-key"], "me", visitor.visit_id))
    finally:
        time.time = before


def over(stage: Stage, visitor: Visitor) -> None:
    """End a visit by its time."""
    stage.edit("conversations", visitor.visit_id, ttl=1, due_at=1)
    stage.sweep()
    assert stage.rows("conversations") == []


def purged(stage: Stage) -> None:
    for payload in stage.lambdas.take("purge"):
        stage.purge(payload)


@pytest.mark.parametrize("is_over", [False, True])
def test_a_visitor_reads_and_erases_a_visit_with_a_token_that_has_expired(
    stage: Stage, visitor: Visitor, is_over: bool
) -> None:
    visitor.ask(QUESTION)
    written = lines(stage, kept(stage)[0])
    expired(visitor)
    assert visitor.send("And then?").error == "visit_over"
    if is_over:
        over(stage, visitor)
    assert visitor.call("GET", "visit").body["lines"] == written
    assert visitor.call("DELETE", "visit").status == 200
    purged(stage)
    assert visitor.call("GET", "visit").error == "visit_over"
    assert (kept(stage), stage.rows("conversations"), stage.rows("messages")) == ([], [], [])


@pytest.mark.parametrize("is_over", [False, True])
def test_an_owner_hands_over_and_erases_a_visit_that_its_visitor_names(
    stage: Stage, visitor: Visitor, is_over: bool
) -> None:
    visitor.ask(QUESTION)
    exported = visitor.call("GET", "visit").body
    if is_over:
        over(stage, visitor)
        exported |= {"language": "", "referrer": ""}
    olga, path = owner(stage), f"/insights/me/visits/{visitor.visit_id}"
    assert olga.get(path).body == exported
    assert olga.call("DELETE", path).body == {"erased": True}
    for method in ("GET", "DELETE"):
        assert olga.call(method, path).error == "not_found"
    purged(stage)
    assert olga.get(path).error == "not_found"
    assert (kept(stage), stage.rows("conversations"), stage.rows("messages")) == ([], [], [])


def test_of_a_visit_that_is_not_this_twins_an_owner_learns_and_leaves_nothing(stage: Stage, visitor: Visitor) -> None:
    publish(stage, "other")
    elsewhere = Visitor(stage, "other")
    elsewhere.ask(QUESTION)
    before = stage.rows("conversations")
    for visit_id in (elsewhere.visit_id, MISSING, "..%2Fother"):
        for method in ("GET", "DELETE"):
            reply = owner(stage).call(method, f"/insights/me/visits/{visit_id}")
            assert (reply.status, reply.body["error"]["field"]) == (404, "visit_id"), (method, visit_id)
    assert (stage.rows("conversations"), stage.lambdas.take("purge")) == (before, [])


def test_an_erasure_whose_purge_was_lost_is_swept(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    visitor.call("DELETE", "visit")
    stage.lambdas.take("purge")
    stage.sweep()
    assert stage.rows("conversations") == []
    assert kept(stage) == []


def test_a_visit_that_is_over_goes_and_its_transcript_stays(stage: Stage, visitor: Visitor) -> None:
    """Also on a stage that keeps conversations until they are deleted."""
    stage.configure(retention_days=0)
    visitor.ask(QUESTION)
    stage.sweep()
    assert len(stage.rows("conversations")) == 1
    stage.edit("conversations", visitor.visit_id, ttl=1, due_at=1)
    stage.sweep()
    assert stage.rows("conversations") == []
    assert stage.rows("messages") == []
    assert len(kept(stage)) == 1


@pytest.mark.parametrize("gone", ["visit", "twin", "another twin"])
def test_a_transcript_that_is_written_after_all_was_deleted_does_not_stay(
    stage: Stage, visitor: Visitor, gone: str
) -> None:
    visitor.ask(QUESTION)
    row = stage.row("conversations", visitor.visit_id)
    transcripts.remove(services.of(functions.ANSWER), "me", visitor.visit_id)

    def deleted(call: Any, send: Any) -> Any:
        if gone == "visit":
            stage.edit("conversations", visitor.visit_id, deleted_at=1)
        elif gone == "twin":
            publish(stage, deleted_at=1)
        else:
            publish(stage, created_at="2026-11-20T00:00:00.000Z")
        return send()

    stage.s3_wire.fail(deleted, lambda call: call.operation == "PutObject" and "transcripts/" in call.key)
    transcripts.write(services.of(functions.ANSWER), Conversation.from_item(row))
    assert stage.s3_wire.struck
    assert kept(stage) == []


def test_an_owner_who_wants_none_any_more_gets_none_of_visits_that_have_begun(stage: Stage, visitor: Visitor) -> None:
    publish(stage, transcripts=False)
    visitor.ask(QUESTION)
    assert kept(stage) == []


def questions(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in stage.rows("twins") if row["item"].startswith("question/")]


def test_an_erased_visit_takes_the_questions_that_were_kept_of_it_along(stage: Stage, visitor: Visitor) -> None:
    visitor.ask("What is your favourite colour?")
    (row,) = questions(stage)
    visitor.call("DELETE", "visit")
    for payload in stage.lambdas.take("purge"):
        stage.purge(payload)
    assert questions(stage) == []
    erased = {each["erased"] for each in stage.rows("erasures")}
    assert erased == {f"visit:me#{visitor.visit_id}", f"part:me#{row['item']}"}


@pytest.mark.parametrize(("days", "kept_days"), [(7, 7), (0, 30)])
def test_a_question_is_kept_as_long_as_a_transcript(stage: Stage, days: int, kept_days: int) -> None:
    publish(stage)
    stage.configure(transcript_days=days)
    answer = Visitor(stage).ask("What is your favourite colour?")
    (row,) = questions(stage)
    assert answer["parent_id"] not in row["item"], "nothing of it leads to a visit"
    assert row["ttl"] == int(seconds(row["at"])) + kept_days * 86_400


def test_a_visit_that_is_over_by_its_time_is_noted_nowhere(stage: Stage, visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    stage.edit("conversations", visitor.visit_id, ttl=1, due_at=1)
    stage.sweep()
    assert (stage.rows("conversations"), stage.rows("erasures")) == ([], [])
    assert stage.objects("erasures/", BACKUPS) == []


def test_a_restore_brings_no_visit_back_that_was_erased(stage: Stage, visitor: Visitor) -> None:
    visitor.ask("What is your favourite colour?")
    other = Visitor(stage)
    other.ask(QUESTION)
    restores = Restores(stage)
    restores.back_up(export_time=int(time.time()))
    visitor.call("DELETE", "visit")
    for payload in stage.lambdas.take("purge"):
        stage.purge(payload)
    assert restores.restore()["step"] == "done"
    assert not [row for row in stage.rows("messages") if visitor.visit_id in row["conversation"]]
    for payload in stage.lambdas.take("purge"):
        stage.purge(payload)
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [other.visit_id]
    assert [key.rpartition("/")[2] for key in kept(stage)] == [f"{other.visit_id}.jsonl"]
    assert questions(stage) == []


def test_a_restore_brings_no_transcript_back_that_is_over(stage: Stage) -> None:
    publish(stage)
    old, new = (f"transcripts/me/{day(time.time() - days * 86_400)}/visit.jsonl" for days in (91, 89))
    for key in (old, new):
        stage.store(key, b"{}")
    restores = Restores(stage)
    restores.back_up()
    restores.empty()
    restores.restore()
    assert kept(stage) == [new]


def test_a_twin_takes_its_visits_along(stage: Stage, visitor: Visitor) -> None:
    publish(stage, "other")
    other = Visitor(stage, "other")
    for each in (visitor, other):
        each.ask(QUESTION)
    publish(stage, deleted_at=1)
    stage.purge({"twin": "me"})
    assert [row["conversation_id"] for row in stage.rows("conversations")] == [other.visit_id]
    assert not [row for row in stage.rows("messages") if visitor.visit_id in row["conversation"]]
    assert f"visit:me#{visitor.visit_id}" in {row["erased"] for row in stage.rows("erasures")}


def test_a_question_that_is_kept_after_the_twin_was_deleted_does_not_stay(stage: Stage, visitor: Visitor) -> None:
    visitor.send("What is your favourite colour?")
    publish(stage, deleted_at=1)
    stage.run()
    assert not [row for row in stage.rows("twins") if row["item"].startswith("question/")]


def test_no_visitors_text_reaches_a_log(stage: Stage, visitor: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("Zanzibar", "Quokka")
    visitor.ask("Is Zanzibar in your sources?", language="en")
    visitor.call("PUT", "messages/Quokka/rating", {"rating": "up"})
    visitor.send("Quokka " * 400)
    visitor.call("DELETE", "visit")
    for payload in stage.lambdas.take("purge"):
        stage.app.purge(payload, Context(300))
    out, err = capfd.readouterr()
    assert not [word for word in words if word in out + err]
    assert visitor.token not in out + err


# --- Ratings, questions that are kept ---------------------------------------------------------------------------------


def test_an_answer_is_rated_and_a_question_is_not(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask(QUESTION)
    path = f"messages/{answer['message_id']}/rating"
    for rating in ("up", "down", None):
        reply = visitor.call("PUT", path, {"rating": rating})
        assert (reply.status, reply.body["rating"]) == (200, rating)
        assert stage.row("messages", answer["message_id"]).get("rating") == rating
    prompt = answer["parent_id"]
    assert visitor.call("PUT", f"messages/{prompt}/rating", {"rating": "up"}).status == 404
    assert visitor.call("PUT", path, {"rating": "great"}).status == 400


def test_a_question_that_the_sources_lack_is_kept_once_and_names_no_visitor(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask("What is your favourite colour?", language="en")
    assert "not in my sources" in said(answer)
    again = visitor.call("POST", f"messages/{answer['message_id']}/retry")
    stage.run()
    assert visitor.message(again.body["answer"]["message_id"])["status"] == "complete"
    (row,) = (row for row in stage.rows("twins") if row["item"].startswith("question/"))
    assert (row["text"], row["language"], row["status"]) == ("What is your favourite colour?", "en", "open")
    assert visitor.visit_id not in json.dumps(row)


def test_an_answer_in_french_is_french(stage: Stage, visitor: Visitor) -> None:
    assert "ne figure pas dans mes sources" in said(visitor.ask("Quelle est ta couleur préférée ?"))
    assert said(visitor.ask("Où avez-vous travaillé ?")).startswith("Voici ce qu’en disent les sources")


# --- Who comes back ---------------------------------------------------------------------------------------------------


def prompt(stage: Stage) -> str:
    return json.dumps(stage.prompts()[-1], ensure_ascii=False)


def test_across_visits_only_what_was_asked_is_remembered_and_only_with_consent(stage: Stage) -> None:
    publish(stage)
    before = Visitor(stage, remember=True)
    before.ask("Where did you see a lidar, says Rosalind?")
    after = Visitor(stage, remember=True, previous_token=before.token)
    after.ask("And then?")
    assert "Where did you see a lidar, says Rosalind?" in prompt(stage)
    assert "Here is what the sources say" not in prompt(stage), "what was answered is not"
    third = Visitor(stage, remember=True, previous_token=after.token)
    assert third.call("GET", "visit").body["earlier"] == ["Where did you see a lidar, says Rosalind?", "And then?"]


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False), (False, False)])
def test_without_consent_on_both_visits_nothing_is(stage: Stage, first: bool, second: bool) -> None:
    publish(stage)
    before = Visitor(stage, remember=first)
    before.ask("Where did you see a lidar, says Rosalind?")
    Visitor(stage, remember=second, previous_token=before.token).ask("And then?")
    assert "Rosalind" not in prompt(stage)


def test_another_visits_token_that_is_none_brings_nothing(stage: Stage) -> None:
    publish(stage)
    publish(stage, "other")
    elsewhere = Visitor(stage, "other", remember=True)
    elsewhere.ask("Where did you see a lidar, says Rosalind?")
    for token in (elsewhere.token, "forged.forged", ""):
        again = Visitor(stage, remember=True, previous_token=token)
        assert again.begun.status == 201
        again.ask("And then?")
        assert "Rosalind" not in prompt(stage)


def test_another_twin_of_the_handle_remembers_nothing(stage: Stage) -> None:
    publish(stage)
    before = Visitor(stage, remember=True)
    before.ask("Where did you see a lidar, says Rosalind?")
    publish(stage, created_at="2026-11-02T00:00:00.000Z")
    Visitor(stage, remember=True, previous_token=before.token).ask("And then?")
    assert "Rosalind" not in prompt(stage)


def test_an_erased_visit_is_remembered_by_none(stage: Stage) -> None:
    publish(stage)
    before = Visitor(stage, remember=True)
    before.ask("Where did you see a lidar, says Rosalind?")
    before.call("DELETE", "visit")
    Visitor(stage, remember=True, previous_token=before.token).ask("And then?")
    assert "Rosalind" not in prompt(stage)
