"""The last ten builds of a stage, kept whole in its artifacts bucket, and which of them have been proven.

Owns what lies under `versions/`: `index.json`, newest first, whose first entry is what was deployed last; and of each
version `package.zip`, the functions' package, and `build.zip`, what was rendered and built beside it. Whoever writes
here holds the stage's lock (`deploy/lock.py`). How one is put back: `deploy/going_back.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from botocore.exceptions import ClientError

from deploy import lock
from deploy.environment import ROOT, ApiIds, DeploymentError, Stage
from deploy.functions.package import Package

PREFIX = "versions/"
INDEX_KEY = f"{PREFIX}index.json"
KEPT = 10
# In place of a version: the newest one that was proven.
LAST_GOOD = "last-good"
_EPOCH = (1980, 1, 1, 0, 0, 0)

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Version:
    """One build of a stage.

    id: `package-rest`: twelve hex digits of the functions' package, six of the site, policies and settings.
    python: the functions' version. schema: of the rows that its app writes. deployed_at: in UTC, to the second.
    commit: None where no git tells it. rest, socket: the APIs that its policies name. layer: the ARN of its
    dependencies.
    """

    id: str
    python: str
    schema: int
    deployed_at: str
    by: str
    commit: str | None
    rest: str | None
    socket: str | None
    proven: bool = False
    layer: str = ""

    @property
    def package(self) -> str:
        """What the Status page calls the version."""
        return self.id.partition("-")[0]

    @property
    def ids(self) -> ApiIds:
        return ApiIds(self.rest, self.socket)


def listed(stage: Stage) -> list[Version]:
    """Newest first; none where nothing is deployed, or by a version of before there was this list."""
    try:
        reply = stage.client("s3").get_object(Bucket=stage.artifacts_bucket, Key=INDEX_KEY)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchKey", "NoSuchBucket"}:
            raise
        return []
    return [Version(**each) for each in json.loads(reply["Body"].read())]


def find(versions: Sequence[Version], asked: str) -> Version:
    """A kept version by its id or how that begins, or LAST_GOOD. Raises DeploymentError."""
    found = [each for each in versions if (each.proven if asked == LAST_GOOD else each.id.startswith(asked))]
    if not found:
        kept = ", ".join(each.id for each in versions) or "none yet"
        wanted = "version that was proven" if asked == LAST_GOOD else f"version {asked}"
        raise DeploymentError(f"no {wanted} is kept; there are: {kept}")
    return found[0]


def before(versions: Sequence[Version]) -> Version | None:
    """What can be gone back to from what was deployed last: the newest other one that was proven."""
    return next((each for each in versions[1:] if each.proven), None)


def name(built: Package, files: Files) -> str:
    """The id of a build. The same content has the same one, whoever builds it."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path} {hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return f"{built.version}-{digest.hexdigest()[:6]}"


def keep(
    stage: Stage, built: Package, files: Files, schema: int, ids: ApiIds, *, layer: str = ""
) -> tuple[Version, bool]:
    """Keep what was deployed now, as the newest; tells whether anything changed. The objects go before the index.

    files: what `build.zip` shall hold, by path.
    """
    versions = listed(stage)
    version = Version(
        id=name(built, files),
        python=built.runtime.version,
        schema=schema,
        deployed_at=_now(),
        by=lock.who(os.environ),
        commit=_commit(),
        rest=ids.rest,
        socket=ids.socket,
        layer=layer,
    )
    if versions and (versions[0].id, versions[0].ids) == (version.id, ids):
        return versions[0], False
    if not any((each.id, each.ids) == (version.id, ids) for each in versions):
        _put(stage, f"{PREFIX}{version.id}/package.zip", built.path.read_bytes())
        _put(stage, f"{PREFIX}{version.id}/build.zip", _zipped(files))
    _store(stage, [version, *(each for each in versions if each.id != version.id)])
    return version, True


def put_first(stage: Stage, version: Version) -> Version:
    """Note that a kept version was deployed again; it is to be proven again."""
    again = replace(version, deployed_at=_now(), by=lock.who(os.environ), proven=False)
    _store(stage, [again, *(each for each in listed(stage) if each.id != version.id)])
    return again


def note(stage: Stage, *, proven: bool) -> None:
    """Whether what was deployed last has passed its smoke test: one that passed it once may fail it now."""
    versions = listed(stage)
    if versions and versions[0].proven != proven:
        _store(stage, [replace(versions[0], proven=proven), *versions[1:]])


def fetch(stage: Stage, version: Version, name: str) -> bytes:
    """`package.zip` or `build.zip` of a kept version. Raises DeploymentError where somebody has removed it."""
    client = stage.client("s3")
    try:
        reply = client.get_object(Bucket=stage.artifacts_bucket, Key=f"{PREFIX}{version.id}/{name}")
    except client.exceptions.NoSuchKey:
        raise DeploymentError(
            f"{name} of version {version.id} is gone from {stage.artifacts_bucket}: deploy"
            f" {version.commit or 'its commit'} anew, or choose another version"
        ) from None
    return bytes(reply["Body"].read())


def unzipped(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def shown(versions: Sequence[Version]) -> str:
    """A line each, for whoever chooses one."""
    if not versions:
        return "no version is kept yet: the next deployment is the first"
    lines = [f"{'version':<21} {'deployed':<21} {'':<17} {'schema':<7} {'commit':<13} by"]
    for number, each in enumerate(versions):
        state = ", ".join([*(["newest"] if number == 0 else []), *([] if each.proven else ["unproven"])])
        commit = (each.commit or "unknown")[:12]
        lines.append(f"{each.id:<21} {each.deployed_at:<21} {state:<17} {each.schema:<7} {commit:<13} {each.by}")
    return "\n".join(lines)


def _store(stage: Stage, versions: Sequence[Version]) -> None:
    """Write the index, then delete what it no longer names: never the newest proven one."""
    good = next((each for each in versions if each.proven), None)
    kept = [each for number, each in enumerate(versions) if number < KEPT or each is good]
    _put(stage, INDEX_KEY, json.dumps([asdict(each) for each in kept], indent=2).encode())
    client = stage.client("s3")
    for each in versions:
        if each not in kept:
            for file in ("package.zip", "build.zip"):
                client.delete_object(Bucket=stage.artifacts_bucket, Key=f"{PREFIX}{each.id}/{file}")


def _put(stage: Stage, key: str, body: bytes) -> None:
    kind = "application/json" if key.endswith(".json") else "application/zip"
    stage.client("s3").put_object(Bucket=stage.artifacts_bucket, Key=key, Body=body, ContentType=kind)


def _zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _commit(folder: Path = ROOT) -> str | None:
    """Of the working tree; with a plus where files of it are changed."""
    try:
        commit, status = (
            subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit[:11]}+" if status else commit


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
