"""The bucket's adapter on moto: forms, URLs, versions, pages of lists, and what each of S3's errors becomes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from chalicelib.aws import clients
from chalicelib.aws.bucket import Bucket, Missing, TooLarge, Version
from chalicelib.aws.faults import Busy
from chalicelib.aws.grants import Grant, NotGranted

from tests.aws.conftest import TESTER
from tests.fakes import s3, wire
from tests.stage import Stage
from tests.storage import BUCKET

EVERYTHING = ("PutObject", "GetObject", "GetObjectVersion", "ListObjectVersions", "DeleteObjectVersion")
KEY = "uploads/ada/1/Les rosés d'été (2) +&%.txt"


def _bucket(*operations: str) -> Bucket:
    grant = Grant("bucket", "files/uploads", operations or EVERYTHING)
    return Bucket(TESTER, grant, lambda: clients.client("s3"), BUCKET, "uploads/")


@pytest.fixture
def uploads(stage: Stage) -> Bucket:
    return _bucket()


# Signed addresses


def test_a_form_has_the_very_key_type_size_and_end(uploads: Bucket) -> None:
    post = uploads.presigned_post(KEY, "text/plain; charset=utf-8", 5, 300)
    conditions = json.loads(base64.b64decode(post.fields["policy"]))["conditions"]
    exact = {name: value for each in conditions if isinstance(each, dict) for name, value in each.items()}
    assert [each for each in conditions if isinstance(each, list)] == [["content-length-range", 5, 5]]
    assert (exact["key"], exact["bucket"]) == (KEY, BUCKET)
    assert exact["Content-Type"] == post.fields["Content-Type"] == "text/plain; charset=utf-8"
    assert exact["x-amz-algorithm"] == post.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    # Every field but policy and signature is in the policy, and what is in the policy is a field.
    assert post.fields.keys() - {"policy", "x-amz-signature"} == exact.keys() - {"bucket"}


def test_signed_addresses_are_of_the_buckets_regional_host(uploads: Bucket) -> None:
    """The global host redirects while a bucket is new, and is no source that the site's policy names."""
    host = f"{BUCKET}.s3.eu-west-1.amazonaws.com"
    assert uploads.presigned_post(KEY, "text/plain", 5, 300).url == f"https://{host}/"
    assert urlsplit(uploads.presigned_get(KEY, "v", "a.txt", 300)).hostname == host


def test_a_download_is_of_one_version_with_a_name_that_cannot_break_its_header(uploads: Bucket) -> None:
    url = urlsplit(uploads.presigned_get(KEY, "v/1", 'a"; b\r\n.txt', 300))
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert (query["versionId"], query["X-Amz-Expires"]) == ("v/1", "300")
    assert query["response-content-disposition"] == "attachment; filename*=UTF-8''a%22%3B%20b%0D%0A.txt"


# Objects


def test_what_is_put_is_read_by_its_newest_or_by_one_version(uploads: Bucket, stage: Stage, tmp_path: Path) -> None:
    first = uploads.put(KEY, b"roses", "text/plain")
    path = tmp_path / "lilies"
    path.write_bytes(b"lilies")
    second = uploads.put(KEY, path, "text/html")
    assert uploads.read(KEY) == uploads.read(KEY, second) == b"lilies"
    assert uploads.read(KEY, first) == b"roses"
    uploads.download(KEY, path, first)
    assert path.read_bytes() == b"roses"
    assert stage.s3.head_object(Bucket=BUCKET, Key=KEY)["ContentType"] == "text/html"


def test_a_download_stops_at_what_the_caller_takes(uploads: Bucket, tmp_path: Path) -> None:
    uploads.put(KEY, b"x" * 3_000_000, "text/plain")
    path = tmp_path / "file"
    uploads.download(KEY, path, most_bytes=3_000_000)
    with pytest.raises(TooLarge):
        uploads.download(KEY, path, most_bytes=1_000_000)
    assert path.stat().st_size < 3_000_000


@pytest.mark.parametrize("told", [s3.denied, s3.refusal("NoSuchKey", 404)])
def test_what_is_not_there_is_missing_whether_s3_says_so_or_not(
    uploads: Bucket, stage: Stage, tmp_path: Path, told: s3.Fault
) -> None:
    version = uploads.put(KEY, b"roses", "text/plain")
    uploads.put(KEY + "xy", b"another", "text/plain")
    stage.s3_wire.fail(told, lambda call: call.operation == "GetObject", times=99)
    for key, version_id in ((KEY + "x", None), (KEY, "00000000-0000-0000-0000-000000000000"), (KEY + "x", version)):
        with pytest.raises(Missing):
            uploads.read(key, version_id)
        with pytest.raises(Missing):
            uploads.download(key, tmp_path / "file", version_id)


def test_what_somebody_deleted_is_missing_but_for_its_versions(uploads: Bucket, stage: Stage) -> None:
    version = uploads.put(KEY, b"roses", "text/plain")
    stage.s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(Missing):
        uploads.read(KEY)
    assert uploads.read(KEY, version) == b"roses"


def test_what_is_stored_while_it_is_looked_for_is_read(uploads: Bucket, stage: Stage) -> None:
    def put_late(call: s3.Call, send: wire.Send) -> AWSResponse:
        stage.s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"roses")
        return send()

    stage.s3_wire.fail(put_late, lambda call: call.operation == "ListObjectVersions")
    assert uploads.read(KEY) == b"roses"


# Versions


def test_a_copy_is_told_and_not_what_somebody_stored_after_it(uploads: Bucket, stage: Stage) -> None:
    uploads.put(KEY, b"roses", "text/plain")
    place = "uploads/ada/1/copy"

    def put_after(call: s3.Call, send: Any) -> Any:
        copied = send()
        stage.store(place, b"somebody else's", "text/plain")
        return copied

    stage.s3_wire.fail(put_after, lambda call: call.operation == "CopyObject")
    told = uploads.copy(uploads.source(KEY), place)
    assert (told.size, stage.body(place, told.version_id)) == (5, b"roses")
    assert stage.body(place) == b"somebody else's"


def test_versions_come_newest_first_with_delete_markers_also_over_pages(
    uploads: Bucket, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [uploads.put(KEY, str(number).encode(), "text/plain") for number in range(7)]
    other = uploads.put("uploads/ada/1/other", b"x", "text/plain")
    uploads.put("uploads/ada/10", b"x", "text/plain")
    stage.s3.delete_object(Bucket=BUCKET, Key="uploads/ada/1/other")
    assert [each.version_id for each in uploads.versions(KEY)] == ids[::-1]
    whole = uploads.versions("uploads/ada/1/")
    assert sorted(each.is_delete_marker for each in whole) == [False] * 8 + [True]
    assert Version("uploads/ada/1/other", other, False) in whole
    stage.s3_wire.clear()
    _page_by(monkeypatch, 2)
    paged = uploads.versions("uploads/ada/1/")
    assert set(paged) == set(whole)
    assert len(paged) == len(whole)
    assert [each.version_id for each in paged if each.key == KEY] == ids[::-1]
    assert len(stage.s3_wire.calls) > 3
    assert uploads.versions("uploads/nobody/") == []


def _page_by(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    client = clients.client("s3")
    whole = client.list_object_versions
    monkeypatch.setattr(client, "list_object_versions", lambda **named: whole(MaxKeys=size, **named))


def test_versions_are_deleted_for_good_and_others_stay(uploads: Bucket, stage: Stage) -> None:
    first, second = (uploads.put(KEY, body, "text/plain") for body in (b"1", b"2"))
    uploads.delete([Version(KEY, second, False)])
    assert uploads.read(KEY) == b"1"
    uploads.delete([Version(KEY, second, False)])  # gone already
    stage.s3.delete_object(Bucket=BUCKET, Key=KEY)
    uploads.delete(uploads.versions(KEY))
    assert stage.objects() == []
    stage.s3_wire.clear()
    uploads.delete([])
    assert stage.s3_wire.calls == []
    assert first != second


def test_many_versions_are_deleted_a_thousand_at_a_time(
    uploads: Bucket, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def counted(**named: Any) -> dict[str, Any]:
        sent.append(len(named["Delete"]["Objects"]))
        return {}

    monkeypatch.setattr(clients.client("s3"), "delete_objects", counted)
    uploads.delete(Version(f"uploads/{number}", "v", False) for number in range(2_345))
    assert sent == [1_000, 1_000, 345]


# Errors


@pytest.mark.parametrize("fault", [s3.slow_down, wire.unreachable, s3.refusal("InternalError", 500)])
def test_what_s3_cannot_do_now_is_busy_once_it_was_repeated(
    uploads: Bucket, stage: Stage, tmp_path: Path, fault: s3.Fault
) -> None:
    version = uploads.put(KEY, b"roses", "text/plain")
    for act in (
        lambda: uploads.put(KEY, b"x", "text/plain"),
        lambda: uploads.read(KEY),
        lambda: uploads.download(KEY, tmp_path / "file", version),
        lambda: uploads.versions(KEY),
        lambda: uploads.delete([Version(KEY, version, False)]),
    ):
        stage.s3_wire.clear()
        stage.s3_wire.fail(fault, times=20)
        with pytest.raises(Busy):
            act()
        assert len(stage.s3_wire.calls) > 1
        stage.s3_wire.clear()
        stage.s3_wire.fail(fault)
        act()


def test_a_body_that_came_too_slowly_is_no_refusal(uploads: Bucket, stage: Stage) -> None:
    stage.s3_wire.fail(s3.refusal("RequestTimeout", 400), times=20)
    with pytest.raises(Busy):
        uploads.put(KEY, b"x", "text/plain")


def test_a_refusal_is_not_hidden(uploads: Bucket, stage: Stage) -> None:
    version = uploads.put(KEY, b"roses", "text/plain")
    stage.s3_wire.fail(s3.denied, lambda call: call.operation == "GetObject", times=99)
    for version_id in (None, version):
        with pytest.raises(ClientError, match="AccessDenied"):
            uploads.read(KEY, version_id)
    stage.s3_wire.fail(s3.denied, lambda call: call.operation == "ListObjectVersions")
    with pytest.raises(ClientError, match="AccessDenied"):
        uploads.read(KEY + "x")


@pytest.mark.parametrize(
    ("code", "error"), [("InternalError", Busy), ("SlowDown", Busy), ("AccessDenied", ClientError)]
)
def test_a_version_that_is_not_deleted_is_an_error(
    uploads: Bucket, stage: Stage, code: str, error: type[Exception]
) -> None:
    def partly(call: s3.Call, send: wire.Send) -> AWSResponse:
        each = f"<Error><Key>uploads/x</Key><VersionId>v</VersionId><Code>{code}</Code></Error>"
        return s3.answer(200, f"<DeleteResult>{each}</DeleteResult>")

    stage.s3_wire.fail(partly, lambda call: call.operation == "DeleteObjects")
    with pytest.raises(error, match=code):
        uploads.delete([Version("uploads/x", "v", False)])


# What it may not do


def test_keys_outside_its_prefix_are_a_bug(uploads: Bucket, tmp_path: Path) -> None:
    for key in ("extracted/1/outline.txt", "upload", "/uploads/1", ""):
        for act in (
            lambda: uploads.presigned_post(key, "text/plain", 1, 300),  # noqa: B023 (called at once)
            lambda: uploads.presigned_get(key, "v", "name", 300),  # noqa: B023
            lambda: uploads.put(key, b"", "text/plain"),  # noqa: B023
            lambda: uploads.read(key),  # noqa: B023
            lambda: uploads.versions(key),  # noqa: B023
            lambda: uploads.delete([Version(key, "v", False)]),  # noqa: B023
        ):
            with pytest.raises(ValueError, match="not under uploads/"):
                act()


def test_each_operation_is_granted_by_itself(stage: Stage, tmp_path: Path) -> None:
    acts: dict[str, list[Callable[[Bucket], object]]] = {
        "PutObject": [
            lambda bucket: bucket.put(KEY, b"roses", "text/plain"),
            lambda bucket: bucket.presigned_post(KEY, "text/plain", 1, 300),
        ],
        "GetObject": [lambda bucket: bucket.read(KEY)],
        "GetObjectVersion": [
            lambda bucket: bucket.presigned_get(KEY, "v", "name", 300),
            lambda bucket: bucket.read(KEY, stage.s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"]),
        ],
        "ListObjectVersions": [lambda bucket: bucket.versions(KEY)],
        "DeleteObjectVersion": [lambda bucket: bucket.delete([Version(KEY, "v", False)])],
    }
    for operation, calls in acts.items():
        others = [each for each in EVERYTHING if each != operation]
        for call in calls:
            call(_bucket(operation))
            with pytest.raises(NotGranted, match=operation):
                call(_bucket(*others))
