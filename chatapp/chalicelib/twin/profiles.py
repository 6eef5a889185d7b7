"""What anybody may read of a published twin: one request, whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import batch_get
from chalicelib.errors import NotFound

from . import budgets, rows, versions
from .rows import Head

if TYPE_CHECKING:
    from chalicelib.services import Services

# What an answer may cost at the least, for the page to say that the twin rests.
LEAST_MICRO_USD = 20_000


def published(head: Head | None) -> Head:
    """The head of a twin that answers. Raises NotFound alike for one that is unknown, unpublished or deleted."""
    if head is None or head.deleted_at is not None or head.published_version is None:
        raise NotFound("twin", "handle")
    return head


def find(services: Services, handle: str) -> Head:
    """The head of a published twin. Raises NotFound."""
    return published(rows.find(services, handle))


def get(services: Services, handle: str) -> dict[str, Any]:
    """The profile of a published twin, and whether it rests. Raises NotFound."""
    item, row, *counts = batch_get(
        (services.twins, rows.key(handle)),
        (services.twins, rows.key(handle, rows.PUBLISHED)),
        *((services.usage, of) for of in budgets.rows(handle)),
    )
    settings, head = services.settings, published(Head.from_item(item) if item else None)
    if row is None:
        raise NotFound("twin", "handle")
    return {
        **versions.unpacked(bytes(row["profile"])),
        "version": row["version"],
        "published_at": row["published_at"],
        "resting_until": budgets.resting_until(settings, budgets.of(settings, head), counts, LEAST_MICRO_USD),
        "transcripts": has_transcripts(services, head),
        "transcript_days": settings.transcript_days,
    }


def has_transcripts(services: Services, head: Head) -> bool:
    return bool(services.settings.transcript_days and head.transcripts)
