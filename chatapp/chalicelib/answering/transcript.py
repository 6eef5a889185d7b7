"""The transcript of one answer while it streams: the model's events become frames, log entries and content blocks.

Thread-safe: the reader adds, the pusher takes, the ticker logs. Frames are numbered by whoever asks first, so that a
slow push keeps nothing from the log. Knows neither the model nor a socket.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from chalicelib.claude.interface import Counts, Delta, Stopped, Waiting
from chalicelib.conversations.messages import Block, Message
from chalicelib.shapes import AnswerFrame, Citation, ToolDetail, Usage
from chalicelib.turns import frame_log
from chalicelib.turns.frame_log import Numbering

# For an answer that was cut before the model said what it had used.
_CHARACTERS_PER_TOKEN = 3
_PROMPT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that starts. detail: what it looks for, and where."""

    block: int
    name: str
    detail: ToolDetail


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of what was said in a block."""

    block: int
    citation: Citation


Shown = Delta | Cited | ToolUse | Counts | Stopped | Waiting


class Shows(Protocol):
    """What takes an answer's events to be shown: a transcript, or what stands before one."""

    @property
    def full(self) -> bool: ...

    def add(self, event: Shown) -> None: ...


class Transcript:
    """waiting: something is there to push. full: the answer has reached what an item may hold.

    has_begun: the model has said something, be it what the prompt took. prompt_tokens: what its first prompt took.
    first_word_at: Unix seconds; thinking that is shown counts.
    """

    def __init__(self, message: Message, max_bytes: int) -> None:
        self._message = message
        self._numbering = Numbering(message.conversation_id, message.message_id)
        self._lock = threading.Lock()
        self._pending: list[Delta | Cited | ToolUse] = []
        self._unpushed: list[AnswerFrame] = []
        self._unlogged: list[AnswerFrame] = []
        self._blocks: dict[int, Block] = {}
        self._bytes_left = max_bytes
        self._characters = 0
        self.counts: dict[str, int] = {}
        self.prompt_tokens: int | None = None
        self.stop_reason: str | None = None
        self.first_word_at: float | None = None
        self.full = False
        self._closed = False

    @property
    def waiting(self) -> bool:
        return bool(self._pending or self._unpushed)

    @property
    def has_begun(self) -> bool:
        return bool(self.counts or self._pending or self._blocks)

    def add(self, event: Shown) -> None:
        with self._lock:
            if self._closed:
                return
            match event:
                case Delta():
                    self._add_delta(event)
                case Cited(_, content) | ToolUse(_, _, content):
                    self._add_whole(event, content)
                case Counts(counts):
                    self.counts |= counts
                    if self.prompt_tokens is None:
                        self.prompt_tokens = sum(counts.get(name, 0) for name in _PROMPT_COUNTS)
                case Stopped(reason):
                    self.stop_reason = reason
                case Waiting(code, left_s):
                    self._number()
                    self._record(self._numbering.waiting(code, time.time() + left_s))

    def _add_delta(self, delta: Delta) -> None:
        raw = delta.text.encode()
        self._characters += len(delta.text)
        if len(raw) > self._bytes_left:
            self.full = True
            delta = Delta(delta.block, delta.kind, raw[: self._bytes_left].decode(errors="ignore"))
        self._bytes_left -= min(len(raw), self._bytes_left)
        if not delta.text:
            return
        self.first_word_at = self.first_word_at or time.time()
        last = self._pending[-1] if self._pending else None
        if isinstance(last, Delta) and (last.block, last.kind) == (delta.block, delta.kind):
            self._pending[-1] = Delta(delta.block, delta.kind, last.text + delta.text)
        else:
            self._pending.append(delta)

    def _add_whole(self, event: Cited | ToolUse, content: Citation | ToolDetail) -> None:
        size = len(json.dumps(content, ensure_ascii=False).encode())
        if size > self._bytes_left:
            self.full = True
            return
        self._bytes_left -= size
        self._pending.append(event)

    def start(self, model: str) -> None:
        """Number `answer.started`, the first frame; call it before anything is added."""
        with self._lock:
            self._record(self._numbering.started(model))

    def close(self) -> list[AnswerFrame]:
        """The last frames. What comes later is ignored, so that text and stop reason are those of one moment."""
        with self._lock:
            self._closed = True
        return self.take()

    def take(self) -> list[AnswerFrame]:
        """The frames that no take has given yet; from then on they count as shown."""
        with self._lock:
            self._number()
            taken, self._unpushed = self._unpushed, []
            return taken

    def unlogged(self) -> list[AnswerFrame]:
        """The frames that are not in the log yet."""
        with self._lock:
            self._number()
            return list(self._unlogged)

    def _number(self) -> None:
        pending, self._pending = self._pending, []
        for event in pending:
            match event:
                case Delta(block, kind, text):
                    for frame in self._numbering.deltas(block, kind, text):
                        self._record(frame)
                case Cited(block, citation):
                    self._record(self._numbering.citation(block, citation))
                case ToolUse(block, name, detail):
                    self._record(self._numbering.tool(block, name, detail))

    def _record(self, frame: AnswerFrame) -> None:
        frame_log.fold(self._blocks, frame)
        self._unpushed.append(frame)
        self._unlogged.append(frame)

    def logged(self, count: int) -> None:
        """The first `count` of `unlogged` are stored."""
        with self._lock:
            del self._unlogged[:count]

    def end(self, ended: Message, usage: Usage | None) -> AnswerFrame:
        with self._lock:
            return self._numbering.end(ended, usage)

    def content(self) -> list[Block]:
        """What was numbered, as content blocks. An empty one is left out: the API refuses it in a later prompt."""
        with self._lock:
            blocks = [self._blocks[index] for index in sorted(self._blocks)]
        return [block for block in blocks if block["type"] == "tool_use" or block[block["type"]]]

    def estimated_counts(self) -> dict[str, int]:
        """The model's own counts; output is estimated until the model has said how much it was."""
        output = self.counts.get("output_tokens", 0)
        if self.stop_reason is None:
            output = max(output, self._characters // _CHARACTERS_PER_TOKEN)
        return {**self.counts, "output_tokens": output}
