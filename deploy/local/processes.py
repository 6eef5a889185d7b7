"""The processes that we started: their record on disk, whether a pid is still theirs, and how they end.

A pid alone proves nothing after a reboot or a crash, so the record also keeps when the process began; a pid
whose start does not match belongs to somebody else and is never signalled.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.errors import LocalAwsError

POLL_S = 0.02

# Children of this very process are zombies until they are polled; other processes' are reaped by init.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    """One started process. `began` identifies it beside its pid; `code` is the digest of what it runs."""

    pid: int
    began: str
    port: int
    code: str

    def is_alive(self) -> bool:
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            return False
        return process_began(self.pid) == self.began

    def terminate(self, timeout_s: float) -> None:
        """End the process by SIGTERM and wait. Raises LocalAwsError when it does not end in time."""
        if not self.is_alive():
            return
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while self.is_alive():
            if time.monotonic() > deadline:
                raise LocalAwsError(
                    f"process {self.pid} did not end within {timeout_s:.0f} s; end it with: kill -9 {self.pid}"
                )
            time.sleep(POLL_S)


def spawn(command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], log: Path, port: int, code: str) -> Process:
    """Start a process in a session of its own, so that Ctrl-C in our terminal does not end it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    with log.open("wb") as output:
        child = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    return Process(child.pid, process_began(child.pid) or "", port, code)


def process_began(pid: int) -> str | None:
    """Tell when a process began, in words that differ for any other process; None when it is not running."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _began_by_ps(pid)
    try:
        # The command's name, in parentheses, may hold spaces; the fields after it do not.
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{fields[19]}"


def _began_by_ps(pid: int) -> str | None:
    listing = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return listing[1].strip() if len(listing) == 2 and not listing[0].startswith("Z") else None


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Keep other processes out until we are through; the lock goes with us, however we end."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Record:
    """`processes.json`: {name: process} of everything that we started and have not ended."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def processes(self) -> dict[str, Process]:
        try:
            rows = json.loads(self._path.read_text())
            return {name: Process(**row) for name, row in rows.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError) as error:
            raise LocalAwsError(f"{self._path} is damaged; end its processes, then delete it") from error

    def find(self, name: str) -> Process | None:
        return self.processes().get(name)

    def add(self, name: str, process: Process) -> None:
        self._write({**self.processes(), name: process})

    def remove(self, name: str) -> None:
        self._write({other: process for other, process in self.processes().items() if other != name})

    def _write(self, processes: Mapping[str, Process]) -> None:
        if not processes:
            self._path.unlink(missing_ok=True)
            return
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({name: asdict(process) for name, process in processes.items()}, indent=1))
        new.replace(self._path)
