"""Files from the wire to the domain and back: what each of their routes parses and shows. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import files as s
from chalicelib.errors import InvalidRequest, NotFound
from chalicelib.files import attachments, extracts, lifecycle, rereading, uploads
from chalicelib.files import changes as file_changes
from chalicelib.files import lists as file_lists
from chalicelib.ids import iso
from chalicelib.shapes import File
from chalicelib.subjects import Subject

if TYPE_CHECKING:
    from chalicelib.services import Services

# More pages than any file may have.
_MAX_PAGE_DIGITS = 7


def create(services: Services, subject: Subject, body: s.NewFile) -> s.NewFileReply:
    if body.size is not None and body.content is not None:
        raise InvalidRequest("content", "a file has either size or content, not both", reason="not_taken")
    if body.content is not None:
        stored = uploads.store(services, subject, body.name, body.type, body.content)
        return s.NewFileReply(file=stored.shown(), upload=None)
    if body.size is None:
        raise InvalidRequest("size", "needed where the file does not come as content", reason="missing")
    begun, form = uploads.begin(services, subject, body.name, body.type, body.size)
    return s.NewFileReply(file=begun.shown(), upload=s.Upload(url=form.url, fields=form.fields))


def page_of_list(services: Services, subject: Subject, query: s.FilesQuery) -> s.Files:
    found, next_cursor = file_lists.list_page(
        services, subject, limit=query.limit, cursor=query.cursor, name=query.name
    )
    counted = file_changes.counted(services, subject, found)
    return s.Files(items=[row.shown() for row in counted], next_cursor=next_cursor)


def of_conversation(services: Services, subject: Subject, conversation_id: str) -> s.ConversationFiles:
    found = attachments.listed(services, subject, conversation_id)
    settled = [lifecycle.settled(services, row) for row in found]
    return s.ConversationFiles(items=[row.shown() for row in file_changes.counted(services, subject, settled)])


def detail(services: Services, subject: Subject, file_id: str) -> s.FileDetail:
    found = lifecycle.get(services, subject, file_id)
    looked_at = file_changes.begun_last(found)
    rows = file_changes.used_in(services, found)
    used_in: list[s.UsedIn] = [{"conversation_id": row.conversation_id, "title": row.title} for row in rows]
    # As `counted` has it for a list, of what was read anyway.
    count = len(found.conversations) - len(looked_at) + len(rows)
    kept_until = iso(found.ttl) if found.ttl else None
    return {**found.shown(), "conversations": count, "used_in": used_in, "kept_until": kept_until}


def change(services: Services, subject: Subject, file_id: str, body: s.FileChange) -> File:
    """A new name keeps the file's ending: it is put back where it is missing, and put after any other."""
    name = uploads.new_name(services, subject, file_id, body.name) if "name" in body.model_fields_set else None
    restore = "deleted" in body.model_fields_set
    keep = "kept" in body.model_fields_set
    changed = file_changes.change(services, subject, file_id, name=name, restore=restore, keep=keep)
    (counted,) = file_changes.counted(services, subject, [changed])
    return counted.shown()


def read_again(services: Services, subject: Subject, file_id: str) -> File:
    return rereading.begin(services, subject, file_id).shown()


def delete(services: Services, subject: Subject, file_id: str) -> s.FileDeleted:
    return s.FileDeleted(file_id=file_id, undo_until=iso(file_changes.delete(services, subject, file_id)))


def page(services: Services, subject: Subject, file_id: str, number: str, query: s.PageQuery) -> s.FilePage:
    """One page's text; also while the pages after it are still being read."""
    found = lifecycle.get(services, subject, file_id)
    if not (number.isascii() and number.isdigit() and len(number) <= _MAX_PAGE_DIGITS):
        raise NotFound("page", "number")
    reading = found.reading if query.reading is None else query.reading
    try:
        read = extracts.read_page(services, file_id, int(number), reading)
    except NotFound:
        if reading == found.reading:
            raise
        reading = found.reading
        read = extracts.read_page(services, file_id, int(number), reading)
    return s.FilePage(
        file_id=file_id,
        number=read.number,
        pages=found.pages,
        locator=read.locator,
        text=read.text,
        earlier=reading != found.reading,
        by_sight=reading == found.reading and found.is_seen(read.number),
    )


def content(services: Services, subject: Subject, file_id: str) -> s.FileContent:
    url = file_changes.content(services, subject, file_id)
    return s.FileContent(url=url, expires_in_s=file_changes.CONTENT_EXPIRES_S)
