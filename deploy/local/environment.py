"""MiniStack's own Python environment under `.local/venv`, installed from the hash-locked requirements.

It is apart from the project's because MiniStack pins its botocore. Lambda code runs on its interpreter, so it
must have the same minor version as the one that packs the functions.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.errors import LocalAwsError
from deploy.local.processes import exclusive

OLDEST_PYTHON = (3, 11)


def requirements_file(root: Path) -> Path:
    return root / "deploy" / "local" / "requirements.txt"


def ensure_environment(root: Path, venv: Path, log: Path, report: Callable[[str], None]) -> Path:
    """Return the environment's interpreter, installing it first when the lock file or Python has changed.

    The stamp is written last, so an interrupted installation is begun afresh. Raises LocalAwsError.
    """
    _check_interpreter()
    # Several state folders share one environment.
    with exclusive(venv.with_suffix(".lock")):
        return _ensure(root, venv, log, report)


def _ensure(root: Path, venv: Path, log: Path, report: Callable[[str], None]) -> Path:
    python = venv / "bin" / "python"
    stamp = venv / "installed.sha256"
    wanted = _fingerprint(root)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    report("installing the local AWS (the first time takes a minute)")
    log.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    # Our own pip fills it: one of its own would take seconds to unpack.
    _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)], log, "create its Python environment")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--require-hashes", "-r", str(requirements_file(root))], log, "install its packages")
    stamp.write_text(wanted)
    return python


def _check_interpreter() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise LocalAwsError(f"the local AWS needs Python 3.11 or newer; {sys.executable} is {found}")


def _fingerprint(root: Path) -> str:
    lock = requirements_file(root)
    if not lock.exists():
        raise LocalAwsError(f"{lock} is missing; the checkout is incomplete")
    return hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()


def _run(command: list[str], log: Path, purpose: str) -> None:
    with log.open("w") as output:
        try:
            result = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
        except OSError as error:
            raise LocalAwsError(f"the local AWS could not {purpose}: {error}") from error
    if result.returncode:
        raise LocalAwsError(f"the local AWS could not {purpose}; pip's and venv's own words are in {log}")
