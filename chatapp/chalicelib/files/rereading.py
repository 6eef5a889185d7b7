"""Reading a file again that a reader of before has read: its owner asks for it, and loses nothing meanwhile.

A file that is ready stays so, with its pages: the new reading's objects have keys of their own (`extracts.py`), and the
row takes what came of it in one write. What fails or breaks off leaves the file as it was, and says so. Citations name
the reading that their page is of, so that the pages of every reading that has counted stay.

One that had failed has nothing to lose: it is read as if it had just arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import undo
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import ConditionFailed, Item
from chalicelib.errors import Conflict, NotFound
from chalicelib.logs import report
from chalicelib.push.channel import Channel
from chalicelib.subjects import Subject

from . import claims, lifecycle
from .row import MINE, File, existing, frame, key

if TYPE_CHECKING:
    from chalicelib.services import Services

# Of a file whose event never came before it was said to have failed.
_NO_SEQUENCER = "0"


def begin(services: Services, subject: Subject, file_id: str) -> File:
    """Have a file read again; one that is being read is left to that. Raises NotFound, and Conflict for one that would
    be read as it was."""
    file = lifecycle.get(services, subject, file_id)
    if file.work in ("uploaded", "waiting", "reading"):
        return file
    if not file.outdated:
        raise Conflict(f"“{file.name}” was read as it would be read now.")
    began = _begun(services, file)
    if began is None:  # another request was first
        return existing(services.files.find(key(file_id)), subject)
    try:
        services.extractions.invoke(claims.event_of(services.settings.files_bucket, began))
    except NotStarted as error:  # it waits, and is found by whoever looks next
        report(error)
    channel = Channel(services, subject)
    channel.push([frame(began)])
    channel.close()
    return began


def _begun(services: Services, file: File) -> File | None:
    changes: Item = {"attempts": 0, "runs": 0, "continue_at": None, "sequencer": file.sequencer or _NO_SEQUENCER}
    if file.status == "ready":
        changes |= {"again": "waiting", "again_error": None, "again_left": None, "readings": file.readings + 1}
    else:
        changes |= {
            "status": "waiting",
            "error": None,
            "index_key": None,
            "notes": None,
            "pages": None,
            "pages_read": 0,
        }
    condition = (
        f"{MINE} AND {undo.NOT_DELETED} AND #status = :status AND attribute_not_exists(#token)"
        " AND (attribute_not_exists(#again) OR #again = :failed)"
    )
    values = {":user_id": file.subject.owner, ":status": file.status, ":failed": "failed"}
    write = services.files.change(key(file.file_id), changes, condition=condition, values=values)
    try:
        return File.from_item(services.files.write(write, returns="ALL_NEW"))
    except ConditionFailed as refused:
        if refused.item is None:
            raise NotFound("file") from refused
        return None
