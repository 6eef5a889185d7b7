"""Carrying out an order to purge, whatever it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import logs
from chalicelib.comments import bans
from chalicelib.undo import PurgeOrder

from . import people, twins
from .comments import purge_comment
from .conversations import purge_conversation
from .files import purge_extract, purge_file

if TYPE_CHECKING:
    from chalicelib.services import Services

_BY_KIND = {
    "conversation_id": purge_conversation,
    "file_id": purge_file,
    "extract_of": purge_extract,
    "comment_id": purge_comment,
}


def carry_out(services: Services, payload: dict[str, Any], remaining_s: float) -> dict[str, Any]:
    """An order of whatever kind; the reply is for whoever waits for one."""
    if "person" in payload:
        return people.carry_out(services, payload, remaining_s)
    if "comments" in payload:
        return bans.carry_out(services, payload, remaining_s)
    if "twin" in payload:
        return {"done": twins.purge_twin(services, payload["twin"])}
    return {"done": purge(services, payload)}


def purge(services: Services, payload: dict[str, Any]) -> bool:
    """Remove what an order names; False when there is nothing to remove. Safe to repeat. payload: a PurgeOrder's."""
    order = PurgeOrder.from_payload(payload)
    done = _BY_KIND[order.kind](services, order.subject, order.id)
    logs.line("purge", **{order.kind: order.id}, done=done)
    return done
