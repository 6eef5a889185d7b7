"""The nightly backup: what it holds, and what it comes to when something goes wrong."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.backups import index, manifest, nightly, objects, runs
from chalicelib.backups.canonical import Digest, digest_of
from chalicelib.backups.tables import BACKED_UP, LEFT_OUT
from chalicelib.files.row import upload_prefix
from chalicelib.functions import EXPORTED
from chalicelib.logs import Failed

from tests.backups import STATE, Nights
from tests.fakes import dynamodb, s3, wire
from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage, table_definitions
from tests.storage import BACKUPS, BUCKET, SITE

TEXT = "Roses are red.\nViolets are blue.\nÜber.\n".encode()
DAY_S = 86_400


@pytest.fixture
def nights(stage: Stage) -> Nights:
    return Nights(stage)


def _life(stage: Stage, person: Person) -> None:
    stage.ready(person, TEXT)
    for title in ("Roses", "Lilies", "Tulips"):
        conversation_id = person.new_conversation(title=title)
    person.ask(conversation_id, "Which?")


def _in_tables(stage: Stage, table: str) -> list[dict[str, Any]]:
    """The rows in DynamoDB's JSON."""
    pages = stage.dynamodb.get_paginator("scan").paginate(TableName=f"chatapp-test-{table}")
    return [row for page in pages for row in page["Items"]]


def _digest(items: list[dict[str, Any]]) -> str:
    total = Digest()
    for item in items:
        total += Digest(digest_of(item))
    return total.hex


def test_every_table_of_the_stage_is_backed_up_or_left_out_with_a_reason() -> None:
    tables = {definition["TableName"].removeprefix("chatapp-test-") for definition in table_definitions()}
    assert tables == BACKED_UP.keys() | LEFT_OUT.keys()
    assert not BACKED_UP.keys() & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())
    assert set(EXPORTED) == BACKED_UP.keys()
    keys = {d["TableName"]: tuple(part["AttributeName"] for part in d["KeySchema"]) for d in table_definitions()}
    assert {name: keys[f"chatapp-test-{name}"] for name in BACKED_UP} == dict(BACKED_UP)


def test_a_backup_holds_all_there_is_and_its_manifest_says_so(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
    rows = {table: _in_tables(stage, table) for table in BACKED_UP}
    backup = nights.whole()
    assert {table: backup.tables[table].items for table in rows} == {table: len(of) for table, of in rows.items()}
    assert {table: backup.tables[table].digest for table in rows} == {table: _digest(of) for table, of in rows.items()}
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


def test_every_row_that_is_made_has_the_version_of_its_schema_and_keeps_it(stage: Stage, ada: Person) -> None:
    _life(stage, ada)
    for table in BACKED_UP.keys() - {"erasures"}:
        assert {row["schema_version"]["N"] for row in _in_tables(stage, table)} == {"1"}, table
    [first, *_] = _in_tables(stage, "conversations")
    stage.dynamodb.put_item(TableName="chatapp-test-conversations", Item={**first, "schema_version": {"N": "0"}})
    assert ada.patch(f"/conversations/{first['conversation_id']['S']}", {"title": "Older"}).status == 200
    versions = [row["schema_version"]["N"] for row in _in_tables(stage, "conversations")]
    assert sorted(versions) == ["0", "1", "1"], "a row that is changed is not rewritten by that"


def test_every_version_of_every_file_is_copied_by_s3_and_its_hash_is_s3s(
    stage: Stage, ada: Person, nights: Nights
) -> None:
    _life(stage, ada)
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
    _life(stage, ada)
    first = nights.whole()
    _next_night(stage)
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
    _life(stage, ada)
    first = nights.copies(nights.whole())
    _next_night(stage)
    monkeypatch.setattr(objects, "COPIED_AGAIN_S", -1)
    again = nights.copies(nights.whole())
    assert [copy.copy for copy in again] == [copy.copy for copy in first], "under the key that all manifests name"
    assert all(nights.stage.objects(copy.copy, BACKUPS)[1:] for copy in again)


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
    assert kept["parameters"] == {"/chatapp/test/anthropic-api-key": None, "/chatapp/test/greeting": "hello"}
    assert kept["site"] == {"stage": "test"}
    assert kept["settings"]["retention_days"] == 90


def _plain_parameter(name: str, value: str) -> None:
    import boto3

    boto3.client("ssm").put_parameter(Name=name, Value=value, Type="String")


# --- Locks, and how long ----------------------------------------------------------------------------------------------


def test_all_that_a_manifest_names_is_locked_when_it_is_written(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
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
    _life(stage, ada)
    first = nights.whole()
    _next_night(stage)
    stage.s3_wire.clear()
    nights.whole()
    assert not [call for call in stage.s3_wire.calls if call.writes and call.key.startswith("objects/")]
    # A month later.
    lines = [json.loads(line) for line in gzip.decompress(nights.body(first.objects.list_key)).splitlines()]
    sooner = "".join(json.dumps({**line, "locked_until": int(time.time()) + 20 * DAY_S}) + "\n" for line in lines)
    _next_night(stage)
    nights.put(nights.newest().objects.list_key, gzip.compress(sooner.encode()))
    stage.s3_wire.clear()
    nights.whole()
    locked = {call.key for call in stage.s3_wire.calls if call.operation == "PutObjectRetention"}
    assert {line["copy"] for line in lines} <= locked
    assert not [call for call in stage.s3_wire.calls if call.operation == "CopyObject" and "objects/" in call.key]


def test_nothing_is_locked_where_the_setting_says_so(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.configure(backup_lock_days="0.0")
    _life(stage, ada)
    nights.whole()
    assert not [call for call in stage.s3_wire.calls if call.operation == "PutObjectRetention"]


def test_the_first_of_a_month_is_kept_for_longer(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
    backup = nights.whole()
    monthly = nights.newest("monthly")
    named = [part.key for table in monthly.tables.values() for part in table.parts]
    named += [monthly.objects.list_key, monthly.accounts.key, monthly.settings_key]
    for key in named:
        assert key.startswith(f"monthly/{backup.id}/")
        assert nights.body(key) == nights.body(key.replace("monthly", "nightly", 1))
        assert nights.locked_until(key) > time.time()
    assert monthly.tables["messages"].digest == backup.tables["messages"].digest
    _next_night(stage)
    nights.whole()
    assert len(nights.manifests("nightly")) == 2
    assert len(nights.manifests("monthly")) == 1
    assert [(each["id"], each["kept"]) for each in nights.index()["backups"]][:2] == [
        (backup.id, "monthly"),
        (backup.id, "nightly"),
    ]


def _next_night(stage: Stage) -> None:
    """A second later is another instant; the month is the same, unless the test runs at its end."""
    before = stage.exports.clock
    stage.exports.clock = lambda: before() + 1


# --- What goes wrong --------------------------------------------------------------------------------------------------


def test_a_table_that_was_just_made_is_taken_the_next_night(stage: Stage, nights: Nights) -> None:
    stage.exports.earliest["erasures"] = time.time() - 10
    for _ in range(2):  # as Lambda tries it again
        with pytest.raises(Failed, match="Failed"):
            nights.begin()
    [failure] = nights.index()["failures"]
    assert "erasures" in failure["why"]
    assert stage.exports.started == {}
    assert nights.orders() == []
    stage.exports.earliest.clear()
    assert nights.whole()


def test_a_table_without_recovery_is_named(stage: Stage, nights: Nights) -> None:
    stage.exports.without.add("files")
    with pytest.raises(Failed):
        nights.begin()
    assert "chatapp-test-files has no point-in-time recovery" in nights.index()["failures"][0]["why"]


def test_an_export_that_fails_leaves_no_manifest_and_is_named(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
    stage.exports.failing.add("messages")
    nights.begin()
    with pytest.raises(Failed):
        nights.finish()
    assert nights.finish() == 1, "what was arranged has nothing to do"
    assert nights.manifests() == []
    assert nights.index()["failures"][0]["why"] == "DynamoDB could not export messages: S3AccessDenied"
    stage.exports.failing.clear()
    _next_night(stage)
    assert nights.whole().items


def test_exports_are_waited_for_without_a_function_that_waits(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
    stage.exports.slow = 3
    nights.begin()
    for _ in range(3):
        nights.next()
        state = nights.state()
        assert (state["step"], state["held_until"]) == ("exporting", 0)
        of_newest = f"backup-{state['id']}-{state['attempt']}-"
        [newest] = [each for name, each in stage.scheduler.schedules.items() if name.startswith(of_newest)]
        assert newest["ScheduleExpression"] > time.strftime("at(%Y-%m-%dT%H:%M:%S)", time.gmtime(time.time() + 30))
    nights.finish()
    assert nights.newest().items
    assert len(stage.exports.started) == len(BACKED_UP)


def _corrupt(nights: Nights, key: str) -> None:
    body = nights.body(key)
    nights.put(key, body[:-9] + bytes([body[-9] ^ 1]) + body[-8:])


@pytest.mark.parametrize("what", ["corrupt", "cut", "missing", "another", "unlisted", "no list"])
def test_a_part_that_is_not_what_dynamodb_wrote_leaves_no_manifest(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _life(stage, ada)
    nights.begin()
    monkeypatch.setattr(objects, "are_copied", lambda *_: False)  # the exports are there, nothing is read
    nights.next()
    monkeypatch.undo()
    key = next(key for key in nights.keys(f"nightly/{nights.state()['id']}/tables/usage") if key.endswith(".gz"))
    listed = f"{key.partition('data/')[0]}manifest-files.json"
    if what == "corrupt":
        _corrupt(nights, key)
    elif what == "cut":
        nights.put(key, nights.body(key)[:40])
    elif what == "missing":
        stage.s3.delete_object(Bucket=BACKUPS, Key=key)
    elif what == "another":
        nights.put(key, gzip.compress(b'{"Item": {"subject": {"S": "a"}}}\n' * 3))
    elif what == "unlisted":
        nights.put(listed, nights.body(listed).splitlines(keepends=True)[0])
    else:
        stage.s3.delete_object(Bucket=BACKUPS, Key=listed)
    with pytest.raises(Failed):
        nights.finish()
    nights.finish()
    assert nights.manifests() == []
    why = nights.index()["failures"][0]["why"]
    assert (key in why) is (what not in ("unlisted", "no list")), why
    assert "usage" in why


def test_a_backup_that_is_under_way_is_left_alone(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    _life(stage, ada)
    stage.exports.slow = 1
    nights.begin()
    first = nights.state()
    _next_night(stage)
    nights.begin()
    assert nights.state() == first
    assert '"under_way":true' in capsys.readouterr().out
    # And the same order twice: while one works, the other does nothing.
    held = {**first, "held_until": int(time.time()) + 600}
    nights.put(STATE, json.dumps(held).encode())
    nights.go_on({"backup": first["id"], "attempt": first["attempt"]})
    assert nights.state() == held
    assert '"under_way":true' in capsys.readouterr().out
    nights.finish()
    assert len(nights.manifests()) == 1


def test_two_that_begin_at_the_same_moment_make_one_backup(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there was none, before either writes."""
    seen = runs.read(_services())
    monkeypatch.setattr(runs, "read", lambda services: seen)
    nights.begin()
    first = nights.state()
    _next_night(stage)
    nights.begin()
    assert nights.state() == first
    monkeypatch.undo()
    nights.finish()
    assert len(nights.manifests()) == 1


def _services() -> Any:
    from chalicelib import functions, services

    return services.of(functions.BACKUP)


def test_a_run_that_was_taken_over_does_not_go_on(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
    nights.begin()
    services, order = _services(), {"backup": nights.state()["id"]}
    held = runs.claim(services, order, 600)
    assert held is not None
    nights.time_passes(attempt=7)
    with pytest.raises(runs.Lost):
        held.keep()
    assert nights.state()["attempt"] == 7
    nights.go_on({**order, "attempt": 6})
    assert nights.state()["step"] == "exporting", "an older order is void"
    nights.go_on({**order, "attempt": 7})
    assert nights.state()["step"] == "done"


def test_a_place_whose_keeping_was_not_answered_is_kept(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    """The request was carried out; asked again, S3 says that the object has changed: by this very write."""
    _life(stage, ada)

    def lose_a_reply() -> None:
        stage.s3_wire.fail(wire.lost_reply, lambda call: call.operation == "PutObject" and call.key.endswith(STATE))

    lose_a_reply()
    nights.begin()
    assert '"begun":true' in capsys.readouterr().out
    lose_a_reply()
    assert nights.finish() == 2, "one run, and its successor, which has nothing to do"
    assert len(stage.s3_wire.struck) == 2
    assert len(nights.manifests()) == 1


def test_a_backup_that_never_ends_is_given_up_for_the_next(stage: Stage, ada: Person, nights: Nights) -> None:
    stage.exports.slow = 1_000
    nights.begin()
    lost = nights.state()["id"]
    nights.time_passes(started_at=int(time.time()) - nightly.LONGEST_S - 1)
    with pytest.raises(Failed):
        nights.next()
    assert nights.state()["step"] == "failed"
    nights.time_passes(step="exporting")
    stage.exports.slow = 0
    _next_night(stage)
    assert nights.whole().id != lost
    assert nights.index()["failures"][0]["id"] == lost


@pytest.mark.parametrize("fault", [dynamodb.throttled, wire.unreachable], ids=["throttled", "unreachable"])
def test_a_busy_aws_is_waited_for(stage: Stage, ada: Person, nights: Nights, fault: dynamodb.Fault) -> None:
    _life(stage, ada)
    nights.begin()
    stage.wire.fail(fault, lambda call: call.operation.startswith(("Export", "DescribeExport")), times=12)
    stage.s3_wire.fail(s3.slow_down, lambda call: call.operation == "CopyObject", nth=2, times=12)
    stage.pool.failures.append(client_error("TooManyRequestsException", "ListUsers"))
    nights.finish()
    assert nights.newest().tables["conversations"].items == 3
    assert "failures" not in {name for name, value in nights.index().items() if value and name == "failures"}


def test_a_run_hands_over_before_its_time_is_over(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "PIECE", 1)
    _life(stage, ada)
    whole = nights.whole()
    _next_night(stage)
    # Each look at the clock takes a second of the three that a run has.
    clock = SimpleNamespace(time=time.time, monotonic=itertools.count().__next__)
    monkeypatch.setattr(nightly, "time", clock)
    nights.seconds = nightly.LAST_S + 3
    nights.begin()
    assert nights.finish() > 3
    again = nights.newest()
    assert again.tables["usage"].items == whole.tables["usage"].items
    assert [copy.key for copy in nights.copies(again)] == [copy.key for copy in nights.copies(whole)]


def test_an_object_that_is_removed_while_it_is_copied_is_left_out(stage: Stage, ada: Person, nights: Nights) -> None:
    _life(stage, ada)
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
    _life(stage, ada)
    nights.begin()
    stage.s3_wire.fail(s3.denied, lambda call: call.operation == "CopyObject")
    stage.s3_wire.fail(lambda call, send: s3.answer(403, ""), lambda call: call.operation == "HeadObject")
    with pytest.raises(Failed):
        nights.finish()
    assert nights.manifests() == []
    assert "cannot be read" in nights.index()["failures"][0]["why"]


def test_a_backup_that_was_killed_after_any_write_is_finished_by_the_next_run(
    stage: Stage, ada: Person, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one write is before the next."""
    monkeypatch.setattr(objects, "PIECE", 1)
    stage.exports.slow, stage.exports.items_a_part = 1, 100
    stage.store("uploads/a/b/c.txt", TEXT)
    stage.store("extracted/b/pages", TEXT)
    ada.new_conversation(title="Roses")
    rows = {table: _in_tables(stage, table) for table in BACKED_UP}
    for nth in range(1, 200):
        nights.forget()
        _next_night(stage)
        struck = _killed_after(stage, nth)
        try:
            nights.whole()
        except wire.Killed:
            for key in nights.manifests() + nights.manifests("monthly"):
                _proven(nights, key, rows)
            nights.finish()
            if not nights.manifests():  # it was killed before it had begun
                nights.begin()
                nights.finish()
        for kept in ("nightly", "monthly"):
            [made] = nights.manifests(kept)
            _proven(nights, made, rows)
            assert nights.locked_until(made)
        assert [each["kept"] for each in nights.index()["backups"]] == ["monthly", "nightly"]
        if not struck():
            break
    assert 60 < nth < 199


def _killed_after(stage: Stage, nth: int) -> Callable[[], bool]:
    """After a write to S3 or to DynamoDB, of all of them together. Returns whether it came to that."""
    count = itertools.count(1)
    wires: tuple[Any, ...] = (stage.wire, stage.s3_wire)
    for each in wires:
        each.clear()
        each.fail(wire.killed_after, lambda call: call.writes and next(count) == nth)
    return lambda: any(each.struck for each in wires)


def _proven(nights: Nights, key: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """All that a manifest names is there, and is what it says."""
    backup = manifest.read(nights.body(key))
    for table, of_table in rows.items():
        assert backup.tables[table].digest == _digest(nights.items(backup, table)) == _digest(of_table)
        assert backup.tables[table].items == len(of_table)
    copies = nights.copies(backup)
    assert sorted(copy.key for copy in copies) == sorted(nights.stage.objects())
    for copy in copies:
        assert hashlib.sha256(nights.body(copy.copy)).hexdigest() == copy.sha256
    for named in (backup.accounts.key, backup.settings_key):
        assert nights.body(named)


def test_no_log_line_of_a_backup_says_what_anybody_wrote(
    stage: Stage, ada: Person, nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    _life(stage, ada)
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
