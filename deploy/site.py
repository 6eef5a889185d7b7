"""The site: built when its sources changed, and synced so that open tabs of the previous build live on.

Its security headers are the distribution's: `stacks/foundation.yaml`.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.environment import ROOT, DeploymentError, Stage
from deploy.functions import app_modules

SITE = ROOT / "site"
DIST = SITE / "dist"
ASSETS = "assets/"  # file names with a hash of their content
# What Vite writes for other tools, with every source file's name: https://vite.dev/config/build-options.html#build-manifest
_NOT_PUBLISHED = ".vite/"
# The application's page, which answers every path that is no object; the root's own is the published one.
SHELL = "app.html"
# The elements for foreign pages: files whose names stay, with the stage's addresses written in.
ELEMENTS = {"embed.js": ("api_url", "site_url"), "twin.js": ("api_url", "site_url", "socket_url")}
BUILDS_KEY = "site/builds.json"
_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_SHORTLY = "public, max-age=300"
# What may be read of LinkedIn's archive: one list for the browser and the server.
_SHARED = ROOT / "chatapp" / "chalicelib" / "twin" / "linkedin.json"
_NOT_SOURCES = {"node_modules", "dist", "test-results", "coverage"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class SiteFile:
    """An object to be: its key, bytes and headers."""

    key: str
    body: bytes

    @property
    def etag(self) -> str:
        """S3's ETag of an object that was put in one part and encrypted with S3's own keys."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'

    @property
    def cache_control(self) -> str:
        if self.key in ELEMENTS:
            return _SHORTLY
        return _FOREVER if self.key.startswith(ASSETS) else _ASK_FIRST

    @property
    def content_type(self) -> str:
        return content_type(self.key)


def content_type(key: str) -> str:
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}
    kind = known.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("json") else kind


# --- Build ----------------------------------------------------------------------------------------------------------


def build(say: Say) -> bool:
    """Install the front end's packages and build it, where something changed; tell whether it built."""
    stamp_file = ROOT / ".build" / "site.sha256"
    stamp = _sources_digest()
    built = DIST / "index.html"
    if built.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        return False
    if not packages_fit(_lock(SITE / "package-lock.json"), _lock(SITE / "node_modules" / ".package-lock.json")):
        say("installing the front end's packages")
        _npm("ci", "--no-audit", "--no-fund")
    say("building the site")
    stamp_file.unlink(missing_ok=True)
    _npm("run", "build")
    stamp_file.parent.mkdir(parents=True, exist_ok=True)
    stamp_file.write_text(stamp)
    return True


def packages_fit(lock: Mapping[str, Any], installed: Mapping[str, Any]) -> bool:
    """Whether node_modules holds what the lock file names; packages of other systems may be absent."""
    has = {path: item.get("version") for path, item in installed.get("packages", {}).items() if path}
    wants = {path: item for path, item in lock.get("packages", {}).items() if path}
    if not has or any(path not in wants or wants[path].get("version") != was for path, was in has.items()):
        return False
    return all(path in has or item.get("optional") or item.get("peer") for path, item in wants.items())


def _lock(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _sources_digest() -> str:
    digest = hashlib.sha256(_SHARED.read_bytes())
    for path in sorted(SITE.rglob("*")):
        relative = path.relative_to(SITE)
        if path.is_file() and not _NOT_SOURCES.intersection(relative.parts):
            digest.update(f"{relative.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise DeploymentError("npm is not installed; the site is built with Node 20.19 or newer")
    environment = {**os.environ, "CI": "true"}
    done = subprocess.run([npm, *arguments], cwd=SITE, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        # npm puts the manual of its command behind the reason.
        output = (done.stdout + done.stderr).split("npm error Clean install a project")[0]
        raise DeploymentError(f"npm {' '.join(arguments)} failed:\n{output.strip()[-4000:]}")


# --- Sync -----------------------------------------------------------------------------------------------------------


def files(config: Mapping[str, Any], dist: Path | None = None) -> list[SiteFile]:
    """What the bucket shall hold, in the order of uploading: assets before the pages that name them.

    dist: where a build lies; by default that of the sources here.

    Raises DeploymentError for an element that has no room for the stage's addresses.
    """
    dist = dist or DIST
    found = [
        SiteFile(_key(path.relative_to(dist).as_posix()), path.read_bytes())
        for path in sorted(dist.rglob("*"))
        if path.is_file()
    ]
    found = [file for file in found if file.key != "config.json" and not file.key.startswith(_NOT_PUBLISHED)]
    found = [_addressed(file, config) if file.key in ELEMENTS else file for file in found]
    found.append(SiteFile("config.json", (json.dumps(config, indent=2, sort_keys=True) + "\n").encode()))
    return sorted(found, key=lambda file: (not file.key.startswith(ASSETS), file.key == SHELL, file.key))


def _key(built: str) -> str:
    """Of a file by its name in the build, where Vite's page is called as its source."""
    return SHELL if built == "index.html" else built


def _addressed(file: SiteFile, config: Mapping[str, Any]) -> SiteFile:
    body = file.body
    for name in ELEMENTS[file.key]:
        placeholder = f"%CHATAPP_{name.upper()}%".encode()
        if placeholder not in body:
            raise DeploymentError(f"{file.key} has no {placeholder.decode()} to write {name} in its place")
        # In JSON's form, without its quotes: it stands between quotes of the script's. A stage may have no sockets.
        body = body.replace(placeholder, json.dumps(config[name] or "")[1:-1].encode())
    return SiteFile(file.key, body)


def next_builds(builds: list[list[str]], assets: list[str]) -> list[list[str]]:
    """The builds whose assets stay, newest first: this one and the one before it."""
    return builds if builds and builds[0] == assets else [assets, *builds[:1]]


def stale(in_bucket: Mapping[str, str], wanted: list[SiteFile], builds: list[list[str]]) -> list[str]:
    """Keys to delete: of neither this build nor the previous one, and of no published page."""
    keep, pages = {file.key for file in wanted}.union(*builds), app_modules.page_keys()
    return sorted(key for key in in_bucket if key not in keep and not pages.is_published(key))


def sync(
    stage: Stage,
    bucket: str,
    distribution_id: str,
    config: Mapping[str, Any],
    say: Say,
    *,
    dist: Path | None = None,
) -> list[str]:
    """Bring the bucket to the built site and its config; returns what changed.

    CloudFront is told only when something changed whose name stays the same.
    """
    client = stage.client("s3")
    in_bucket = _etags(client, bucket)
    wanted = files(config, dist)
    changed = [file for file in wanted if in_bucket.get(file.key) != file.etag]
    for file in changed:
        client.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=file.body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
    builds = _remember_build(stage, client, [file.key for file in wanted if file.key.startswith(ASSETS)])
    gone = stale(in_bucket, wanted, builds)
    for key in gone:
        client.delete_object(Bucket=bucket, Key=key)
    if any(not key.startswith(ASSETS) for key in [file.key for file in changed] + gone):
        say("invalidating the distribution's copies")
        _invalidate(stage, distribution_id)
    return [file.key for file in changed] + gone


def _etags(client: Any, bucket: str) -> dict[str, str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", [])}


def _remember_build(stage: Stage, client: Any, assets: list[str]) -> list[list[str]]:
    try:
        reply = client.get_object(Bucket=stage.artifacts_bucket, Key=BUILDS_KEY)
        builds: list[list[str]] = json.loads(reply["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        builds = []
    following = next_builds(builds, assets)
    if following != builds:
        body = json.dumps(following).encode()
        client.put_object(Bucket=stage.artifacts_bucket, Key=BUILDS_KEY, Body=body, ContentType="application/json")
    return following


def _invalidate(stage: Stage, distribution_id: str) -> None:
    stage.client("cloudfront").create_invalidation(
        DistributionId=distribution_id,
        InvalidationBatch={
            "CallerReference": str(time.time_ns()),
            "Paths": {"Quantity": 1, "Items": ["/*"]},
        },
    )
