"""Once a day visitors' questions become topics: from transcripts, within a budget of their own, as names and counts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from chalicelib import functions, services
from chalicelib.ids import new_id

from tests.api.commenting import owner
from tests.fakes.aws import client_error
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.stage import HOUR, Stage
from tests.visiting import Visitor, publish

YESTERDAY = datetime.now(UTC).date() - timedelta(1)
QUESTIONS = ["Where did you study statistics?", "Why statistics?", "Do you know Kotlin?"]


@pytest.fixture(autouse=True)
def twin(stage: Stage) -> None:
    assert owner(stage).put("/drafts/me").status == 201
    publish(stage)


def transcript(stage: Stage, *texts: str, day: date = YESTERDAY, handle: str = "me", end: str = "") -> str:
    """As a visit leaves it."""
    said = [
        {"role": role, "text": text if role == "user" else "An answer."}
        for text in texts
        for role in ("user", "assistant")
    ]
    key = f"transcripts/{handle}/{day.isoformat()}/{new_id()}.jsonl"
    stage.store(key, "".join(json.dumps(line) + "\n" for line in said).encode() + end.encode())
    return key


def daily(stage: Stage) -> None:
    """The schedule's run, and what it has begun."""
    stage.app.twin_topics(HOUR, None)
    stage.run()


def shown(stage: Stage, handle: str = "me") -> Any:
    return owner(stage).get(f"/insights/{handle}").body["topics"]


def test_questions_of_transcripts_become_topics_once_a_day(stage: Stage) -> None:
    transcript(stage, *QUESTIONS[:2], day=YESTERDAY - timedelta(4))
    transcript(stage, QUESTIONS[2], "Of statistics: what?")
    transcript(stage, "statistics of today, statistics", day=YESTERDAY + timedelta(1))
    transcript(stage, "too old for statistics", day=YESTERDAY - timedelta(30))
    daily(stage)
    read = shown(stage)
    assert [(each["title"], each["questions"], each["last_day"]) for each in read["topics"]] == [
        ("Statistics", 3, 1),
        ("Others", 1, 1),
    ]
    assert (read["first_day"], read["last_day"]) == (
        (YESTERDAY - timedelta(29)).isoformat(),
        YESTERDAY.isoformat(),
    )
    (prompt,) = stage.prompts()
    assert prompt["model"] == "claude-haiku-5-5"
    kept = repr([row for row in stage.rows("twins") if row["item"] == "topics"])
    assert "Kotlin?" not in kept
    assert "what?" not in kept


def test_the_model_is_not_asked_again_where_nothing_has_changed(stage: Stage) -> None:
    transcript(stage, *QUESTIONS)
    daily(stage)
    daily(stage)
    assert len(stage.prompts()) == 1
    transcript(stage, "And statistics in Nantes?")
    daily(stage)
    assert len(stage.prompts()) == 2
    assert shown(stage)["topics"][0]["questions"] == 3


def test_a_visit_s_own_transcript_is_read(stage: Stage) -> None:
    visitor = Visitor(stage)
    for question in QUESTIONS:
        visitor.ask(question)
    (key,) = set(stage.objects("transcripts/"))
    stage.store(key.replace((YESTERDAY + timedelta(1)).isoformat(), YESTERDAY.isoformat()), stage.body(key))
    daily(stage)
    assert sum(each["questions"] for each in shown(stage)["topics"]) == 3


def test_of_few_questions_there_are_no_topics_nor_of_those_that_are_gone(stage: Stage) -> None:
    key = transcript(stage, *QUESTIONS)
    daily(stage)
    assert shown(stage)
    kept = services.of(functions.PURGE).transcripts
    kept.delete(kept.versions(key))
    transcript(stage, *QUESTIONS[:2])
    daily(stage)
    assert shown(stage) is None
    assert len(stage.prompts()) == 1


def test_nothing_is_asked_where_the_setting_is_off(stage: Stage) -> None:
    stage.configure(twin_topics="false")
    transcript(stage, *QUESTIONS)
    daily(stage)
    assert stage.prompts() == []


def test_a_budget_of_their_own_is_not_passed_and_takes_nothing_of_the_twins(stage: Stage) -> None:
    transcript(stage, *QUESTIONS)
    daily(stage)
    spent = {row["subject"]: row["cost_micro_usd"] for row in stage.rows("usage") if "cost_micro_usd" in row}
    assert spent.keys() == {"visit:topics-me", "stage"}
    assert min(spent.values()) > 0
    before = shown(stage)
    stage.configure(twin_topics_budget_usd=0.000_001)
    transcript(stage, "One more about statistics?")
    daily(stage)
    assert len(stage.prompts()) == 1
    assert shown(stage) == before


@pytest.mark.parametrize(
    "reply", [{"text": "I would rather not."}, {"tool_use": {"name": "sort_questions", "input": {"topics": "x"}}}]
)
def test_an_answer_that_is_none_leaves_what_was_there(stage: Stage, reply: dict[str, Any]) -> None:
    transcript(stage, *QUESTIONS)
    daily(stage)
    before = shown(stage)
    transcript(stage, "Another?")
    stage.script(None, **reply)
    daily(stage)
    assert shown(stage) == before


def test_of_a_visit_without_end_the_beginning_is_read(stage: Stage) -> None:
    transcript(stage, *QUESTIONS, end=json.dumps({"role": "user", "text": "x" * 2_000_000}))
    daily(stage)
    assert sum(each["questions"] for each in shown(stage)["topics"]) == 3


def test_each_published_twin_has_its_own(stage: Stage) -> None:
    owner(stage).put("/drafts/ada")
    publish(stage, "ada")
    owner(stage).put("/drafts/unpublished")
    transcript(stage, *QUESTIONS)
    for handle in ("ada", "unpublished"):
        transcript(stage, "Kotlin: how?", "Kotlin: why?", "Kotlin: when?", handle=handle)
    daily(stage)
    assert shown(stage, "ada")["topics"][0]["title"] == "Kotlin"
    assert shown(stage)["topics"][0]["title"] == "Statistics"
    assert shown(stage, "unpublished") is None


def test_a_twin_that_is_deleted_meanwhile_gets_none(stage: Stage) -> None:
    transcript(stage, *QUESTIONS)
    stage.app.twin_topics(HOUR, None)
    assert owner(stage).call("DELETE", "/drafts/me", {"handle": "me"}).status == 200
    stage.run()
    assert not any(row["item"] == "topics" for row in stage.rows("twins"))
    assert stage.prompts() == []


def test_a_twin_that_is_deleted_while_its_topics_are_made_keeps_none(stage: Stage) -> None:
    """Whoever deletes it marks its head first, and has removed its rows by the time that the topics come."""

    def meanwhile(call: Call, send: Send) -> Any:
        head = next(row for row in stage.rows("twins") if row["item"] == "twin")
        stage.put("twins", {**head, "deleted_at": 1})
        return send()

    transcript(stage, *QUESTIONS)
    stage.wire.fail(meanwhile, lambda call: call.operation == "PutItem" and call.tables == ["twins"])
    daily(stage)
    assert len(stage.prompts()) == 1
    assert not any(row["item"] == "topics" for row in stage.rows("twins"))


def test_one_twin_that_could_not_be_begun_is_told_and_the_others_are(stage: Stage) -> None:
    owner(stage).put("/drafts/ada")
    publish(stage, "ada")
    stage.lambdas.failures = [client_error("TooManyRequestsException", "Invoke", 429)]
    with pytest.raises(Exception, match="NotStarted"):
        stage.app.twin_topics(HOUR, None)
    assert [each["handle"] for each in stage.lambdas.take("study")] == ["me"]


def test_nobody_s_question_reaches_the_log(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    transcript(stage, *[f"{each} zebra" for each in QUESTIONS])
    daily(stage)
    assert shown(stage)["topics"][0]["title"] == "Zebra"
    output = capsys.readouterr()
    assert "zebra" not in (output.out + output.err).casefold()
