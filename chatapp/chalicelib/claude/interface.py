"""Claude, behind one small interface: a prompt goes in, events come out, every failure is a `ModelError`.

The only module that imports `anthropic`, and only when a model is built: the import takes a second.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.settings import ModelOffer, Settings

if TYPE_CHECKING:
    from anthropic import Anthropic, AnthropicBedrock

# Longest silence within a stream; the API sends a ping at least every 15 s or so.
_READ_TIMEOUT_S = 60.0
_MAX_PAUSE_S = 20.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """messages: oldest first, in the Messages API's form. system: texts, the constant ones first; none is blank.

    may_use_tools: False where the tools are still named, so that the prompt's beginning stays as it was.
    """

    offer: ModelOffer
    messages: list[dict[str, Any]]
    max_tokens: int
    system: Sequence[str] = ()
    tools: Sequence[dict[str, Any]] = ()
    may_use_tools: bool = True


@dataclass(frozen=True, slots=True)
class Delta:
    """kind: text or thinking. block: index of the content block in the answer."""

    block: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """citation: as the Messages API gives it, until `citing` has made it ours."""

    block: int
    citation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """A content block is whole. content: the block as the API takes it back within the turn, without citations."""

    block: int
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Token counts so far, under the Messages API's names; later ones replace earlier ones."""

    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped:
    reason: str


Event = Delta | Citation | BlockEnd | Counts | Stopped


class ModelError(Exception):
    """code: model_overloaded, model_rate_limited, model_key_refused, model_unknown, context_too_long, prompt_refused,
    model_unavailable or stream_cut. message: for the person, without any text of theirs.
    retry_after_s: what the API asked for. retryable: the same prompt may work later.
    """

    def __init__(self, code: str, message: str, *, retryable: bool = False, retry_after_s: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class Model(Protocol):
    def prepare(self) -> None:
        """Do beforehand what the first prompt would have to wait for."""

    def stream(self, prompt: Prompt) -> ModelStream:
        """Start one answer. Raises ModelError; so does reading the stream."""


class ModelStream(Protocol):
    def __iter__(self) -> Iterator[Event]: ...

    def close(self) -> None:
        """End the stream early, from any thread."""


def build(settings: Settings, key: Callable[[], str]) -> Model:
    """The model of the stage's provider. key: gives the API key; called when the first prompt is sent."""
    return Claude(settings, key)


def events(
    model: Model,
    prompt: Prompt,
    *,
    until: float,
    cancelled: Callable[[], bool],
    pause: Callable[[float], None],
    opened: Callable[[ModelStream], None],
) -> Iterator[Event]:
    """The events of one answer. Overload and rate limits are waited out until the first word is there.

    until: time.monotonic() at which waiting no longer helps. opened: told of each stream that is started, so that
    another thread can close it. Raises the last ModelError.
    """
    attempt = 0
    while True:
        shown = False
        try:
            stream = model.stream(prompt)
            opened(stream)
            for event in stream:
                shown = shown or isinstance(event, BlockEnd) or (isinstance(event, Delta) and event.text != "")
                yield event
        except ModelError as error:
            attempt += 1
            backoff_s = random.uniform(0.5, 1.0) * min(_MAX_PAUSE_S, 2.0 ** (attempt - 1))  # noqa: S311
            pause_s = max(error.retry_after_s, backoff_s)
            hopeless = shown or not error.retryable or time.monotonic() + pause_s > until
            if hopeless or cancelled():
                raise
            pause(pause_s)
            if cancelled():
                raise
        else:
            return


class Claude:
    """Claude through Anthropic's API, Bedrock, or any server that speaks the Messages API (ANTHROPIC_BASE_URL)."""

    def __init__(self, settings: Settings, key: Callable[[], str]) -> None:
        self._settings = settings
        self._key = key
        self._client: Anthropic | AnthropicBedrock | None = None
        self._client_key = ""

    def prepare(self) -> None:
        import_module("anthropic.resources.messages")

    def stream(self, prompt: Prompt) -> ModelStream:
        import anthropic  # noqa: PLC0415 (see the module's docstring)

        client = self._connected()
        bedrock = self._settings.model_provider == "bedrock"
        parameters: dict[str, Any] = {
            "model": self._settings.bedrock_profile(prompt.offer) if bedrock else prompt.offer.id,
            "max_tokens": prompt.max_tokens,
            "messages": prompt.messages,
        }
        if prompt.system:
            texts = [{"type": "text", "text": text} for text in prompt.system]
            parameters["system"] = [*texts[:-1], texts[-1] | {"cache_control": {"type": "ephemeral"}}]
        if prompt.tools:
            parameters["tools"] = list(prompt.tools)
            if not prompt.may_use_tools:
                parameters["tool_choice"] = {"type": "none"}
        try:
            stream = client.messages.create(stream=True, **parameters)
        except anthropic.APIError as error:
            raise translated(error) from error
        return ClaudeStream(stream)

    def _connected(self) -> Anthropic | AnthropicBedrock:
        import anthropic  # noqa: PLC0415

        # Retries are ours (`events`): the SDK's own know neither the time left nor that somebody pressed stop.
        options: dict[str, Any] = {
            "max_retries": 0,
            "timeout": anthropic.Timeout(_READ_TIMEOUT_S, connect=5.0),
        }
        if self._settings.model_provider == "bedrock":
            self._client = self._client or anthropic.AnthropicBedrock(aws_region=self._settings.region, **options)
            return self._client
        key = self._key()
        if self._client is None or key != self._client_key:
            self._client_key = key
            self._client = anthropic.Anthropic(api_key=key, base_url=self._settings.anthropic_base_url, **options)
        return self._client


class ClaudeStream:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Event]:
        import anthropic  # noqa: PLC0415
        import httpx2  # noqa: PLC0415

        stopped = False
        blocks = _Blocks()
        try:
            for event in self._stream:
                for ours in blocks.events(event):
                    stopped = stopped or isinstance(ours, Stopped)
                    yield ours
        except anthropic.APIError as error:
            raise translated(error) from error
        except httpx2.HTTPError as error:
            raise cut_off() from error
        if not stopped:
            raise cut_off()

    def close(self) -> None:
        self._stream.close()


class _Blocks:
    """The SDK's events as ours. Puts each content block together, as it has to be sent back."""

    def __init__(self) -> None:
        self._open: dict[int, dict[str, Any]] = {}
        self._input_json: dict[int, str] = {}

    def events(self, event: Any) -> Iterator[Event]:
        match event.type:
            case "message_start":
                yield _counts(event.message.usage)
            case "content_block_start":
                yield from self._start(event.index, event.content_block)
            case "content_block_delta":
                yield from self._delta(event.index, event.delta)
            case "content_block_stop":
                yield from self._stop(event.index)
            case "message_delta":
                yield _counts(event.usage)
                yield Stopped(event.delta.stop_reason)

    def _start(self, index: int, block: Any) -> Iterator[Event]:
        if block.type not in _SENT_BACK:
            return
        content = {"type": block.type} | {name: getattr(block, name) for name in _SENT_BACK[block.type]}
        self._open[index] = content
        if block.type in ("text", "thinking"):
            begun, content[block.type] = content[block.type], ""
            yield self._grown(index, block.type, begun)

    def _delta(self, index: int, delta: Any) -> Iterator[Event]:
        match delta.type:
            case "text_delta":
                yield self._grown(index, "text", delta.text)
            case "thinking_delta":
                yield self._grown(index, "thinking", delta.thinking)
            case "signature_delta":
                self._open[index]["signature"] = delta.signature
            case "input_json_delta":
                self._input_json[index] = self._input_json.get(index, "") + delta.partial_json
            case "citations_delta":
                yield Citation(index, _with_writable_texts(delta.citation.to_dict()))

    def _grown(self, index: int, kind: str, text: str) -> Delta:
        text = _writable(text)
        self._open[index][kind] += text
        return Delta(index, kind, text)

    def _stop(self, index: int) -> Iterator[Event]:
        content = self._open.pop(index, None)
        if content is None:
            return
        if index in self._input_json:
            content["input"] = _object(self._input_json.pop(index))
        yield BlockEnd(index, content)


# What of a content block the API takes back in the same turn.
_SENT_BACK = {
    "text": ("text",),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
    "tool_use": ("id", "name", "input"),
}


def _object(text: str) -> dict[str, Any]:
    """A tool's input. The model writes it: what is no JSON object is as good as none."""
    try:
        value = json.loads(text or "{}")
        return _with_writable_texts(value) if isinstance(value, dict) else {}
    except (ValueError, RecursionError):  # the latter of what is nested too deep
        return {}


def _with_writable_texts(value: dict[str, Any]) -> dict[str, Any]:
    """The same, each of its texts as `_writable` makes it."""
    written = json.dumps(value, ensure_ascii=False)
    copy: dict[str, Any] = json.loads(_writable(written))
    return copy


def _writable(text: str) -> str:
    """The text as UTF-8 can hold it: JSON may name half of a character, which nothing that follows could store."""
    return text.encode(errors="replace").decode()


def _counts(usage: Any) -> Counts:
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return Counts({name: count for name in names if (count := getattr(usage, name, None)) is not None})


def cut_off() -> ModelError:
    return ModelError("stream_cut", "The connection to the model broke off in the middle of the answer. Retry.")


# https://platform.claude.com/docs/en/api/errors
_STATUS_OF = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
# "prompt is too long: 200001 tokens > 200000 maximum", on Bedrock "Input is too long for requested model", and "input
# length and `max_tokens` exceed context limit: 178959 + 64000 > 200000" where only the answer would not fit any more.
_TOO_LONG = ("too long", "context limit")


_CODE_OF = {
    401: "model_key_refused",
    403: "model_key_refused",
    404: "model_unknown",
    413: "context_too_long",
    429: "model_rate_limited",
    529: "model_overloaded",
}
_MESSAGES = {
    "model_overloaded": "The model is overloaded. Retry in a minute.",
    "model_rate_limited": "The model's rate limit is reached. Retry in a minute.",
    "model_unavailable": "The model cannot be reached. Retry in a minute.",
    "model_key_refused": "The model refused the API key; the site's owner has to renew it.",
    "model_unknown": "The model does not exist for this account. Choose another one.",
    "context_too_long": "The conversation and its files are too long for the model. Take files out of it, or start a"
    " new one.",
    "prompt_refused": "The model's API refused the request. Retry, or start a new conversation.",
}
_RETRYABLE = {"model_overloaded", "model_rate_limited", "model_unavailable"}


def translated(error: Any) -> ModelError:
    """An SDK error as ours."""
    code = _code(_status(error), str(error))
    return ModelError(code, _MESSAGES[code], retryable=code in _RETRYABLE, retry_after_s=_retry_after_s(error))


def _status(error: Any) -> int | None:
    """An error in the middle of a stream comes after the status 200: there only its type says what it is."""
    body = error.body if isinstance(getattr(error, "body", None), dict) else {}
    kind = (body.get("error") or {}).get("type", "")
    return _STATUS_OF.get(kind) or getattr(error, "status_code", None)


def _code(status: int | None, text: str) -> str:
    if status == 400 and any(words in text for words in _TOO_LONG):
        return "context_too_long"
    is_refusal = status is not None and 400 <= status < 500
    return _CODE_OF.get(status or 0, "prompt_refused" if is_refusal else "model_unavailable")


def _retry_after_s(error: Any) -> float:
    """What the API asked for in seconds; its other form, a date, is not read."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    return float(asked) if asked.replace(".", "", 1).isdigit() else 0.0
