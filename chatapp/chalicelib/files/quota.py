"""How much a person stores, in bytes and files: reserved with a file's row, released with it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import Item, Key, Write
from chalicelib.errors import AppError, StorageFull, TooManyFiles
from chalicelib.extraction.limits import MB
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

# Each file costs a row and a run of its own, however small it is.
MAX_FILES = 10_000
_PERIOD = "storage"  # beside the months of the model's usage; without a ttl


def limit_bytes(settings: Settings) -> int:
    return settings.storage_quota_mb * MB


def refusal(item: Item | None, size_bytes: int, settings: Settings) -> AppError:
    """Why a file of that size was not reserved. item: the person's count."""
    used = used_bytes(item)
    if used + size_bytes > limit_bytes(settings):
        return StorageFull(size_bytes, used, limit_bytes(settings))
    return TooManyFiles(MAX_FILES)


def reserve(services: Services, subject: Subject, size_bytes: int) -> Write:
    """The write that counts a new file; its condition is that there is room."""
    room = limit_bytes(services.settings) - size_bytes
    has_room = "#bytes <= :room" if room < 0 else "attribute_not_exists(#bytes) OR #bytes <= :room"
    return services.usage.update(
        key(subject),
        "ADD #bytes :size, #files :one",
        {":size": size_bytes, ":room": room, ":one": 1, ":most": MAX_FILES},
        condition=f"({has_room}) AND (attribute_not_exists(#files) OR #files < :most)",
    )


def release(services: Services, subject: Subject, size_bytes: int) -> Write:
    """The write that takes a removed file off the count."""
    return _counted(services, subject, -size_bytes, -1)


def returned(services: Services, subject: Subject, size_bytes: int) -> Write:
    """The write that counts a file that comes back from a backup, whether there is room or not."""
    return _counted(services, subject, size_bytes, 1)


def _counted(services: Services, subject: Subject, size_bytes: int, files: int) -> Write:
    return services.usage.update(key(subject), "ADD #bytes :size, #files :one", {":size": size_bytes, ":one": files})


def used_bytes(item: Item | None) -> int:
    """item: the person's count."""
    return int(item.get("bytes", 0)) if item else 0


def key(subject: Subject) -> Key:
    return {"subject": str(subject), "period": _PERIOD}
