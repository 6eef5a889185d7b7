"""Sessions that are over while Cognito's authorizer still takes their tokens, on a deployed stage."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import InvalidStatus

from deploy.environment import Stage
from deploy.people import access
from tests.e2e import people, rows
from tests.e2e.channel import opened, ticket
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person
from tests.e2e.waiting import until

# Warm processes look again after 5 s; the rest is for a machine that is busy.
REFUSED_WITHIN_S = 15.0


@contextmanager
def _person(deployment: Deployment, name: str) -> Iterator[tuple[Person, Person]]:
    """A person, signed in on two devices."""
    with people.signed_in(deployment, name) as person:
        phone = copy.copy(person)
        phone.sign_in()
        yield person, phone


def _is_out(person: Person) -> bool:
    replies = [person.get("/models"), person.get("/conversations"), person.post("/chat", {"message": "hi"})]
    return all(reply.status == 401 and reply.body["error"]["code"] == "session_ended" for reply in replies)


def _connections(deployment: Deployment, person: Person) -> list[object]:
    found = rows.query(deployment, "sockets", "subject", f"user:{person.user_id}")
    return [row["item"] for row in found if str(row["item"]).startswith("connection:")]


def _stage(deployment: Deployment) -> Stage:
    return Stage(deployment.stage, deployment.region, os.environ.get("AWS_ENDPOINT_URL"))


def test_a_session_that_its_person_ended_is_refused_and_its_socket_forgotten(deployment: Deployment) -> None:
    with _person(deployment, "leaving") as (tab, phone):
        late = ticket(tab)
        with opened(deployment, ticket(tab)), opened(deployment, ticket(phone)):
            assert len(_connections(deployment, tab)) == 2
            assert tab.post("/sessions/end").body["ended"] == "this"
            until(lambda: _is_out(tab), REFUSED_WITHIN_S, "a refusal")
            assert len(_connections(deployment, tab)) == 1
            with pytest.raises(InvalidStatus), opened(deployment, late):
                pass
            assert phone.get("/conversations").status == 200
            assert phone.post("/sessions/end", {"everywhere": True}).body["ended"] == "everywhere"
            until(lambda: _is_out(phone), REFUSED_WITHIN_S, "a refusal")
            assert _connections(deployment, tab) == []


def test_a_person_who_is_kept_out_is_refused_until_let_in_again(deployment: Deployment) -> None:
    with _person(deployment, "off") as (tab, phone):
        with opened(deployment, ticket(tab)):
            access.disable(_stage(deployment), deployment.user_pool_id, tab.email)
            until(lambda: _is_out(tab) and _is_out(phone), REFUSED_WITHIN_S, "a refusal")
            assert _connections(deployment, tab) == []
        cognito = deployment.client("cognito-idp")
        with pytest.raises(cognito.exceptions.ClientError):
            tab.sign_in()
        access.enable(_stage(deployment), deployment.user_pool_id, tab.email)
        tab.sign_in()
        assert tab.get("/conversations").status == 200


def test_of_a_person_who_is_deleted_nothing_is_left(deployment: Deployment) -> None:
    """By the function's own role: every right that a removal needs is used."""
    person = people.create(deployment, "gone")
    person.new_conversation(title="Roses")
    created = person.post("/files", {"name": "a.txt", "type": "text/plain", "size": 1})
    assert created.status == 201, created
    with opened(deployment, ticket(person)):
        access.delete(_stage(deployment), deployment.user_pool_id, person.email, say=lambda line: None)
    assert _is_out(person)
    assert rows.query(deployment, "conversations", "user_id", person.user_id) == []
    assert rows.query(deployment, "usage", "subject", f"user:{person.user_id}") == []
    assert [row["item"] for row in rows.query(deployment, "sockets", "subject", f"user:{person.user_id}")] == ["ended:"]
    assert rows.query(deployment, "files", "file_id", created.body["file"]["file_id"]) == []
    cognito = deployment.client("cognito-idp")
    with pytest.raises(cognito.exceptions.UserNotFoundException):
        cognito.admin_get_user(UserPoolId=deployment.user_pool_id, Username=person.email)
