"""New files: the form that a browser sends, inline content, and every way in which they are refused."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from chalicelib.ids import iso

from tests.fakes import s3, wire
from tests.people import Person, Reply
from tests.stage import ORIGIN, Stage
from tests.storage import BUCKET

MB = 1024 * 1024
FILE = {"name": "Roses.txt", "type": "text/plain", "size": 5}
INLINE = {"name": "Roses.txt", "type": "text/plain", "content": base64.b64encode(b"roses").decode()}


def _policy(reply: Reply) -> Any:
    return json.loads(base64.b64decode(reply.body["upload"]["fields"]["policy"]))


def used_bytes(stage: Stage, person: Person) -> int:
    rows = [row for row in stage.rows("usage") if (row["subject"], row["period"]) == (_subject(person), "storage")]
    return int(rows[0]["bytes"]) if rows else 0


def _subject(person: Person) -> str:
    return f"user:{person.user_id}"


def _refused(reply: Reply, status: int, code: str, field: str | None, says: str = "") -> None:
    assert (reply.status, reply.error) == (status, code), reply
    assert reply.body["error"].get("field") == field
    assert says in reply.body["error"]["message"]
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN


# The form


def test_a_new_file_is_stored_with_a_form_for_exactly_it(stage: Stage, ada: Person) -> None:
    reply = ada.post("/files", FILE | {"name": "  Les  rose\u0301s.txt "})
    assert reply.status == 201
    file, upload = reply.body["file"], reply.body["upload"]
    assert file == {
        "file_id": file["file_id"],
        "name": "Les rosés.txt",
        "type": "text/plain",
        "size": 5,
        "status": "uploaded",
        "group": None,
        "format": None,
        "pages": None,
        "pages_read": 0,
        "characters": None,
        "tokens": None,
        "language": None,
        "scanned": False,
        "error": None,
        "notes": [],
        "outdated": False,
        "again": None,
        "again_error": None,
        "upload_timestamp": file["upload_timestamp"],
        "conversations": 0,
    }
    key = f"uploads/{ada.user_id}/{file['file_id']}/Les rosés.txt"
    assert upload["fields"]["key"] == key
    assert upload["fields"]["Content-Type"] == "text/plain"
    assert BUCKET in upload["url"]
    conditions = _policy(reply)["conditions"]
    assert {"key": key} in conditions
    assert {"bucket": BUCKET} in conditions
    assert {"Content-Type": "text/plain"} in conditions
    assert ["content-length-range", 5, 5] in conditions
    assert {
        name: value for name, value in ada.file(file["file_id"]).items() if name not in ("used_in", "kept_until")
    } == file
    stage.send_form(upload["fields"], b"roses")
    assert stage.body(key) == b"roses"
    assert used_bytes(stage, ada) == 5


def test_the_form_is_good_for_five_minutes_and_for_nothing_else(stage: Stage, ada: Person) -> None:
    reply = ada.post("/files", FILE)
    fields = reply.body["upload"]["fields"]
    expires = _policy(reply)["expiration"]
    assert iso(time.time() + 290) < expires.replace("Z", ".000Z") < iso(time.time() + 301)
    assert s3.refused(fields, 5) is None
    assert s3.refused(fields, 4) == "EntityTooSmall"
    assert s3.refused(fields, 6) == "EntityTooLarge"
    for name, value in (("Content-Type", "text/html"), ("key", "uploads/another"), ("acl", "public-read")):
        assert s3.refused(fields | {name: value}, 5) == "AccessDenied", name


def test_a_type_with_parameters_is_the_forms_very_type(stage: Stage, ada: Person) -> None:
    for media_type in ("text/plain; charset=utf-8", "application/vnd.api+json", "image/svg+xml"):
        reply = ada.post("/files", FILE | {"type": media_type, "name": "x"})
        assert reply.body["upload"]["fields"]["Content-Type"] == media_type
        assert reply.body["file"]["type"] == media_type


# Inline


def test_a_small_file_comes_inline(stage: Stage, ada: Person) -> None:
    reply = ada.post("/files", INLINE)
    assert (reply.status, reply.body["upload"]) == (201, None)
    assert reply.body["file"]["size"] == 5
    assert reply.body["file"]["status"] == "uploaded"
    key = f"uploads/{ada.user_id}/{reply.body['file']['file_id']}/Roses.txt"
    assert stage.objects() == [key]
    stored = stage.s3.get_object(Bucket=BUCKET, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"roses", "text/plain")
    stage.extract(stage.s3_event(key, stored["VersionId"]))
    assert ada.file(reply.body["file"]["file_id"])["status"] == "ready"


def test_four_megabytes_come_inline_and_not_a_byte_more(stage: Stage, ada: Person) -> None:
    content = base64.b64encode(b"x" * (4 * MB)).decode()
    assert ada.post("/files", INLINE | {"content": content}).status == 201
    for size in (4 * MB + 1, 4 * MB + 3, 5 * MB):
        content = base64.b64encode(b"x" * size).decode()
        _refused(ada.post("/files", INLINE | {"content": content}), 413, "payload_too_large", "content", "4 MB")
    assert len(stage.rows("files")) == len(stage.objects()) == 1


@pytest.mark.parametrize(
    "content", ["rosés", "cm9zZXM", "cm9z ZXM=", "cm9z\nZXM=", "cm9zZXM=cm9z", "===", "-_==", "\x00"]
)
def test_content_is_strict_base64(ada: Person, content: str) -> None:
    _refused(ada.post("/files", INLINE | {"content": content}), 400, "invalid_request", "content", "base64")


@pytest.mark.parametrize("fault", [s3.slow_down, wire.unreachable])
def test_content_that_s3_does_not_take_leaves_nothing_behind(stage: Stage, ada: Person, fault: s3.Fault) -> None:
    stage.s3_wire.fail(fault, lambda call: call.writes, times=20)
    reply = ada.post("/files", INLINE)
    assert (reply.status, reply.error) == (503, "unavailable")
    assert stage.rows("files") == []
    assert used_bytes(stage, ada) == 0


def test_content_that_was_read_although_the_reply_was_lost_is_kept(stage: Stage, ada: Person) -> None:
    def arrives_and_is_read(call: s3.Call, send: wire.Send) -> Any:
        send()
        (row,) = stage.rows("files")
        versions = stage.s3.list_object_versions(Bucket=BUCKET)["Versions"]
        stage.extract(stage.s3_event(row["object_key"], versions[-1]["VersionId"]))
        return wire.unreachable(call, send)

    stage.s3_wire.fail(arrives_and_is_read, lambda call: call.writes)
    stage.s3_wire.fail(wire.unreachable, lambda call: call.writes and call.key.startswith("uploads/"), times=20)
    reply = ada.post("/files", INLINE)
    assert (reply.status, reply.body["file"]["status"]) == (201, "ready")
    assert used_bytes(stage, ada) == 5


def test_a_crash_between_row_and_object_is_swept_later(stage: Stage, ada: Person) -> None:
    stage.s3_wire.fail(wire.killed_before, lambda call: call.writes)
    with pytest.raises(wire.Killed):
        ada.post("/files", INLINE)
    (row,) = stage.rows("files")
    stage.edit("files", row["file_id"], upload_timestamp=iso(time.time() - 3_601))
    assert ada.files() == []
    assert (stage.rows("files"), used_bytes(stage, ada)) == ([], 0)


# What is refused


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"name": ""}, "name", "at least 1"),
        ({"name": "  "}, "name", "empty"),
        ({"name": ".."}, "name", "empty"),
        ({"name": "../../etc/passwd"}, "name", "path separator"),
        ({"name": "a\\b.txt"}, "name", "path separator"),
        ({"name": "a\x00.txt"}, "name", "control characters"),
        ({"name": "a\r\nb.txt"}, "name", "control characters"),
        ({"name": "a\uffff.txt"}, "name", "control characters"),
        ({"name": "fdp\u202eexe.txt"}, "name", "direction of writing"),
        ({"name": "x" * 1_000}, "name", "255 bytes"),
        ({"name": "é" * 128}, "name", "255 bytes"),
        ({"name": "x" * 5_001}, "name", "at most 5000"),
        ({"name": "${filename}"}, "name", "filename"),
        ({"name": None}, "name", "string"),
        ({"name": 7}, "name", "string"),
        ({"type": ""}, "type", "at least 1"),
        ({"type": "text"}, "type", "media type"),
        ({"type": "text/plain\r\nX-Evil: 1"}, "type", "media type"),
        ({"type": "tèxt/plain"}, "type", "media type"),
        ({"type": "x" * 256 + "/y"}, "type", "at most 255"),
        ({"type": None}, "type", "string"),
        ({"size": 0}, "size", "empty"),
        ({"size": -1}, "size", "greater than or equal"),
        ({"size": 1.5}, "size", "integer"),
        ({"size": "5"}, "size", "integer"),
        ({"size": True}, "size", "integer"),
        ({"size": None}, "size", "needed"),
        ({"content": "cm9zZXM="}, "content", "not both"),
        ({"size": None, "content": ""}, "content", "empty"),
        ({"size": None, "content": 5}, "content", "string"),
        ({"colour": "red"}, "colour", "no such field"),
    ],
)
def test_a_wrong_body_is_refused_by_field_and_reserves_nothing(
    stage: Stage, ada: Person, body: dict[str, Any], field: str, says: str
) -> None:
    _refused(ada.post("/files", FILE | body), 400, "invalid_request", field, says)
    assert stage.rows("files") == stage.rows("usage") == []


@pytest.mark.parametrize(
    ("name", "media_type", "says"),
    [
        ("setup.exe", "application/octet-stream", "program"),
        ("thesis.pdf", "application/x-msdownload", "program"),
        ("letter.pages", "application/vnd.apple.pages", "Pages document cannot be read. Export it as PDF"),
        (
            "budget.numbers",
            "application/x-iwork-numbers-sffnumbers",
            "Numbers spreadsheet cannot be read. Export it as XLSX",
        ),
        ("table.XLSB", "application/vnd.ms-excel", "Save it as XLSX"),
        ("mails.mbox", "application/mbox", "EML"),
        ("all.zip", "application/zip", "Unpack it"),
        ("photo.heic", "image/heic", "Save it as PNG"),
        ("photo", "image/tiff", "Save it as PNG"),
        ("song.mp3", "audio/mpeg", "transcript"),
        ("film.mp4", "video/mp4", "transcript"),
        ("film", "video/mp4", "transcript"),
    ],
)
def test_what_would_not_be_read_anyway_is_refused_with_its_reason(
    stage: Stage, ada: Person, name: str, media_type: str, says: str
) -> None:
    for body in (FILE, INLINE):
        reply = ada.post("/files", body | {"name": name, "type": media_type})
        _refused(reply, 400, "invalid_request", "type", says)
    assert stage.rows("files") == []
    assert stage.objects() == []


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("thesis.pdf", "application/octet-stream"),
        ("photo.jpg", "image/jpg"),
        ("photo.png", "image/jpeg"),
        ("photo.png", "application/pdf"),
        ("letter.doc", "application/msword"),
        ("letter.docx", "application/msword"),
        ("export.xls", "application/vnd.ms-excel"),
        ("show.ppsx", "application/vnd.openxmlformats-officedocument.presentationml.slideshow"),
        ("thesis.pdf", "application/force-download"),
        ("Re offer.eml", "message/rfc822"),
        ("stage.ts", "video/mp2t"),
        ("table.csv", "application/vnd.ms-excel"),
        ("Makefile", "application/octet-stream"),
        ("run.sh", "application/x-sh"),
        (".env", "text/plain"),
        ("page.svg", "image/svg+xml"),
        ("a.b.c", "text/plain"),
        ("graph.dot", "application/msword"),
        ("fr.pot", "application/vnd.ms-powerpoint"),
        ("id_ed25519.pub", "application/vnd.ms-publisher"),
        ("server.key", "application/vnd.apple.keynote"),
        ("Pose.msg", "application/vnd.ms-outlook"),
        ("figure.ps", "application/postscript"),
        ("mail to example.com", "application/x-msdos-program"),
    ],
)
def test_what_its_content_will_tell_is_taken(ada: Person, name: str, media_type: str) -> None:
    assert ada.post("/files", FILE | {"name": name, "type": media_type}).status == 201


@pytest.mark.parametrize("size", [50 * MB + 1, 2 * 1024 * MB, 10**30])
def test_a_file_of_more_than_fifty_megabytes_is_too_large(stage: Stage, ada: Person, size: int) -> None:
    _refused(ada.post("/files", FILE | {"size": size}), 413, "payload_too_large", "size", "50 MB")
    assert stage.rows("files") == stage.rows("usage") == []
    assert ada.post("/files", FILE | {"size": 50 * MB}).status == 201


def test_the_largest_file_is_a_setting(stage: Stage, ada: Person) -> None:
    stage.configure(max_file_mb=1)
    _refused(ada.post("/files", FILE | {"size": MB + 1}), 413, "payload_too_large", "size", "1 MB")
    content = base64.b64encode(b"x" * (MB + 1)).decode()
    _refused(ada.post("/files", INLINE | {"content": content}), 413, "payload_too_large", "content", "1 MB")
