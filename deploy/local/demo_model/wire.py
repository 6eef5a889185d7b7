"""An answer as it goes over the wire: held to its limits, then one JSON message or a stream of events.

Owns the order and the shape of the events. Does not own time or sockets: pauses and faults are steps that
the server takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from deploy.local.demo_model.cache import PromptUsage
from deploy.local.demo_model.request import (
    CHARS_PER_TOKEN,
    CONTEXT_WINDOW_TOKENS,
    ApiError,
    Block,
    MessagesRequest,
    block_tokens,
)
from deploy.local.demo_model.scripts import Reply

PING_EVERY_S = 5.0  # the API keeps a silent stream alive with pings
_TEXT_OF = {"text": "text", "thinking": "thinking"}


@dataclass(frozen=True)
class Event:
    name: str
    data: dict[str, Any]

    def encode(self) -> bytes:
        return f"event: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n".encode()


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Fault:
    """`cut`: close the connection. `hang`: send nothing more until the client goes. `error`: fail with
    `error`.
    """

    kind: Literal["cut", "hang", "error"]
    error: ApiError | None = None


Step = Event | Pause | Fault


@dataclass(frozen=True)
class Answer:
    """What will be sent: `blocks` already within the request's limits."""

    message_id: str
    model: str
    blocks: list[Block]
    stop_reason: str
    stop_sequence: str | None
    stop_details: dict[str, Any] | None
    usage: dict[str, Any]
    reply: Reply

    def message(self) -> dict[str, Any]:
        return self._envelope(self.blocks, self.usage) | {
            "stop_reason": self.stop_reason,
            "stop_sequence": self.stop_sequence,
            "stop_details": self.stop_details,
        }

    def _envelope(self, blocks: list[Block], usage: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.message_id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": blocks,
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": usage,
        }

    def steps(self) -> Iterator[Step]:
        """Yield the events of the stream in order, with the pauses between them and the reply's faults."""
        first_usage = self.usage | {"output_tokens": min(1, self.usage["output_tokens"])}
        yield Event("message_start", {"type": "message_start", "message": self._envelope([], first_usage)})
        yield PING
        yield from pause(self.reply.delay_first_s)
        yield from self._content()
        stop = {"stop_reason": self.stop_reason, "stop_sequence": self.stop_sequence}
        delta = stop | ({"stop_details": self.stop_details} if self.stop_details else {})
        counts = {name: value for name, value in self.usage.items() if name.endswith("_tokens")}
        yield Event("message_delta", {"type": "message_delta", "delta": delta, "usage": counts})
        yield Event("message_stop", {"type": "message_stop"})

    def _content(self) -> Iterator[Step]:
        faults = _Faults(self.reply)
        for index, block in enumerate(self.blocks):
            start = {"type": "content_block_start", "index": index, "content_block": _emptied(block)}
            yield Event("content_block_start", start)
            for delta in _deltas(block, self.reply.chunk_chars, faults):
                if isinstance(delta, Fault):
                    yield delta
                else:
                    yield Event("content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta})
                    yield from pause(self.reply.delay_chunk_s)
            yield Event("content_block_stop", {"type": "content_block_stop", "index": index})
        yield from faults.at_the_end()


PING = Event("ping", {"type": "ping"})


def pause(seconds: float) -> Iterator[Step]:
    while seconds > PING_EVERY_S:
        yield Pause(PING_EVERY_S)
        yield PING
        seconds -= PING_EVERY_S
    if seconds > 0:
        yield Pause(seconds)


class _Faults:
    """Where in the answer's text the reply's fault comes."""

    def __init__(self, reply: Reply) -> None:
        error = reply.error or ApiError(529, "Overloaded")
        planned = [
            (reply.cut_after_chars, Fault("cut")),
            (reply.hang_after_chars, Fault("hang")),
            (reply.error_after_chars, Fault("error", error)),
        ]
        self._planned = sorted(((at, fault) for at, fault in planned if at is not None), key=lambda item: item[0])
        self._sent = 0

    def room(self) -> int | None:
        """Characters that may still be sent before the next fault; None: no fault to come."""
        return max(0, self._planned[0][0] - self._sent) if self._planned else None

    def send(self, chars: int) -> None:
        self._sent += chars

    def at_the_end(self) -> Iterator[Fault]:
        yield from (fault for _, fault in self._planned[:1])

    def due(self) -> Fault | None:
        return self._planned[0][1] if self.room() == 0 else None


def _emptied(block: Block) -> Block:
    empty = {"text": "", "thinking": "", "signature": "", "input": {}}
    shown = {name: empty.get(name, value) for name, value in block.items()}
    return shown | ({"citations": []} if "citations" in block else {})


def _deltas(block: Block, chunk_chars: int, faults: _Faults) -> Iterator[dict[str, Any] | Fault]:
    kind = block["type"]
    if kind == "text":
        yield from _text_deltas(block["text"], chunk_chars, faults)
        for citation in block.get("citations") or []:
            yield {"type": "citations_delta", "citation": citation}
    elif kind == "thinking":
        for piece in _pieces(block["thinking"], chunk_chars):
            yield {"type": "thinking_delta", "thinking": piece}
        yield {"type": "signature_delta", "signature": block["signature"]}
    else:
        for piece in _pieces(json.dumps(block["input"], ensure_ascii=False), chunk_chars):
            yield {"type": "input_json_delta", "partial_json": piece}


def _pieces(text: str, chunk_chars: int) -> Iterator[str]:
    for start in range(0, len(text), chunk_chars):
        yield text[start : start + chunk_chars]


def _text_deltas(text: str, chunk_chars: int, faults: _Faults) -> Iterator[dict[str, Any] | Fault]:
    start = 0
    while start < len(text):
        if fault := faults.due():
            yield fault
            return
        room = faults.room()
        piece = text[start : start + (chunk_chars if room is None else min(chunk_chars, room))]
        yield {"type": "text_delta", "text": piece}
        faults.send(len(piece))
        start += len(piece)


def make_answer(
    request: MessagesRequest, reply: Reply, blocks: list[Block], prompt: PromptUsage, message_id: str
) -> Answer:
    """Hold `blocks` to the stop sequences, max_tokens and the context window, and count the tokens."""
    calls = any(block["type"] == "tool_use" for block in blocks)
    reason = reply.stop_reason or ("tool_use" if calls else "end_turn")
    details = reply.stop_details
    if reason == "refusal" and details is None:
        details = {"type": "refusal", "category": None, "explanation": None}
    draft = Answer(message_id, request.model, blocks, reason, reply.stop_sequence, details, {}, reply)
    final = _hold_to_tokens(_hold_to_stop_sequences(draft, request), request, prompt.total)
    tokens = sum(block_tokens(block) for block in final.blocks)
    return replace(final, usage=prompt.as_usage() | {"output_tokens": tokens} | reply.usage)


def _hold_to_stop_sequences(answer: Answer, request: MessagesRequest) -> Answer:
    sequences: list[str] = request.body.get("stop_sequences") or []
    for index, block in enumerate(answer.blocks):
        if block["type"] != "text":
            continue
        found = [(block["text"].find(sequence), sequence) for sequence in sequences if sequence in block["text"]]
        if found:
            at, sequence = min(found)
            kept = answer.blocks[:index] + _shortened(block, at)
            return replace(answer, blocks=kept, stop_reason="stop_sequence", stop_sequence=sequence)
    return answer


def _hold_to_tokens(answer: Answer, request: MessagesRequest, prompt_tokens: int) -> Answer:
    max_tokens = int(request.body["max_tokens"])
    left_in_window = CONTEXT_WINDOW_TOKENS - prompt_tokens
    budget = min(max_tokens, left_in_window)
    kept: list[Block] = []
    for block in answer.blocks:
        tokens = block_tokens(block)
        if tokens > budget:
            # A call that does not fit is left out: half of its JSON would be of no use to anyone.
            kept += _shortened(block, budget * CHARS_PER_TOKEN) if block["type"] in _TEXT_OF else []
            reason = "max_tokens" if max_tokens <= left_in_window else "model_context_window_exceeded"
            return replace(answer, blocks=kept, stop_reason=reason, stop_sequence=None)
        kept.append(block)
        budget -= tokens
    return answer


def _shortened(block: Block, chars: int) -> list[Block]:
    name = _TEXT_OF[block["type"]]
    return [block | {name: block[name][:chars]}] if chars > 0 else []
