"""The launcher's refusals and its care with processes, without an emulator."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.aws import LocalAws, LocalAwsError, start, status, stop
from deploy.local.environment import ensure_environment
from deploy.local.processes import Process, Record, process_began, spawn

ROOT = Path(__file__).resolve().parents[2]
ENVIRON = {"PATH": os.environ["PATH"]}

Checkout = Callable[[str], Path]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout in which another program stands in for MiniStack."""

    def make(emulator: str) -> Path:
        root = tmp_path / "checkout"
        shutil.copytree(ROOT / "deploy" / "local", root / "deploy" / "local")
        (root / "deploy/local/emulator/server.py").write_text(emulator)
        ensure_environment(ROOT, ROOT / ".local/venv", tmp_path / "install.log", lambda line: None)
        (root / ".local").mkdir()
        (root / ".local/venv").symlink_to(ROOT / ".local/venv")
        return root

    return make


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_an_emulator_that_ends_during_its_start_is_one_line_with_its_reason(checkout: Checkout) -> None:
    root = checkout("raise SystemExit('no such luck')")
    with pytest.raises(LocalAwsError, match=r"^the local AWS ended during its start: no such luck \(log: .*log\)$"):
        start(root, port=0, environ=ENVIRON)
    assert status(root, environ=ENVIRON).line == "not running"
    assert Record(root / ".local/processes.json").processes() == {}


def test_an_emulator_that_never_answers_is_ended(checkout: Checkout) -> None:
    root = checkout("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    with pytest.raises(LocalAwsError, match=r"^the local AWS did not answer within 1 s \(log: .*log\)$"):
        start(root, port=0, environ=ENVIRON, timeout_s=1)
    pid = int((root / ".local/logs/ministack.log").read_text())
    assert process_began(pid) is None
    assert not stop(root, environ=ENVIRON)


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    record = Record(tmp_path / "processes.json")
    record.add("ministack", Process(sleeper.pid, "another boot/1", 4566, "code"))
    assert status(ROOT, state_dir=tmp_path, environ=ENVIRON).line == "not running"
    assert not stop(ROOT, state_dir=tmp_path, environ=ENVIRON)
    assert sleeper.poll() is None
    assert record.processes() == {}


def test_a_recorded_process_of_ours_is_ended_though_it_never_answered(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    began = process_began(sleeper.pid)
    assert began is not None
    Record(tmp_path / "processes.json").add("ministack", Process(sleeper.pid, began, 9, "code"))
    half = status(ROOT, state_dir=tmp_path, environ=ENVIRON)
    assert half.line == "half started: the local AWS does not answer; start it again"
    assert stop(ROOT, state_dir=tmp_path, environ=ENVIRON)
    assert sleeper.wait(timeout=5) != 0


def test_a_process_that_ignores_the_signal_is_named_with_the_way_out(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    log = tmp_path / "deaf.log"
    process = spawn([sys.executable, "-c", deaf], cwd=tmp_path, environ=ENVIRON, log=log, port=9, code="code")
    try:
        while "deaf" not in log.read_text():
            time.sleep(0.02)
        with pytest.raises(LocalAwsError, match=rf"did not end within 1 s; end it with: kill -9 {process.pid}$"):
            process.terminate(timeout_s=1)
    finally:
        os.kill(process.pid, 9)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "processes.json").write_text('{"ministack": {"pid"')
    with pytest.raises(LocalAwsError, match=r"processes\.json is damaged"):
        stop(ROOT, state_dir=tmp_path, environ=ENVIRON)


def test_a_port_setting_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match=r"^CHATAPP_LOCAL_PORT is 'http'; it must be a port number$"):
        start(ROOT, state_dir=tmp_path, environ={**ENVIRON, "CHATAPP_LOCAL_PORT": "http"})


def test_the_environment_is_installed_once_and_again_after_a_change_or_a_failure(tmp_path: Path) -> None:
    lock = tmp_path / "deploy/local/requirements.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("")
    venv, log, said = tmp_path / ".local/venv", tmp_path / "install.log", list[str]()
    python = ensure_environment(tmp_path, venv, log, said.append)
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0
    ensure_environment(tmp_path, venv, log, said.append)
    assert len(said) == 1

    lock.write_text("not a requirement!\n")
    with pytest.raises(LocalAwsError, match=r"^the local AWS could not install its packages; .*install\.log$"):
        ensure_environment(tmp_path, venv, log, said.append)
    assert len(said) == 2
    assert not (venv / "installed.sha256").exists(), "the next start installs afresh"


def test_a_process_sees_the_local_aws_and_nothing_of_the_users_own(tmp_path: Path) -> None:
    users = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "HOME": "/h", "NO_PROXY": "intranet"}
    environ = LocalAws(4600, None, tmp_path).process_environment(users)
    assert environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4600"
    assert environ["HOME"] == "/h"
    assert environ["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environ)
