"""A version as it was published, or a draft as its owner tries it: what a twin's answers are made of, and nothing else.

Objects of the files bucket, each written once: what was read is kept while the process lives. Hidden entries and what
is not in the snapshot do not exist here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from chalicelib.aws.bucket import Missing
from chalicelib.conversations.rows import Conversation
from chalicelib.errors import NotFound

from . import rows, versions

if TYPE_CHECKING:
    from chalicelib.services import Services

_KEPT = 16


@dataclass(frozen=True, slots=True)
class Entry:
    entry_id: str
    section: str
    title: str
    subtitle: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    text: str = ""
    url: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Entry:
        return cls(**{name: str(given.get(name) or "") for name in cls.__slots__})

    @property
    def name(self) -> str:
        """As a citation of it is titled."""
        return " · ".join(filter(None, (self.title, self.subtitle))) or self.section


@dataclass(frozen=True, slots=True)
class Snapshot:
    """persona: with its private part. entries: those that are shown, in the order of the page."""

    handle: str
    persona: Mapping[str, Any]
    entries: Sequence[Entry]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, handle: str, given: Mapping[str, Any]) -> Snapshot:
        entries = [Entry.of(each) for each in given["entries"] if not each.get("is_hidden")]
        return cls(handle, given["persona"], entries)


# By the object's key and the twin's birth: a handle that was deleted and taken again has other versions of the same
# numbers.
known: LRUCache[tuple[str, str], Snapshot] = LRUCache(maxsize=_KEPT)


def read(services: Services, handle: str, version: int | None, preview: int | None, born_at: str) -> Snapshot:
    """born_at: when the twin was made. Raises NotFound of a twin that is being deleted, and Busy."""
    if preview is None:
        bucket, name = services.snapshots, rows.snapshot_key(handle, version or 0)
    else:
        bucket, name = services.previews, rows.preview_key(handle, preview)
    found = known.get((name, born_at))
    if found is None:
        try:
            found = Snapshot.of(handle, versions.unpacked(bucket.read(name)))
        except Missing as gone:
            raise NotFound("twin", "handle") from gone
        known[name, born_at] = found
    return found


def of(services: Services, conversation: Conversation) -> Snapshot:
    """That a visit's last question was sent to."""
    twin, version, preview = conversation.twin or "", conversation.twin_version, conversation.preview
    return read(services, twin, version, preview, conversation.twin_born_at)
