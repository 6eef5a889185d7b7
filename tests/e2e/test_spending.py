"""Budgets on a real stage: what many requests at once may take of what is left."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.e2e import people, rows
from tests.e2e.demo import Model
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person

PARALLEL, TIMES = 32, 8
ATTEMPTS = 5
# What a first message with an answer of full length is reserved, and half of another one.
LEFT_MICRO_USD = 250_000
BUDGET_MICRO_USD = 1_000_000_000  # of the local stage, per person and for everybody
PERIOD = time.strftime("%Y-%m", time.gmtime())


def _spend_all_but(deployment: Deployment, counted: str, left_micro_usd: int) -> None:
    item = {"subject": counted, "period": PERIOD, "cost_micro_usd": BUDGET_MICRO_USD - left_micro_usd}
    rows.put(deployment, "usage", item)


def _accepted(senders: list[Person], word: str) -> int:
    """How many of so many first messages, sent in the same moment, are accepted; the others are told why not."""
    barrier = Barrier(len(senders))

    def send(person: Person) -> Any:
        first = {"message": {"text": word, "request_id": str(uuid.uuid4())}}
        barrier.wait()
        reply = person.post("/conversations", first)
        for _ in range(ATTEMPTS - 1):
            if reply.status != 503:
                break
            # So many at once on one machine: DynamoDB did not answer in time. The same request is safe to repeat.
            time.sleep(1.0)
            reply = person.post("/conversations", first)
        return reply

    with ThreadPoolExecutor(len(senders)) as pool:
        replies = list(pool.map(send, senders))
    refused = [reply for reply in replies if reply.status != 201]
    assert {(reply.status, reply.body["error"]["code"]) for reply in refused} <= {(429, "budget_spent")}
    for person, reply in zip(senders, replies, strict=True):
        if reply.status == 201:
            path = f"/conversations/{reply.body['conversation_id']}/messages/{reply.body['answer']['message_id']}/stop"
            assert person.post(path).status == 202
    return len(replies) - len(refused)


def _check(model: Model, word: str, prepare: Callable[[], None], senders: list[Person]) -> None:
    # An answer that ended before the last request came would give back what it had reserved.
    model.script(word, text="Red.", delay_first_s=30.0)
    counts = []
    for _ in range(TIMES):
        prepare()
        counts.append(_accepted(senders, word))
    assert counts == [1] * TIMES


@pytest.mark.local_only
@pytest.mark.scripted
def test_of_many_messages_at_the_last_unit_of_a_person_s_budget_one_is_accepted(
    deployment: Deployment, model: Model, word: str
) -> None:
    with people.signed_in(deployment, "spender") as person:
        counted = f"user:{person.user_id}"
        _check(model, word, lambda: _spend_all_but(deployment, counted, LEFT_MICRO_USD), [person] * PARALLEL)


@pytest.mark.local_only
@pytest.mark.scripted
@pytest.mark.exclusive
def test_of_many_messages_at_the_last_unit_of_the_stage_s_budget_one_is_accepted(
    deployment: Deployment, model: Model, word: str, ada: Person, grace: Person
) -> None:
    before = rows.query(deployment, "usage", "subject", "stage")
    try:
        _check(model, word, lambda: _spend_all_but(deployment, "stage", LEFT_MICRO_USD), [ada, grace] * (PARALLEL // 2))
    finally:
        for row in before:
            rows.put(deployment, "usage", row)
