"""Removing a deleted file with all that was read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import undo
from chalicelib.aws.table import TransactionRefused, transact
from chalicelib.files import extracts, quota
from chalicelib.files import row as files
from chalicelib.files.row import File
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge_file(services: Services, subject: Subject, file_id: str) -> bool:
    """Remove a deleted file with all that was read of it; False when it is not (or no longer) deleted.

    Safe to repeat: the row goes last, together with what it had reserved, so an interrupted purge is found again. A
    worker that still reads finds the row gone and removes what it wrote. Conversations and messages keep its name.
    """
    mine = {":user_id": subject.owner}
    marked = undo.begin_purge(services.files, files.key(file_id), condition=files.MINE, values=mine)
    if marked is None:
        return False
    file = File.from_item(marked)
    services.uploads.delete(services.uploads.versions(files.upload_prefix(subject, file_id)))
    extracts.remove(services.extracted, file_id)
    return _remove_row(services, file)


def _remove_row(services: Services, file: File) -> bool:
    """False when another purge was as far, and has released what the file had reserved."""
    removed = services.files.delete(files.key(file.file_id), condition="#purging = :yes", values={":yes": True})
    try:
        transact([removed, quota.release(services, file.subject, file.size)])
    except TransactionRefused:
        return False
    return True


def purge_extract(services: Services, subject: Subject, file_id: str) -> bool:
    """Remove what was read of a file that has failed since; it is never read again. Safe to repeat."""
    extracts.remove(services.extracted, file_id)
    return True
