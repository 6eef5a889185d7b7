"""What a backup holds beside tables and objects: the accounts, and what the owner has set."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from chalicelib.aws.bucket import Missing

from . import manifest

if TYPE_CHECKING:
    from chalicelib.services import Services

NOTES = (
    "Accounts are without passwords and without secrets of a second factor: Cognito gives none.",
    "Parameters are without the value of a SecureString.",
)
_SITE = "config.json"


def accounts(services: Services, backup_id: str) -> manifest.Accounts:
    """Write everybody of the pool, as gzipped JSON lines. Safe to repeat."""
    found = sorted(services.pool.accounts(), key=lambda account: str(account["sub"]))
    lines = "".join(json.dumps(account, ensure_ascii=False) + "\n" for account in found)
    body = gzip.compress(lines.encode(), mtime=0)
    key = f"{manifest.folder(backup_id)}accounts.jsonl.gz"
    services.backups.put(key, body, "application/gzip")
    return manifest.Accounts(len(found), key, hashlib.sha256(body).hexdigest())


def settings(services: Services, backup_id: str) -> str:
    """Write the settings, the parameters that are no secrets, and the site's configuration; returns the key."""
    try:
        site = json.loads(services.site.read(_SITE))
    except Missing:
        site = None  # nothing is published yet
    found = {"settings": asdict(services.settings), "parameters": services.parameters.plain(), "site": site}
    key = f"{manifest.folder(backup_id)}settings.json"
    services.backups.put(key, json.dumps(found, indent=1).encode(), "application/json")
    return key
