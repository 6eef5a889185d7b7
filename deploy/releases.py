"""A deployment from the lock to the proof, and going back: `./deploy.sh STAGE [--version V]`, `versions STAGE`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from deploy import going_back, lock, migrating, pages, results, site, steps, versions
from deploy.account import cloudformation, gateway
from deploy.environment import DeploymentError, Stage
from deploy.functions import alias, app_modules, chalice_app
from deploy.progress import Progress
from deploy.versions import Files, Version

Show = Callable[[dict[str, object]], None]


def deploy(deployment: steps.Deployment, show: Show) -> str | None:
    """Deploy and prove; returns what a budget kept from being proven.

    show: told the outputs, proven or not.
    Raises DeploymentError, which says how to go back.
    """
    with held(deployment.stage, "deploy", deployment.progress) as lease:
        deployment.lease = lease
        return _proven(deployment, deployment.run(), show)


@contextmanager
def held(stage: Stage, what: str, progress: Progress) -> Iterator[lock.Lock]:
    """The stage's lock, which each step looks at before it begins."""
    with lock.held(stage, what, progress.say) as lease:
        progress.before_step = lease.check
        try:
            yield lease
        finally:
            progress.before_step = None


def put_back(deployment: steps.Deployment, asked: str, show: Show) -> str | None:
    """Deploy a version that is kept, and prove it; returns as `deploy` does."""
    stage = deployment.stage
    with held(stage, f"back to {asked}", deployment.progress):
        version = versions.find(versions.listed(stage), asked)
        return _proven(deployment, _put_back(deployment, version), show)


def shown(stage: Stage) -> str:
    return versions.shown(versions.listed(stage))


def _proven(deployment: steps.Deployment, outputs: dict[str, object], show: Show) -> str | None:
    stage = deployment.stage
    try:
        refused = deployment.prove()
    except (DeploymentError, ClientError, BotoCoreError) as error:
        show(outputs)
        failed = deployment.progress.current
        said = f"{failed.title}: {error}" if failed else str(error)
        with deployment.progress.step("version noted as unproven"):
            versions.note(stage, proven=False)
        raise DeploymentError(f"{said}\n{going_back.advice(stage)}") from error
    if refused is None:
        versions.note(stage, proven=True)
    show(outputs)
    return refused


def _put_back(deployment: steps.Deployment, version: Version) -> dict[str, object]:
    """Functions before the site, as always: the site of a version may call what its API alone has."""
    stage, progress = deployment.stage, deployment.progress
    with progress.step(f"version {version.id}") as step:
        deployment.find_deployed()
        going_back.check(stage, version, deployment.ids)
        migrating.go_back(stage, version.schema)
        files = versions.unzipped(versions.fetch(stage, version, "build.zip"))
        going_back.check_alias(stage, version, files, alias.qualifier(deployment.settings))
        package = versions.fetch(stage, version, "package.zip")
        step.result = f"of {version.deployed_at}, commit {version.commit or 'unknown'}"
    _put_back_functions(deployment, version, package, files)
    config = json.loads(files[going_back.SITE_CONFIG])
    _put_back_site(deployment, config, files)
    versions.put_first(stage, version)
    return results.describe(stage, deployment.addresses, deployment.foundation or {})


def _put_back_functions(deployment: steps.Deployment, version: Version, package: bytes, files: Files) -> None:
    stage = deployment.stage
    with deployment.progress.step("functions and APIs") as step:
        built = going_back.lay_out(stage, version, package, files)
        with app_modules.as_of(stage.build):
            responses = gateway.responses(deployment.addresses.site_url, app_modules.security_headers())
            deployed = chalice_app.deploy(stage, built, responses, step.say)
        changes = [*deployed.changes, *alias.settle(stage, deployment.settings)]
        step.changed(bool(changes), f"{len(changes)} changes")
    with deployment.progress.step("operations stack") as step:
        body = files[going_back.OPERATIONS_BODY].decode()
        parameters = json.loads(files[going_back.OPERATIONS_PARAMETERS])
        name = f"{stage.prefix}-{steps.OPERATIONS}"
        step.changed(cloudformation.deploy(stage, name, body, parameters, step.say).changed)


def _put_back_site(deployment: steps.Deployment, config: dict[str, object], files: Files) -> None:
    stage, foundation = deployment.stage, deployment.foundation or {}
    with deployment.progress.step("site's files") as step:
        dist = going_back.lay_out_site(stage, files)
        where = foundation["SiteBucket"], foundation["DistributionId"]
        changed = site.sync(stage, *where, config, step.say, dist=dist)
        step.changed(bool(changed), f"{len(changed)} changed")
    with deployment.progress.step("published pages") as step:
        step.changed(True, ", ".join(pages.render(stage)))
