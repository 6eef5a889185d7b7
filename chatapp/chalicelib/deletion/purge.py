"""Carrying out an order to purge, whatever it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.undo import PurgeOrder

from .conversations import purge_conversation
from .files import purge_extract, purge_file

if TYPE_CHECKING:
    from chalicelib.services import Services

_BY_KIND = {"conversation_id": purge_conversation, "file_id": purge_file, "extract_of": purge_extract}


def purge(services: Services, payload: dict[str, Any]) -> bool:
    """Remove what an order names; False when there is nothing to remove. Safe to repeat. payload: a PurgeOrder's."""
    order = PurgeOrder.from_payload(payload)
    done = _BY_KIND[order.kind](services, order.subject, order.id)
    logs.line("purge", **{order.kind: order.id}, done=done)
    return done
