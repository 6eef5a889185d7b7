"""A place in the shape of a Lambda: the code in /var/task, which cannot be written to, as /opt; no /dev/shm.

Of /tmp there are 512 MB, and the dependencies are a layer, in /opt.

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

from deploy.functions.package import Package

_RUNTIME = Path(__file__).with_name("runtime.py")
_TASK = "/var/task"
_LAYER = "/opt"
_PLACES = {"LAMBDA_TASK_ROOT": _TASK, "LAMBDA_LAYER": f"{_LAYER}/python"}
# $1: the unpacked package. /var is nobody's here, so that the new /dev and the task can be laid out under it.
_ENTER = f"""
set -e
mount -t tmpfs -o size=1m none /var
mkdir {_TASK} /var/dev
for device in null zero random urandom; do
  touch /var/dev/$device
  mount --bind /dev/$device /var/dev/$device
done
for part in task opt; do mkdir -p "$1"/$part; done
mount --bind "$1"/task {_TASK}
mount -o remount,bind,ro {_TASK}
mount --bind "$1"/opt {_LAYER}
mount -o remount,bind,ro {_LAYER}
mount --rbind /var/dev /dev
mount -t tmpfs -o size=512m,mode=1777 none /tmp
cd {_TASK}
shift
exec "$@"
"""


def unpack(built: Package, folder: Path) -> Path:
    """Lay a package out in a folder: `task/` and `opt/`."""
    assert built.layer is not None
    for archive, name in ((built.path, "task"), (built.layer, "opt")):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder / name)
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
                env={
                    **environment,
                    "PATH": os.environ["PATH"],
                    "LAMBDA_TASK_ROOT": _TASK,
                    "LAMBDA_LAYER": f"{_LAYER}/python",
                },
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
