"""Twins and visits from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chalicelib.api.schemas import messages as m
from chalicelib.api.schemas import twins as s
from chalicelib.api.schemas.frames import Frames, FramesQuery
from chalicelib.api.schemas.service import Ticket
from chalicelib.api.schemas.texts import ListQuery
from chalicelib.deletion import visits as erasing
from chalicelib.errors import NotFound, VisitOver
from chalicelib.sessions import Session
from chalicelib.turns import stopping
from chalicelib.twin import profiles, publication, rating, transcripts, visits
from chalicelib.twin.tokens import TOKEN_S, Visit

from . import messages, service

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .rest import User


@contextmanager
def _of_visit() -> Iterator[None]:
    """A visit of which nothing is kept is over: its token is good for nothing more."""
    try:
        yield
    except NotFound as missing:
        if missing.details["field"] in {"conversation_id", "visit_id"}:
            raise VisitOver from missing
        raise


@contextmanager
def _admitted(services: Services, visit: Visit) -> Iterator[None]:
    """A visit that goes on. Raises as `visits.admitted`, and VisitOver of one that was erased."""
    with _of_visit():
        visits.admitted(services, visit)
        yield


def profile(services: Services, handle: str) -> s.Profile:
    return s.Profile(**profiles.get(services, handle))


def begin_visit(services: Services, handle: str, body: s.NewVisit) -> s.Visit:
    wishes = visits.Wishes(
        language=body.language,
        referrer=body.referrer,
        remember=body.remember,
        previous_token=body.previous_token,
        transcript=body.transcript,
    )
    begun = visits.begin(services, handle, wishes)
    return s.Visit(visit_id=begun.visit_id, token=begun.token, expires_in_s=TOKEN_S, transcript=begun.has_transcript)


def preview(services: Services, user: User, handle: str) -> s.Preview:
    revision, profile = publication.preview(services, handle)
    begun = visits.begin_preview(services, user.subject, handle, revision)
    shown = {**profile, "resting_until": None, "transcripts": False, "transcript_days": 0}
    return s.Preview(visit_id=begun.visit_id, token=begun.token, expires_in_s=TOKEN_S, profile=s.Profile(**shown))


def list_messages(services: Services, visit: Visit, query: ListQuery) -> m.Messages:
    with _admitted(services, visit):
        return messages.list_messages(services, visit.subject, visit.visit_id, query)


def ask(services: Services, visit: Visit, body: s.NewQuestion) -> m.Turn:
    with _of_visit():
        return messages.turn(visits.ask(services, visit, body.text, body.request_id, body.language))


def stop(services: Services, visit: Visit, message_id: str) -> m.Message:
    with _admitted(services, visit):
        return messages.message(stopping.stop(services, visit.subject, visit.visit_id, message_id))


def retry(services: Services, visit: Visit, message_id: str) -> m.Turn:
    with _of_visit():
        return messages.turn(visits.retry(services, visit, message_id))


def read_frames(services: Services, visit: Visit, message_id: str, query: FramesQuery) -> Frames:
    with _admitted(services, visit):
        return messages.read_frames(services, visit.subject, visit.visit_id, message_id, query)


def rate(services: Services, visit: Visit, message_id: str, body: s.Rating) -> s.Rated:
    with _admitted(services, visit):
        rating.rate(services, visit, message_id, body.rating)
    return s.Rated(message_id=message_id, rating=body.rating)


def ticket(services: Services, visit: Visit) -> Ticket:
    with _admitted(services, visit):
        session = Session(visit.subject, visit.visit_id, visit.expires_at - TOKEN_S)
        return service.ticket(services, session, visit.expires_at)


def export(services: Services, visit: Visit) -> s.VisitExport:
    with _of_visit():
        if visit.preview is not None:
            visits.admitted(services, visit)
        return s.VisitExport(**transcripts.export(services, visit.handle, visit.visit_id))


def erase(services: Services, visit: Visit) -> s.VisitErased:
    erasing.erase(services, visit.handle, visit.subject)
    return s.VisitErased()
