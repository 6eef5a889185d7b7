"""Every route asks the table of rules: generated from it, for each identity."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalicelib import sessions
from chalicelib.groups import rules
from chalicelib.groups.rules import Rule

from tests.api.routes import MISSING, ON_ANY_PAGE, OWNERS_ROUTES, ROUTES, VISITING, VISITING_ROUTES, declared
from tests.people import Person
from tests.stage import ORIGIN, Stage

Route = tuple[str, str]
BODIES = {(method, declared(path)): body for method, path, body in (*ROUTES, *OWNERS_ROUTES, *VISITING_ROUTES)}
IDENTITIES: dict[str, Callable[[Stage], Person]] = {
    "owner": lambda stage: Person(stage, "owner", groups="owners"),
    "member": lambda stage: Person(stage, "member", groups="members"),
    "nobody": lambda stage: Person(stage, "nobody", groups=""),
    "anonymous": lambda stage: _anonymous(stage),  # noqa: PLW0108 (defined below)
    "key": lambda stage: _anonymous(stage, apiKeyId="key-of-nobody"),
    "access token": lambda stage: Person(stage, "owner", "access", groups="owners"),
    "disabled": lambda stage: _ended(stage),  # noqa: PLW0108 (defined below)
}
LET_IN = {
    Rule.PUBLIC: IDENTITIES.keys(),
    Rule.ANYONE_SIGNED_IN: {"owner", "member", "nobody"},
    Rule.MEMBERS: {"owner", "member"},
    Rule.OWNERS: {"owner"},
}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """`POST /chat` waits for an answer, which nobody writes here."""
    from chalicelib.api import messages

    monkeypatch.setattr(messages, "CHAT_WAIT_S", 0.1)


def _anonymous(stage: Stage, **identity: str) -> Person:
    person = Person(stage, "anonymous")
    person.claims, person.identity = {}, identity
    return person


def _ended(stage: Stage) -> Person:
    """An owner whose token is good still."""
    person = _ended_elsewhere(stage)
    sessions.known[str(person.subject)] = sessions.Ended(revoked_at=2**40)
    return person


def _ended_elsewhere(stage: Stage) -> Person:
    """The same, of a process that has looked just before."""
    person = Person(stage, "disabled", groups="owners")
    stage.put("sockets", {"subject": str(person.subject), "item": "ended:", "revoked_at": 2**40})
    return person


def _problems(stage: Stage, identity: str, routes: dict[Route, Rule]) -> list[str]:
    """Where a route answers somebody otherwise than its rule says. All name what is not there, or make little."""
    person = IDENTITIES[identity](stage)
    found = []
    for (method, path), rule in routes.items():
        filled = "/".join(MISSING if part.startswith("{") else part for part in path.split("/"))
        reply = person.call(method, filled, BODIES.get((method, path)))
        if path == "/sessions/end" and person.claims and reply.status == 200:
            stage.delete("sockets", {"subject": str(person.subject), "item": f"ended:{person.claims['origin_jti']}"})
        sessions.known[str(person.subject)] = sessions.known.get(str(person.subject), sessions.Ended())
        code = reply.body["error"]["code"] if reply.status >= 400 else ""
        origin = "*" if (method, path) in ON_ANY_PAGE else ORIGIN
        readable = reply.headers.get("Access-Control-Allow-Origin") == origin
        # Nobody's sign-in is a visit.
        is_right = _is_right(identity, rule, reply.status, code)
        if (method, path) in VISITING:
            is_right = (reply.status, code) == (401, "visit_over")
        if not readable or not is_right:
            found.append(f"{identity}: {method} {path} answered {reply.status} {code}")
    return found


def _is_right(identity: str, rule: Rule, status: int, code: str) -> bool:
    if identity in LET_IN[rule]:
        return status not in (401, 403, 500)
    if identity in ("member", "nobody"):
        return (status, code) == (403, "forbidden")
    return (status, code) == (401, "session_ended" if identity == "disabled" else "unauthorized")


def test_an_owner_who_is_cut_off_does_nothing_of_owners_although_that_was_not_known_here_yet(stage: Stage) -> None:
    """Or they would let themselves in again within the five seconds that a session may live on."""
    person = _ended_elsewhere(stage)
    for (method, path), rule in rules.RULES.items():
        if rule is Rule.OWNERS:
            sessions.known[str(person.subject)] = sessions.Ended()
            filled = "/".join(MISSING if part.startswith("{") else part for part in path.split("/"))
            reply = person.call(method, filled, BODIES[method, path])
            assert (reply.status, reply.error) == (401, "session_ended"), (method, path)
    sessions.known[str(person.subject)] = sessions.Ended()
    assert person.get("/me").status == 200, "the rest costs no request for those five seconds"


def _checked() -> dict[Route, Rule]:
    """API keys are checked by tests of their own."""
    return {route: rule for route, rule in rules.RULES.items() if rule is not Rule.API_KEY}


@pytest.mark.parametrize("identity", IDENTITIES)
def test_every_route_answers_each_identity_as_its_rule_says(stage: Stage, identity: str) -> None:
    assert _problems(stage, identity, _checked()) == []


@pytest.mark.parametrize("route", [("GET", "/models"), ("GET", "/people"), ("GET", "/me"), ("GET", "/health")])
def test_a_route_whose_rule_is_taken_away_fails_the_above_and_is_refused_to_everybody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, route: Route
) -> None:
    checked = _checked()
    monkeypatch.delitem(rules.RULES, route)
    assert len(_problems(stage, "owner", checked)) == 1
    for identity, made in IDENTITIES.items():
        reply = made(stage).call(*route)
        assert (reply.status, reply.error) == (403, "forbidden"), identity


@pytest.mark.parametrize(("route", "rule"), [(("GET", "/people"), Rule.MEMBERS), (("GET", "/me"), Rule.PUBLIC)])
def test_the_app_asks_the_table_itself(stage: Stage, monkeypatch: pytest.MonkeyPatch, route: Route, rule: Rule) -> None:
    """Or the tests above would compare two tables."""
    monkeypatch.setitem(rules.RULES, route, rule)
    nobody = IDENTITIES["nobody" if rule is Rule.PUBLIC else "member"](stage)
    assert nobody.call(*route).status == 200


def test_each_route_has_a_rule_and_each_rule_a_route(stage: Stage) -> None:
    declared_here = {(operation.method, operation.path) for operation in stage.app.app.operations}
    assert rules.RULES.keys() == declared_here


def test_the_gateway_lets_nobody_in_without_a_token_where_the_rule_wants_one(stage: Stage) -> None:
    public = {(operation.method, operation.path) for operation in stage.app.app.operations if operation.public}
    assert public == {route for route, rule in rules.RULES.items() if rule in (Rule.PUBLIC, Rule.API_KEY)}


def test_what_is_of_owners_and_of_members_is_written_down_twice() -> None:
    """So that no rule is loosened by the way."""
    assert {(method, declared(path)) for method, path, _ in OWNERS_ROUTES} == {
        route for route, rule in rules.RULES.items() if rule is Rule.OWNERS
    }
    of_anyone = {("GET", "/me"), ("PATCH", "/me"), ("POST", "/sessions/end")}
    of_anyone |= {(method, declared(path)) for method, path, _ in ROUTES if path.startswith("/commentaires")}
    assert of_anyone == {route for route, rule in rules.RULES.items() if rule is Rule.ANYONE_SIGNED_IN}


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        ("owners", {"owners"}),
        ("owners,members", {"owners", "members"}),
        ("[owners members]", {"owners", "members"}),
        ("[members]", {"members"}),
        (["members", "owners"], {"owners", "members"}),
        ('["members", "owners"]', {"owners", "members"}),
        ("readers,members", {"members"}),
        ("notowners,owners2", set()),
        ("OWNERS", set()),
        ("", set()),
        ("[]", set()),
        (None, set()),
        (7, set()),
        ({"owners": 1}, set()),
    ],
)
def test_groups_are_read_in_every_form_in_which_they_come(claim: Any, groups: set[str]) -> None:
    assert rules.parse(claim) == groups


def test_a_refusal_says_who_may(stage: Stage) -> None:
    refused = Person(stage, "nobody", groups="").get("/models")
    assert json.loads(refused.raw) == {
        "error": {
            "code": "forbidden",
            "message": "Only members and owners may do this. Ask the owner to let you in, then sign in again.",
        }
    }
    assert "Only owners may do this." in Person(stage, "member").get("/people").raw
