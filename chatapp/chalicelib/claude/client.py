"""Claude by Anthropic's SDK, directly or through Bedrock.

The only module that imports `anthropic`, and only when a prompt is sent or prepared: the import takes a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalicelib.settings import ModelOffer, Settings
from chalicelib.shapes import TextKind

from .errors import cut_off, translated, unknown_to_api, unknown_to_bedrock
from .interface import BlockEnd, Citation, Counts, Delta, Event, Model, ModelStream, Prompt, Stopped

if TYPE_CHECKING:
    from anthropic import Anthropic, AnthropicBedrock

# Longest silence within a stream; the API sends a ping at least every 15 s or so.
_READ_TIMEOUT_S = 60.0
_LIST_TIMEOUT_S = 10.0


def build(settings: Settings, key: Callable[[], str]) -> Model:
    """The model of the stage's provider. key: gives the API key; called when the first prompt is sent."""
    return Claude(settings, key)


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
        parameters: dict[str, Any] = {
            "model": self._named(prompt.offer),
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
            elif prompt.must_call:
                parameters["tool_choice"] = {"type": "tool", "name": prompt.must_call}
        try:
            stream = client.messages.create(stream=True, **parameters)
        except anthropic.APIError as error:
            raise translated(error, self._on_bedrock) from error
        return ClaudeStream(stream, self._on_bedrock)

    def check(self) -> None:
        import anthropic  # noqa: PLC0415

        client = self._connected()
        if not isinstance(client, anthropic.Anthropic):
            raise TypeError("Bedrock has no list of models that the SDK could ask for")
        try:
            # https://platform.claude.com/docs/en/api/models-list: all that the key may ask, in one page.
            page = client.with_options(max_retries=2, timeout=_LIST_TIMEOUT_S).models.list(limit=1_000)
        except anthropic.APIError as error:
            raise translated(error) from error
        listed = [model.id for model in page.data]
        # Another server than Anthropic's names its models as it likes.
        if self._settings.anthropic_base_url is None and not all(
            _is_listed(o.id, listed) for o in self._settings.models
        ):
            raise unknown_to_api()

    def _named(self, offer: ModelOffer) -> str:
        if not self._on_bedrock:
            return offer.id
        if not offer.bedrock_id:  # between an update's new code and its new variables
            raise unknown_to_bedrock()
        return offer.bedrock_id

    @property
    def _on_bedrock(self) -> bool:
        return self._settings.model_provider == "bedrock"

    def _connected(self) -> Anthropic | AnthropicBedrock:
        import anthropic  # noqa: PLC0415

        # Retries are ours (`events`): the SDK's own know neither the time left nor that somebody pressed stop.
        options: dict[str, Any] = {
            "max_retries": 0,
            "timeout": anthropic.Timeout(_READ_TIMEOUT_S, connect=5.0),
        }
        if self._on_bedrock:
            self._client = self._client or anthropic.AnthropicBedrock(aws_region=self._settings.region, **options)
            return self._client
        key = self._key()
        if self._client is None or key != self._client_key:
            self._client_key = key
            self._client = anthropic.Anthropic(api_key=key, base_url=self._settings.anthropic_base_url, **options)
        return self._client


def _is_listed(model: str, listed: Sequence[str]) -> bool:
    """An alias stands for the same name with a date."""
    name = re.compile(rf"{re.escape(model)}(-\d{{8}})?")
    return any(name.fullmatch(each) for each in listed)


class ClaudeStream:
    def __init__(self, stream: Any, on_bedrock: bool = False) -> None:
        self._stream = stream
        self._on_bedrock = on_bedrock

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
            raise translated(error, self._on_bedrock) from error
        except httpx2.HTTPError as error:
            raise cut_off() from error
        if not stopped:
            raise cut_off()

    @property
    def request_id(self) -> str:
        """https://platform.claude.com/docs/en/api/errors#request-id; Bedrock names it as all of AWS does."""
        headers = self._stream.response.headers
        return str(headers.get("request-id") or headers.get("x-amzn-requestid") or "")

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

    def _grown(self, index: int, kind: TextKind, text: str) -> Delta:
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
