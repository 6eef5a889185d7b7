"""Files: their rows, who may see one, and how it is shown.

Uploading is in `uploads`, reading in `extracting`, what was read in `extracts`, removal in `purging`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from .aws.table import Item, Key
from .errors import NotFound
from .frames import Frame
from .ids import is_id

if TYPE_CHECKING:
    from .services import Services

FileStatus = Literal["uploaded", "reading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class File:
    """One row.

    upload_timestamp: when the row was made; orders the list. media_type: as declared, then as detected.
    object_key, version_id: the object that was pinned: the key's first version.
    group: how Claude takes it. pages: None until known. tokens: an estimate. scanned: a PDF to be read by sight.
    token: of the worker that claimed it. lease_until, deleted_at: Unix seconds. attempts: claims so far.
    continue_at: the page at which the next run of a long document begins.
    conversations: ids of those that it was attached to, whether they still exist or not.
    """

    file_id: str
    user_id: str
    upload_timestamp: str
    name: str
    media_type: str
    size: int
    status: FileStatus
    object_key: str
    version_id: str | None = None
    sequencer: str | None = None
    group: Literal["document", "text", "image"] | None = None
    format: str | None = None
    pages: int | None = None
    pages_read: int = 0
    characters: int | None = None
    tokens: int | None = None
    language: str | None = None
    scanned: bool = False
    error: dict[str, str] | None = None
    token: str | None = None
    lease_until: float | None = None
    attempts: int = 0
    continue_at: int | None = None
    conversations: frozenset[str] = field(default_factory=frozenset)
    deleted_at: float | None = None

    @classmethod
    def from_item(cls, item: Item) -> File:
        given = {name: item[name] for name in cls.__slots__ if name in item and name != "conversations"}
        return cls(**given, conversations=frozenset(item.get("conversations", ())))

    def to_item(self) -> Item:
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None and value != frozenset()}

    def visible_to(self, user_id: str) -> bool:
        return self.user_id == user_id and self.deleted_at is None

    def with_changes(self, **changes: Any) -> File:
        return replace(self, **changes)

    def shown(self) -> dict[str, Any]:
        """The file as it goes over the wire."""
        return {
            "file_id": self.file_id,
            "name": self.name,
            "type": self.media_type,
            "size": self.size,
            "status": self.status,
            "group": self.group,
            "format": self.format,
            "pages": self.pages,
            "pages_read": self.pages_read,
            "characters": self.characters,
            "tokens": self.tokens,
            "language": self.language,
            "scanned": self.scanned,
            "error": self.error,
            "upload_timestamp": self.upload_timestamp,
            "conversations": len(self.conversations),
        }


def frame(file: File) -> Frame:
    """What is pushed when a file has changed."""
    return {"type": "file.updated", **file.shown()}


def key(file_id: str) -> Key:
    """Raises NotFound for an id that no file can have."""
    if not is_id(file_id):
        raise NotFound("file")
    return {"file_id": file_id}


def existing(item: Item | None, user_id: str) -> File:
    """The file of a row; raises NotFound where there is none, it is another's, or it was deleted."""
    file = File.from_item(item) if item else None
    if file is None or not file.visible_to(user_id):
        raise NotFound("file")
    return file


def get(services: Services, user_id: str, file_id: str) -> File:
    return existing(services.files.find(key(file_id)), user_id)
