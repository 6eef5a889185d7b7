"""Every route, asked by everybody, on a deployed stage: generated from the table of rules."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from chalicelib.groups import rules
from chalicelib.groups.rules import Rule

from tests.api.routes import VISITING
from tests.e2e import people, web
from tests.e2e.deployment import Deployment
from tests.e2e.people import Person
from tests.e2e.waiting import until

ANY_ID = "0193a000-0000-7000-8000-000000000000"
# A token of the pool's that is over when it is used.
SHORT_S = 1
REFUSED_WITHIN_S = 15.0
Headers = dict[str, str]

LET_IN = {
    Rule.PUBLIC: {"owner", "member", "nobody", "anonymous", "key", "expired", "foreign", "disabled", "access token"},
    Rule.ANYONE_SIGNED_IN: {"owner", "member", "nobody"},
    Rule.MEMBERS: {"owner", "member"},
    Rule.OWNERS: {"owner"},
    Rule.API_KEY: set[str](),  # a key of nobody's
}


@pytest.fixture(scope="module")
def nobody(deployment: Deployment) -> Iterator[Person]:
    with people.signed_in(deployment, "nobody", groups=()) as person:
        yield person


@pytest.fixture(scope="module")
def disabled(deployment: Deployment, owner: Person) -> Iterator[Person]:
    """An owner once, whose token is good still."""
    with people.signed_in(deployment, "disabled", groups=("owners", "members")) as person:
        assert owner.call("PATCH", f"/people/{person.user_id}", {"disabled": True}).status == 200
        until(lambda: person.get("/me").status == 401, REFUSED_WITHIN_S, "a refusal")
        yield person


def _with(token: str) -> Headers:
    return {"Authorization": token}


def _problems(deployment: Deployment, identity: str, headers: Headers) -> list[str]:
    """Where a route answers otherwise than its rule says, or so that the site cannot read it.

    What is let in names what is not there, or makes no sense: it changes nothing.
    """
    found = []
    for (method, path), rule in rules.RULES.items():
        filled = "/".join(ANY_ID if part.startswith("{") else part for part in path.split("/"))
        body = {"nonsense": True} if method in ("POST", "PATCH") else None
        sent = {**headers, "Origin": deployment.site_url}
        reply = web.call(method, deployment.api_url + filled, body=body, headers=sent)
        readable = reply.headers.get("access-control-allow-origin") in (deployment.site_url, "*")
        # Nobody's sign-in is a visit.
        is_right = _is_over(reply) if (method, path) in VISITING else _is_right(identity, rule, reply)
        if not readable or not is_right:
            found.append(f"{identity}: {method} {path} answered {reply.status} {reply.body}")
    return found


def _is_over(reply: web.Reply) -> bool:
    return reply.status == 401 and reply.error["code"] == "visit_over"


def _is_right(identity: str, rule: Rule, reply: web.Reply) -> bool:
    if identity in LET_IN[rule]:
        return reply.status < 500 and reply.status not in (401, 403)
    code = reply.error["code"] if reply.status >= 400 else ""
    if rule is Rule.API_KEY or identity in ("member", "nobody"):
        return (reply.status, code) == (403, "forbidden")
    return (reply.status, code) == (401, "session_ended" if identity == "disabled" else "unauthorized")


def test_every_route_answers_an_owner_a_member_and_nobody(
    deployment: Deployment, owner: Person, ada: Person, nobody: Person
) -> None:
    for identity, person in {"owner": owner, "member": ada, "nobody": nobody}.items():
        assert _problems(deployment, identity, _with(person.id_token)) == []


def test_every_route_answers_who_has_not_signed_in(deployment: Deployment, ada: Person) -> None:
    assert _problems(deployment, "anonymous", {}) == []
    assert _problems(deployment, "key", {"x-api-key": "a-key-of-nobody"}) == []
    assert _problems(deployment, "access token", _with(ada.access_token)) == []


def test_every_route_answers_who_is_kept_out(deployment: Deployment, disabled: Person) -> None:
    assert _problems(deployment, "disabled", _with(disabled.id_token)) == []


@pytest.mark.local_only
def test_every_route_answers_a_token_that_is_over_and_one_of_another_pool(deployment: Deployment, ada: Person) -> None:
    """Cognito's shortest are good for five minutes; the local AWS's may be shorter."""
    with _client(deployment, deployment.user_pool_id) as client:
        expired = _signed_in(deployment, client, ada.email, ada.password)
        time.sleep(SHORT_S + 1)
        assert _problems(deployment, "expired", _with(expired)) == []
    cognito = deployment.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="stranger")["UserPool"]["Id"]
    try:
        # With one character of each class that Cognito's own rules ask for.
        password = f"{people.random_password()}-aA1"
        cognito.admin_create_user(UserPoolId=pool, Username="stranger", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username="stranger", Password=password, Permanent=True)
        cognito.create_group(UserPoolId=pool, GroupName="owners")
        cognito.admin_add_user_to_group(UserPoolId=pool, Username="stranger", GroupName="owners")
        with _client(deployment, pool, valid_s=300) as client:
            foreign = _signed_in(deployment, client, "stranger", password)
            assert _problems(deployment, "foreign", _with(foreign)) == []
    finally:
        cognito.delete_user_pool(UserPoolId=pool)


@contextmanager
def _client(deployment: Deployment, pool: str, valid_s: int = SHORT_S) -> Iterator[str]:
    cognito = deployment.client("cognito-idp")
    made: dict[str, Any] = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="of-a-test",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        IdTokenValidity=valid_s,
        TokenValidityUnits={"IdToken": "seconds"},
    )
    client = str(made["UserPoolClient"]["ClientId"])
    try:
        yield client
    finally:
        cognito.delete_user_pool_client(UserPoolId=pool, ClientId=client)


def _signed_in(deployment: Deployment, client: str, name: str, password: str) -> str:
    login = {"USERNAME": name, "PASSWORD": password}
    found = deployment.client("cognito-idp").initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login
    )
    return str(found["AuthenticationResult"]["IdToken"])
