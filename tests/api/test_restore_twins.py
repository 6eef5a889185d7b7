"""Twins in backups: all of them come back, one person's, or none that was removed since, whose handle is used anew."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from chalicelib.backups import objects

from tests.api.commenting import owner
from tests.api.twins import add, draft, made, of, photo, publish, published, row
from tests.backups import Nights
from tests.fakes import dynamodb, s3, wire
from tests.people import Person
from tests.restores import Restores
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET

TYPED = {"handle": "me"}


@pytest.fixture
def olga(stage: Stage) -> Person:
    person = owner(stage)
    stage.pool.emails[person.user_id] = "olga@example.com"
    return person


@pytest.fixture
def restores(stage: Stage) -> Restores:
    return Restores(stage)


def _lived(stage: Stage, person: Person, handle: str = "me") -> None:
    made(person, handle)
    photo(person, handle=handle)
    publish(person, handle)
    stage.store(f"transcripts/{handle}/2026-11-28/visit.jsonl", b"{}")
    stage.lambdas.pending.clear()


def _purge(stage: Stage) -> None:
    for order in stage.lambdas.take("purge"):
        stage.purge(order)


def _pages(stage: Stage) -> list[Any]:
    return stage.lambdas.take("publish")


def test_a_night_holds_twins_with_their_objects_and_transcripts(stage: Stage, olga: Person) -> None:
    _lived(stage, olga)
    nights = Nights(stage)
    backup = nights.whole()
    assert backup.tables["twins"].items == len(stage.rows("twins"))
    copied = {each.key: each for each in nights.copies(backup)}
    assert sorted(copied) == stage.objects()
    assert {key.split("/")[0] for key in copied} == {"twins", "transcripts"}
    for key, copy in copied.items():
        assert nights.body(copy.copy) == stage.body(key)


@pytest.mark.parametrize("nth", range(1, 7))
def test_a_night_that_ends_anywhere_goes_on_within_and_between_prefixes(
    stage: Stage, olga: Person, ada: Person, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    monkeypatch.setattr(objects, "PIECE", 1)
    stage.ready(ada, b"Roses are red.\n")
    _lived(stage, olga)
    nights = Nights(stage)
    nights.begin()
    stage.s3_wire.fail(wire.killed_before, lambda call: call.operation == "CopyObject", nth=nth)
    with pytest.raises(wire.Killed):
        nights.finish()
    nights.finish()
    assert [each.key for each in nights.copies(nights.newest())] == sorted(stage.objects())


def test_all_comes_back_into_an_empty_stage_and_its_page_is_written(
    stage: Stage, olga: Person, restores: Restores
) -> None:
    _lived(stage, olga)
    before = restores.everything()
    profile = published(stage)
    restores.back_up()
    restores.empty()
    assert restores.restore()["problem"] == ""
    rows, now = restores.everything()
    assert (rows["twins"], now) == (before[0]["twins"], before[1])
    assert published(stage) == profile
    assert _pages(stage) == [{"handle": "me"}]
    assert publish(olga).body["version"] == 2


def test_one_persons_twins_come_back_with_their_things(stage: Stage, olga: Person, restores: Restores) -> None:
    oskar = owner(stage, "oskar")
    _lived(stage, olga)
    _lived(stage, oskar, "oskars")
    kept = of(stage)
    restores.back_up()
    restores.empty()
    assert restores.restore(only="person=olga@example.com")["problem"] == ""
    assert of(stage) == kept
    assert of(stage, "oskars") == []
    assert _pages(stage) == [{"handle": "me"}]


def test_only_the_table_comes_back_with_the_objects_of_twins(stage: Stage, olga: Person, restores: Restores) -> None:
    stage.ready(olga, b"Roses are red.\n")
    _lived(stage, olga)
    kept = of(stage)
    restores.back_up()
    restores.empty()
    assert restores.restore(only="table=twins")["problem"] == ""
    assert (of(stage), stage.rows("files")) == (kept, [])
    assert [key for key in stage.objects() if key not in kept] == []
    restores.empty()
    assert restores.restore("other", only="table=files")["problem"] == ""
    assert of(stage) == []


def test_a_twin_whose_maker_has_a_new_account_is_theirs(stage: Stage, olga: Person, restores: Restores) -> None:
    _lived(stage, olga)
    restores.back_up()
    restores.empty()
    restores.nobody()
    assert restores.restore()["problem"] == ""
    (new,) = stage.pool.subs
    assert new != olga.user_id
    assert row(stage)["user_id"] == row(stage, "me", ".twins")["user_id"] == row(stage, "version/000001")["by"] == new
    assert olga.user_id not in str(stage.rows("twins"))


def test_a_twin_that_was_removed_since_does_not_come_back(stage: Stage, olga: Person, restores: Restores) -> None:
    _lived(stage, olga)
    restores.back_up(export_time=int(time.time()))
    olga.call("DELETE", "/drafts/me", TYPED)
    _purge(stage)
    _pages(stage)
    assert restores.restore()["problem"] == ""
    assert of(stage) == []
    assert _pages(stage) == []
    stage.dynamodb.delete_item(TableName="chatapp-test-erasures", Key={"erased": {"S": "twin:me"}})
    assert restores.restore("other")["problem"] == ""
    assert of(stage) == [], "the bucket knows it, too"


def test_a_twin_that_has_the_handle_of_a_removed_one_comes_back(stage: Stage, olga: Person, restores: Restores) -> None:
    _lived(stage, olga)
    olga.call("DELETE", "/drafts/me", TYPED)
    _purge(stage)
    _lived(stage, olga)
    kept = of(stage)
    restores.back_up(export_time=int(time.time()) + 1)
    restores.empty()
    restores.stage.put("erasures", {"erased": "twin:me", "at": 1, "user_id": olga.user_id, "ttl": 2**40})
    assert restores.restore()["problem"] == ""
    assert of(stage) == kept


def test_an_entry_that_was_deleted_since_does_not_come_back(stage: Stage, olga: Person, restores: Restores) -> None:
    _lived(stage, olga)
    gone = add(olga, text="DELETED")
    restores.back_up()
    olga.delete(f"/drafts/me/entries/{gone}")
    item = f"draft/entry/{gone}"
    stage.edit("twins", item, deleted_at=1, due_at=1)
    stage.sweep()
    assert restores.restore()["problem"] == ""
    assert "DELETED" not in json.dumps(draft(olga))


def test_a_twin_that_is_removed_while_it_comes_back_goes(stage: Stage, olga: Person, restores: Restores) -> None:
    """Its rows come after it was removed: the restore ends with removing it again."""
    _lived(stage, olga)
    restores.back_up()
    restores.empty()

    def erased(call: dynamodb.Call, send: wire.Send) -> AWSResponse:
        """A purge ends before the row comes, of which it knew nothing."""
        stage.put("erasures", {"erased": "twin:me", "at": int(time.time()), "user_id": olga.user_id, "ttl": 2**40})
        return send()

    stage.wire.fail(erased, lambda call: call.operation == "PutItem" and "twins" in call.tables)
    assert restores.restore()["step"] == "done"
    assert of(stage)
    _purge(stage)
    assert of(stage) == []


def test_a_twin_of_a_removed_ones_handle_stays_when_a_restore_ends(
    stage: Stage, olga: Person, restores: Restores
) -> None:
    restores.back_up()
    erased = {"erased": "twin:me", "at": int(time.time()) - 5, "user_id": olga.user_id, "ttl": 2**40}
    stage.put("erasures", erased)
    _lived(stage, olga)
    kept = of(stage)
    assert restores.restore()["problem"] == ""
    _purge(stage)
    assert of(stage) == kept


def test_a_backup_of_before_there_were_twins_comes_back(stage: Stage, olga: Person, restores: Restores) -> None:
    stage.ready(olga, b"Roses are red.\n")
    backup = restores.back_up()
    manifest = json.loads(restores.body(f"nightly/{backup.id}/manifest.json"))
    del manifest["tables"]["twins"]
    restores.put(f"nightly/{backup.id}/manifest.json", json.dumps(manifest).encode())
    for only in ("", "person=olga@example.com"):
        restores.empty()
        assert restores.restore(f"r{len(only)}", only=only)["problem"] == ""
        assert len(stage.rows("files")) == 1


@pytest.mark.parametrize("prefix", ["twins/", "transcripts/"])
def test_an_object_of_a_twin_that_is_not_what_was_copied_is_not_left_in_the_stage(
    stage: Stage, olga: Person, restores: Restores, prefix: str
) -> None:
    _lived(stage, olga)
    restores.back_up()
    restores.empty()
    copy = next(key for key in stage.objects(f"objects/{prefix}", BACKUPS) if "index" not in key)
    restores.put(copy, b"another")
    problem = restores.restore()["problem"]
    assert all(each in problem for each in ("an object of twin me", "is not what was copied"))
    assert not [key for key in stage.objects(prefix) if f"objects/{key}/" in copy]


@pytest.mark.parametrize("prefix", ["twins/", "transcripts/"])
def test_an_object_of_a_twin_that_goes_while_it_is_looked_at_comes_back(
    stage: Stage, olga: Person, restores: Restores, prefix: str
) -> None:
    _lived(stage, olga)
    restores.back_up()
    key = stage.objects(prefix)[0]
    body = stage.body(key)

    def remove() -> None:
        for each in stage.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]:
            stage.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=each["VersionId"])

    def gone(call: s3.Call, send: Any) -> Any:
        remove()
        return send()

    remove()
    stage.store(key, body)
    stage.s3_wire.fail(gone, lambda call: call.operation == "GetObject" and key in call.key)
    assert restores.restore()["step"] == "done"
    assert stage.s3_wire.struck
    assert stage.body(key) == body
