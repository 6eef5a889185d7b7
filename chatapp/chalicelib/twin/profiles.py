"""What anybody may read of a published twin: one request, whatever it says."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import Item, Key, batch_get
from chalicelib.errors import NotFound

from . import budgets

if TYPE_CHECKING:
    from chalicelib.services import Services

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
# What an answer may cost at the least, for the page to say that the twin rests.
LEAST_MICRO_USD = 20_000


def head_key(handle: str) -> Key:
    """Raises NotFound for what no twin can be called."""
    if not HANDLE.fullmatch(handle):
        raise NotFound("twin", "handle")
    return {"handle": handle, "item": "twin"}


def published(head: Item | None) -> Item:
    """The row of a twin that answers. Raises NotFound alike for one that is unknown, unpublished or deleted."""
    if head is None or head.get("deleted_at") or not head.get("published_version"):
        raise NotFound("twin", "handle")
    return head


def find(services: Services, handle: str) -> Item:
    """The row of a published twin. Raises NotFound."""
    return published(services.twins.find(head_key(handle)))


def get(services: Services, handle: str) -> dict[str, Any]:
    """The profile of a published twin, and whether it rests. Raises NotFound."""
    key = head_key(handle)
    head, row, *counts = batch_get(
        (services.twins, key),
        (services.twins, {"handle": handle, "item": "published"}),
        *((services.usage, of) for of in budgets.rows(services, handle)),
    )
    settings, head = services.settings, published(head)
    if row is None:
        raise NotFound("twin", "handle")
    profile: dict[str, Any] = json.loads(gzip.decompress(bytes(row["profile"])))
    return {
        **profile,
        "handle": handle,
        "version": row["version"],
        "published_at": head["published_at"],
        "resting_until": budgets.resting_until(settings, budgets.of(settings, head), counts, LEAST_MICRO_USD),
        "transcripts": has_transcripts(services, head),
        "transcript_days": settings.transcript_days,
    }


def has_transcripts(services: Services, head: Item) -> bool:
    return bool(services.settings.transcript_days and head.get("transcripts", True))
