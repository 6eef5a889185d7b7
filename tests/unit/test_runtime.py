"""Which Python the functions run on: the stage's own, whoever deploys it and whatever is on their path."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from chalice.cli.factory import CLIFactory
from chalice.deploy import models
from chalice.utils import UI

from deploy import steps
from deploy.environment import DeploymentError, Settings, Stage
from deploy.functions import app_modules, chalice_app, package, policies, runtime
from deploy.functions.chalice_client import Client
from deploy.functions.runtime import Runtime
from deploy.progress import Progress

PROD = Stage("prod", "eu-west-1")
Machine = Callable[..., Path]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine: what runs the deployment, and what else is on the path."""

    def made(*versions: str, running: str = "3.11", broken: str = "") -> Path:
        for version in versions:
            said = "echo not installed >&2; exit 127" if version == broken else f"echo {version}"
            (tmp_path / f"python{version}").write_text(f"#!/bin/sh\n{said}\n")
            (tmp_path / f"python{version}").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(runtime, "_RUNNING", running)
        return tmp_path

    return made


def test_every_version_is_one_of_lambdas() -> None:
    shape = boto3.client("lambda", "eu-west-1").meta.service_model.shape_for("Runtime")
    assert {f"python{version}" for version in runtime.ON_AWS} <= set(shape.enum)


@pytest.mark.parametrize("before", [None, "3.11", "3.13"])
def test_the_local_aws_runs_the_functions_on_what_runs_it(machine: Machine, before: str | None) -> None:
    machine("3.13", running="3.11")
    assert runtime.choose(Stage("local", "eu-west-1"), None, before) == runtime.running()


@pytest.mark.parametrize(
    ("on_path", "running", "before", "asked", "chosen"),
    [
        (["3.12", "3.13", "3.14"], "3.12", None, None, "3.12"),  # a new stage: what is at hand
        (["3.12", "3.13"], "3.11", None, None, "3.13"),
        (["3.12"], "3.11", "3.11", None, "3.12"),  # a stage of before, moved
        (["3.12", "3.13", "3.14"], "3.14", "3.12", None, "3.12"),  # the stage's own, whatever is at hand
        (["3.12", "3.13"], "3.12", "3.12", "3.13", "3.13"),  # moved deliberately
        (["3.12", "3.13"], "3.12", "3.13", "3.12", "3.12"),
        (["3.15"], "3.11", "3.15", None, "3.15"),  # by somebody with a newer chatapp
    ],
)
def test_a_stage_keeps_its_python(
    machine: Machine, on_path: list[str], running: str, *, before: str | None, asked: str | None, chosen: str
) -> None:
    folder = machine(*on_path, running=running)
    found = runtime.choose(PROD, asked, before)
    assert found.version == chosen
    assert found == (runtime.running() if chosen == running else Runtime(chosen, folder / f"python{chosen}"))
    assert found.name == f"python{chosen}"


@pytest.mark.parametrize(
    ("on_path", "before", "asked", "said"),
    [
        ([], None, None, r"need Python 3\.12 to 3\.14, .*none.*uv python install 3\.13.*brew.*apt"),
        (["3.12"], "3.13", None, r"prod run on Python 3\.13, .*uv python install 3\.13.*--python VERSION"),
        (["3.12"], "3.12", "3.14", r"Python 3\.14 is not on this machine: .*uv python install 3\.14"),
    ],
)
def test_a_python_that_is_missing_is_named_with_the_way_to_get_it(
    machine: Machine, on_path: list[str], before: str | None, asked: str | None, said: str
) -> None:
    machine(*on_path)
    with pytest.raises(DeploymentError, match=said) as raised:
        runtime.choose(PROD, asked, before)
    assert "\n" not in str(raised.value)


def test_a_name_on_the_path_that_does_not_start_is_none(machine: Machine) -> None:
    """As pyenv leaves them for versions that are installed but not chosen."""
    folder = machine("3.12", "3.13", broken="3.13")
    assert runtime.choose(PROD, None, None) == Runtime("3.12", folder / "python3.12")


@dataclass(frozen=True)
class Answering(Stage):
    """A stage whose Lambda answers what a test says."""

    lambda_: Any = None

    def client(self, service: str) -> Any:
        assert service == "lambda"
        return self.lambda_


def answering(name: str | None) -> tuple[Answering, Stubber]:
    client = boto3.client("lambda", "eu-west-1")
    stubber = Stubber(client)
    asked = {"FunctionName": "chatapp-prod"}
    if name:
        stubber.add_response("get_function_configuration", {"Runtime": name}, asked)
    else:
        stubber.add_client_error(
            "get_function_configuration", "ResourceNotFoundException", "Function not found", 404, expected_params=asked
        )
    return Answering("prod", "eu-west-1", lambda_=client), stubber


@pytest.mark.parametrize(("name", "version"), [("python3.13", "3.13"), ("python3.11", "3.11"), (None, None)])
def test_what_a_stage_runs_on_is_read_from_its_api(name: str | None, version: str | None) -> None:
    stage, stubber = answering(name)
    with stubber:
        assert runtime.deployed(stage) == version


@pytest.mark.parametrize(
    ("name", "shown", "warned"),
    [("python3.11", "3.13", True), ("python3.13", "unchanged", False), (None, "3.13", False)],
)
def test_a_move_is_announced(
    machine: Machine, capsys: pytest.CaptureFixture[str], name: str | None, shown: str, warned: bool
) -> None:
    machine("3.13")
    stage, stubber = answering(name)
    deployment = steps.Deployment(stage, Settings({}), Progress(), {}, Path())
    with stubber:
        assert deployment.choose_python().version == "3.13"
    said = capsys.readouterr().out
    assert f"Python of the functions .......... {shown} (" in said
    assert ("moved from 3.11: while each function is, its requests can fail for some seconds" in said) == warned


def test_all_functions_are_deployed_for_the_packages_python(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chalice by itself takes whatever runs it; and a stage's move that broke off has some on either."""
    build = tmp_path / "build"
    monkeypatch.setattr(Stage, "build", property(lambda self: build))
    variables = {name: value for name, value in os.environ.items() if name.startswith("CHATAPP_")}
    place = policies.Place("prod", "eu-west-1", "123456789012", "socket")
    chalice_app.render(PROD, place, app_modules.functions(), variables, Settings({}))
    shutil.copy(package.APP_FOLDER / "app.py", build / "app.py")
    config = CLIFactory(str(build), environ=os.environ).create_config_obj(chalice_stage_name="prod")
    built = package.Package(build / "package.zip", Runtime("3.13", Path("python3.13")), "1", changed=True)
    made = chalice_app._deployer(PROD, config, Client(None, {}), UI(), built)
    resources = made._deps_builder.build_dependencies(made._application_builder.build(config, "prod"))
    made._build_stage.execute(config, resources)
    found = [each for each in resources if isinstance(each, models.LambdaFunction)]
    assert len(found) == len(app_modules.functions())
    assert {each.runtime for each in found} == {"python3.13"}
    assert {each.deployment_package.filename for each in found} == {str(built.path)}
