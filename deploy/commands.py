"""The commands of `deploy.sh`, each from what was asked (`arguments.py`) to what is printed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from deploy import (
    backups,
    deleted,
    destruction,
    keys,
    live_settings,
    pipeline,
    recovery,
    redrive,
    releases,
    restoring,
    results,
    steps,
)
from deploy.account import cloudformation, credentials, model_access, regions, replica, rights
from deploy.arguments import USAGE, UsageError, parse
from deploy.check import run as check
from deploy.environment import ROOT, DeploymentError, Stage, is_local
from deploy.functions import app_modules
from deploy.local import aws as local_aws
from deploy.people import access
from deploy.progress import Progress

_DONE = {
    "disable": "cannot sign in, and is refused within 5 s wherever still signed in",
    "enable": "can sign in again",
    "delete": "gone, with all conversations and files; the stage's totals stay, which name nobody",
}


def main(arguments: Sequence[str]) -> int:
    progress = Progress()
    try:
        return _run(parse(arguments), progress)
    except UsageError as error:
        print(f"error: {error}\nusage: {USAGE}", file=sys.stderr)
        return 2
    except (DeploymentError, local_aws.LocalAwsError, ClientError, BotoCoreError) as error:
        return _failed(progress, credentials.advice(error) or _with_rights(error))
    except KeyboardInterrupt:
        return _failed(progress, "interrupted; run the same command again to go on")


def _run(asked: argparse.Namespace, progress: Progress) -> int:
    command: dict[str, Callable[[argparse.Namespace, Progress], int]] = {
        "outputs": _outputs,
        "set": _set,
        "versions": _versions_shown,
        "pipeline": _pipeline,
        "redrive": _redrive,
        "backups": _backups,
        "restore": restore,
        "destroy": destroy,
        "person": person,
        "key": key,
        "owner": _owner,
        "check": _check,
    }
    if asked.command in command:
        return command[asked.command](asked, progress)
    if asked.stop:
        print("stopped" if local_aws.stop(ROOT) else "not running")
        return 0
    stage = _local(asked, progress) if is_local(asked.stage) else _deployable(asked, progress)
    deployment = steps.begin(stage, progress, _state_dir(), asked.python)
    deploy(stage, deployment, asked.version)
    return 0


def deploy(stage: Stage, deployment: steps.Deployment, version: str | None = None) -> None:
    """Deploy and prove. What is deployed has its addresses, proven or not; what a budget refuses is no failure."""

    def show(outputs: dict[str, object]) -> None:
        print(summary(stage, outputs), flush=True)

    refused = releases.deploy(deployment, show) if version is None else releases.put_back(deployment, version, show)
    if refused:
        where = "deploy/settings.toml: stage_budget_usd, user_budget_usd"
        print(f"\nnot proven: the budget of this month is spent ({where}). {refused}")


def _stage(asked: argparse.Namespace, progress: Progress) -> Stage:
    """The one that is asked of, wherever it stands."""
    return _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]


def _local(asked: argparse.Namespace, progress: Progress) -> Stage:
    with progress.step("local AWS") as step:
        aws = local_aws.start(ROOT, report=step.say)
        step.changed(bool(step.said), f"started at {aws.endpoint_url}")
    model_url = model_access.base_url(aws.model_url, is_local=True)
    _use(aws)
    return Stage(asked.stage, aws.region, aws.endpoint_url, model_url)


def _use(aws: local_aws.LocalAws) -> None:
    """Point boto3 and Chalice at the local AWS, without what the shell has exported for the real one."""
    environment = aws.process_environment(os.environ)
    os.environ.clear()
    os.environ.update(environment)


def _on_aws(asked: argparse.Namespace) -> tuple[Stage, regions.Region]:
    regions.refuse_other_endpoints(asked.stage)
    recorded = results.read(asked.stage) or {}
    region = regions.choose(asked.region, recorded.get("region"))
    # Chalice makes its own session, from the environment.
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = region.name
    return Stage(asked.stage, region.name, None, model_access.base_url(None, is_local=False)), region


def _deployable(asked: argparse.Namespace, progress: Progress) -> Stage:
    stage, region = _on_aws(asked)
    with progress.step(f"account for region {region}") as step:
        step.result = stage.account_id
    return stage


def _state_dir() -> Path:
    return Path(os.environ.get("CHATAPP_LOCAL_DIR") or ROOT / ".local").absolute()


def _outputs(asked: argparse.Namespace, progress: Progress) -> int:
    found = results.read(asked.stage)
    if found and asked.region not in (None, found["region"]):
        found = None  # it stands in another region too
    where = ""
    if found is None and not is_local(asked.stage):
        stage, region = _on_aws(asked)
        found, where = results.find(stage), f" in region {region}"
    if found is None:
        raise DeploymentError(f"{asked.stage} is not deployed{where}: ./deploy.sh {asked.stage}")
    print(json.dumps(found))
    return 0


def _set(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _stage(asked, progress)
    print(live_settings.carry_out(stage, asked.live, progress.say))
    return 0


def _redrive(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _stage(asked, progress)
    replayed = redrive.redrive(stage, app_modules.functions(), asked.queue, asked.message, replay=asked.replay)
    return 0 if replayed else 1


def _check(asked: argparse.Namespace, progress: Progress) -> int:
    environ = dict(os.environ)
    if is_local(asked.stage):
        stage = _local(asked, progress)
    else:
        # That the shell sends calls elsewhere is a finding: what is looked at is AWS.
        for name in [each for each in environ if each.startswith("AWS_ENDPOINT_URL")]:
            del os.environ[name]
        stage = _on_aws(asked)[0]
    return check.check(check.target_of(stage, steps.begin(stage, progress, _state_dir()), environ))


def _versions_shown(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _stage(asked, progress)
    print(releases.shown(stage))
    return 0


def _pipeline(asked: argparse.Namespace, progress: Progress) -> int:
    if is_local(asked.stage):
        raise DeploymentError("a workflow deploys to AWS: name a stage there")
    print(pipeline.lay(_on_aws(asked)[0], asked.repository, progress))
    return 0


def _backups(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _stage(asked, progress)
    print(backups.shown(backups.read(stage), replica.find(stage)))
    return 0


def destroy(asked: argparse.Namespace, progress: Progress, read: Callable[[str], str] = input) -> int:
    """Take a stage down, once its name was typed after where it is; one that is not there is left alone, all of it."""

    def ask(where: str) -> None:
        if asked.yes:
            print(f"destroying {asked.stage} {where}", flush=True)
        elif _typed(read, f"Type {asked.stage} to destroy it {where}: ") != asked.stage:
            raise DeploymentError("nothing was destroyed")

    if is_local(asked.stage):
        ask("on this machine, with all that it holds")
        return _destroy_here(_local(asked, progress), progress)
    stage, region = _on_aws(asked)
    where = f"in account {stage.account_id}, region {region}"
    if not destruction.is_there(stage):
        raise DeploymentError(f"there is no stage {stage.name} {where}; --region names another")
    ask(where)
    with releases.held(stage, "destroy", progress):
        print(destruction.destroy(stage, progress))
    return 0


def _destroy_here(stage: Stage, progress: Progress) -> int:
    """Take a stage of this machine down; the local AWS goes with the last one, unless something outlives it."""
    if destruction.is_there(stage):
        print(destruction.destroy(stage, progress))
    elif not destruction.is_empty(stage):
        raise DeploymentError(f"there is no stage {stage.name} on this machine, but others or their backups are")
    if destruction.is_empty(stage):
        with progress.step("local AWS") as step:
            local_aws.stop(ROOT)
            destruction.wipe(_state_dir())
            results.file_of(stage.name).unlink(missing_ok=True)
            step.result = "removed, with all that it held"
    return 0


def _typed(read: Callable[[str], str], question: str) -> str:
    """What a person typed; nothing where nobody can."""
    try:
        return read(question).strip()
    except EOFError:
        print()
        return ""


def person(asked: argparse.Namespace, progress: Progress, read: Callable[[str], str] = input) -> int:
    """Keep a person out, let them in again, or delete them once their address was typed after what goes."""
    stage, region = (_local(asked, progress), None) if is_local(asked.stage) else _on_aws(asked)
    where = f"{stage.name}, on this machine" if region is None else f"{stage.name}, region {region}"
    (change,), email = asked.change, asked.email
    pool = access.pool_id(stage)
    account = access.find(stage, pool, email)
    if change == "delete" and not asked.yes:
        question = f"Type {email} to delete the account in {where}, with all conversations and files, for good: "
        if _typed(read, question) != email:
            raise DeploymentError("nobody was deleted")
    with progress.step(f"{change} {email}") as step:
        if change != "enable" and access.is_last_owner(stage, pool, account):
            step.say(f"this was the last owner: ./deploy.sh owner {stage.name} EMAIL makes another one")
        if change == "delete":
            access.delete(stage, pool, email, step.say)
        else:
            {"disable": access.disable, "enable": access.enable}[change](stage, pool, email)
        step.changed(True, _DONE[change])
    return 0


def key(asked: argparse.Namespace, progress: Progress) -> int:
    """List a stage's API keys, make one, or revoke one."""
    stage = _stage(asked, progress)
    if asked.key is None:
        found = keys.listed(stage)
        print("\n".join(map(str, found)) if found else f"{stage.name} has no API keys")
    elif asked.revoke:
        keys.revoke(stage, asked.key)
        print(f"{asked.key} is refused from now on")
    else:
        value = keys.make(stage, asked.key, asked.per_minute)
        print(f"Send this as x-api-key; it is shown this once:\n{value}")
    return 0


def _owner(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _stage(asked, progress)
    with progress.step(f"owner {asked.email}") as step:
        invited = access.make_owner(stage, access.pool_id(stage), asked.email)
        mailed = (
            f"invited: the one-time password is in {local_aws.mail_log(ROOT)}" if stage.is_local else "invited by mail"
        )
        step.changed(True, mailed if invited else "is one from the next sign-in on")
    return 0


def restore(asked: argparse.Namespace, progress: Progress, read: Callable[[str], str] = input) -> int:
    """Bring a backup back into its stage or another, once that one's name was typed after what will happen."""
    source, asked.stage = asked.stage, asked.into or asked.stage
    stage = _stage(asked, progress)

    def ask(shown: str) -> None:
        print(shown, flush=True)
        if not asked.yes and _typed(read, f"Type {stage.name} to restore into it: ") != stage.name:
            raise DeploymentError("nothing was restored")

    if asked.at == deleted.WORD:
        return _bring_back(stage, ask, progress)
    if asked.at is None:
        backup_id, kept = restoring.choose(stage, source, asked.date)
        wanted = restoring.Asked(source, backup_id, kept, asked.only or "", asked.overwrite)
        backup = restoring.read(stage, wanted)
        restoring.check(wanted, backup)
        ask(restoring.shown(stage, wanted, backup))
    else:
        recovery.check(stage, source, asked.at)
        wanted = restoring.Asked(source, recovery.backup_of(asked.at), "nightly", asked.only or "", asked.overwrite)
        ask(recovery.shown(stage, wanted, asked.at))
        with progress.step(f"archive of {wanted.backup}") as step:
            recovery.archive(stage, wanted, asked.at, step.say)
            step.changed(True, "whole, with its manifest")
        backup = restoring.read(stage, wanted)
        print("\n".join(restoring.held(wanted, backup)), flush=True)
    with (
        releases.held(stage, f"restore of {wanted.backup}", progress),
        progress.step(f"restore into {stage.name}") as step,
    ):
        state = restoring.watch(stage, restoring.begin(stage, wanted), backup, step.say)
        step.changed(True, "proven against the manifest")
    print(restoring.result(state))
    return 0


def _bring_back(stage: Stage, ask: Callable[[str], None], progress: Progress) -> int:
    if stage.is_local:
        raise DeploymentError("on this machine nothing keeps a table that is deleted")
    tables = deleted.find(stage, steps.templates(stage)["foundation.yaml"])
    ask(deleted.shown(stage, tables))
    with progress.step(f"tables of {stage.name}") as step:
        tags = cloudformation.tags(stage, f"{stage.prefix}-{steps.FOUNDATION}")
        done = deleted.bring_back(stage, tables, tags, step.say)
        step.changed(bool(done), "; ".join(done))
    return 0


def summary(stage: Stage, outputs: dict[str, object]) -> str:
    lines = ["", f"site    {outputs['site_url']}", f"api     {outputs['api_url']}"]
    lines += [f"socket  {outputs['socket_url']}"] if outputs["socket_url"] else []
    demo = outputs.get("demo")
    if isinstance(demo, dict):
        return "\n".join([*lines, "", f"Sign in as {demo['email']} with {demo['password']}"])
    invite = f"./deploy.sh owner {stage.name} EMAIL"
    return "\n".join(
        [*lines, "", f"Invite yourself, as the owner: {invite}", "Others are invited on the page “People”."]
    )


def _with_rights(error: Exception) -> str:
    """A stack says more than that something was refused, and stays; an API's own words hold nothing else."""
    missing = rights.advice(error)
    if missing is None:
        return str(error)
    return f"{error}\n{missing}" if isinstance(error, DeploymentError) else missing


def _failed(progress: Progress, message: str) -> int:
    where = f"{progress.current.title}: " if progress.current else ""
    print(f"error: {where}{message}", file=sys.stderr)
    return 1
