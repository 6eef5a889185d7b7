"""The service itself, on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib import health as parts
from chalicelib.api.schemas.service import Health, HealthQuery, ModelHealth, Ticket, Woken
from chalicelib.errors import Unhealthy
from chalicelib.push import tickets
from chalicelib.turns import waking

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.sessions import Session
    from chalicelib.subjects import Subject


def health(services: Callable[[], Services], stage: str, query: HealthQuery) -> Health:
    """services: not built for a shallow answer. Raises Unhealthy."""
    if not query.deep:
        return Health(stage=stage)
    found = parts.deep(services())
    if found.failing:
        raise Unhealthy(", ".join(found.failing))
    return Health(stage=stage, model=ModelHealth(state=found.model, checked_at=found.checked_at))


def ticket(services: Services, session: Session, expires_at: int) -> Ticket:
    """Of whoever opens the site: what answers them is made ready."""
    waking.wake(services, session.subject)
    return Ticket(ticket=tickets.issue_ticket(services, session, expires_at), expires_in_s=tickets.TICKET_S)


def wake(services: Services, subject: Subject) -> Woken:
    """Of whoever begins to type after a silence, in which what answers may have gone to sleep."""
    waking.wake(services, subject)
    return Woken()
