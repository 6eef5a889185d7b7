"""Erasing a visit of a twin for good, as its visitor asks for: conversation, messages, logs and transcript."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib import due
from chalicelib.aws.functions import NotStarted
from chalicelib.aws.table import ConditionFailed
from chalicelib.conversations import rows as conversations
from chalicelib.errors import VisitOver
from chalicelib.twin.tokens import Visit
from chalicelib.undo import PurgeOrder

if TYPE_CHECKING:
    from chalicelib.services import Services


def erase(services: Services, visit: Visit) -> None:
    """Hide a visit at once and have it purged now; should that be lost, it is due to be swept. Raises VisitOver."""
    table = services.conversations
    gone = {"deleted_at": 1, "erased": True, **due.at(time.time(), visit.visit_id)}
    row = conversations.key(visit.subject, visit.visit_id)
    try:
        table.write(table.change(row, gone, condition=conversations.NOT_DELETED))
    except ConditionFailed as over:
        raise VisitOver from over
    with suppress(NotStarted):
        services.purgings.invoke(PurgeOrder("conversation_id", visit.subject, visit.visit_id).payload())
