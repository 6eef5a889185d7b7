"""The claim on an answer, and what holds it: made although the database is busy, renewed, looked at every second."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest
from chalicelib.answering import lease as leases
from chalicelib.answering import worker
from chalicelib.answering.course import Course
from chalicelib.answering.lease import Lease
from chalicelib.answering.purse import Purse
from chalicelib.answering.transcript import Transcript
from chalicelib.aws.clients import client
from chalicelib.aws.faults import Busy
from chalicelib.claude.interface import Delta
from chalicelib.conversations.messages import Message
from chalicelib.ids import iso
from chalicelib.push.channel import Channel
from chalicelib.turns import settling
from chalicelib.workers import ticker
from chalicelib.workers.ticker import Ticker

from tests.fakes import dynamodb
from tests.fakes.dynamodb import Call
from tests.fakes.wire import Send
from tests.people import Person, text_in
from tests.stage import Stage

# boto3 asks five times before it gives up.
A_CALL = 5


@pytest.fixture
def conversation_id(ada: Person) -> str:
    return ada.new_conversation(title="T")


# The claim


def _claims(call: Call) -> bool:
    return call.operation == "UpdateItem" and ":oldest" in str(call.body)


@pytest.mark.parametrize("fault", [dynamodb.throttled, dynamodb.exceeded, dynamodb.conflict])
def test_a_claim_that_meets_a_busy_database_is_tried_until_it_is_made(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch, fault: dynamodb.Fault
) -> None:
    monkeypatch.setattr(worker, "CLAIM_PAUSE_S", 0.001)
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.wire.clear()
    stage.wire.fail(fault, _claims, times=8 * A_CALL)
    stage.run()
    assert len(stage.wire.struck) == 8 * A_CALL
    assert ada.message(conversation_id, answer_id)["status"] == "complete"
    assert len(stage.prompts()) == 1


def test_the_claim_is_tried_no_longer_than_an_answer_may_wait(
    stage: Stage, ada: Person, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CLAIM_PAUSE_S", 0.001)
    answer_id = ada.queue(conversation_id, "Which roses?")

    def a_minute_passes(call: Call, send: Send) -> Any:
        stage.edit("messages", answer_id, created_at=iso(time.time() - settling.QUEUED_S - 1))
        return dynamodb.throttled(call, send)

    stage.wire.fail(a_minute_passes, _claims)
    stage.wire.fail(dynamodb.throttled, _claims, times=A_CALL - 1)
    stage.run()
    assert stage.prompts() == []
    assert ada.message(conversation_id, answer_id)["error"]["code"] == "not_started"


def test_an_order_whose_claim_cannot_be_made_in_the_functions_time_fails_and_is_kept(
    stage: Stage, ada: Person, conversation_id: str
) -> None:
    answer_id = ada.queue(conversation_id, "Which roses?")
    (payload,) = stage.lambdas.take()
    stage.wire.fail(dynamodb.throttled, _claims, times=1_000)
    with pytest.raises(Exception, match="Busy"):
        stage.answer(payload, seconds=15)
    stage.wire.clear()
    assert ada.message(conversation_id, answer_id)["status"] == "queued"


# The ticks


class Held:
    """A claimed answer, whose ticks come when the test says."""

    def __init__(self, stage: Stage, ada: Person, conversation_id: str) -> None:
        from chalicelib import functions, services

        self.stage, self.ada, self.conversation_id = stage, ada, conversation_id
        self.answer_id = ada.queue(conversation_id, "Which roses?")
        stage.edit("messages", self.answer_id, status="streaming", token="t", lease_until=int(time.time() + 100))
        claimed = Message.from_item(stage.row("messages", self.answer_id))
        mine = services.of(functions.ANSWER)
        self.course = Course(time.monotonic() + 100, stop_requested=False)
        self.transcript = Transcript(claimed, 10_000)
        self.transcript.start("claude")
        purse = Purse(mine, claimed, mine.settings.offer(None), self.transcript)
        channel = Channel(mine, claimed.subject)
        self.lease = Lease(mine, claimed, self.course, self.transcript, purse, channel)
        self.close = channel.close
        stage.wire.clear()

    def tick(self, times: int = 1) -> bool:
        return all(self.lease.tick() for _ in range(times))

    def says(self, text: str) -> None:
        self.transcript.add(Delta(0, "text", text))

    def renewals(self) -> int:
        return sum("SET #lease_until" in str(call) for call in self.stage.wire.calls)


@pytest.fixture
def held(stage: Stage, ada: Person, conversation_id: str) -> Iterator[Held]:
    made = Held(stage, ada, conversation_id)
    yield made
    made.close()


def test_five_seconds_cost_six_writes(held: Held) -> None:
    for number in range(5):
        held.says(f"word {number} ")
        assert held.tick()
    calls = held.stage.wire.calls
    assert [call.operation for call in calls if call.writes and "frames" in call.tables] == ["PutItem"] * 5
    assert [str(call) for call in calls if call.writes and "messages" in call.tables] == [
        "UpdateItem messages SET #lease_until = :new_lease_until"
    ]
    # One look at the row a tick, by a read or by the renewal; where nothing has come, nothing is logged.
    assert sum(call.tables == ["messages"] for call in calls) == 5
    held.stage.wire.clear()
    held.tick(4)
    assert sum(call.writes for call in held.stage.wire.calls) == 2


@pytest.mark.parametrize("ticks_before", range(4))
def test_every_tick_sees_a_stop(held: Held, ticks_before: int) -> None:
    held.tick(ticks_before)
    assert not held.course.ending()
    assert held.ada.stop(held.conversation_id, held.answer_id).body["status"] == "streaming"
    held.tick()
    assert held.course.ending()


@pytest.mark.parametrize("ticks_before", range(4))
@pytest.mark.parametrize("gone", [True, False])
def test_every_tick_sees_that_the_answer_is_no_longer_held(held: Held, ticks_before: int, gone: bool) -> None:
    held.tick(ticks_before)
    if gone:
        held.stage.delete("messages", held.stage.row("messages", held.answer_id))
    else:
        held.stage.edit("messages", held.answer_id, lease_until=int(time.time()) - 1)
        held.ada.message(held.conversation_id, held.answer_id)  # which settles it
    before = held.stage.rows("frames")
    held.says("Nobody is to see this.")
    assert not held.tick()
    assert held.course.lost
    assert held.stage.rows("frames") == before


def test_every_tick_logs_what_has_come(held: Held) -> None:
    said = ""
    for number in range(4):
        said += f"word {number} "
        held.says(f"word {number} ")
        held.tick()
        assert text_in(held.ada.frames(held.conversation_id, held.answer_id)["items"]) == said


def test_a_renewal_that_failed_is_made_by_the_next_tick(held: Held) -> None:
    held.stage.edit("messages", held.answer_id, lease_until=int(time.time()) + 1)
    held.tick(2)
    held.stage.wire.fail(dynamodb.throttled, lambda call: "SET #lease_until" in str(call), times=A_CALL)
    with pytest.raises(Busy):
        held.tick()
    tried = held.renewals()
    held.tick()
    assert held.renewals() == tried + 1
    assert held.stage.row("messages", held.answer_id)["lease_until"] > time.time() + settling.LEASE_S - 2


def test_a_lease_outlasts_a_renewal_whose_first_reply_is_lost() -> None:
    a_lost_reply_s = client("dynamodb").meta.config.read_timeout
    assert worker.TICK_EVERY_S <= 1  # a stop is obeyed, and text logged, within a second
    whole_seconds = 1  # that a lease is stored in
    left_s = settling.LEASE_S - whole_seconds - leases.TICKS_A_RENEWAL * worker.TICK_EVERY_S
    assert left_s > a_lost_reply_s
    assert left_s > worker.TICK_EVERY_S


class _Clock:
    """monotonic() as the ticks and waits of a Ticker let it pass. took_s: how long each tick takes, in turn."""

    def __init__(self, took_s: list[float]) -> None:
        self.now = 1_000.0
        self.began: list[float] = []
        self._took_s = itertools.chain(took_s)

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout_s: float) -> bool:
        self.now += timeout_s
        return False

    def tick(self) -> bool:
        self.began.append(round(self.now - 1_000, 3))
        took_s = next(self._took_s, None)
        self.now += took_s or 0
        return took_s is not None


def test_ticks_come_by_the_clock_and_not_after_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock([0.2, 0.3, 3.7, 0.1, 0.1])
    monkeypatch.setattr(ticker, "time", clock)
    ticking = Ticker(clock.tick, 1.0)
    monkeypatch.setattr(ticking, "_stopping", clock)
    ticking.run()
    # Of the three that the slow one held up, one is made up for.
    assert clock.began == [1, 2, 3, 6.7, 7.7, 8.7]
