"""Asking Claude for one answer, in rounds: what it says is shown, what its tools find is sent back, until it is done.

Runs on a thread of its own. Nothing of it is stored here: the transcript takes what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib import shapes
from chalicelib.claude.interface import BlockEnd, Citation, Counts, Delta, Event, Model, ModelStream, Prompt, Stopped
from chalicelib.claude.retries import events
from chalicelib.prompts import history
from chalicelib.prompts.citations import Citer
from chalicelib.prompts.toolbox import Toolbox
from chalicelib.settings import Settings

from .transcript import Cited, Shown, Shows, ToolUse

MAX_ROUNDS = 8
# How long an overloaded model is waited for, before the person is told and may decide.
OVERLOAD_S = 60.0
# Below this nothing that a tool finds is of use.
_FEWEST_TOKENS = 200
_NO_ROOM = "There is no room for more in this conversation. Answer with what is there, and say what is missing."
_ANSWER_NOW = "The tools are not to be used any more: answer now, with what is there, and say what is missing."


@dataclass(frozen=True, slots=True)
class Hooks:
    """How the threads of an answer meet.

    deadline: time.monotonic() at which it is over. ending: whether it is over. pause: waits, unless it ends.
    opened: is given each stream, so that another thread can close it. changed: something is there to be shown.
    afford: asked before each round but the first, with the tokens of its prompt; raises BudgetSpent.
    """

    deadline: float
    ending: Callable[[], bool]
    pause: Callable[[float], None]
    opened: Callable[[ModelStream], None]
    changed: Callable[[], None]
    afford: Callable[[int], None]


@dataclass(slots=True)
class _Reply:
    """What the model said in one round. blocks: as they are sent back. citations: of blocks that have not ended."""

    blocks: dict[int, dict[str, Any]] = field(default_factory=dict)
    texts: defaultdict[int, str] = field(default_factory=lambda: defaultdict(str))
    citations: defaultdict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)
    stop_reason: str | None = None

    @property
    def calls(self) -> list[tuple[int, dict[str, Any]]]:
        if self.stop_reason != "tool_use":
            return []
        return [(index, block) for index, block in sorted(self.blocks.items()) if block["type"] == "tool_use"]

    @property
    def said(self) -> list[dict[str, Any]]:
        """The round as the API takes it back: thinking signed, and no blank text."""
        blocks = [self.blocks[index] for index in sorted(self.blocks)]
        return [block for block in blocks if block["type"] != "text" or block["text"].strip()]

    @property
    def tokens(self) -> int:
        return sum(self.counts.values())


class Rounds:
    """One answer. transcript: takes what is to be shown."""

    def __init__(  # noqa: PLR0917 (its parts, each named once, where it is made)
        self, settings: Settings, model: Model, tools: Toolbox, citer: Citer, transcript: Shows, hooks: Hooks
    ) -> None:
        self._settings = settings
        self._model = model
        self._tools = tools
        self._citer = citer
        self._transcript = transcript
        self._hooks = hooks
        self._first_block = 0
        self._earlier: dict[str, int] = {}

    def run(self, prompt: Prompt) -> None:
        """Ask until the answer is whole, or over. Raises ModelError; what was shown by then is in the transcript.

        After the last round the model is told to answer. Only if it still wants a tool are tools forbidden: that makes
        another prompt of it, of which the cache knows nothing but the tools and the system prompt.
        """
        rounds, is_told = 0, False
        while not self._over():
            reply = _Reply()
            self._ask(prompt, reply)
            if reply.stop_reason and not (reply.calls and prompt.may_use_tools):
                self._show(Stopped(reply.stop_reason))
                return
            room = 0 if is_told else self._room(reply)
            results, left = self._use(reply, room)
            if self._over():
                return
            rounds += 1
            may_use_tools = not is_told
            is_told = is_told or left < _FEWEST_TOKENS or rounds == MAX_ROUNDS
            self._hooks.afford(reply.tokens + room - left)
            messages = history.exchanged(prompt.messages, reply.said, _told(results) if is_told else results)
            prompt = replace(prompt, messages=messages, may_use_tools=may_use_tools)
            self._next_round(reply)

    def _over(self) -> bool:
        return self._hooks.ending() or self._transcript.full

    def _show(self, event: Shown) -> None:
        self._transcript.add(event)
        self._hooks.changed()

    def _next_round(self, reply: _Reply) -> None:
        """Blocks are numbered on, and tokens added up: they are one answer's."""
        self._first_block += max([*reply.blocks, *reply.texts], default=-1) + 1
        self._earlier = _sum(self._earlier, reply.counts)

    def _ask(self, prompt: Prompt, reply: _Reply) -> None:
        try:
            for event in events(
                self._model,
                prompt,
                until=self._hooks.deadline,
                patience_s=OVERLOAD_S,
                cancelled=self._hooks.ending,
                pause=self._hooks.pause,
                opened=self._hooks.opened,
                again=lambda: self._begin_again(reply),
                waiting=self._show,
            ):
                self._take(event, reply)
                if self._over():
                    return
        finally:
            # Of a block that broke off, too: its text was shown.
            for block in list(reply.citations):
                self._cite(block, reply)

    def _begin_again(self, reply: _Reply) -> None:
        """Before a prompt is sent again whose first try broke off, with nothing shown.

        What that try said it had used stays counted, so the next one needs room in the budget of its own. Whether one
        that had said nothing yet is billed nobody tells: it is not counted.
        """
        reply.texts.clear()
        reply.citations.clear()
        if reply.counts:
            prompt_tokens = reply.tokens
            self._earlier, reply.counts = _sum(self._earlier, reply.counts), {}
            self._hooks.afford(prompt_tokens)

    def _take(self, event: Event, reply: _Reply) -> None:
        match event:
            case Delta(block, kind, text):
                reply.texts[block] += text
                self._show(Delta(self._first_block + block, kind, text))
            case Citation(block, citation):
                reply.citations[block].append(citation)
            case BlockEnd(block, content):
                reply.blocks[block] = content
                self._cite(block, reply)
            case Counts(counts):
                reply.counts |= counts
                self._show(Counts(_sum(self._earlier, reply.counts)))
            case Stopped(reason):
                reply.stop_reason = reason

    def _cite(self, block: int, reply: _Reply) -> None:
        """A quote is chosen by the claim's words, so a citation waits until its block has ended."""
        shown: list[shapes.Citation] = []
        for given in reply.citations.pop(block, []):
            cited = self._citer.cite(given, reply.texts[block])
            if cited is not None and cited not in shown:
                shown.append(cited)
                self._show(Cited(self._first_block + block, cited))

    def _use(self, reply: _Reply, room: int) -> tuple[list[dict[str, Any]], int]:
        """The results of a round's calls, in order, and the room that they leave; cut short when it is over."""
        results: list[dict[str, Any]] = []
        for block, call in reply.calls:
            if self._over():
                return results, room
            self._show(
                ToolUse(self._first_block + block, call["name"], self._tools.detail(call["name"], call["input"]))
            )
            if room < _FEWEST_TOKENS:
                results.append(_refusal(call["id"]))
                continue
            result = self._tools.use(call["name"], call["input"], room)
            room -= result.tokens
            results.append(result.block(call["id"]))
        return results, room

    def _room(self, reply: _Reply) -> int:
        """Tokens that tools may still give: what the model takes, less what it has, its last word included."""
        return self._settings.context_tokens - self._settings.max_tokens - reply.tokens


def _refusal(tool_use_id: str) -> dict[str, Any]:
    content = [{"type": "text", "text": _NO_ROOM}]
    return {"type": "tool_result", "tool_use_id": tool_use_id, "content": content, "is_error": True}


def _told(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results, of which the last one ends with the word to answer now."""
    *before, last = results
    return [*before, last | {"content": [*last["content"], {"type": "text", "text": _ANSWER_NOW}]}]


def _sum(earlier: dict[str, int], counts: dict[str, int]) -> dict[str, int]:
    return {name: earlier.get(name, 0) + counts.get(name, 0) for name in earlier | counts}
