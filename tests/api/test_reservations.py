"""Money is reserved before the model is asked, and settled by whoever ends the answer."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalicelib.errors import BudgetSpent
from chalicelib.subjects import Subject, person

from tests.api.tool_calls import QUESTION, search
from tests.fakes import dynamodb, wire
from tests.fakes.dynamodb import Call
from tests.papers import paper
from tests.people import Person, text_of
from tests.stage import Stage

PARALLEL = 32
# Of one answer to a short prompt in a new conversation: 2,000 tokens beside the text at 2.5, and 100 at 10.
WORST = 2_000 * 2.5 + 100 * 10
LONG = "roses " * 5_000  # 10,000 tokens, by estimate
NO_CACHE = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


@pytest.fixture
def small(stage: Stage) -> None:
    stage.configure(max_tokens=100)


def _cost(stage: Stage, counted: str) -> int:
    return sum(row["cost_micro_usd"] for row in stage.rows("usage") if row["subject"] == counted)


def _open(stage: Stage) -> list[str]:
    return [name for row in stage.rows("usage") for name in row if name.startswith("open_")]


def _at_once(do: Callable[[int], Any]) -> list[Any]:
    """What so many got that began in the same moment, errors included."""
    barrier = threading.Barrier(PARALLEL)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return do(number)
        except BudgetSpent as refused:
            return refused

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(run, range(PARALLEL)))


@pytest.mark.parametrize("whose", ["user", "stage"])
def test_of_many_at_the_last_unit_of_a_budget_exactly_one_passes(stage: Stage, whose: str) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    stage.configure(**{f"{whose}_budget_usd": 1})
    for number in range(20):
        for row in stage.rows("usage"):
            stage.delete("usage", row)
        who = [person(f"{number} {each if whose == 'stage' else 'one'}") for each in range(PARALLEL)]
        got = _at_once(lambda each, who=who: reservations.reserve(services.of(functions.API), who[each], 600_000))  # type: ignore[misc]
        assert [isinstance(each, BudgetSpent) for each in got].count(False) == 1
        # What the refused ones had taken of the other row is given back.
        assert {row["cost_micro_usd"] for row in stage.rows("usage")} <= {0, 600_000}
        assert _cost(stage, "stage") == 600_000


@pytest.mark.parametrize("whose", ["user", "stage"])
def test_of_many_messages_at_the_last_unit_of_a_budget_exactly_one_is_accepted(
    stage: Stage, small: None, whose: str
) -> None:
    from chalicelib import functions, services
    from chalicelib.conversations import rows as conversations
    from chalicelib.turns import sending
    from chalicelib.turns.rows import Sending

    stage.configure(**{f"{whose}_budget_usd": WORST * 1.5 / 1e6})

    def send(number: int) -> Any:
        subject = person(f"{number}" if whose == "stage" else "one")
        item = conversations.new_item(services.of(functions.API), subject)
        return sending.begin(services.of(functions.API), item, Sending("Which roses?", uuid.uuid4().hex, None))

    accepted = [each for each in _at_once(send) if not isinstance(each, BudgetSpent)]
    assert len(accepted) == 1
    assert len(stage.rows("conversations")) == 1
    assert len(stage.lambdas.pending) == 1
    assert _cost(stage, "stage") == accepted[0].answer.reservation.micro_usd


def test_what_is_reserved_covers_the_last_prompt_and_what_is_new(stage: Stage, small: None, ada: Person) -> None:
    stage.script(None, text="Red.", usage={"input_tokens": 3_000, "cache_read_input_tokens": 4_000, "output_tokens": 9})
    conversation_id = ada.new_conversation(title="T")
    ada.queue(conversation_id, "Which roses?")
    first = _cost(stage, "stage")
    assert WORST < first < WORST + 100
    stage.run()
    assert _cost(stage, "stage") == 3_000 * 2 + 4_000 * 0.2 + 9 * 10
    ada.queue(conversation_id, "And lilies?")
    reserved = _cost(stage, "stage") - (3_000 * 2 + 4_000 * 0.2 + 9 * 10)
    assert first + 7_000 * 2.5 < reserved < first + 7_000 * 2.5 + 100


def test_an_answer_that_ends_leaves_nothing_reserved_however_it_ends(stage: Stage, small: None, ada: Person) -> None:
    usage = {"input_tokens": 100, "output_tokens": 10}
    stage.script("roses", text="Red.", usage=usage)
    stage.script("lilies", error={"status": 400, "type": "invalid_request_error", "message": "no"})
    conversation_id = ada.new_conversation(title="T")
    ada.ask(conversation_id, "Which roses?")
    assert _cost(stage, "stage") == 300
    assert ada.ask(conversation_id, "Which lilies?")["status"] == "failed"
    ada.stop(conversation_id, ada.queue(conversation_id, "And irises?"))
    stage.run()
    assert (_open(stage), _cost(stage, "stage"), _cost(stage, f"user:{ada.user_id}")) == ([], 300, 300)
    assert "reservation" not in str(stage.rows("messages"))


def test_a_refused_message_gives_back_what_it_had_reserved(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")

    def taken(call: Call, send: wire.Send) -> Any:
        stage.edit("conversations", conversation_id, deleted_at=1)
        return send()

    stage.wire.fail(taken, lambda call: call.operation == "TransactWriteItems")
    assert ada.send(conversation_id, "Which roses?").status == 404
    assert (_open(stage), _cost(stage, "stage")) == ([], 0)


def test_a_budget_that_was_changed_counts_at_once(stage: Stage, small: None, ada: Person) -> None:
    stage.configure(user_budget_usd=0.001)
    conversation_id = ada.new_conversation(title="T")
    assert ada.send(conversation_id, "Which roses?").error == "budget_spent"
    assert stage.rows("usage") == []
    stage.configure(user_budget_usd=1)
    assert ada.send(conversation_id, "Which roses?").status == 202


def test_a_round_that_the_budget_does_not_cover_ends_the_answer_with_what_it_has(
    stage: Stage, ada: Person, thesis: str
) -> None:
    conversation_id = ada.new_conversation(title="T")
    usage = NO_CACHE | {"input_tokens": 20_000, "output_tokens": 50}
    stage.script(QUESTION, times=1, text="I look.", tool_use=[search()], usage=usage)
    stage.script(None, text="176 euros.")
    ada.queue(conversation_id, QUESTION, file_ids=[thesis])
    # Room for what the first round reserved, and no more.
    reserved = _cost(stage, "stage")
    stage.configure(max_tokens=16_000, user_budget_usd=reserved / 1e6)
    stage.run()
    answer = ada.messages(conversation_id)[0]
    assert (answer["status"], answer["error"]["code"], text_of(answer)) == ("interrupted", "budget_spent", "I look.")
    assert len(stage.requests()) == 1
    assert (_open(stage), _cost(stage, "stage")) == ([], 20_000 * 2 + 50 * 10)
    # It can go on as soon as there is money.
    stage.configure(user_budget_usd=20)
    assert ada.ask(conversation_id, "Go on.")["status"] == "complete"


def test_rounds_reserve_what_they_need_and_are_settled_together(stage: Stage, ada: Person, thesis: str) -> None:
    conversation_id = ada.new_conversation(title="T")
    usage = NO_CACHE | {"input_tokens": 1_000, "output_tokens": 50}
    stage.script(QUESTION, times=1, text="I look.", tool_use=[search()], usage=usage)
    stage.script(None, text="176 euros.", usage=usage)
    answer = ada.ask(conversation_id, QUESTION, file_ids=[thesis])
    assert answer["status"] == "complete"
    assert (_open(stage), _cost(stage, "stage")) == ([], 2 * (1_000 * 2 + 50 * 10))


def test_whoever_settles_a_dead_answer_settles_what_it_had_extended(stage: Stage, ada: Person) -> None:
    """The worker died between extending its reservation and saying so on the answer's row."""
    from chalicelib import functions, services
    from chalicelib.conversations.messages import Message
    from chalicelib.spending import reservations

    conversation_id = ada.new_conversation(title="T")
    answer_id = ada.queue(conversation_id, "Which roses?")
    row = stage.row("messages", answer_id)
    reserved = Message.from_item({**row, "content": []}).reservation
    assert reserved is not None
    reservations.extend(services.of(functions.ANSWER), reserved, 50_000)
    stage.edit("messages", answer_id, status="streaming", token="t", lease_until=1)
    assert ada.message(conversation_id, answer_id)["status"] == "interrupted"
    assert (_open(stage), _cost(stage, "stage")) == ([], 0)


def test_what_was_taken_of_one_row_is_given_back_when_the_other_is_busy(stage: Stage) -> None:
    from chalicelib import functions, services
    from chalicelib.aws.faults import Busy
    from chalicelib.spending import reservations

    stage.wire.fail(dynamodb.exceeded, lambda call: "stage" in str(call.body.get("Key")), times=100)
    with pytest.raises(Busy):
        reservations.reserve(services.of(functions.API), person("ada"), 5_000)
    stage.wire.clear()
    assert (_open(stage), _cost(stage, "user:ada")) == ([], 0)


def test_settling_twice_counts_once(stage: Stage) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    of_api = services.of(functions.API)
    held = reservations.reserve(of_api, person("ada"), 5_000)
    spent = {"input_tokens": 10, "output_tokens": 1, "cost_micro_usd": 30}
    for _ in range(2):
        reservations.settle(of_api, held, spent)
    assert {(row["cost_micro_usd"], row["input_tokens"]) for row in stage.rows("usage")} == {(30, 10)}


@pytest.mark.parametrize("fault", [wire.lost_reply, wire.read_timeout], ids=lambda fault: fault.__name__)
def test_a_reply_that_was_lost_reserves_extends_and_settles_once(stage: Stage, fault: Any) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    of_answer = services.of(functions.ANSWER)
    spent = {"input_tokens": 10, "output_tokens": 1, "cost_micro_usd": 30}
    for nth in range(1, 7):
        stage.wire.clear()
        stage.wire.fail(fault, nth=nth)
        held = reservations.extend(of_answer, reservations.reserve(of_answer, person(f"{nth}"), 5_000), 1_000)
        assert held.micro_usd == 6_000
        reservations.settle(of_answer, held, spent)
        assert stage.wire.struck
        assert _cost(stage, f"user:{nth}") == 30
    assert (_open(stage), _cost(stage, "stage")) == ([], 180)


def test_a_purge_settles_what_nobody_will_end_any_more(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    ada.queue(conversation_id, "Which roses?")
    stage.lambdas.take()
    ada.delete(f"/conversations/{conversation_id}")
    stage.edit("conversations", conversation_id, deleted_at=1)
    stage.purge({"user_id": ada.user_id, "conversation_id": conversation_id})
    assert (stage.rows("messages"), _open(stage), _cost(stage, "stage")) == ([], [], 0)


def test_a_worker_that_claims_its_answer_during_a_purge_asks_no_model(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    ada.queue(conversation_id, "Which roses?")
    (payload,) = stage.lambdas.take()
    ada.delete(f"/conversations/{conversation_id}")
    stage.edit("conversations", conversation_id, deleted_at=1)

    def claimed(call: Call, send: wire.Send) -> Any:
        reply = send()
        stage.answer(payload)
        return reply

    # The purge has read the answer as queued.
    stage.wire.fail(claimed, lambda call: call.operation == "Query" and call.tables == ["messages"])
    stage.purge({"user_id": ada.user_id, "conversation_id": conversation_id})
    assert stage.wire.struck
    assert stage.requests() == []
    assert (stage.rows("messages"), _open(stage), _cost(stage, "stage")) == ([], [], 0)


def test_an_answer_of_the_version_before_is_counted_without_a_reservation(stage: Stage, ada: Person) -> None:
    stage.script(None, text="Red.", usage={"input_tokens": 100, "output_tokens": 10})
    conversation_id = ada.new_conversation(title="T")
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.edit("messages", answer_id, reservation=None)
    for row in stage.rows("usage"):
        stage.delete("usage", row)
    stage.run()
    assert ada.message(conversation_id, answer_id)["status"] == "complete"
    assert (_open(stage), _cost(stage, "stage"), _cost(stage, f"user:{ada.user_id}")) == ([], 300, 300)


def test_a_visit_is_held_to_the_same_caps(stage: Stage) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    stage.configure(user_budget_usd=0.01)
    visit = Subject("visit", "v-1")
    reservations.reserve(services.of(functions.API), visit, 8_000)
    with pytest.raises(BudgetSpent, match=r"^Your model budget of 0\.01 USD"):
        reservations.reserve(services.of(functions.API), visit, 8_000)
    assert _cost(stage, "visit:v-1") == _cost(stage, "stage") == 8_000


def test_what_a_crash_left_reserved_makes_room_a_day_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib import functions, services
    from chalicelib.spending import reservations

    stage.configure(user_budget_usd=1)
    services_, ada = services.of(functions.API), person("ada")
    reservations.reserve(services_, ada, 600_000)
    now = time.time()
    with pytest.raises(BudgetSpent):
        reservations.reserve(services_, ada, 600_000)
    # Within the month that it counts in.
    monkeypatch.setattr(reservations, "month", lambda _: stage.rows("usage")[0]["period"])
    monkeypatch.setattr(time, "time", lambda: now + 86_000)
    with pytest.raises(BudgetSpent):
        reservations.reserve(services_, ada, 600_000)
    monkeypatch.setattr(time, "time", lambda: now + 86_500)
    kept = reservations.reserve(services_, ada, 600_000)
    assert (set(_open(stage)), _cost(stage, "user:ada")) >= ({kept.held}, 600_000)


@pytest.mark.parametrize("busy", ["user:", "stage"])
def test_what_is_settled_while_one_row_is_busy_is_settled_on_both_by_the_next(stage: Stage, busy: str) -> None:
    from chalicelib import functions, services
    from chalicelib.aws.faults import Busy
    from chalicelib.spending import reservations

    spent = {"cost_micro_usd": 70, "input_tokens": 7}
    reserved = reservations.reserve(services.of(functions.API), person("ada"), 5_000)
    stage.wire.fail(dynamodb.exceeded, lambda call: busy in str(call.body.get("Key")), times=100)
    with pytest.raises(Busy):
        reservations.settle(services.of(functions.API), reserved, spent)
    stage.wire.clear()
    assert len(_open(stage)) == 1
    assert reservations.settle(services.of(functions.API), reserved, spent)
    assert not reservations.settle(services.of(functions.API), reserved, spent)
    assert (_open(stage), _cost(stage, "user:ada"), _cost(stage, "stage")) == ([], 70, 70)


def test_a_turn_that_cannot_be_stored_gives_back_what_it_had_reserved(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    stage.wire.fail(
        lambda call, send: dynamodb.refusal("AccessDeniedException"),
        lambda call: call.operation == "TransactWriteItems",
    )
    assert ada.send(conversation_id, "Which roses?").status == 500
    assert (_open(stage), _cost(stage, "stage")) == ([], 0)


def test_an_answer_is_settled_before_its_row_forgets_what_was_reserved(stage: Stage, small: None, ada: Person) -> None:
    """Its worker dies with the end stored or not: nothing stays reserved."""
    conversation_id = ada.new_conversation(title="T")
    stage.script("roses", text="Red.", usage=NO_CACHE | {"input_tokens": 100, "output_tokens": 10})
    seen: list[list[str]] = []

    def at_the_end(call: Call, send: wire.Send) -> Any:
        seen.append(_open(stage))
        return send()

    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.wire.fail(at_the_end, lambda call: call.operation == "TransactWriteItems")
    stage.run()
    assert ada.message(conversation_id, answer_id)["status"] == "complete"
    assert (seen, _cost(stage, "stage")) == ([[]], 300)


def _reply_on_another_branch(stage: Stage, ada: Person, conversation_id: str) -> None:
    long = ada.ask(conversation_id, LONG)
    ada.ask(conversation_id, "Which lilies?", parent_id=None)
    ada.queue(conversation_id, "And irises?", parent_id=long["message_id"])


def _retry_on_another_branch(stage: Stage, ada: Person, conversation_id: str) -> None:
    long = ada.ask(conversation_id, LONG)
    ada.ask(conversation_id, "Which lilies?", parent_id=None)
    assert ada.retry(conversation_id, long["message_id"]).status == 202


def _another_system_prompt(stage: Stage, ada: Person, conversation_id: str) -> None:
    ada.ask(conversation_id, "Which lilies?")
    assert ada.patch(f"/conversations/{conversation_id}", {"system": LONG[:20_000]}).status == 200
    ada.queue(conversation_id, "And irises?")


def _a_file_that_is_back(stage: Stage, ada: Person, conversation_id: str) -> None:
    file_id = paper(stage, ada, [LONG], "roses.pdf")
    ada.ask(conversation_id, "Which roses?", file_ids=[file_id])
    where = f"/conversations/{conversation_id}/files/{file_id}"
    assert ada.delete(where).status == 200
    ada.ask(conversation_id, "Which lilies?")
    assert ada.put(where).status == 200
    ada.queue(conversation_id, "And irises?")


@pytest.mark.parametrize(
    "queue",
    [_reply_on_another_branch, _retry_on_another_branch, _another_system_prompt, _a_file_that_is_back],
    ids=lambda queue: queue.__name__.strip("_"),
)
def test_a_prompt_that_holds_more_than_the_last_one_is_reserved_before_it_is_asked(
    stage: Stage, small: None, ada: Person, queue: Callable[[Stage, Person, str], None]
) -> None:
    stage.script("lilies", text="White.", usage=NO_CACHE | {"input_tokens": 50, "output_tokens": 2})
    conversation_id = ada.new_conversation(title="T")
    queue(stage, ada, conversation_id)
    asked = len(stage.requests())
    # Room for what was reserved by the last prompt, and no more.
    stage.configure(user_budget_usd=_cost(stage, "stage") / 1e6)
    stage.run()
    answer = ada.messages(conversation_id)[0]
    assert (answer["status"], answer["error"]["code"], len(stage.requests())) == ("failed", "budget_spent", asked)
    assert _open(stage) == []
    stage.configure(user_budget_usd=20)
    assert ada.retry(conversation_id, answer["message_id"]).status == 202
    stage.run()
    assert ada.messages(conversation_id)[0]["status"] == "complete"


def test_a_message_that_follows_the_last_one_is_reserved_once(stage: Stage, small: None, ada: Person) -> None:
    """However far the estimate of a long conversation is from what the model counts."""
    conversation_id = ada.new_conversation(title="T")
    for number in range(3):
        usage = NO_CACHE | {"input_tokens": 500 * (number + 1), "output_tokens": 2}
        stage.script(None, times=1, text="Red.", usage=usage)
        ada.queue(conversation_id, f"{number} {LONG}")
        before = _cost(stage, "stage")
        stage.configure(user_budget_usd=before / 1e6)
        stage.run()
        assert ada.messages(conversation_id)[0]["status"] == "complete"
        stage.configure(user_budget_usd=20)


def test_why_a_turn_is_not_stored_is_told_even_where_nothing_can_be_given_back_now(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")

    def refused(call: Call, send: wire.Send) -> Any:
        stage.wire.fail(dynamodb.exceeded, lambda call: call.tables == ["usage"], times=100)
        stage.edit("conversations", conversation_id, deleted_at=1)
        return send()

    stage.wire.fail(refused, lambda call: call.operation == "TransactWriteItems")
    assert ada.send(conversation_id, "Which roses?").status == 404
    assert stage.wire.struck
