"""Removing a deleted twin with all that belongs to it, and what was deleted of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import logs
from chalicelib.aws.table import Item
from chalicelib.subjects import Subject, person
from chalicelib.twin import drafts, publication, removal, rows

from . import erasures, visits

if TYPE_CHECKING:
    from chalicelib.services import Services


def purge_twin(services: Services, handle: str) -> bool:
    """Remove a twin that is deleted; False where it is not, or gone. Safe to repeat: its head goes last."""
    head = rows.find(services, handle)
    if head is None or head.deleted_at is None:
        return False
    erasures.twin(services, person(head.user_id), handle)
    visits.erase_all(services, handle)
    removal.remove(services, head)
    logs.line("purge", twin=handle)
    return True


def remove_of(services: Services, subject: Subject) -> None:
    """Remove all twins that a person has made. Safe to repeat."""
    for handle in drafts.handles_of(services, subject.owner):
        removal.hide(services, handle)
        purge_twin(services, handle)


def sweep(services: Services, row: Item) -> None:
    """Finish what is due of a twin: its own removal, an entry's or a source's, or its page.

    row: of the index, which lags behind.
    """
    handle, name = row["handle"], row["item"]
    head = rows.find(services, handle)
    if head is None:
        return
    if name.startswith((rows.ENTRY, rows.SOURCE)):
        if drafts.is_over(services, handle, name):
            erasures.part(services, person(head.user_id), handle, name)
            drafts.purge(services, handle, name)
    elif head.deleted_at is not None:
        services.purgings.invoke(removal.order(handle))
    else:
        publication.see_to_page(services, head, row["due_at"])
