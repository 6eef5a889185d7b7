"""A visitor's way: a visit, its token, questions and answers, and the end of it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib.twin import tokens

from tests.people import Person, text_in
from tests.stage import ORIGIN, PARAMETERS, Stage
from tests.storage import BUCKET
from tests.visiting import Visitor, cited, entry, publish, said

KEY = PARAMETERS["/chatapp/test/visit-key"]
PAGE = "https://portfolio.example"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "messages", None),
    ("POST", "messages", {"text": "Where did you work?", "request_id": "a" * 32}),
    ("POST", "messages/{id}/stop", None),
    ("POST", "messages/{id}/retry", None),
    ("GET", "messages/{id}/frames", None),
    ("PUT", "messages/{id}/rating", {"rating": "up"}),
    ("POST", "sockets", None),
    ("GET", "visit", None),
    ("DELETE", "visit", None),
]


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    publish(stage)
    return Visitor(stage)


def test_a_visitor_asks_and_is_answered_from_an_entry_that_is_cited(stage: Stage, visitor: Visitor) -> None:
    assert visitor.begun.status == 201
    assert visitor.begun.body["expires_in_s"] == 7_200
    answer = visitor.ask("Where did you build pipelines for a tram network?")
    assert answer["status"] == "complete", answer
    (first, *_) = cited(answer)
    assert first["file_id"] == entry("experience", "Data engineer at Velloria")["entry_id"]
    assert (first["name"], first["page"]) == ("Data engineer at Velloria", 1)
    assert first["locator"] == {"kind": "entry", "label": "experience"}
    assert "Kotlin" in first["cited_text"]
    frames = visitor.call("GET", f"messages/{answer['message_id']}/frames").body["items"]
    assert text_in(frames) == said(answer)
    assert [each["role"] for each in visitor.messages()] == ["assistant", "user"]


def test_a_visitor_learns_nothing_of_what_an_answer_costs(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask("Where did you build pipelines?")
    assert answer["usage"] is None
    frames = visitor.call("GET", f"messages/{answer['message_id']}/frames").body["items"]
    assert frames[-1]["usage"] is None
    assert "cost" not in json.dumps(visitor.call("GET", "visit").body)


def test_a_visit_has_one_conversation_which_is_in_nobodys_list(stage: Stage, visitor: Visitor, ada: Person) -> None:
    visitor.ask("Where did you work?")
    visitor.ask("And before?")
    (row,) = stage.rows("conversations")
    assert (row["user_id"], row["twin"], row["twin_version"]) == (f"visit:{visitor.visit_id}", "me", 1)
    assert "title" not in row
    assert ada.get("/conversations").body["items"] == []
    assert stage.rows("people") == []
    for prompt in stage.prompts():
        assert "title" not in json.dumps(prompt["system"])


def test_the_same_request_is_one_question_and_one_answer(stage: Stage, visitor: Visitor) -> None:
    body = {"text": "Where did you work?", "request_id": "b" * 32}
    first, again = visitor.call("POST", "messages", body), visitor.call("POST", "messages", body)
    assert first.body == again.body
    assert len(stage.rows("messages")) == 3
    other = visitor.call("POST", "messages", {**body, "text": "Another text"})
    assert (other.status, other.error) == (409, "request_id_reused")


def test_stop_and_retry(stage: Stage, visitor: Visitor) -> None:
    sent = visitor.send("Where did you work?").body["answer"]["message_id"]
    assert visitor.send("And then?").error == "answer_in_progress"
    stopped = visitor.call("POST", f"messages/{sent}/stop")
    assert (stopped.status, stopped.body["status"]) == (202, "stopped")
    again = visitor.call("POST", f"messages/{sent}/retry")
    assert again.status == 202
    stage.lambdas.take()[:-1]  # the stopped one's
    stage.answer(
        {
            "user_id": f"visit:{visitor.visit_id}",
            "conversation_id": visitor.visit_id,
            "message_id": again.body["answer"]["message_id"],
        }
    )
    assert visitor.message(again.body["answer"]["message_id"])["status"] == "complete"


def test_a_visit_is_pushed_to_by_a_ticket_of_its_own(stage: Stage, visitor: Visitor) -> None:
    ticket = visitor.call("POST", "sockets").body["ticket"]
    assert visitor.browser.connect_with(ticket, "socket-1") == 200
    answer = visitor.ask("Where did you build pipelines?")
    pushed = stage.gateway.sent["socket-1"]
    assert text_in(pushed) == said(answer)


# --- Tokens -----------------------------------------------------------------------------------------------------------


def bad_tokens(stage: Stage, visitor: Visitor) -> dict[str, str]:
    publish(stage, "other")
    content, _, signature = visitor.token.partition(".")
    expired = _issued_at(time.time() - 7_201, visitor.visit_id)
    return {
        "forged": tokens.issue("another key", "me", visitor.visit_id),
        "another twin's": tokens.issue(KEY, "other", visitor.visit_id),
        "expired": expired,
        "another content": f"{tokens.issue(KEY, 'me', '0' * 8).partition('.')[0]}.{signature}",
        "cut": content,
        "empty": "",
        "long": "a" * 5_000,
        "not ASCII": "é.é",
        "of no visit": tokens.issue(KEY, "me", "../ada"),
    }


def _issued_at(moment: float, visit_id: str) -> str:
    before = time.time
    time.time = lambda: moment
    try:
        return tokens.issue(KEY, "me", visit_id)
    finally:
        time.time = before


def test_a_token_that_is_none_is_refused_alike_on_every_route(stage: Stage, visitor: Visitor) -> None:
    answer = visitor.ask("Where did you work?")["message_id"]
    before = stage.rows("messages")
    replies = set()
    for name, token in bad_tokens(stage, visitor).items():
        visitor.show(token)
        # What is kept of a visit is read and erased with one that has expired.
        for method, path, body in ROUTES[:-2] if name == "expired" else ROUTES:
            reply = visitor.call(method, path.replace("{id}", answer), body)
            assert (reply.status, reply.error) == (401, "visit_over"), (name, method, path)
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
            replies.add(reply.raw)
    del visitor.browser.headers["authorization"]
    replies.add(visitor.call("GET", "messages").raw)
    assert len(replies) == 1
    assert stage.rows("messages") == before


def test_another_visits_messages_are_not_there(stage: Stage, visitor: Visitor) -> None:
    theirs = visitor.ask("Where did you work?")["message_id"]
    other = Visitor(stage)
    assert other.messages() == []
    for method, path, body in ROUTES[2:6]:
        reply = other.call(method, path.replace("{id}", theirs), body)
        missing = other.call(method, path.replace("{id}", "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"), body)
        assert (reply.status, reply.raw) == (404, missing.raw), (method, path)


@pytest.mark.parametrize("handle", ["nobody", "unpublished", "deleted", "Not-a-handle", "a" * 40, "..", "-a"])
def test_a_twin_that_is_not_there_answers_alike(stage: Stage, handle: str) -> None:
    publish(stage)
    publish(stage, "unpublished", published_version=None)
    publish(stage, "deleted", deleted_at=1)
    there = Visitor(stage)
    replies = {there.browser.get(f"/twins/{handle}").raw, Visitor(stage, handle).begun.raw}
    there.handle = handle
    assert {json.loads(raw)["error"]["code"] for raw in replies} == {"not_found"}
    assert len({json.loads(raw)["error"]["message"] for raw in replies}) == 1
    assert there.send("Hello?").error == "visit_over", "the token is of another twin"


def test_a_twin_that_is_deleted_answers_no_visit_any_more(stage: Stage, visitor: Visitor) -> None:
    publish(stage, deleted_at=1)
    reply = visitor.send("Where did you work?")
    assert (reply.status, reply.error) == (404, "not_found")
    assert stage.lambdas.pending == []


# --- Origins ----------------------------------------------------------------------------------------------------------


def test_only_pages_that_the_owner_has_allowed_ask(stage: Stage) -> None:
    publish(stage)
    foreign = Visitor(stage, origin=PAGE)
    assert (foreign.begun.status, foreign.begun.error) == (403, "origin_not_allowed")
    assert foreign.browser.get("/twins/me").error == "origin_not_allowed"
    assert foreign.begun.headers["Access-Control-Allow-Origin"] == "*", "the page is to read why"
    own = Visitor(stage)
    own.browser.headers["origin"] = "null"
    assert own.send("Where did you work?").error == "origin_not_allowed"
    assert stage.rows("messages") == []


def test_an_allowed_page_asks_and_opens_sockets_for_visits_alone(stage: Stage, ada: Person) -> None:
    publish(stage)
    stage.configure(twin_origins=json.dumps([PAGE]))
    stage.app.app._origins = frozenset({ORIGIN, PAGE})
    try:
        visitor = Visitor(stage, origin=PAGE)
        assert visitor.ask("Where did you build pipelines?")["status"] == "complete"
        ticket = visitor.call("POST", "sockets").body["ticket"]
        assert visitor.browser.connect_with(ticket, "socket-1", {"Origin": "https://evil.example"}) == 403
        assert visitor.browser.connect_with(ticket, "socket-1", {"Origin": PAGE}) == 200
        persons = ada.post("/sockets").body["ticket"]
        assert ada.connect_with(persons, "socket-2", {"Origin": PAGE}) == 403
        assert ada.connect_with(persons, "socket-2") == 200, "the ticket may still be used where it belongs"
    finally:
        stage.app.app._origins = frozenset({ORIGIN})


def test_what_is_no_browser_names_no_page(stage: Stage) -> None:
    publish(stage)
    assert Visitor(stage, origin=None).ask("Where did you work?")["status"] == "complete"


# --- The profile ------------------------------------------------------------------------------------------------------


def test_the_profile_is_one_request_and_says_nothing_private(stage: Stage) -> None:
    publish(stage)
    reader = Person(stage, "reader", groups="")
    reader.claims = {}
    reader.get("/twins/me")
    stage.wire.calls.clear()
    reply = reader.get("/twins/me")
    assert len(stage.wire.calls) == 1
    assert reply.headers["Cache-Control"] == "public, max-age=10"
    shown = reply.body
    assert (shown["name"], shown["version"], shown["resting_until"]) == ("Camille Orsini", 1, None)
    assert [each["section"] for each in shown["sections"]] == ["experience", "education", "notes"]
    for private in ("Nightshade", "Moonflower", "would not name", "off_limits", "salar"):
        assert private not in reply.raw


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_an_answer_goes_on_by_the_version_that_it_was_asked_of(stage: Stage, visitor: Visitor) -> None:
    sent = visitor.send("Where did you build pipelines?").body["answer"]["message_id"]
    publish(stage, version=2, entries=[entry("experience", "Baker at Farine", "Baked pipelines of bread.")])
    stage.run()
    assert cited(visitor.message(sent))[0]["name"] == "Data engineer at Velloria"
    assert cited(visitor.ask("Where did you bake pipelines?"))[0]["name"] == "Baker at Farine"
    assert stage.row("conversations", visitor.visit_id)["twin_version"] == 2


def test_a_handle_that_was_taken_again_answers_from_its_own_versions(stage: Stage, visitor: Visitor) -> None:
    visitor.ask("Where did you build pipelines?")
    publish(
        stage, entries=[entry("notes", "Somebody else", "Built pipelines of jam.")], created_at="2026-11-02T00:00:00Z"
    )
    assert cited(Visitor(stage).ask("Who built pipelines?"))[0]["name"] == "Somebody else"


@pytest.mark.parametrize("when", ["before it is asked", "before it is answered"])
def test_a_version_whose_object_is_gone_answers_nothing_and_breaks_nothing(
    stage: Stage, visitor: Visitor, when: str
) -> None:
    """As while a twin is being deleted."""
    if when == "before it is asked":
        _without_version(stage)
        assert visitor.send("Where did you work?").error == "not_found"
        return
    sent = visitor.send("Where did you work?").body["answer"]["message_id"]
    _without_version(stage)
    stage.run()
    answer = visitor.message(sent)
    assert (answer["status"], answer["error"]["code"]) == ("failed", "internal")
    assert stage.requests() == []


def _without_version(stage: Stage) -> None:
    from chalicelib.twin import snapshots

    snapshots.known.clear()
    for version in stage.s3.list_object_versions(Bucket=BUCKET, Prefix="twins/me/versions/")["Versions"]:
        stage.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])


def test_what_an_owner_took_off_is_no_more_among_what_the_model_is_sent(stage: Stage, visitor: Visitor) -> None:
    visitor.ask("Where did you build pipelines?")
    publish(stage, version=2, entries=[entry("notes", "Baker at Farine", "Baked bread.")])
    visitor.ask("Where did you bake?")
    assert "Velloria" not in json.dumps(stage.prompts()[-1])
    visitor.ask("And then, with Rosalind?")
    sent = json.dumps(stage.prompts()[-1])
    assert "Velloria" not in sent
    assert "Where did you bake?" in sent, "of the version itself the thread goes on"


def test_another_answer_by_another_version_is_not_sent_what_the_first_one_said(stage: Stage, visitor: Visitor) -> None:
    visitor.ask("Where did you build pipelines?")
    answer = visitor.ask("Is Rosalind there?")
    publish(stage, version=2, entries=[entry("notes", "Baker at Farine", "Baked bread.")])
    assert visitor.call("POST", f"messages/{answer['message_id']}/retry").status == 202
    stage.run()
    sent = json.dumps(stage.prompts()[-1])
    assert "Rosalind" in sent
    assert "Velloria" not in sent


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_visit_ends_with_its_twin_also_where_another_has_the_handle(
    stage: Stage, visitor: Visitor, is_deleted: bool
) -> None:
    answer = visitor.ask("Where did you build pipelines?")["message_id"]
    publish(stage, **({"deleted_at": 1} if is_deleted else {"created_at": "2026-11-02T00:00:00.000Z"}))
    before = stage.rows("messages")
    for method, path, body in ROUTES:
        if method == "DELETE":
            continue
        reply = visitor.call(method, path.replace("{id}", answer), body)
        assert (reply.status, reply.error) == ((404, "not_found") if is_deleted else (401, "visit_over")), path
    assert stage.rows("messages") == before
    assert stage.lambdas.pending == []


# --- Bad input, and what comes too late -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "a" * 2_001, "request_id": "b" * 32}, "text"),
        ({"text": " \n", "request_id": "b" * 32}, "text"),
        ({"text": "Hello?", "request_id": "short"}, "request_id"),
        ({"text": "Hello?"}, "request_id"),
        ({"text": "Hello?", "request_id": "b" * 32, "model": "claude-opus-5-5"}, "model"),
        ({"text": "Hello?", "request_id": "b" * 32, "parent_id": None}, "parent_id"),
        ({"text": "Hello?", "request_id": "b" * 32, "file_ids": ["x"]}, "file_ids"),
        ([], "body"),
    ],
)
def test_a_question_that_is_none_names_its_field(stage: Stage, visitor: Visitor, body: Any, field: str) -> None:
    reply = visitor.call("POST", "messages", body)
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (400, "invalid_request", field)
    assert stage.rows("messages") == []


def test_a_question_of_2000_characters_is_one(visitor: Visitor) -> None:
    assert visitor.send("a" * 2_000).status == 202


def test_a_visit_is_begun_by_json_alone_so_that_a_browser_asks_first(stage: Stage) -> None:
    publish(stage)
    visitor = Visitor(stage)
    visitor.browser.headers = {"content-type": "text/plain"}
    assert visitor.browser.post("/twins/me/visits", {}).body["error"]["field"] == "Content-Type"


@pytest.mark.parametrize("language", ["fr", "fr-FR", "", "<b>", "x" * 16, "12"])
def test_what_is_no_language_counts_as_none(stage: Stage, language: str) -> None:
    publish(stage)
    visitor = Visitor(stage, language=language)
    assert visitor.begun.status == 201
    assert visitor.call("GET", "visit").body["language"] == ("fr" if language.startswith("fr") else "")


@pytest.mark.parametrize(
    ("referrer", "host"),
    [("https://news.example/a?q=1", "news.example"), ("", ""), ("http://[::1", ""), ("nonsense", "")],
)
def test_of_where_a_visitor_came_from_the_host_alone_is_kept(stage: Stage, referrer: str, host: str) -> None:
    publish(stage)
    visitor = Visitor(stage, referrer=referrer)
    assert visitor.call("GET", "visit").body["referrer"] == host
    assert "q=1" not in json.dumps(stage.rows("conversations"), default=str)


def test_a_visit_that_is_erased_while_it_is_answered_leaves_nothing(stage: Stage, visitor: Visitor) -> None:
    visitor.send("Where did you build pipelines?")
    (payload,) = stage.lambdas.take("answer")
    assert visitor.call("DELETE", "visit").status == 200
    for order in stage.lambdas.take("purge"):
        stage.purge(order)
    stage.answer(payload)
    assert (stage.rows("conversations"), stage.rows("messages"), stage.rows("frames")) == ([], [], [])
    assert stage.objects("transcripts/") == []
    assert stage.requests() == []
    held = [name for row in stage.rows("usage") for name in row if name.startswith("open_")]
    assert held == []
