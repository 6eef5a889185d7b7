"""The tables of a backup: exported as they were at one instant, then read once, for their hashes and digests."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import Missing
from chalicelib.aws.exports import NoRecovery, folder_of

from . import manifest
from .canonical import Digest, digest_of
from .runs import CannotBackUp, Held, Run
from .streams import Hashed, lines
from .tables import BACKED_UP

if TYPE_CHECKING:
    from chalicelib.services import Services


def instant(services: Services) -> int:
    """The latest moment of which every table can be told (Unix seconds). Raises CannotBackUp."""
    try:
        windows = {name: services.exports[name].window() for name in BACKED_UP}
    except NoRecovery as error:
        raise CannotBackUp(f"{error} has no point-in-time recovery: ./deploy.sh {services.settings.stage}") from error
    latest = min(window.latest for window in windows.values())
    new = sorted(name for name, window in windows.items() if window.earliest > latest)
    if new:
        raise CannotBackUp(f"made too short a while ago to be exported, the next night takes them: {', '.join(new)}")
    return latest


def are_written(services: Services, held: Held, _: Callable[[], bool]) -> bool:
    """Start the exports that were not, and look whether all are at their end. Safe to repeat. Raises CannotBackUp."""
    run = held.run
    for name in BACKED_UP.keys() - run.exports.keys():
        # A later run of the same instant, after one that failed, exports anew.
        token = f"{services.settings.stage}-{run.id}-{run.started_at}-{name}"
        target = services.backups.target(_prefix(run, name))
        try:
            run.exports[name] = services.exports[name].start(run.export_time, target, token)
        except NoRecovery as error:
            raise CannotBackUp(f"{name} can no longer be exported as it was at {run.id}") from error
    held.keep()
    progress = {name: services.exports[name].progress(arn) for name, arn in sorted(run.exports.items())}
    for name, each in progress.items():
        if each.status == "FAILED":
            raise CannotBackUp(f"DynamoDB could not export {name}: {each.failure}")
    return all(each.status == "COMPLETED" for each in progress.values())


def are_read(services: Services, held: Held, has_time: Callable[[], bool]) -> bool:
    """Read every part that was not yet, keeping the place after each; False when the time is over.

    Raises CannotBackUp.
    """
    run = held.run
    for name in BACKED_UP:
        table = run.tables.setdefault(name, {"parts": [], "total": 0})
        listed = list(_listed(services, run, name))
        for about in listed[len(table["parts"]) :]:
            if not has_time():
                return False
            part, digest = _read(services, about)
            table["parts"].append(asdict(part))
            table["total"] = (Digest(table["total"]) + digest).total
            held.keep()
        found = sum(part["items"] for part in table["parts"])
        told = services.exports[name].progress(run.exports[name]).items
        if found != told:
            raise CannotBackUp(f"the export of {name} has {found} items, and DynamoDB says {told}")
    return True


def of_manifest(run: Run) -> dict[str, manifest.Table]:
    return {name: _table(run.tables[name]) for name in BACKED_UP}


def _table(read: dict[str, Any]) -> manifest.Table:
    parts = tuple(manifest.Part(**part) for part in read["parts"])
    items, size = sum(part.items for part in parts), sum(part.bytes for part in parts)
    return manifest.Table(items, size, Digest(read["total"]).hex, parts)


def _prefix(run: Run, name: str) -> str:
    return f"{manifest.folder(run.id)}tables/{name}"


def _listed(services: Services, run: Run, name: str) -> Iterator[dict[str, Any]]:
    """What `manifest-files.json` says of each part, with its whole key. Raises CannotBackUp."""
    folder = folder_of(_prefix(run, name), run.exports[name])
    try:
        files = services.backups.read(f"{folder}manifest-files.json").splitlines()
    except Missing as error:
        raise CannotBackUp(f"the export of {name} has no manifest-files.json") from error
    for line in files:
        about = json.loads(line)
        # Keys are written with and without the export's prefix in AWS's own examples: the last part of them is sure.
        yield {**about, "key": f"{folder}data/{about['dataFileS3Key'].rpartition('/')[2]}"}


def _read(services: Services, about: dict[str, Any]) -> tuple[manifest.Part, Digest]:
    """One part, and the digest of its items. Raises CannotBackUp where it is not what its manifest says."""
    key = about["key"]
    try:
        file = Hashed(services.backups.stream(key))
        items, digest = 0, Digest()
        for line in lines(file):
            digest += Digest(digest_of(json.loads(line)["Item"]))
            items += 1
    except Missing as error:
        raise CannotBackUp(f"a part is missing: {key}") from error
    except (OSError, EOFError, zlib.error, ValueError, KeyError) as error:
        raise CannotBackUp(f"a part cannot be read ({type(error).__name__}): {key}") from error
    if base64.b64encode(file.md5.digest()).decode() != about["md5Checksum"] or items != about["itemCount"]:
        raise CannotBackUp(f"a part is not what its manifest says: {key}")
    return manifest.Part(key, items, file.size, file.sha256.hexdigest()), digest
