"""The machine that deploys: where it sends calls, its Python, and the one that the functions run on."""

from __future__ import annotations

import shutil
import sys

from deploy.check.findings import Findings, note, problem, warning
from deploy.check.target import Target
from deploy.functions import runtime


def endpoints(target: Target) -> Findings:
    """Variables that send AWS's calls elsewhere: a deployment on AWS refuses them, a script of yours would not."""
    for name in sorted(each for each in target.environ if each.startswith("AWS_ENDPOINT_URL") and target.environ[each]):
        says = f"{name} is exported: calls for AWS go to {target.environ[name]}"
        if target.stage.is_local:
            yield warning(f"{says}, of stages on AWS, too", f"unset {name}; the local AWS needs none")
        else:
            yield problem(says, f"unset {name}")


def python(target: Target) -> Findings:
    """Of the deployed functions. An SQLite of its own comes with the package: Lambda's Python 3.11 has none with FTS5.

    https://github.com/aws/aws-lambda-base-images/issues/116
    """
    running, deployed = f"{sys.version_info.major}.{sys.version_info.minor}", runtime.deployed(target.stage)
    if target.stage.is_local:
        if deployed not in {None, running}:
            yield warning(f"the functions are of Python {deployed}, and run on {running}", target.redeploy)
        return
    if deployed is not None and deployed not in runtime.ON_AWS:
        yield problem(
            f"the functions run on Python {deployed}, whose image is too old for the search index (SQLite with FTS5)",
            f"./deploy.sh {target.stage.name} --python {runtime.ON_AWS[1]}",
        )
        return
    wanted = deployed or next(iter(runtime.ON_AWS))
    has = wanted == running or shutil.which(f"python{wanted}") is not None
    if deployed and not has:
        yield warning(
            f"the functions run on Python {deployed}, which this machine does not have to compile their package with",
            f"install python{deployed}, or move the stage: --python {running}",
        )
    elif not deployed and not has and running not in runtime.ON_AWS:
        yield warning(
            f"this machine has Python {running}, and Lambda needs one of {', '.join(runtime.ON_AWS)}",
            f"install python{runtime.ON_AWS[1]}, so that it is on the path",
        )
    else:
        yield note(f"Python {deployed or running}")


def tools(target: Target) -> Findings:
    """What builds the site."""
    if shutil.which("npm", path=target.environ.get("PATH")) is None:
        yield problem(
            "there is no npm on the path: the site cannot be built", "install Node 20.19 or newer (nodejs.org)"
        )
