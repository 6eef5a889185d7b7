"""What a backup holds beside tables and objects: the accounts, and what the owner has set."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalicelib.aws.bucket import Missing

from . import index, manifest
from .runs import Run

if TYPE_CHECKING:
    from chalicelib.services import Services

NOTES = (
    "Accounts are without passwords and without secrets of a second factor: Cognito gives none.",
    "Parameters are without the value of a SecureString.",
)
_SITE = "config.json"


def accounts(services: Services, run: Run) -> manifest.Accounts:
    """Write everybody of the pool, as gzipped JSON lines. Safe to repeat.

    Where a time was asked for, whoever is in the backup before it, too: who is gone since may have been there then.
    """
    before = index.before(services, run.id) if run.asked else None
    known = {account["sub"]: account for account in _read(services, before)} if before else {}
    known |= {account["sub"]: account for account in services.pool.accounts()}
    groups = {group.name: group for group in before.accounts.groups} if before else {}
    groups |= {group["name"]: manifest.Group(**group) for group in services.pool.groups()}
    found = [known[sub] for sub in sorted(known)]
    lines = "".join(json.dumps(account, ensure_ascii=False) + "\n" for account in found)
    body = gzip.compress(lines.encode(), mtime=0)
    key = f"{manifest.folder(run.id)}accounts.jsonl.gz"
    services.backups.put(key, body, "application/gzip")
    of_name = tuple(groups[name] for name in sorted(groups))
    return manifest.Accounts(len(found), key, hashlib.sha256(body).hexdigest(), of_name)


def _read(services: Services, backup: manifest.Backup) -> Iterator[dict[str, Any]]:
    lines = gzip.decompress(services.backups.read(backup.accounts.key)).splitlines()
    yield from map(json.loads, lines)


def settings(services: Services, backup_id: str) -> tuple[str, str]:
    """Write the settings, the parameters that are no secrets, and the site's configuration; returns key and SHA-256."""
    try:
        site = json.loads(services.site.read(_SITE))
    except Missing:
        site = None  # nothing is published yet
    found = {"settings": asdict(services.settings), "parameters": services.parameters.plain(), "site": site}
    key = f"{manifest.folder(backup_id)}settings.json"
    body = json.dumps(found, indent=1).encode()
    services.backups.put(key, body, "application/json")
    return key, hashlib.sha256(body).hexdigest()
