"""What a twin may spend: refused before any model call, exact where many ask at once, and never the owner's preview."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from chalicelib import functions, services
from chalicelib.errors import TwinResting
from chalicelib.ids import day, month, seconds
from chalicelib.spending import reservations
from chalicelib.spending.reservations import TwinBudget
from chalicelib.subjects import Subject
from chalicelib.twin import snapshots

from tests.people import Person
from tests.stage import Stage
from tests.stage import rates as rates_of
from tests.storage import BUCKET
from tests.visiting import Visitor, publish

PARALLEL = 32
DEAR = 10**12


def counts(stage: Stage, subject: str = "twin:me") -> dict[str, int]:
    """What was spent and is reserved, by period."""
    return {
        row["period"]: int(row["cost_micro_usd"])
        for row in stage.rows("usage")
        if row["subject"] == subject and "cost_micro_usd" in row
    }


def an_answer_reserves(stage: Stage) -> int:
    """What one question takes of the budget while its answer is awaited."""
    visitor = Visitor(stage)
    sent = visitor.send("Where did you work?")
    taken = counts(stage)[day(time.time())]
    visitor.call("POST", f"messages/{sent.body['answer']['message_id']}/stop")
    assert counts(stage)[day(time.time())] == 0
    stage.lambdas.take()
    return taken


@pytest.mark.parametrize("which", ["daily_budget_micro_usd", "monthly_budget_micro_usd"])
def test_with_a_budget_of_three_answers_the_fourth_is_refused_before_any_model_call(stage: Stage, which: str) -> None:
    publish(stage)
    one = an_answer_reserves(stage)
    head: dict[str, Any] = {which: 3 * one}
    publish(stage, **head)
    visitors = [Visitor(stage, ip=f"203.0.113.{number}") for number in range(PARALLEL)]
    barrier = threading.Barrier(PARALLEL)

    def ask(visitor: Visitor) -> Any:
        # The event of each thread is its own; the app holds one request at a time in a process, as on Lambda.
        from chalicelib.twin import visits
        from chalicelib.twin.tokens import Visit

        visit = Visit("me", visitor.visit_id, int(time.time()) + 60)
        barrier.wait()
        try:
            return visits.ask(services.of(functions.API), visit, "Where did you work?", "a" * 32)
        except TwinResting as resting:
            return resting

    with ThreadPoolExecutor(PARALLEL) as pool:
        replies = list(pool.map(ask, visitors))
    refused = [each for each in replies if isinstance(each, TwinResting)]
    assert len(refused) == PARALLEL - 3
    assert len(stage.lambdas.take("answer")) == 3
    assert stage.requests() == []
    assert counts(stage)[day(time.time())] == counts(stage)[month(time.time())] == 3 * one
    assert counts(stage, "stage")[month(time.time())] == 3 * one
    assert sum(row.get("status") == "queued" for row in stage.rows("messages")) == 3


def test_a_twin_that_rests_says_until_when_and_its_profile_stays_readable(stage: Stage) -> None:
    publish(stage, daily_budget_micro_usd=10)
    visitor = Visitor(stage)
    reply = visitor.send("Where did you work?")
    assert (reply.status, reply.error) == (429, "twin_resting")
    error = reply.body["error"]
    until = datetime.fromtimestamp(seconds(error["resting_until"]), UTC)
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert 0 < until.timestamp() - time.time() <= 86_400
    assert reply.headers["Retry-After"] == str(error["retry_after_s"])
    profile = visitor.browser.get("/twins/me")
    assert (profile.status, profile.body["resting_until"]) == (200, error["resting_until"])
    assert stage.rows("messages") == []


def test_of_a_month_it_says_the_first_of_the_next(stage: Stage) -> None:
    publish(stage, monthly_budget_micro_usd=10)
    until = Visitor(stage).send("Where did you work?").body["error"]["resting_until"]
    assert until[8:10] == "01"
    assert until[:7] > month(time.time())


def test_the_stages_budget_is_a_twins_too_and_no_visitor_reads_of_it(stage: Stage) -> None:
    publish(stage)
    stage.configure(stage_budget_usd=0.000001)
    reply = Visitor(stage).send("Where did you work?")
    assert (reply.status, reply.error) == (429, "twin_resting")
    assert "USD" not in reply.raw


def test_an_answer_is_settled_with_what_it_took(stage: Stage) -> None:
    publish(stage)
    visitor = Visitor(stage)
    visitor.ask("Where did you build pipelines?")
    (answer,) = (row for row in stage.rows("messages") if row.get("role") == "assistant")
    spent = answer["usage"]["cost_micro_usd"]
    assert 0 < spent < 20_000
    assert counts(stage) == {day(time.time()): spent, month(time.time()): spent}
    assert counts(stage, "stage") == {month(time.time()): spent}
    assert counts(stage, f"visit:{visitor.visit_id}") == {}, "no row for a year that says when somebody was here"
    assert not [name for row in stage.rows("usage") for name in row if name.startswith("open_")]


def test_a_retry_is_paid_by_the_twin_as_well(stage: Stage) -> None:
    publish(stage)
    visitor = Visitor(stage)
    answer = visitor.ask("Where did you build pipelines?")
    publish(stage, daily_budget_micro_usd=10)
    reply = visitor.call("POST", f"messages/{answer['message_id']}/retry")
    assert (reply.status, reply.error) == (429, "twin_resting")


@pytest.mark.parametrize(("daily", "monthly"), [(1_000, DEAR), (DEAR, 1_000)])
def test_a_call_that_wants_more_in_the_middle_of_an_answer_is_refused_and_what_was_held_stays(
    stage: Stage, daily: int, monthly: int
) -> None:
    answer = services.of(functions.ANSWER)
    budget = TwinBudget("me", day(time.time()), daily, monthly)
    held = reservations.reserve(answer, Subject("visit", "v1"), 500, twin=budget)
    with pytest.raises(TwinResting):
        reservations.extend(answer, held, 501)
    assert counts(stage) == {day(time.time()): 500, month(time.time()): 500}
    assert reservations.extend(answer, held, 500).micro_usd == 1_000
    assert counts(stage) == {day(time.time()): 1_000, month(time.time()): 1_000}


def test_what_a_lost_worker_held_is_swept_from_each_row(stage: Stage) -> None:
    api = services.of(functions.API)
    budget = TwinBudget("me", "2026-11-01", DEAR, DEAR)
    held = reservations.reserve(api, Subject("visit", "v1"), 500, twin=budget)
    assert [each.period for each in held.rows] == ["2026-11-01", month(time.time()), month(time.time())]
    for row in stage.rows("usage"):
        old = {name: value for name, value in row.items() if not name.startswith("open_")}
        stage.put("usage", {**old, "open_5f000000aaaaaa": 500, "due_at": 1, "due_shard": row["due_shard"]})
    stage.sweep()
    assert counts(stage) == {"2026-11-01": 0, month(time.time()): 0}


def test_a_reservation_is_read_from_its_answers_row_as_it_was_made() -> None:
    visit, owner = Subject("visit", "v1"), Subject("user", "sub")
    of_twin = reservations.Reservation(visit, "1", "2026-11", 5, None, TwinBudget("me", "2026-11-28", 1, 2))
    assert reservations.Reservation.from_item(of_twin.to_item(visit), visit) == of_twin
    of_owner = reservations.Reservation(owner, "1", "2026-11", 5, 7)
    assert reservations.Reservation.from_item(of_owner.to_item(visit), visit) == of_owner


# --- The owner's preview ----------------------------------------------------------------------------------------------


def preview(stage: Stage, owner: Person) -> Visitor:
    """Of a draft with one entry that is published nowhere."""
    assert owner.call("PUT", "/drafts/me", {}).status == 201
    entry = {"section": "notes", "title": "Umbrellas", "text": "I design umbrellas for storms."}
    assert owner.post("/drafts/me/entries", entry).status == 201
    draft = owner.get("/drafts/me").body
    change = {"revision": draft["revision"], "persona": {**draft["persona"], "name": "Camille Orsini"}}
    assert owner.patch("/drafts/me", change).status == 200
    begun = owner.post("/drafts/me/preview")
    assert begun.status == 201, begun
    assert begun.body["profile"]["sections"][0]["entries"][0]["title"] == "Umbrellas"
    visitor = Visitor(stage)
    assert visitor.begun.status == 404, "nothing is published"
    visitor.visit_id = begun.body["visit_id"]
    visitor.show(begun.body["token"])
    return visitor


def test_an_owner_tries_a_draft_at_their_own_expense(stage: Stage) -> None:
    owner = Person(stage, "owner", groups="owners")
    tried = preview(stage, owner)
    answer = tried.ask("Do you design umbrellas?")
    assert answer["status"] == "complete"
    assert any(block.get("citations") for block in answer["content"]), answer
    assert counts(stage) == {}
    assert counts(stage, str(owner.subject))[month(time.time())] > 0
    assert stage.objects("transcripts/") == []
    tried.ask("What is your favourite colour?")
    assert [row for row in stage.rows("twins") if row["item"].startswith("question/")] == []


def test_a_draft_whose_snapshot_is_gone_answers_nothing_and_breaks_nothing(stage: Stage) -> None:
    tried = preview(stage, Person(stage, "owner", groups="owners"))
    sent = tried.send("Do you design umbrellas?").body["answer"]["message_id"]
    snapshots.known.clear()
    for version in stage.s3.list_object_versions(Bucket=BUCKET, Prefix="previews/")["Versions"]:
        stage.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    stage.run()
    answer = tried.message(sent)
    assert (answer["status"], answer["error"]["code"]) == ("failed", "internal")


def test_an_owner_whose_own_budget_is_spent_tries_nothing(stage: Stage) -> None:
    owner = Person(stage, "owner", groups="owners")
    tried = preview(stage, owner)
    stage.put("people", {"user_id": owner.user_id, "budget_micro_usd": 1})
    reply = tried.send("Do you design umbrellas?")
    assert (reply.status, reply.error) == (429, "budget_spent")


@pytest.mark.parametrize("change", [{"disabled": True}, {"groups": ["members"]}])
def test_whoever_is_an_owner_no_more_tries_no_draft_any_more(stage: Stage, change: dict[str, Any]) -> None:
    other, owner = Person(stage, "other", groups="owners"), Person(stage, "owner", groups="owners")
    tried = preview(stage, owner)
    answer = tried.ask("Do you design umbrellas?")["message_id"]
    assert other.patch(f"/people/{owner.user_id}", change).status == 200
    stage.lambdas.pending.clear()
    for reply in (
        tried.send("Do you design umbrellas?"),
        tried.call("POST", f"messages/{answer}/retry"),
        tried.call("GET", "messages"),
    ):
        assert (reply.status, reply.error) == (401, "visit_over")
    assert stage.lambdas.pending == []


# --- Rates ------------------------------------------------------------------------------------------------------------


def limited(stage: Stage, **limits: dict[str, list[int]]) -> None:
    none: dict[str, dict[str, list[int]]] = json.loads(rates_of([]))
    stage.configure(rates=json.dumps({who: of | limits.get(who, {}) for who, of in none.items()}))


def test_whoever_opens_a_hundred_visits_meets_the_limit_of_their_address(stage: Stage) -> None:
    publish(stage)
    limited(stage, ips={"visits": [3, 3_600]})
    assert [Visitor(stage).begun.status for _ in range(5)] == [201, 201, 201, 429, 429]
    refused = Visitor(stage)
    assert (refused.begun.error, "Retry-After" in refused.begun.headers) == ("rate_limited", True)
    assert Visitor(stage, ip="203.0.113.8").begun.status == 201
    assert len(stage.rows("conversations")) == 4


@pytest.mark.parametrize(
    ("who", "others"), [("visits", "another visit asks"), ("twins", "no visit asks"), ("ips", "another address asks")]
)
def test_a_visit_an_address_and_a_twin_are_counted_each(stage: Stage, who: str, others: str) -> None:
    publish(stage)
    publish(stage, "other")
    limited(stage, **{who: {"sends": [1, 86_400]}})
    first, second, far = Visitor(stage), Visitor(stage), Visitor(stage, ip="203.0.113.8")
    elsewhere = Visitor(stage, "other", ip="203.0.113.9")
    assert first.send("Where did you work?").status == 202
    assert first.send("And before?").error == "rate_limited"
    assert second.send("Where did you work?").status == (202 if who == "visits" else 429)
    assert far.send("Where did you work?").status == (429 if who == "twins" else 202)
    assert elsewhere.send("Where did you work?").status == 202


def test_an_owner_who_tries_a_draft_takes_nothing_from_the_visitors(stage: Stage) -> None:
    owner = Person(stage, "owner", groups="owners")
    tried = preview(stage, owner)
    limited(stage, twins={"sends": [1, 86_400]})
    assert tried.send("Do you design umbrellas?").status == 202
    assert not [row for row in stage.rows("usage") if row["subject"] == "twin:me"]
