"""The end of a session by its person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import sessions
from chalicelib.push import connections
from chalicelib.sessions import Session

from .schemas.service import EndedSessions, SessionsEnd

if TYPE_CHECKING:
    from chalicelib.services import Services


def end(services: Services, session: Session, body: SessionsEnd) -> EndedSessions:
    """The rows that refuse first: what opens a socket in between finds itself ended."""
    everywhere = body.everywhere or not session.id
    if everywhere:
        sessions.end_all(services, session.subject)
        connections.forget(services, connections.connections(services, session.subject))
    else:
        sessions.end(services, session)
        connections.forget_session(services, session)
    return EndedSessions(ended="everywhere" if everywhere else "this", within_s=sessions.CACHED_S)
