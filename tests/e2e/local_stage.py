"""A local stage for one run alone: deployed by `./deploy.sh local` itself, with ports and folders of its own.

A developer's running local stage is neither used nor disturbed. What was started is stopped by its pid.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.local import aws as local_aws
from deploy.local.aws import LocalAws
from tests.e2e import web
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.waiting import until

STATE = ROOT / ".local" / "e2e"
BUILD = ROOT / ".build" / "e2e"
# A real model or another deployment, exported in the shell, is not what these tests ask.
_NOT_OURS = ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CHATAPP_DEMO_EMAIL")


class StartError(Exception):
    """The stage could not be made; the message says why."""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep a second run out: both would deploy to the same folders."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError("another end-to-end run is under way in this checkout") from None
        yield


def environment() -> dict[str, str]:
    """The environment of everything that concerns this run's stage."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    port = kept.get("CHATAPP_E2E_PORT", "0")
    return {**kept, "CHATAPP_LOCAL_DIR": str(STATE), "CHATAPP_BUILD_DIR": str(BUILD), "CHATAPP_LOCAL_PORT": port}


@contextlib.contextmanager
def deployed() -> Iterator[tuple[Deployment, LocalAws]]:
    """Deploy from nothing and take everything down at the end; the logs stay for whoever looks into a failure."""
    _stop()
    shutil.rmtree(STATE, ignore_errors=True)
    try:
        if subprocess.run([str(ROOT / "deploy.sh"), "local"], env=environment(), cwd=ROOT, check=False).returncode:
            raise StartError("./deploy.sh local failed; see above")
        outputs = json.loads((BUILD / "local" / "outputs.json").read_text())
        running = local_aws.status(ROOT, environ=environment()).aws
        if running is None:
            raise StartError("the local AWS does not answer although it was deployed to")
        yield _described(outputs, running), running
    finally:
        _stop()


def _stop() -> None:
    local_aws.stop(ROOT, environ=environment())


def _described(outputs: Mapping[str, Any], running: LocalAws) -> Deployment:
    known = {name: outputs[name] for name in outputs if name in Deployment.__dataclass_fields__}
    return Deployment(
        stage="local", model_url=running.model_url, state_dir=str(STATE), build_dir=str(BUILD / "local"), **known
    )


def restart(deployment: Deployment) -> None:
    """Stop the local AWS as `./deploy.sh local --stop` does, and start it again on the same ports."""
    port = int(deployment.api_url.split("/")[2].rpartition(":")[2])
    given = {**environment(), "CHATAPP_LOCAL_DIR": str(deployment.state_dir), "CHATAPP_LOCAL_PORT": ""}
    assert local_aws.stop(ROOT, environ=given)
    again = local_aws.start(ROOT, environ=given)
    assert (again.port, again.model_url) == (port, deployment.model_url)


@contextlib.contextmanager
def development(deployment: Deployment, aws: LocalAws) -> Iterator[Deployment]:
    """`chalice local` from the rendered build, and the site on Vite's server in front of it."""
    api_port, site_port = _free_port(), _free_port()
    environ = aws.process_environment(environment())
    chalice = [str(Path(sys.executable).parent / "chalice"), "local", "--stage", "local", "--no-autoreload"]
    vite = ["npm", "run", "dev", "--", "--port", str(site_port), "--strictPort"]
    api_url, site_url = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{site_port}"
    logs = STATE / "logs"
    with (
        _server(
            [*chalice, "--port", str(api_port)], BUILD / "local", environ, logs / "chalice.log", f"{api_url}/health"
        ),
        _server(vite, ROOT / "site", {**environ, "CHATAPP_API_PROXY": api_url}, logs / "vite.log", f"{site_url}/chat"),
    ):
        yield replace(deployment, development_url=site_url, development_api_url=api_url)


@contextlib.contextmanager
def _server(command: list[str], cwd: Path, environ: Mapping[str, str], log: Path, url: str) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(environ), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _await(process, url, log)
        yield
    finally:
        _end(process)


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    def answers() -> bool:
        if process.poll() is not None:
            raise StartError(f"{Path(str(process.args[0])).name} ended during its start; see {log}")  # type: ignore[index]
        try:
            return web.call("GET", url).status == 200
        except OSError:
            return False

    until(answers, 60, url)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server with what it started: npm runs Vite in a process of its own, in the same group as itself."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
