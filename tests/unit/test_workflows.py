"""The workflows: pinned, with few rights; their steps run as they stand, with a stand-in for `./deploy.sh`."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import arguments

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


def read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / ".github/workflows" / f"{name}.yml").read_text()))


def run(line: str, folder: Path) -> int:
    """As the runner's shell does: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax"""
    environment = {"PATH": os.environ["PATH"], "STAGE": "test"}
    return subprocess.run(["bash", "-e", "-c", line], cwd=folder, env=environment, check=False).returncode


def deploy_steps() -> list[dict[str, Any]]:
    return [step for step in read("deploy")["jobs"]["deploy"]["steps"] if "run" in step]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_rights_few_and_nothing_is_written_into_a_shell(file: Path) -> None:
    workflow = read(file.stem)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"].items() <= {"contents": "read", "id-token": "write"}.items()
        assert job.get("uses", "./.github/workflows/").startswith("./.github/workflows/")
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", "")
            assert PINNED.fullmatch(step.get("uses", f"a/b@{'0' * 40}")), step
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_what_is_deployed_has_passed_every_check_of_a_pull_request() -> None:
    jobs = read("deploy")["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/check.yml"
    assert jobs["deploy"]["needs"] == "check"
    called = read("check")
    (triggers,) = (value for key, value in called.items() if str(key) == "True")  # `on`, which YAML takes for a truth
    assert set(triggers) == {"pull_request", "workflow_call"}
    assert [step["run"] for step in called["jobs"]["check"]["steps"] if "run" in step] == ["./test.sh"]


def test_only_the_deployment_may_have_a_role() -> None:
    with_role = [
        (file.stem, name)
        for file in WORKFLOWS
        for name, job in read(file.stem)["jobs"].items()
        if "id-token" in job["permissions"]
    ]
    assert with_role == [("deploy", "deploy")]


@pytest.mark.parametrize(("broken", "calls"), [(False, ["test"]), (True, ["test", "test --version last-good"])])
def test_a_deployment_that_fails_goes_back(tmp_path: Path, broken: bool, calls: list[str]) -> None:
    script = tmp_path / "deploy.sh"
    fails = "if [[ $# == 1 ]]; then exit 1; fi\n" if broken else ""
    script.write_text(f'#!/usr/bin/env bash\necho "$*" >> calls\n{fails}')
    script.chmod(0o755)
    deploy, back = deploy_steps()
    failed = run(deploy["run"], tmp_path) != 0
    # A step that is out of time has failed; a job that is has been cancelled, as by a person.
    assert back["if"] == "(failure() || cancelled()) && steps.deploy.outcome != 'skipped'"
    assert deploy["id"] == "deploy"
    assert deploy["timeout-minutes"] + 10 < read("deploy")["jobs"]["deploy"]["timeout-minutes"]
    if failed:
        assert run(back["run"], tmp_path) == 0
    assert (tmp_path / "calls").read_text().splitlines() == calls
    for call in calls:
        arguments.parse(call.split())  # what the script really understands
