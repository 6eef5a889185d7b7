"""Files and their pages on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from chalicelib.extraction.pages import Locator
from chalicelib.shapes import File

from .texts import MEDIA_TYPE, ListQuery, Request, Shape, boolean


class NewFile(Request):
    """Either size (bytes), and the file follows by a form; or content (base64, 4 MB at most), and this is all of it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
    type: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=MEDIA_TYPE)]
    size: Annotated[int, Field(ge=0)] | None = None
    content: str | None = None


class FileChange(Request):
    """Only what is given changes; `deleted: false` undoes a deletion while that is possible.

    Any change is a use, from which on the file is kept anew; `kept: true` is nothing but that.

    name: stored with the ending that the file came with, which is added where it is missing: it says what the file is.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=5_000)] = ""
    deleted: Annotated[Literal[False], BeforeValidator(boolean)] = False
    kept: Annotated[Literal[True], BeforeValidator(boolean)] = True


class FilesQuery(ListQuery):
    """name: a part of the name, whatever its case and accents."""

    name: Annotated[str, StringConstraints(max_length=255)] | None = None


class Files(Shape):
    items: list[File]
    next_cursor: str | None


class ConversationFiles(Shape):
    items: list[File]


class UsedIn(TypedDict):
    conversation_id: str
    title: str | None


class FileDetail(File):
    """used_in: of those conversations the ones that its owner still sees, newest first; 100 at most.

    kept_until: when it is removed unless it is used; null: never.
    """

    kept_until: str | None
    used_in: list[UsedIn]


class Upload(Shape):
    """A multipart form to be sent within 5 minutes: all fields, then the file as `file`."""

    url: str
    fields: dict[str, str]


class NewFileReply(Shape):
    file: File
    upload: Upload | None


class PageQuery(Shape):
    """reading: of the file, as a page's locator names it (0 where it names none); without it, the one that counts."""

    model_config = ConfigDict(extra="forbid")
    reading: Annotated[int, Field(ge=0, le=999)] | None = None


class FilePage(Shape):
    """earlier: it is of a reading that counts no more, as it stood when it was cited.

    by_sight: whether Claude sees the page as it is, whatever text was read of it.
    """

    file_id: str
    number: int
    pages: int | None
    locator: Locator
    text: str
    earlier: bool
    by_sight: bool


class FileContent(Shape):
    url: str
    expires_in_s: int


class FileDeleted(Shape):
    file_id: str
    undo_until: str
