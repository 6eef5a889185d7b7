"""Removing a deleted file with all that was read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import undo
from chalicelib.aws.table import ConditionFailed
from chalicelib.files import extracts, removal
from chalicelib.files import row as files
from chalicelib.files.row import File
from chalicelib.subjects import Subject

from . import erasures

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge_file(services: Services, subject: Subject, file_id: str) -> bool:
    """Remove a file that is deleted, or kept no longer, with all that was read of it; False when it is neither.

    Safe to repeat: the row goes last, together with what it had reserved, so an interrupted purge is found again. A
    worker that still reads finds the row gone and removes what it wrote. Conversations and messages keep its name.
    """
    mine = {":user_id": subject.owner}
    marked = undo.begin_purge(services, services.files, files.key(file_id), condition=files.MINE, values=mine)
    if marked is None:
        return False
    erasures.file(services, subject, file_id)
    removal.remove_objects(services, subject, file_id)
    # False when another purge was as far, and has released what the file had reserved.
    return removal.remove_row(services, File.from_item(marked), condition="#purging = :yes", values={":yes": True})


def purge_extract(services: Services, subject: Subject, file_id: str) -> bool:
    """Remove what was read of a file that has failed since, unless it is read again by now. Safe to repeat."""
    row = files.key(file_id)
    still = services.files.change(
        row, {"status": "failed"}, condition="#status = :failed", values={":failed": "failed"}
    )
    try:
        services.files.write(still)
    except ConditionFailed as refused:
        if refused.item is not None:
            return False
    extracts.remove(services.extracted, file_id)
    return True
