"""What a twin's visitors cost, in process: its profile, a question's limits and money, its time, its prompts.

The real app on moto's DynamoDB, asking the demo model, which charges prompts by Anthropic's cache rules; the uncached
prompt is the very same one without its breakpoint, as in `prompt_cost.py`.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bench import in_process, prompt_cost
from bench.dynamodb_meter import Meter, Request
from bench.report import Figure
from deploy.local.demo_model.cache import PromptCache
from tests import stage as stages
from tests import visiting
from tests.people import Person

VISITORS, QUESTIONS = 20, 3
ENTRIES, WORDS = 60, 100
SAMPLES = 20
# Between two questions: visitors come one after the other, within the cache's life.
PACE_S = 20.0
MAX_COST_RATIO = 0.2
_BUDGETS: dict[str, Any] = {"daily_budget_micro_usd": 10**9, "monthly_budget_micro_usd": 10**9}


def figures() -> Iterator[Figure]:
    from chalicelib.aws import clients  # noqa: PLC0415 (of the app, once its environment is set)

    source = random.Random(1)  # noqa: S311 (no secret)
    with in_process.stage() as stage:
        stage.script(None, text=prompt_cost.text(60, source), chunk_chars=500, delay_chunk_s=0)
        visiting.publish(stage, entries=_entries(source), **_BUDGETS)
        meter = Meter(clients.client("dynamodb"), stage.dynamodb, stages.table_definitions())
        yield from _profile(stage, meter)
        yield from _metered(stage, meter)
        yield from _time(stage)
        yield from _cost(stage, source)


def _entries(source: random.Random) -> list[dict[str, Any]]:
    """Of a long career: what a CV, an archive and notes come to together."""
    sections = ("experience", "education", "projects", "publications", "notes")
    return [
        visiting.entry(sections[number % len(sections)], f"Entry {number}", prompt_cost.text(WORDS, source))
        for number in range(ENTRIES)
    ]


def _profile(stage: stages.Stage, meter: Meter) -> Iterator[Figure]:
    anybody = Person(stage, "visitor", groups="")
    anybody.claims.clear()
    meter.take()
    reply = anybody.get("/twins/me")
    if reply.status != 200:
        raise RuntimeError(f"GET /twins/me: {reply}")
    yield Figure("profile_requests", len(meter.take()), 1, "to DynamoDB, where no cache answered")
    yield Figure("profile_bytes", len(reply.raw.encode()), note=f"{ENTRIES} entries")


def _metered(stage: stages.Stage, meter: Meter) -> Iterator[Figure]:
    """Of a visit's second question: its rows are there."""
    visitor = visiting.Visitor(stage)
    visitor.ask("Where did you work?")
    meter.take()
    sent = visitor.send("And before?")
    asked = meter.take()
    stage.run()
    answered = meter.take()
    _check(visitor, sent.body["answer"]["message_id"])
    before, after = _by_row(asked), _by_row(answered)
    yield Figure("limiter_requests", _limits(before), note="address, visit, twin and stage; two a row at most")
    yield Figure(
        "reservation_requests", len(before) - _limits(before), note="the twin's day and month, and the stage's month"
    )
    yield Figure("settlement_requests", len(after), note="the same rows, once the answer is made")
    yield Figure("question_requests", len(asked), note="all of POST …/messages")


def _by_row(requests: Sequence[Request]) -> list[str]:
    """Of which period each row of usage is that was written."""
    written = (each for each in requests if each.table.endswith("-usage") and each.operation == "UpdateItem")
    return [each.body["Key"]["period"]["S"] for each in written]


def _limits(periods: list[str]) -> int:
    from chalicelib.spending import rates  # noqa: PLC0415

    return sum(period.startswith(rates.PERIOD) for period in periods)


def _time(stage: stages.Stage) -> Iterator[Figure]:
    """From the request to the model, as if Lambda took no time: a twin's answer against one of the chat."""
    visitor, ada = visiting.Visitor(stage), Person(stage, "ada")
    conversation_id = ada.new_conversation(title="T")
    path = f"/conversations/{conversation_id}/messages"

    def chat() -> None:
        assert ada.post(path, {"text": "Q", "request_id": uuid.uuid4().hex}).status == 202  # noqa: S101

    twin_ms = median(_until_asked(stage, lambda: visitor.send("Where did you work?")) for _ in range(SAMPLES))
    chat_ms = median(_until_asked(stage, chat) for _ in range(SAMPLES))
    yield Figure("twin_before_model_ms", round(twin_ms, 1), note=f"warm, {ENTRIES} entries; of {SAMPLES} questions")
    yield Figure("chat_before_model_ms", round(chat_ms, 1), note="the same for a message of the chat")
    yield Figure("twin_added_ms", round(twin_ms - chat_ms, 1))


def _until_asked(stage: stages.Stage, send: Any) -> float:
    stage.model.recorder.clear()
    started = time.time()
    send()
    (payload,) = stage.lambdas.take()
    stage.answer(payload)
    first: float = stage.requests()[0]["received_at"]
    return (first - started) * 1000


def _cost(stage: stages.Stage, source: random.Random) -> Iterator[Figure]:
    from chalicelib.settings import Settings  # noqa: PLC0415

    now = [0.0]
    stage.model.cache = PromptCache(lambda: now[0])
    cost = naive = 0.0
    tokens = 0
    for _ in range(VISITORS):
        visitor = visiting.Visitor(stage)
        for _ in range(QUESTIONS):
            now[0] += PACE_S
            stage.model.recorder.clear()
            answer = visitor.ask(prompt_cost.text(12, source))
            _check(visitor, answer["message_id"])
            row = stage.row("messages", answer["message_id"])
            usage, prices = row["usage"], Settings().offer(row["model"]).prices
            read, written = usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]
            cost += usage["input_tokens"] * prices.input + written * prices.cache_write + read * prices.cache_read
            tokens = prompt_cost.counted(stage, stage.prompts()[-1])
            naive += tokens * prices.input
    note = f"input of {VISITORS} visitors who ask {QUESTIONS} questions each"
    yield Figure("visits_cost_ratio", round(cost / naive, 4), MAX_COST_RATIO, f"{note}, against the prompts uncached")
    yield Figure("visits_cost_usd", round(cost / 1e6, 4), note=note)
    yield Figure("visits_naive_cost_usd", round(naive / 1e6, 4), note="the same, nothing cached")
    yield Figure("prompt_tokens", tokens, note="of the last one, by the demo model: four characters a token")


def _check(visitor: visiting.Visitor, answer_id: str) -> None:
    """An answer that was not made would make every figure meaningless."""
    answer = visitor.message(answer_id)
    if answer["status"] != "complete":
        raise RuntimeError(f"{answer['status']}: {answer.get('error')}")
