"""Removing a file's row, and looking once more for what still comes of it then.

A form may be sent again after its file was purged, and a worker may write until it notices; who meets that removes it,
unless its event or its process is lost. So a row that is removed leaves a note, which is due when nothing can come any
more.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chalicelib import due
from chalicelib.aws.table import Item, TransactionRefused, transact
from chalicelib.subjects import Subject

from . import extracts, quota
from .row import ABANDONED_S, File, key, upload_prefix

if TYPE_CHECKING:
    from chalicelib.services import Services

# No id of a file, and without what the list's index is made of: nobody can ask for a note.
_NOTE = "removed#"


def remove_row(services: Services, file: File, *, condition: str, values: Item) -> bool:
    """Remove a file's row with what it had reserved; False where the condition did not hold."""
    removed = services.files.delete(key(file.file_id), condition=condition, values=values)
    later = due.at(time.time() + ABANDONED_S, file.file_id)
    note = services.files.put({"file_id": _NOTE + file.file_id, "owner": file.subject.owner, **later})
    try:
        transact([removed, quota.release(services, file.subject, file.size), note])
    except TransactionRefused:
        return False
    return True


def is_note(item: Item) -> bool:
    return str(item["file_id"]).startswith(_NOTE)


def remove_remains(services: Services, note: Item) -> None:
    """Remove what came after a file's row was removed, and the note. Safe to repeat."""
    file_id = note["file_id"].removeprefix(_NOTE)
    remove_objects(services, Subject.of_owner(note["owner"]), file_id)
    services.files.write(services.files.delete({"file_id": note["file_id"]}))


def remove_objects(services: Services, subject: Subject, file_id: str) -> None:
    """Remove all versions of a file's upload and all that was read of it."""
    services.uploads.delete(services.uploads.versions(upload_prefix(subject, file_id)))
    extracts.remove(services.extracted, file_id)
