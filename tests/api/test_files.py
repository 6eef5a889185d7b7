"""Files as their owner sees them: detail, pages, content, lists, new names, and readings that died."""

from __future__ import annotations

import io
import re
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from chalicelib.ids import iso, new_id
from PIL import Image

from tests.api.routes import MISSING, refused, same_404
from tests.fakes import dynamodb, wire
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage, table_definitions
from tests.storage import BUCKET

TEXT = b"Roses are red.\nViolets are blue.\n"


def _rows(stage: Stage, person: Person, count: int, **values: Any) -> list[str]:
    """Rows of files as if uploaded a second apart, the last one newest; returns their ids."""
    made = stage.row("files", stage.upload(person, TEXT).file_id)
    stage.delete("files", made)
    ids = [new_id() for _ in range(count)]
    for number, file_id in enumerate(ids):
        # Three at a time share a timestamp.
        row = {"file_id": file_id, "upload_timestamp": iso(1_700_000_000 + number // 3), "name": f"{number}.txt"}
        stage.put("files", made | {"status": "ready", "version_id": "v"} | row | values)
    return ids


def png() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (30, 20)).save(body, "PNG")
    return body.getvalue()


# One file


def test_a_file_that_is_read_shows_what_it_is(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, b"<h1>Roses</h1><p>The roses are red.</p>", "Roses.html", "text/html")
    shown = ada.file(file_id)
    assert (shown["status"], shown["group"], shown["format"], shown["error"]) == ("ready", "text", "HTML", None)
    assert shown["pages"] == shown["pages_read"] == 1
    assert shown["characters"] > 0
    assert shown["tokens"] > 0
    assert shown["used_in"] == []
    page = ada.get(f"/files/{file_id}/pages/1").body
    assert (page["file_id"], page["number"], page["pages"]) == (file_id, 1, 1)
    assert page["locator"]["kind"] == "section"
    assert "The roses are red." in page["text"]
    assert ada.get(f"/files/{file_id}/pages/2").status == 404


def test_pages_that_were_read_are_there_while_the_rest_is_read(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    stage.edit("files", file_id, status="reading", pages=None, pages_read=1, lease_until=int(time.time()) + 60)
    page = ada.get(f"/files/{file_id}/pages/1").body
    assert (page["pages"], page["text"]) == (None, TEXT.decode().rstrip("\n"))


def test_content_is_the_pinned_version_under_its_present_name(stage: Stage, ada: Person) -> None:
    uploaded = stage.upload(ada, TEXT)
    stage.extract(uploaded.event)
    stage.store(uploaded.key, b"another")  # a form that was sent again
    ada.patch(f"/files/{uploaded.file_id}", {"name": 'Les "rosés"; 100 %.txt'})
    reply = ada.get(f"/files/{uploaded.file_id}/content").body
    assert reply["expires_in_s"] == 300
    url = urlsplit(reply["url"])
    query = {name: value[0] for name, value in parse_qs(url.query).items()}
    assert url.hostname is not None
    assert url.hostname.startswith(BUCKET)
    assert unquote(url.path) == f"/{uploaded.key}"
    assert (query["versionId"], query["X-Amz-Expires"]) == (uploaded.version_id, "300")
    disposition = query["response-content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert re.fullmatch(r"[A-Za-z0-9._~%-]+", disposition.partition("''")[2])
    assert unquote(disposition.partition("''")[2]) == 'Les "rosés"; 100 %.txt'
    assert stage.body(uploaded.key, query["versionId"]) == TEXT


def test_what_has_not_arrived_cannot_be_downloaded(stage: Stage, ada: Person) -> None:
    uploaded = stage.upload(ada, TEXT)
    reply = ada.get(f"/files/{uploaded.file_id}/content")
    assert (reply.status, reply.error) == (409, "file_not_arrived")
    stage.extract(uploaded.event)
    assert ada.get(f"/files/{uploaded.file_id}/content").status == 200


def test_a_failed_file_can_still_be_downloaded(stage: Stage, ada: Person) -> None:
    uploaded = stage.upload(ada, b"%PDF-1.7 nothing", "broken.pdf", "application/pdf")
    stage.extract(uploaded.event)
    assert ada.file(uploaded.file_id)["error"]["code"] == "broken_file"
    assert ada.get(f"/files/{uploaded.file_id}/content").status == 200


def test_a_file_names_the_conversations_that_its_owner_still_sees(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    ids = []
    for title in ("kept", "deleted", "taken out", "expired", "newest"):
        conversation_id = ada.new_conversation(title=title)
        assert ada.send(conversation_id, "Which roses?", file_ids=[file_id]).status == 202
        ids.append(conversation_id)
    kept, deleted, without, expired, newest = ids
    stage.run()
    ada.delete(f"/conversations/{deleted}")
    assert ada.delete(f"/conversations/{without}/files/{file_id}").status == 200
    stage.edit("conversations", expired, ttl=int(time.time()) - 1)
    shown = ada.file(file_id)
    assert shown["used_in"] == [
        {"conversation_id": newest, "title": "newest"},
        {"conversation_id": kept, "title": "kept"},
    ]
    assert shown["conversations"] == 2
    ada.put(f"/conversations/{without}/files/{file_id}")
    assert [used["title"] for used in ada.file(file_id)["used_in"]] == ["newest", "taken out", "kept"]


def test_of_many_conversations_the_hundred_begun_last_are_looked_at(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    row = stage.row("conversations", ada.new_conversation(title="T"))
    stage.delete("conversations", row)
    ids = [new_id() for _ in range(130)]
    for number, conversation_id in enumerate(ids):
        stage.put("conversations", row | {"conversation_id": conversation_id, "timestamp": iso(1_700_000_000 + number)})
    stage.edit("files", file_id, conversations=set(ids))
    shown = ada.file(file_id)
    assert shown["conversations"] == 130
    assert [used["conversation_id"] for used in shown["used_in"]] == ids[:29:-1]


def test_lists_count_the_conversations_that_their_owner_still_sees(stage: Stage, ada: Person) -> None:
    """As the question before a file's deletion names them; one that comes back counts again."""
    both, one = stage.ready(ada, TEXT, "both.txt"), stage.ready(ada, TEXT, "one.txt")
    first, second = ada.new_conversation(title="first"), ada.new_conversation(title="second")
    ada.ask(first, "Which roses?", file_ids=[both])
    ada.ask(second, "Which roses?", file_ids=[both, one])

    def counts() -> dict[str, int]:
        listed = {file["name"]: file["conversations"] for file in ada.files()}
        assert listed == {name: len(ada.file(each)["used_in"]) for name, each in (("both.txt", both), ("one.txt", one))}
        in_first = ada.get(f"/conversations/{first}/files").body["items"]
        assert [file["conversations"] for file in in_first] == [listed["both.txt"]]
        return listed

    assert counts() == {"both.txt": 2, "one.txt": 1}
    ada.delete(f"/conversations/{second}")
    assert counts() == {"both.txt": 1, "one.txt": 0}
    assert ada.patch(f"/files/{both}", {"name": "both.txt"}).body["conversations"] == 1
    ada.patch(f"/conversations/{second}", {"deleted": False})
    assert counts() == {"both.txt": 2, "one.txt": 1}
    stage.edit("conversations", second, ttl=int(time.time()) - 1)
    assert counts() == {"both.txt": 1, "one.txt": 0}


def test_the_files_of_a_conversation_are_those_that_still_exist(stage: Stage, ada: Person) -> None:
    ids = [stage.ready(ada, TEXT, name) for name in ("1.txt", "2.txt", "3.txt")]
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?", file_ids=ids)
    ada.delete(f"/files/{ids[1]}")
    items = ada.get(f"/conversations/{conversation_id}/files").body["items"]
    assert [item["name"] for item in items] == ["1.txt", "3.txt"]
    reply = ada.delete(f"/conversations/{conversation_id}/files/{ids[0]}")
    assert ids[0] not in reply.body["file_ids"]
    items = ada.get(f"/conversations/{conversation_id}/files").body["items"]
    assert [item["name"] for item in items] == ["3.txt"]
    ada.put(f"/conversations/{conversation_id}/files/{ids[0]}")
    assert len(ada.get(f"/conversations/{conversation_id}/files").body["items"]) == 2


def test_the_index_is_not_written_with_each_renewal_of_a_lease() -> None:
    (table,) = (each for each in table_definitions() if each["TableName"].endswith("files"))
    (index,) = (each for each in table["GlobalSecondaryIndexes"] if each["IndexName"] == "user-files-index")
    renewed = {"lease_until", "pages_read", "token", "attempts"}
    assert not renewed & set(index["Projection"]["NonKeyAttributes"])


def test_lists_and_details_show_the_same(stage: Stage, ada: Person) -> None:
    read, image = stage.ready(ada, TEXT), stage.ready(ada, png(), "a.png", "image/png")
    waiting, broken = stage.upload(ada, TEXT).file_id, stage.upload(ada, b"%PDF-1.7 x", "a.pdf", "application/pdf")
    stage.extract(broken.event)
    later = _dying(stage, ada, pages=30, pages_read=20, lease_until=60)
    dead = _dying(stage, ada, attempts=2)
    ada.ask(ada.new_conversation(title="T"), "Which roses?", file_ids=[read])
    listed = {file["file_id"]: file for file in ada.files()}
    assert listed.keys() == {read, image, waiting, broken.file_id, later, dead}
    assert listed[read]["conversations"] == listed[read]["pages_read"] == 1
    assert (listed[later]["pages"], listed[later]["pages_read"]) == (30, 20)
    for file_id, shown in listed.items():
        detail = ada.file(file_id)
        del detail["used_in"], detail["kept_until"]
        assert detail == shown


def test_a_file_that_is_purged_while_it_is_listed_is_left_out(stage: Stage, ada: Person) -> None:
    file_id = _dying(stage, ada, lease_until=60)

    def purged(call: dynamodb.Call, send: wire.Send) -> Any:
        stage.delete("files", stage.row("files", file_id))
        return send()

    stage.wire.fail(purged, lambda call: call.operation == "BatchGetItem")
    assert ada.files() == []


# Changes


def test_a_new_name_is_cleaned_stored_and_all_that_changes(stage: Stage, ada: Person) -> None:
    file_id = stage.ready(ada, TEXT)
    before = ada.file(file_id)
    del before["used_in"], before["kept_until"]
    reply = ada.patch(f"/files/{file_id}", {"name": " Les  rose\u0301s.txt "})
    assert (reply.status, reply.body) == (200, before | {"name": "Les rosés.txt"})
    assert ada.patch(f"/files/{file_id}", {}).body == reply.body
    assert ada.file(file_id)["name"] == "Les rosés.txt"


@pytest.mark.parametrize(
    ("first", "given", "name"),
    [
        ("notes.txt", "Lilies", "Lilies.txt"),
        ("notes.txt", "Lilies.TXT", "Lilies.TXT"),
        ("notes.txt", "Lilies.exe", "Lilies.exe.txt"),
        ("notes.txt", "txt", "txt.txt"),
        ("notes.TXT", "Lilies v1.2", "Lilies v1.2.TXT"),
        ("Notes v1.2", "Lilies", "Lilies"),
        ("Makefile", "Makefile.old", "Makefile.old"),
        (".gitignore", "ignored", "ignored"),
        ("Chapter 1. Beginning", "Chapter 2", "Chapter 2"),
    ],
)
def test_a_new_name_keeps_the_ending_that_the_file_came_with(
    stage: Stage, ada: Person, first: str, given: str, name: str
) -> None:
    path = f"/files/{stage.upload(ada, TEXT, first).file_id}"
    for _ in range(2):  # whatever it was called meanwhile
        assert ada.patch(path, {"name": "Between"}).status == 200
        assert ada.patch(path, {"name": given}).body["name"] == name


def test_a_new_name_has_room_for_its_ending(stage: Stage, ada: Person, grace: Person) -> None:
    path = f"/files/{stage.upload(ada, TEXT).file_id}"
    assert ada.patch(path, {"name": "x" * 251}).body["name"] == "x" * 251 + ".txt"
    refused(ada.patch(path, {"name": "x" * 252}), "name", "255 bytes")
    same_404(grace.patch(path, {"name": "x" * 252}), grace.patch(f"/files/{MISSING}", {"name": "x" * 252}))
    same_404(grace.patch(path, {"name": "y"}), grace.patch(f"/files/{MISSING}", {"name": "y"}))
    assert ada.get(path).body["name"] == "x" * 251 + ".txt"


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout, dynamodb.throttled, dynamodb.conflict])
def test_every_change_of_a_file_survives_a_fault(stage: Stage, ada: Person, fault: dynamodb.Fault) -> None:
    file_id = stage.ready(ada, TEXT)
    path = f"/files/{file_id}"
    for method, body in (("PATCH", {"name": "Lilies.txt"}), ("DELETE", None), ("PATCH", {"deleted": False})):
        stage.wire.fail(fault, lambda call: call.writes)
        assert ada.call(method, path, body).status == 200
    assert len(stage.wire.struck) == 3
    assert ada.file(file_id)["name"] == "Lilies.txt"


# Lists


def test_a_list_of_250_pages_newest_first_without_deleted_ones(stage: Stage, ada: Person, grace: Person) -> None:
    ids = _rows(stage, ada, 250)
    _rows(stage, grace, 5)
    for file_id in ids[::5]:
        stage.edit("files", file_id, deleted_at=int(time.time()))
    kept = [file_id for number, file_id in enumerate(ids) if number % 5]
    for limit in (30, 100):
        assert _listed(ada, f"limit={limit}") == sorted(kept)


def _listed(person: Person, query: str) -> list[str]:
    """The ids in all pages of a list, in order. Only the last page may be shorter than asked for."""
    limit = int(query.rpartition("limit=")[2])
    pages = [person.get(f"/files?{query}").body]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(person.get(f"/files?{query}&cursor={cursor}").body)
    assert {len(page["items"]) for page in pages[:-1]} <= {limit}
    times = [item["upload_timestamp"] for page in pages for item in page["items"]]
    assert times == sorted(times, reverse=True)
    found = [item["file_id"] for page in pages for item in page["items"]]
    assert len(set(found)) == len(found)
    return sorted(found)


def test_files_are_found_by_a_part_of_their_name(stage: Stage, ada: Person) -> None:
    names = ["Rosés d'été.pdf", "ROSES.xlsx", "Straße.txt", "100%_sure.csv", "bilan (2).docx", "日本.txt"]
    for number, name in enumerate(names):
        _rows(stage, ada, 1, name=name, upload_timestamp=iso(1_700_000_000 - number))

    def found(part: str) -> list[str]:
        return [item["name"] for item in ada.files(f"name={part}")]

    assert found("roses") == found("ROSÉS") == names[:2]
    assert found("e\u0301te") == found("ETE") == names[:1]
    assert found("STRASSE") == found("straße") == ["Straße.txt"]
    assert found("%_") == ["100%_sure.csv"]
    assert found("(2)") == ["bilan (2).docx"]
    assert found("本") == ["日本.txt"]
    assert found(".*") == found("lilies") == []
    assert found("") == names


def test_a_name_is_looked_for_behind_the_first_page(stage: Stage, ada: Person) -> None:
    ids = _rows(stage, ada, 230)
    stage.edit("files", ids[3], name="needle 1.txt")
    stage.edit("files", ids[200], name="needle 2.txt")
    assert _listed(ada, "name=NEEDLE&limit=1") == sorted([ids[3], ids[200]])


# Readings that died


def _dying(stage: Stage, person: Person, **values: Any) -> str:
    """lease_until: seconds from now. What is told at the import of this file may be long past when a test begins."""
    file_id = stage.ready(person, TEXT)
    reading: dict[str, Any] = {
        "status": "reading",
        "token": "t",
        "attempts": 1,
        "pages": None,
        "lease_until": -1,
    } | values
    reading["lease_until"] += int(time.time())
    stage.edit("files", file_id, **reading)
    return file_id


def _readers(person: Person, file_id: str) -> list[Any]:
    return [
        lambda: person.file(file_id),
        lambda: person.files()[0],
        lambda: person.patch(f"/files/{file_id}", {"name": "Roses.txt"}).body,
        lambda: person.patch(f"/files/{file_id}", {}).body,
        lambda: person.patch(f"/files/{file_id}", {"deleted": False}).body,
    ]


@pytest.mark.parametrize("reader", range(5))
@pytest.mark.parametrize(
    "values",
    [
        {"attempts": 2},
        {"lease_until": -181},
        {"lease_until": -86_400, "continue_at": 21},
        {"lease_until": -9 * 3_600, "continue_at": 21, "token": None, "attempts": 0},
    ],
)
def test_who_meets_a_dead_reading_settles_it(stage: Stage, ada: Person, reader: int, values: dict[str, Any]) -> None:
    file_id = _dying(stage, ada, **values)
    shown = _readers(ada, file_id)[reader]()
    assert (shown["status"], shown["error"]["code"]) == ("failed", "reading_failed")
    row = stage.row("files", file_id)
    assert row["status"] == "failed"
    assert not {"token", "lease_until", "continue_at"} & row.keys()


@pytest.mark.parametrize("reader", range(5))
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"lease_until": 600},
        {"lease_until": 600, "attempts": 2},
        # Given back: the next run waits in a queue.
        {"lease_until": -7 * 3_600, "continue_at": 21, "token": None, "attempts": 0},
        {"lease_until": -7 * 3_600, "token": None, "attempts": 1},
    ],
)
def test_a_reading_that_may_go_on_is_left_alone(stage: Stage, ada: Person, reader: int, values: dict[str, Any]) -> None:
    file_id = _dying(stage, ada, **values)
    before = stage.row("files", file_id)
    assert _readers(ada, file_id)[reader]()["status"] == "reading"
    # Whoever brings it back has it looked at again, from then on.
    changed = {"name": "", "due_at": 0}
    assert stage.row("files", file_id) | changed == before | changed


def test_a_reading_that_is_begun_anew_meanwhile_is_left_alone(stage: Stage, ada: Person) -> None:
    file_id = _dying(stage, ada, attempts=2)

    def renewed(call: dynamodb.Call, send: wire.Send) -> Any:
        stage.edit("files", file_id, lease_until=int(time.time()) + 60, token="u")
        return send()

    stage.wire.fail(renewed, lambda call: call.operation == "UpdateItem")
    assert ada.file(file_id)["status"] == "reading"
    assert stage.row("files", file_id)["token"] == "u"
    assert stage.scheduler.schedules == {}


def test_what_was_read_of_a_file_goes_once_its_reading_is_dead(stage: Stage, ada: Person) -> None:
    file_id, kept = _dying(stage, ada, attempts=2), stage.ready(ada, TEXT, "kept.txt")
    of_kept = stage.objects(f"extracted/{kept}")
    assert len(stage.objects("extracted/")) == 2 * len(of_kept) > 0
    assert ada.file(file_id)["status"] == "failed"
    (payload,) = stage.scheduler.payloads()
    for _ in range(2):
        stage.purge(payload)
        assert stage.objects("extracted/") == of_kept
        assert len(stage.objects("uploads/")) == 2
    assert ada.file(file_id)["error"]["code"] == "reading_failed"
    assert ada.get(f"/files/{file_id}/content").status == 200


def test_a_dead_reading_is_settled_although_nothing_can_be_arranged(stage: Stage, ada: Person) -> None:
    file_id = _dying(stage, ada, attempts=2)
    stage.scheduler.failures.append(client_error("ThrottlingException", "CreateSchedule", 429))
    assert ada.file(file_id)["status"] == "failed"
    assert stage.scheduler.failures == []


def test_a_settled_file_is_not_settled_again(stage: Stage, ada: Person) -> None:
    file_id = _dying(stage, ada, attempts=2)
    ada.file(file_id)
    stage.edit("files", file_id, lease_until=1_700_000_000)
    stage.wire.clear()
    ada.file(file_id)
    assert not any(call.writes for call in stage.wire.calls)
