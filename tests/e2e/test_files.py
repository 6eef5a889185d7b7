"""Files from the upload to an answer that cites the right page; only S3's event stands between."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.e2e import files, people, uploads, web
from tests.e2e.channel import opened, ticket
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.files import BUDGET, DOCUMENTS, REPORT, THESIS, Fixture
from tests.e2e.people import Person, text_of


@pytest.fixture(scope="module")
def owner(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "files") as person:
        yield person


@pytest.fixture(scope="module")
def report(owner: Person) -> uploads.File:
    return uploads.ready(owner, REPORT)


@pytest.fixture(scope="module")
def thesis(owner: Person) -> uploads.File:
    return uploads.ready(owner, THESIS)


def asked(person: Person, question: str, *given: uploads.File) -> dict[str, Any]:
    """The answer to a question in a new conversation with these files."""
    return person.ask(person.new_conversation(), question, file_ids=[file["file_id"] for file in given])


def expect_cited(person: Person, answer: dict[str, Any], file: uploads.File, fixture: Fixture) -> None:
    """The first citation leads to the page that answers, and its quote stands there."""
    found = uploads.citations(answer)
    assert found, answer
    first = found[0]
    assert (first["file_id"], first["name"], first["page"]) == (file["file_id"], fixture.name, fixture.page)
    assert fixture.locator.items() <= first["locator"].items()
    text = uploads.one_line(uploads.page_text(person, file, fixture.page))
    assert fixture.answer in text
    assert 0 < len(first["cited_text"]) <= 450
    assert uploads.one_line(first["cited_text"]) in text


@pytest.mark.scripted
@pytest.mark.parametrize("fixture", DOCUMENTS, ids=lambda fixture: fixture.name)
def test_a_document_is_read_by_the_event_and_cited_by_its_page(owner: Person, fixture: Fixture) -> None:
    file = uploads.ready(owner, fixture)
    assert (file["pages"], file["pages_read"], file["type"]) == (fixture.pages, fixture.pages, fixture.type)
    assert file["format"] == fixture.name.rpartition(".")[2].upper()
    assert min(file["characters"], file["tokens"]) > 0
    answer = asked(owner, fixture.question, file)
    expect_cited(owner, answer, file, fixture)
    assert fixture.answer in text_of(answer)
    frames = [frame for frame in owner.frames(answer) if frame["type"] == "answer.citation"]
    assert [frame["citation"] for frame in frames] == uploads.citations(answer)


@pytest.mark.scripted
def test_an_image_is_seen(owner: Person, model: Model, word: str) -> None:
    content = (files.FOLDER / files.PHOTO).read_bytes()
    image = uploads.read(owner, uploads.uploaded(owner, files.PHOTO, "image/png", content))
    assert (image["status"], image["group"], image["pages"]) == ("ready", "image", 0)
    asked(owner, f"{word}: what is in it?", image)
    (request,) = model.requests_of(word)
    (block,) = [each for each in request["messages"][-1]["content"] if each["type"] == "image"]
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(content).decode()}
    assert block["source"] == source


@pytest.mark.scripted
def test_a_scan_is_kept_to_be_read_by_sight(owner: Person, model: Model, word: str) -> None:
    content = (files.FOLDER / files.SCAN).read_bytes()
    scan = uploads.read(owner, uploads.uploaded(owner, files.SCAN, "application/pdf", content))
    assert (scan["status"], scan["scanned"], scan["pages"]) == ("ready", True, files.SCAN_PAGES)
    asked(owner, f"{word}: what is in it?", scan)
    (request,) = model.requests_of(word)
    (block,) = [each for each in request["messages"][-1]["content"] if each["type"] == "document"]
    assert base64.b64decode(block["source"]["data"]) == content


def test_a_small_file_comes_inline(owner: Person) -> None:
    text = "Zoë's notes: the key is under the third flower pot.\n"
    name = "Zoë’s notes & plans.txt"
    body = {"name": name, "type": "text/plain", "content": base64.b64encode(text.encode()).decode()}
    reply = owner.post("/files", body)
    assert (reply.status, reply.body["upload"]) == (201, None)
    file = uploads.read(owner, reply.body["file"])
    assert (file["status"], file["name"], file["group"]) == ("ready", name, "text")
    assert uploads.page_text(owner, file, 1).strip() == text.strip()


def test_the_original_is_downloaded_under_its_present_name(owner: Person, report: uploads.File) -> None:
    path = f"/files/{report['file_id']}"
    assert owner.call("PATCH", path, {"name": "Bericht – März.pdf"}).body["name"] == "Bericht – März.pdf"
    link = owner.get(f"{path}/content").body
    assert link["expires_in_s"] <= 300
    downloaded = web.call("GET", link["url"])
    assert (
        downloaded.headers["content-disposition"] == "attachment; filename*=UTF-8''Bericht%20%E2%80%93%20M%C3%A4rz.pdf"
    )
    assert downloaded.headers["content-length"] == str(report["size"])
    assert owner.call("PATCH", path, {"name": REPORT.name}).status == 200


def test_files_are_listed_newest_first_and_found_by_name(owner: Person, report: uploads.File) -> None:
    small = {"type": "text/plain", "content": base64.b64encode(b"Some words.").decode()}
    newer = owner.post("/files", {"name": "Éclair.txt", **small}).body["file"]
    listed = owner.get("/files?limit=100").body["items"]
    assert listed[0]["file_id"] == newer["file_id"]
    assert report["file_id"] in [file["file_id"] for file in listed]
    found = owner.get("/files?name=eCLAIR").body["items"]
    assert [file["file_id"] for file in found] == [newer["file_id"]]


def test_a_message_does_not_go_without_its_files(owner: Person) -> None:
    """What is not read yet can be sent later; a file in two conversations says so."""
    conversation_id = owner.new_conversation()
    made = uploads.declared(owner, "notes.txt", "text/plain", 10)
    file_id = made["file"]["file_id"]
    early = owner.send(conversation_id, "What is in it?", file_ids=[file_id])
    assert (early.status, early.error["code"], early.error["file_id"]) == (409, "file_not_ready", file_id)
    assert owner.messages(conversation_id) == []
    assert uploads.send(made["upload"], b"Ten bytes.").status == 204
    uploads.read(owner, made["file"])
    for conversation in (conversation_id, owner.new_conversation()):
        sent = owner.send(conversation, "What is in it?", file_ids=[file_id])
        assert sent.status == 202, sent
        assert owner.get(f"/conversations/{conversation}").body["file_ids"] == [file_id]
        owner.settled(sent.body["answer"])
    now = uploads.shown(owner, made["file"])
    used = {each["conversation_id"] for each in now["used_in"]}
    assert (now["conversations"], len(used), conversation_id in used) == (2, 2, True)
    assert uploads.page_text(owner, made["file"], 1).strip() == "Ten bytes."


@pytest.mark.scripted
def test_a_long_document_tells_its_progress_and_is_searched(deployment: Deployment, owner: Person) -> None:
    with opened(deployment, ticket(owner)) as socket:
        file = uploads.uploaded(owner, THESIS.name, THESIS.type, THESIS.content())
        told: list[dict[str, Any]] = []
        while not told or told[-1]["status"] not in {"ready", "failed"}:
            frames = json.loads(socket.connection.recv(timeout=uploads.READ_WITHIN_S))["frames"]
            named = [each for each in frames if each["type"] == "file.updated" and "sequence" not in each]
            told += [each["file"] for each in named if each["file"]["file_id"] == file["file_id"]]
    assert told[-1]["status"] == "ready"
    pages = [each["pages_read"] for each in told]
    assert pages == sorted(pages)
    assert [count for count in pages if 0 < count < THESIS.pages], "progress was seen"
    now = uploads.shown(owner, file)
    assert told[-1] == {name: value for name, value in now.items() if name not in {"used_in", "kept_until"}}

    answer = asked(owner, THESIS.question, file)
    expect_cited(owner, answer, file, THESIS)
    (call,) = uploads.tools(answer)
    assert call["name"] == "search_files"
    assert "Tibebera" in call["detail"]["query"] or "tibebera" in call["detail"]["query"]
    assert call["detail"]["files"] == [{"file_id": file["file_id"], "name": THESIS.name}]
    (frame,) = [frame for frame in owner.frames(answer) if frame["type"] == "answer.tool"]
    assert {key: frame[key] for key in ("name", "detail")} == {key: call[key] for key in ("name", "detail")}


@pytest.mark.scripted
def test_pages_of_a_long_document_are_read(owner: Person, thesis: uploads.File) -> None:
    answer = asked(owner, "What is on page 12 of it?", thesis)
    (call,) = uploads.tools(answer)
    assert (call["name"], call["detail"]["first"], call["detail"]["last"]) == ("read_pages", 12, 12)
    assert uploads.citations(answer)[0]["page"] == 12


@pytest.mark.scripted
def test_the_prompts_prefix_stays_the_same_from_turn_to_turn(
    owner: Person, model: Model, word: str, report: uploads.File, thesis: uploads.File
) -> None:
    conversation_id = owner.new_conversation()
    budget = uploads.ready(owner, BUDGET)
    turns: list[tuple[str, list[uploads.File]]] = [
        (REPORT.question, [report]),
        ("And who signed the ledger?", []),
        (THESIS.question, [thesis]),
        (BUDGET.question, [budget]),
        ("Thank you. Anything else on buoys?", []),
    ]
    answers = [
        owner.ask(conversation_id, f"{word}: {question}", file_ids=[file["file_id"] for file in given])
        for question, given in turns
    ]
    requests = [_without_breakpoints(body) for body in model.requests_of(word)]
    rounds = [len(body["messages"]) for body in requests if _is_round(body)]
    first = [body for body in requests if not _is_round(body)]
    assert (len(first), len(rounds)) == (len(turns), 2), "two turns searched"
    for earlier, later in pairwise(first):
        _expect_prefix(earlier, later)
        assert len(later["messages"]) == len(earlier["messages"]) + 2
        assert _bytes(later["system"]) == _bytes(earlier["system"])
        assert "tools" not in earlier or _bytes(later["tools"]) == _bytes(earlier["tools"])
    for index, body in enumerate(requests):
        if _is_round(body):
            _expect_prefix(requests[index - 1], body)

    # The turn after a document pays for what is new alone.
    for answer in (answers[1], answers[4]):
        usage = answer["usage"]
        assert usage["cache_read_input_tokens"] > 5_000
        assert usage["input_tokens"] + usage["cache_creation_input_tokens"] < 3_000


def _is_round(body: dict[str, Any]) -> bool:
    """Whether it is a further request of the same turn, with what a tool has found."""
    return any(block["type"] == "tool_result" for block in body["messages"][-1]["content"])


def _expect_prefix(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    assert _bytes(earlier["messages"]) == _bytes(later["messages"][: len(earlier["messages"])])


def _without_breakpoints(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_breakpoints(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_breakpoints(each) for name, each in value.items() if name != "cache_control"}
    return value


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
