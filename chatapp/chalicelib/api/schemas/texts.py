"""What goes over the wire: requests and responses of every route, the source of `tests/contract/openapi.json`.

Requests refuse unknown fields and wrong types. Owns shapes and limits; rules live in the domain.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from chalicelib.conversations.messages import Status
from chalicelib.extraction.estimates import Language
from chalicelib.extraction.kinds.detect import Group
from chalicelib.files.row import FileStatus

MAX_TEXT_CHARACTERS = 100_000
# DynamoDB's items hold 400 KB, of which a message's files and ids have their share.
MAX_TEXT_BYTES = 300_000
# Control characters but tab and line ends: nobody typed them, and in a list of messages each becomes seven bytes.
_UNTYPED = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NOT_BLANK = r"[^\s\x00-\x1f\x7f]"
_VISIBLE = r"\S"
_REQUEST_ID = r"^[A-Za-z0-9_-]{8,64}$"
# As in RFC 6838, with parameters; it becomes an HTTP header.
MEDIA_TYPE = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*( *;[ -~]*)?$"
# What a pattern asks for, in words: an error does not quote a regular expression.
PATTERNS = {
    _NOT_BLANK: "must not be blank",
    _VISIBLE: "must not be blank",
    _REQUEST_ID: "must be 8 to 64 letters, digits, hyphens or underscores",
    MEDIA_TYPE: "must be a media type, such as application/pdf",
}


def _storable(text: str) -> str:
    text = text.translate(_UNTYPED)
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise ValueError(f"takes at most {MAX_TEXT_BYTES:,} bytes of UTF-8, not {size:,}")
    return text


Text = Annotated[
    str,
    # At least one character that is neither white space nor a control character: the Messages API refuses blank text.
    StringConstraints(min_length=1, max_length=MAX_TEXT_CHARACTERS, pattern=_NOT_BLANK),
    AfterValidator(_storable),
    Field(
        description=f"Markdown, at most {MAX_TEXT_BYTES:,} bytes of UTF-8. Control characters other than tabs and line"
        " ends are taken out."
    ),
]
RequestId = Annotated[
    str,
    StringConstraints(pattern=_REQUEST_ID),
    Field(description="Chosen by the client, once per message; repeating it never sends the message twice."),
]
ModelId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_VISIBLE)]
System = Annotated[str, StringConstraints(max_length=20_000)]
FileIds = Annotated[
    list[str],
    Field(max_length=20, description="Files to attach to the message; they stay with the conversation."),
]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FirstMessage(Request):
    text: Text
    request_id: RequestId
    file_ids: FileIds = []


class NewConversation(Request):
    title: Title | None = None
    model: ModelId | None = None
    system: System | None = None
    message: FirstMessage | None = None


def boolean(value: Any) -> Any:
    """Pydantic takes 0 for False where only `false` is allowed."""
    if not isinstance(value, bool):
        raise ValueError("must be a boolean")  # noqa: TRY004 (pydantic reports this one)
    return value


class ConversationChange(Request):
    """Only what is given changes; `deleted: false` undoes a deletion while that is possible."""

    title: Title = ""
    model: ModelId = ""
    system: System | None = None
    pinned: bool = False
    archived: bool = False
    deleted: Annotated[Literal[False], BeforeValidator(boolean)] = False


class NewMessage(Request):
    """parent_id: the answer that the message follows; by default the head, null for the conversation's start."""

    text: Text
    request_id: RequestId
    parent_id: str | None = None
    model: ModelId | None = None
    file_ids: FileIds = []


class Nothing(Request):
    """The body of a command that needs none."""


class Retry(Request):
    model: ModelId | None = None


class Chat(Request):
    message: Text
    request_id: RequestId | None = None
    conversation_id: str | None = None
    model: ModelId | None = None
    file_ids: FileIds = []


class NewFile(Request):
    """Either size (bytes), and the file follows by a form; or content (base64, 4 MB at most), and this is all of it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
    type: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=MEDIA_TYPE)]
    size: Annotated[int, Field(ge=0)] | None = None
    content: str | None = None


class FileChange(Request):
    """Only what is given changes; `deleted: false` undoes a deletion while that is possible.

    name: stored with the ending that the file came with, which is added where it is missing: it says what the file is.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=5_000)] = ""
    deleted: Annotated[Literal[False], BeforeValidator(boolean)] = False


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: Annotated[int, Field(ge=1, le=100)] = 30
    cursor: str | None = None


class ConversationsQuery(ListQuery):
    archived: bool = False


class FilesQuery(ListQuery):
    """name: a part of the name, whatever its case and accents."""

    name: Annotated[str, StringConstraints(max_length=255)] | None = None


class FramesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    after: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str
    stage: str


class Prices(BaseModel):
    """USD per million tokens."""

    input: float
    output: float
    cache_write: float
    cache_read: float


class Model(BaseModel):
    id: str
    name: str
    prices: Prices
    default: bool


class Models(BaseModel):
    items: list[Model]


class ErrorInfo(BaseModel):
    code: str
    message: str


class Usage(BaseModel):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    cost_usd: float


class AttachedFile(BaseModel):
    """A file as it was when its message was sent."""

    file_id: str
    name: str
    type: str
    size: int
    group: Group
    format: str
    pages: int


class Message(BaseModel):
    message_id: str
    conversation_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    content: list[dict[str, Any]] = Field(description="Anthropic content blocks")
    status: Status
    model: str | None
    usage: Usage | None
    stop_reason: str | None
    error: ErrorInfo | None
    created_at: str
    files: list[AttachedFile]


class Messages(BaseModel):
    items: list[Message]
    next_cursor: str | None


class Turn(BaseModel):
    user_message: Message
    answer: Message


class Conversation(BaseModel):
    """model_note: said when the stored model is no longer on offer and the default answers instead."""

    conversation_id: str
    title: str | None
    model: str
    model_note: str | None
    system: str | None
    timestamp: str
    pinned: bool
    archived: bool
    head: str | None
    answer_in_progress: str | None
    file_ids: list[str] = Field(description="Files that stay with the conversation, oldest first")


class NewConversationReply(Conversation):
    user_message: Message | None
    answer: Message | None


class ConversationSummary(BaseModel):
    """A conversation in a list: without its system prompt, which would be most of what a list reads."""

    conversation_id: str
    title: str | None
    model: str
    timestamp: str
    pinned: bool
    archived: bool
    answer_in_progress: str | None


class Conversations(BaseModel):
    items: list[ConversationSummary]
    next_cursor: str | None


class Deleted(BaseModel):
    conversation_id: str
    undo_until: str


class File(BaseModel):
    """type: as declared, then as detected. group: how Claude takes it. pages: null until known.

    tokens: an estimate. scanned: a PDF without text, which Claude reads by sight.
    conversations: how many it was attached to and not taken out of, whether they still exist or not.
    """

    file_id: str
    name: str
    type: str
    size: int
    status: FileStatus
    group: Group | None
    format: str | None
    pages: int | None
    pages_read: int
    characters: int | None
    tokens: int | None
    language: Language | None
    scanned: bool
    error: ErrorInfo | None
    upload_timestamp: str
    conversations: int


class Files(BaseModel):
    items: list[File]
    next_cursor: str | None


class ConversationFiles(BaseModel):
    items: list[File]


class UsedIn(BaseModel):
    conversation_id: str
    title: str | None


class FileDetail(File):
    """used_in: of those conversations the ones that its owner still sees, newest first; 100 at most."""

    used_in: list[UsedIn]


class Upload(BaseModel):
    """A multipart form to be sent within 5 minutes: all fields, then the file as `file`."""

    url: str
    fields: dict[str, str]


class NewFileReply(BaseModel):
    file: File
    upload: Upload | None


class Locator(BaseModel):
    """Where in the file a page's text stands. kind says which of the other keys are there; label: for people."""

    kind: Literal["page", "slide", "sheet", "section", "lines"]
    label: str
    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    first_row: int | None = None
    last_row: int | None = None
    section: str | None = None
    first_line: int | None = None
    last_line: int | None = None
    part: int | None = None
    cut: bool | None = None
    unreadable: bool | None = None


class FilePage(BaseModel):
    file_id: str
    number: int
    pages: int | None
    locator: Locator
    text: str


class FileContent(BaseModel):
    url: str
    expires_in_s: int


class FileDeleted(BaseModel):
    file_id: str
    undo_until: str


class Frames(BaseModel):
    items: list[dict[str, Any]]
    status: Status


class ChatReply(BaseModel):
    """An answer still in progress has only ids and status."""

    conversation_id: str
    message_id: str
    status: Status
    text: str | None = None
    content: list[dict[str, Any]] | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    error: ErrorInfo | None = None


class Ticket(BaseModel):
    ticket: str
    expires_in_s: int
