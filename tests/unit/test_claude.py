"""When a model call is repeated, for how long, and what each failure is called."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.claude import retries
from chalicelib.claude.client import Claude, ClaudeStream, build
from chalicelib.claude.errors import cut_off
from chalicelib.claude.interface import (
    BlockEnd,
    Counts,
    Delta,
    Event,
    ModelError,
    ModelStream,
    Prompt,
    Stopped,
    Waiting,
)
from chalicelib.claude.retries import events
from chalicelib.settings import DEFAULT_MODELS, Settings

from tests.stage import Stage

PROMPT = Prompt(DEFAULT_MODELS[0], [{"role": "user", "content": [{"type": "text", "text": "Which roses?"}]}], 100)


class Clock:
    """time.monotonic(), which passes in a moment."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.passed_s


@dataclass
class _Silence:
    """Nothing comes for so long."""

    clock: Clock
    seconds: float


Try = Sequence[Event | ModelError | _Silence]


def _busy(retry_after_s: float = 0.0) -> ModelError:
    return ModelError("model_overloaded", "", retryable=True, retry_after_s=retry_after_s)


@dataclass
class FakeModel:
    """Answers each call with the next of its tries: events in order, an error raised where it stands."""

    tries: list[Try]
    closed: int = 0

    def prepare(self) -> None:
        pass

    def check(self) -> None:
        pass

    def stream(self, prompt: Prompt) -> ModelStream:
        script = self.tries.pop(0)
        if isinstance(script[0], ModelError):
            raise script[0]
        return FakeStream(self, script)


@dataclass
class FakeStream:
    model: FakeModel
    script: Try
    request_id: str = "req_1"

    def __iter__(self) -> Iterator[Event]:
        for step in self.script:
            if isinstance(step, ModelError):
                raise step
            if isinstance(step, _Silence):
                step.clock.passed_s += step.seconds
                continue
            yield step

    def close(self) -> None:
        self.model.closed += 1


@dataclass
class Asking:
    """One call of `events`: what came, how long it paused in between, and what had come before each new try."""

    model: FakeModel
    seconds: float = 100.0
    patience_s: float = 1e6
    cancel_after_pauses: int = 1_000
    pauses: list[float] = field(default_factory=list)
    came: list[Event] = field(default_factory=list)
    broken_off: list[list[Event]] = field(default_factory=list)
    waits: list[Waiting] = field(default_factory=list)

    def run(self) -> list[Event]:
        for event in events(
            self.model,
            PROMPT,
            until=time.monotonic() + self.seconds,
            patience_s=self.patience_s,
            cancelled=lambda: len(self.pauses) >= self.cancel_after_pauses,
            pause=self.pauses.append,
            opened=lambda stream: None,
            again=lambda: self.broken_off.append(list(self.came)),
            waiting=self.waits.append,
        ):
            self.came.append(event)
        return self.came


ANSWER: Try = [Delta(0, "text", ""), Delta(0, "text", "Roses."), Stopped("end_turn")]


def test_overload_is_waited_out_with_growing_pauses_that_are_not_the_same_for_all() -> None:
    busy: list[Try] = [[_busy()]] * 5
    asking = Asking(FakeModel([*busy, ANSWER]))
    assert asking.run() == ANSWER
    for attempt, pause_s in enumerate(asking.pauses):
        assert 0.5 * 2**attempt <= pause_s <= 2**attempt
    other = Asking(FakeModel([*busy, ANSWER]))
    other.run()
    assert other.pauses != asking.pauses


def test_a_pause_is_as_long_as_the_api_asks_for_and_never_past_twenty_seconds_otherwise() -> None:
    asking = Asking(FakeModel([[_busy(7.5)], [ANSWER[0], _busy(30)], *([_busy()] for _ in range(8)), ANSWER]), 1e6)
    asking.run()
    assert asking.pauses[:2] == [7.5, 30]
    assert max(asking.pauses[2:]) <= 20


def test_waiting_ends_when_it_would_outlast_the_time_left() -> None:
    asking = Asking(FakeModel([[_busy()], [_busy(11)], ANSWER]), seconds=10)
    with pytest.raises(ModelError, match="model_overloaded"):
        asking.run()
    assert len(asking.pauses) == 1


def test_a_stop_ends_the_waiting() -> None:
    asking = Asking(FakeModel([[_busy()], [_busy()], ANSWER]), cancel_after_pauses=2)
    with pytest.raises(ModelError):
        asking.run()
    assert len(asking.pauses) == 2


def test_once_a_word_was_shown_nothing_is_repeated() -> None:
    asking = Asking(FakeModel([[Delta(0, "text", "Ro"), _busy()], ANSWER]))
    with pytest.raises(ModelError):
        asking.run()
    assert asking.came == [Delta(0, "text", "Ro")]


COUNTED = Counts({"input_tokens": 10})


@pytest.mark.parametrize("told", [[], [COUNTED], [COUNTED, Delta(0, "text", "")]], ids=["nothing", "counts", "block"])
def test_a_connection_that_is_cut_before_the_first_word_is_asked_again(told: list[Event]) -> None:
    asking = Asking(FakeModel([[*told, cut_off()], ANSWER]))
    assert asking.run() == [*told, *ANSWER]
    assert asking.broken_off == [told]
    assert len(asking.pauses) == 1


@pytest.mark.parametrize("shown", [Delta(0, "thinking", "Hm"), BlockEnd(0, {}), Stopped("end_turn")])
def test_one_that_is_cut_after_it_is_not(shown: Event) -> None:
    asking = Asking(FakeModel([[COUNTED, shown, cut_off()], ANSWER]))
    with pytest.raises(ModelError, match="stream_cut"):
        asking.run()
    assert asking.broken_off == []


def test_one_that_is_always_cut_is_asked_three_times_since_each_may_be_billed() -> None:
    asking = Asking(FakeModel([[COUNTED, cut_off()]] * 4))
    with pytest.raises(ModelError, match="stream_cut"):
        asking.run()
    assert asking.came == [COUNTED] * 3


def test_a_model_that_was_silent_until_the_time_out_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(retries, "time", clock)
    silent: Try = [_Silence(clock, 60), cut_off()]
    asking = Asking(FakeModel([silent, ANSWER]), seconds=800, patience_s=60)
    assert asking.run() == ANSWER
    assert clock.passed_s == 60


@pytest.mark.parametrize(("seconds", "tries"), [(800, 2), (30, 1)], ids=["patience", "time left"])
def test_one_that_stays_silent_is_asked_no_longer_than_patience_and_time_last(
    monkeypatch: pytest.MonkeyPatch, seconds: float, tries: int
) -> None:
    clock = Clock()
    monkeypatch.setattr(retries, "time", clock)
    asking = Asking(FakeModel([[_Silence(clock, 60), cut_off()]] * 4), seconds, patience_s=60)
    with pytest.raises(ModelError, match="stream_cut"):
        asking.run()
    assert clock.passed_s == 60 * tries


def test_an_error_that_will_not_pass_is_not_repeated() -> None:
    asking = Asking(FakeModel([[ModelError("prompt_refused", "")], ANSWER]))
    with pytest.raises(ModelError, match="prompt_refused"):
        asking.run()
    assert asking.pauses == []


def _ask_claude(stage: Stage, key: str = "demo", system: str | None = None) -> list[Event]:
    model = build(Settings(anthropic_base_url=stage.model.url), lambda: key)
    assert isinstance(model, Claude)
    prompt = Prompt(PROMPT.offer, PROMPT.messages, 100, (system,) if system else ())
    return list(model.stream(prompt))


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (400, {}, ("prompt_refused", False, 0)),
        (401, {}, ("model_key_refused", False, 0)),
        (403, {}, ("model_key_refused", False, 0)),
        (404, {}, ("model_unknown", False, 0)),
        (402, {}, ("model_no_credit", False, 0)),
        (413, {}, ("model_request_too_large", False, 0)),
        (429, {"retry-after": "2.5"}, ("model_rate_limited", True, 2.5)),
        (429, {"retry-after": "Sat, 21 Nov 2026 12:00:00 GMT"}, ("model_rate_limited", True, 0)),
        (500, {}, ("model_unavailable", True, 0)),
        (503, {"retry-after": "3"}, ("model_unavailable", True, 3)),
        (529, {"retry-after": "4"}, ("model_overloaded", True, 4)),
    ],
)
def test_every_status_has_its_own_error(
    stage: Stage, status: int, headers: dict[str, str], expected: tuple[str, bool, float]
) -> None:
    stage.script(None, error={"status": status, "message": "SECRET", "headers": headers})
    with pytest.raises(ModelError) as raised:
        _ask_claude(stage)
    error = raised.value
    assert (error.code, error.retryable, error.retry_after_s) == expected
    assert "SECRET" not in error.message + str(error)


@pytest.mark.parametrize(
    "message",
    [
        "prompt is too long: 200001 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or"
        " `max_tokens` and try again",
        "Input is too long for requested model.",
    ],
)
def test_a_prompt_that_is_too_long_is_told_apart_from_other_bad_requests(stage: Stage, message: str) -> None:
    stage.script(None, error={"status": 400, "message": message})
    with pytest.raises(ModelError, match="context_too_long"):
        _ask_claude(stage)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        ({"type": "overloaded_error"}, "model_overloaded", True),
        ({"type": "api_error"}, "model_unavailable", True),
        ({"type": "rate_limit_error"}, "model_rate_limited", True),
        ({"type": "invalid_request_error"}, "prompt_refused", False),
    ],
)
def test_an_error_event_within_the_stream_is_what_its_type_says(
    stage: Stage, error: dict[str, str], code: str, retryable: bool
) -> None:
    stage.script(None, text="Roses and lilies.", error_after_chars=5, error=error)
    with pytest.raises(ModelError) as raised:
        _ask_claude(stage)
    assert (raised.value.code, raised.value.retryable) == (code, retryable)


@pytest.mark.parametrize("cut_after_chars", [0, 5, 1_000])
def test_a_stream_that_ends_before_the_message_does_is_cut(stage: Stage, cut_after_chars: int) -> None:
    stage.script(None, text="Roses and lilies.", cut_after_chars=cut_after_chars)
    with pytest.raises(ModelError, match="stream_cut"):
        _ask_claude(stage)


def test_a_stream_that_ends_in_good_order_without_the_messages_end_is_cut() -> None:
    with pytest.raises(ModelError, match="stream_cut"):
        list(ClaudeStream(iter([])))


def test_nobody_listening_is_an_unavailable_model() -> None:
    model = build(Settings(anthropic_base_url="http://127.0.0.1:9"), lambda: "demo")
    with pytest.raises(ModelError, match="model_unavailable"):
        model.stream(PROMPT)


def test_a_renewed_key_is_taken_up(stage: Stage) -> None:
    keys = iter(["invalid", "demo"])
    model = build(Settings(anthropic_base_url=stage.model.url), lambda: next(keys))
    with pytest.raises(ModelError, match="model_key_refused"):
        model.stream(PROMPT)
    assert any(isinstance(event, Delta) for event in model.stream(PROMPT))


def test_thinking_text_and_citations_come_as_their_own_events_with_the_counts(stage: Stage) -> None:
    citation = {
        "type": "char_location",
        "cited_text": "roses",
        "document_index": 0,
        "document_title": "Garden",
        "start_char_index": 0,
        "end_char_index": 5,
        "file_id": None,
    }
    stage.script(None, thinking="Hm.", text="Roses.", citations=[citation], usage={"output_tokens": 42})
    came = _ask_claude(stage)
    shown = [(event.block, event.kind, event.text) for event in came if isinstance(event, Delta) and event.text]
    assert shown == [(0, "thinking", "Hm."), (1, "text", "Roses.")]
    assert [event.citation["cited_text"] for event in came if hasattr(event, "citation")] == ["roses"]
    assert came[-1] == Stopped("end_turn")
    counts = [event.counts for event in came if hasattr(event, "counts")]
    assert counts[-1]["output_tokens"] == 42
    assert set(counts[0]) >= {"input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"}


TOOL: dict[str, Any] = {"name": "look", "description": "Looks.", "input_schema": {"type": "object", "properties": {}}}


def test_blocks_come_whole_as_the_api_takes_them_back(stage: Stage) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"query": "é🐈", "pages": [1, 2]}}
    stage.script(None, thinking="Hm.", text="I look.", tool_use=call, chunk_chars=3)
    came = _ask_claude(stage)
    thinking, text, tool = [event for event in came if isinstance(event, BlockEnd)]
    assert thinking.content.keys() == {"type", "thinking", "signature"}
    assert (thinking.content["thinking"], bool(thinking.content["signature"])) == ("Hm.", True)
    assert (text.block, text.content) == (1, {"type": "text", "text": "I look."})
    assert (tool.block, tool.content) == (2, call)
    assert came[-1] == Stopped("tool_use")


def test_tools_are_named_with_the_prompt_and_forbidden_without_being_left_out(stage: Stage) -> None:
    model = build(Settings(anthropic_base_url=stage.model.url), lambda: "demo")
    for may in (True, False):
        list(model.stream(Prompt(PROMPT.offer, PROMPT.messages, 100, ("One.", "Two."), (TOOL,), may_use_tools=may)))
    free, bound = stage.prompts()
    assert (free["tools"], bound["tools"]) == ([TOOL], [TOOL])
    assert (free.get("tool_choice"), bound["tool_choice"]) == (None, {"type": "none"})
    list(model.stream(Prompt(PROMPT.offer, PROMPT.messages, 100, tools=(TOOL,), must_call=TOOL["name"])))
    assert stage.prompts()[-1]["tool_choice"] == {"type": "tool", "name": TOOL["name"]}
    assert free["system"] == [
        {"type": "text", "text": "One."},
        {"type": "text", "text": "Two.", "cache_control": {"type": "ephemeral"}},
    ]


def _one_block(block: dict[str, Any], delta: dict[str, Any]) -> Iterator[Any]:
    """What the SDK hands on of a block with one delta."""
    yield SimpleNamespace(type="content_block_start", index=0, content_block=SimpleNamespace(**block))
    yield SimpleNamespace(type="content_block_delta", index=0, delta=SimpleNamespace(**delta))
    yield SimpleNamespace(type="content_block_stop", index=0)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", {}),
        ("{", {}),
        ("[1]", {}),
        ('{"a": 1}', {"a": 1}),
        (r'{"a": "\ud83d", "b": "\ud83d\ude00"}', {"a": "?", "b": "😀"}),
    ],
)
def test_what_is_no_object_is_no_input(written: str, read: dict[str, Any]) -> None:
    block = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    came: list[Event] = []
    with pytest.raises(ModelError, match="stream_cut"):
        came.extend(ClaudeStream(_one_block(block, {"type": "input_json_delta", "partial_json": written})))
    assert came == [BlockEnd(0, {"type": "tool_use", "id": "toolu_1", "name": "look", "input": read})]


@pytest.mark.parametrize("kind", ["text", "thinking"])
def test_half_a_character_is_replaced(kind: str) -> None:
    block = {"type": kind, kind: "\ud83d", "signature": ""}
    came: list[Event] = []
    with pytest.raises(ModelError, match="stream_cut"):
        came.extend(ClaudeStream(_one_block(block, {"type": f"{kind}_delta", kind: "a \ude00 and a 😀"})))
    assert [event.text for event in came if isinstance(event, Delta)] == ["?", "a ? and a 😀"]
    end = came[-1]
    assert isinstance(end, BlockEnd)
    assert end.content[kind] == "?a ? and a 😀"


def test_blocks_of_a_type_that_is_not_known_are_passed_over() -> None:
    block = {"type": "server_tool_use", "id": "x", "name": "web_search", "input": {}}
    stream = _one_block(block, {"type": "input_json_delta", "partial_json": "{}"})
    usage, delta = SimpleNamespace(output_tokens=1), SimpleNamespace(stop_reason="end_turn")
    end = SimpleNamespace(type="message_delta", usage=usage, delta=delta)
    came = list(ClaudeStream(chain(stream, [end])))
    assert [event for event in came if isinstance(event, BlockEnd | Stopped)] == [Stopped("end_turn")]


def test_while_a_model_is_waited_for_it_is_told_why_and_for_how_long_and_when_it_answers() -> None:
    limited = ModelError("model_rate_limited", "", retryable=True, retry_after_s=5)
    asking = Asking(FakeModel([[_busy()], [limited], ANSWER]), seconds=800, patience_s=60)
    assert asking.run() == ANSWER
    assert [wait.code for wait in asking.waits] == ["model_overloaded", "model_rate_limited", None]
    assert all(50 < wait.left_s <= 60 for wait in asking.waits[:2])


def test_a_model_that_is_not_asked_again_is_not_waited_for() -> None:
    for last in (_busy(61), ModelError("model_no_credit", "")):
        asking = Asking(FakeModel([[last], ANSWER]), seconds=800, patience_s=60)
        with pytest.raises(ModelError):
            asking.run()
        assert asking.waits == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."),
        (400, "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."),
        (403, "There is a problem with your BILLING details."),
        (402, "Payment required"),
    ],
)
def test_an_account_without_credit_is_its_owners_matter(stage: Stage, status: int, message: str) -> None:
    stage.script(None, error={"status": status, "message": message})
    with pytest.raises(ModelError, match="model_no_credit") as raised:
        _ask_claude(stage)
    assert not raised.value.retryable
    assert "owner" in raised.value.message


@pytest.mark.parametrize(
    ("retry_after", "advice"),
    [
        ("0", "in a minute."),
        ("59", "in a minute."),
        ("61", "in 2 minutes."),
        ("3600", "in 60 minutes."),
        ("86400", "in 24 hours."),
    ],
)
def test_when_to_come_back_is_told_as_the_api_says(stage: Stage, retry_after: str, advice: str) -> None:
    stage.script(None, error={"status": 429, "headers": {"retry-after": retry_after}})
    with pytest.raises(ModelError) as raised:
        _ask_claude(stage)
    assert raised.value.message.endswith(advice)


def test_a_date_to_come_back_at_is_read(stage: Stage) -> None:
    at = time.time() + 7_200
    stage.script(None, error={"status": 429, "headers": {"retry-after": formatdate(at, usegmt=True)}})
    with pytest.raises(ModelError) as raised:
        _ask_claude(stage)
    assert abs(raised.value.retry_after_s - 7_200) < 60
