"""Which Python the functions run on, and where this machine has it, to compile their package.

On AWS that is the stage's own affair, not that of whoever deploys: it stays on the version that it has, so that two
people with different machines do not swap it, until `--python` moves it. The local AWS runs the functions on the Python
that runs the deployment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.environment import DeploymentError, Stage

# Those of Lambda's runtimes whose image is Amazon Linux 2023, with a glibc that the dependencies' wheels fit; newest
# first. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
ON_AWS = ("3.14", "3.13", "3.12")
_SUGGESTED = "3.13"  # of those, what most systems have a package of
_RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
_COMPILES = "import compileall, sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Runtime:
    """version: "3.13". python: an interpreter of that version; to compile with, nothing needs to be installed in it."""

    version: str
    python: Path

    @property
    def name(self) -> str:
        """As Lambda calls it."""
        return f"python{self.version}"


def running() -> Runtime:
    return Runtime(_RUNNING, Path(sys.executable))


def deployed(stage: Stage) -> str | None:
    """The version that the stage's functions run on: the API's, which a deployment that broke off may have moved alone.

    Any other function's would do: a repeated deployment brings all of them to the same.
    """
    client = stage.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=stage.prefix)
    except client.exceptions.ResourceNotFoundException:
        return None
    return str(found["Runtime"]).removeprefix("python")


def choose(stage: Stage, asked: str | None, before: str | None) -> Runtime:
    """What the stage's functions are to run on.

    asked: by `--python`. before: what they run on now. Raises DeploymentError when this machine does not have it.
    """
    if stage.is_local:
        return running()
    wanted = asked or (before if before and _is_new_enough(before) else None)
    versions = [wanted] if wanted else [version for version in (_RUNNING, *ON_AWS) if version in ON_AWS]
    found = next((runtime for version in versions for runtime in _interpreters(version)), None)
    if found is None:
        raise DeploymentError(_missing(stage, wanted, asked))
    return found


def _is_new_enough(version: str) -> bool:
    return _numbers(version) >= _numbers(ON_AWS[-1])


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _interpreters(version: str) -> Iterator[Runtime]:
    """Those of this machine: the one that runs this, or the one on the path, if it starts (pyenv's may not)."""
    if version == _RUNNING:
        yield running()
    path = shutil.which(f"python{version}")
    if path is None:
        return
    done = subprocess.run([path, "-I", "-c", _COMPILES], capture_output=True, text=True, check=False)
    if done.stdout.strip() == version:
        yield Runtime(version, Path(path))


def _missing(stage: Stage, wanted: str | None, asked: str | None) -> str:
    version = wanted or _SUGGESTED
    get = f"get it from python.org, or by `uv python install {version}`, `brew install python@{version}`"
    get += f" or `apt install python{version}`, so that `python{version}` is on the path"
    if asked:
        return f"Python {asked} is not on this machine: {get}"
    if wanted:
        return (
            f"the functions of {stage.name} run on Python {wanted}, which is not on this machine: {get};"
            " or move the stage to another: --python VERSION"
        )
    return f"on AWS the functions need Python {ON_AWS[-1]} to {ON_AWS[0]}, and this machine has none of them: {get}"
