"""What a caller can get wrong: a 4xx that names the field, nothing stored, no model asked, no worker started."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from chalicelib.ids import new_id

from tests.api.routes import (
    GOOD,
    MISSING,
    OWNERS_ROUTES,
    REQUEST_ID,
    ROUTES,
    WITH_BODY,
    WITH_BOTH,
    WITH_CONVERSATION,
    WITH_FILE,
    WITH_MESSAGE,
    C,
    declared,
    refused,
    same_404,
)
from tests.people import Person
from tests.stage import ORIGIN, Stage

TEXTS: list[tuple[Any, str]] = [
    ("x" * 100_001, "at most 100000"),
    ("🐈" * 75_001, "at most 300,000 bytes of UTF-8, not 300,004"),
    ("", "at least 1"),
    (" \n\t ", "must not be blank"),
    ("\x1c\x00", "must not be blank"),
    ("\x7f", "must not be blank"),
    ("roses \ud800", "unicode"),
    (None, "string"),
    (7, "string"),
    (["roses"], "string"),
]
REQUEST_IDS: list[Any] = ["", "short", "x" * 65, "with space", "é" * 8, "aaaaaaaa\n", 12345678, None]


@pytest.mark.parametrize(("text", "says"), TEXTS)
def test_text_has_a_length_and_is_text(ada: Person, unchanged: dict[str, str], text: Any, says: str) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages"
    refused(ada.post(path, GOOD | {"text": text}), "text", says)
    refused(ada.post("/chat", {"message": text}), "message", says)
    refused(ada.post("/conversations", {"message": GOOD | {"text": text}}), "message.text", says)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 100_002, {"reason": "too_long", "limit": 100_000, "actual": 100_002, "unit": "characters"}),
        ("字" * 99_999 + "🐈", {"reason": "too_long", "limit": 300_000, "actual": 300_001, "unit": "bytes"}),
        ("", {"reason": "blank"}),
        ("\u2003\n", {"reason": "blank"}),
        (None, {"reason": "wrong_type"}),
    ],
)
def test_why_a_text_is_refused_is_told_in_fields_of_their_own(ada: Person, text: Any, why: dict[str, Any]) -> None:
    error = ada.post("/conversations", {"message": GOOD | {"text": text}}).body["error"]
    del error["message"]
    assert error == {"code": "invalid_request", "field": "message.text", **why}


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("/conversations", {"title": "x" * 201}, ("title", "too_long", 200, 201)),
        ("/conversations", {"title": " "}, ("title", "blank", None, None)),
        ("/conversations", {"system": "x" * 20_001}, ("system", "too_long", 20_000, 20_001)),
        ("/conversations", {"model": "roses"}, ("model", "not_offered", None, None)),
        ("/conversations", {"message": GOOD | {"file_ids": ["a"] * 21}}, ("message.file_ids", "too_many", 20, 21)),
        ("/conversations", {"message": GOOD | {"request_id": "é"}}, ("message.request_id", "wrong_form", None, None)),
        ("/conversations", {"colour": "red"}, ("colour", "unknown_field", None, None)),
        ("/conversations", {"message": {}}, ("message.text", "missing", None, None)),
        ("/files", {"name": "a.txt", "type": "text/plain", "size": -1}, ("size", "too_small", 0, None)),
        ("/files", {"name": "a.exe", "type": "text/plain", "size": 5}, ("type", "executable", None, None)),
        ("/files", {"name": "a\x00", "type": "text/plain", "size": 5}, ("name", "name_not_allowed", None, None)),
        ("/files", {"name": "a.txt", "type": "text/plain", "size": 1 << 40}, ("size", "too_large", 50 << 20, 1 << 40)),
    ],
)
def test_every_refusal_has_a_reason_and_its_limit(ada: Person, path: str, body: Any, why: tuple[Any, ...]) -> None:
    error = ada.post(path, body).body["error"]
    assert tuple(error.get(name) for name in ("field", "reason", "limit", "actual")) == why


def test_a_text_of_just_the_limit_is_stored_in_any_script(stage: Stage, ada: Person) -> None:
    for text in "x" * 100_000, "字" * 100_000, "🐈" * 75_000:
        conversation_id = ada.new_conversation(title="T")
        sent = ada.send(conversation_id, text)
        assert sent.status == 202
        assert ada.messages(conversation_id)[1]["content"][0]["text"] == text


def test_a_text_is_kept_without_control_characters(ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    assert ada.send(conversation_id, "\x1b[1mRoses\x1b[0m\x00\x7f,\r\n\tlilies").status == 202
    assert ada.messages(conversation_id)[1]["content"][0]["text"] == "[1mRoses[0m,\r\n\tlilies"


@pytest.mark.parametrize("request_id", REQUEST_IDS)
def test_a_request_id_is_a_short_word(ada: Person, unchanged: dict[str, str], request_id: Any) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages"
    refused(ada.post(path, {"text": "Which roses?", "request_id": request_id}), "request_id")


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_unknown_fields_are_refused(owner: Person, unchanged: dict[str, str], method: str, path: str) -> None:
    body = next(body for m, p, body in (*ROUTES, *OWNERS_ROUTES) if (m, p) == (method, path)) or {}
    refused(owner.call(method, path.format(**unchanged), {**body, "colour": "red"}), "colour", "no such field")


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "nope",
        '{"text": }',
        "[]",
        '"text"',
        "null",
        "7",
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5_000,
        "\x00",
        " ",
    ],
    ids=lambda raw: raw[:10],
)
def test_a_body_that_is_no_json_object_is_refused(owner: Person, unchanged: dict[str, str], raw: str) -> None:
    for method, path in WITH_BODY:
        refused(owner.call(method, path.format(**unchanged), raw=raw), "body")


def test_a_body_that_is_missing_or_no_utf_8_is_refused(ada: Person, unchanged: dict[str, str]) -> None:
    refused(ada.post("/conversations"), "body")
    refused(ada.call("POST", "/conversations", raw="/////w==", is_base64=True), "body")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": None}, "title"),
        ({"title": 1}, "title"),
        ({"model": ""}, "model"),
        ({"model": "claude-2"}, "model"),
        ({"model": None}, "model"),
        ({"system": "x" * 20_001}, "system"),
        ({"system": 1}, "system"),
        ({"pinned": "true"}, "pinned"),
        ({"pinned": 1}, "pinned"),
        ({"archived": None}, "archived"),
        ({"deleted": True}, "deleted"),
        ({"deleted": 0}, "deleted"),
        ({"head": MISSING}, "head"),
        ({"title": "kept?", "pinned": "yes"}, "pinned"),
    ],
)
def test_a_conversation_takes_only_what_is_its_own(
    ada: Person, unchanged: dict[str, str], body: dict[str, Any], field: str
) -> None:
    refused(ada.patch(f"/conversations/{unchanged['conversation']}", body), field)


@pytest.mark.parametrize("model", ["claude-2", "", "x" * 101, 5])
def test_a_model_that_is_not_on_offer_is_refused_everywhere(ada: Person, unchanged: dict[str, str], model: Any) -> None:
    messages = f"/conversations/{unchanged['conversation']}/messages"
    refused(ada.post("/conversations", {"model": model}), "model")
    refused(ada.post(messages, GOOD | {"model": model}), "model")
    refused(ada.post(f"{messages}/{unchanged['answer']}/retry", {"model": model}), "model")
    refused(ada.post("/chat", {"message": "Which roses?", "model": model}), "model")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("page=2", "page"),
    ],
)
def test_a_list_has_its_limits(ada: Person, unchanged: dict[str, str], query: str, field: str) -> None:
    refused(ada.get(f"/conversations?{query}"), field)
    refused(ada.get(f"/files?{query}"), field)
    refused(ada.get(f"/conversations/{unchanged['conversation']}/messages?{query}"), field)


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "1" + "0" * 50, "9" * 5_000])
def test_frames_are_read_after_a_sequence(ada: Person, unchanged: dict[str, str], after: str) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages/{unchanged['answer']}/frames"
    refused(ada.get(f"{path}?after={after}"), "after")


def test_archived_is_true_or_false(ada: Person, unchanged: dict[str, str]) -> None:
    refused(ada.get("/conversations?archived=perhaps"), "archived")


def test_a_cursor_of_another_list_or_of_nobody_is_refused(ada: Person, unchanged: dict[str, str]) -> None:
    messages = f"/conversations/{unchanged['conversation']}/messages"
    of_messages = ada.get(f"{messages}?limit=1").body["next_cursor"]
    # ["2026-11-21T12:00:00.000Z","x"] and ["x"], as a list would write them
    of_conversations, of_nothing = "WyIyMDI2LTExLTIxVDEyOjAwOjAwLjAwMFoiLCJ4Il0", "WyJ4Il0"
    for path, cursors in (
        ("/conversations", [of_messages, "", "x", "%00", of_conversations + "x" * 400]),
        ("/files", [of_messages, of_nothing, "", "x", "W10"]),
        (messages, [of_conversations, of_nothing, "", "x", "W10"]),
    ):
        for cursor in cursors:
            reply = ada.get(f"{path}?cursor={cursor}")
            assert (reply.status, reply.error, reply.body["error"]["field"]) == (400, "invalid_cursor", "cursor"), (
                cursor
            )


def test_a_cursor_never_leads_into_somebody_elses_list(stage: Stage, ada: Person, grace: Person) -> None:
    for person in (ada, grace):
        for _ in range(3):
            person.new_conversation(title=person.user_id)
    cursor = ada.get("/conversations?limit=1").body["next_cursor"]
    titles = {item["title"] for item in grace.get(f"/conversations?cursor={cursor}").body["items"]}
    assert titles <= {grace.user_id}


@pytest.mark.parametrize(
    "bad", ["x", "request%23" + REQUEST_ID, "request#" + REQUEST_ID, MISSING.upper(), "..", "é", "x" * 3_000]
)
def test_what_cannot_be_an_id_is_not_found(stage: Stage, ada: Person, unchanged: dict[str, str], bad: str) -> None:
    stage.wire.clear()
    for method, path, body in (*WITH_CONVERSATION, *WITH_FILE):
        ids = unchanged | ({"conversation": bad} if C in path else {"file": bad})
        reply = ada.call(method, path.format(**ids), body)
        assert (reply.status, reply.error) == (404, "not_found"), (method, path)
    assert stage.wire.calls == []  # DynamoDB refuses some of these as keys
    for method, path, body in (*WITH_MESSAGE, *WITH_BOTH):
        reply = ada.call(method, path.format(**unchanged | {"answer": bad, "file": bad}), body)
        assert (reply.status, reply.error) == (404, "not_found"), (method, path)


@pytest.mark.parametrize(("method", "path", "body"), [*WITH_CONVERSATION, *WITH_FILE])
def test_what_is_somebody_elses_answers_exactly_as_what_is_missing(
    grace: Person, unchanged: dict[str, str], method: str, path: str, body: Any
) -> None:
    theirs = grace.call(method, path.format(**unchanged), body)
    missing = path.format(conversation=MISSING, answer=MISSING, file=MISSING)
    same_404(theirs, grace.call(method, missing, body))


def test_somebody_elses_message_answers_exactly_as_a_missing_one(ada: Person, grace: Person) -> None:
    theirs = ada.ask(ada.new_conversation(title="T"), "Which roses?")["message_id"]
    own = grace.new_conversation(title="T")
    for method, path, body in WITH_MESSAGE:
        foreign = grace.call(method, path.format(conversation=own, answer=theirs), body)
        same_404(foreign, grace.call(method, path.format(conversation=own, answer=MISSING), body))


def test_a_body_that_names_somebody_elses_row_answers_exactly_as_for_a_missing_one(ada: Person, grace: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    theirs = ada.ask(conversation_id, "Which roses?")["message_id"]
    own = grace.new_conversation(title="T")
    body = {"message": "Which roses?"}
    foreign = grace.post("/chat", body | {"conversation_id": conversation_id})
    same_404(foreign, grace.post("/chat", body | {"conversation_id": MISSING}))
    same_404(grace.send(own, "More", parent_id=theirs), grace.send(own, "More", parent_id=MISSING))


def test_a_parent_is_an_answer_of_this_conversation(ada: Person, unchanged: dict[str, str]) -> None:
    conversation_id = unchanged["conversation"]
    refused(ada.send(conversation_id, "More", parent_id=unchanged["prompt"]), "parent_id", "answer")
    refused(ada.send(conversation_id, "More", parent_id=5), "parent_id")
    for bad in ("x", "head!", MISSING, new_id(), "request#" + REQUEST_ID):
        assert ada.send(conversation_id, "More", parent_id=bad).status == 404


def test_only_an_answer_is_stopped_or_retried(ada: Person, unchanged: dict[str, str]) -> None:
    refused(ada.stop(unchanged["conversation"], unchanged["prompt"]), "message_id")
    refused(ada.retry(unchanged["conversation"], unchanged["prompt"]), "message_id")


@pytest.mark.parametrize("token_use", ["access", "", None])
def test_only_id_tokens_are_taken(stage: Stage, unchanged: dict[str, str], token_use: Any) -> None:
    caller = Person(stage, "ada", token_use=token_use)
    for method, path, body in (*ROUTES, *OWNERS_ROUTES):
        for sent in (body, {"nonsense": True}):
            reply = caller.call(method, path.format(**unchanged), sent)
            assert (reply.status, reply.error) == (401, "unauthorized"), path
            assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_every_private_route_is_tried_above(stage: Stage) -> None:
    private = {(op.method, op.path) for op in stage.app.app.operations if not op.public}
    assert {(method, declared(path)) for method, path, _ in (*ROUTES, *OWNERS_ROUTES)} == private


def test_a_token_without_a_subject_is_not_taken(stage: Stage, unchanged: dict[str, str]) -> None:
    caller = Person(stage, "ada")
    caller.claims = {"token_use": "id"}
    assert caller.get("/conversations").status == 401


def test_an_unexpected_error_is_a_500_that_says_nothing_of_its_cause(stage: Stage, ada: Person, capfd: Any) -> None:
    conversation_id = ada.new_conversation(title="Roses")
    stage.edit("conversations", conversation_id, timestamp=None)
    reply = ada.get(f"/conversations/{conversation_id}")
    assert (reply.status, reply.error) == (500, "internal")
    assert "timestamp" not in reply.raw
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert '"error":["KeyError"]' in capfd.readouterr().out


def test_ids_are_not_guessable_from_a_request_id_of_somebody_else(ada: Person, grace: Person) -> None:
    message = {"text": "Which roses?", "request_id": uuid.uuid4().hex}
    first = ada.post("/conversations", {"message": message})
    second = grace.post("/conversations", {"message": message})
    assert first.status == second.status == 201
    assert first.body["conversation_id"] != second.body["conversation_id"]
