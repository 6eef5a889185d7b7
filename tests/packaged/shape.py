"""A place in the shape of a Lambda: the code in /var/task, which cannot be written to, 512 MB of /tmp, no /dev/shm.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. A mount namespace makes it, for which the
kernel wants root or unprivileged user namespaces.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_RUNTIME = Path(__file__).with_name("runtime.py")
_TASK = "/var/task"
# $1: the unpacked package. /var is nobody's here, so that the new /dev and the task can be laid out under it.
_ENTER = f"""
set -e
mount -t tmpfs -o size=1m none /var
mkdir {_TASK} /var/dev
for device in null zero random urandom; do
  touch /var/dev/$device
  mount --bind /dev/$device /var/dev/$device
done
mount --bind "$1" {_TASK}
mount -o remount,bind,ro {_TASK}
mount --rbind /var/dev /dev
mount -t tmpfs -o size=512m,mode=1777 none /tmp
cd {_TASK}
shift
exec "$@"
"""


def unpack(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def problem(folder: Path) -> str | None:
    """Why there can be no such place on this machine; None where there can."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "Lambda's wheels are for Linux on x86-64"
    done = subprocess.run([*_command(folder), "true"], capture_output=True, text=True, check=False)
    return f"no mount namespace here: {done.stderr.strip()}" if done.returncode else None


def _command(task: Path) -> list[str]:
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *as_root, "sh", "-c", _ENTER, "sh", str(task)]


class Function:
    """One function's process, which stays warm. Its interpreter sees the package and the standard library alone."""

    def __init__(self, task: Path, handler: str, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        python = [str(Path(sys.executable).resolve()), "-I", "-S", "-c", _RUNTIME.read_text(), handler]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*_command(task), *python],
                env={**environment, "PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": _TASK},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def __call__(self, event: Any, seconds: float) -> Any:
        """Invoke it. A function that fails, or does not start, fails the test."""
        return self._asked({"event": event, "seconds": seconds})

    def probe(self, expression: str) -> Any:
        """What a Python expression is worth in its process."""
        return self._asked({"probe": expression})

    def end(self) -> None:
        self._process.communicate()

    def _asked(self, line: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            print(json.dumps(line), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, self._log.read_text()
        found = json.loads(answer)
        assert "error" not in found, found["error"]
        return found["reply"]
