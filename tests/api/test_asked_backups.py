"""A backup of a time that somebody asked for: the tables of then, and the files and accounts that go with them."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib.backups import manifest, objects
from chalicelib.files.row import upload_prefix
from chalicelib.logs import Failed

from tests.backups import ASKED, STATE, Nights
from tests.fakes import wire
from tests.people import Person
from tests.restores import Restores, lived
from tests.stage import Stage
from tests.storage import BACKUPS, BUCKET


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


def _then(stage: Stage) -> int:
    """A time at which all was as it is now."""
    at = int(time.time()) - 600
    stage.exports.remember(at)
    return at


def _whole(nights: Nights, at: int) -> manifest.Backup:
    nights.go_on({"at": at})
    nights.finish()
    return manifest.read(nights.body(manifest.key_of(manifest.id_of(at))))


def _gone(stage: Stage, chosen: Callable[[str], bool]) -> None:
    """Have objects be gone, every version of them, as by a mistake."""
    for version in stage.s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
        if chosen(version["Key"]):
            stage.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])


def test_a_stage_comes_back_as_it_was_then(stage: Stage, ada: Person, nights: Nights) -> None:
    conversation_id, file_id = lived(stage, ada)
    at = _then(stage)
    before = Restores(stage).digests()
    assert ada.patch(f"/conversations/{conversation_id}", {"title": "Broken"}).status == 200
    stage.dynamodb.delete_item(TableName="chatapp-test-files", Key={"file_id": {"S": file_id}})
    backup = _whole(nights, at)
    assert (backup.id, backup.export_time) == (manifest.id_of(at), at)
    assert {name: table.digest for name, table in backup.tables.items()} == before
    (listed,) = nights.index()["backups"]
    assert (listed["id"], listed["kept"], listed["asked"]) == (backup.id, "nightly", True), "a month's first is a night"
    state = Restores(stage).restore(backup_id=backup.id, overwrite=True)
    assert (state["step"], state["problem"]) == ("done", "")
    assert [row["title"] for row in stage.rows("conversations")] == ["Roses"]
    assert ada.get(f"/files/{file_id}/content").status == 200


@pytest.fixture(params=[1, 3, 1_000])
def _piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PIECE", request.param)


@pytest.mark.usefixtures("_piece")
@pytest.mark.parametrize("lost", ["the first", "the last", "all", "none"])
def test_files_that_are_gone_since_are_those_of_the_backup_before(
    stage: Stage, ada: Person, nights: Nights, lost: str
) -> None:
    for number in range(3):
        stage.ready(ada, f"Text {number}.\n".encode(), f"{number}.txt")
    twice = f"{upload_prefix(ada.subject, 'f' * 36)}a"
    for body in (b"one", b"two"):
        stage.store(twice, body, "text/plain")
    nightly = nights.whole()
    at = int(time.time())  # after that night's instant
    stage.exports.clock = lambda: at + 300.0
    keys = sorted({copy.key for copy in nights.copies(nightly)})
    chosen = {"the first": keys[:1], "the last": keys[-1:], "all": keys, "none": []}[lost]
    _gone(stage, lambda key: key in chosen)
    backup = _whole(nights, at)
    copies = nights.copies(backup)
    assert [copy.copy for copy in copies] == [copy.copy for copy in nights.copies(nightly)], "in the same order"
    assert (backup.objects.count, backup.objects.bytes) == (len(copies), sum(copy.size for copy in copies))
    # Of a night, what is gone is gone.
    at += 3_600
    assert {copy.key for copy in nights.copies(nights.whole())} == set(keys) - set(chosen)


def test_a_copy_that_is_gone_is_not_named(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.ready(ada, b"Text.\n")
    nightly = nights.whole()
    [gone, *_] = nights.copies(nightly)
    _gone(stage, lambda key: True)
    for version in stage.s3.list_object_versions(Bucket=BACKUPS, Prefix=gone.copy)["Versions"]:
        stage.s3.delete_object(
            Bucket=BACKUPS, Key=gone.copy, VersionId=version["VersionId"], BypassGovernanceRetention=True
        )
    backup = _whole(nights, _then(stage))
    assert [copy.copy for copy in nights.copies(backup)] == [copy.copy for copy in nights.copies(nightly)[1:]]


def test_accounts_and_groups_that_are_gone_since_are_those_of_the_backup_before(
    stage: Stage, ada: Person, grace: Person, nights: Nights
) -> None:
    stage.pool.groups = {"owners": [ada.user_id]}
    nights.whole()
    stage.pool.subs.remove(ada.user_id)
    stage.pool.groups = {"readers": [grace.user_id]}
    backup = _whole(nights, _then(stage))
    accounts = [json.loads(line) for line in gzip.decompress(nights.body(backup.accounts.key)).splitlines()]
    known = {account["sub"]: account["groups"] for account in accounts}
    assert known == {ada.user_id: ["owners"], grace.user_id: ["readers"]}
    assert [group.name for group in backup.accounts.groups] == ["owners", "readers"]


def test_the_night_does_not_wait_for_it_nor_it_for_the_night(stage: Stage, ada: Person, nights: Nights) -> None:
    lived(stage, ada)
    stage.exports.slow = 2
    at = _then(stage)
    nights.go_on({"at": at})
    nights.begin()
    assert nights.state(STATE)["id"] != nights.state(ASKED)["id"]
    nights.finish()
    assert [nights.state(place)["step"] for place in (STATE, ASKED)] == ["done", "done"]
    assert len(nights.manifests()) == 2


def test_of_two_that_are_asked_for_one_is_made(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    at = _then(stage)
    nights.go_on({"at": at})
    first = nights.state(ASKED)
    nights.go_on({"at": at - 60})
    assert nights.state(ASKED) == first
    assert f'"under_way":"{manifest.id_of(at)}"' in capsys.readouterr().out
    nights.finish()
    exports = len(stage.exports.started)
    nights.go_on({"at": at})
    assert nights.orders() == []
    assert len(stage.exports.started) == exports, "it is there"


def test_one_that_failed_can_be_asked_for_again(stage: Stage, ada: Person, nights: Nights) -> None:
    lived(stage, ada)
    at = _then(stage)
    stage.exports.failing = {"messages"}
    nights.go_on({"at": at})
    nights.time_passes(ASKED, started_at=int(time.time()) - 60)
    with pytest.raises(Failed):
        nights.finish()
    assert nights.state(ASKED)["step"] == "failed"
    assert nights.index()["failures"][-1]["why"] == "DynamoDB could not export messages: S3AccessDenied"
    stage.exports.failing = set()
    nights.stage.scheduler.schedules.clear()
    assert _whole(nights, at).export_time == at


def test_a_time_that_can_no_longer_be_told_is_refused(stage: Stage, ada: Person, nights: Nights) -> None:
    at = int(time.time()) - 40 * 86_400
    nights.go_on({"at": at})
    with pytest.raises(Failed):
        nights.finish()
    assert "can no longer be exported as it was at" in nights.index()["failures"][-1]["why"]


@pytest.fixture
def _single(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PIECE", 1)


@pytest.mark.usefixtures("_single")
@pytest.mark.parametrize("killed", [wire.killed_before, wire.killed_after])
@pytest.mark.parametrize("nth", range(4))
def test_one_that_was_killed_goes_on_from_its_place(
    stage: Stage, ada: Person, nights: Nights, nth: int, killed: Any
) -> None:
    """While it writes the pieces of the list, those included of files that are gone."""
    stage.ready(ada, b"Text.\n")
    stage.ready(ada, b"Another.\n", "another.txt")
    nightly = nights.whole()
    keys = sorted({copy.key for copy in nights.copies(nightly)})
    _gone(stage, lambda key: key in keys[1:])
    at = _then(stage)
    pieces = f"state/{manifest.id_of(at)}/objects-{nth:06d}"
    stage.s3_wire.fail(killed, lambda call: call.operation == "PutObject" and pieces in call.key)
    nights.go_on({"at": at})
    with pytest.raises(wire.Killed):
        nights.finish()
    nights.finish()
    copies = nights.copies(manifest.read(nights.body(manifest.key_of(manifest.id_of(at)))))
    assert [copy.key for copy in copies] == [copy.key for copy in nights.copies(nightly)]
