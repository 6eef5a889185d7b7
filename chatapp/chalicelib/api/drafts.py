"""A twin's draft and what is published of it, from the wire to the domain and back. Owns no rule of its own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalicelib.errors import InvalidRequest, NotFound
from chalicelib.ids import iso
from chalicelib.twin import drafts, entries, photos, publication, removal, rows, sources, suggesting, versions
from chalicelib.twin.conflicts import Conflict
from chalicelib.twin.drafts import Draft
from chalicelib.twin.rows import Entry, Head, Persona, Version

from .schemas import drafts as s

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings

    from .rest import User


def everything(services: Services) -> s.Twins:
    return s.Twins(twins=[_summary(services.settings, *each) for each in drafts.everything(services)])


def _summary(settings: Settings, head: Head, persona: Persona) -> s.TwinSummary:
    return s.TwinSummary(
        handle=head.handle,
        name=persona.name,
        revision=head.revision,
        published_version=head.published_version,
        published_at=head.published_at,
        is_changed=publication.is_changed(head),
        page=_page(settings, head),
    )


def create(services: Services, user: User, handle: str) -> tuple[s.Draft, int]:
    _, is_new = drafts.create(services, user.subject.owner, handle)
    return get(services, handle), 201 if is_new else 200


def get(services: Services, handle: str) -> s.Draft:
    return _draft(services, drafts.read(services, handle), versions.everything(services, handle))


def change(services: Services, handle: str, body: s.DraftChange) -> s.Draft:
    given = body.model_dump(exclude_unset=True, exclude={"revision", "persona"})
    said = {_BUDGETS.get(name, name): _micro_usd(name, value) for name, value in given.items()}
    persona = Persona.from_item(body.persona.model_dump()) if body.persona else None
    publication.change(services, handle, body.revision, persona, said)
    return get(services, handle)


_BUDGETS = {
    "daily_budget_usd": "daily_budget_micro_usd",
    "monthly_budget_usd": "monthly_budget_micro_usd",
}


def _micro_usd(name: str, value: Any) -> Any:
    return round(value * 1_000_000) if name in _BUDGETS and value is not None else value


def delete(services: Services, handle: str, body: s.TwinDeletion) -> s.TwinDeleted:
    rows.get(services, handle)
    if body.handle != handle:
        raise InvalidRequest("handle", "is not this twin's; nothing was deleted", reason="not_confirmed")
    removal.delete(services, handle)
    return s.TwinDeleted(handle=handle)


def put_photo(services: Services, handle: str, body: s.NewPhoto) -> s.ChangedPhoto:
    photo, revision = photos.put(services, handle, body.data)
    return s.ChangedPhoto(photo_url=photos.link(services, handle, photo), revision=revision)


def remove_photo(services: Services, handle: str) -> s.ChangedPhoto:
    return s.ChangedPhoto(photo_url=None, revision=photos.remove(services, handle))


def add_entry(services: Services, handle: str, body: s.NewEntry) -> s.ChangedEntry:
    entry = entries.new(**body.model_dump())
    return _changed(entry, entries.add(services, handle, [entry]))


def change_entry(services: Services, handle: str, entry_id: str, body: s.EntryChange) -> s.ChangedEntry:
    given = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    return _changed(*entries.change(services, handle, entry_id, given))


def delete_entry(services: Services, handle: str, entry_id: str) -> s.EntryDeleted:
    until, revision = entries.delete(services, handle, entry_id)
    return s.EntryDeleted(entry_id=entry_id, undo_until=iso(until), revision=revision)


def restore_entry(services: Services, handle: str, entry_id: str) -> s.ChangedEntry:
    return _changed(*entries.restore(services, handle, entry_id))


def publish(services: Services, user: User, handle: str, body: s.Publication) -> s.PublicationReply:
    return _published(services, publication.publish(services, handle, body.revision, user.subject.owner))


def publish_again(services: Services, user: User, handle: str, version: str) -> s.PublicationReply:
    if not version.isdecimal() or len(version) > 6:
        raise NotFound("version", "version")
    return _published(services, publication.publish_again(services, handle, int(version), user.subject.owner))


def _published(services: Services, head: Head) -> s.PublicationReply:
    assert head.published_version is not None  # noqa: S101 (for mypy: it was just published)
    return s.PublicationReply(version=head.published_version, page=_page(services.settings, head))


def _page(settings: Settings, head: Head) -> s.Page:
    return s.Page(url=publication.page_url(settings, head.handle), rendered_version=head.page_version)


def _changed(entry: Entry, revision: int) -> s.ChangedEntry:
    return s.ChangedEntry(**_entry(entry).model_dump(), revision=revision)


def _entry(entry: Entry) -> s.Entry:
    return s.Entry(**{**asdict(entry), "source_ids": list(entry.source_ids)})


def _draft(services: Services, draft: Draft, published: list[Version]) -> s.Draft:
    head, settings = draft.head, services.settings
    daily, monthly = head.daily_budget_micro_usd, head.monthly_budget_micro_usd
    return s.Draft(
        handle=head.handle,
        revision=head.revision,
        persona=s.Persona.model_validate(rows.persona_item(draft.persona)["persona"]),
        sources=[source(draft, sources.settled(each)) for each in draft.sources],
        entries=[_entry(each) for each in draft.entries],
        conflicts=[_conflict(each) for each in sources.found_conflicts(draft)],
        photo_url=photos.link(services, head.handle, draft.photo),
        published_version=head.published_version,
        published_at=head.published_at,
        is_changed=publication.is_changed(head),
        page=_page(settings, head),
        daily_budget_usd=settings.twin_daily_budget_usd if daily is None else daily / 1e6,
        monthly_budget_usd=settings.twin_monthly_budget_usd if monthly is None else monthly / 1e6,
        noindex=head.noindex,
        transcripts=head.transcripts,
        suggesting=s.Suggesting.model_validate(state) if (state := suggesting.state(head.suggesting)) else None,
        versions=[
            s.Version(
                version=each.version,
                published_at=each.published_at,
                is_current=each.version == head.published_version,
            )
            for each in published
        ],
    )


def _conflict(conflict: Conflict) -> s.Conflict:
    shown = [s.ConflictingEntry(**asdict(each)) for each in conflict.entries]
    return s.Conflict(conflict_id=conflict.conflict_id, field=conflict.field, entries=shown)


def source(draft: Draft, source: rows.Source) -> s.Source:
    return s.Source(
        source_id=source.source_id,
        kind=source.kind,
        name=source.name,
        status=source.status,
        error=s.SourceError(**source.error) if source.error else None,
        added_at=source.added_at,
        file_id=source.file_id,
        entries=sum(1 for _ in entries.of_source(draft.entries, source.source_id)),
    )
