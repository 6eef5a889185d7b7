"""The weekly drill: the newest backup comes back beside the stage, and nothing is left but what that has proven."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from chalicelib import services
from chalicelib.backups import drill, exports, manifest, places, tables

from tests.fakes import dynamodb, wire
from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.restores import ID, Restores
from tests.stage import HOUR, Stage
from tests.storage import BACKUPS

TEXT = b"Roses are red.\nViolets are blue.\n"
RUN = f"drill-{ID}-20261128"


@pytest.fixture
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a backup that is then made: the others come back as these do."""
    few = {name: tables.BACKED_UP[name] for name in ("conversations", "messages", "files", "usage")}
    for module in (tables, exports, drill):
        monkeypatch.setattr(module, "BACKED_UP", few)


@pytest.fixture
def restores(stage: Stage, ada: Person, monkeypatch: pytest.MonkeyPatch) -> Restores:
    """Of a stage that has a backup, and went on since."""
    file_id = stage.ready(ada, TEXT)
    ada.ask(ada.new_conversation(title="Roses"), "Which?", file_ids=[file_id])
    stage.lambdas.pending.clear()
    stage.scheduler.schedules.clear()
    made = Restores(stage)
    made.back_up()
    monkeypatch.setattr(time, "strftime", lambda *_: "20261128")
    ada.new_conversation(title="Since then")
    return made


def _drill(restores: Restores) -> dict[str, Any]:
    """What a drill has said, in its row."""
    stage = restores.stage
    stage.app.restore_drill(HOUR, Context(60))
    for order in stage.lambdas.take("restore"):
        restores.go_on(order)
    restores.finish(RUN)
    return stage.row("usage", RUN)


def _left(stage: Stage) -> list[str]:
    tables = [name for name in stage.dynamodb.list_tables()["TableNames"] if "drill" in name]
    return [*tables, *stage.objects("drill/")]


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metric's line."""
    return _metric(capsys.readouterr().out)


def _metric(said: str) -> dict[str, Any]:
    (line,) = [json.loads(each) for each in said.splitlines() if "_aws" in each]
    told: dict[str, Any] = line
    return told


def test_a_backup_that_is_whole_passes_and_the_stage_is_not_touched(
    stage: Stage, restores: Restores, capsys: pytest.CaptureFixture[str]
) -> None:
    before = restores.everything()
    row = _drill(restores)
    assert (row["passed"], row["why"], row["backup"]) == (True, "", ID)
    told = _told(capsys)
    assert (told["drill_passed"], told["drill_failed"], told["stage"]) == (1, 0, "test")
    metrics = told["_aws"]["CloudWatchMetrics"][0]
    assert {each["Name"] for each in metrics["Metrics"]} <= told.keys()
    assert metrics["Dimensions"] == [["stage"]]
    assert _left(stage) == []
    rows, objects = restores.everything()
    rows["usage"] = [each for each in rows["usage"] if each["subject"]["S"] != drill.SUBJECT]
    assert (rows, objects) == before
    (noted,) = json.loads(restores.body(manifest.INDEX))["drills"]
    assert (noted["id"], noted["passed"]) == (ID, True)


def _changed_byte(restores: Restores) -> str:
    (key,) = [key for key in restores.stage.objects("nightly/", BACKUPS) if "/messages/" in key]
    body = bytearray(restores.body(key))
    body[len(body) // 2] ^= 1
    restores.put(key, bytes(body))
    return key


def _missing_item(restores: Restores) -> str:
    """A manifest of a backup that lost an item before anything was hashed."""
    key = manifest.key_of(ID)
    raw = json.loads(restores.body(key))
    raw["tables"]["messages"]["digest"] = "1" * 64
    restores.put(key, json.dumps(raw).encode())
    return "items of table messages"


def _lost_copy(restores: Restores) -> str:
    (copy,) = restores.stage.objects("objects/uploads/", BACKUPS)
    restores.stage.s3.delete_object(Bucket=BACKUPS, Key=copy)
    return _file_of(copy)


def _file_of(copy: str) -> str:
    """`objects/uploads/SUB/FILE_ID/NAME/VERSION`"""
    return "file " + copy.split("/")[3]


def _changed_copy(restores: Restores) -> str:
    (copy,) = restores.stage.objects("objects/uploads/", BACKUPS)
    restores.put(copy, TEXT.upper())
    return _file_of(copy)


def _changed_accounts(restores: Restores) -> str:
    key = f"nightly/{ID}/accounts.jsonl.gz"
    restores.put(key, restores.body(key)[:-1] + b"\x01")
    return key


def _fewer(restores: Restores, what: str) -> str:
    """A manifest that counts more of something than its list has."""
    raw = json.loads(restores.body(manifest.key_of(ID)))
    raw[what]["count"] += 1
    restores.put(manifest.key_of(ID), json.dumps(raw).encode())
    return f"list of {what}"


def _fewer_accounts(restores: Restores) -> str:
    return _fewer(restores, "accounts")


def _fewer_objects(restores: Restores) -> str:
    return _fewer(restores, "objects")


def _changed_settings(restores: Restores) -> str:
    raw = json.loads(restores.body(manifest.key_of(ID)))
    restores.put(raw["settings_key"], b"{}")
    raw["settings_sha256"] = "1" * 64
    restores.put(manifest.key_of(ID), json.dumps(raw).encode())
    return str(raw["settings_key"])


def _lost_settings(restores: Restores) -> str:
    key = _changed_settings(restores)
    restores.stage.s3.delete_object(Bucket=BACKUPS, Key=key)
    return f"{key} is missing"


def _no_manifest(restores: Restores) -> str:
    restores.stage.s3.delete_object(Bucket=BACKUPS, Key=manifest.key_of(ID))
    return f"there is no backup {ID}"


HARMS = [
    *(_changed_byte, _missing_item, _lost_copy, _changed_copy, _no_manifest),
    *(_changed_accounts, _fewer_accounts, _fewer_objects, _changed_settings, _lost_settings),
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_that_is_not_whole_fails_and_the_metric_names_what_is_wrong(
    stage: Stage, ada: Person, restores: Restores, capsys: pytest.CaptureFixture[str], harm: Any
) -> None:
    named = harm(restores)
    row = _drill(restores)
    assert (row["passed"], named in row["why"]) == (False, True), row["why"]
    said = capsys.readouterr().out
    assert not [word for word in ("notes.txt", ada.user_id, "Roses") if word in said], "logs name nobody, and no file"
    told = _metric(said)
    assert (told["drill_passed"], told["drill_failed"], named in told["why"]) == (0, 1, True)
    assert json.loads(restores.body(manifest.INDEX))["drills"][0]["passed"] is False
    assert _left(stage) == []


def test_without_a_backup_a_drill_fails(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.app.restore_drill(HOUR, Context(60))
    assert _told(capsys)["why"] == "there is no backup"
    (row,) = [row for row in stage.rows("usage") if row["subject"] == drill.SUBJECT]
    assert row["passed"] is False


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
@pytest.mark.parametrize("service", ["wire", "s3_wire"])
@pytest.mark.usefixtures("few_tables")
def test_a_drill_that_was_killed_at_any_write_is_finished_and_leaves_nothing(
    stage: Stage, restores: Restores, fault: Any, service: str
) -> None:
    faulty = getattr(stage, service)
    before = restores.everything()[1]
    for nth in range(100):
        stage.s3.delete_object(Bucket=BACKUPS, Key=f"state/restore-{RUN}.json")
        faulty.clear()
        stage.app.restore_drill(HOUR, Context(60))
        (order,) = stage.lambdas.take("restore")
        faulty.fail(fault, lambda call: call.writes or call.operation in ("CreateTable", "DeleteTable"), nth=nth + 1)
        try:
            restores.go_on(order)
        except wire.Killed:
            if not restores.is_begun(RUN):  # Lambda repeats what failed before its place was kept
                restores.go_on(order)
        restores.finish(RUN)
        assert stage.row("usage", RUN)["passed"], nth
        assert _left(stage) == [], nth
        if not faulty.struck:
            break
    assert 10 < nth < 99
    assert restores.everything()[1] == before


def test_a_drill_that_could_not_be_begun_fails_for_lambda_to_repeat_it(stage: Stage, restores: Restores) -> None:
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    with pytest.raises(Exception, match="NotStarted"):
        stage.app.restore_drill(HOUR, Context(60))


def test_a_backup_that_is_old_proves_little(stage: Stage, restores: Restores, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 20 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    row = _drill(restores)
    assert (row["passed"], "days old" in row["why"]) == (False, True)
    assert _left(stage) == []


def test_a_drill_that_meets_what_nobody_foresaw_ends_and_says_so(
    stage: Stage, restores: Restores, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(call: dynamodb.Call, send: Any) -> Any:
        raise client_error("AccessDeniedException", call.operation)

    stage.wire.fail(denied, lambda call: call.operation == "CreateTable", times=100)
    row = _drill(restores)
    assert (row["passed"], "ClientError at step" in row["why"]) == (False, True)
    told = _told(capsys)
    assert (told["drill_failed"], told["drill_passed"]) == (1, 0)
    assert restores.state(RUN)["step"] == "failed"
    assert stage.scheduler.schedules == {}


def test_what_nobody_foresaw_may_pass(stage: Stage, restores: Restores) -> None:
    def denied(call: dynamodb.Call, send: Any) -> Any:
        raise client_error("AccessDeniedException", call.operation)

    stage.wire.fail(denied, lambda call: call.operation == "CreateTable", times=2)
    assert _drill(restores)["passed"]


def test_a_drill_that_is_told_twice_is_noted_once(stage: Stage, restores: Restores) -> None:
    run = places.Run(RUN, "test", ID, drill=True, started_at=int(time.time()))
    for _ in range(2):
        drill.tell(services.of("restore"), run)
    assert len(json.loads(restores.body(manifest.INDEX))["drills"]) == 1


def test_what_somebody_asked_for_proves_no_night(stage: Stage, restores: Restores) -> None:
    later = "2026-11-28T03-00-00Z"
    found = json.loads(restores.body(manifest.INDEX))
    found["backups"].append({"id": later, "kept": "nightly", "asked": True})
    restores.put(manifest.INDEX, json.dumps(found).encode())
    assert _drill(restores)["backup"] == ID
