"""What DynamoDB may do at any moment: throttle, conflict, take a write and lose the reply. And what survives it."""

from __future__ import annotations

import json

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from chalicelib.aws.faults import Busy
from chalicelib.aws.table import Table, TransactionRefused, batch_get, transact

from tests.aws.conftest import row
from tests.fakes import dynamodb, wire
from tests.fakes.dynamodb import Call, Fault
from tests.fakes.wire import Send
from tests.stage import Stage

PASSING = [dynamodb.exceeded, dynamodb.throttled, dynamodb.conflict, wire.unreachable, wire.lost_reply]
KEY = row(1)


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("times", [1, 3])
def test_a_single_write_gets_through(stage: Stage, messages: Table, fault: Fault, times: int) -> None:
    stage.wire.fail(fault, times=times)
    update = messages.update(KEY, "SET #text = :text", {":text": "x"})
    assert messages.write(update, returns="ALL_NEW") == row(1, text="x")
    assert len(stage.wire.struck) == times


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("times", [1, 3])
def test_a_transaction_is_made_once(stage: Stage, messages: Table, fault: Fault, times: int) -> None:
    stage.wire.fail(fault, times=times)
    count = messages.update(KEY, "ADD #count :one", {":one": 1})
    new = messages.put(row(2), condition="attribute_not_exists(#message_id)")
    transact([count, new])
    assert sorted(stage.rows("messages"), key=str) == sorted([row(1, count=1), row(2)], key=str)
    assert len(stage.wire.struck) == times


def test_a_transaction_repeats_under_one_token_even_through_conflicts(stage: Stage, messages: Table) -> None:
    def in_progress(call: Call, send: Send) -> AWSResponse:
        """The first attempt is carried out while DynamoDB still says that it is busy with it."""
        send()
        return dynamodb.refusal("TransactionInProgressException")

    stage.wire.fail(in_progress, times=6)
    transact([messages.put(row(1), condition="attribute_not_exists(#message_id)")])
    assert len({call.body["ClientRequestToken"] for call in stage.wire.calls}) == 1
    assert stage.rows("messages") == [row(1)]


@pytest.mark.parametrize("fault", [dynamodb.conflict, wire.unreachable, dynamodb.throttled])
def test_what_never_ends_is_raised_and_nothing_is_stored(stage: Stage, messages: Table, fault: Fault) -> None:
    stage.wire.fail(fault, times=1_000)
    with pytest.raises(Busy):
        transact([messages.put(row(1))])
    assert 5 <= len(stage.wire.calls) <= 10
    assert stage.rows("messages") == []


def test_a_refused_transaction_stores_nothing_and_names_the_writes(stage: Stage, messages: Table) -> None:
    messages.write(messages.put(row(1, text="here")))
    new = "attribute_not_exists(#message_id)"
    missing = messages.update(row(3), "SET #a = :a", {":a": 1}, condition="attribute_exists(#message_id)")
    stands, fresh = messages.put(row(1), condition=new), messages.put(row(2), condition=new)
    with pytest.raises(TransactionRefused) as refused:
        transact([stands, fresh, missing])
    shown = refused.value
    assert (shown.row(stands), shown.row(fresh), shown.row(missing)) == (row(1, text="here"), None, {})
    assert (shown.by(stands), shown.by(fresh), shown.by(fresh, missing)) == (True, False, True)
    assert stage.rows("messages") == [row(1, text="here")]


def test_a_condition_that_failed_beside_a_conflict_is_a_refusal_at_once(stage: Stage, messages: Table) -> None:
    def both(call: Call, send: Send) -> AWSResponse:
        reasons = [{"Code": "TransactionConflict"}, {"Code": "ConditionalCheckFailed", "Item": {"a": {"S": "b"}}}]
        return dynamodb.refusal("TransactionCanceledException", CancellationReasons=reasons)

    stage.wire.fail(both, times=6)
    with pytest.raises(TransactionRefused) as refused:
        transact([first := messages.put(row(1)), second := messages.put(row(2))])
    assert (refused.value.row(first), refused.value.row(second)) == (None, {"a": "b"})
    assert len(stage.wire.calls) == 1


def test_another_cancellation_is_our_bug_and_is_raised(stage: Stage, messages: Table) -> None:
    def invalid(call: Call, send: Send) -> AWSResponse:
        return dynamodb.refusal("TransactionCanceledException", CancellationReasons=[{"Code": "ValidationError"}])

    stage.wire.fail(invalid, times=6)
    with pytest.raises(ClientError):
        transact([messages.put(row(1))])
    assert len(stage.wire.calls) == 1


def test_batch_get_asks_again_for_what_was_left_out(stage: Stage, messages: Table, usage: Table) -> None:
    for number in range(3):
        messages.write(messages.put(row(number)))
    stage.wire.clear()

    def partly(call: Call, send: Send) -> AWSResponse:
        """Only the first key is served, as when the reply would be too large."""
        response = send()
        reply = json.loads(response.content)
        asked = call.body["RequestItems"]["chatapp-test-messages"]
        reply["Responses"] = {"chatapp-test-messages": reply["Responses"]["chatapp-test-messages"][:1]}
        reply["UnprocessedKeys"] = {"chatapp-test-messages": asked | {"Keys": asked["Keys"][1:]}}
        return dynamodb.reply(reply)

    stage.wire.fail(partly, times=2)
    found = batch_get(*((messages, row(number)) for number in range(3)))
    assert found == [row(0), row(1), row(2)]
    assert [len(call.body["RequestItems"]["chatapp-test-messages"]["Keys"]) for call in stage.wire.calls] == [3, 2, 1]


def test_delete_all_asks_again_for_what_was_left_undone(stage: Stage, messages: Table) -> None:
    for number in range(30):
        messages.write(messages.put(row(number)))

    def undone(call: Call, send: Send) -> AWSResponse:
        return dynamodb.reply({"UnprocessedItems": call.body["RequestItems"]})

    stage.wire.fail(undone, times=2)
    messages.delete_all(row(number) for number in range(30))
    assert stage.rows("messages") == []
