"""Comments: their rows, and their place in a section's list.

    id          UUIDv7
    section     which it is of, always; `sectionId` is the same, and stands on the row while everybody sees it
    timestamp   its place in the list, see `place`
    state       held, visible, reported (and still visible) or hidden; taken off while it is deleted (`was` keeps it)

A comment keeps the name that its writer had, and whether they owned the page. Beside the comments are rows, for a day,
by which the same request and the same text are known again (`repeats`), and the owners' names (`names`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chalicelib.aws.table import Item, Key
from chalicelib.errors import NotFound
from chalicelib.ids import is_id, iso, seconds

if TYPE_CHECKING:
    from chalicelib.services import Services

State = Literal["held", "visible", "reported", "hidden"]
WhyHeld = Literal["first", "every", "edited"]
STATES: tuple[State, ...] = ("held", "visible", "reported", "hidden")
SHOWN: frozenset[str] = frozenset({"visible", "reported"})
EDIT_S = 15 * 60
KEY_PREFIX = "key:"
# Milliseconds of a time that no clock reaches, in as many digits as those of today.
_FOREVER_MS = 9_999_999_999_999


@dataclass(frozen=True, slots=True)
class Comment:
    """One row. reply_to: the comment beneath which it stands. reports: since an owner last looked.

    created_at: Unix seconds. revision: how often its text was changed. before_ban: the state of one that a ban has
    hidden. deleted_by: who may bring it back while there is time.
    """

    id: str
    section: str
    user_id: str
    name: str
    is_owner: bool
    text: str
    timestamp: str
    created_at: float
    state: State | None
    was: State | None = None
    edited_at: str | None = None
    revision: int = 0
    reply_to: str | None = None
    why_held: WhyHeld | None = None
    reports: int = 0
    hidden_by: str | None = None
    before_ban: State | None = None
    deleted_at: int | None = None
    deleted_by: str | None = None
    purging: bool = False

    @classmethod
    def from_item(cls, item: Item) -> Comment:
        return cls(
            id=item["id"],
            section=item["section"],
            user_id=item["user_id"],
            name=item["name"],
            is_owner=item.get("is_owner", False),
            text=item["text"],
            timestamp=item["timestamp"],
            created_at=seconds(item["created_at"]),
            state=item.get("state"),
            was=item.get("was"),
            edited_at=item.get("edited_at"),
            revision=item.get("revision", 0),
            reply_to=item.get("reply_to"),
            why_held=item.get("why_held"),
            reports=item.get("reports", 0),
            hidden_by=item.get("hidden_by"),
            before_ban=item.get("before_ban"),
            deleted_at=item.get("deleted_at"),
            deleted_by=item.get("deleted_by"),
            purging=item.get("purging", False),
        )

    def to_item(self) -> Item:
        """The row of a comment that is new."""
        item = {
            "id": self.id,
            "section": self.section,
            "sectionId": self.section if self.shown else None,
            "user_id": self.user_id,
            "name": self.name,
            "is_owner": self.is_owner,
            "text": self.text,
            "timestamp": self.timestamp,
            "created_at": iso(self.created_at),
            "state": self.state,
            "reply_to": self.reply_to,
            "why_held": self.why_held,
        }
        return {name: value for name, value in item.items() if value is not None}

    @property
    def shown(self) -> bool:
        """Whether everybody sees it, and it is counted."""
        return self.state in SHOWN

    @property
    def editable_until(self) -> float:
        return self.created_at + EDIT_S


def key(comment_id: str) -> Key:
    """Raises NotFound for an id that no comment can have."""
    if not is_id(comment_id):
        raise NotFound("comment")
    return {"id": comment_id}


def find(services: Services, comment_id: str) -> Comment | None:
    """A comment in whatever state. Raises NotFound for an id that no comment can have."""
    item = services.commentaires.find(key(comment_id))
    return Comment.from_item(item) if item else None


def get(services: Services, comment_id: str) -> Comment:
    """A comment that is not deleted. Raises NotFound."""
    comment = find(services, comment_id)
    if comment is None or comment.deleted_at is not None:
        raise NotFound("comment")
    return comment


def place(comment_id: str, created_at: float, root: str | None = None) -> str:
    """Where a comment stands in its section's list, which is read from its beginning.

    The time counts down, so that what is newest comes first. A reply's place is that of its root, followed by its own
    id: so it comes after its root, older replies before newer ones, and before the next root. Time counted up, and the
    list read from its end, would show replies before what they reply to, and let a page end within them.
    """
    return f"{root}#{comment_id}" if root else f"{_FOREVER_MS - round(created_at * 1000):013d}#{comment_id}"


def root_place(timestamp: str) -> str:
    """The place of a reply's root; of a root its own."""
    return "#".join(timestamp.split("#")[:2])


def of_place(root: str) -> tuple[str, str]:
    """The id of a root, and when it was written, which its place alone tells."""
    countdown, _, comment_id = root.partition("#")
    return comment_id, iso((_FOREVER_MS - int(countdown)) / 1000)
