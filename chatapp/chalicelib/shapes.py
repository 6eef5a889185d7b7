"""What goes over the wire as it is held in the domain: pushed in frames, kept in rows, shown by the REST API.

The one definition of each: `api/schemas` makes the OpenAPI document from these, and the site's types come from that.
Plain dicts at run time, so that a worker that streams neither validates nor copies them.
"""

from __future__ import annotations

from typing import Literal, NotRequired

# Pydantic makes no schema of typing.TypedDict before Python 3.12.
from typing_extensions import TypedDict

from chalicelib.extraction.kinds.detect import Group
from chalicelib.extraction.language import Language
from chalicelib.extraction.notes import Code
from chalicelib.extraction.pages import Locator

TextKind = Literal["text", "thinking"]
# waiting: it has arrived, and is read when others of its owner's have been.
FileStatus = Literal["uploaded", "waiting", "reading", "ready", "failed"]
# Of a file that is ready: it waits to be read again, is read again, or could not be.
Again = Literal["waiting", "reading", "failed"]


class ErrorInfo(TypedDict):
    """code: stable, for programs. message: for people, in English. retry_at: in ISO 8601, where the model said when."""

    code: str
    message: str
    retry_at: NotRequired[str]


class Context(TypedDict):
    """Of an answer whose prompt did not hold the whole thread: the message that it began with.

    left_out: how many messages of the thread came before that one; at least, where that was not always counted.
    """

    first_message_id: str
    left_out: int


class Usage(TypedDict):
    """Tokens as the Messages API counts them, and what they cost."""

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    cost_usd: float


class AttachedFile(TypedDict):
    """A file as it was when its message was sent."""

    file_id: str
    name: str
    type: str
    size: int
    group: Group
    format: str
    pages: int


class FileNote(TypedDict):
    """What a file shows and its text does not hold, or holds in another way (`extraction.notes` says it code by code).

    pages: runs of them, first and last. names: as the file has them, which is data. count: of all that is meant.
    """

    code: Code
    pages: list[list[int]]
    names: list[str]
    count: int


class File(TypedDict):
    """type: as declared, then as detected. group: how Claude takes it. pages: null until known.

    tokens: an estimate. scanned: a PDF without text, which Claude reads by sight.
    conversations: how many it was attached to and not taken out of, whether they still exist or not.
    outdated: it was read by a reader of before, and may be read again (`POST /files/{file_id}/reading`).
    again: how far that is; what was read before is used until it is done, and stays where it fails (again_error).
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
    notes: list[FileNote]
    outdated: bool
    again: Again | None
    again_error: ErrorInfo | None
    upload_timestamp: str
    conversations: int


class Citation(TypedDict):
    """Where in a file something stands. page, last_page: of that file, from 1. cited_text: as the file has it.

    Of a twin, an entry of its sources (locator `entry`): file_id is the entry's id, name its title, and page is 1.
    """

    file_id: str
    name: str
    page: int
    last_page: int
    locator: Locator
    cited_text: str


class NamedFile(TypedDict):
    file_id: str
    name: str


class ToolDetail(TypedDict):
    """What a tool looks for, and where. first, last: pages."""

    files: list[NamedFile]
    query: NotRequired[str]
    first: NotRequired[int]
    last: NotRequired[int]


# Frames


class OfAnswer(TypedDict):
    """What every frame of an answer carries. sequence: from 1, without gaps within an answer."""

    conversation_id: str
    message_id: str
    sequence: int


class AnswerStarted(OfAnswer):
    """Begins the answer afresh: what a reader held of its content is replaced by what follows."""

    type: Literal["answer.started"]
    model: str | None


class AnswerDelta(OfAnswer):
    """block: index of the content block. The answer's text is its text deltas in order."""

    type: Literal["answer.delta"]
    block: int
    kind: TextKind
    text: str


class AnswerCitation(OfAnswer):
    type: Literal["answer.citation"]
    block: int
    citation: Citation


class AnswerTool(OfAnswer):
    type: Literal["answer.tool"]
    block: int
    name: str
    detail: ToolDetail


class AnswerWaiting(OfAnswer):
    """The model cannot answer now, and is asked again. code: why; null: no more, it answers. until: ISO 8601."""

    type: Literal["answer.waiting"]
    code: str | None
    until: str | None


class AnswerDone(OfAnswer):
    """error: why an answer was interrupted."""

    type: Literal["answer.done"]
    status: Literal["complete", "stopped", "interrupted", "superseded"]
    stop_reason: str | None
    usage: Usage | None
    error: NotRequired[ErrorInfo]
    context: NotRequired[Context]


class AnswerFailed(OfAnswer):
    """usage: what it took all the same."""

    type: Literal["answer.failed"]
    error: ErrorInfo
    usage: NotRequired[Usage]
    context: NotRequired[Context]


class ConversationUpdated(TypedDict):
    """Of a conversation only what has changed."""

    type: Literal["conversation.updated"]
    conversation_id: str
    title: NotRequired[str]
    file_ids: NotRequired[list[str]]


class FileUpdated(TypedDict):
    type: Literal["file.updated"]
    file: File


AnswerFrame = AnswerStarted | AnswerDelta | AnswerCitation | AnswerTool | AnswerWaiting | AnswerDone | AnswerFailed
Frame = AnswerFrame | ConversationUpdated | FileUpdated
