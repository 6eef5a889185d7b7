"""Which objects a backup holds: those of the files bucket, by what their keys begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.bucket import Bucket

if TYPE_CHECKING:
    from chalicelib.services import Services

# In the order of keys.
PREFIXES = ("extracted", "transcripts", "twins", "uploads")
# Of a twin, whose handle follows.
OF_TWINS = ("transcripts", "twins")


def bucket_of(services: Services, key: str) -> Bucket:
    """The adapter that may reach a key. Raises KeyError for one that no backup holds."""
    buckets = {
        "extracted": services.extracted,
        "transcripts": services.transcripts,
        "twins": services.snapshots,
        "uploads": services.uploads,
    }
    return buckets[key.partition("/")[0]]
