"""Frames: what is pushed while an answer streams, how it is numbered, logged and read again.

`sequence` counts from 1 without gaps within an answer; the answer's text is its text deltas in order.
`answer.started` begins the answer afresh: what a reader held of its content is replaced by what follows. The log holds
frames while an answer is in progress; the frames of a settled answer are made from its message.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from chalicelib.aws.table import Item, Write
from chalicelib.conversations.messages import Block, Message
from chalicelib.errors import InvalidRequest
from chalicelib.ids import iso
from chalicelib.push.frames import MAX_DELTA_CHARACTERS
from chalicelib.shapes import AnswerDone, AnswerFailed, AnswerFrame, Citation, OfAnswer, TextKind, ToolDetail, Usage

if TYPE_CHECKING:
    from chalicelib.services import Services

_LOG_KEPT_S = 86_400


class Numbering:
    """Gives the frames of one answer their envelope and their sequence."""

    def __init__(self, conversation_id: str, message_id: str, after: int = 0) -> None:
        self._conversation_id = conversation_id
        self._message_id = message_id
        self.last = after

    def _next(self) -> OfAnswer:
        self.last += 1
        return {"conversation_id": self._conversation_id, "message_id": self._message_id, "sequence": self.last}

    def started(self, model: str | None) -> AnswerFrame:
        return {"type": "answer.started", **self._next(), "model": model}

    def deltas(self, block: int, kind: TextKind, text: str) -> Iterable[AnswerFrame]:
        for start in range(0, len(text), MAX_DELTA_CHARACTERS):
            part = text[start : start + MAX_DELTA_CHARACTERS]
            yield {"type": "answer.delta", **self._next(), "block": block, "kind": kind, "text": part}

    def citation(self, block: int, citation: Citation) -> AnswerFrame:
        return {"type": "answer.citation", **self._next(), "block": block, "citation": citation}

    def tool(self, block: int, name: str, detail: ToolDetail) -> AnswerFrame:
        return {"type": "answer.tool", **self._next(), "block": block, "name": name, "detail": detail}

    def waiting(self, code: str | None, until: float) -> AnswerFrame:
        """until: Unix seconds."""
        return {"type": "answer.waiting", **self._next(), "code": code, "until": iso(until) if code else None}

    def end(self, message: Message, usage: Usage | None) -> AnswerFrame:
        if message.status == "failed":
            error = message.error or {"code": "internal", "message": "Something went wrong on our side. Retry."}
            failed: AnswerFailed = {
                "type": "answer.failed",
                "conversation_id": self._conversation_id,
                "message_id": self._message_id,
                "sequence": self._next()["sequence"],
                "error": error,
            }
            if usage:
                failed["usage"] = usage
            if message.context:
                failed["context"] = message.context
            return failed
        status: Any = message.status  # one that an answer ends with
        done: AnswerDone = {
            "type": "answer.done",
            "conversation_id": self._conversation_id,
            "message_id": self._message_id,
            "sequence": self._next()["sequence"],
            "status": status,
            "stop_reason": message.stop_reason,
            "usage": usage,
        }
        if message.error:
            done["error"] = message.error
        if message.context:
            done["context"] = message.context
        return done


def log(services: Services, message: Message, frames: Sequence[AnswerFrame]) -> Write:
    """Append frames, which follow those logged before, to an answer's log."""
    return services.frames.put(
        {
            "answer": _partition(message),
            "last_sequence": frames[-1]["sequence"],
            # Without the ids, which the partition names: they would be two thirds of what is written.
            "frames": [_without_ids(frame) for frame in frames],
            "ttl": int(time.time()) + _LOG_KEPT_S,
        }
    )


def delete_log(services: Services, message: Message) -> None:
    """Remove an answer's log."""
    partition = _partition(message)
    rows = services.frames.rows("#answer = :answer", {":answer": partition})
    services.frames.delete_all({"answer": partition, "last_sequence": row["last_sequence"]} for row in rows)


def read(services: Services, message: Message, after: int) -> list[AnswerFrame]:
    """The frames after sequence `after`, in order, at most about 1 MB of them while the answer is in progress.

    Raises InvalidRequest for a person's message, which has none.
    """
    if message.role != "assistant":
        raise InvalidRequest("message_id", "only an answer has frames", reason="not_an_answer")
    if message.in_progress:
        return list(_logged(services.frames.query(*_entries(message, after)).items, message, after))
    return list(made(message, after))


def blocks(services: Services, message: Message) -> list[Block]:
    """The content that an answer's log holds: what was shown of it when its worker died."""
    folded: dict[int, Block] = {}
    for frame in _logged(services.frames.rows(*_entries(message, 0)), message, 0):
        fold(folded, frame)
    return [folded[index] for index in sorted(folded)]


def fold(folded: dict[int, Block], frame: AnswerFrame) -> None:
    """Apply one frame to the content blocks that it belongs to."""
    if frame["type"] == "answer.started":
        folded.clear()
    elif frame["type"] == "answer.delta":
        kind = frame["kind"]
        block = folded.setdefault(frame["block"], {"type": kind, kind: ""})
        block[kind] += frame["text"]
    elif frame["type"] == "answer.citation":
        block = folded.setdefault(frame["block"], {"type": "text", "text": ""})
        block.setdefault("citations", []).append(frame["citation"])
    elif frame["type"] == "answer.tool":
        folded[frame["block"]] = {"type": "tool_use", "name": frame["name"], "detail": frame["detail"]}


def _entries(message: Message, after: int) -> tuple[str, Item]:
    """The entries of an answer's log that hold frames after sequence `after`: a query's condition and its values."""
    return "#answer = :answer AND #last_sequence > :after", {":answer": _partition(message), ":after": after}


def _logged(entries: Iterable[Item], message: Message, after: int) -> Iterable[AnswerFrame]:
    ids = {"conversation_id": message.conversation_id, "message_id": message.message_id}
    for item in entries:
        for frame in item["frames"]:
            # An entry that was written twice, after a lost reply, overlaps with the next one.
            if frame["sequence"] > after:
                after = frame["sequence"]
                yield cast(AnswerFrame, {"type": frame["type"], **ids, **frame})


def made(message: Message, after: int) -> Iterable[AnswerFrame]:
    """The frames of a settled answer, numbered from `after` on."""
    numbering = Numbering(message.conversation_id, message.message_id, after)
    yield numbering.started(message.model)
    for index, block in enumerate(message.content):
        kind = block["type"]
        if kind == "tool_use":
            yield numbering.tool(index, block["name"], block["detail"])
            continue
        yield from numbering.deltas(index, kind, block[kind])
        for citation in block.get("citations", []):
            yield numbering.citation(index, citation)
    yield numbering.end(message, shown_usage(message))


def shown_usage(message: Message) -> Usage | None:
    """Usage as it goes over the wire: what a twin spends on an answer is nothing to its visitor."""
    usage = message.usage
    if usage is None or message.subject.kind == "visit":
        return None
    return {
        "input_tokens": usage["input_tokens"],
        "output_tokens": usage["output_tokens"],
        "cache_creation_input_tokens": usage["cache_creation_input_tokens"],
        "cache_read_input_tokens": usage["cache_read_input_tokens"],
        "cost_usd": usage["cost_micro_usd"] / 1_000_000,
    }


def _partition(message: Message) -> str:
    return f"{message.subject}#{message.message_id}"


def _without_ids(frame: AnswerFrame) -> Item:
    return {name: value for name, value in frame.items() if name not in ("conversation_id", "message_id")}
