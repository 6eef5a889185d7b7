"""The prompt of an answer: the visible thread with its files, oldest first, within budgets and with cache breakpoints.

Turns are only appended, so that the prompt's prefix is the same from turn to turn and the model's cache serves it.
When the thread outgrows its budget, its oldest half is left out at once and the cut is kept, so that the new prefix
lasts as long. A file stands in the message that attached it; files of turns that were left out stand at the cut.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import Item, batch_get
from chalicelib.conversations.messages import Message, partition
from chalicelib.conversations.rows import Conversation
from chalicelib.extraction.estimates import estimate_tokens
from chalicelib.files import row as files
from chalicelib.files.attachments import MAX_IN_CONVERSATION
from chalicelib.files.row import File
from chalicelib.settings import Settings
from chalicelib.shapes import Context
from chalicelib.subjects import Subject

from . import file_blocks
from .file_blocks import Attached, Content, Placed, Source

if TYPE_CHECKING:
    from chalicelib.services import Services

_FIRST_ID = "0"
_EPHEMERAL = {"type": "ephemeral"}
# Kept free beside the answer: for what tools find, and for what surrounds the texts that are counted.
_TOOL_TOKENS = 24_000
_ENVELOPE_TOKENS = 1_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What a conversation says of its prompts. files: ids of those that stay with it.

    cut_messages: how many come before the cut. cut_files: those that stand at it.

    document_tokens: for files, where that is less than the stage's setting.
    last_tokens, last_estimate: what its last prompt took with the answer to it, and what that was estimated at.
    """

    cut: str | None
    files: frozenset[str] = frozenset()
    cut_messages: int = 0
    cut_files: tuple[Attached, ...] = ()
    system: tuple[str, ...] = ()
    document_tokens: int | None = None
    last_tokens: int = 0
    last_estimate: int = 0

    @classmethod
    def of(cls, conversation: Conversation) -> Scope:
        framing = [file_blocks.FRAMING] if conversation.file_ids else []
        own = [conversation.system] if conversation.system else []
        cut_files = tuple(Attached(**each) for each in conversation.cut_files)
        files = conversation.file_ids
        last_tokens = conversation.prompt_tokens or 0
        return cls(
            conversation.cut,
            files,
            conversation.cut_messages,
            cut_files,
            (*framing, *own),
            conversation.document_tokens,
            last_tokens,
            last_tokens if conversation.prompt_estimate is None else conversation.prompt_estimate,
        )

    def counted(self, estimate: int) -> int:
        """What the model may count for a prompt of that estimate: as for the last one, and what this one has more.

        More than a message, where it goes on from another branch, or files and the system prompt have changed.
        """
        return self.last_tokens + max(0, estimate - self.last_estimate)


@dataclass(frozen=True, slots=True)
class History:
    """messages: for the Messages API. cut: the id at which they start, None for the conversation's start.

    cut_files: of the turns that were left out, in order of attachment. context: where they start, unless they are the
    whole thread.
    sources: of the documents, in their order. searched: files that are not there whole.
    tokens: what all of it takes, by estimate; document_tokens of them for files that are shown.
    seen_pages: pages of files that are shown by sight.
    """

    messages: list[dict[str, Any]]
    cut: str | None
    cut_files: tuple[Attached, ...] = ()
    context: Context | None = None
    sources: tuple[Source, ...] = ()
    searched: tuple[Placed, ...] = ()
    system: tuple[str, ...] = ()
    tokens: int = 0
    document_tokens: int = 0
    seen_pages: int = 0

    @property
    def question(self) -> str:
        """The text of the prompt that is answered."""
        text: str = self.messages[-1]["content"][-1]["text"]
        return text


def read(services: Services, answer: Message, scope: Scope) -> History:
    """The thread that `answer` continues: one query, whatever its length, and one request for the rows of its files."""
    thread, is_branched = visible(services, answer, scope.cut)
    at_cut = () if is_branched else scope.cut_files
    held = _held(services, answer, scope, [*at_cut, *_attached(thread)])
    placed = _placed(services.settings, scope, held, thread)
    kept = within(thread, min(services.settings.history_tokens, _left(services.settings, scope, placed)))
    left_out = thread[: len(thread) - len(kept)]
    moved = _moved(at_cut, left_out, placed)
    messages, shown = _prompt(kept, [*held.first, *moved], file_blocks.contents(services, placed) if placed else {})
    return History(
        messages,
        kept[0].message_id if kept and (is_branched or left_out) else scope.cut,
        cut_files=tuple(moved),
        context=_context(kept, len(left_out) + (0 if is_branched else scope.cut_messages)),
        sources=tuple(source for each in shown for source in each.sources),
        searched=tuple(each for each in placed if each.is_searched),
        system=scope.system,
        tokens=sum(map(estimated_tokens, kept)) + _others(scope, placed),
        document_tokens=_shown_tokens(placed),
        seen_pages=sum(each.seen_pages for each in placed),
    )


def _context(kept: Sequence[Message], left_out: int) -> Context | None:
    if not kept or kept[0].parent_id is None:
        return None
    return {"first_message_id": kept[0].message_id, "left_out": left_out}


def visible(services: Services, answer: Message, cut: str | None) -> tuple[list[Message], bool]:
    """The thread from the cut to the answer's prompt; all of it, and True, where a turn from before the cut goes on."""
    is_older = cut is not None and cut > (answer.parent_id or _FIRST_ID)
    thread = [] if is_older else _thread(_rows(services, answer, cut), answer)
    if cut is None or (thread and thread[0].message_id == cut):
        return thread, False
    return _thread(_rows(services, answer, None), answer), True


def _rows(services: Services, answer: Message, cut: str | None) -> dict[str, Message]:
    """Every message from the cut to the answer's prompt, branches included."""
    rows: dict[str, Message] = {}
    # Bounded: the cut moves before the thread is twice its budget, but abandoned branches count here too.
    tokens = 4 * services.settings.history_tokens
    for message in _newest_first(services, answer, cut):
        rows[message.message_id] = message
        tokens -= estimated_tokens(message)
        if tokens < 0:
            break
    return rows


def _newest_first(services: Services, answer: Message, cut: str | None) -> Iterator[Message]:
    home = partition(answer.subject, answer.conversation_id)
    values = {":home": home, ":cut": cut or _FIRST_ID, ":prompt": answer.parent_id or _FIRST_ID}
    condition = "#conversation = :home AND #message_id BETWEEN :cut AND :prompt"
    now = time.time()
    for message in map(Message.from_item, services.messages.rows(condition, values, newest_first=True)):
        if not (message.expires_at and message.expires_at < now):
            yield message


def _thread(rows: dict[str, Message], answer: Message) -> list[Message]:
    """The path from the answer's prompt back to the first row, oldest first; never starts with an answer."""
    path: list[Message] = []
    current = rows.get(answer.parent_id or "")
    while current is not None:
        path.append(current)
        current = rows.get(current.parent_id or "")
    path.reverse()
    while path and path[0].role == "assistant":
        path.pop(0)
    return path


def _attached(thread: Iterable[Message]) -> list[Attached]:
    return [Attached(file["file_id"], file["name"]) for message in thread for file in message.files]


def _unique(attached: Iterable[Attached]) -> list[Attached]:
    """Each file once, where it was attached first."""
    found: dict[str, Attached] = {}
    for each in attached:
        found.setdefault(each.file_id, each)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Held:
    """The files that a prompt has to do with.

    first: those of the conversation that no message of this thread attached. They came by another branch, or by a
    message that has expired, and stand before all others. attached: all, in order. present: those that can be read.
    """

    first: list[Attached]
    attached: list[Attached]
    present: dict[str, File]


def _held(services: Services, answer: Message, scope: Scope, attached: list[Attached]) -> _Held:
    present = _present(services, answer, scope)
    elsewhere = sorted(present.keys() - {each.file_id for each in attached})
    first = [Attached(file_id, present[file_id].name) for file_id in elsewhere]
    return _Held(first, _unique([*first, *attached]), present)


def _present(services: Services, answer: Message, scope: Scope) -> dict[str, File]:
    """The conversation's files that can be read."""
    if not scope.files:
        return {}
    wanted = sorted(scope.files)[:MAX_IN_CONVERSATION]  # what one request takes
    rows = batch_get(*((services.files, files.key(file_id)) for file_id in wanted))
    readable = (_readable(row, answer.subject) for row in rows if row)
    return {file.file_id: file for file in readable if file}


def _readable(row: Item, subject: Subject) -> File | None:
    file = File.from_item(row)
    return file if file.visible_to(subject) and file.status == "ready" else None


def _placed(settings: Settings, scope: Scope, held: _Held, thread: list[Message]) -> list[Placed]:
    """How files stand in the prompt: within their budget, and within what the newest message leaves of the context."""
    tokens = settings.document_tokens
    if scope.document_tokens is not None:
        tokens = min(tokens, scope.document_tokens)
    newest = sum(map(estimated_tokens, thread[-1:]))
    while True:
        placed = file_blocks.place(tokens, held.attached, held.present, scope.files)
        excess, shown = newest - _left(settings, scope, placed), _shown_tokens(placed)
        if excess <= 0 or shown == 0:
            return placed
        tokens = min(tokens, shown) - excess


def _shown_tokens(placed: Iterable[Placed]) -> int:
    return sum(each.tokens for each in placed if each.is_shown)


def _left(settings: Settings, scope: Scope, placed: Sequence[Placed]) -> int:
    """Tokens for the turns' texts: what the model takes, less all else that it is sent and what it answers."""
    tools = _TOOL_TOKENS if any(each.is_searched for each in placed) else 0
    return settings.context_tokens - settings.max_tokens - _others(scope, placed) - tools


def _others(scope: Scope, placed: Iterable[Placed]) -> int:
    """Tokens of what a prompt holds besides the turns' texts."""
    return sum(each.tokens for each in placed) + sum(map(estimate_tokens, scope.system)) + _ENVELOPE_TOKENS


def _moved(at_cut: Sequence[Attached], left_out: Sequence[Message], placed: Iterable[Placed]) -> list[Attached]:
    """The files that stand at the cut. What is gone is forgotten when the cut moves, or its notes would add up."""
    if not left_out:
        return _unique(at_cut)
    gone = {each.attached.file_id for each in placed if each.file is None}
    return [each for each in _unique([*at_cut, *_attached(left_out)]) if each.file_id not in gone]


def within(thread: list[Message], budget_tokens: int) -> list[Message]:
    """The thread, or its newest part of at most half the budget; the last prompt always stays."""
    sizes = [estimated_tokens(message) for message in thread]
    if sum(sizes) <= budget_tokens:
        return thread
    first, total = len(thread) - 1, sizes[-1]
    for index in range(len(thread) - 2, -1, -1):
        total += sizes[index]
        if total > budget_tokens // 2:
            break
        if thread[index].role == "user":
            first = index
    return thread[first:]


def estimated_tokens(message: Message) -> int:
    return estimate_tokens(message.text()) + 8


def _prompt(
    thread: list[Message], first: Sequence[Attached], contents: dict[str, Content]
) -> tuple[list[dict[str, Any]], list[Content]]:
    """The messages, and what they show of files, in order.

    Files stand before the text of their message. Of an answer there is the text only: thinking and tools belong to
    their own turn. An empty text is refused by the API.
    """
    prompt: list[dict[str, Any]] = []
    shown: dict[str, Content] = {}
    last_file: list[dict[str, Any]] = []
    for message in thread:
        text = message.text()
        if not text.strip():
            continue
        attached = [*(() if prompt else first), *_attached([message])]
        new = {each.file_id: contents[each.file_id] for each in attached if each.file_id not in shown}
        shown |= new
        blocks = [dict(block) for content in new.values() for block in content.blocks]
        prompt.append({"role": message.role, "content": [*blocks, {"type": "text", "text": text}]})
        last_file = blocks[-1:] or last_file
    mark(prompt, last_file)
    return prompt, list(shown.values())


def mark(prompt: list[dict[str, Any]], last_file: list[dict[str, Any]]) -> None:
    """The newest prompt is stored in the cache; the one before it is where the last turn stored its own.

    Files are stored by themselves too: another branch finds them there.
    """
    prompts = [message["content"][-1] for message in prompt if message["role"] == "user"]
    for block in [*last_file, *prompts[-2:]]:
        block["cache_control"] = _EPHEMERAL


def exchanged(
    messages: list[dict[str, Any]], said: list[dict[str, Any]], results: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The prompt of an answer's next round: what the model said, and what its tools gave.

    The newest result takes the cache breakpoint of the prompt before last, or of the last result: four are allowed.
    """
    is_prompt = [message["role"] == "user" and message["content"][-1]["type"] == "text" for message in messages]
    newest = len(messages) - 1 - is_prompt[::-1].index(True)
    kept = [message if index == newest else _unmarked(message) for index, message in enumerate(messages)]
    marked = [*results[:-1], results[-1] | {"cache_control": _EPHEMERAL}]
    return [*kept, {"role": "assistant", "content": said}, {"role": "user", "content": marked}]


def _unmarked(message: dict[str, Any]) -> dict[str, Any]:
    """The message without a breakpoint at its end; one at its documents stays."""
    *before, last = message["content"]
    if "cache_control" not in last:
        return message
    plain = {name: value for name, value in last.items() if name != "cache_control"}
    return message | {"content": [*before, plain]}
