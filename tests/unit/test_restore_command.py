"""`./deploy.sh restore`: what it takes, shows, asks and tells."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from chalicelib.backups import places

from deploy import arguments, backups, commands, restoring
from deploy.account import regions
from deploy.arguments import UsageError
from deploy.environment import DeploymentError
from deploy.environment import Stage as Deployed
from deploy.progress import Progress
from tests.fakes import clients
from tests.fakes.aws import client_error
from tests.people import Person
from tests.restores import ID, Restores
from tests.stage import Stage
from tests.storage import BACKUPS

TEXT = b"Roses are red.\n"


class _Restore:
    """Lambda, with the app's own function, which has done its work before the command looks."""

    def __init__(self, restores: Restores) -> None:
        self.restores = restores
        self.orders: list[dict[str, Any]] = []
        self.runs = True
        self.missing = False

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == ("chatapp-test-restore", "Event")
        if self.missing:
            raise client_error("ResourceNotFoundException", "Invoke", 404)
        order = json.loads(Payload)
        self.orders.append(order)
        if self.runs:
            self.restores.go_on(order)
            self.restores.finish(order["restore"])
        return {"StatusCode": 202}


@pytest.fixture
def restores(stage: Stage, ada: Person) -> Restores:
    """Of a stage with a backup, that has lost what it holds."""
    ada.ask(ada.new_conversation(title="Roses"), "Which?", file_ids=[stage.ready(ada, TEXT)])
    stage.scheduler.schedules.clear()
    made = Restores(stage)
    made.back_up()
    made.empty()
    return made


@pytest.fixture
def function(restores: Restores, monkeypatch: pytest.MonkeyPatch) -> _Restore:
    made, client = _Restore(restores), Deployed.client

    def with_function(self: Deployed, service: str) -> Any:
        return clients.client("lambda", made) if service == "lambda" else client(self, service)

    monkeypatch.setattr(Deployed, "client", with_function)
    monkeypatch.setattr(Deployed, "account_id", "123456789012")
    monkeypatch.setattr(regions, "refuse_other_endpoints", lambda name: None)
    return made


def _command(*words: str, typed: str = "test") -> int:
    asked = arguments.parse(["restore", "test", "--region", "eu-west-1", *words])
    return commands.restore(asked, Progress(), read=lambda question: typed)


def test_a_stage_comes_back_once_its_name_was_typed(
    stage: Stage, function: _Restore, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DeploymentError, match="nothing was restored"):
        _command(typed="yes")
    assert (function.orders, stage.rows("conversations")) == ([], [])
    capsys.readouterr()
    assert _command() == 0
    said = capsys.readouterr().out
    assert f"From the backup {ID} of test" in said
    assert "comes back into test, which holds no conversation yet: everything." in said
    assert "proven against the manifest" in said
    assert "messages                3 as in the backup, 0 newer and kept, 0 left out" in said
    assert [row["title"] for row in stage.rows("conversations")] == ["Roses"]


def test_what_is_asked_is_what_the_function_is_told(function: _Restore) -> None:
    assert _command("--from", "2026-11-28", "--only", "table=usage", "--overwrite", "--yes") == 0
    (order,) = function.orders
    assert order.pop("restore").startswith(f"{ID}-")
    assert order == {"source": "test", "backup": ID, "kept": "nightly", "only": "table=usage", "overwrite": True}


def test_a_restore_that_is_under_way_is_gone_on_with(stage: Stage, function: _Restore, restores: Restores) -> None:
    restores.seconds = 0
    restores.go_on({"restore": "known", "source": "test", "backup": ID})
    restores.seconds = 900
    assert _command("--yes") == 0
    assert function.orders == [{"restore": "known"}]
    assert _command("--yes") == 0
    assert function.orders[1]["restore"] != "known", "it has ended"


def test_a_restore_that_was_refused_says_why(function: _Restore, restores: Restores) -> None:
    (key,) = [key for key in restores.stage.objects("nightly/", BACKUPS) if "/conversations/" in key]
    restores.put(key, b"changed")
    with pytest.raises(DeploymentError, match=f"not all is back: {key} is not what was written"):
        _command("--yes")


def test_what_there_is_not_is_said(function: _Restore, restores: Restores) -> None:
    with pytest.raises(DeploymentError, match="test has no backup of 2020-01-01; it has 1"):
        _command("--from", "2020-01-01")
    with pytest.raises(DeploymentError, match="there is no bucket chatapp-other-backups-123456789012-eu-west-1"):
        commands.restore(arguments.parse(["restore", "other", "--into", "test", "--region", "eu-west-1"]), Progress())
    function.missing = True
    with pytest.raises(DeploymentError, match="has no function chatapp-test-restore"):
        _command("--yes")
    restores.put(f"nightly/{ID}/manifest.json", b"{}")
    with pytest.raises(DeploymentError, match="not of the form"):
        _command("--yes")
    restores.stage.s3.delete_object(Bucket=BACKUPS, Key=f"nightly/{ID}/manifest.json")
    with pytest.raises(DeploymentError, match="has no manifest"):
        _command("--yes")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore", "test", "--only", "cat=1"], "--only takes"),
        (["restore", "test", "--only", "person="], "--only takes"),
        (["restore", "test", "--into", "Not A Stage"], "--into takes"),
        (["test", "--only", "table=usage"], "--only is for `restore`"),
        (["destroy", "test", "--from", "2026"], "--from is for `restore`"),
        (["restore"], "give one stage"),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        arguments.parse(words)


def test_progress_tells_the_share_and_what_is_left(restores: Restores) -> None:
    stage = Deployed("test", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"
    backup = restoring.read(stage, restoring.Asked("test", ID, "nightly"))
    restores.seconds = 0
    restores.go_on({"restore": "r", "source": "test", "backup": ID})
    state = restores.state()
    started = state["started_at"]
    assert restoring.progress(state, backup, started + 1) == "seeing that everybody has an account: 0%"
    state |= {"step": "rows", "objects_done": backup.objects.count}
    all_of = backup.objects.count + 2 * backup.items
    share = backup.objects.count / all_of
    left = f"{10 * (1 - share) / share:,.0f}"
    assert restoring.progress(state, backup, started + 10) == f"writing rows: {share:.0%}, about {left} s left"
    state["places"] = {
        f"{step}/{name}/{number}": -1
        for step in ("rows", "compared")
        for name, table in backup.tables.items()
        for number in range(len(table.parts))
    }
    assert restoring.progress(state, backup, started + 10) == "writing rows: 100%"
    assert "cold storage class" in restoring.progress(state | {"waiting": 3}, backup)


def test_watching_says_each_line_once(restores: Restores, function: _Restore) -> None:
    function.runs = False
    stage = Deployed("test", "eu-west-1")
    asked = restoring.Asked("test", ID, "nightly")
    run_id = restoring.begin(stage, asked)
    said: list[str] = []
    pauses = 0

    def pause(seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 2:
            restores.seconds = 0
            restores.go_on(function.orders[0])
        if pauses == 4:
            restores.seconds = 900
            restores.finish(run_id)

    assert restoring.watch(stage, run_id, restoring.read(stage, asked), said.append, pause)["step"] == "done"
    assert said == ["begun", "seeing that everybody has an account: 0%"]


def test_a_restore_that_stands_still_is_not_watched_for_ever(restores: Restores, function: _Restore) -> None:
    function.runs = False
    stage = Deployed("test", "eu-west-1")
    asked = restoring.Asked("test", ID, "nightly")
    run_id, waited = restoring.begin(stage, asked), 0.0

    def pause(seconds: float) -> None:
        nonlocal waited
        waited += seconds
        assert waited < 7_200

    with pytest.raises(DeploymentError, match="nothing has moved for 30 minutes"):
        restoring.watch(stage, run_id, restoring.read(stage, asked), lambda line: None, pause)
    assert waited >= 1_800


def test_what_is_shown_says_whether_the_stage_holds_anything(
    stage: Stage, ada: Person, restores: Restores, function: _Restore
) -> None:
    asked, into = restoring.Asked("test", ID, "nightly"), Deployed("test", "eu-west-1")
    backup = restoring.read(into, asked)
    assert "comes back into test, which holds no conversation yet: everything" in restoring.shown(into, asked, backup)
    assert "Settings stay as they are here: what `./deploy.sh set` had set" in restoring.shown(into, asked, backup)
    gone = ada.new_conversation()
    assert ada.call("DELETE", f"/conversations/{gone}").status == 200
    assert "which holds no conversation yet" in restoring.shown(into, asked, backup)
    ada.new_conversation()
    assert "where people have conversations already" in restoring.shown(into, asked, backup)
    with pytest.raises(DeploymentError, match=r"\./deploy\.sh other first"):
        restoring.shown(Deployed("other", "eu-west-1"), asked, backup)


def test_mails_that_wait_are_told(restores: Restores, function: _Restore) -> None:
    backup = restoring.read(Deployed("test", "eu-west-1"), restoring.Asked("test", ID, "nightly"))
    state = asdict(places.Run("r", "test", ID, step="inviting", waiting=3))
    assert restoring.progress(state, backup) == (
        "everything is back; waiting for Cognito, which mails 3 more people: 50 a day at most"
    )


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("table=nix", r"--only table=nix: the backup has conversations, .*usage"),
        ("person=nobody@example.com", "nothing was restored: nobody of that backup has the address"),
        ("conversation=nix", "nothing was restored: there is no conversation nix"),
    ],
)
def test_what_the_backup_does_not_have_touches_nothing_and_says_so(
    restores: Restores, function: _Restore, only: str, said: str
) -> None:
    before = restores.everything()
    with pytest.raises(DeploymentError, match=said):
        _command("--yes", "--only", only)
    assert restores.everything() == before
    assert bool(function.orders) == (not only.startswith("table")), "what can be told at once begins nothing"


def test_what_somebody_asked_for_is_restored_by_its_name_alone(restores: Restores, function: _Restore) -> None:
    later, stage = "2026-11-28T03-00-00Z", Deployed("test", "eu-west-1")
    counts = {"items": 1, "objects": 1, "bytes": 1}
    found = [{"id": ID, "kept": "nightly", **counts}, {"id": later, "kept": "nightly", "asked": True, **counts}]
    restores.put("index.json", json.dumps({"backups": found, "drills": [], "failures": []}).encode())
    assert restoring.choose(stage, "test", None) == (ID, "nightly")
    assert restoring.choose(stage, "test", later) == (later, "nightly")
    assert [line.split()[:2] for line in backups.shown(backups.read(stage)).splitlines()[1:3]] == [
        [later, "asked"],
        [ID, "nightly"],
    ]
