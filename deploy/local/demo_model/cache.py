"""Anthropic's prompt cache, emulated: what a request reads from it, writes to it, and pays in full.

The rules (https://platform.claude.com/docs/en/build-with-claude/prompt-caching): the prompt is the blocks
of tools, then system, then messages. An entry is written only at a block with `cache_control`, keyed by
everything up to that block, when that is at least 1,024 tokens. A read looks at no more than 20 blocks from
each breakpoint backwards. Turning citations of documents on or off changes the system prompt, images the messages. An
entry lives 5 minutes (or `ttl: "1h"`) and each use renews it.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.local.demo_model.request import MessagesRequest, block_tokens
from deploy.local.demo_model.sources import is_cited

MIN_CACHED_TOKENS = 1024
LOOKBACK_BLOCKS = 20
TTL_S = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True)
class PromptUsage:
    """Tokens of one prompt: `input_tokens` + `creation_5m` + `creation_1h` + `read` is all of it."""

    input_tokens: int
    creation_5m: int
    creation_1h: int
    read: int

    @property
    def total(self) -> int:
        return self.input_tokens + self.creation_5m + self.creation_1h + self.read

    def as_usage(self) -> dict[str, Any]:
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.creation_5m + self.creation_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.creation_5m,
                "ephemeral_1h_input_tokens": self.creation_1h,
            },
            "service_tier": "standard",
        }


@dataclass(frozen=True)
class _Position:
    """The prompt up to and including one block."""

    key: str
    tokens: int
    ttl: str | None  # None: no breakpoint here


class PromptCache:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expires_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def charge(self, request: MessagesRequest, api_key: str) -> PromptUsage:
        """Read and write the cache for `request`, and say what it used."""
        positions = _positions(request, api_key)
        with self._lock:
            self._drop_expired()
            hit = self._longest_hit(positions)
            self._renew(positions, hit)
        return _usage(positions, hit)

    def _drop_expired(self) -> None:
        now = self._clock()
        self._expires_at = {key: expires for key, expires in self._expires_at.items() if expires > now}

    def _longest_hit(self, positions: list[_Position]) -> int:
        """The index of the longest cached prefix that a breakpoint can see, or -1."""
        hits = [-1]
        for index, position in enumerate(positions):
            if position.ttl is not None:
                window = range(index, max(-1, index - LOOKBACK_BLOCKS), -1)
                hits += [seen for seen in window if positions[seen].key in self._expires_at][:1]
        return max(hits)

    def _renew(self, positions: list[_Position], hit: int) -> None:
        now = self._clock()
        for index, position in enumerate(positions):
            known = position.key in self._expires_at
            writable = index > hit and position.tokens >= MIN_CACHED_TOKENS
            if position.ttl is not None and (known or writable):
                self._expires_at[position.key] = now + TTL_S[position.ttl]
        if hit >= 0 and positions[hit].ttl is None:
            # Read through a later breakpoint's lookback: the entry keeps its own life, renewed.
            key = positions[hit].key
            self._expires_at[key] = max(self._expires_at[key], now + TTL_S["5m"])


def prompt_tokens(request: MessagesRequest) -> int:
    """The estimated tokens of the whole prompt, for count_tokens."""
    return _positions(request, "")[-1].tokens


def _usage(positions: list[_Position], hit: int) -> PromptUsage:
    read = positions[hit].tokens if hit >= 0 else 0
    written = {"1h": read, "5m": read}
    for position in positions[hit + 1 :]:
        if position.ttl is not None and position.tokens >= MIN_CACHED_TOKENS:
            written[position.ttl] = position.tokens
    end_1h = written["1h"]
    end = max(end_1h, written["5m"])
    return PromptUsage(
        input_tokens=positions[-1].tokens - end,
        creation_5m=end - end_1h,
        creation_1h=end_1h - read,
        read=read,
    )


def _positions(request: MessagesRequest, api_key: str) -> list[_Position]:
    digest = hashlib.sha256(f"{api_key}\n{request.model}\n".encode())
    # These change how messages are read, so they invalidate the messages' part of the cache but not
    # the tools' and system's.
    message_options = {name: request.body.get(name) for name in ("thinking", "tool_choice")}
    message_options["images"] = bool(request.source_blocks("image"))
    # The API writes into the system prompt how documents are to be cited.
    system_options = any(is_cited(block) for block in request.source_blocks("document"))
    blocks = [("tool", tool) for tool in request.tools] + [("system", block) for block in request.system]
    first_system, first_message = len(request.tools), len(blocks)
    blocks += [(role, block) for role, content in request.messages for block in content]
    automatic = request.body.get("cache_control")
    positions, tokens = [], 0
    for index, (role, block) in enumerate(blocks):
        if index == first_system:
            digest.update(_canonical(system_options))
        if index == first_message:
            digest.update(_canonical(message_options))
        digest.update(role.encode() + b"\x1f" + _canonical(_without_cache_control(block)) + b"\x1e")
        tokens += block_tokens(block)
        control = _cache_control(block) or (automatic if index == len(blocks) - 1 else None)
        ttl = control.get("ttl", "5m") if control else None
        positions.append(_Position(digest.hexdigest(), tokens, ttl))
    return positions


def _canonical(value: Any) -> bytes:
    # Key order is kept: the API hashes the prompt as it is rendered, so reordered tool properties
    # are another prompt.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _without_cache_control(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_cache_control(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_cache_control(item) for key, item in value.items() if key != "cache_control"}
    return value


def _cache_control(block: Any) -> dict[str, Any] | None:
    """The block's breakpoint, or that of a block inside it (a tool result's or a document's content)."""
    if isinstance(block, list):
        return next((found for item in reversed(block) if (found := _cache_control(item))), None)
    if not isinstance(block, dict):
        return None
    own: dict[str, Any] | None = block.get("cache_control")
    return own or _cache_control(block.get("content")) or _cache_control(block.get("source"))
