"""A worker of answers is made ready when a person opens the site: once a minute, and never in anybody's way."""

from __future__ import annotations

from tests.fakes.aws import client_error
from tests.people import Person
from tests.stage import Stage

WAKE = {"wake": True}


def test_whoever_opens_the_site_has_a_worker_made_ready(stage: Stage, ada: Person) -> None:
    assert ada.post("/sockets").status == 200
    assert stage.lambdas.wakes == 1


def test_whoever_begins_to_type_has_one_made_ready(stage: Stage, ada: Person) -> None:
    assert ada.post("/wake").body == {"waking": True}
    ada.post("/sockets")
    assert stage.lambdas.wakes == 1, "either of them, once a minute"


def test_once_a_minute_for_a_person_and_once_for_another(stage: Stage, ada: Person) -> None:
    for _ in range(5):
        ada.post("/sockets")
    Person(stage, "bob").post("/sockets")
    assert stage.lambdas.wakes == 2


def test_a_waking_asks_the_database_and_the_model_for_nothing(stage: Stage) -> None:
    stage.wire.clear()
    stage.answer(WAKE)
    assert stage.wire.calls == []
    assert stage.requests() == []


def test_a_ticket_is_given_where_the_worker_cannot_be_woken(stage: Stage, ada: Person) -> None:
    stage.lambdas.failures.append(client_error("TooManyRequestsException", "Invoke", 429))
    reply = ada.post("/sockets")
    assert reply.status == 200
    assert reply.body["ticket"]


def test_waking_by_itself_is_counted_as_opening_the_site_is(stage: Stage, ada: Person) -> None:
    stage.configure(rates='{"members": {"sockets": [1, 60]}}')
    assert [ada.post(path).status for path in ("/wake", "/wake", "/sockets")] == [200, 429, 429]


def test_settings_that_change_at_once_reach_a_request(stage: Stage, ada: Person) -> None:
    """All the way: from the parameter, over what was deployed."""
    import boto3

    text = '{"values": {"rates": "{\\"members\\": {\\"sockets\\": [1, 60]}}"}}'
    boto3.client("ssm").put_parameter(Name="/chatapp/test/settings", Value=text, Type="String")
    stage.configure()
    assert [ada.post("/sockets").status for _ in range(2)] == [200, 429]
