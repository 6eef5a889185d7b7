"""Erasing visits of a twin for good: conversation, messages, logs, transcript, and the questions that were kept."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib import due
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import ConditionFailed, Item, Write
from chalicelib.conversations import rows as conversations
from chalicelib.errors import VisitOver
from chalicelib.subjects import Subject
from chalicelib.undo import NOT_DELETED, PurgeOrder

from .conversations import purge_conversation

if TYPE_CHECKING:
    from chalicelib.services import Services


_ROWS_A_PAGE = 500


def erase(services: Services, handle: str, visit: Subject) -> None:
    """Hide a visit at once and have it purged now; should that be lost, it is due to be swept.

    Also one whose row is gone, of which a transcript or a question may be kept. Raises VisitOver where it was erased.
    """
    try:
        services.conversations.write(hiding(services, handle, visit, condition=NOT_DELETED))
    except ConditionFailed as over:
        raise VisitOver from over
    with suppress(NotStarted):
        services.purgings.invoke(PurgeOrder("conversation_id", visit, visit.id).payload())


def erase_all(services: Services, handle: str) -> None:
    """Purge all visits of a twin that is deleted. Safe to repeat: those that are gone are found no more.

    They are found by reading all conversations: a twin is seldom deleted, and an index is written with every question.
    """
    start: Item | None = None
    while True:
        page = services.conversations.scan(limit=_ROWS_A_PAGE, start=start)
        for visit in (Subject.of_owner(row["user_id"]) for row in page.items if row.get("twin") == handle):
            services.conversations.write(hiding(services, handle, visit))
            purge_conversation(services, visit, visit.id)
        start = page.last_key
        if start is None:
            return


def hiding(services: Services, handle: str, visit: Subject, *, condition: str | None = None) -> Write:
    """The write that hides a visit for good, and tells whoever purges it that nothing of it is kept."""
    gone = {"deleted_at": 1, "erased": True, "twin": handle, **due.at(time.time(), visit.id)}
    return services.conversations.change(conversations.key(visit, visit.id), gone, condition=condition)
