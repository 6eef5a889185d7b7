"""What `deploy.sh` understands."""

from __future__ import annotations

import argparse
import json
import os
import re
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
    steps,
)
from deploy.account import cloudformation, credentials, model_access, regions, replica, rights
from deploy.check import run as check
from deploy.environment import ROOT, DeploymentError, Stage, is_local
from deploy.functions import app_modules, runtime
from deploy.local import aws as local_aws
from deploy.people import access
from deploy.progress import Progress

USAGE = """./deploy.sh local[-NAME] [--stop]      the whole app on this machine; stages share one local AWS
       ./deploy.sh STAGE                      the same on AWS
       ./deploy.sh versions STAGE             the builds that are kept, the newest first
       ./deploy.sh STAGE --version V          puts one of them back, nothing built; `last-good` is the newest proven one
       ./deploy.sh pipeline STAGE --repository OWNER/NAME
                                              the role that its workflow deploys with
       ./deploy.sh outputs STAGE              its addresses, as one JSON object
       ./deploy.sh set STAGE [NAME VALUE | NAME --unset]
                                              what changes without a deployment: shown, set, taken back
       ./deploy.sh redrive STAGE [QUEUE]      what failed for good and waits in its failure queues; with
           [--message ID] [--replay]          --message, one of it; with --replay, it runs again
       ./deploy.sh backups STAGE              its backups: date, size, items, and which of them a drill has proven
       ./deploy.sh check STAGE                looks whether all is as it should be, before and after a deployment
       ./deploy.sh destroy STAGE [--yes]      take it down; data is kept and named
       ./deploy.sh owner STAGE EMAIL          makes a person an owner, who is invited where there is no account
       ./deploy.sh person STAGE EMAIL --disable | --enable | --delete [--yes]
                                              keep a person out; let them in; remove them with all that was theirs
       ./deploy.sh key STAGE [NAME [--per-minute N | --revoke]]
                                              its API keys; makes one for a script, or takes it away, at once
       ./deploy.sh restore STAGE [--from DATE] [--into STAGE2] [--only table=T | person=EMAIL | conversation=ID]
           [--at TIME] [--overwrite] [--yes]  bring back what a stage lacks, all or some, from a backup; with --at,
                                              as it was at a time of the last 35 days: 2026-11-28T10:15Z; with
                                              `--at deletion`, its tables that somebody deleted, and their settings
on AWS:
       --region R    by default where STAGE was deployed from here last, else the shell's region, else eu-west-1
       --python V    moves the functions to that Python; by default they keep theirs"""
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,15}")
_VERSION = re.compile(r"[0-9a-f]{4,12}(-[0-9a-f]{1,6})?|last-good")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_COMMANDS = {
    *("outputs", "set", "versions", "pipeline", "check", "redrive", "backups", "restore", "destroy"),
    *("person", "owner", "key"),
}


_DONE = {
    "disable": "cannot sign in, and is refused within 5 s wherever still signed in",
    "enable": "can sign in again",
    "delete": "gone, with all conversations and files; the stage's totals stay, which name nobody",
}
_CHANGES = tuple(_DONE)
_NAMES = {"from": "date"}


class UsageError(Exception):
    """The command line makes no sense; the message says why."""


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


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line as `command` (deploy, or one of _COMMANDS), `stage` and options. Raises UsageError."""
    parser = argparse.ArgumentParser(prog="./deploy.sh", usage=USAGE, add_help=True, exit_on_error=False)
    parser.add_argument("words", nargs="*", metavar="STAGE")
    parser.add_argument("--region", help="of AWS; see deploy/account/regions.py")
    parser.add_argument("--python", choices=runtime.ON_AWS, help="moves the stage's functions to that version")
    parser.add_argument("--yes", action="store_true", help="destroy or delete without asking")
    for change in _CHANGES:
        parser.add_argument(f"--{change}", dest="change", action="append_const", const=change, help="a person")
    parser.add_argument("--revoke", action="store_true", help="take an API key away")
    parser.add_argument("--per-minute", type=int, metavar="N", help="an API key's own limit; by default the settings'")
    parser.add_argument("--unset", action="store_true", help="set: as deployed again")
    parser.add_argument("--replay", action="store_true", help="invoke again what redrive shows")
    parser.add_argument("--message", metavar="ID", help="of what redrive shows, this one alone")
    parser.add_argument("--from", dest="date", metavar="DATE", help="restore: the newest backup of that day, or an id")
    parser.add_argument("--at", metavar="TIME", help="restore: as it was then, 35 days ago at most: 2026-11-28T10:15Z")
    parser.add_argument("--into", metavar="STAGE2", help="restore: into another stage of the same account and region")
    parser.add_argument("--only", metavar="WHAT", help="restore: table=T, person=EMAIL or conversation=ID alone")
    parser.add_argument("--overwrite", action="store_true", help="restore: rows that are newer, too")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="pipeline: whose workflow may deploy the stage")
    parser.add_argument("--version", metavar="V", help="put back a kept build; `last-good` is the newest proven one")
    parser.add_argument("--stop", action="store_true", help="stop the local AWS; what it holds is kept")
    try:
        found, unknown = parser.parse_known_args(["--help" if word == "help" else word for word in arguments])
    except argparse.ArgumentError as error:
        raise UsageError(str(error)) from error
    words: list[str] = found.words
    found.command = words.pop(0) if words and words[0] in _COMMANDS else "deploy"
    found.queue = words.pop() if found.command == "redrive" and len(words) == 2 else None
    found.live = _live(found, words)
    found.email = _person(found, words)
    found.key = _key(found, words)
    if unknown or len(words) != 1 or not _STAGE.fullmatch(words[0]):
        raise UsageError("give one stage: lower-case letters, digits and hyphens, 16 at most")
    found.stage = words[0]
    _restore(found)
    beside, _, last = found.stage.rpartition("-")
    if is_local(found.stage) and last in app_modules.functions():
        raise UsageError(
            f"{found.stage} would call its API as stage {beside} calls its function {last}; name it otherwise"
        )
    if found.stop and not (is_local(found.stage) and found.command == "deploy"):
        raise UsageError("--stop is for `local`: on AWS nothing runs while nobody uses it")
    if (found.replay or found.message) and found.command != "redrive":
        raise UsageError("--replay and --message are for `redrive`")
    _versions(found)
    if found.repository and found.command != "pipeline":
        raise UsageError("--repository is for `pipeline`")
    if found.python and (is_local(found.stage) or found.command != "deploy"):
        raise UsageError("--python is for a deployment on AWS: the local AWS runs the functions on its own Python")
    return found


def _live(found: argparse.Namespace, words: list[str]) -> live_settings.Asked | None:
    """Of the command `set`: takes name and value from the words. Raises UsageError."""
    if found.command != "set":
        if found.unset:
            raise UsageError("--unset is for `set`")
        return None
    try:
        asked = live_settings.asked([*words, *["--unset"] * found.unset])
    except live_settings.UsageError as error:
        raise UsageError(str(error)) from error
    del words[1:]
    return asked


def _versions(found: argparse.Namespace) -> None:
    """Of a deployment. Raises UsageError."""
    if found.version is None:
        return
    if found.command != "deploy" or found.stop:
        raise UsageError("--version is for a deployment: ./deploy.sh STAGE --version V")
    if found.python:
        raise UsageError("--version puts back what was built then: give it alone")
    if not _VERSION.fullmatch(found.version):
        raise UsageError(f"{found.version} is no version: ./deploy.sh versions {found.stage} lists them")


def _person(found: argparse.Namespace, words: list[str]) -> str | None:
    """Of the commands `owner` and `person`: takes the address from the words. Raises UsageError."""
    if found.command == "owner":
        if len(words) != 2 or found.change:
            raise UsageError("owner takes a stage and an e-mail address")
        return _address(words.pop())
    if found.command != "person":
        if found.change:
            raise UsageError(f"--{found.change[0]} is for a person: ./deploy.sh person STAGE EMAIL --{found.change[0]}")
        return None
    if len(words) != 2 or len(found.change or ()) != 1:
        raise UsageError("person takes a stage, an e-mail address, and one of --disable, --enable, --delete")
    return _address(words.pop())


def _address(word: str) -> str:
    if not _EMAIL.fullmatch(word):
        raise UsageError(f"{word} is no e-mail address: give one like ada@example.com")
    return word


def _key(found: argparse.Namespace, words: list[str]) -> str | None:
    """Of the command `key`: takes the name from the words. Raises UsageError."""
    if found.command != "key":
        if found.revoke or found.per_minute is not None:
            raise UsageError("--revoke and --per-minute are for an API key: ./deploy.sh key STAGE NAME")
        return None
    name = words.pop() if len(words) == 2 else None
    if found.revoke and (name is None or found.per_minute is not None):
        raise UsageError("--revoke takes a key's name, and nothing else")
    if found.per_minute is not None and (name is None or found.per_minute < 1):
        raise UsageError("--per-minute takes a number from 1, and the name of the key to be made")
    return name


def _restore(found: argparse.Namespace) -> None:
    """Of the command `restore`. Raises UsageError."""
    given = [f"--{name}" for name in ("from", "at", "into", "only", "overwrite") if vars(found)[_NAMES.get(name, name)]]
    if given and found.command != "restore":
        raise UsageError(f"{given[0]} is for `restore`")
    if found.into and not _STAGE.fullmatch(found.into):
        raise UsageError("--into takes a stage")
    kind, _, value = (found.only or "").partition("=")
    if found.only and (kind not in restoring.ONLY or not value):
        raise UsageError("--only takes table=T, person=EMAIL or conversation=ID")
    if found.at is None:
        return
    if found.date:
        raise UsageError("--from names a backup, --at a time that is archived first: give one of them")
    if found.at == deleted.WORD:
        if found.into or found.only or found.overwrite:
            raise UsageError(f"--at {deleted.WORD} brings back the tables that are gone, as they were: nothing else")
        return
    try:
        found.at = recovery.time_of(found.at)
    except ValueError as error:
        raise UsageError(f"--at takes a time with its zone, as 2026-11-28T10:15Z ({error})") from error


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
    recorded = steps.read_outputs(asked.stage) or {}
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
    found = steps.read_outputs(asked.stage)
    if found and asked.region not in (None, found["region"]):
        found = None  # it stands in another region too
    where = ""
    if found is None and not is_local(asked.stage):
        stage, region = _on_aws(asked)
        found, where = steps.find_outputs(stage), f" in region {region}"
    if found is None:
        raise DeploymentError(f"{asked.stage} is not deployed{where}: ./deploy.sh {asked.stage}")
    print(json.dumps(found))
    return 0


def _set(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
    print(live_settings.carry_out(stage, asked.live, progress.say))
    return 0


def _redrive(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
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
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
    print(releases.shown(stage))
    return 0


def _pipeline(asked: argparse.Namespace, progress: Progress) -> int:
    if is_local(asked.stage):
        raise DeploymentError("a workflow deploys to AWS: name a stage there")
    print(pipeline.lay(_on_aws(asked)[0], asked.repository, progress))
    return 0


def _backups(asked: argparse.Namespace, progress: Progress) -> int:
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
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
            steps.outputs_file(stage.name).unlink(missing_ok=True)
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
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
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
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]
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
    stage = _local(asked, progress) if is_local(asked.stage) else _on_aws(asked)[0]

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
