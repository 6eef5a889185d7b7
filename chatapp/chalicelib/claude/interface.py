"""What the rest of the app knows of a model: prompts, the events of a stream, and its one kind of failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.settings import ModelOffer
from chalicelib.shapes import TextKind


@dataclass(frozen=True, slots=True)
class Prompt:
    """messages: oldest first, in the Messages API's form. system: texts, the constant ones first; none is blank.

    may_use_tools: False where the tools are still named, so that the prompt's beginning stays as it was.
    must_call: the tool that the answer has to be a call of.
    """

    offer: ModelOffer
    messages: list[dict[str, Any]]
    max_tokens: int
    system: Sequence[str] = ()
    tools: Sequence[dict[str, Any]] = ()
    may_use_tools: bool = True
    must_call: str | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """kind: text or thinking. block: index of the content block in the answer."""

    block: int
    kind: TextKind
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """citation: as the Messages API gives it, until `prompts.citations` has made it ours."""

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


MODEL_ERRORS = (
    *("model_overloaded", "model_rate_limited", "model_unavailable", "stream_cut"),
    *("model_no_credit", "model_key_refused", "model_access_denied", "model_unknown"),
    *("context_too_long", "model_request_too_large", "prompt_refused"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The model is to be asked again. code: why; None: no more, it answers. left_s: how long that goes on at most."""

    code: str | None
    left_s: float


class ModelError(Exception):
    """code: one of MODEL_ERRORS. message: for the person, without any text of theirs.
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

    def check(self) -> None:
        """See that the models on offer can be asked, which costs nothing. Raises ModelError. Not for Bedrock."""

    def stream(self, prompt: Prompt) -> ModelStream:
        """Start one answer. Raises ModelError; so does reading the stream."""


class ModelStream(Protocol):
    """request_id: the provider's own of this call, which its support asks for; "" where it told none."""

    @property
    def request_id(self) -> str: ...

    def __iter__(self) -> Iterator[Event]: ...

    def close(self) -> None:
        """End the stream early, from any thread."""
