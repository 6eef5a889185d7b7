"""What happens at a twin is counted by day, once each, in rows that stay small; an owner reads it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from chalicelib import functions, ids, services
from chalicelib.twin import days, insights, rows

from tests.api.commenting import owner
from tests.fakes.dynamodb import Call, throttled
from tests.fakes.wire import Send
from tests.people import Person
from tests.stage import ORIGIN, Stage
from tests.visiting import Visitor, publish

HANDLE = "me"
TODAY = datetime.fromtimestamp(time.time(), UTC).date()


@pytest.fixture(autouse=True)
def twin(stage: Stage) -> None:
    make(stage)


def make(stage: Stage, handle: str = HANDLE) -> None:
    assert owner(stage).put(f"/drafts/{handle}").status == 201


def api() -> services.Services:
    return services.of(functions.API)


def counted(stage: Stage, query: str = "") -> dict[str, Any]:
    reply = owner(stage).get(f"/insights/{HANDLE}{query}")
    assert reply.status == 200, reply
    body: dict[str, Any] = reply.body
    return body


def day_rows(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in stage.rows("twins") if row["item"].startswith(rows.DAY)]


def test_a_day_counts_what_happened(stage: Stage) -> None:
    insights.visited(api(), HANDLE, language="fr-CA", referrer="https://www.News.example:8443/path?q=secret")
    insights.visited(api(), HANDLE, language="en", referrer=None)
    insights.answered(api(), HANDLE, is_answered=True, has_source=True, cost_micro_usd=1_500_000, first_word_ms=700)
    insights.answered(api(), HANDLE, is_answered=True, cost_micro_usd=500_000, first_word_ms=1_900)
    insights.answered(api(), HANDLE, is_answered=False)
    read = counted(stage)
    assert read["totals"] == {
        "visits": 2,
        "questions": 3,
        "answers": 2,
        "unsourced": 1,
        "up": 0,
        "down": 0,
        "cost_usd": 2.0,
        "first_word": {"mean_ms": 1_300, "p50_ms": 750, "p95_ms": 1_950},
        "languages": {"fr": 1, "en": 1},
        "hosts": {"news.example": 1},
    }
    assert read["days"][-1] == {"day": TODAY.isoformat(), **read["totals"]}
    assert len(read["days"]) == 30
    assert read["days"][0]["visits"] == 0
    assert read["topics"] is None


def test_each_is_one_request_once_a_day_is_there(stage: Stage) -> None:
    insights.visited(api(), HANDLE)
    stage.wire.calls.clear()
    insights.visited(api(), HANDLE, language="fr", referrer="https://a.example/")
    insights.answered(api(), HANDLE, is_answered=True, cost_micro_usd=5, first_word_ms=9)
    assert [call.operation for call in stage.wire.calls] == ["UpdateItem", "UpdateItem"]


def test_many_at_once_lose_nothing(stage: Stage) -> None:
    threads = [
        threading.Thread(target=insights.visited, args=(api(), HANDLE), kwargs={"referrer": "https://a.example/"})
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    totals = counted(stage)["totals"]
    assert (totals["visits"], totals["hosts"]) == (16, {"a.example": 16})


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://news.example/a", "news.example"),
        ("http://WWW.news.example", "news.example"),
        ("news.example", "news.example"),
        ("https://xn--bcher-kva.example./", "xn--bcher-kva.example"),
        ("https://user:password@news.example/", "news.example"),
        ("https://192.168.1.4/", None),
        ("https://[::1]/", None),
        ("http://localhost:8000/", None),
        ("https://[", None),
        ("javascript:alert(1)", None),
        ("https://a_b.example/", None),
        ("https://-a.example/", None),
        ("https://" + "a." * 60 + "example/", None),
        ("android-app://com.example.mail/", None),
        ("=cmd|calc.example", None),
        ("", None),
        (None, None),
    ],
)
def test_of_an_address_its_host_alone(referrer: str | None, host: str | None) -> None:
    assert insights.host_of(referrer) == host


def test_the_site_itself_is_no_referrer(stage: Stage) -> None:
    insights.visited(api(), HANDLE, referrer=f"{ORIGIN}/fr/")
    stage.configure(site_origin="https://www.example.org")
    insights.visited(api(), HANDLE, referrer="https://www.example.org/")
    assert counted(stage)["totals"]["hosts"] == {}


def test_a_day_s_row_stays_small_whoever_calls(stage: Stage) -> None:
    """Fifty hosts by name, of the longest names that there may be, and every language that has two letters."""
    label = "a-" * 20 + "a"
    for number in range(60):
        insights.visited(api(), HANDLE, language="fr", referrer=f"https://{label}{number:02}.{label}.example/")
    insights.visited(api(), HANDLE, referrer=f"https://{label}07.{label}.example/")
    letters = "abcdefghijklmnopqrstuvwxyz"
    for language in (*(a + b for a in letters for b in letters), "fra", "f" * 9_000, "<b>"):
        insights.visited(api(), HANDLE, language=language)
    (row,) = day_rows(stage)
    hosts = counted(stage)["totals"]["hosts"]
    assert len(hosts) == insights.MOST_HOSTS + 1
    assert hosts["other"] == 10
    assert hosts[f"{label}07.{label}.example"] == 2
    assert counted(stage)["totals"]["languages"]["other"] == 1 + 3
    assert len(repr(TypeSerializer().serialize(row))) < 100_000


def test_a_counter_makes_no_row_of_a_twin_that_is_gone(stage: Stage) -> None:
    """An answer may end after its twin was deleted."""
    head = next(row for row in stage.rows("twins") if row["item"] == "twin")
    stage.put("twins", {**head, "deleted_at": 1})
    insights.answered(api(), HANDLE, is_answered=True)
    insights.visited(api(), HANDLE)
    insights.visited(api(), "nobody")
    assert day_rows(stage) == []


def test_rows_go_by_themselves_after_400_days(stage: Stage) -> None:
    insights.visited(api(), HANDLE)
    (row,) = day_rows(stage)
    kept_s = row["ttl"] - time.time()
    assert 399 * 86_400 < kept_s <= 400 * 86_400
    insights.visited(api(), HANDLE)
    assert day_rows(stage)[0]["ttl"] == row["ttl"]
    stage.put("twins", {**row, "ttl": int(time.time()) - 1})
    assert counted(stage)["totals"]["visits"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("from=2020-01-01&to=2026-11-01", "from"),
        ("from=yesterday", "from"),
        ("to=20261128", "to"),
        ("from=2026-13-01", "from"),
        ("since=2026-11-01", "since"),
    ],
)
def test_days_that_make_no_sense(stage: Stage, query: str, field: str) -> None:
    reply = owner(stage).get(f"/insights/{HANDLE}?{query}")
    assert (reply.status, reply.body["error"]["field"]) == (400, field)


def test_a_range_holds_both_its_ends_and_nothing_else(stage: Stage) -> None:
    for number in range(4):
        day = date(2026, 3, 30) + timedelta(number)
        kept = {"visits": 1 + number, "ttl": 2**40}
        stage.put("twins", {"handle": HANDLE, "item": days.item_of(day), **kept})
    read = counted(stage, "?from=2026-03-31&to=2026-04-01")
    assert [(each["day"], each["visits"]) for each in read["days"]] == [("2026-03-31", 2), ("2026-04-01", 3)]
    assert read["totals"]["visits"] == 5


def test_another_twin_s_days_are_its_own(stage: Stage) -> None:
    make(stage, "ada")
    insights.visited(api(), "ada")
    assert counted(stage)["totals"]["visits"] == 0
    for missing in ("nobody", "../me", "x" * 300):
        assert owner(stage).get(f"/insights/{missing.replace('/', '%2F')}").status == 404


# --- Of visits ----------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    publish(stage)
    return Visitor(stage, language="fr-CA", referrer="https://news.example/article?id=1")


def rate(visitor: Visitor, message_id: str, rating: str | None) -> int:
    return visitor.call("PUT", f"messages/{message_id}/rating", {"rating": rating}).status


def ratings(stage: Stage) -> tuple[int, int]:
    totals = counted(stage)["totals"]
    return totals["up"], totals["down"]


def test_a_visit_and_its_answers_are_counted_as_they_come(stage: Stage, visitor: Visitor) -> None:
    assert counted(stage)["totals"]["visits"] == 1
    visitor.ask("Where did you build pipelines for a tram network?")
    stage.script("zebra", text="Of that I say nothing.")
    visitor.ask("And a zebra?")
    totals = counted(stage)["totals"]
    assert (totals["questions"], totals["answers"], totals["unsourced"]) == (2, 2, 1)
    assert (totals["languages"], totals["hosts"]) == ({"fr": 1}, {"news.example": 1})
    assert totals["cost_usd"] > 0
    assert totals["first_word"]["p50_ms"] >= 0


def test_an_answer_of_the_day_after_is_counted_there(stage: Stage, visitor: Visitor) -> None:
    """A visit that began before midnight: the day has no row yet."""
    (row,) = (each for each in stage.rows("twins") if each["item"].startswith("day/"))
    stage.delete("twins", {name: row[name] for name in ("handle", "item")})
    visitor.ask("Where did you build pipelines for a tram network?")
    totals = counted(stage)["totals"]
    assert (totals["visits"], totals["questions"], totals["answers"]) == (0, 1, 1)


def test_an_answer_that_failed_is_a_question_without_one(stage: Stage, visitor: Visitor) -> None:
    stage.script(None, error={"status": 400, "message": "no"})
    visitor.ask("Where did you work?")
    totals = counted(stage)["totals"]
    assert (totals["questions"], totals["answers"], totals["unsourced"]) == (1, 0, 0)


def test_what_cannot_be_counted_now_is_no_visitors_trouble(stage: Stage) -> None:
    publish(stage)
    stage.wire.fail(throttled, lambda call: call.operation == "UpdateItem" and call.tables == ["twins"], times=99)
    visitor = Visitor(stage)
    assert visitor.begun.status == 201
    answer = visitor.ask("Where did you build pipelines for a tram network?")
    assert answer["status"] == "complete"
    assert rate(visitor, answer["message_id"], "up") == 200
    assert day_rows(stage) == []


def test_an_owner_who_tries_a_draft_is_not_counted(stage: Stage) -> None:
    olga = owner(stage)
    persona = draft(stage)["persona"] | {"name": "Camille Orsini"}
    olga.patch(f"/drafts/{HANDLE}", {"revision": 1, "persona": persona})
    olga.post(f"/drafts/{HANDLE}/entries", {"section": "notes", "title": "Roses", "text": "I grow roses."})
    begun = olga.post(f"/drafts/{HANDLE}/preview")
    assert begun.status == 201, begun
    preview = Visitor(stage)
    preview.show(begun.body["token"])
    answer = preview.ask("Do you grow roses?")
    assert answer["status"] == "complete"
    assert rate(preview, answer["message_id"], "up") == 200
    assert day_rows(stage) == []


def test_a_rating_is_counted_once_and_can_be_changed(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask("Where did you build pipelines?")["message_id"]
    for rating, expected in (
        ("up", (1, 0)),
        ("up", (1, 0)),
        ("down", (0, 1)),
        ("down", (0, 1)),
        (None, (0, 0)),
        (None, (0, 0)),
        ("down", (0, 1)),
    ):
        assert rate(visitor, answer, rating) == 200
        assert ratings(stage) == expected, rating


def test_a_rating_is_of_the_day_of_its_answer(stage: Stage) -> None:
    digits = f"{round((time.time() - 86_400) * 1000):012x}"
    yesterdays = f"{digits[:8]}-{digits[8:]}-7000-80c7-b4ac7a401b57"
    insights.rated(api(), HANDLE, yesterdays, before=None, after="up")
    insights.rated(api(), HANDLE, yesterdays, before="up", after="down")
    by_day = {each["day"]: (each["up"], each["down"]) for each in counted(stage)["days"]}
    assert by_day[(TODAY - timedelta(1)).isoformat()] == (0, 1)
    assert by_day[TODAY.isoformat()] == (0, 0)


def test_a_rating_that_was_lost_and_is_taken_back_is_none(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask("Where did you build pipelines?")["message_id"]
    stage.wire.fail(throttled, lambda call: call.operation == "UpdateItem" and call.tables == ["twins"], times=9)
    rate(visitor, answer, "up")
    stage.wire.clear()
    rate(visitor, answer, None)
    assert ratings(stage) == (0, 0)


# --- Unanswered questions -----------------------------------------------------------------------------------


def ask(stage: Stage, text: str = "Do you speak Breton?", **fields: Any) -> str:
    question_id = ids.new_id()
    row = {"handle": HANDLE, "item": f"question/{question_id}", "text": text, "language": "en", "status": "open"}
    stage.put("twins", {**row, "at": "2026-11-28T10:00:00.000Z", **fields})
    return question_id


def act(stage: Stage, question_id: str, action: str, by: str = "olga", **fields: Any) -> Any:
    return owner(stage, by).post(f"/insights/{HANDLE}/questions/{question_id}", {"action": action, **fields})


def listed(stage: Stage, status: str, limit: int = 100) -> list[str]:
    """All ids by the cursor."""
    found: list[str] = []
    cursor = ""
    while True:
        reply = owner(stage).get(f"/insights/{HANDLE}/questions?status={status}&limit={limit}{cursor}")
        assert reply.status == 200, reply
        found += [each["question_id"] for each in reply.body["questions"]]
        if reply.body["next_cursor"] is None:
            return found
        cursor = f"&cursor={reply.body['next_cursor']}"


def test_questions_are_listed_by_status_newest_first(stage: Stage) -> None:
    asked = [ask(stage, f"{number}?") for number in range(7)]
    for question_id in asked[1:3]:
        assert act(stage, question_id, "dismiss").status == 200
    rest = [each for each in asked[::-1] if each not in asked[1:3]]
    for limit in (1, 2, 5, 100):
        assert listed(stage, "open", limit) == rest
        assert listed(stage, "dismissed", limit) == asked[2:0:-1]
    assert listed(stage, "answered") == []
    (first, *_) = owner(stage).get(f"/insights/{HANDLE}/questions").body["questions"]
    assert first == {
        "question_id": asked[-1],
        "text": "6?",
        "language": "en",
        "asked_at": "2026-11-28T10:00:00.000Z",
        "status": "open",
        "answer_entry_id": None,
    }


def test_dismissed_and_opened_again_as_often_as_one_likes(stage: Stage) -> None:
    question_id = ask(stage)
    for action, status in (("dismiss", "dismissed"), ("dismiss", "dismissed"), ("reopen", "open"), ("reopen", "open")):
        reply = act(stage, question_id, action)
        assert (reply.status, reply.body["status"]) == (200, status)


def draft(stage: Stage) -> dict[str, Any]:
    body: dict[str, Any] = owner(stage).get(f"/drafts/{HANDLE}").body
    return body


def test_answering_makes_a_note_in_the_draft(stage: Stage) -> None:
    question_id = ask(stage, "Do you speak\n Breton?")
    before = draft(stage)["revision"]
    reply = act(stage, question_id, "answer", text="A little, since 2019.")
    assert (reply.status, reply.body["status"]) == (200, "answered")
    (note,) = draft(stage)["entries"]
    assert note["entry_id"] == reply.body["answer_entry_id"]
    assert (note["section"], note["title"], note["text"]) == ("notes", "Do you speak Breton?", "A little, since 2019.")
    assert note["source_ids"] == []
    assert draft(stage)["revision"] == before + 1
    assert listed(stage, "answered") == [question_id]
    assert listed(stage, "open") == []


def test_a_note_has_the_title_that_it_is_given_or_the_beginning_of_the_question(stage: Stage) -> None:
    act(stage, ask(stage), "answer", text="Yes.", title="Languages")
    act(stage, ask(stage, "long " * 200), "answer", text="Yes.")
    titles = sorted(each["title"] for each in draft(stage)["entries"])
    assert titles[0] == "Languages"
    assert (len(titles[1]), titles[1][-1]) == (200, "…")


def test_a_question_is_answered_once(stage: Stage) -> None:
    """The second of two owners at once stores nothing, as little as one who dismisses it too late."""
    question_id = ask(stage)

    def meanwhile(call: Call, send: Send) -> Any:
        reply = send()
        assert act(stage, question_id, "answer", by="oskar", text="Yes.").status == 200
        return reply

    stage.wire.fail(meanwhile, lambda call: call.operation == "GetItem" and call.tables == ["twins"], nth=2)
    for action, fields in (("answer", {"text": "No."}), ("dismiss", {}), ("answer", {"text": "No."})):
        refused = act(stage, question_id, action, **fields)
        assert (refused.status, refused.error) == (409, "question_answered")
    assert [each["text"] for each in draft(stage)["entries"]] == ["Yes."]


def test_what_is_opened_again_can_be_answered_again(stage: Stage) -> None:
    question_id = ask(stage)
    act(stage, question_id, "answer", text="Yes.")
    reopened = act(stage, question_id, "reopen").body
    assert (reopened["status"], reopened["answer_entry_id"]) == ("open", None)
    act(stage, question_id, "dismiss")
    assert act(stage, question_id, "answer", text="No.").body["status"] == "answered"
    assert sorted(each["text"] for each in draft(stage)["entries"]) == ["No.", "Yes."]


def test_a_full_draft_takes_no_note_and_the_question_stays_open(stage: Stage) -> None:
    question_id = ask(stage)
    head = next(row for row in stage.rows("twins") if row["item"] == "twin")
    stage.put("twins", {**head, "draft_bytes": 2 * 1024 * 1024})
    refused = act(stage, question_id, "answer", text="Yes.")
    assert (refused.status, refused.error) == (413, "payload_too_large")
    assert listed(stage, "open") == [question_id]


def test_a_note_is_stored_with_its_question_or_not_at_all(stage: Stage) -> None:
    question_id = ask(stage)
    stage.wire.fail(throttled, lambda call: call.operation == "TransactWriteItems", times=99)
    assert act(stage, question_id, "answer", text="Yes.").status == 503
    stage.wire.reset()
    assert (draft(stage)["entries"], listed(stage, "open")) == ([], [question_id])


@pytest.mark.parametrize("question_id", ["nothing", "01a1fe08-e5c5-7000-80c7-b4ac7a401b54", "..%2Ftwin"])
def test_a_question_that_there_is_not(stage: Stage, question_id: str) -> None:
    before = stage.rows("twins")
    for action in ("dismiss", "reopen", "answer"):
        reply = act(stage, question_id, action, **({"text": "Yes."} if action == "answer" else {}))
        assert (reply.status, reply.error) == (404, "not_found")
    assert stage.rows("twins") == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "answer"}, "text"),
        ({"action": "answer", "text": " \n"}, "text"),
        ({"action": "answer", "text": "x" * 8_001}, "text"),
        ({"action": "answer", "text": "Yes.", "title": "x" * 301}, "title"),
        ({"action": "delete"}, "action"),
        ({"action": "dismiss", "status": "open"}, "status"),
        ({}, "action"),
    ],
)
def test_what_makes_no_sense_changes_nothing(stage: Stage, body: dict[str, Any], field: str) -> None:
    question_id = ask(stage)
    before = stage.rows("twins")
    reply = owner(stage).post(f"/insights/{HANDLE}/questions/{question_id}", body)
    assert (reply.status, reply.body["error"]["field"]) == (400, field)
    assert stage.rows("twins") == before


def test_a_cursor_of_elsewhere(stage: Stage) -> None:
    for cursor in ("nonsense", "WyJ0d2luIl0"):
        assert owner(stage).get(f"/insights/{HANDLE}/questions?cursor={cursor}").error == "invalid_cursor"


def test_insights_are_owners_alone(stage: Stage, ada: Person) -> None:
    question_id = ask(stage)
    calls = [
        ("GET", f"/insights/{HANDLE}", None),
        ("GET", f"/insights/{HANDLE}/questions", None),
        ("POST", f"/insights/{HANDLE}/questions/{question_id}", {"action": "dismiss"}),
    ]
    for group in ("", "members"):
        ada.claims["cognito:groups"] = group
        assert [ada.call(*call).status for call in calls] == [403] * len(calls)
    assert listed(stage, "open") == [question_id]


def test_nobody_s_text_reaches_the_log(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    question_id = ask(stage, "Tell me of zebras?")
    listed(stage, "open")
    act(stage, question_id, "answer", text="Of zebras I know nothing.")
    insights.visited(api(), HANDLE, referrer="https://zebras.example/")
    output = capsys.readouterr()
    assert "zebra" not in output.out + output.err
