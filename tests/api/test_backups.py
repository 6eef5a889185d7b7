"""The nightly backup: what it holds, for how long it is locked and kept, and what it says."""

from __future__ import annotations

import gzip
import hashlib
import json
import time

import pytest
from chalicelib.backups import index, manifest
from chalicelib.backups.tables import BACKED_UP, LEFT_OUT
from chalicelib.functions import EXPORTED

from tests.api import twins
from tests.api.commenting import comment, section
from tests.backups import Nights, digest_of_all, life, next_night, rows_of
from tests.people import Person
from tests.stage import PARAMETERS, Stage, table_definitions
from tests.storage import SITE

DAY_S = 86_400


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


def test_every_table_of_the_stage_is_backed_up_or_left_out_with_a_reason() -> None:
    tables = {definition["TableName"].removeprefix("chatapp-test-") for definition in table_definitions()}
    assert tables == BACKED_UP.keys() | LEFT_OUT.keys()
    assert not BACKED_UP.keys() & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())
    assert set(EXPORTED) == BACKED_UP.keys()
    keys = {d["TableName"]: tuple(part["AttributeName"] for part in d["KeySchema"]) for d in table_definitions()}
    assert {name: keys[f"chatapp-test-{name}"] for name in BACKED_UP} == dict(BACKED_UP)


def test_a_backup_holds_all_there_is_and_its_manifest_says_so(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    rows = {table: rows_of(stage, table) for table in BACKED_UP}
    backup = nights.whole()
    assert {table: backup.tables[table].items for table in rows} == {table: len(of) for table, of in rows.items()}
    assert {table: backup.tables[table].digest for table in rows} == {
        table: digest_of_all(of) for table, of in rows.items()
    }
    assert len(backup.tables["messages"].parts) == 1
    assert len(backup.tables["usage"].parts) > 1
    for table in backup.tables.values():
        for part in table.parts:
            body = nights.body(part.key)
            assert (len(body), hashlib.sha256(body).hexdigest()) == (part.bytes, part.sha256)
    assert backup.id == manifest.id_of(backup.export_time)
    assert backup.export_time <= stage.exports.clock() - 300, "of an instant that DynamoDB can tell"
    assert {export["ExportTime"] for export in stage.exports.started.values()} == {backup.export_time}
    assert (backup.stage, backup.schema_version) == ("test", 1)
    assert any("passwords" in note for note in backup.notes)
    assert nights.index()["backups"][-1]["items"] == backup.items == sum(map(len, rows.values()))


def test_every_row_that_is_made_has_the_version_of_its_schema_and_keeps_it(
    stage: Stage, ada: Person, owner: Person
) -> None:
    life(stage, ada)
    section(stage)
    comment(ada)
    twins.made(owner)
    assert twins.publish(owner).status == 201
    for table in BACKED_UP.keys() - {"erasures"}:
        assert {row["schema_version"]["N"] for row in rows_of(stage, table)} == {"1"}, table
    [first, *_] = rows_of(stage, "conversations")
    stage.dynamodb.put_item(TableName="chatapp-test-conversations", Item={**first, "schema_version": {"N": "0"}})
    assert ada.patch(f"/conversations/{first['conversation_id']['S']}", {"title": "Older"}).status == 200
    versions = [row["schema_version"]["N"] for row in rows_of(stage, "conversations")]
    assert sorted(versions) == ["0", "1", "1"], "a row that is changed is not rewritten by that"


def test_accounts_and_settings_are_there_and_no_secret(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.pool.groups = {"owners": [ada.user_id], "readers": []}
    stage.pool.about = {"owners": {"Description": "Who may all", "Precedence": 0}}
    stage.s3.put_object(Bucket=SITE, Key="config.json", Body=b'{"stage": "test"}')
    _plain_parameter("/chatapp/test/greeting", "hello")
    _plain_parameter("/chatapp/other/greeting", "not ours")
    backup = nights.whole()
    [account] = [json.loads(line) for line in gzip.decompress(nights.body(backup.accounts.key)).splitlines()]
    assert account == {
        "sub": ada.user_id,
        "username": ada.user_id,
        "attributes": {"sub": ada.user_id, "email": f"{ada.user_id}@example.com", "email_verified": "true"},
        "groups": ["owners"],
        "status": "CONFIRMED",
        "enabled": True,
    }
    assert backup.accounts.count == 1
    assert backup.accounts.groups == (manifest.Group("owners", "Who may all", 0), manifest.Group("readers"))
    assert hashlib.sha256(nights.body(backup.accounts.key)).hexdigest() == backup.accounts.sha256
    kept = json.loads(nights.body(backup.settings_key))
    assert kept["parameters"] == {**dict.fromkeys(PARAMETERS), "/chatapp/test/greeting": "hello"}
    assert kept["site"] == {"stage": "test"}
    assert kept["settings"]["retention_days"] == 90


def _plain_parameter(name: str, value: str) -> None:
    import boto3

    boto3.client("ssm").put_parameter(Name=name, Value=value, Type="String")


# --- Locks, and how long ----------------------------------------------------------------------------------------------


def test_all_that_a_manifest_names_is_locked_when_it_is_written(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    stage.s3_wire.clear()
    backup = nights.whole()
    for key in nights.keys(f"nightly/{backup.id}/"):
        assert nights.locked_until(key) > time.time() + 29 * DAY_S, key
    for copy in nights.copies(backup):
        assert nights.locked_until(copy.copy) == copy.locked_until > time.time() + 59 * DAY_S
    writes = [(call.operation, call.key) for call in stage.s3_wire.calls if call.writes]
    written = writes.index(("PutObject", manifest.key_of(backup.id)))
    later = {key for operation, key in writes[written:] if operation == "PutObjectRetention"}
    assert not {key for key in later if key.startswith("nightly/")} - {manifest.key_of(backup.id)}


def test_a_copy_is_locked_anew_once_its_lock_would_end_before_a_backups(
    stage: Stage, ada: Person, nights: Nights
) -> None:
    life(stage, ada)
    first = nights.whole()
    next_night(stage)
    stage.s3_wire.clear()
    nights.whole()
    assert not [call for call in stage.s3_wire.calls if call.writes and call.key.startswith("objects/")]
    # A month later.
    lines = [json.loads(line) for line in gzip.decompress(nights.body(first.objects.list_key)).splitlines()]
    sooner = "".join(json.dumps({**line, "locked_until": int(time.time()) + 20 * DAY_S}) + "\n" for line in lines)
    next_night(stage)
    nights.put(nights.newest().objects.list_key, gzip.compress(sooner.encode()))
    stage.s3_wire.clear()
    nights.whole()
    locked = {call.key for call in stage.s3_wire.calls if call.operation == "PutObjectRetention"}
    assert {line["copy"] for line in lines} <= locked
    assert not [call for call in stage.s3_wire.calls if call.operation == "CopyObject" and "objects/" in call.key]


def test_nothing_is_locked_where_the_setting_says_so(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.configure(backup_lock_days="0.0")
    life(stage, ada)
    nights.whole()
    assert not [call for call in stage.s3_wire.calls if call.operation == "PutObjectRetention"]


def test_the_first_of_a_month_is_kept_for_longer(stage: Stage, ada: Person, nights: Nights) -> None:
    life(stage, ada)
    backup = nights.whole()
    monthly = nights.newest("monthly")
    named = [part.key for table in monthly.tables.values() for part in table.parts]
    named += [monthly.objects.list_key, monthly.accounts.key, monthly.settings_key]
    for key in named:
        assert key.startswith(f"monthly/{backup.id}/")
        assert nights.body(key) == nights.body(key.replace("monthly", "nightly", 1))
        assert nights.locked_until(key) > time.time()
    assert monthly.tables["messages"].digest == backup.tables["messages"].digest
    next_night(stage)
    nights.whole()
    assert len(nights.manifests("nightly")) == 2
    assert len(nights.manifests("monthly")) == 1
    assert [(each["id"], each["kept"]) for each in nights.index()["backups"]][:2] == [
        (backup.id, "monthly"),
        (backup.id, "nightly"),
    ]


def test_no_log_line_of_a_backup_says_what_anybody_wrote(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    life(stage, ada)
    capsys.readouterr()
    nights.whole()
    said = capsys.readouterr().out
    assert '"event":"backup"' in said
    for text in ("Roses", "Which?", "notes.txt", "example.com", ada.user_id):
        assert text not in said


def test_the_list_of_backups_forgets_what_the_bucket_has_let_go(stage: Stage, nights: Nights) -> None:
    old = {"id": manifest.id_of(int(time.time()) - 36 * DAY_S), "items": 1}
    known = [{**old, "kept": "nightly"}, {**old, "kept": "monthly"}]
    nights.put(manifest.INDEX, json.dumps({"backups": known}).encode())
    nights.whole()
    assert [each["kept"] for each in nights.index()["backups"] if each["id"] == old["id"]] == ["monthly"]
    assert index.KEPT_DAYS["monthly"] > 36
