"""What a visitor thinks of an answer: kept on the answer, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.table import ConditionFailed
from chalicelib.conversations import messages
from chalicelib.errors import NotFound

from . import endings
from .tokens import Visit

if TYPE_CHECKING:
    from chalicelib.services import Services


def rate(services: Services, visit: Visit, message_id: str, rating: str | None) -> None:
    """Set or take back a rating. Safe to repeat. Raises NotFound for what is no answer of this visit."""
    table = services.messages
    change = table.change(
        messages.key(visit.subject, visit.visit_id, message_id),
        {"rating": rating},
        condition="#role = :assistant",
        values={":assistant": "assistant"},
    )
    try:
        before = table.write(change, returns="ALL_OLD").get("rating")
    except ConditionFailed as missing:
        raise NotFound("message") from missing
    if before != rating and visit.preview is None:
        endings.rated(services, visit.handle, before, rating)
