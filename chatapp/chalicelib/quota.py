"""How much a person stores: reserved with a file's row, released with its removal, each in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .aws.table import Item, Key, Write
from .conversations import subject_of

if TYPE_CHECKING:
    from .services import Services
    from .settings import Settings

_PERIOD = "storage"  # beside the months of the model's usage; without a ttl


def limit_bytes(settings: Settings) -> int:
    return settings.storage_quota_mb * 1024 * 1024


def used_bytes(item: Item | None) -> int:
    return int(item.get("bytes", 0)) if item else 0


def reserve(services: Services, user_id: str, size_bytes: int) -> Write:
    """The write that counts a new file; its condition is that there is room."""
    room = limit_bytes(services.settings) - size_bytes
    has_room = "#bytes <= :room" if room < 0 else "attribute_not_exists(#bytes) OR #bytes <= :room"
    return services.usage.update(
        _key(user_id),
        "ADD #bytes :size",
        {":size": size_bytes, ":room": room},
        condition=has_room,
    )


def release(services: Services, user_id: str, size_bytes: int) -> Write:
    """The write that takes a removed file off the count."""
    return services.usage.update(_key(user_id), "ADD #bytes :size", {":size": -size_bytes})


def _key(user_id: str) -> Key:
    return {"subject": subject_of(user_id), "period": _PERIOD}
