"""Starts, stops and describes the local AWS: MiniStack with IAM enforcement, and the demo model.

Everything that it writes is under one state folder, `.local/` of the checkout unless CHATAPP_LOCAL_DIR names
another; MiniStack's Python environment is in `.local/venv` for every state folder. Both servers listen on
127.0.0.1, and all stages of this machine share them. MiniStack's port is 4566 unless CHATAPP_LOCAL_PORT names
another (0: any free one). A state folder keeps its ports, since deployed functions and addresses name them.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.environment import ensure_environment, requirements_file
from deploy.local.errors import LocalAwsError
from deploy.local.processes import Process, Record, exclusive, spawn

__all__ = ["LocalAws", "LocalAwsError", "Status", "start", "status", "stop"]

DEFAULT_PORT = 4566
REGION = "eu-west-1"
ACCOUNT_ID = "000000000000"
# AWS waits for a minute before it tries a failed event again: leases of the run before are over by then, as here.
EVENT_RETRY_S = 12
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
HEALTH_TIMEOUT_S = 2.0
POLL_S = 0.05

MINISTACK = "ministack"
DEMO_MODEL = "demo_model"
_TITLES = {MINISTACK: "the local AWS", DEMO_MODEL: "the demo model"}
_HEALTH_PATHS = {MINISTACK: "/_ministack/ready", DEMO_MODEL: "/_demo/health"}

# MiniStack reads dozens of variables and hands its environment to the functions, so it gets no others than these.
_PASSED_ON = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
_PASSED_ON |= {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}


@dataclass(frozen=True)
class LocalAws:
    """A local AWS that answers. `model_url` is the demo model's, None when the user named another model."""

    port: int
    model_url: str | None
    state_dir: Path
    region: str = REGION
    account_id: str = ACCOUNT_ID

    @property
    def endpoint_url(self) -> str:
        """The endpoint for SDKs. The address, not a name: boto3 would put buckets in front of a name."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The variables with which SDKs and Chalice reach it as root (MiniStack's root key is `test`)."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def process_environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """A whole environment for a process: `environ` without any AWS_ variable of its own (a profile, a
        session token, another endpoint), and `environment()`.
        """
        others = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
        no_proxy = ",".join(filter(None, [environ.get("NO_PROXY") or environ.get("no_proxy"), "127.0.0.1,localhost"]))
        return {**others, **self.environment(), "NO_PROXY": no_proxy, "no_proxy": no_proxy}


@dataclass(frozen=True)
class Status:
    """What runs. `aws` is None unless everything that should run answers; `line` says it in words."""

    line: str
    aws: LocalAws | None


def start(
    root: Path,
    *,
    state_dir: Path | None = None,
    port: int | None = None,
    environ: Mapping[str, str] | None = None,
    report: Callable[[str], None] = lambda line: None,
    timeout_s: float = START_TIMEOUT_S,
) -> LocalAws:
    """Start what does not run yet and wait until it answers; a local AWS that answers is reused as it is.

    Code of ours that changed since a process began restarts it (MiniStack keeps its state). Without a demo
    model when `environ` has ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL. Safe to repeat after a failure; two at
    once wait for each other. Raises LocalAwsError.
    """
    environ = os.environ if environ is None else environ
    local = _Launcher(root, _state_dir(root, state_dir, environ), environ, report, timeout_s)
    with local.locked():
        aws_port = local.ensure(MINISTACK, port if port is not None else _port_setting(environ))
        model_port = None if _names_a_model(environ) else local.ensure(DEMO_MODEL, None)
    return local.described(aws_port, model_port)


def stop(root: Path, *, state_dir: Path | None = None, environ: Mapping[str, str] | None = None) -> bool:
    """End what was started, so that MiniStack stores its state; tell whether anything ran.

    Only processes of our record that are still ours are signalled. Raises LocalAwsError.
    """
    environ = os.environ if environ is None else environ
    local = _Launcher(root, _state_dir(root, state_dir, environ), environ)
    with local.locked():
        ended = [local.end(name) for name in (DEMO_MODEL, MINISTACK)]
    return any(ended)


def status(root: Path, *, state_dir: Path | None = None, environ: Mapping[str, str] | None = None) -> Status:
    """Say what runs, changing nothing."""
    environ = os.environ if environ is None else environ
    local = _Launcher(root, _state_dir(root, state_dir, environ), environ)
    aws, model = local.find_healthy(MINISTACK), local.find_healthy(DEMO_MODEL)
    if aws and (model or _names_a_model(environ)):
        running = local.described(aws.port, model.port if model else None)
        return Status(f"running at {running.endpoint_url}", running)
    recorded = local.record.processes()
    if not any(process.is_alive() for process in recorded.values()):
        return Status("not running", None)
    missing = _TITLES[DEMO_MODEL if aws else MINISTACK]
    return Status(f"half started: {missing} does not answer; start it again", None)


def mail_log(root: Path) -> Path:
    """Where the local AWS writes what it would mail, one-time passwords included (`emulator/mail.py`)."""
    return _state_dir(root, None, os.environ) / "logs" / "mail.log"


def _state_dir(root: Path, chosen: Path | None, environ: Mapping[str, str]) -> Path:
    setting = environ.get("CHATAPP_LOCAL_DIR")
    return (chosen or (Path(setting) if setting else root / ".local")).absolute()


def _port_setting(environ: Mapping[str, str]) -> int | None:
    setting = environ.get("CHATAPP_LOCAL_PORT")
    if not setting:
        return None
    if not setting.isdigit() or int(setting) > 65535:
        raise LocalAwsError(f"CHATAPP_LOCAL_PORT is {setting!r}; it must be a port number")
    return int(setting)


def _names_a_model(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("ANTHROPIC_API_KEY") or environ.get("ANTHROPIC_BASE_URL"))


class _Launcher:
    """One state folder and its two processes, by name."""

    def __init__(
        self,
        root: Path,
        state_dir: Path,
        environ: Mapping[str, str],
        report: Callable[[str], None] = lambda line: None,
        timeout_s: float = START_TIMEOUT_S,
    ) -> None:
        self._root = root.absolute()
        self._state_dir = state_dir
        self._environ = environ
        self._report = report
        self._timeout_s = timeout_s
        self.record = Record(state_dir / "processes.json")

    def locked(self) -> AbstractContextManager[None]:
        """Keep a second start or stop waiting until this one is through."""
        return exclusive(self._state_dir / "lock")

    def ensure(self, name: str, port: int | None) -> int:
        """Have the process answer, as our present code and on `port` when one is asked for; return its port."""
        running = self.record.find(name)
        as_wanted = running and running.code == self._code(name) and port in (None, 0, running.port)
        if running and as_wanted and self._await_start(name, running):
            return running.port
        self.end(name)
        return self._begin(name, port)

    def end(self, name: str) -> bool:
        process = self.record.find(name)
        if process is None:
            return False
        ran = process.is_alive()
        process.terminate(STOP_TIMEOUT_S)
        self.record.remove(name)
        return ran

    def find_healthy(self, name: str) -> Process | None:
        process = self.record.find(name)
        return process if process and self._answers(name, process) else None

    def described(self, aws_port: int, model_port: int | None) -> LocalAws:
        url = None if model_port is None else f"http://127.0.0.1:{model_port}"
        return LocalAws(aws_port, url, self._state_dir)

    def _begin(self, name: str, asked_port: int | None) -> int:
        port = self._choose_port(name, asked_port)
        log = self._log(name)
        command, environ = self._command(name, port)
        self._report(f"starting {_TITLES[name]} on 127.0.0.1:{port}")
        process = spawn(command, cwd=self._root, environ=environ, log=log, port=port, code=self._code(name))
        self.record.add(name, process)
        if not self._await_start(name, process):
            self.end(name)
            raise LocalAwsError(f"{_TITLES[name]} ended during its start: {_last_line(log)} (log: {log})")
        self._remember_port(name, port)
        return port

    def _await_start(self, name: str, process: Process) -> bool:
        """Wait until it answers. False: it ended."""
        deadline = time.monotonic() + self._timeout_s
        while process.is_alive():
            if self._answers(name, process):
                return True
            if time.monotonic() > deadline:
                self.end(name)
                log = self._log(name)
                raise LocalAwsError(f"{_TITLES[name]} did not answer within {self._timeout_s:.0f} s (log: {log})")
            time.sleep(POLL_S)
        return False

    def _answers(self, name: str, process: Process) -> bool:
        return process.is_alive() and _http_status(process.port, _HEALTH_PATHS[name]) == 200

    def _choose_port(self, name: str, asked: int | None) -> int:
        """The port asked for, else the remembered one; the demo model, which nobody asks for, moves when taken."""
        if asked == 0:
            return _free_port()
        remembered = self._ports().get(name)
        port = asked or remembered or (DEFAULT_PORT if name == MINISTACK else _free_port())
        if _is_free(port):
            return port
        if name == DEMO_MODEL:
            return _free_port()
        raise LocalAwsError(
            f"port {port} is in use by another program; choose another with CHATAPP_LOCAL_PORT={_free_port()}"
        )

    def _ports(self) -> dict[str, int]:
        try:
            ports: dict[str, int] = json.loads((self._state_dir / "ports.json").read_text())
        except (OSError, ValueError):
            return {}
        return ports

    def _remember_port(self, name: str, port: int) -> None:
        (self._state_dir / "ports.json").write_text(json.dumps({**self._ports(), name: port}))

    def _log(self, name: str) -> Path:
        return self._state_dir / "logs" / f"{name}.log"

    def _command(self, name: str, port: int) -> tuple[list[str], dict[str, str]]:
        passed_on = {key: value for key, value in self._environ.items() if key in _PASSED_ON}
        passed_on["PYTHONUNBUFFERED"] = "1"
        if name == DEMO_MODEL:
            return [sys.executable, "-m", "deploy.local.demo_model.server", "--port", str(port)], passed_on
        log = self._state_dir / "logs" / "install.log"
        python = ensure_environment(self._root, self._root / ".local" / "venv", log, self._report)
        return [str(python), "-m", "deploy.local.emulator.server"], {**passed_on, **self._ministack_settings(port)}

    def _ministack_settings(self, port: int) -> dict[str, str]:
        # Unpacked functions, which a MiniStack that was killed leaves behind.
        temporary = self._state_dir / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        return {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._state_dir / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self._state_dir / "s3"),
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(EVENT_RETRY_S),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TMPDIR": str(temporary),
            "LOG_LEVEL": "INFO",
        }

    def _code(self, name: str) -> str:
        """A digest of what the process runs, so that a changed file restarts it."""
        folder = self._root / "deploy" / "local"
        if name == DEMO_MODEL:
            files = sorted((folder / "demo_model").glob("*.py"))
        else:
            files = [requirements_file(self._root), *sorted((folder / "emulator").glob("*.py"))]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _http_status(port: int, path: str) -> int | None:
    # http.client, since urllib would ask a proxy that the environment names.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HEALTH_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
