"""Files: their rows, and what they tell of an upload that never came or a reading that broke off."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib import cursors, retention, shapes
from chalicelib.aws.table import Item, Key
from chalicelib.errors import NotFound
from chalicelib.extraction.kinds.detect import Group
from chalicelib.extraction.language import Language
from chalicelib.extraction.version import READER_VERSION
from chalicelib.functions import EXTRACT, events_of
from chalicelib.ids import is_id, iso
from chalicelib.shapes import Again, ErrorInfo, FileNote, FileStatus
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

# A form is good for five minutes; an hour later nothing comes any more.
ABANDONED_S = 3_600
# An event that Lambda has given up, and one that it had just delivered by then.
EVENT_LOST_S = events_of(EXTRACT).max_age_s + 2 * 3_600
# A reading that was killed is begun anew by Lambda within about a minute; after this nobody will.
_RETRY_S = 180
MAX_ATTEMPTS = 1 + events_of(EXTRACT).retries
# Of one file, each with the CPU time that `extraction/limits.py` allows; what is not read by then stays unread.
MAX_RUNS = 3

MINE = "#user_id = :user_id"


@dataclass(frozen=True, slots=True)
class File:
    """One row.

    upload_timestamp: when the row was made; orders the list. media_type: as declared, then as detected.
    object_key, version_id: the object that was pinned: the key's first version.
    group: how Claude takes it. pages: None until known. tokens: an estimate. scanned: a PDF to be read by sight.
    sight: PDFs cut out of it, of pages to be read by sight: first and last page, and size in bytes.
    error: why it failed; of one that is ready, why only its first pages were read.
    notes: what was left out of it, or stands in its text in another way; of what has been read so far.
    reader_version: of the reader that has read it, or failed to; None: of before there were versions.
    reading: which reading counts, from 0; readings: the one that was begun last (`rereading.py`).
    again: how far a file that is ready is with being read again, whose old pages count until that is done; again_error:
    why it could not be. again_left: what a run of that has left for the next, index_key and notes.
    token: of the worker that claimed it. lease_until, deleted_at, ttl: Unix seconds. attempts: claims so far, of this
    run. runs: those that have ended before, with the file to be continued.
    continue_at: the page at which the next run of a long document begins. index_key: of the search index that the last
    run left, None where there is none.
    conversations: ids of those that it was attached to and not taken out of, whether they still exist or not (how many
    are shown: `changes.counted`).
    trace_id: of the request that announced it (`logs`), which its reading is a part of.
    """

    file_id: str
    subject: Subject
    upload_timestamp: str
    name: str
    media_type: str
    size: int
    status: FileStatus
    object_key: str
    version_id: str | None = None
    sequencer: str | None = None
    group: Group | None = None
    format: str | None = None
    pages: int | None = None
    pages_read: int = 0
    characters: int | None = None
    tokens: int | None = None
    language: Language | None = None
    scanned: bool = False
    sight: list[list[int]] = field(default_factory=list)
    error: ErrorInfo | None = None
    notes: list[FileNote] = field(default_factory=list)
    reader_version: int | None = None
    reading: int = 0
    readings: int = 0
    again: Again | None = None
    again_error: ErrorInfo | None = None
    again_left: dict[str, Any] | None = None
    token: str | None = None
    lease_until: float | None = None
    attempts: int = 0
    runs: int = 0
    continue_at: int | None = None
    index_key: str | None = None
    conversations: frozenset[str] = field(default_factory=frozenset)
    deleted_at: float | None = None
    ttl: int | None = None
    trace_id: str | None = None

    @classmethod
    def from_item(cls, item: Item) -> File:
        given = {name: item[name] for name in cls.__slots__ if name in item and name != "conversations"}
        owner, conversations = Subject.of_owner(item["user_id"]), frozenset(item.get("conversations", ()))
        return cls(subject=owner, **given, conversations=conversations)

    def to_item(self) -> Item:
        values = {name: getattr(self, name) for name in self.__slots__ if name != "subject"}
        values["user_id"] = self.subject.owner
        return {name: value for name, value in values.items() if value not in (None, frozenset(), [])}

    def visible_to(self, subject: Subject) -> bool:
        is_over = self.ttl is not None and self.ttl < retention.file_over_before()
        return self.subject == subject and self.deleted_at is None and not is_over

    def abandoned(self) -> bool:
        """Whether it should have come long ago, as far as its row tells."""
        waiting = self.status == "uploaded" and self.version_id is None
        return waiting and self.upload_timestamp < iso(time.time() - ABANDONED_S)

    @property
    def is_again(self) -> bool:
        """Whether a file that was read is being read again."""
        return self.status == "ready" and self.again in ("waiting", "reading")

    @property
    def work(self) -> str:
        """How far its reading is, the first one or another."""
        return str(self.again) if self.is_again else self.status

    @property
    def outdated(self) -> bool:
        """Whether it is worth reading again: by a reader of before, or where it was our fault that it failed."""
        if self.version_id is None or self.group == "image" or self.is_again or self.status not in ("ready", "failed"):
            return False
        is_ours = self.status == "failed" and self.error is not None and self.error["code"] == "reading_failed"
        return is_ours or (self.reader_version or 1) < READER_VERSION

    def dead(self) -> bool:
        """Whether its reading broke off, and nobody will begin it anew.

        One without a token was given back: its next run may wait in Lambda's queue for as long as events are kept.
        """
        if self.work != "reading" or self.lease_until is None:
            return False
        patience_s = _RETRY_S if self.token else EVENT_LOST_S
        return self.lease_until < time.time() - (0 if self.attempts >= MAX_ATTEMPTS else patience_s)

    @property
    def seen_pages(self) -> int:
        """Of those that were cut out to be read by sight."""
        return sum(last - first + 1 for first, last, _ in self.sight)

    def is_seen(self, number: int) -> bool:
        """Whether a page is read by sight."""
        return self.scanned or any(first <= number <= last for first, last, _ in self.sight)

    def with_changes(self, **changes: Any) -> File:
        return replace(self, **changes)

    def shown(self) -> shapes.File:
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
            "pages_read": self._shown_pages_read(),
            "characters": self.characters,
            "tokens": self.tokens,
            "language": self.language,
            "scanned": self.scanned,
            "error": self.error,
            "notes": self.notes,
            "outdated": self.outdated,
            "again": self.again,
            "again_error": self.again_error,
            "upload_timestamp": self.upload_timestamp,
            "conversations": len(self.conversations),
        }

    def _shown_pages_read(self) -> int:
        """Of a file that has failed nothing is kept."""
        if self.status in {"reading", "waiting"}:  # a long file waits between its runs
            return self.pages_read
        return (self.pages or 0) if self.status == "ready" else 0


def frame(file: File) -> shapes.FileUpdated:
    """What is pushed when a file has changed."""
    return {"type": "file.updated", "file": file.shown()}


def key(file_id: str) -> Key:
    """Raises NotFound for an id that no file can have."""
    if not is_id(file_id):
        raise NotFound("file")
    return {"file_id": file_id}


def upload_prefix(subject: Subject, file_id: str) -> str:
    """What the keys of a file's upload begin with."""
    return f"uploads/{subject.owner}/{file_id}/"


def existing(item: Item | None, subject: Subject) -> File:
    """The file of a row; raises NotFound where there is none, it is another's, or it was deleted."""
    file = File.from_item(item) if item else None
    if file is None or not file.visible_to(subject):
        raise NotFound("file")
    return file


def page(services: Services, subject: Subject, start: Item | None) -> tuple[list[File], Item | None]:
    """One page of a person's rows by the index, newest first, and where the next one starts."""
    found = services.files_by_time.query(
        MINE, {":user_id": subject.owner}, limit=cursors.ROWS_A_QUERY, newest_first=True, start=start
    )
    return [File.from_item(item) for item in found.items], found.last_key
