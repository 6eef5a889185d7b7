"""A turn with a fault at each of its DynamoDB calls in turn: always one prompt and one answer, counted once."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Callable

import pytest

from tests.fakes import dynamodb, wire
from tests.fakes.dynamodb import Call, Fault
from tests.fakes.wire import Killed
from tests.people import Person, Reply, text_in, text_of
from tests.stage import Stage, wait_for

TEXT = "Red roses, white lilies and one yellow tulip."

FAULTS = [dynamodb.exceeded, dynamodb.conflict, wire.unreachable, wire.lost_reply, wire.read_timeout]
# Of one answer and of its title.
INPUT, OUTPUT, TITLE = 1_000, 100, 7


@pytest.fixture(autouse=True)
def scripted(stage: Stage, quick_ticks: None) -> None:
    stage.pace(1)
    stage.script(None, title=True, text="Roses", delay_chunk_s=0, usage={"input_tokens": TITLE, "output_tokens": 1})
    usage = {"input_tokens": INPUT, "output_tokens": OUTPUT}
    stage.script(None, text=TEXT, delay_chunk_s=0.01, usage=usage)


def _until_accepted(send: Callable[[], Reply]) -> Reply:
    """Repeat a request as a client does: with its request id, after an error of the server's."""
    for _ in range(3):
        reply = send()
        if reply.status < 500:
            return reply
    raise AssertionError(reply)


def _turn(person: Person) -> tuple[str, str]:
    """A first message, its answer and its title; returns the ids of conversation and answer."""
    message = {"text": "Which roses?", "request_id": uuid.uuid4().hex}
    made = _until_accepted(lambda: person.post("/conversations", {"message": message}))
    assert made.status == 201, made
    person.stage.run()
    return made.body["conversation_id"], made.body["answer"]["message_id"]


def _check(stage: Stage, person: Person, conversation_id: str, answer_id: str, asked: int) -> None:
    answer, prompt = person.messages(conversation_id)
    assert (prompt["role"], text_of(prompt)) == ("user", "Which roses?")
    assert (answer["message_id"], answer["status"], text_of(answer)) == (answer_id, "complete", TEXT)
    shown = person.conversation(conversation_id)
    assert (shown["answer_in_progress"], shown["head"], shown["title"]) == (None, answer_id, "Roses")
    assert text_in(person.frames(conversation_id, answer_id)["items"]) == TEXT
    assert len(stage.requests()) == asked
    for subject in (f"user:{person.user_id}", "stage"):
        counted = stage.row("usage", subject)
        assert (counted["input_tokens"], counted["output_tokens"]) == (INPUT + TITLE, OUTPUT + 1), subject
    rows = [row for row in stage.rows("messages") if row["conversation"].endswith(conversation_id)]
    assert len(rows) == 3  # prompt, answer, request id


def _renewals(stage: Stage) -> int:
    return sum("SET #lease_until" in str(call) for call in stage.wire.calls)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_turn_survives_a_fault_at_any_call(stage: Stage, fault: Fault) -> None:
    # The model goes on once the worker has logged and renewed its lease twice.
    stage.model.sleep = lambda seconds: wait_for(lambda: _renewals(stage) >= 2)
    clean = Person(stage, "nobody")
    clean.connect("tab")
    stage.wire.clear()
    _turn(clean)
    kinds = [_kind(call) for call in stage.wire.calls]
    targets = [(kind, nth) for kind in dict.fromkeys(kinds) for nth in range(1, min(kinds.count(kind), 3) + 1)]
    assert len({kind for kind, _ in targets}) >= 9
    assert {kind.split()[0] for kind in kinds} == {*OPERATIONS}
    for number, (kind, nth) in enumerate(targets, 2):
        person = Person(stage, f"person {number}")
        person.connect("tab")
        for row in stage.rows("usage"):
            stage.delete("usage", row)
        stage.gateway.sent.clear()
        stage.wire.clear()
        stage.wire.fail(fault, lambda call, kind=kind: _kind(call) == kind, nth=nth)  # type: ignore[misc]
        conversation_id, answer_id = _turn(person)
        assert stage.wire.struck or _ticking(kind), kind
        stage.wire.clear()
        _check(stage, person, conversation_id, answer_id, asked=2 * number)
        pushed = stage.gateway.sent["tab"]
        assert text_in([frame for frame in pushed if "sequence" in frame]) == TEXT, (kind, nth)
        assert pushed[-1]["type"] == "conversation.updated", (kind, nth)


OPERATIONS = ("GetItem", "BatchGetItem", "TransactWriteItems", "UpdateItem", "Query", "PutItem")


def _kind(call: Call) -> str:
    """Each reservation has an attribute of its own."""
    return re.sub(r"#open_\w+", "#open", str(call))


def _ticking(kind: str) -> bool:
    """Calls that come by the clock: the third of them may not have come."""
    return "SET #lease_until" in kind or kind.startswith(("GetItem messages", "PutItem frames", "Query sockets"))


# Every call of the worker, by what it does; a renewal and a log entry come as often as its clock says.
DEATHS: dict[str, Callable[[Call], bool]] = {
    "claim": lambda call: call.operation == "UpdateItem" and "messages" in call.tables,
    "conversation": lambda call: call.operation == "GetItem" and "conversations" in call.tables,
    "history": lambda call: call.operation == "Query" and "messages" in call.tables,
    "sockets": lambda call: call.operation == "Query" and "sockets" in call.tables,
    "end": lambda call: call.operation == "TransactWriteItems" and "messages" in call.tables,
    "own costs": lambda call: call.tables == ["usage"] and "stage" not in str(call.body["Key"]),
    "stage's costs": lambda call: call.tables == ["usage"] and "stage" in str(call.body["Key"]),
    "title": lambda call: call.operation == "UpdateItem" and "conversations" in call.tables,
}


@pytest.mark.parametrize("fault", [wire.killed_before, wire.killed_after], ids=["before", "after"])
@pytest.mark.parametrize("moment", DEATHS)
def test_a_worker_killed_at_any_call_loses_nothing(stage: Stage, ada: Person, moment: str, fault: Fault) -> None:
    ada.connect("tab")
    conversation_id = ada.new_conversation()
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.wire.fail(fault, DEATHS[moment])
    with pytest.raises(Killed):
        stage.run()
    ended = moment == "title" or (moment == "end" and fault is wire.killed_after)
    row = stage.row("messages", answer_id)
    assert row["status"] == ("complete" if ended else "queued" if _not_claimed(moment, fault) else "streaming")
    if row["status"] == "streaming":
        stage.edit("messages", answer_id, lease_until=1)
    if row["status"] == "queued":  # Lambda may deliver it again: nothing has happened yet
        ada.stop(conversation_id, answer_id)
    answer = ada.messages(conversation_id)[0]
    assert TEXT.startswith(text_of(answer))
    assert answer["status"] == ("complete" if ended else "stopped" if row["status"] == "queued" else "interrupted")
    assert ada.conversation(conversation_id)["answer_in_progress"] is None
    retried = ada.retry(conversation_id, answer_id)
    stage.run()
    new = ada.message(conversation_id, retried.body["answer"]["message_id"])
    assert (new["status"], text_of(new)) == ("complete", TEXT)
    assert [message["role"] for message in ada.messages(conversation_id)] == ["assistant", "assistant", "user"]
    assert ada.ask(conversation_id, "More?")["status"] == "complete"
    # Of a title that was not written, the reservation stands until it is a day old.
    assert moment == "title" or "open_" not in str(stage.rows("usage"))


def _not_claimed(moment: str, fault: Fault) -> bool:
    return moment == "claim" and fault is wire.killed_before


@pytest.mark.parametrize("fault", [dynamodb.throttled, *FAULTS], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("command", ["send", "retry", "stop", "settle"])
def test_a_command_survives_a_fault_at_any_call(stage: Stage, fault: Fault, command: str) -> None:
    for nth in itertools.count(1):
        person = Person(stage, f"person {nth}")
        conversation_id = person.new_conversation(title="T")
        answer_id = person.queue(conversation_id, "Which roses?")
        stage.lambdas.take()
        act, status, count = _command(stage, person, conversation_id, answer_id, command)
        stage.wire.clear()
        stage.wire.fail(fault, nth=nth)
        reply = _until_accepted(act)
        if not stage.wire.struck:
            break
        assert reply.status in (200, 202), (reply, str(stage.wire.struck[0]))
        stage.wire.clear()
        messages = person.messages(conversation_id)
        assert (messages[0]["status"], len(messages)) == (status, count), str(stage.wire.struck)
    assert nth >= 3


def _command(
    stage: Stage, person: Person, conversation_id: str, answer_id: str, command: str
) -> tuple[Callable[[], Reply], str, int]:
    """A command, the newest message's status after it, and how many messages there are then."""
    if command == "stop":
        return lambda: person.stop(conversation_id, answer_id), "stopped", 2
    if command == "settle":
        stage.edit("messages", answer_id, status="streaming", token="t", lease_until=1)
        return lambda: person.get(f"/conversations/{conversation_id}/messages"), "interrupted", 2
    person.stop(conversation_id, answer_id)
    if command == "retry":
        return lambda: person.retry(conversation_id, answer_id), "queued", 3
    request_id = uuid.uuid4().hex
    return lambda: person.send(conversation_id, "Which lilies?", request_id=request_id), "queued", 4


def test_a_push_that_finds_dynamodb_out_of_order_loses_no_answer(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    stage.wire.fail(wire.unreachable, lambda call: call.tables == ["sockets"], times=1_000)
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.run()
    answer = ada.message(conversation_id, answer_id)
    assert (answer["status"], text_of(answer)) == ("complete", TEXT)


def test_a_log_that_cannot_be_written_for_a_while_is_written_later(stage: Stage, ada: Person) -> None:
    conversation_id = ada.new_conversation(title="T")
    stage.model.scripts.clear()
    stage.script(None, text=TEXT, chunk_chars=2, delay_chunk_s=0.02)
    stage.wire.fail(wire.unreachable, lambda call: call.tables == ["frames"], times=7)
    answer_id = ada.queue(conversation_id, "Which roses?")
    stage.run()
    log = sorted((row for row in stage.rows("frames")), key=lambda row: row["last_sequence"])
    assert [frame["sequence"] for row in log for frame in row["frames"]] == list(range(1, log[-1]["last_sequence"] + 1))
    assert text_of(ada.message(conversation_id, answer_id)) == TEXT
