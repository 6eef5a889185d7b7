"""What was removed for good: it does not come back, also where that happens while the rest comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from chalicelib import due, ids, undo
from chalicelib.aws.bucket import Bucket
from chalicelib.aws.faults import Busy
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import Item
from chalicelib.deletion import visits
from chalicelib.subjects import Subject
from chalicelib.twin import removal
from chalicelib.twin import rows as twins

from .manifest import ERASURES
from .selection import Erased
from .work import Work

if TYPE_CHECKING:
    from chalicelib.services import Services

# Its time was read before it was written, by another machine's clock.
_SKEW_S = 300
_TWIN = "twin:"


def known(services: Services, source: Bucket, made_at: int) -> Erased:
    """By the rows of this stage, and by what the backup's own stage has stored beside its backups.

    made_at: of the backup (Unix seconds). A twin that was removed before is another one than that of the backup.
    """
    found = [(str(row["erased"]), int(row["at"])) for row in _rows(services)]
    for of_bucket in source.pages(ERASURES):
        found += [
            (unquote(version.key.removeprefix(ERASURES)), version.modified)
            for version in of_bucket
            if not version.is_delete_marker
        ]
    return Erased.of(name for name, at in found if not name.startswith(_TWIN) or at >= made_at)


def are_gone(work: Work) -> bool:
    """Have all removed once more that was removed since the restore began: some of it may have come back after that.

    Those of the stage that it restores into: what another stage erases meanwhile is its own. Safe to repeat. Raises
    Busy.
    """
    for row in _rows(work.services):
        if row["at"] >= work.run.started_at - _SKEW_S:
            try:
                _remove(work.services, row)
            except NotStarted as error:
                raise Busy from error
    return True


def _remove(services: Services, row: Item) -> None:
    kind, _, of_kind = row["erased"].partition(":")
    subject, id_ = Subject.of_owner(row["user_id"]), of_kind.rpartition("#")[2]
    if kind == "conversation":
        # Also where the row is gone: messages may have come after it went.
        key = {"user_id": subject.owner, "conversation_id": id_}
        gone = {"deleted_at": 1, **due.at(time.time(), id_)}
        services.conversations.write(services.conversations.change(key, gone))
        services.purgings.invoke(undo.PurgeOrder("conversation_id", subject, id_).payload())
    elif kind == "visit":
        services.conversations.write(visits.hiding(services, of_kind.partition("#")[0], subject))
        services.purgings.invoke(undo.PurgeOrder("conversation_id", subject, id_).payload())
    elif kind == "part":
        services.twins.write(services.twins.delete(twins.key(of_kind.partition("#")[0], id_)))
    elif kind == "file":
        undo.hide_for_good(services.files, {"file_id": id_}, "file_id")
        services.purgings.invoke(undo.PurgeOrder("file_id", subject, id_).payload())
    elif kind == "comment":
        undo.hide_for_good(services.commentaires, {"id": id_}, "id")
        services.purgings.invoke(undo.PurgeOrder("comment_id", subject, id_).payload())
    elif kind == "twin":
        head = twins.find(services, id_)
        # Not another one that has the handle since.
        if head is not None and int(ids.seconds(head.created_at)) <= row["at"]:
            removal.delete(services, id_)
    elif kind == "account":
        services.purgings.invoke({"user_id": subject.owner, "person": "gone"})


def _rows(services: Services) -> Iterator[Item]:
    start: Item | None = None
    while True:
        page = services.erasures.scan(limit=1_000, start=start)
        yield from page.items
        start = page.last_key
        if start is None:
            return
