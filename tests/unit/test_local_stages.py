"""Several stages of this machine on one local AWS: taking one down leaves the others and what outlives it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from deploy import arguments, commands, destruction, results
from deploy.environment import DeploymentError, Stage, is_local
from deploy.functions import app_modules
from deploy.local import aws as local_aws
from deploy.local.aws import LocalAws
from deploy.people import id_token, srp
from deploy.progress import Progress

TEMPLATE = """
Resources:
  BackupsBucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      BucketName: !Sub chatapp-${Stage}-backups-${AWS::AccountId}-${AWS::Region}

Outputs:
"""


class Machine:
    """The local AWS as the command line sees it, with moto behind; `stopped` and `wiped` are what was done to it."""

    def __init__(self) -> None:
        self.stopped: list[str] = []
        self.wiped: list[Path] = []

    def make(self, name: str, *buckets: str) -> Stage:
        stage = Stage(name, "eu-west-1")
        s3 = stage.client("s3")
        for bucket in buckets:
            full = f"chatapp-{name}-{bucket}-{stage.account_id}-eu-west-1"
            s3.create_bucket(Bucket=full, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            s3.put_bucket_versioning(Bucket=full, VersioningConfiguration={"Status": "Enabled"})
            for _ in range(2):
                s3.put_object(Bucket=full, Key="a", Body=b"b")
            s3.delete_object(Bucket=full, Key="a")
        return stage

    @property
    def buckets(self) -> set[str]:
        listed = Stage("local", "eu-west-1").client("s3").list_buckets()["Buckets"]
        return {bucket["Name"].removesuffix("-123456789012-eu-west-1") for bucket in listed}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")

    def destroyed(stage: Stage, progress: Progress) -> str:
        destruction.remove_buckets(stage)
        return "\n".join(destruction.kept(stage, destruction._outliving(stage)))

    def stop(root: Path) -> bool:
        machine.stopped.append("stopped")
        return True

    monkeypatch.setattr(commands, "_local", lambda asked, progress: Stage(asked.stage, "eu-west-1"))
    monkeypatch.setattr(commands, "_state_dir", lambda: tmp_path)
    monkeypatch.setattr(results, "BUILD", tmp_path)
    monkeypatch.setattr(destruction, "destroy", destroyed)
    monkeypatch.setattr(destruction, "wipe", machine.wiped.append)
    monkeypatch.setattr(destruction, "templates", lambda stage: {"foundation.yaml": TEMPLATE})
    monkeypatch.setattr(local_aws, "stop", stop)
    with mock_aws():
        yield machine


def destroy(name: str, read: Any = input) -> None:
    commands.destroy(arguments.parse(["destroy", name, *(["--yes"] if read is input else [])]), Progress(), read)


@pytest.mark.parametrize(
    ("name", "here"),
    [("local", True), ("local-a", True), ("localhost", False), ("locals", False), ("prod", False), ("a-local", False)],
)
def test_which_stages_are_of_this_machine(name: str, here: bool) -> None:
    assert is_local(name) is Stage(name, "eu-west-1").is_local is here


@pytest.mark.parametrize(("name", "function"), [("local-answer", "answer"), ("local-a-purge", "purge")])
def test_no_stages_api_is_called_as_a_function_of_the_stage_beside_it(name: str, function: str) -> None:
    assert function in app_modules.functions()
    with pytest.raises(arguments.UsageError, match=f"calls its function {function}; name it otherwise"):
        arguments.parse([name])
    assert arguments.parse([name.replace("local", "prod")]).stage == name.replace("local", "prod")


def test_taking_one_stage_down_leaves_the_others_and_its_backups(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("local", "local-a", "local-b"):
        machine.make(name, "artifacts", "files", "backups")
    destroy("local-a")
    assert machine.buckets == {
        *(f"chatapp-local-{bucket}" for bucket in ("artifacts", "files", "backups")),
        *(f"chatapp-local-b-{bucket}" for bucket in ("artifacts", "files", "backups")),
        "chatapp-local-a-backups",
    }
    assert "bucket chatapp-local-a-backups-123456789012-eu-west-1" in capsys.readouterr().out
    destroy("local")
    assert "chatapp-local-files" not in machine.buckets
    assert "chatapp-local-b-files" in machine.buckets
    assert (machine.stopped, machine.wiped) == ([], [])


def test_the_local_aws_goes_with_the_last_stage_that_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    for name in ("local-a", "local-b"):
        machine.make(name, "artifacts", "files")
    destroy("local-a")
    assert machine.stopped == []
    destroy("local-b")
    assert (machine.stopped, machine.wiped) == (["stopped"], [tmp_path])


def test_backups_keep_the_local_aws(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.make("local", "artifacts", "backups")
    destroy("local")
    assert machine.buckets == {"chatapp-local-backups"}
    assert (machine.stopped, machine.wiped) == ([], [])
    assert "./deploy.sh local --stop, then delete .local" in capsys.readouterr().out
    with pytest.raises(DeploymentError, match="no stage local-b on this machine"):
        destroy("local-b")


def test_a_place_for_backups_that_holds_none_goes_with_its_stage(machine: Machine, tmp_path: Path) -> None:
    stage = machine.make("local", "artifacts", "backups")
    name = f"chatapp-local-backups-{stage.account_id}-eu-west-1"
    destruction._empty(stage.client("s3"), name)
    destroy("local")
    assert machine.buckets == set()
    assert machine.wiped == [tmp_path]


def test_what_a_first_deployment_that_broke_off_has_left_goes_too(machine: Machine, tmp_path: Path) -> None:
    results.write(Stage("local", "eu-west-1"), {})
    destroy("local")
    assert machine.wiped == [tmp_path]
    assert results.read("local") is None


def test_a_stage_of_this_machine_is_asked_about_by_its_own_name(machine: Machine) -> None:
    machine.make("local-a", "artifacts")
    questions: list[str] = []

    def read(question: str) -> str:
        questions.append(question)
        return "local"

    with pytest.raises(DeploymentError, match="nothing was destroyed"):
        destroy("local-a", read)
    assert questions == ["Type local-a to destroy it on this machine, with all that it holds: "]
    assert machine.buckets == {"chatapp-local-a-artifacts"}


def test_every_stage_of_this_machine_is_deployed_to_the_one_local_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = LocalAws(4570, "http://127.0.0.1:9", tmp_path)
    monkeypatch.setattr(local_aws, "start", lambda root, report: running)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    stages = [commands._local(arguments.parse([name]), Progress()) for name in ("local", "local-b")]
    assert [stage.name for stage in stages] == ["local", "local-b"]
    assert {(stage.endpoint_url, stage.model_base_url) for stage in stages} == {
        ("http://127.0.0.1:4570", "http://127.0.0.1:9")
    }
    assert stages[0].build != stages[1].build


def test_stopping_any_stage_of_this_machine_stops_the_one_local_aws(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_aws, "stop", lambda root: True)
    assert commands.main(["local-b", "--stop"]) == 0
    assert capsys.readouterr().out == "stopped\n"


def test_a_token_of_a_stage_of_this_machine_comes_from_the_local_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"api_url": "http://x.localhost:4570/api", "region": "eu-west-1", "user_pool_id": "p", "client_id": "c"}
    monkeypatch.setattr(results, "read", lambda name: outputs)
    monkeypatch.setattr(srp, "sign_in", lambda cognito, *rest: cognito.meta.endpoint_url)
    assert id_token.id_token("local-a", "a@b.example", "pw") == "http://127.0.0.1:4570"
