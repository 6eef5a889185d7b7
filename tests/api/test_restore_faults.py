"""Backups that are not what their manifests say, and what AWS does while one comes back."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from chalicelib.backups import rows

from tests.fakes import dynamodb, s3
from tests.people import Person
from tests.restores import ID, TEXT, Restores, lived
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET


@pytest.fixture
def restores(stage: Stage) -> Restores:
    return Restores(stage)


def test_a_part_that_was_changed_is_refused_by_name_before_anything_of_it_is_written(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    restores.empty()
    key = backup.tables["conversations"].parts[0].key
    changed = gzip.decompress(restores.body(key)).replace(b"Roses", b"Lilac")
    restores.put(key, gzip.compress(changed))
    state = restores.restore()
    assert (state["step"], state["problem"].startswith(f"{key} is not what was written")) == ("failed", True)
    assert stage.rows("conversations") == []


def test_a_part_that_is_missing_is_named(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    key = backup.tables["messages"].parts[0].key
    stage.s3.delete_object(Bucket=BACKUPS, Key=key)
    assert f"{key} is missing" in restores.restore()["problem"]


def test_a_manifest_that_counts_other_items_is_refused(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    raw = json.loads(restores.body(f"nightly/{ID}/manifest.json"))
    raw["tables"]["usage"]["digest"] = "0" * 64
    restores.put(f"nightly/{ID}/manifest.json", json.dumps(raw).encode())
    assert "items of table usage" in restores.restore()["problem"]
    assert backup.tables["usage"].items


def test_a_backup_of_a_newer_app_is_refused_and_one_that_there_is_not(stage: Stage, restores: Restores) -> None:
    restores.back_up(schema_version=2, something_new={})
    assert "newer app" in restores.restore()["problem"]
    assert "there is no backup" in restores.restore("other", "2026-01-01T00-00-00Z")["problem"]
    restores.put(f"nightly/{ID}/manifest.json", b"{}")
    assert "not of the form" in restores.restore("third")["problem"]


def test_an_object_that_is_missing_is_named_and_all_else_comes_back(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    restores.back_up()
    restores.empty()
    copies = stage.objects("objects/uploads/", BACKUPS)
    stage.s3.delete_object(Bucket=BACKUPS, Key=copies[0])
    state = restores.restore()
    file_id, version = copies[0].split("/")[3], copies[0].split("/")[5]
    missing = f"the copy of file {file_id}, version {version}, is missing"
    assert (state["step"], state["problem"]) == ("failed", missing), "without the file's name and whose it is"
    assert stage.rows("conversations")


@pytest.mark.parametrize("prefix", ["uploads/", "extracted/"])
def test_an_object_that_is_not_what_was_copied_is_not_left_in_the_stage(
    stage: Stage, ada: Person, restores: Restores, prefix: str
) -> None:
    lived(stage, ada)
    restores.back_up()
    restores.empty()
    copy = next(key for key in stage.objects(f"objects/{prefix}", BACKUPS) if "index" not in key)
    restores.put(copy, TEXT.upper())
    problem = restores.restore()["problem"]
    assert all(each in problem for each in (copy.rpartition("/")[2], "is not what was copied"))
    assert not [key for key in stage.objects(prefix) if f"objects/{key}/" in copy]


@pytest.mark.parametrize("prefix", ["uploads/", "extracted/"])
def test_an_object_that_goes_while_it_is_looked_at_comes_back(
    stage: Stage, ada: Person, restores: Restores, prefix: str
) -> None:
    lived(stage, ada)
    restores.back_up()
    key = stage.objects(prefix)[0]
    body = stage.body(key)
    (version,) = stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
    stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])
    stage.store(key, body)

    def gone(call: s3.Call, send: Any) -> Any:
        (again,) = stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
        stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=again["VersionId"])
        return send()

    stage.s3_wire.fail(gone, lambda call: call.operation == "GetObject" and key in call.key)
    assert restores.restore()["step"] == "done"
    assert stage.s3_wire.struck
    assert stage.body(key) == body


def test_what_lies_in_a_cold_storage_class_is_asked_for_and_waited_for(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    restores.back_up()
    before = restores.everything()
    restores.empty()
    (copy,) = stage.objects("objects/uploads/", BACKUPS)
    stage.s3.put_object(Bucket=BACKUPS, Key=copy, Body=TEXT, StorageClass="DEEP_ARCHIVE")
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    state = restores.state()
    assert (state["step"], state["waiting"]) == ("objects", 1)
    assert len(stage.objects("extracted/")) == len([key for key in before[1] if key.startswith("extracted/")])
    assert 'ongoing-request="false"' in stage.s3.head_object(Bucket=BACKUPS, Key=copy)["Restore"]
    assert restores.finish()["step"] == "done"
    assert restores.everything()[1] == before[1]


def test_a_part_in_a_cold_storage_class_is_waited_for_before_anything_is_written(
    stage: Stage, ada: Person, restores: Restores
) -> None:
    lived(stage, ada)
    backup = restores.back_up()
    key = backup.tables["messages"].parts[0].key
    body = restores.body(key)
    stage.s3.put_object(Bucket=BACKUPS, Key=key, Body=body, StorageClass="DEEP_ARCHIVE")
    restores.empty()
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert (restores.state()["step"], restores.state()["waiting"]) == ("thawing", 1)
    assert stage.rows("conversations") == []
    assert restores.finish()["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items


def test_a_row_that_is_throttled_keeps_no_other_back(stage: Stage, ada: Person, restores: Restores) -> None:
    lived(stage, ada)
    restores.back_up()
    restores.empty()
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "PutItem", nth=2, times=40)
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert restores.state()["step"] == "done", "within one run"


def test_a_throttled_table_is_waited_for(
    stage: Stage, ada: Person, restores: Restores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_PATIENCE_S", 0)
    lived(stage, ada)
    backup = restores.back_up()
    restores.empty()
    stage.wire.fail(dynamodb.throttled, lambda call: call.operation == "PutItem", nth=2, times=40)
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    assert restores.state()["step"] == "rows"
    stage.wire.clear()
    assert restores.finish()["step"] == "done"
    assert len(stage.rows("messages")) == backup.tables["messages"].items


def test_a_copy_starts_no_reading_of_a_file(stage: Stage) -> None:
    """It would find no row yet, and remove the object."""
    (source,) = [each for each in stage.app.app.event_sources if each.name == "extract"]
    assert source.events == ["s3:ObjectCreated:Post", "s3:ObjectCreated:Put"]
