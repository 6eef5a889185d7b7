"""The files of a backup: those of the tables' instant, and copies that are there."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest
from chalicelib.backups import manifest, objects
from chalicelib.files.row import upload_prefix
from chalicelib.logs import Failed

from tests.backups import TEXT, Nights, life, next_night
from tests.fakes import s3, wire
from tests.fakes.exports import LAG_S
from tests.people import Person
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET

DAY_S = 86_400


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


@pytest.mark.parametrize("later", [False, True])
def test_a_file_that_came_after_the_tables_instant_does_not_come_back_without_a_row(
    stage: Stage, ada: Person, nights: Nights, later: bool
) -> None:
    """Exports take minutes to hours, and people go on meanwhile."""
    file_id = stage.ready(ada, TEXT)
    if later:
        stage.exports.clock = lambda: time.time() + LAG_S - objects.SKEW_S - 2
    backup = nights.whole()
    named = {copy.key for copy in nights.copies(backup)}
    assert (backup.objects.count, named) == ((0, set()) if later else (len(named), set(stage.objects())))
    if not later:
        assert any(file_id in key for key in named)


@pytest.mark.parametrize("harm", ["hidden", "overwritten"])
def test_a_copy_that_is_not_there_any_more_is_made_again(stage: Stage, ada: Person, nights: Nights, harm: str) -> None:
    stage.ready(ada, TEXT)
    [copy, *_] = nights.copies(nights.whole())
    if harm == "hidden":
        stage.s3.delete_object(Bucket=BACKUPS, Key=copy.copy)
    else:
        nights.put(copy.copy, b"something else")
    next_night(stage)
    again = nights.copies(nights.whole())[0]
    assert (again.copy, again.sha256) == (copy.copy, copy.sha256)
    assert nights.body(copy.copy) == stage.body(copy.key, copy.version_id)
    assert nights.locked_until(copy.copy) > time.time()


def test_every_version_of_every_file_is_copied_by_s3_and_its_hash_is_s3s(
    stage: Stage, ada: Person, nights: Nights
) -> None:
    life(stage, ada)
    key = next(key for key in stage.objects("extracted/"))
    stage.store(key, b"written once more", "text/plain")
    removed = f"{upload_prefix(ada.subject, '0' * 36)}a"
    stage.store(removed, b"removed", "text/plain")
    stage.s3.delete_object(Bucket=BUCKET, Key=removed)
    backup = nights.whole()
    copies = nights.copies(backup)
    versions = stage.objects("uploads/") + stage.objects("extracted/")
    versions.remove(removed)  # the mark of its deletion
    assert sorted(copy.key for copy in copies) == sorted(versions)
    assert backup.objects.count == len(copies)
    assert backup.objects.bytes == sum(copy.size for copy in copies)
    for copy in copies:
        body = stage.body(copy.key, copy.version_id)
        assert nights.body(copy.copy) == body
        assert (copy.size, copy.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert {copy.content_type for copy in copies if copy.key == key} >= {"text/plain"}
    read = {call.key for call in stage.s3_wire.calls if call.operation == "GetObject" and "objects/" in call.key}
    assert read == set(), "no byte of a file passes through the function"
    assert hashlib.sha256(nights.body(backup.objects.list_key)).hexdigest() == backup.objects.sha256


def test_what_an_earlier_backup_has_is_not_copied_again(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "PIECE", 2)
    life(stage, ada)
    first = nights.whole()
    next_night(stage)
    stage.s3_wire.clear()
    stage.ready(ada, b"Something new.\n", "new.txt")
    second = nights.whole()
    copied = [call.key for call in stage.s3_wire.calls if call.operation == "CopyObject"]
    before = {copy.key for copy in nights.copies(first)}
    assert copied
    assert not [key for key in copied if any(key.startswith(f"objects/{each}/") for each in before)]
    assert {copy.key for copy in nights.copies(second)} > before
    assert {copy.copy for copy in nights.copies(first)} < {copy.copy for copy in nights.copies(second)}


def test_a_copy_that_grows_old_is_made_again_before_it_goes(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    life(stage, ada)
    first = nights.copies(nights.whole())
    next_night(stage)
    monkeypatch.setattr(objects, "COPIED_AGAIN_S", -1)
    again = nights.copies(nights.whole())
    assert [copy.copy for copy in again] == [copy.copy for copy in first], "under the key that all manifests name"
    assert all(nights.stage.objects(copy.copy, BACKUPS)[1:] for copy in again)


def test_an_object_that_is_removed_while_it_is_copied_is_left_out(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    removed = iter([stage.objects("uploads/")[0]])

    def remove(call: s3.Call, send: wire.Send) -> Any:
        key = next(removed)
        [version] = stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
        stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])
        return send()

    stage.s3_wire.fail(remove, lambda call: call.operation == "CopyObject" and "/uploads/" in call.key)
    backup = nights.whole()
    assert backup.objects.count == len(nights.copies(backup))
    assert any("1 objects were removed" in note for note in backup.notes)


def test_a_file_that_s3_lists_and_does_not_give_leaves_no_manifest(stage: Stage, ada: Person, nights: Nights) -> None:
    """Denied is answered as missing is: a right that went missing must not make backups without files."""
    life(stage, ada)
    nights.begin()
    stage.s3_wire.fail(s3.denied, lambda call: call.operation == "CopyObject")
    # Of the file itself: other copies are made, and looked at, beside this one.
    stage.s3_wire.fail(
        lambda call, send: s3.answer(403, ""),
        lambda call: call.operation == "HeadObject" and not call.key.startswith(manifest.OBJECTS),
    )
    with pytest.raises(Failed):
        nights.finish()
    assert nights.manifests() == []
    assert "cannot be read" in nights.index()["failures"][0]["why"]
