"""What sees to it that every call of AWS is checked by botocore: the clients, the fakes behind them, the inventory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber
from chalicelib.aws import clients as app_clients
from chalicelib.aws.functions import Function
from chalicelib.aws.grants import Grant

from deploy.environment import Stage
from deploy.functions.chalice_client import Client
from tests import calls
from tests.calls import Call
from tests.fakes import clients
from tests.fakes.aws import client_error


class Queue:
    """SQS, for one queue."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply

    def send_message(self, QueueUrl: str, MessageBody: str) -> Any:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def delete_queue(self, QueueUrl: str) -> Any:
        return self.reply

    def list_queues(self, **page: Any) -> dict[str, Any]:
        return {"QueueUrls": ["b"]} if "NextToken" in page else {"QueueUrls": ["a"], "NextToken": "1"}


MESSAGE = {"QueueUrl": "q", "MessageBody": "m"}


@pytest.mark.parametrize(
    "given", [{"QueueUrl": "q"}, {**MESSAGE, "Body": "m"}, {**MESSAGE, "MessageBody": 1}, {**MESSAGE, "QueueUrl": None}]
)
def test_a_fake_is_not_asked_what_the_service_does_not_take(given: dict[str, Any]) -> None:
    client = clients.client("sqs", Queue({"MessageId": "1"}))
    assert client.send_message(**MESSAGE)["MessageId"] == "1"
    with pytest.raises(ParamValidationError):
        client.send_message(**given)


@pytest.mark.parametrize("reply", [{"Id": "1"}, {"MessageId": 1}])
def test_a_fake_may_not_answer_what_the_service_does_not(reply: dict[str, Any]) -> None:
    with pytest.raises(ParamValidationError):
        clients.client("sqs", Queue(reply)).send_message(**MESSAGE)


def test_a_fake_may_not_answer_where_the_service_does_not() -> None:
    clients.client("sqs", Queue(None)).delete_queue(QueueUrl="q")
    with pytest.raises(AssertionError, match="DeleteQueue answers nothing"):
        clients.client("sqs", Queue({"MessageId": "1"})).delete_queue(QueueUrl="q")


def test_a_fakes_error_is_the_clients_own_and_its_pages_are_the_services() -> None:
    client = clients.client("sqs", Queue(client_error("AWS.SimpleQueueService.NonExistentQueue", "SendMessage")))
    with pytest.raises(ClientError) as raised:
        client.send_message(**MESSAGE)
    assert raised.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert [url for page in client.get_paginator("list_queues").paginate() for url in page["QueueUrls"]] == ["a", "b"]


@pytest.mark.parametrize(
    "make",
    [
        app_clients.client,
        Stage("prod", "eu-west-1").client,
        Client(Stage("prod", "eu-west-1").session._session, {})._client,
    ],
    ids=["functions", "deployment", "Chalice"],
)
def test_no_client_is_made_that_does_not_check_what_it_is_given(make: Callable[[str], Any]) -> None:
    for service in ("dynamodb", "s3", "lambda", "ssm"):
        client = make(service)
        operation = {"dynamodb": "get_item", "s3": "get_object", "lambda": "invoke", "ssm": "get_parameter"}[service]
        with pytest.raises(ParamValidationError):
            getattr(client, operation)(Invented="x")


# --- The inventory ----------------------------------------------------------------------------------------------------

SOURCE = """
def store(client):
    _sent(client.put_item, Item={})

def pages(stage):
    def inner():
        return stage.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b")
    return inner().list
"""


def test_a_source_is_read_for_what_it_calls() -> None:
    found = list(calls.calls_in("a.py", SOURCE, {"put_item", "list_objects_v2", "get_item"}))
    assert found == [Call("a.py", "store", "put_item"), Call("a.py", "inner", "list_objects_v2")]


def test_the_inventory_knows_every_file_that_has_a_client() -> None:
    found = {(call.file, call.operation) for call in calls.inventory()}
    assert found >= {
        ("chatapp/chalicelib/aws/table.py", "transact_write_items"),
        ("chatapp/chalicelib/aws/push.py", "post_to_connection"),
        ("deploy/account/cloudformation.py", "create_change_set"),
        ("deploy/functions/chalice_client.py", "create_function"),
        ("deploy/people/srp.py", "initiate_auth"),
    }
    assert not any(file.startswith("deploy/local/") for file, _ in found)


def test_a_call_that_no_test_made_is_named() -> None:
    every = set(calls.inventory())
    assert calls.problems(every) == []
    missing = Call("deploy/site.py", "_invalidate", "create_invalidation")
    (problem,) = calls.problems(every - {missing})
    assert problem.startswith("deploy/site.py: _invalidate calls create_invalidation, but no test")


class Lambda:
    def invoke(self, **_: Any) -> dict[str, int]:
        return {"StatusCode": 202}


def stubbed() -> Any:
    client = boto3.client("lambda", "eu-west-1")
    stubber = Stubber(client)
    stubber.add_response("invoke", {"StatusCode": 202})
    stubber.activate()
    return client


@pytest.mark.parametrize("make", [lambda: clients.client("lambda", Lambda()), stubbed], ids=["fake", "Stubber"])
def test_a_call_counts_where_botocore_took_it_and_not_where_it_refused(make: Callable[[], Any]) -> None:
    client = make()
    call = Call("chatapp/chalicelib/aws/functions.py", "invoke", "invoke")
    calls.made.discard(call)
    with pytest.raises(ParamValidationError):
        Function("tester", Grant("function", "f", ("Invoke",)), lambda: client, None).invoke({})  # type: ignore[arg-type]
    assert call not in calls.made
    Function("tester", Grant("function", "f", ("Invoke",)), lambda: client, "f").invoke({})
    assert call in calls.made
