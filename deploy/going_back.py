"""Putting back a version that is kept: its functions, policies, alarms and site as they were, with nothing built.

The foundation stays as the newest version has laid it: tables and pools only ever gain what an older app leaves alone.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import migrating, versions
from deploy.environment import ApiIds, DeploymentError, Stage
from deploy.functions.package import Package
from deploy.functions.runtime import Runtime

if TYPE_CHECKING:
    from deploy.versions import Files, Version

_RENDERED = ".chalice/"
_SITE = "site/"
OPERATIONS_BODY, OPERATIONS_PARAMETERS = "operations.yaml", "operations.json"
SITE_CONFIG = "site-config.json"


def gathered(stage: Stage, dist: Path, config: object, operations: tuple[str, dict[str, str]]) -> dict[str, bytes]:
    """What a version consists of beside its package: what was rendered, the built site and the operations stack."""
    rendered = stage.build / _RENDERED
    own = [rendered / "config.json", *sorted(rendered.glob("policy-*.json"))]
    files = {f"{_RENDERED}{path.name}": path.read_bytes() for path in own}
    built = (path for path in sorted(dist.rglob("*")) if path.is_file())
    files |= {f"{_SITE}{path.relative_to(dist).as_posix()}": path.read_bytes() for path in built}
    body, parameters = operations
    files[OPERATIONS_BODY] = body.encode()
    files[OPERATIONS_PARAMETERS] = json.dumps(parameters, sort_keys=True).encode()
    files[SITE_CONFIG] = json.dumps(config, sort_keys=True).encode()
    return files


def check(stage: Stage, version: Version, deployed: ApiIds) -> None:
    """Raise DeploymentError for a version that would not work here.

    deployed: the APIs that stand.
    """
    if version.ids != deployed:
        raise DeploymentError(
            f"version {version.id} was made for APIs that are no more: deploy {version.commit or 'its commit'} anew"
        )
    migrating.refuse_older(stage, version.schema)


def check_alias(stage: Stage, version: Version, files: Files, qualifier: str) -> None:
    """Raise DeploymentError where the version's API invokes `answer` otherwise than the settings have it now."""
    config = json.loads(files[f"{_RENDERED}config.json"])
    variables = config.get("stages", {}).get(stage.name, {}).get("environment_variables", {})
    if variables.get("CHATAPP_ANSWER_QUALIFIER", "") != qualifier:
        raise DeploymentError(
            f"version {version.id} was deployed with answer_snap_start and answer_provisioned otherwise than"
            " deploy/settings.toml has them now: set them as they were, and repeat"
        )


def lay_out(stage: Stage, version: Version, package: bytes, files: Files) -> Package:
    """Bring `.build/STAGE` to what it was, for Chalice to deploy from; the next build of a package begins anew."""
    for stamp in ("package.sha256", "package.zip"):
        (stage.build / stamp).unlink(missing_ok=True)
    for folder in ("chalicelib", "__pycache__", _RENDERED):
        shutil.rmtree(stage.build / folder, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        own = [name for name in archive.namelist() if name == "app.py" or name.startswith("chalicelib/")]
        archive.extractall(stage.build, own)
    for name, body in files.items():
        if name.startswith(_RENDERED):
            _write(stage.build / name, body)
    target = stage.build / "package.zip"
    target.write_bytes(package)
    return Package(target, Runtime(version.python, Path("python")), version.package, changed=True)


def lay_out_site(stage: Stage, files: Files) -> Path:
    """The folder of the version's built site."""
    folder = stage.build / "former-site"
    shutil.rmtree(folder, ignore_errors=True)
    for name, body in files.items():
        if name.startswith(_SITE):
            _write(folder / name.removeprefix(_SITE), body)
    return folder


def advice(stage: Stage) -> str:
    """After a smoke test that failed: which version was before, and how to go back."""
    found = versions.before(versions.listed(stage))
    if found is None:
        return "no earlier version is kept that was proven"
    return f"before it ran {found.id}: ./deploy.sh {stage.name} --version {found.id} puts it back"


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
