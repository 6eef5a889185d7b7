"""What a caller can get wrong: a 4xx that names the field, nothing stored, no model asked, no worker started."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from chalicelib.ids import new_id

from tests.people import Person, Reply
from tests.stage import ORIGIN, Stage

REQUEST_ID = "a" * 32
MISSING = "01a1fe08-e5c5-7000-80c7-b4ac7a401b54"
GOOD = {"text": "Which roses?", "request_id": REQUEST_ID}
C = "{conversation}"
A = "{answer}"
F = "{file}"

# Every private route, with a body that is right.
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/models", None),
    ("POST", "/conversations", {}),
    ("GET", "/conversations", None),
    ("GET", f"/conversations/{C}", None),
    ("PATCH", f"/conversations/{C}", {"title": "T"}),
    ("DELETE", f"/conversations/{C}", None),
    ("GET", f"/conversations/{C}/messages", None),
    ("POST", f"/conversations/{C}/messages", GOOD),
    ("POST", f"/conversations/{C}/messages/{A}/stop", None),
    ("POST", f"/conversations/{C}/messages/{A}/retry", None),
    ("GET", f"/conversations/{C}/messages/{A}/frames", None),
    ("GET", f"/conversations/{C}/files", None),
    ("PUT", f"/conversations/{C}/files/{F}", None),
    ("DELETE", f"/conversations/{C}/files/{F}", None),
    ("POST", "/chat", {"message": "Which roses?"}),
    ("POST", "/sockets", None),
    ("POST", "/files", {"name": "Roses.txt", "type": "text/plain", "size": 5}),
    ("GET", "/files", None),
    ("GET", f"/files/{F}", None),
    ("PATCH", f"/files/{F}", {"name": "Lilies.txt"}),
    ("DELETE", f"/files/{F}", None),
    ("GET", f"/files/{F}/pages/1", None),
    ("GET", f"/files/{F}/content", None),
]
WITH_CONVERSATION = [route for route in ROUTES if C in route[1]]
WITH_MESSAGE = [route for route in ROUTES if A in route[1]]
WITH_FILE = [route for route in ROUTES if F in route[1] and C not in route[1]]
WITH_BOTH = [route for route in ROUTES if F in route[1] and C in route[1]]
WITH_BODY = [(method, path) for method, path, _ in ROUTES if method in ("POST", "PATCH")]


@pytest.fixture
def unchanged(stage: Stage, ada: Person) -> Iterator[dict[str, str]]:
    """A conversation with one answer, and a file.

    Fails when a test stores anything, starts a worker or asks the model.
    """
    conversation_id = ada.new_conversation(title="Roses")
    answer = ada.ask(conversation_id, "Which roses?", request_id=REQUEST_ID)
    file = stage.upload(ada, b"roses")
    stage.edit("files", file.file_id, status="ready", version_id=file.version_id, pages=1)
    tables = ("conversations", "messages", "frames", "usage", "sockets", "files")
    before = {table: stage.rows(table) for table in tables}
    objects = stage.objects()
    asked = len(stage.requests())
    yield {
        "conversation": conversation_id,
        "answer": answer["message_id"],
        "prompt": answer["parent_id"],
        "file": file.file_id,
    }
    assert {table: stage.rows(table) for table in tables} == before
    assert stage.objects() == objects
    assert stage.scheduler.schedules == {}
    assert stage.lambdas.pending == []
    assert len(stage.requests()) == asked


def _refused(reply: Reply, field: str, says: str = "") -> None:
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert reply.body["error"]["field"] == field
    assert reply.body["error"]["message"].startswith(f"{field}: ")
    assert says in reply.body["error"]["message"]
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


TEXTS: list[tuple[Any, str]] = [
    ("x" * 100_001, "at most 100000"),
    ("", "at least 1"),
    (" \n\t ", "match"),
    ("\x1c\x00", "match"),
    ("roses \ud800", "unicode"),
    (None, "string"),
    (7, "string"),
    (["roses"], "string"),
]
REQUEST_IDS: list[Any] = ["", "short", "x" * 65, "with space", "é" * 8, "aaaaaaaa\n", 12345678, None]


@pytest.mark.parametrize(("text", "says"), TEXTS)
def test_text_has_a_length_and_is_text(ada: Person, unchanged: dict[str, str], text: Any, says: str) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages"
    _refused(ada.post(path, GOOD | {"text": text}), "text", says)
    _refused(ada.post("/chat", {"message": text}), "message", says)
    _refused(ada.post("/conversations", {"message": GOOD | {"text": text}}), "message.text", says)


def test_a_text_of_just_the_limit_is_stored_in_any_script(stage: Stage, ada: Person) -> None:
    for character in "x", "🐈":
        conversation_id = ada.new_conversation(title="T")
        sent = ada.send(conversation_id, character * 100_000)
        assert sent.status == 202
        assert ada.messages(conversation_id)[1]["content"][0]["text"] == character * 100_000


@pytest.mark.parametrize("request_id", REQUEST_IDS)
def test_a_request_id_is_a_short_word(ada: Person, unchanged: dict[str, str], request_id: Any) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages"
    _refused(ada.post(path, {"text": "Which roses?", "request_id": request_id}), "request_id")


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_unknown_fields_are_refused(ada: Person, unchanged: dict[str, str], method: str, path: str) -> None:
    body = next(body for m, p, body in ROUTES if (m, p) == (method, path)) or {}
    _refused(ada.call(method, path.format(**unchanged), {**body, "colour": "red"}), "colour", "Extra")


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
def test_a_body_that_is_no_json_object_is_refused(ada: Person, unchanged: dict[str, str], raw: str) -> None:
    for method, path in WITH_BODY:
        _refused(ada.call(method, path.format(**unchanged), raw=raw), "body")


def test_a_body_that_is_missing_or_no_utf_8_is_refused(ada: Person, unchanged: dict[str, str]) -> None:
    _refused(ada.post("/conversations"), "body")
    _refused(ada.call("POST", "/conversations", raw="/////w==", is_base64=True), "body")


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
    _refused(ada.patch(f"/conversations/{unchanged['conversation']}", body), field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b.txt"}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "x" * 5_001}, "name"),
        ({"name": None}, "name"),
        ({"deleted": True}, "deleted"),
        ({"deleted": 0}, "deleted"),
        ({"name": "kept?.txt", "deleted": None}, "deleted"),
        ({"status": "ready"}, "status"),
        ({"type": "text/html"}, "type"),
    ],
)
def test_a_file_takes_only_another_name(
    ada: Person, unchanged: dict[str, str], body: dict[str, Any], field: str
) -> None:
    _refused(ada.patch(f"/files/{unchanged['file']}", body), field)


def test_a_part_of_a_name_has_its_length(ada: Person, unchanged: dict[str, str]) -> None:
    _refused(ada.get(f"/files?name={'x' * 256}"), "name")


@pytest.mark.parametrize("number", ["0", "-1", "2", "1.0", "one", "%31", "²", "1" * 8, "9" * 5_000])
def test_a_page_that_is_not_there_is_not_found(ada: Person, unchanged: dict[str, str], number: str) -> None:
    reply = ada.get(f"/files/{unchanged['file']}/pages/{number}")
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (404, "not_found", "number")


@pytest.mark.parametrize("model", ["claude-2", "", "x" * 101, 5])
def test_a_model_that_is_not_on_offer_is_refused_everywhere(ada: Person, unchanged: dict[str, str], model: Any) -> None:
    messages = f"/conversations/{unchanged['conversation']}/messages"
    _refused(ada.post("/conversations", {"model": model}), "model")
    _refused(ada.post(messages, GOOD | {"model": model}), "model")
    _refused(ada.post(f"{messages}/{unchanged['answer']}/retry", {"model": model}), "model")
    _refused(ada.post("/chat", {"message": "Which roses?", "model": model}), "model")


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
    _refused(ada.get(f"/conversations?{query}"), field)
    _refused(ada.get(f"/files?{query}"), field)
    _refused(ada.get(f"/conversations/{unchanged['conversation']}/messages?{query}"), field)


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "1" + "0" * 50, "9" * 5_000])
def test_frames_are_read_after_a_sequence(ada: Person, unchanged: dict[str, str], after: str) -> None:
    path = f"/conversations/{unchanged['conversation']}/messages/{unchanged['answer']}/frames"
    _refused(ada.get(f"{path}?after={after}"), "after")


def test_archived_is_true_or_false(ada: Person, unchanged: dict[str, str]) -> None:
    _refused(ada.get("/conversations?archived=perhaps"), "archived")


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


def _same_404(foreign: Reply, missing: Reply) -> None:
    assert foreign.status == 404, foreign
    assert (foreign.status, foreign.headers, foreign.raw) == (missing.status, missing.headers, missing.raw)


@pytest.mark.parametrize(("method", "path", "body"), [*WITH_CONVERSATION, *WITH_FILE])
def test_what_is_somebody_elses_answers_exactly_as_what_is_missing(
    grace: Person, unchanged: dict[str, str], method: str, path: str, body: Any
) -> None:
    theirs = grace.call(method, path.format(**unchanged), body)
    missing = path.format(conversation=MISSING, answer=MISSING, file=MISSING)
    _same_404(theirs, grace.call(method, missing, body))


def test_somebody_elses_message_answers_exactly_as_a_missing_one(ada: Person, grace: Person) -> None:
    theirs = ada.ask(ada.new_conversation(title="T"), "Which roses?")["message_id"]
    own = grace.new_conversation(title="T")
    for method, path, body in WITH_MESSAGE:
        foreign = grace.call(method, path.format(conversation=own, answer=theirs), body)
        _same_404(foreign, grace.call(method, path.format(conversation=own, answer=MISSING), body))


def test_somebody_elses_file_answers_exactly_as_a_missing_one(stage: Stage, ada: Person, grace: Person) -> None:
    theirs = stage.upload(ada, b"roses")
    stage.edit("files", theirs.file_id, status="ready", version_id=theirs.version_id, pages=1)
    before = stage.row("files", theirs.file_id)
    own = grace.new_conversation(title="T")
    for method, path, body in WITH_BOTH:
        foreign = grace.call(method, path.format(conversation=own, file=theirs.file_id), body)
        _same_404(foreign, grace.call(method, path.format(conversation=own, file=MISSING), body))
    chat = {"message": "Which roses?"}
    for path, body in (
        (f"/conversations/{own}/messages", GOOD),
        ("/conversations", {"message": GOOD}),
        ("/chat", chat),
        ("/chat", chat | {"conversation_id": own}),
    ):
        foreign, missing = (_attaching(grace, path, body, file_id) for file_id in (theirs.file_id, MISSING))
        _same_404(foreign, missing)
        assert foreign.body["error"]["field"] == "file_ids"
    assert stage.row("files", theirs.file_id) == before
    assert len(stage.rows("conversations")) == 1
    assert stage.rows("messages") == []
    assert stage.lambdas.pending == []


def _attaching(person: Person, path: str, body: Any, file_id: str) -> Reply:
    if "message" in body and isinstance(body["message"], dict):
        return person.post(path, {"message": body["message"] | {"file_ids": [file_id]}})
    return person.post(path, body | {"file_ids": [file_id]})


@pytest.mark.parametrize("file_ids", [[MISSING] * 2, [new_id() for _ in range(21)], MISSING, {}, [7], [None], None])
def test_file_ids_are_at_most_twenty_different_ids(ada: Person, unchanged: dict[str, str], file_ids: Any) -> None:
    messages = f"/conversations/{unchanged['conversation']}/messages"
    fresh = GOOD | {"request_id": "b" * 32, "file_ids": file_ids}
    for reply in (
        ada.post(messages, fresh),
        ada.post("/conversations", {"message": fresh}),
        ada.post("/chat", {"message": "Which roses?", "file_ids": file_ids}),
    ):
        assert (reply.status, reply.error) == (400, "invalid_request"), reply
        assert "file_ids" in reply.body["error"]["field"]


@pytest.mark.parametrize("file_id", ["", "x", "..", MISSING.upper(), "é", "x" * 3_000])
def test_a_file_id_that_can_be_none_is_not_found(ada: Person, unchanged: dict[str, str], file_id: str) -> None:
    reply = ada.send(unchanged["conversation"], "More", file_ids=[file_id])
    assert (reply.status, reply.error, reply.body["error"]["field"]) == (404, "not_found", "file_ids")


def test_a_body_that_names_somebody_elses_row_answers_exactly_as_for_a_missing_one(ada: Person, grace: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    theirs = ada.ask(conversation_id, "Which roses?")["message_id"]
    own = grace.new_conversation(title="T")
    body = {"message": "Which roses?"}
    foreign = grace.post("/chat", body | {"conversation_id": conversation_id})
    _same_404(foreign, grace.post("/chat", body | {"conversation_id": MISSING}))
    _same_404(grace.send(own, "More", parent_id=theirs), grace.send(own, "More", parent_id=MISSING))


def test_a_parent_is_an_answer_of_this_conversation(ada: Person, unchanged: dict[str, str]) -> None:
    conversation_id = unchanged["conversation"]
    _refused(ada.send(conversation_id, "More", parent_id=unchanged["prompt"]), "parent_id", "answer")
    _refused(ada.send(conversation_id, "More", parent_id=5), "parent_id")
    for bad in ("x", "head!", MISSING, new_id(), "request#" + REQUEST_ID):
        assert ada.send(conversation_id, "More", parent_id=bad).status == 404


def test_only_an_answer_is_stopped_or_retried(ada: Person, unchanged: dict[str, str]) -> None:
    _refused(ada.stop(unchanged["conversation"], unchanged["prompt"]), "message_id")
    _refused(ada.retry(unchanged["conversation"], unchanged["prompt"]), "message_id")


@pytest.mark.parametrize("token_use", ["access", "", None])
def test_only_id_tokens_are_taken(stage: Stage, unchanged: dict[str, str], token_use: Any) -> None:
    caller = Person(stage, "ada", token_use=token_use)
    for method, path, body in ROUTES:
        for sent in (body, {"nonsense": True}):
            reply = caller.call(method, path.format(**unchanged), sent)
            assert (reply.status, reply.error) == (401, "unauthorized"), path
            assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_every_private_route_is_tried_above(stage: Stage) -> None:
    private = {(op.method, op.path) for op in stage.app.app.operations if not op.public}
    names = {C: "{conversation_id}", A: "{message_id}", F: "{file_id}", "pages/1": "pages/{number}"}
    tried = set()
    for method, path, _ in ROUTES:
        for short, name in names.items():
            path = path.replace(short, name)  # noqa: PLW2901
        tried.add((method, path))
    assert tried == private


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
