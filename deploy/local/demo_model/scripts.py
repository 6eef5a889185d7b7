"""Scripts: what a test tells the demo model to answer, and the record of what it was asked.

A script is `{"match", "times", "title", "reply"}`. The keys are described in `server.py`; a key that is
not known is refused, so that a slip in a test fails at once.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.local.demo_model.answers import is_title_request
from deploy.local.demo_model.request import ERROR_TYPES, ApiError, Block, MessagesRequest, blocks_of, sign_thinking

STOP_REASONS = (
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
)
MAX_RECORDED = 1_000
MAX_RECORDED_BYTES = 128 * 1024 * 1024  # 1,000 prompts with long documents would not fit a laptop's memory


class ScriptError(ValueError):
    """A script that is not one; its text goes to the test that sent it."""


@dataclass(frozen=True)
class Reply:
    """How one request is answered. `blocks` None: the demo model's own answer, with the script's pace and
    faults.

    The `…_after_chars` count characters of the answer's text blocks; at or beyond their end the fault comes
    when all the text is out, before the message's end.
    """

    blocks: list[Block] | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: dict[str, Any] | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    error: ApiError | None = None
    chunk_chars: int = 12
    delay_first_s: float = 0.0
    delay_chunk_s: float = 0.02
    cut_after_chars: int | None = None
    error_after_chars: int | None = None
    hang_after_chars: int | None = None


@dataclass
class Script:
    reply: Reply
    match: str | None
    title: bool
    times_left: int | None

    def fits(self, request: MessagesRequest) -> bool:
        if self.times_left == 0 or self.title != is_title_request(request):
            return False
        # A title request may close with an instruction, so its script looks at all that the user wrote.
        return self.match is None or self.match in (request.user_text if self.title else request.last_user_text)


class Scripts:
    """The scripts in the order they came; the first that fits a request and has times left answers it."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []
        self._lock = threading.Lock()

    def add(self, script: Script) -> None:
        with self._lock:
            self._scripts.append(script)

    def take(self, request: MessagesRequest) -> Reply | None:
        with self._lock:
            script = next((script for script in self._scripts if script.fits(request)), None)
            if script is None:
                return None
            if script.times_left is not None:
                script.times_left -= 1
            self._scripts = [each for each in self._scripts if each.times_left != 0]
            return script.reply

    def clear(self) -> None:
        with self._lock:
            self._scripts.clear()


class Recorder:
    """The last requests to /v1/messages, refused ones included, without their keys. Numbers count from 1.

    received_at: Unix seconds, when the whole request was there.
    """

    def __init__(self) -> None:
        self._items: deque[tuple[int, float, dict[str, str], bytes]] = deque(maxlen=MAX_RECORDED)
        self._count = 0
        self._bytes = 0
        self._lock = threading.Lock()

    def add(self, headers: Mapping[str, str], raw_body: bytes) -> None:
        named = {name.lower(): value for name, value in headers.items()}
        kept = {name: value for name, value in named.items() if name not in ("x-api-key", "authorization")}
        with self._lock:
            self._count += 1
            if len(self._items) == MAX_RECORDED:
                self._drop_oldest()
            self._items.append((self._count, time.time(), kept, raw_body))
            self._bytes += len(raw_body)
            while self._bytes > MAX_RECORDED_BYTES and len(self._items) > 1:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._bytes -= len(self._items.popleft()[3])

    def items(self, after: int = 0) -> list[dict[str, Any]]:
        with self._lock:
            kept = [item for item in self._items if item[0] > after]
        return [
            {"number": number, "received_at": at, "headers": headers, "body": _json_or_none(raw)}
            for number, at, headers, raw in kept
        ]

    def clear(self) -> None:
        """Forget the requests. Numbers go on, so that a reader's `after` stays true."""
        with self._lock:
            self._items.clear()
            self._bytes = 0


def _json_or_none(raw_body: bytes) -> Any:
    try:
        return json.loads(raw_body)
    except ValueError:
        return None


def parse_script(value: object) -> Script:
    """Read a script; ScriptError says what is wrong with it."""
    fields = _object(value, "script", {"match", "times", "title", "reply"})
    match, times, title = fields.get("match"), fields.get("times"), fields.get("title", False)
    if match is not None and not isinstance(match, str):
        raise ScriptError("match must be a string or null")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ScriptError("times must be a positive integer or null")
    if not isinstance(title, bool):
        raise ScriptError("title must be true or false")
    return Script(parse_reply(fields.get("reply")), match, title, times)


_NUMBERS = ("delay_first_s", "delay_chunk_s")
_COUNTS = ("cut_after_chars", "error_after_chars", "hang_after_chars")
_CONTENT = ("text", "content", "thinking", "tool_use", "citations")
_REPLY_FIELDS = {
    *_NUMBERS,
    *_COUNTS,
    *_CONTENT,
    "chunk_chars",
    "stop_reason",
    "stop_sequence",
    "stop_details",
}


def parse_reply(value: object) -> Reply:
    fields = _object(value, "reply", _REPLY_FIELDS | {"error", "usage"})
    for name in _NUMBERS + _COUNTS:
        if fields.get(name) is not None and (not isinstance(fields[name], int | float) or fields[name] < 0):
            raise ScriptError(f"{name} must be a number that is not negative")
    if not isinstance(fields.get("chunk_chars", 1), int) or fields.get("chunk_chars", 1) < 1:
        raise ScriptError("chunk_chars must be a positive integer")
    if fields.get("stop_reason") not in (None, *STOP_REASONS):
        raise ScriptError(f"stop_reason must be one of {', '.join(STOP_REASONS)}")
    given = {name: fields[name] for name in fields.keys() - {*_CONTENT, "error"} if fields[name] is not None}
    return Reply(blocks=_blocks(fields), error=_error(fields.get("error")), **given)


def _object(value: object, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScriptError(f"{what} must be an object")
    if unknown := value.keys() - known:
        raise ScriptError(f"{what} does not know: {', '.join(sorted(unknown))}")
    return value


def _blocks(fields: dict[str, Any]) -> list[Block] | None:
    if not fields.keys() & set(_CONTENT):
        return None
    blocks: list[Block] = []
    if thinking := fields.get("thinking"):
        blocks.append({"type": "thinking", "thinking": thinking, "signature": sign_thinking(thinking)})
    if text := fields.get("text"):
        citations = fields.get("citations")
        blocks.append({"type": "text", "text": text} | ({"citations": citations} if citations else {}))
    blocks += blocks_of(fields.get("content") or [])
    calls = fields.get("tool_use") or []
    for index, call in enumerate([calls] if isinstance(calls, dict) else calls):
        named = _object(call, "tool_use", {"type", "id", "name", "input"})
        blocks.append({"type": "tool_use", "id": f"toolu_script_{index}", "input": {}} | named)
    return [_checked(block) for block in blocks]


_REQUIRED = {"text": ("text",), "thinking": ("thinking", "signature"), "tool_use": ("id", "name", "input")}


def _checked(block: Block) -> Block:
    kind = block.get("type")
    if kind not in _REQUIRED or any(name not in block for name in _REQUIRED[kind]):
        raise ScriptError("content must be text, thinking (with signature) or tool_use (id, name, input) blocks")
    return block


def _error(value: object) -> ApiError | None:
    if value is None:
        return None
    fields = _object(value, "error", {"status", "type", "message", "headers"})
    status = fields.get("status") or _status_of(fields.get("type"))
    if not isinstance(status, int) or not 400 <= status <= 599:
        raise ScriptError("error.status must be from 400 to 599")
    # A rate limit says when to come back; a script may say otherwise.
    headers = ({"retry-after": "1"} if status == 429 else {}) | (fields.get("headers") or {})
    message = fields.get("message") or ERROR_TYPES.get(status, "error").replace("_", " ").capitalize()
    return ApiError(status, message, fields.get("type") or "", {name: str(text) for name, text in headers.items()})


def _status_of(error_type: object) -> int:
    return next((status for status, name in ERROR_TYPES.items() if name == error_type), 529)
