"""A twin's sources, from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.functions import NotStarted
from chalicelib.errors import Unavailable
from chalicelib.files import lifecycle
from chalicelib.twin import drafts, sources, study, suggesting
from chalicelib.twin.found import Found

from . import drafts as views
from .schemas import drafts as of_drafts
from .schemas import sources as s

if TYPE_CHECKING:
    from chalicelib.services import Services

    from .rest import User


def add(services: Services, user: User, handle: str, body: s.NewSource) -> tuple[of_drafts.Source, int]:
    given = body.root
    if isinstance(given, s.FileSource):
        return _begin(services, user, handle, given), 202
    if isinstance(given, s.ArchiveSource):
        source = sources.add_archive(services, handle, given.owner_name, given.files, is_confirmed=given.confirmed_name)
    elif isinstance(given, s.NoteSource):
        told = Found("notes", given.title, text=given.text)
        source = sources.add(services, handle, "note", given.title, [told])
    else:
        told = Found("links", given.label, url=given.url)
        source = sources.add(services, handle, "link", given.label, [told])
    return views.source(drafts.read(services, handle), source), 201


def _begin(services: Services, user: User, handle: str, given: s.FileSource) -> of_drafts.Source:
    file = lifecycle.get(services, user.subject, given.file_id)
    source = sources.begin(services, handle, given.kind, file.name, file.file_id)
    order = study.Order("cv", handle, user.subject.owner, source.source_id)
    try:
        services.studies.invoke(order.payload())
    except NotStarted as error:
        sources.fail(services, handle, source, sources.LOST)
        raise Unavailable("The file could not be given to be read. Delete the source and add it again.") from error
    return views.source(drafts.read(services, handle), source)


def remove(services: Services, handle: str, source_id: str) -> s.SourceDeleted:
    return s.SourceDeleted(source_id=source_id, revision=sources.remove(services, handle, source_id))


def decide(services: Services, handle: str, conflict_id: str, body: s.Decision) -> of_drafts.Draft:
    sources.decide(services, handle, conflict_id, body.entry_id)
    return views.get(services, handle)


def suggest(services: Services, user: User, handle: str, body: s.QuestionsRequest) -> s.QuestionsAsked:
    suggesting.begin(services, handle, body.language)
    try:
        services.studies.invoke(study.Order("questions", handle, user.subject.owner, body.language).payload())
    except NotStarted as error:
        suggesting.fail(services, handle, body.language, suggesting.LOST)
        raise Unavailable("The questions could not be asked for; try again.") from error
    return s.QuestionsAsked(language=body.language)
