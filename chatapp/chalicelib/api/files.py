"""Files from the wire to the domain and back: what each of their routes parses and shows. Owns no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.schemas import texts as schemas
from chalicelib.errors import InvalidRequest, NotFound
from chalicelib.files import attachments, extracts, uploads
from chalicelib.files import row as files
from chalicelib.files.row import File
from chalicelib.ids import iso

if TYPE_CHECKING:
    from chalicelib.services import Services

# More pages than any file may have.
_MAX_PAGE_DIGITS = 7


def file(shown: File) -> schemas.File:
    return schemas.File.model_validate(shown.shown())


def create(services: Services, user_id: str, body: schemas.NewFile) -> schemas.NewFileReply:
    if body.size is not None and body.content is not None:
        raise InvalidRequest("content", "a file has either size or content, not both")
    if body.content is not None:
        stored = uploads.store(services, user_id, body.name, body.type, body.content)
        return schemas.NewFileReply(file=file(stored), upload=None)
    if body.size is None:
        raise InvalidRequest("size", "needed where the file does not come as content")
    begun, form = uploads.begin(services, user_id, body.name, body.type, body.size)
    return schemas.NewFileReply(file=file(begun), upload=schemas.Upload(url=form.url, fields=form.fields))


def page_of_list(services: Services, user_id: str, query: schemas.FilesQuery) -> schemas.Files:
    found, next_cursor = files.list_page(services, user_id, limit=query.limit, cursor=query.cursor, name=query.name)
    return schemas.Files(items=[file(row) for row in found], next_cursor=next_cursor)


def of_conversation(services: Services, user_id: str, conversation_id: str) -> schemas.ConversationFiles:
    found = attachments.listed(services, user_id, conversation_id)
    return schemas.ConversationFiles(items=[file(files.settled(services, row)) for row in found])


def detail(services: Services, user_id: str, file_id: str) -> schemas.FileDetail:
    found = files.get(services, user_id, file_id)
    used_in = [
        schemas.UsedIn(conversation_id=row.conversation_id, title=row.title) for row in files.used_in(services, found)
    ]
    return schemas.FileDetail(**file(found).model_dump(), used_in=used_in)


def change(services: Services, user_id: str, file_id: str, body: schemas.FileChange) -> schemas.File:
    """A new name keeps the file's ending: it is put back where it is missing, and put after any other."""
    name = uploads.new_name(services, user_id, file_id, body.name) if "name" in body.model_fields_set else None
    restore = "deleted" in body.model_fields_set
    return file(files.change(services, user_id, file_id, name=name, restore=restore))


def delete(services: Services, user_id: str, file_id: str) -> schemas.FileDeleted:
    return schemas.FileDeleted(file_id=file_id, undo_until=iso(files.delete(services, user_id, file_id)))


def page(services: Services, user_id: str, file_id: str, number: str) -> schemas.FilePage:
    """One page's text; also while the pages after it are still being read."""
    found = files.get(services, user_id, file_id)
    if not (number.isascii() and number.isdigit() and len(number) <= _MAX_PAGE_DIGITS):
        raise NotFound("page", "number")
    read = extracts.read_page(services, file_id, int(number))
    locator = schemas.Locator.model_validate(read.locator)
    return schemas.FilePage(file_id=file_id, number=read.number, pages=found.pages, locator=locator, text=read.text)


def content(services: Services, user_id: str, file_id: str) -> schemas.FileContent:
    url = files.content(services, user_id, file_id)
    return schemas.FileContent(url=url, expires_in_s=files.CONTENT_EXPIRES_S)
