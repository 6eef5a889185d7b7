"""What a command line of `deploy.sh` means, and which make no sense. Nothing is asked of AWS."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from deploy import deleted, live_settings, recovery, restoring
from deploy.environment import is_local
from deploy.functions import app_modules, runtime

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
_CHANGES = ("disable", "enable", "delete")
_NAMES = {"from": "date"}


class UsageError(Exception):
    """The command line makes no sense; the message says why."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line as `command` (deploy, or one of _COMMANDS), `stage` and options. Raises UsageError."""
    try:
        found, unknown = _parser().parse_known_args(["--help" if word == "help" else word for word in arguments])
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
    _local(found)
    if (found.replay or found.message) and found.command != "redrive":
        raise UsageError("--replay and --message are for `redrive`")
    _version(found)
    if found.repository and found.command != "pipeline":
        raise UsageError("--repository is for `pipeline`")
    if found.python and (is_local(found.stage) or found.command != "deploy"):
        raise UsageError("--python is for a deployment on AWS: the local AWS runs the functions on its own Python")
    return found


def _parser() -> argparse.ArgumentParser:
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
    return parser


def _local(found: argparse.Namespace) -> None:
    """Of a stage of this machine. Raises UsageError."""
    beside, _, last = found.stage.rpartition("-")
    if is_local(found.stage) and last in app_modules.functions():
        raise UsageError(
            f"{found.stage} would call its API as stage {beside} calls its function {last}; name it otherwise"
        )
    if found.stop and not (is_local(found.stage) and found.command == "deploy"):
        raise UsageError("--stop is for `local`: on AWS nothing runs while nobody uses it")


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


def _version(found: argparse.Namespace) -> None:
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
